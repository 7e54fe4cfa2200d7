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
}

/** Any program of this user may register one: more than this is a program gone wild. */
const MOST_KEYS = 10_000
const SIGN_IN = 'Run "Countersign: Sign in" in the editor, then run this again.'
/** Keys of providers as they look: one of these in place of ours is a secret that left its place. */
const PROVIDER_KEY = /^(?:sk-[\w-]{10,}|AIza[\w-]{20,}|gsk_\w{10,}|xai-\w{10,}|hf_\w{10,}|A[KS]IA[A-Z0-9]{12,})/

export class Sessions {
  readonly #options: SessionOptions
  readonly #keys = new Map<string, KnownKey>()
  #session: Session | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get current(): Session | undefined {
    this.#expire()
    return this.#session
  }

  get launches(): readonly (Launch & { readonly calls: number })[] {
    return [...this.#keys.values()].map(({ launch, calls }) => ({ ...launch, calls }))
  }

  /** A new sign-in ends the session before it: another person's calls are never made in the first one's name. */
  start(principal: Principal): Session {
    const now = this.#options.now()
    this.end('another sign-in')
    this.#session = { id: this.#options.newSessionId(), principal, startedAt: now, lastUsedAt: now, endsAt: now + this.#options.limits().absolute }
    return this.#session
  }

  /** The same person, with groups as of a newer token. */
  renew(principal: Principal): void {
    if (this.#session && this.#session.principal.issuer === principal.issuer && this.#session.principal.subject === principal.subject) this.#session = { ...this.#session, principal }
  }

  end(reason: string): void {
    const session = this.#session
    this.#session = undefined
    if (session) this.#options.onEnded(session, reason)
  }

  /** The launch of a key that is known already; a window that was reloaded brings its old one. */
  launchOf(hash: string): Launch | undefined {
    return this.#keys.get(hash)?.launch
  }

  register(hash: string, kind: Launch['kind'], label: string): Launch {
    const launch = { id: this.#options.newLaunchId(), kind, label }
    this.#keys.set(hash, { hash: Buffer.from(hash, 'base64url'), launch, calls: 0 })
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > MOST_KEYS && oldest !== undefined) this.#keys.delete(oldest)
    return launch
  }

  revoke(hash: string): boolean {
    return this.#keys.delete(hash)
  }

  /** @param key as presented, attacker-controlled @throws CountersignError 401 in each case, with what to do */
  authenticate(key: string | undefined): Caller {
    if (key === undefined) throw new CountersignError('CS_SESSION_KEY_MISSING', `this call carries no session key, so nobody knows whose it is. Nothing was sent. Run it in a terminal or notebook of the editor, or as: countersign run -- COMMAND`)
    if (PROVIDER_KEY.test(key)) throw new CountersignError('CS_PROVIDER_KEY_PRESENTED', 'this call carries a provider key. Provider keys belong to the agent only: remove it from your code and environment. Nothing was sent.')
    const known = isSessionKey(key) ? this.#find(key) : undefined
    if (!known) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'this session key is not known here; it ended with its window or its run. Nothing was sent. Open a new terminal or restart the kernel, then run this again.')
    this.#expire()
    const session = this.#session
    if (!session) throw new CountersignError('CS_NOT_SIGNED_IN', `nobody is signed in. Nothing was sent. ${SIGN_IN}`)
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

  #expire(): void {
    const session = this.#session
    if (!session) return
    const now = this.#options.now()
    if (now >= session.endsAt) this.end('absolute limit')
    else if (now - session.lastUsedAt >= this.#options.limits().idle) this.end('idle limit')
  }
}
