/** Without a hub: keys of the model providers, in SecretStorage, handed to the agent over its private channel. Never in settings. */
import type { ControlClient } from '../platform/controlClient.ts'
import type { Secrets } from './sessionKeys.ts'

/** Upstreams that may have a key here; policies name them. */
export const UPSTREAMS = ['openai', 'anthropic', 'gemini', 'mistral', 'cohere', 'groq', 'bedrock', 'vertex', 'azure', 'ollama', 'langsmith'] as const

export class ProviderKeys {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** @throws CountersignError when this connection may not hand keys over: the person signs in first */
  async set(control: ControlClient, upstream: string, key: string): Promise<void> {
    await control.request('upstreamKey.set', { upstream, key })
    await this.#secrets.store(`providerKey.${upstream}`, key)
  }

  /** After each sign-in or restored one: the agent keeps keys in memory only. */
  async send(control: ControlClient): Promise<void> {
    for (const upstream of UPSTREAMS) {
      const key = await this.#secrets.get(`providerKey.${upstream}`)
      if (key !== undefined) await control.request('upstreamKey.set', { upstream, key })
    }
  }
}
