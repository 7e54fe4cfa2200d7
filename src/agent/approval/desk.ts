/**
 * Where held calls wait on this machine. Whoever decides sits elsewhere: the hub says who may and signs what was decided, and
 * only a decision that verifies lets a call go on. Under a rule whose reviewers are `self` the requester acknowledges here.
 */
import { randomBytes } from 'node:crypto'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import { opened, type Review, type SharedRequest } from '../../protocol/approval.ts'
import type { WellKnown } from '../../protocol/hub.ts'
import { newId } from '../../protocol/ids.ts'
import { whoDecides } from '../../core/exchange/facts.ts'
import type { ApprovalDesk, HoldRequest } from '../../core/exchange/ports.ts'
import { digestOf } from '../../core/exchange/digest.ts'
import { openDecision } from './decision.ts'
import { causeOf, Pending } from './pending.ts'

/** The hub as the desk asks it; undefined without one. */
export interface DeskHub {
  known(): Promise<WellKnown>
  /** @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED, CS_NOT_SIGNED_IN */
  post(path: string, body: unknown): Promise<unknown>
  readonly offsetMs: number
}

export interface DeskOptions {
  readonly hub: () => DeskHub | undefined
  readonly record: (event: AuditEvent) => Promise<unknown>
  readonly onChange: () => void
  readonly log: (message: string) => void
  readonly timer: (ms: number, run: () => void) => () => void
}

const NOBODY: Review = { state: 'denied', cause: 'no_reviewer', reviewers: [] }
/** A client that was cut off and tries again joins its own request within this time; then it is withdrawn. */
const REJOIN_MS = 1_500
/** The hub's word that the time is over comes first; this is for when it does not come. */
const LATE_MS = 1_000

export class Desk implements ApprovalDesk {
  readonly #options: DeskOptions
  /** By person, digest, rule and terms: a retry of a held call is the same request. */
  readonly #pending = new Map<string, Promise<Pending | undefined>>()
  readonly #byAp = new Map<string, Pending>()
  /** On their way to the hub, by exchange: its word on the stream may be here before its answer. */
  readonly #opening = new Map<string, Promise<Pending | undefined>>()
  /** Counts how often everything was ended: what was being opened at that moment ends too. */
  #ends = 0

  constructor(options: DeskOptions) {
    this.#options = options
  }

  async hold(request: HoldRequest, signal: AbortSignal): Promise<Review> {
    const { issuer, subject } = request.caller.session.principal
    // Under other rules or terms it is another request: who may decide, and how many, is not carried over.
    const key = JSON.stringify([issuer, subject, request.digest, request.decision.rule, request.decision.policy.digest, request.terms])
    const ends = this.#ends
    let opening = this.#pending.get(key)
    if (!opening) {
      opening = (request.terms.reviewers === 'self' ? Promise.resolve(this.#openHere(key, request)) : this.#openAtHub(key, request)).catch((error: unknown) => {
        this.#options.log(`a held call did not reach the hub (${describeError(error)})`)
        this.#pending.delete(key)
        return undefined
      })
      this.#pending.set(key, opening)
      const { ex } = request
      this.#opening.set(ex, opening)
      void opening.finally(() => this.#opening.delete(ex))
    }
    const pending = await opening
    if (!pending) return NOBODY
    if (ends !== this.#ends) await this.#withdraw(pending, 'withdrawn')
    if (signal.aborted && pending.waiting === 0) await this.#abandon(pending, signal)
    return pending.wait(request, signal, () => `this call still waits for ${whoDecides(request.decision, pending.approved)}. Nothing was sent yet. Run it again to wait on.`)
  }

  /** Waiting for the requester's own word, here. */
  get acknowledgeable(): readonly SharedRequest[] {
    return [...this.#byAp.values()].filter((one) => one.here && !one.ended).map((one) => one.shared())
  }

  /** @throws CountersignError CS_REVIEW_OVER, CS_REASON_MISSING */
  acknowledge(given: { readonly ap: string; readonly digest: string; readonly verdict: 'approve' | 'deny'; readonly reason: string }): void {
    const pending = this.#own(given.ap)
    if (!pending.here || pending.digest !== given.digest) throw new CountersignError('CS_NOT_A_REVIEWER', 'this call waits for somebody else.')
    if (given.verdict === 'approve' && pending.request.terms.requesterReason === 'required' && given.reason.trim() === '') throw new CountersignError('CS_REASON_MISSING', 'the rule asks for a reason.')
    const reason = given.reason.trim()
    this.#end(pending, { state: given.verdict === 'approve' ? 'acknowledged' : 'withdrawn', cause: given.verdict === 'approve' ? 'reviewer' : 'withdrawn', reviewers: [], ...(reason === '' ? {} : { requesterReason: reason }) })
  }

  /** @throws CountersignError CS_REVIEW_OVER, CS_HUB_UNREACHABLE */
  async giveReason(ap: string, reason: string): Promise<void> {
    const pending = this.#own(ap)
    if (!pending.here) await this.#hub().post(`/v1/approvals/${ap}/reason`, { reason })
    pending.requesterReason = reason
    this.#options.onChange()
  }

  /** By the requester. The call ends here whether or not the hub can be told. */
  async withdraw(ap: string): Promise<void> {
    await this.#withdraw(this.#own(ap), 'withdrawn')
  }

  /** Whoever was signed in is not any more, or the agent ends: nothing waits in their name. */
  async endAll(cause: 'withdrawn' | 'agent_stopping'): Promise<void> {
    this.#ends++
    await Promise.all([...this.#byAp.values()].map((pending) => this.#withdraw(pending, cause)))
  }

  /** What the hub says of a request of this device. Ones of an earlier run of this agent have nobody waiting any more. */
  async heard(request: SharedRequest): Promise<void> {
    if (request.role !== 'own') return
    const pending = this.#byAp.get(request.ap) ?? (await this.#opening.get(request.ex))
    if (!pending) {
      if (request.state === 'pending') await this.#tell(request.ap, 'withdraw', { cause: 'agent_stopping' })
      return
    }
    if (pending.ended) return
    pending.approved = request.reviews.filter(({ verdict }) => verdict === 'approve').length
    if (request.state === 'pending') return
    if (request.decision !== undefined) await this.#decided(pending, request.decision)
    else if (request.state === 'expired' || request.state === 'withdrawn') this.#end(pending, { state: request.state, cause: request.cause ?? 'timeout', reviewers: [], approved: pending.approved, ap: pending.ap })
  }

  async #decided(pending: Pending, jws: string): Promise<void> {
    try {
      const { issuer, subject, startedBy, onBehalfOf } = pending.request.caller.session.principal
      const starters = [startedBy, onBehalfOf].flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]))
      const { reviewers, count, assurance, acr } = pending.request.terms
      const { rule, policy } = pending.request.call
      if (reviewers === 'self') return
      const decision = await openDecision(jws, await this.#hub().known(), { ap: pending.ap, digest: pending.digest, requester: { issuer, subject, startedBy: starters }, group: reviewers.group, count, rule: rule.id, policy, assurance, acr })
      if (Date.now() + (this.#options.hub()?.offsetMs ?? 0) >= decision.expiresAt) throw new CountersignError('CS_REVIEW_OVER', 'it came after its time')
      this.#end(pending, { state: decision.state, cause: 'reviewer', reviewers: decision.reviews, ap: pending.ap, decision: jws })
    } catch (error) {
      // Refused, on record; the call goes on waiting for a real one.
      await this.#options.record({ type: 'decision.refused', ap: pending.ap, why: error instanceof CountersignError ? error.message : describeError(error), digest: digestOf(jws) })
    }
  }

  #openHere(key: string, request: HoldRequest): Pending {
    return this.#add(key, new Pending({ ap: newId('ap', Date.now(), randomBytes(10)), here: true, request, expiresAt: Date.now() + request.terms.wait }), request.terms.wait)
  }

  async #openAtHub(key: string, request: HoldRequest): Promise<Pending> {
    const { reviewers, wait, ...terms } = request.terms
    if (reviewers === 'self') throw new TypeError('that one is held here')
    const reply = opened.parse(await this.#hub().post('/v1/approvals', { ex: request.ex, digest: request.digest, call: request.call, terms: { ...terms, wait, group: reviewers.group } }))
    const left = Math.max(0, reply.expiresAt - reply.now)
    return this.#add(key, new Pending({ ap: reply.ap, here: false, request, expiresAt: Date.now() + left }), left + LATE_MS)
  }

  #add(key: string, pending: Pending, ms: number): Pending {
    this.#byAp.set(pending.ap, pending)
    const cancel = this.#options.timer(ms, () => {
      const missing = pending.request.terms.requesterReason === 'required' && pending.requesterReason === undefined && !pending.here
      this.#end(pending, { state: 'expired', cause: missing ? 'no_reason' : 'timeout', reviewers: [], approved: pending.approved, ap: pending.ap })
    })
    pending.onEnded = () => {
      cancel()
      this.#options.onChange()
    }
    pending.onOver = () => {
      cancel()
      this.#pending.delete(key)
      this.#byAp.delete(pending.ap)
    }
    pending.onSpent = (ex) => {
      if (!pending.here && pending.ended?.state === 'approved') this.#tell(pending.ap, 'used', { ex }).catch(() => undefined)
    }
    pending.onLeft = (signal) => {
      if (signal.reason instanceof CountersignError) void this.#abandon(pending, signal)
      else this.#options.timer(REJOIN_MS, () => { if (pending.waiting === 0 && !pending.ended) void this.#withdraw(pending, 'client_gone') })
    }
    pending.timer = this.#options.timer
    this.#options.onChange()
    return pending
  }

  async #abandon(pending: Pending, signal: AbortSignal): Promise<void> {
    await this.#withdraw(pending, causeOf(signal))
  }

  async #withdraw(pending: Pending, cause: 'withdrawn' | 'client_gone' | 'agent_stopping'): Promise<void> {
    if (pending.ended) return
    this.#end(pending, { state: 'withdrawn', cause, reviewers: [], ap: pending.ap })
    if (!pending.here) await this.#tell(pending.ap, 'withdraw', { cause })
  }

  /** One door for every ending on this machine. What the requester said goes on record with each of them, a denial and a withdrawal too. */
  #end(pending: Pending, review: Review): void {
    const { requesterReason } = pending
    pending.end(requesterReason === undefined || review.requesterReason !== undefined ? review : { ...review, requesterReason })
  }

  /** Told for the other side's sake; this side has ended already. */
  async #tell(ap: string, what: 'withdraw' | 'used', body: unknown): Promise<void> {
    try {
      await this.#hub().post(`/v1/approvals/${ap}/${what}`, body)
    } catch (error) {
      this.#options.log(`the hub could not be told of ${ap} (${describeError(error)})`)
    }
  }

  #hub(): DeskHub {
    const hub = this.#options.hub()
    if (!hub) throw new CountersignError('CS_HUB_UNREACHABLE', 'without a hub nobody else can be asked.')
    return hub
  }

  #own(ap: string): Pending {
    const pending = this.#byAp.get(ap)
    if (!pending || pending.ended) throw new CountersignError('CS_REVIEW_OVER', 'this call does not wait here any more.')
    return pending
  }
}
