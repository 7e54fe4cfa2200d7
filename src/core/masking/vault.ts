/** What must stay the same within a session: pseudonyms and the values behind them, and the stand-ins we gave out. In memory only. */
import type { EntityType } from '../../protocol/masking.ts'

export interface Known {
  readonly type: EntityType
  readonly value: string
}

/** Values of one session; the oldest are forgotten beyond this, and are then numbered anew. */
const MOST_VALUES = 100_000

/** Sessions whose pseudonyms are remembered; the one used longest ago is forgotten first. */
const MOST_SESSIONS = 1000

/** A placeholder of any session: type and number. A longer one was never given out, and what follows on it could be taken for a telephone number. */
const PLACEHOLDER = /\[([A-Z][A-Z\d_]*)_(\d{1,6})\]/g

/** A stand-in that is short, or that a person could have, is ours for its own type only. */
const LONG = 7

function nameOf(type: EntityType, form: string): string {
  return form.replace(/[^\p{L}\p{N}]/gu, '').length < LONG ? `${type}\n${form}` : form
}

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

  /**
   * Placeholders that stand in what a person sends and were not given out here: of a session that is over, or typed. Their numbers are
   * given to nothing else, or what stands for one value would be given back as another.
   */
  reserve(text: string): void {
    if (!text.includes('[')) return
    PLACEHOLDER.lastIndex = 0
    for (let match = PLACEHOLDER.exec(text); match !== null; match = PLACEHOLDER.exec(text)) {
      const [, type = '', number = ''] = match
      this.#counts.set(type, Math.max(this.#counts.get(type) ?? 0, Number(number)))
    }
  }

  issue(type: EntityType, token: string): void {
    // A number without its country code is found as well, and is ours as well; so is what stands in a placeholder's brackets.
    for (const form of new Set([token, token.replace(/^\+?\d{1,3}[ .-]/, ''), token.replace(/^\[([A-Z_]+(?:_\d+|:[0-9a-f]+))\]$/, '$1'), token.replace(/^\[[A-Z_]+:([0-9a-f]+)\]$/, '$1')])) this.#issued.add(nameOf(type, form))
    for (const oldest of this.#issued) {
      if (this.#issued.size <= MOST_VALUES) return
      this.#issued.delete(oldest)
    }
  }

  /** A number that went out in a number's place. A short one is the same for all values, and a person could have it. */
  issueNumber(form: string): void {
    if (form.replace(/\D/g, '').length >= LONG) this.issue('', form)
  }

  /** @param type of what the text was taken for */
  wasIssued(type: EntityType, text: string): boolean {
    return this.#issued.size > 0 && this.#issued.has(nameOf(type, text))
  }

  #forgetOldest(): void {
    for (const [name, token] of this.#tokens) {
      this.known.delete(token)
      this.#tokens.delete(name)
      return
    }
  }
}

/** The vaults of all sessions. They outlive a masker that is made anew because its policy changed: what was given out stays what it is. */
export class Vaults {
  readonly #sessions = new Map<string, Vault>()

  of(session: string): Vault {
    const vault = this.#sessions.get(session) ?? new Vault()
    this.#sessions.delete(session)
    this.#sessions.set(session, vault)
    if (this.#sessions.size > MOST_SESSIONS) {
      const [oldest] = this.#sessions.keys()
      if (oldest !== undefined) this.#sessions.delete(oldest)
    }
    return vault
  }
}
