/** A decision of the hub, before anything leaves because of it: signed by the organisation, for exactly this call, by other people. */
import { compactVerify, importJWK, type JWK } from 'jose'
import { CountersignError } from '../../protocol/errors.ts'
import { decisionPayload, type DecisionPayload, type ReviewEntry } from '../../protocol/approval.ts'
import type { WellKnown } from '../../protocol/hub.ts'

const ALGORITHMS = ['EdDSA', 'Ed25519']
const TYPE = 'countersign-decision+jws'

export interface Expected {
  readonly ap: string
  readonly digest: string
  /** `startedBy`: of a workload, as its platform and whoever started it say. */
  readonly requester: { readonly issuer: string; readonly subject: string; readonly startedBy?: readonly string[] | undefined }
  readonly group: string
  readonly count: number
  /** Of the decision that holds the call. */
  readonly rule: string
  readonly policy: { readonly version: number; readonly digest: string }
  readonly assurance: 'session' | 'fresh'
  readonly acr?: readonly string[] | undefined
}

/** How old a reviewer's sign-in may be at the verdict where the rule asks for a fresh one: the hub's own bound, and a margin for clocks. */
const FRESH_MS = 120_000

/**
 * @param jws compact, as received: attacker-controlled until this returns
 * @throws CountersignError CS_POLICY_SIGNATURE with what is wrong
 */
export async function openDecision(jws: string, known: WellKnown, expected: Expected): Promise<DecisionPayload> {
  const wrong = (why: string, cause?: unknown): CountersignError => new CountersignError('CS_POLICY_SIGNATURE', `a decision about ${expected.ap} was refused: ${why}. Nothing was sent because of it.`, { cause })
  let payload: Uint8Array
  try {
    const verified = await compactVerify(jws, await importJWK(known.policyKey as JWK, 'EdDSA'), { algorithms: ALGORITHMS })
    if (verified.protectedHeader.typ !== TYPE) throw new TypeError('another kind of document')
    payload = verified.payload
  } catch (cause) {
    throw wrong('the organisation did not sign it', cause)
  }
  const parsed = decisionPayload.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')))
  if (!parsed.success) throw wrong('it has the wrong shape', parsed.error)
  const decision = parsed.data
  const why = mismatch(decision, known, expected)
  if (why !== undefined) throw wrong(why)
  return decision
}

function mismatch(decision: DecisionPayload, known: WellKnown, expected: Expected): string | undefined {
  const { ap, digest, requester, rule, policy } = expected
  if (decision.audience !== known.organisation) return 'it is of another organisation'
  if (decision.ap !== ap) return 'it is about another request'
  if (decision.digest !== digest) return 'it is about other bytes'
  if (decision.rule !== rule || decision.policy.version !== policy.version || decision.policy.digest !== policy.digest) return 'it is under another rule or policy'
  if (!same(decision.requester, requester)) return 'it is about another person\'s call'
  // The hub knows people by more than their subject, so it has to say whom it kept from deciding.
  if (requester.startedBy?.some((name) => decision.requester.startedBy?.includes(name) !== true)) return 'the hub did not count whoever started the program as its requester'
  if (decision.decidedAt > decision.expiresAt) return 'it came after its time'
  return wrongPeople(decision, expected)
}

function wrongPeople({ reviews, state }: DecisionPayload, expected: Expected): string | undefined {
  const { requester, group, count } = expected
  const starters = requester.startedBy ?? []
  if (reviews.some((one) => same(one, requester))) return 'the requester stands among those who decided'
  if (reviews.some((one) => starters.includes(one.subject.toLowerCase()))) return 'whoever started the program stands among those who decided'
  if (reviews.some((one) => !one.groups.includes(group))) return `not everybody who decided is of ${group}`
  if (!reviews.every((one) => isConfirmed(one, expected))) return 'the rule asks for a fresh sign-in, and somebody approved without one, with an old one or a weaker one'
  if (new Set(reviews.map(({ issuer, subject }) => `${issuer}\n${subject}`)).size !== reviews.length) return 'one person stands in it twice'
  const approvals = reviews.filter((one: ReviewEntry) => one.verdict === 'approve').length
  if (state === 'approved' && (approvals < count || approvals !== reviews.length)) return 'too few people approved'
  return state === 'denied' && approvals === reviews.length ? 'nobody denied' : undefined
}

/** The hub verified the sign-in and keeps it; its digest stands in what was signed. */
function isConfirmed({ verdict, confirmation, acr: given, at, authTime }: ReviewEntry, { assurance, acr }: Expected): boolean {
  if (assurance !== 'fresh' || verdict === 'deny') return true
  return confirmation !== undefined && at - authTime * 1000 <= FRESH_MS && (acr === undefined || (given !== undefined && acr.includes(given)))
}

function same(a: { readonly issuer: string; readonly subject: string }, b: { readonly issuer: string; readonly subject: string }): boolean {
  return a.issuer === b.issuer && a.subject === b.subject
}
