/** Sign-in, sign-out and what they open and close: one person at a time, on record. */
import { createHash, randomBytes } from 'node:crypto'
import { CountersignError, describeError } from '../protocol/errors.ts'
import type { DeviceSignInBegun, KeptSignIn, SignedOut, SignInBegun } from '../protocol/control.ts'
import type { Actor, Disclosure } from '../protocol/audit.ts'
import type { Principal, Session } from '../protocol/identity.ts'
import { newId } from '../protocol/ids.ts'
import { Authority } from './identity/authority.ts'
import type { WorkloadAuthority } from './identity/workload.ts'
import type { Approvals } from './approval/approvals.ts'
import type { KeptSessions } from './identity/keptSessions.ts'
import { isSamePerson, Sessions } from './identity/sessions.ts'
import type { AgentJournal } from './journal/journal.ts'
import type { LivePolicy } from './policy/source.ts'
import type { Store } from './state/store.ts'
import type { HubLink } from './sync/hubLink.ts'

export interface SignInSettings {
  readonly issuer: string
  readonly clientId: string
  readonly groupsClaim: string
  readonly resource: string | undefined
}

export interface PeopleOptions {
  readonly journal: Pick<AgentJournal, 'append'>
  readonly policy: LivePolicy
  /** Where people sign in; asked anew until it is known. @throws CountersignError */
  readonly settings: () => Promise<SignInSettings>
  readonly hub: () => HubLink | undefined
  /** Of a headless agent: nobody else signs in there. */
  readonly workload?: WorkloadAuthority | undefined
  readonly approvals: Pick<Approvals, 'signedIn' | 'signedOut'>
  readonly onChange: () => void
  readonly onKept: (kept: KeptSignIn) => void
  /** Somebody else signs in than before: whatever may act for the one before acts for them alone. */
  readonly onAnother: () => void
  /** What of sessions outlives this agent. */
  readonly kept: Store<KeptSessions>
  readonly now: () => number
  readonly log: (message: string) => void
}

/** Before a policy says otherwise. */
const FIRST_LIMITS = { idle: 8 * 3_600_000, absolute: 12 * 3_600_000 }

export class People {
  readonly sessions: Sessions
  readonly #options: PeopleOptions
  #authority: Authority | undefined
  #restoring: Promise<void> | undefined
  /** SHA-256 of the kept token that the session was taken up with. */
  #restoredFrom: string | undefined
  #refusedLast: string | undefined
  #lastPerson: Principal | undefined

  constructor(options: PeopleOptions) {
    this.#options = options
    this.sessions = new Sessions({
      now: options.now,
      kept: options.kept,
      onNotKept: (error) => { options.log(`the state of sessions could not be written (${describeError(error)})`) },
      limits: () => {
        const limits = options.policy.active?.document.limits
        return limits ? { idle: limits.sessionIdle, absolute: limits.sessionAbsolute } : FIRST_LIMITS
      },
      newSessionId: () => newId('se', options.now(), randomBytes(10)),
      newLaunchId: () => newId('la', options.now(), randomBytes(10)),
      onEnded: (session, reason) => {
        this.#ended(session, reason)
      },
    })
  }

  async begin(hints: { loginHint?: string; prompt?: 'login' }): Promise<SignInBegun> {
    return (await this.#ready()).begin(hints)
  }

  async wait(attempt: string): Promise<void> {
    await this.#signedIn(async () => (await (await this.#ready()).wait(attempt)).principal)
  }

  /**
   * One at a time: windows attach together after the agent was started anew, each with the same kept token, and a token that
   * rotates is good for one of them. The others brought it too, so they may operate, and the provider is not asked again.
   */
  async restore(refreshToken: string): Promise<void> {
    const before = this.#restoring
    const mine = (async () => {
      await before?.catch(() => undefined)
      const hash = createHash('sha256').update(refreshToken).digest('base64url')
      const isKnown = hash === this.#restoredFrom || refreshToken === this.#authority?.refreshToken
      if (isKnown && this.sessions.current) return
      await this.#signedIn(async () => (await (await this.#ready()).restore(refreshToken)).principal, 'kept')
      this.#restoredFrom = hash
    })()
    this.#restoring = mine
    await mine
  }

  /** A sign-in for one decision of the person who is signed in. @throws CountersignError CS_NOT_SIGNED_IN, CS_SIGN_IN_FAILED */
  async confirm(nonce: string, acr: readonly string[] | undefined): Promise<SignInBegun> {
    const person = this.sessions.current?.principal
    if (!person || !this.#authority) throw new CountersignError('CS_NOT_SIGNED_IN', 'nobody is signed in.')
    return this.#authority.confirm({ person, nonce, acr })
  }

  /** @returns the provider's id_token over the nonce */
  async confirmed(attempt: string): Promise<string> {
    if (!this.#authority) throw new CountersignError('CS_NOT_SIGNED_IN', 'nobody is signed in.')
    return this.#authority.confirmed(attempt)
  }

  async beginDevice(): Promise<DeviceSignInBegun> {
    const { verificationUriComplete, ...begun } = await (await this.#ready()).beginDevice()
    return { ...begun, ...(verificationUriComplete === undefined ? {} : { verificationUriComplete }), origin: new URL(begun.verificationUri).origin }
  }

  async cancel(attempt: string): Promise<void> {
    await this.#authority?.cancel(attempt)
  }

  get kept(): KeptSignIn {
    return { refreshToken: this.#authority?.refreshToken ?? null }
  }

  /** @throws CountersignError CS_NOT_SIGNED_IN, CS_SIGN_IN_FAILED */
  async accessToken(): Promise<string> {
    if (this.#options.workload) return this.#options.workload.accessToken()
    if (!this.#authority) throw new CountersignError('CS_NOT_SIGNED_IN', 'nobody is signed in.')
    return this.#authority.accessToken()
  }

  /** The person as the provider sees them now: groups change while a session lasts. */
  async renew(): Promise<void> {
    const prover = this.#options.workload ?? this.#authority
    if (!this.sessions.current || !prover) return
    try {
      const principal = await prover.refresh()
      if (principal) this.sessions.renew(principal)
    } catch (error) {
      const over = this.#overWith(error)
      if (over !== undefined) {
        this.sessions.end(over, `your session ended: ${over}.`)
        this.#options.hub()?.signedOut()
      }
      throw error
    } finally {
      this.#options.onChange()
    }
  }

  /** Why the session cannot go on after this failure; undefined when it can, as when somebody is only away. */
  #overWith(error: unknown): string | undefined {
    const code = error instanceof CountersignError ? error.code : undefined
    const { workload } = this.#options
    if (!workload) return code === 'CS_SESSION_EXPIRED' ? 'the identity provider ended the sign-in' : undefined
    if (code === 'CS_SIGN_IN_FAILED' || code === 'CS_OFFBOARDED') return 'the hub takes the workload no more'
    return code === 'CS_HUB_UNREACHABLE' || workload.isProven ? undefined : 'the platform vouches for the workload no more'
  }

  /** What a headless agent does at its start and from time to time: signs in, or proves again that it may. */
  async keepWorkload(): Promise<void> {
    const { workload } = this.#options
    if (!workload) return
    if (this.sessions.current) await this.renew()
    else await this.#signedIn(() => workload.refresh())
  }

  /**
   * Keys and calls end at once; the provider is told as well, and being unable to is on record.
   * @param over a sentence for whoever calls afterwards, when it was not the person who signed out
   */
  async signOut(over?: string): Promise<SignedOut> {
    const logoutUrl = await this.#authority?.logoutUrl().catch(() => undefined)
    this.sessions.end('signed out', over)
    this.#options.hub()?.signedOut(this.#authority?.accessTokens)
    const authority = this.#authority
    this.#authority = undefined
    this.#options.workload?.forget()
    this.#restoredFrom = undefined
    this.#options.onChange()
    try {
      await authority?.signOut()
    } catch (error) {
      this.#options.log(`the identity provider could not be told of the sign-out (${describeError(error)})`)
    }
    return { logoutUrl: logoutUrl ?? null }
  }

  async #ready(): Promise<Authority> {
    if (this.#options.workload) throw new CountersignError('CS_SIGN_IN_FAILED', 'this agent is headless: its platform signs it in, and nobody else can.')
    this.#authority ??= new Authority({
      ...(await this.#options.settings()),
      onPerson: (principal) => {
        if (this.#lastPerson && !isSamePerson(this.#lastPerson, principal)) this.#options.onAnother()
        this.#lastPerson = principal
      },
      onKept: (refreshToken) => { this.#options.onKept({ refreshToken: refreshToken ?? null }) },
      onReplaced: (accessTokens, revoked) => {
        this.#options.hub()?.signedOut(accessTokens)
        revoked.catch((error: unknown) => { this.#options.log(`the identity provider could not be told that somebody else signed in (${describeError(error)})`) })
      },
    })
    return this.#authority
  }

  async #signedIn(prove: () => Promise<Principal>, how: 'now' | 'kept' = 'now'): Promise<void> {
    let principal: Principal
    try {
      principal = await prove()
      await this.#options.hub()?.signedIn()
    } catch (error) {
      const reason = error instanceof CountersignError ? `${error.code}: ${error.message}` : describeError(error)
      // A kept sign-in is tried again and again while the provider or the hub is away: that it is, is news once.
      if (how === 'now' || reason !== this.#refusedLast) await this.#options.journal.append({ type: 'session.refused', reason })
      this.#refusedLast = reason
      throw error
    }
    this.#refusedLast = undefined
    const current = this.sessions.current
    if (current && isSamePerson(current.principal, principal)) {
      // The same person proved who they are again: what runs and waits in their name goes on.
      this.sessions.renew(principal)
      await this.#options.journal.append({ type: 'session.confirmed', actor: actorOfSession({ ...current, principal }) })
      this.#options.approvals.signedIn()
      this.#options.onChange()
      return
    }
    // Somebody else's earlier session ends, on record, before this one begins.
    const session = await this.#started(principal, how)
    await this.#options.journal.append(
      (sd) => ({ type: 'session.started', actor: actorOfSession(session), endsAt: new Date(session.endsAt).toISOString(), sd }),
      labels(principal),
      principal.subject,
    )
    this.#options.approvals.signedIn()
    this.#options.onChange()
  }

  /** A sign-in that was kept lasts as long as if the agent had never ended. */
  async #started(principal: Principal, how: 'now' | 'kept'): Promise<Session> {
    try {
      const session = how === 'kept' ? this.sessions.resume(principal) : this.sessions.start(principal)
      await this.sessions.saved()
      return session
    } catch (error) {
      this.sessions.end('another sign-in')
      this.#options.hub()?.signedOut(this.#authority?.accessTokens)
      this.#forget()
      await this.#options.journal.append({ type: 'session.refused', reason: error instanceof CountersignError ? `${error.code}: ${error.message}` : describeError(error) })
      throw error
    }
  }

  /** What could renew a session that is over by the organisation's own limits is given back, here and in every window. */
  #forget(): void {
    const authority = this.#authority
    this.#authority = undefined
    this.#restoredFrom = undefined
    this.#options.onKept({ refreshToken: null })
    authority?.signOut().catch((error: unknown) => { this.#options.log(`the identity provider could not be told of the end of a session (${describeError(error)})`) })
  }

  /** Who is signed in, as the journal names them. */
  get actor(): Actor | undefined {
    const { current } = this.sessions
    return current ? actorOfSession(current) : undefined
  }

  #ended(session: Session, reason: string): void {
    this.#options.onChange()
    if (reason.endsWith(' limit') && !this.#options.workload) {
      this.#options.hub()?.signedOut(this.#authority?.accessTokens)
      this.#forget()
    }
    this.#options.approvals.signedOut().catch((error: unknown) => { this.#options.log(`held calls could not be withdrawn (${describeError(error)})`) })
    this.#options.journal.append({ type: 'session.ended', actor: actorOfSession(session), reason }).catch((error: unknown) => {
      this.#options.log(`the end of a session could not be recorded (${describeError(error)})`)
    })
  }
}

function actorOfSession({ id, principal }: Session): Actor {
  return { iss: principal.issuer, sub: principal.subject, ...(principal.kind === undefined ? {} : { kind: principal.kind }), groups: principal.groups, authTime: principal.authTime, session: id }
}

/** They identify by themselves, so they stand in erasable disclosures. `startedBy` is the platform's word, `onBehalfOf` only that of whoever started us. */
function labels({ name, email, startedBy, onBehalfOf }: Principal): Disclosure[] {
  return Object.entries({ name, email, startedBy, onBehalfOf }).flatMap(([path, value]) => (value === undefined ? [] : [{ path, value }]))
}
