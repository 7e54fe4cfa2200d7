/** Who looks at the pages: sessions in the hub's memory, named by a random cookie of which only the digest is kept. */
import { hash, randomBytes } from 'node:crypto'
import type { Person } from '../access/person.ts'

export interface PageSession {
  readonly person: Person
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Stands in every form of this session. */
  readonly formToken: string
  /** Stands in a cookie that browsers send only from the hub's own pages; asked for where something is decided. */
  readonly decideToken: string
}

const IDLE_MS = 30 * 60_000
const ABSOLUTE_MS = 8 * 3_600_000
const MOST = 10_000

export class PageSessions {
  readonly #now: () => number
  readonly #byDigest = new Map<string, { session: PageSession; lastUsed: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** A new cookie for each sign-in: one that was planted before it is worth nothing. */
  begin(person: Person): { readonly cookie: string; readonly decideToken: string } {
    const [cookie, formToken, decideToken] = [randomToken(), randomToken(), randomToken()]
    this.#byDigest.set(digestOf(cookie), { session: { person, startedAt: this.#now(), formToken, decideToken }, lastUsed: this.#now() })
    const [oldest] = this.#byDigest.keys()
    if (this.#byDigest.size > MOST && oldest !== undefined) this.#byDigest.delete(oldest)
    return { cookie, decideToken }
  }

  /** @param cookie as sent, attacker-controlled */
  find(cookie: string | undefined): PageSession | undefined {
    if (cookie === undefined) return undefined
    const digest = digestOf(cookie)
    const found = this.#byDigest.get(digest)
    if (!found) return undefined
    const now = this.#now()
    if (now - found.lastUsed > IDLE_MS || now - found.session.startedAt > ABSOLUTE_MS) {
      this.#byDigest.delete(digest)
      return undefined
    }
    found.lastUsed = now
    return found.session
  }

  end(cookie: string | undefined): void {
    if (cookie !== undefined) this.#byDigest.delete(digestOf(cookie))
  }
}

function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

function digestOf(cookie: string): string {
  return hash('sha256', cookie, 'base64url')
}
