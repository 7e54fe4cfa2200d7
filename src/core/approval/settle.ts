/**
 * A held call between its opening and its one ending. Pure: what happened and the hub's clock in, the next state out. Every
 * ending goes through `end`; nothing that ended changes again, except that an approval is spent once.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { OpenRequest, Review, ReviewEntry } from '../../protocol/approval.ts'

/** How long a sign-in counts as one for this decision. */
const FRESH_MS = 120_000

export interface Requester {
  readonly issuer: string
  readonly subject: string
  readonly name?: string
  /** Lower case; links accounts of one person, never identifies. */
  readonly email?: string
}

export interface Held {
  readonly ap: string
  readonly device: string
  readonly requester: Requester
  readonly request: OpenRequest
  /** Milliseconds since 1970, the hub's clock. */
  readonly openedAt: number
  readonly expiresAt: number
  readonly requesterReason: string | undefined
  readonly reviews: readonly ReviewEntry[]
  readonly ending: { readonly state: Review['state']; readonly cause: Review['cause']; readonly at: number } | undefined
  readonly usedBy: string | undefined
}

/** A person who wants to decide, as the hub knows them from a token of this moment. */
export interface Reviewer {
  readonly issuer: string
  readonly subject: string
  readonly groups: readonly string[]
  readonly authTime: number
  readonly kind?: 'workload'
  readonly name?: string | undefined
  readonly email?: string | undefined
}

/**
 * Group membership counts at this moment, and nobody decides on their own call: not under another account with the same
 * e-mail address either, and there is no exception for administrators.
 * @throws CountersignError CS_NOT_A_REVIEWER
 */
export function checkEligible(held: Held, reviewer: Reviewer): void {
  const { requester, request } = held
  if (reviewer.kind === 'workload') throw new CountersignError('CS_NOT_A_REVIEWER', 'a workload decides on nothing: a decision is a person\'s.')
  const own = (requester.issuer === reviewer.issuer && requester.subject === reviewer.subject) || (requester.email !== undefined && requester.email === reviewer.email?.toLowerCase())
  if (own) throw new CountersignError('CS_NOT_A_REVIEWER', 'nobody decides on their own call. Somebody else has to.')
  if (!reviewer.groups.includes(request.terms.group)) throw new CountersignError('CS_NOT_A_REVIEWER', `only people of ${request.terms.group} may decide on this call, and you are not in that group now.`)
}

export interface Verdict {
  readonly digest: string
  readonly verdict: 'approve' | 'deny'
  readonly reason: string
}

/** @throws CountersignError CS_NOT_A_REVIEWER, CS_REVIEW_OVER, CS_REASON_MISSING */
export function review(held: Held, reviewer: Reviewer, verdict: Verdict, now: number): Held {
  checkPending(held, now)
  checkEligible(held, reviewer)
  if (verdict.digest !== held.request.digest) throw new CountersignError('CS_REVIEW_OVER', 'this is not the call that was shown. Look at it again.')
  checkFresh(held, reviewer, now)
  const reason = verdict.reason.trim()
  if (reason === '') throw new CountersignError('CS_REASON_MISSING', 'a decision needs a reason.')
  if (verdict.verdict === 'approve' && held.request.terms.requesterReason === 'required' && held.requesterReason === undefined)
    throw new CountersignError('CS_REASON_MISSING', 'the rule asks the requester for a reason first, and none was given yet.')
  if (held.reviews.some((one) => one.issuer === reviewer.issuer && one.subject === reviewer.subject)) throw new CountersignError('CS_REVIEW_OVER', 'you decided on this call already; another person is needed.')
  const { issuer, subject, groups, authTime, name } = reviewer
  const entry: ReviewEntry = { issuer, subject, groups: [...groups], authTime, verdict: verdict.verdict, reason, at: now, ...(name === undefined ? {} : { name }) }
  const next: Held = { ...held, reviews: [...held.reviews, entry] }
  if (entry.verdict === 'deny') return end(next, 'denied', 'reviewer', now)
  const approvals = next.reviews.filter((one) => one.verdict === 'approve').length
  return approvals >= held.request.terms.count ? end(next, 'approved', 'reviewer', now) : next
}

/** A rule may ask that whoever decides proves who they are for this very request: a sign-in from before it counts for nothing. */
function checkFresh({ request, openedAt }: Held, { authTime }: Reviewer, now: number): void {
  if (request.terms.assurance !== 'fresh') return
  const at = authTime * 1000
  // auth_time has whole seconds: a sign-in in the second of the opening may have come before it, and is taken.
  if (at < Math.floor(openedAt / 1000) * 1000 || now - at > FRESH_MS) throw new CountersignError('CS_NOT_A_REVIEWER', 'the rule asks for a new sign-in for this decision. Sign in again, then decide.')
}

/** @throws CountersignError CS_REVIEW_OVER */
export function explainHeld(held: Held, reason: string, now: number): Held {
  checkPending(held, now)
  return { ...held, requesterReason: reason }
}

/** By whoever asked, or their machine. What ended already stays as it ended. */
export function withdrawHeld(held: Held, cause: Review['cause'], now: number): Held {
  return end(held, 'withdrawn', cause, now)
}

/** At its time, and not before. */
export function expireHeld(held: Held, now: number): Held {
  if (now < held.expiresAt) return held
  const missing = held.request.terms.requesterReason === 'required' && held.requesterReason === undefined
  return end(held, 'expired', missing ? 'no_reason' : 'timeout', now)
}

/** An approval lets one call out. @throws CountersignError CS_REVIEW_OVER when it is none, is over, or was spent */
export function spend(held: Held, ex: string, now: number): Held {
  if (held.usedBy === ex) return held
  if (held.ending?.state !== 'approved' || held.usedBy !== undefined || now >= held.expiresAt) throw new CountersignError('CS_REVIEW_OVER', 'there is no approval left to use.')
  return { ...held, usedBy: ex }
}

/** The one door: the first ending counts. */
function end(held: Held, state: Review['state'], cause: Review['cause'], at: number): Held {
  return held.ending ? held : { ...held, ending: { state, cause, at } }
}

function checkPending(held: Held, now: number): void {
  if (held.ending) throw new CountersignError('CS_REVIEW_OVER', `this call was ${held.ending.state} already.`)
  if (now >= held.expiresAt) throw new CountersignError('CS_REVIEW_OVER', 'the time for this call is over. Nothing was sent.')
}
