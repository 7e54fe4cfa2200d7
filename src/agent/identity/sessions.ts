/**
 * Who may use the agent now: one session per person and machine, and the keys of launches. A key alone opens nothing; it names
 * a launch, and the launch is the signed-in person's. Keys are kept as hashes and compared in constant time.
 */
import { timingSafeEqual } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'
import type { Caller, Launch, Principal, Session } from '../../protocol/identity.ts'
import { isSessionKey, sessionKeyHash } from '../../protocol/sessionKey.ts'
import type { Store } from '../state/store.ts'
import { personDigest, type KeptSessions } from './keptSessions.ts'

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
  /** What outlives the agent. */
  readonly kept: Store<KeptSessions>
  /** Told when it could not be written. */
  readonly onNotKept: (error: unknown) => void
}

interface KnownKey {
  readonly hash: Buffer
  readonly launch: Launch
  calls: number
  /** Aborted with why, when the calls under way with this key end. */
  under: AbortController
}

/** Any program of this user may register one: more than this is a program gone wild. */
const MOST_KEYS = 10_000
/** The time of the last call is written down this often; what a crash takes along ends a session earlier, never later. */
const KEEP_USE_EVERY_MS = 60_000
/** How far this machine's clock may have been put back without anybody asking. */
const SKEW_MS = 30_000
const SIGN_IN = 'Run "Countersign: Sign in" in the editor, then run this again.'
/** Keys of providers as they look: one of these in place of ours is a secret that left its place. */
const PROVIDER_KEY = /^(?:sk-[\w-]{10,}|AIza[\w-]{20,}|gsk_\w{10,}|xai-\w{10,}|hf_\w{10,}|A[KS]IA[A-Z0-9]{12,})/

export class Sessions {
  readonly #options: SessionOptions
  readonly #keys = new Map<string, KnownKey>()
  /** By hash: in whose session the programs with a key were started. Nobody else's calls come from them, after a restart neither. */
  readonly #owners: Map<string, string>
  /** Hashes that were revoked, never to be taken again. */
  readonly #revoked: Set<string>
  #saving: Promise<void> = Promise.resolve()
  #session: Session | undefined
  /** Why the last one is over, where its person did not end it: whoever calls then learns that it was not them. */
  #over: string | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    const { owners, revoked } = options.kept.data
    this.#owners = new Map(owners.map(({ hash, person }) => [hash, person]))
    this.#revoked = new Set(revoked)
  }

  /** Resolves when what outlives the agent is written. @throws CountersignError CS_STATE when it cannot be */
  async saved(): Promise<void> {
    try {
      await this.#saving
    } catch (cause) {
      throw new CountersignError('CS_STATE', 'the agent cannot write to its state folder, so it would forget after a restart whose programs these are. Make room there, then try again.', { cause })
    }
  }

  get current(): Session | undefined {
    this.expire()
    return this.#session
  }

  get launches(): readonly (Launch & { readonly calls: number })[] {
    return [...this.#keys.values()].map(({ launch, calls }) => ({ ...launch, calls }))
  }

  /** Why the last one is over, as a sentence, where its person did not end it. */
  get over(): string | undefined {
    return this.current ? undefined : this.#over
  }

  /** A new sign-in ends the session before it: calls of one person's programs are never made in another's name, either way. */
  start(principal: Principal): Session {
    const now = this.#options.now()
    return this.#begin(principal, { startedAt: now, lastUsedAt: now, endsAt: now + this.#options.limits().absolute })
  }

  /**
   * Takes up a sign-in that windows kept while there was no agent: it lasts no longer for that, and the time without a call goes on.
   * What is not known of it counts as long ago.
   * @param principal `authTime` 0: the provider does not say when the person proved who they are
   * @throws CountersignError CS_SESSION_EXPIRED when it is over
   */
  resume(principal: Principal): Session {
    const now = this.#options.now()
    const { absolute, idle } = this.#options.limits()
    const { session } = this.#options.kept.data
    const kept = session?.person === personDigest(principal) ? session : undefined
    const provenAt = principal.authTime > 0 ? principal.authTime * 1000 : (kept?.startedAt ?? 0)
    const endsAt = Math.min(now, provenAt) + absolute
    if (endsAt <= now) throw new CountersignError('CS_SESSION_EXPIRED', 'your sign-in is older than your organisation allows. Sign in again.')
    const lastUsedAt = kept?.lastUsedAt ?? Math.min(now, provenAt)
    if (lastUsedAt > now + SKEW_MS) throw new CountersignError('CS_SESSION_EXPIRED', 'the clock of this machine was put back, so nobody can tell how long ago your last call was. Sign in again.')
    if (now - lastUsedAt >= idle) throw new CountersignError('CS_SESSION_EXPIRED', `your session ended after ${spanOf(idle)} without a call. Sign in again.`)
    return this.#begin({ ...principal, authTime: Math.floor(provenAt / 1000) }, { startedAt: kept?.startedAt ?? now, lastUsedAt: Math.min(now, lastUsedAt), endsAt })
  }

  #begin(principal: Principal, times: Pick<Session, 'startedAt' | 'lastUsedAt' | 'endsAt'>): Session {
    this.end('another sign-in')
    this.#over = undefined
    const session = { id: this.#options.newSessionId(), principal, ...times }
    this.#session = session
    const person = personDigest(principal)
    for (const hash of this.#keys.keys()) if (!this.#owners.has(hash)) this.#owners.set(hash, person)
    this.#keep(session)
    return session
  }

  /** The same person, with groups as of a newer token. */
  renew(principal: Principal): void {
    const before = this.#session?.principal
    if (this.#session && before && isSamePerson(before, principal)) this.#session = { ...this.#session, principal: { ...principal, authTime: principal.authTime || before.authTime } }
  }

  /** @param over a sentence for whoever calls afterwards */
  end(reason: string, over?: string): void {
    const session = this.#session
    this.#session = undefined
    if (!session) return
    this.#over = over
    // A limit of time is no reason to cut an answer that is on its way; whoever signs out, or is signed out, means what runs too.
    if (!reason.endsWith(' limit')) this.#endCalls(new CountersignError('CS_NOT_SIGNED_IN', 'the session of this call ended: whoever made it signed out, or was signed out. Sign in and run it again.'))
    this.#keep(undefined)
    this.#options.onEnded(session, reason)
  }

  #endCalls(why: CountersignError): void {
    for (const known of this.#keys.values()) {
      known.under.abort(why)
      known.under = new AbortController()
    }
  }

  /** The agent ends, and the person's time goes on. */
  async close(reason: string): Promise<void> {
    const session = this.#session
    this.#session = undefined
    if (session) {
      this.#keep(session)
      this.#options.onEnded(session, reason)
    }
    await this.#saving.catch(() => undefined)
  }

  /** The launch of a key that is known already; a window that was reloaded brings its old one. */
  launchOf(hash: string): Launch | undefined {
    return this.#keys.get(hash)?.launch
  }

  register(hash: string, kind: Launch['kind'], label: string): Launch {
    const launch = { id: this.#options.newLaunchId(), kind, label }
    this.#keys.set(hash, { hash: Buffer.from(hash, 'base64url'), launch, calls: 0, under: new AbortController() })
    dropOldest(this.#keys)
    const person = this.current?.principal
    if (person && !this.#owners.has(hash)) {
      this.#owners.set(hash, personDigest(person))
      this.#keep(this.#session)
    }
    return launch
  }

  /** No call is made with this key any more: it was revoked, or its programs are of somebody who is not signed in now. */
  isSpent(hash: string): boolean {
    const person = this.current?.principal
    return this.#revoked.has(hash) || (person !== undefined && this.#isOfAnother(hash, person))
  }

  #isOfAnother(hash: string, person: Principal): boolean {
    const owner = this.#owners.get(hash)
    return owner !== undefined && owner !== personDigest(person)
  }

  revoke(hash: string): boolean {
    this.#revoked.add(hash)
    this.#owners.delete(hash)
    this.#keys.get(hash)?.under.abort(new CountersignError('CS_SESSION_KEY_UNKNOWN', 'the session key of this program was revoked, or its run is over, while this call was under way.'))
    this.#keep(this.#session)
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
    if (!known && isSessionKey(key) && this.#revoked.has(sessionKeyHash(key))) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'the session key of this program was revoked, or its run is over. Nothing was sent. Open a new terminal or restart the kernel, then run this again.')
    if (!known) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'this session key is not known here; it ended with its window or its run. Nothing was sent. Open a new terminal or restart the kernel, then run this again.')
    this.expire()
    const session = this.#session
    if (!session && this.#over !== undefined) throw new CountersignError('CS_SESSION_EXPIRED', `${this.#over} Nothing was sent. ${SIGN_IN}`)
    if (!session) throw new CountersignError('CS_NOT_SIGNED_IN', `nobody is signed in. Nothing was sent. ${SIGN_IN}`)
    if (this.#isOfAnother(known.hash.toString('base64url'), session.principal)) throw new CountersignError('CS_SESSION_KEY_EXPIRED', 'this program was started while somebody else was signed in, and its calls are not made in your name. Nothing was sent. Open a new terminal or restart the kernel, then run this again.')
    known.calls++
    const used = { ...session, lastUsedAt: this.#options.now() }
    this.#session = used
    if (used.lastUsedAt - (this.#options.kept.data.session?.lastUsedAt ?? 0) >= KEEP_USE_EVERY_MS) this.#keep(used)
    return { session: used, launch: known.launch }
  }

  /** For a key that was just found to be good: ends the call that is made with it when the key or the session ends. */
  underWay(key: string): AbortSignal | undefined {
    return this.#find(key)?.under.signal
  }

  #keep(session: Session | undefined): void {
    dropOldest(this.#owners)
    dropOldest(this.#revoked)
    const kept = session ? { person: personDigest(session.principal), startedAt: session.startedAt, lastUsedAt: session.lastUsedAt } : null
    const owners = [...this.#owners].map(([hash, person]) => ({ hash, person }))
    this.#saving = this.#options.kept.update(() => ({ session: kept, owners, revoked: [...this.#revoked] }))
    this.#saving.catch(this.#options.onNotKept)
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

function dropOldest(kept: Map<string, unknown> | Set<string>): void {
  const [oldest] = kept.keys()
  if (kept.size > MOST_KEYS && oldest !== undefined) kept.delete(oldest)
}

export function isSamePerson(a: Pick<Principal, 'issuer' | 'subject'>, b: Pick<Principal, 'issuer' | 'subject'>): boolean {
  return a.issuer === b.issuer && a.subject === b.subject
}

function spanOf(ms: number): string {
  const [count, unit] = ms >= 3_600_000 ? [ms / 3_600_000, 'hour'] : ms >= 60_000 ? [ms / 60_000, 'minute'] : [ms / 1000, 'second']
  const shown = Math.round(count * 10) / 10
  return `${shown} ${unit}${shown === 1 ? '' : 's'}`
}
