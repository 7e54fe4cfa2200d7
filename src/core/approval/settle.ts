/**
 * A held call between its opening and its one ending. Pure: what happened and the hub's clock in, the next state out. Every
 * ending goes through `end`; nothing that ended changes again, except that an approval is spent once.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { OpenRequest, Review, ReviewEntry } from '../../protocol/approval.ts'

/** How long a sign-in counts as one for this decision, and how far the clocks of the hub and the identity provider may be apart. */
const FRESH_MS = 60_000
const SKEW_MS = 30_000

export interface Requester {
  readonly issuer: string
  readonly subject: string
  readonly name?: string
  /** What reviewers tell them from others by: a name is what its person calls themselves. */
  readonly account?: string
  /** Lower case; links accounts of one person, never identifies. */
  readonly email?: string
  /** Of a workload. */
  readonly starters?: Starters
}

/** Whoever set a program to work asks through it. */
export interface Starters {
  /** What they are called where they sign in: e-mail, user name or subject, lower case. */
  readonly names: readonly string[]
  /** People who signed in on the device that the program runs on. */
  readonly people: readonly { readonly issuer: string; readonly subject: string }[]
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
  /** E-mail addresses of those who decided, lower case: one person's accounts are one person. */
  readonly emails?: readonly string[]
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
  readonly username?: string | undefined
  /** A sign-in for this very verdict, verified: undefined when there was none. */
  readonly confirmed?: Confirmed | undefined
}

export interface Confirmed {
  /** Seconds since 1970. */
  readonly authTime: number
  readonly acr: string | undefined
  /** SHA-256 of what the hub keeps of it, base64url. */
  readonly confirmation: string
  /** Client id of the program that the token was made for. */
  readonly client: string
}

/**
 * Group membership counts at this moment, and nobody decides on their own call: not under another account with the same
 * e-mail address either, nor through a program that they started, and there is no exception for administrators.
 * @throws CountersignError CS_NOT_A_REVIEWER
 */
export function checkEligible(held: Held, reviewer: Reviewer): void {
  const { requester, request } = held
  if (reviewer.kind === 'workload') throw new CountersignError('CS_NOT_A_REVIEWER', 'a workload decides on nothing: a decision is a person\'s.')
  const own = (requester.issuer === reviewer.issuer && requester.subject === reviewer.subject) || (requester.email !== undefined && requester.email === reviewer.email?.toLowerCase())
  if (own) throw new CountersignError('CS_NOT_A_REVIEWER', 'nobody decides on their own call. Somebody else has to.')
  if (requester.starters && hasStarted(requester.starters, reviewer)) throw new CountersignError('CS_NOT_A_REVIEWER', 'the program that asks was started by you or on a machine of yours, so this is your own call. Somebody else has to decide.')
  if (!reviewer.groups.includes(request.terms.group)) throw new CountersignError('CS_NOT_A_REVIEWER', `only people of ${request.terms.group} may decide on this call, and you are not in that group now.`)
}

function hasStarted({ names, people }: Starters, { issuer, subject, email, username }: Reviewer): boolean {
  return people.some((one) => one.issuer === issuer && one.subject === subject) || [subject, email, username].some((name) => name !== undefined && names.includes(name.toLowerCase()))
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
  // A denial only keeps a call back: it needs no more than the group.
  if (verdict.verdict === 'approve') checkFresh(held, reviewer, now)
  const reason = verdict.reason.trim()
  if (reason === '') throw new CountersignError('CS_REASON_MISSING', 'a decision needs a reason.')
  if (verdict.verdict === 'approve' && held.request.terms.requesterReason === 'required' && held.requesterReason === undefined)
    throw new CountersignError('CS_REASON_MISSING', 'the rule asks the requester for a reason first, and none was given yet.')
  const emails = checkFirst(held, reviewer)
  const { issuer, subject, groups, name, confirmed } = reviewer
  const authTime = confirmed?.authTime ?? reviewer.authTime
  const proof = confirmed && { ...(confirmed.acr === undefined ? {} : { acr: confirmed.acr }), confirmation: confirmed.confirmation }
  const entry: ReviewEntry = { issuer, subject, groups: [...groups], authTime, verdict: verdict.verdict, reason, at: now, ...proof, ...(name === undefined ? {} : { name }) }
  const next: Held = { ...held, reviews: [...held.reviews, entry], emails }
  if (entry.verdict === 'deny') return end(next, 'denied', 'reviewer', now)
  const approvals = next.reviews.filter((one) => one.verdict === 'approve').length
  return approvals >= held.request.terms.count ? end(next, 'approved', 'reviewer', now) : next
}

/** Nobody decides twice, under another account neither. @returns the addresses of all who decided then @throws CountersignError CS_REVIEW_OVER */
function checkFirst({ reviews, emails = [] }: Held, { issuer, subject, email }: Reviewer): readonly string[] {
  const address = email?.toLowerCase() ?? ''
  if (emails.includes(address) || reviews.some((one) => one.issuer === issuer && one.subject === subject)) throw new CountersignError('CS_REVIEW_OVER', 'you decided on this call already; another person is needed.')
  return address === '' ? emails : [...emails, address]
}

/**
 * A rule may ask that whoever approves proves who they are for this very verdict. The proof's nonce is made of the request's id, so
 * it cannot be older than the request; a provider that ignores what it was asked for shows in auth_time and acr.
 */
function checkFresh({ request: { terms } }: Held, { confirmed }: Reviewer, now: number): void {
  if (terms.assurance !== 'fresh') return
  if (!confirmed) throw new CountersignError('CS_NOT_A_REVIEWER', 'the rule asks for a new sign-in for this decision. Sign in again, then decide.')
  const age = now - confirmed.authTime * 1000
  if (age > FRESH_MS + SKEW_MS || age < -SKEW_MS) throw new CountersignError('CS_NOT_A_REVIEWER', 'the rule asks for a new sign-in for this decision, and your identity provider answered with an older one. Ask its administrator whether it honours max_age.')
  if (terms.acr && (confirmed.acr === undefined || !terms.acr.includes(confirmed.acr)))
    throw new CountersignError('CS_NOT_A_REVIEWER', `the rule asks for a stronger sign-in (${terms.acr.join(' or ')}), and your identity provider ${confirmed.acr === undefined ? 'did not say how you signed in' : 'says that yours was another one'}. Use your second factor, or ask its administrator.`)
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
