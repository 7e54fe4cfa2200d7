/** Without a hub: keys of the model providers, in SecretStorage, handed to the agent over its private channel. Never in settings. */
import { z } from 'zod'
import type { ControlClient } from '../platform/controlClient.ts'
import { CountersignError } from '../protocol/errors.ts'
import type { Secrets } from './sessionKeys.ts'

/** Upstreams that may have a key here; policies name them. */
export const UPSTREAMS = ['openai', 'anthropic', 'gemini', 'mistral', 'cohere', 'groq', 'bedrock', 'vertex', 'azure', 'ollama', 'langsmith'] as const

/** A key is its person's: somebody else who signs in at this editor does not call with it. */
const kept = z.strictObject({ for: z.string(), key: z.string() })

export class ProviderKeys {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** @param key null: removed @throws CountersignError when this connection may not hand keys over: the person signs in first */
  async set(control: ControlClient, upstream: string, key: string | null): Promise<void> {
    const person = await personAt(control)
    if (person === undefined) throw new CountersignError('CS_NOT_SIGNED_IN', 'a provider key is set for the person who is signed in. Sign in first.')
    await control.request('upstreamKey.set', { upstream, key })
    if (key === null) await this.#secrets.delete(nameOf(upstream))
    else await this.#secrets.store(nameOf(upstream), JSON.stringify({ for: person, key }))
  }

  /** After each sign-in or restored one: the agent keeps keys in memory only. */
  async send(control: ControlClient): Promise<void> {
    const person = await personAt(control)
    for (const upstream of UPSTREAMS) {
      const found = readKept(await this.#secrets.get(nameOf(upstream)))
      if (found !== undefined && found.for === person) await control.request('upstreamKey.set', { upstream, key: found.key })
    }
  }
}

function nameOf(upstream: string): string {
  return `providerKey.${upstream}`
}

async function personAt(control: ControlClient): Promise<string | undefined> {
  const { session } = await control.request('status', {})
  return session === null ? undefined : `${session.issuer} ${session.subject}`
}

function readKept(text: string | undefined): z.infer<typeof kept> | undefined {
  if (text === undefined) return undefined
  try {
    return kept.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
