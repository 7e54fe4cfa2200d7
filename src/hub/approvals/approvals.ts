/**
 * Held calls at the hub: who may see them, who may decide, and the signed decision. One thing at a time, each on record in the
 * hub's own log before anybody is told; the rules themselves are in core/approval/settle.ts.
 */
import { randomBytes } from 'node:crypto'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { ApprovalTerms, Opened, OpenRequest, ReviewRequest, SharedRequest, Withdrawal } from '../../protocol/approval.ts'
import { REQUESTER_REASON, reviewerReason, STARTERS } from '../../protocol/audit.ts'
import { newId } from '../../protocol/ids.ts'
import { expireHeld, explainHeld, review, spend, withdrawHeld, type Held } from '../../core/approval/settle.ts'
import { digestOf } from '../../core/exchange/digest.ts'
import type { FilePort } from '../../core/log/files.ts'
import type { Confirmations, Proven } from '../access/confirmations.ts'
import type { Device } from '../access/devices.ts'
import { samePerson, type Person } from '../access/person.ts'
import type { HubKeys } from '../keys.ts'
import type { Labels } from '../labels.ts'
import type { HubLog } from '../log/hubLog.ts'
import { Lines, type Viewer } from './lines.ts'
import { checkCurrent, mayReview, sameTerms, startersOf } from './rights.ts'
import { checkRoom, withoutRoom } from './room.ts'
import { sharedWith } from './shared.ts'
import { signDecision } from './signing.ts'
import { HeldStore } from './store.ts'
import { Timers } from './timers.ts'

export interface ApprovalsOptions {
  readonly files: FilePort
  readonly folder: string
  readonly confirmations: Pick<Confirmations, 'check'>
  readonly log: HubLog
  readonly labels: Labels
  readonly keys: Pick<HubKeys, 'policy'>
  readonly organisation: string
  /** Terms of a rule in a policy that may still be in force somewhere; undefined when there is no such rule, or it does not hold. */
  readonly termsOf: (policy: OpenRequest['call']['policy'], rule: string) => ApprovalTerms | undefined
  readonly now: () => number
  readonly timer: (ms: number, run: () => void) => () => void
  readonly say: (line: string) => void
  /** Gets nothing here any more. */
  readonly isRemoved: (person: Pick<Person, 'issuer' | 'subject'>) => boolean
}

/** How long a request stays to be seen after its end. */
const SHOWN_MS = 3_600_000
/** After a restart everybody's line has yet to come back. Before anybody ever enrolled there is nobody to wait for. */
const SETTLING_MS = 30_000

export class HubApprovals {
  readonly #options: ApprovalsOptions
  readonly #store: HeldStore
  readonly #held = new Map<string, Held>()
  readonly #decisions = new Map<string, string>()
  readonly #timers: Timers
  readonly #listeners = new Set<(held: Held) => void>()
  readonly #lines: Lines
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: ApprovalsOptions) {
    this.#options = options
    const wasUp = options.log.records.some(({ event }) => event.type === 'device.enrolled')
    this.#lines = new Lines({ now: options.now, settlingUntil: wasUp ? options.now() + SETTLING_MS : 0 })
    this.#timers = new Timers(options.timer)
    this.#store = new HeldStore(options.files, options.folder)
  }

  static async open(options: ApprovalsOptions): Promise<HubApprovals> {
    const approvals = new HubApprovals(options)
    for (const held of await approvals.#store.restore(options.log, options.now() - SHOWN_MS)) {
      const named = { ...held, reviews: held.reviews.map((one) => withLabel(one, options.labels)) }
      if (named.ending?.cause === 'reviewer') approvals.#decisions.set(named.ap, await approvals.#sign(named))
      approvals.#held.set(named.ap, named)
      approvals.#arm(named)
    }
    return approvals
  }

  /** A person's editor is connected. @param end ends its line, when the hub ends @returns to be called when it is not connected any more */
  connected(viewer: Viewer, end: () => void): () => void {
    const { isFirst, gone } = this.#lines.add(viewer, end)
    // Whoever waits is told that there is one more who can decide.
    if (isFirst) for (const held of this.#held.values()) if (!held.ending && mayReview(held, viewer.person)) this.#tell(held)
    return gone
  }

  /** @throws CountersignError CS_BUSY, CS_NO_REVIEWER, CS_NOT_RECORDED */
  open(viewer: Viewer, request: OpenRequest): Promise<Opened> {
    return this.#next(async () => {
      const { person, device } = viewer
      const now = this.#options.now()
      const { issuer, subject, name, email, username: account = email } = person
      const held: Held = {
        ap: newId('ap', now, randomBytes(10)),
        device: device.id,
        requester: { issuer, subject, ...(name === undefined ? {} : { name }), ...(account === undefined ? {} : { account }), ...(email === undefined ? {} : { email }), ...startersOf(person, device) },
        request,
        openedAt: now,
        expiresAt: now + request.terms.wait,
        requesterReason: request.requesterReason,
        reviews: [],
        ending: undefined,
        usedBy: undefined,
      }
      checkRoom(this.#held.values(), held)
      if (!sameTerms(this.#options.termsOf(request.call.policy, request.call.rule.id), request.terms)) throw new CountersignError('CS_HUB_REFUSED', 'the terms of this call are not those of a rule in the policy. Run it again; if it stays so, restart the agent.')
      if (!this.#lines.isReachable(held)) throw new CountersignError('CS_NO_REVIEWER', `nobody from ${request.terms.group} can be reached.`)
      await this.#store.keep(held)
      const { call, terms, digest, ex } = request
      const found = Object.fromEntries(call.findings.map((one) => [one.type, one.count]))
      const starters = held.requester.starters?.names.join(', ') ?? ''
      await this.#options.log.appendWith(
        (sd) => ({ type: 'approval.opened', ap: held.ap, ex, device: device.id, iss: issuer, sub: subject, rule: call.rule.id, policy: call.policy, found, digest, group: terms.group, count: terms.count, waitMs: terms.wait, ...(sd.length > 0 ? { sd } : {}) }),
        starters === '' ? [] : [{ path: STARTERS, value: starters }],
        subject,
      )
      this.#take(held)
      return { ap: held.ap, expiresAt: held.expiresAt, now }
    })
  }

  /** The requester's words. @throws CountersignError CS_REVIEW_OVER */
  giveReason(ap: string, viewer: Viewer, reason: string): Promise<void> {
    return this.#next(async () => {
      const held = this.#own(ap, viewer.device)
      // The record says that the requester wrote it, and others may be signed in on that machine.
      if (!samePerson(held.requester, viewer.person)) throw new CountersignError('CS_REVIEW_OVER', 'this is not your call.')
      const next = explainHeld(held, reason, this.#options.now())
      const { issuer: iss, subject: sub } = held.requester
      await this.#options.log.appendWith((sd) => ({ type: 'approval.reason', ap, iss, sub, sd }), [{ path: REQUESTER_REASON, value: reason }], sub)
      this.#take(next)
    })
  }

  withdraw(ap: string, device: Device, cause: Withdrawal['cause']): Promise<void> {
    return this.#next(async () => {
      await this.#settle(this.#own(ap, device), withdrawHeld(this.#own(ap, device), cause, this.#options.now()))
    })
  }

  /** The requester's agent let the one call out. @throws CountersignError CS_REVIEW_OVER */
  used(ap: string, device: Device, ex: string): Promise<void> {
    return this.#next(async () => {
      const held = this.#own(ap, device)
      const next = spend(held, ex, this.#options.now())
      if (next === held) return
      await this.#options.log.append({ type: 'approval.used', ap, ex })
      this.#take(next)
    })
  }

  /** @throws CountersignError CS_NOT_A_REVIEWER, CS_REVIEW_OVER, CS_REASON_MISSING, CS_SIGN_IN_FAILED: each on record with who tried */
  async review(ap: string, viewer: Viewer, given: ReviewRequest): Promise<void> {
    try {
      // Before its turn: the identity provider may have to be asked for its keys, and nobody else waits for that.
      const proven = given.proof && (await this.#options.confirmations.check(given.proof, viewer.person, { ...given, ap }))
      await this.#next(() => this.#reviewed(ap, viewer, given, proven))
    } catch (error) {
      const { issuer: iss, subject: sub, groups } = viewer.person
      if (error instanceof CountersignError) await this.#options.log.append({ type: 'review.refused', ap: ap.slice(0, 40), iss, sub, groups, code: error.code, why: error.message })
      throw error
    }
  }

  async #reviewed(ap: string, { person, device }: Viewer, given: ReviewRequest, proven: Proven | undefined): Promise<void> {
    const known = this.#held.get(ap)
    if (!known) throw new CountersignError('CS_REVIEW_OVER', 'this call does not wait any more.')
    // Since their token was read they may have been removed: the provider was asked for its keys, and others had their turn.
    if (this.#options.isRemoved(person)) throw new CountersignError('CS_OFFBOARDED', 'you were removed from this hub. If that is wrong, ask your security lead.')
    checkCurrent(person, this.#options.now())
    const held = this.#standing(known)
    const next = review(held, { ...person, confirmed: proven }, given, this.#options.now())
    // After the person: whoever asked is told that it is their own call, whatever machine they sit at.
    if (known.device === device.id) throw new CountersignError('CS_NOT_A_REVIEWER', 'this call waits on this very machine. Decide on another one.')
    const entry = next.reviews.at(-1)
    if (!entry) throw new TypeError('a review without a reviewer')
    const { issuer: iss, subject: sub, name: _name, at: _at, reason, ...said } = entry
    await proven?.keep()
    await this.#options.log.appendWith((sd) => ({ type: 'approval.reviewed', ap, iss, sub, ...said, client: proven?.client, digest: given.digest, sd }), [{ path: reviewerReason(0), value: reason }], sub)
    if (!next.ending) await this.#store.keep(next)
    await this.#settle({ ...held, reviews: next.reviews }, next)
  }

  /** Of somebody who was removed meanwhile, an approval that waits for others counts no more. */
  #standing(held: Held): Held {
    return held.ending ? held : { ...held, reviews: held.reviews.filter((one) => !this.#options.isRemoved(one)) }
  }

  /** What this person may see, in the order of arrival. */
  visible(viewer: Viewer): SharedRequest[] {
    return [...this.#held.values()].flatMap((held) => this.share(held, viewer) ?? [])
  }

  /** The request as this person sees it; undefined when it does not concern them. */
  share(held: Held, viewer: Viewer): SharedRequest | undefined {
    return sharedWith(this.#standing(held), viewer, { decision: this.#decisions.get(held.ap), reachable: () => this.#lines.reachable(held) })
  }

  /** Told of each request as it is after each change. @returns takes the listener back */
  listen(listener: (held: Held) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  endLines(): void {
    this.#lines.endAll()
  }

  endLinesOf(isOver: (viewer: Viewer) => boolean): void {
    this.#lines.endOf(isOver, this.#options.isRemoved)
  }

  /** Nothing waits in the name of somebody who was removed, or on a removed device. */
  withdrawOf(isOver: (held: Held) => boolean): Promise<void> {
    return this.#next(async () => {
      for (const held of [...this.#held.values()]) if (!held.ending && isOver(held)) await this.#settle(held, withdrawHeld(held, 'withdrawn', this.#options.now()))
    })
  }

  async close(): Promise<void> {
    this.#timers.close()
    await this.#turn
  }

  /** The one door for endings: signed when people decided, on record, then told. */
  async #settle(before: Held, next: Held): Promise<void> {
    if (!next.ending || before.ending) {
      this.#take(next)
      return
    }
    const { ap, openedAt, requester, requesterReason, ending } = next
    const decision = ending.cause === 'reviewer' ? await this.#sign(next) : undefined
    await this.#options.log.appendWith(
      (sd) => ({ type: 'approval.ended', ap, state: ending.state, cause: ending.cause, ms: ending.at - openedAt, decision: decision === undefined ? null : digestOf(decision), sd }),
      requesterReason === undefined ? [] : [{ path: REQUESTER_REASON, value: requesterReason }],
      requester.subject,
    )
    if (decision !== undefined) this.#decisions.set(ap, decision)
    this.#take(next)
    for (const old of withoutRoom(this.#held.values(), this.#options.now())) await this.#forget(old)
  }

  #sign(held: Held): Promise<string> {
    return signDecision(held, this.#options.organisation, this.#options.keys.policy)
  }

  #take(held: Held): void {
    this.#held.set(held.ap, held)
    this.#arm(held)
    this.#tell(held)
  }

  #tell(held: Held): void {
    for (const listener of this.#listeners) listener(held)
  }

  /** Until the end of its time, then until it need not be shown any more. */
  #arm(held: Held): void {
    const due = held.ending ? held.ending.at + SHOWN_MS : held.expiresAt
    this.#timers.set(held.ap, due - this.#options.now(), () => {
      this.#next(() => (held.ending ? this.#forget(held.ap) : this.#expire(held.ap))).catch((error: unknown) => {
        this.#options.say(`a held call could not be ended (${describeError(error)})`)
      })
    })
  }

  async #expire(ap: string): Promise<void> {
    const held = this.#held.get(ap)
    if (held && !held.ending) await this.#settle(held, expireHeld(held, Math.max(this.#options.now(), held.expiresAt)))
  }

  async #forget(ap: string): Promise<void> {
    this.#held.delete(ap)
    this.#decisions.delete(ap)
    this.#timers.forget(ap)
    await this.#store.forget(ap)
  }

  /** A device speaks for its own requests only. */
  #own(ap: string, device: Device): Held {
    const held = this.#held.get(ap)
    if (held?.device !== device.id) throw new CountersignError('CS_REVIEW_OVER', 'this device has no such request.')
    return held
  }

  #next<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

function withLabel(entry: Held['reviews'][number], labels: Labels): Held['reviews'][number] {
  const name = labels.person(entry.issuer, entry.subject)
  return name === undefined ? entry : { ...entry, name }
}
