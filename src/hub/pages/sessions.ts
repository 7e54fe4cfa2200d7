/** Who looks at the pages: sessions in the hub's memory, named by a random cookie of which only the digest is kept. */
import { hash, randomBytes } from 'node:crypto'
import type { Person } from '../access/person.ts'

export interface PageSession {
  readonly person: Person
  /** Of the identity provider, for asking it who the person is now. */
  readonly accessToken: string
  /** Stands in every form of this session. */
  readonly formToken: string
  /** Stands in a cookie that browsers send only from the hub's own pages; asked for where something is decided. */
  readonly decideToken: string
}

/**
 * Groups are those of the sign-in, so after this the identity provider is asked again; a browser that is still signed in there is
 * led through without a word.
 */
const LONGEST_MS = 10 * 60_000
const MOST = 10_000

export class PageSessions {
  readonly #now: () => number
  readonly #byDigest = new Map<string, { readonly session: PageSession; readonly startedAt: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** A new cookie for each sign-in: one that was planted before it is worth nothing. */
  begin(person: Person, accessToken: string): { readonly cookie: string; readonly decideToken: string } {
    const [cookie, formToken, decideToken] = [randomToken(), randomToken(), randomToken()]
    this.#byDigest.set(digestOf(cookie), { session: { person, accessToken, formToken, decideToken }, startedAt: this.#now() })
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
    if (this.#now() - found.startedAt <= LONGEST_MS) return found.session
    this.#byDigest.delete(digest)
    return undefined
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
