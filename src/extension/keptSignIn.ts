/**
 * The refresh token in SecretStorage, for the agent: with it a sign-in survives the agent's end and a reload. It is bound to the
 * hub (or provider) it was given for. SecretStorage may turn out to keep nothing over a restart (no keyring, another browser);
 * that is noticed and told, and never mended by writing the token to a file.
 */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Secrets } from './sessionKeys.ts'

const NAME = 'signIn'
const MARKER = 'marker'
const kept = z.strictObject({ for: z.string(), refreshToken: z.string() })

/** The part of vscode.Memento that is used. */
export interface Memory {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

export class KeptSignIns {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** The token kept for these settings, if one is. */
  async read(settings: string): Promise<string | undefined> {
    const text = await this.#secrets.get(NAME)
    if (text === undefined) return undefined
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return undefined
    }
    const parsed = kept.safeParse(value)
    return parsed.success && parsed.data.for === settings ? parsed.data.refreshToken : undefined
  }

  /** @param refreshToken null: the provider gave none, so nothing can be kept */
  async write(settings: string, refreshToken: string | null): Promise<void> {
    if (refreshToken === null) await this.#secrets.delete(NAME)
    else await this.#secrets.store(NAME, JSON.stringify({ for: settings, refreshToken }))
  }

  async forget(): Promise<void> {
    await this.#secrets.delete(NAME)
  }
}

/**
 * A marker written now is looked for at the next start: if the memory of the extension still has it and SecretStorage does
 * not, secrets were in memory only.
 * @returns true when SecretStorage lost what an earlier start had written
 */
export async function secretsWereLost(secrets: Secrets, memory: Memory): Promise<boolean> {
  const before = memory.get(MARKER)
  const found = await secrets.get(MARKER)
  const lost = typeof before === 'string' && found === undefined
  if (typeof before === 'string' && found === before) return false
  const marker = randomBytes(12).toString('base64url')
  await secrets.store(MARKER, marker)
  await memory.update(MARKER, marker)
  return lost || (await secrets.get(MARKER)) !== marker
}
