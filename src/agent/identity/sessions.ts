/**
 * Who may use the agent now: one session per person and machine, and the keys of launches. A key alone opens nothing; it names
 * a launch, and the launch is the signed-in person's. Keys are kept as hashes and compared in constant time.
 */
import { timingSafeEqual } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'
import type { Caller, Launch, Principal, Session } from '../../protocol/identity.ts'
import { isSessionKey, sessionKeyHash } from '../../protocol/sessionKey.ts'

export interface SessionLimits {
  /** Milliseconds without a call, and since sign-in. */
  readonly idle: number
  readonly absolute: number
}

export interface SessionOptions {
  readonly now: () => number
  readonly limits: () => SessionLimits
  readonly newSessionId: () => string
  readonly newLaunchId: () => string
  readonly onEnded: (session: Session, reason: string) => void
}

interface KnownKey {
  readonly hash: Buffer
  readonly launch: Launch
  calls: number
  /** In whose session its programs were started: nobody else's calls come from them. */
  owner: Pick<Principal, 'issuer' | 'subject'> | undefined
}

/** Any program of this user may register one: more than this is a program gone wild. */
const MOST_KEYS = 10_000
const SIGN_IN = 'Run "Countersign: Sign in" in the editor, then run this again.'
/** Keys of providers as they look: one of these in place of ours is a secret that left its place. */
const PROVIDER_KEY = /^(?:sk-[\w-]{10,}|AIza[\w-]{20,}|gsk_\w{10,}|xai-\w{10,}|hf_\w{10,}|A[KS]IA[A-Z0-9]{12,})/

export class Sessions {
  readonly #options: SessionOptions
  readonly #keys = new Map<string, KnownKey>()
  /** Hashes that were revoked, never to be taken again. */
  readonly #revoked = new Set<string>()
  #session: Session | undefined
  /** Why the last one is over, where its person did not end it: whoever calls then learns that it was not them. */
  #over: string | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get current(): Session | undefined {
    this.expire()
    return this.#session
  }

  get launches(): readonly (Launch & { readonly calls: number })[] {
    return [...this.#keys.values()].map(({ launch, calls }) => ({ ...launch, calls }))
  }

  /** A new sign-in ends the session before it: calls of one person's programs are never made in another's name, either way. */
  /**
   * @param provenAt milliseconds since 1970 at which the person proved who they are, for a sign-in that was kept: it lasts no longer for that
   * @throws CountersignError CS_SESSION_EXPIRED when that is longer ago than a session may last
   */
  start(principal: Principal, provenAt = Infinity): Session {
    const now = this.#options.now()
    const endsAt = Math.min(now, provenAt) + this.#options.limits().absolute
    if (endsAt <= now) throw new CountersignError('CS_SESSION_EXPIRED', 'your sign-in is older than your organisation allows. Sign in again.')
    this.end('another sign-in')
    this.#over = undefined
    this.#session = { id: this.#options.newSessionId(), principal, startedAt: now, lastUsedAt: now, endsAt }
    for (const known of this.#keys.values()) known.owner ??= principal
    return this.#session
  }

  /** The same person, with groups as of a newer token. */
  renew(principal: Principal): void {
    if (this.#session && same(this.#session.principal, principal)) this.#session = { ...this.#session, principal }
  }

  /** @param over a sentence for whoever calls afterwards */
  end(reason: string, over?: string): void {
    const session = this.#session
    this.#session = undefined
    if (session) this.#over = over
    if (session) this.#options.onEnded(session, reason)
  }

  /** The launch of a key that is known already; a window that was reloaded brings its old one. */
  launchOf(hash: string): Launch | undefined {
    return this.#keys.get(hash)?.launch
  }

  register(hash: string, kind: Launch['kind'], label: string): Launch {
    const launch = { id: this.#options.newLaunchId(), kind, label }
    this.#keys.set(hash, { hash: Buffer.from(hash, 'base64url'), launch, calls: 0, owner: this.current?.principal })
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > MOST_KEYS && oldest !== undefined) this.#keys.delete(oldest)
    return launch
  }

  /** No call is made with this key any more: it was revoked, or its programs are of somebody who is not signed in now. */
  isSpent(hash: string): boolean {
    const owner = this.#keys.get(hash)?.owner
    const person = this.current?.principal
    return this.#revoked.has(hash) || (owner !== undefined && person !== undefined && !same(owner, person))
  }

  revoke(hash: string): boolean {
    this.#revoked.add(hash)
    const [oldest] = this.#revoked
    if (this.#revoked.size > MOST_KEYS && oldest !== undefined) this.#revoked.delete(oldest)
    return this.#keys.delete(hash)
  }

  /** All that a launch has. @returns false when it is not known */
  revokeLaunch(id: string): boolean {
    const hashes = [...this.#keys].filter(([, { launch }]) => launch.id === id).map(([hash]) => hash)
    for (const hash of hashes) this.revoke(hash)
    return hashes.length > 0
  }

  /** @param key as presented, attacker-controlled @throws CountersignError 401 in each case, with what to do */
  authenticate(key: string | undefined): Caller {
    if (key === undefined) throw new CountersignError('CS_SESSION_KEY_MISSING', `this call carries no session key, so nobody knows whose it is. Nothing was sent. Run it in a terminal or notebook of the editor, or as: countersign run -- COMMAND`)
    if (PROVIDER_KEY.test(key)) throw new CountersignError('CS_PROVIDER_KEY_PRESENTED', 'this call carries a provider key. Provider keys belong to the agent only: remove it from your code and environment. Nothing was sent.')
    const known = isSessionKey(key) ? this.#find(key) : undefined
    if (!known) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'this session key is not known here; it ended with its window or its run. Nothing was sent. Open a new terminal or restart the kernel, then run this again.')
    this.expire()
    const session = this.#session
    if (!session && this.#over !== undefined) throw new CountersignError('CS_SESSION_EXPIRED', `${this.#over} Nothing was sent. ${SIGN_IN}`)
    if (!session) throw new CountersignError('CS_NOT_SIGNED_IN', `nobody is signed in. Nothing was sent. ${SIGN_IN}`)
    if (known.owner && !same(known.owner, session.principal)) throw new CountersignError('CS_SESSION_KEY_EXPIRED', 'this program was started while somebody else was signed in, and its calls are not made in your name. Nothing was sent. Open a new terminal or restart the kernel, then run this again.')
    known.calls++
    this.#session = { ...session, lastUsedAt: this.#options.now() }
    return { session: this.#session, launch: known.launch }
  }

  #find(key: string): KnownKey | undefined {
    const hash = sessionKeyHash(key)
    const known = this.#keys.get(hash)
    // The map already found it; the comparison that decides takes the same time for every key.
    return known && timingSafeEqual(known.hash, Buffer.from(hash, 'base64url')) ? known : undefined
  }

  /** Ends what is over, also when nobody asks. */
  expire(): void {
    const session = this.#session
    if (!session) return
    const now = this.#options.now()
    const { idle, absolute } = this.#options.limits()
    if (now >= session.endsAt) this.end('absolute limit', `your session ended: one lasts ${spanOf(absolute)} at most here.`)
    else if (now - session.lastUsedAt >= idle) this.end('idle limit', `your session ended after ${spanOf(idle)} without a call.`)
  }
}

function same(a: Pick<Principal, 'issuer' | 'subject'>, b: Pick<Principal, 'issuer' | 'subject'>): boolean {
  return a.issuer === b.issuer && a.subject === b.subject
}

function spanOf(ms: number): string {
  const [count, unit] = ms >= 3_600_000 ? [ms / 3_600_000, 'hour'] : ms >= 60_000 ? [ms / 60_000, 'minute'] : [ms / 1000, 'second']
  const shown = Math.round(count * 10) / 10
  return `${shown} ${unit}${shown === 1 ? '' : 's'}`
}
