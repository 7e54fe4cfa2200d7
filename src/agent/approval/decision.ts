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
  readonly requester: { readonly issuer: string; readonly subject: string }
  readonly group: string
  readonly count: number
}

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

function mismatch(decision: DecisionPayload, known: WellKnown, { ap, digest, requester, group, count }: Expected): string | undefined {
  if (decision.audience !== known.organisation) return 'it is of another organisation'
  if (decision.ap !== ap) return 'it is about another request'
  if (decision.digest !== digest) return 'it is about other bytes'
  if (!same(decision.requester, requester)) return 'it is about another person\'s call'
  if (decision.reviews.some((one) => same(one, requester))) return 'the requester stands among those who decided'
  if (decision.reviews.some((one) => !one.groups.includes(group))) return `not everybody who decided is of ${group}`
  if (new Set(decision.reviews.map(({ issuer, subject }) => `${issuer}\n${subject}`)).size !== decision.reviews.length) return 'one person stands in it twice'
  const approvals = decision.reviews.filter((one: ReviewEntry) => one.verdict === 'approve').length
  if (decision.state === 'approved' && (approvals < count || approvals !== decision.reviews.length)) return 'too few people approved'
  if (decision.state === 'denied' && !decision.reviews.some((one) => one.verdict === 'deny')) return 'nobody denied'
  return decision.decidedAt > decision.expiresAt ? 'it came after its time' : undefined
}

function same(a: { readonly issuer: string; readonly subject: string }, b: { readonly issuer: string; readonly subject: string }): boolean {
  return a.issuer === b.issuer && a.subject === b.subject
}
