/** What must stay the same within a session: pseudonyms and the values behind them, and the stand-ins we gave out. In memory only. */
import type { EntityType } from '../../protocol/masking.ts'

export interface Known {
  readonly type: EntityType
  readonly value: string
}

/** Values of one session; the oldest are forgotten beyond this, and are then numbered anew. */
const MOST_VALUES = 100_000

export class Vault {
  /**
   * By placeholder, `[EMAIL_1]`: values that the person's side sent, which alone are given back to it. What was masked in an answer is not: the
   * model could have it shown by writing the placeholder behind it.
   */
  readonly known = new Map<string, Known>()
  readonly #tokens = new Map<string, string>()
  readonly #counts = new Map<EntityType, number>()
  /** Partial, replaced and hashed forms: a client sends them back, and they are not masked again. */
  readonly #issued = new Set<string>()

  /** @param isSent it stands in a prompt */
  pseudonym(type: EntityType, value: string, isSent: boolean): string {
    const name = `${type}\n${value}`
    const given = this.#tokens.get(name)
    if (given !== undefined) {
      if (isSent) this.known.set(given, { type, value })
      return given
    }
    const count = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, count)
    const token = `[${type}_${count}]`
    this.#tokens.set(name, token)
    if (isSent) this.known.set(token, { type, value })
    if (this.#tokens.size > MOST_VALUES) this.#forgetOldest()
    return token
  }

  issue(token: string): void {
    // A number without its country code is found as well, and is ours as well.
    for (const form of new Set([token, token.replace(/^\+?\d{1,3}[ .-]/, '')])) this.#issued.add(form)
    for (const oldest of this.#issued) {
      if (this.#issued.size <= MOST_VALUES) return
      this.#issued.delete(oldest)
    }
  }

  wasIssued(text: string): boolean {
    return this.#issued.size > 0 && this.#issued.has(text)
  }

  #forgetOldest(): void {
    for (const [name, token] of this.#tokens) {
      this.known.delete(token)
      this.#tokens.delete(name)
      return
    }
  }
}
