/** The reviewer's own record of a verdict: what they decided about, without the words of the prompt, which are not theirs to keep. */
import { REQUESTER_NAME, REQUESTER_REASON, reviewerReason, type Actor, type AuditEvent, type Disclosure } from '../../protocol/audit.ts'
import type { Ending, SharedRequest } from '../../protocol/approval.ts'

/** @param at milliseconds since 1970, the hub's clock */
export function reviewGiven(asked: SharedRequest, verdict: 'approve' | 'deny', actor: Actor, at: number): (sd: readonly string[]) => AuditEvent {
  const { ex, ap, requester, call, digest, openedAt } = asked
  const found: Record<string, number> = {}
  for (const { type, count } of call.findings) found[type] = (found[type] ?? 0) + count
  return (sd) => ({
    type: 'review.given',
    ex,
    actor,
    ap,
    requester: { iss: requester.issuer, sub: requester.subject },
    verdict,
    provider: call.provider,
    host: call.host,
    model: call.model,
    rule: call.rule.id,
    policy: call.policy,
    found,
    digest,
    ms: Math.max(0, at - openedAt),
    sd,
  })
}

/** @param ended a request that this person decided about and that somebody else, or its time, ended */
export function reviewEnded({ ex, ap, requester, state, cause, reviews, digest, openedAt, settledAt }: Ending, actor: Actor): AuditEvent {
  return {
    type: 'review.ended',
    ex,
    actor,
    ap,
    requester: { iss: requester.issuer, sub: requester.subject },
    state,
    cause,
    reviewers: reviews.map(({ issuer, subject, verdict }) => ({ iss: issuer, sub: subject, verdict })),
    digest,
    ms: Math.max(0, settledAt - openedAt),
  }
}

export function reviewTexts({ requester, requesterReason }: SharedRequest, reason: string): Disclosure[] {
  const text = (path: string, value: string | undefined): Disclosure[] => (value === undefined || value.trim() === '' ? [] : [{ path, value }])
  return [...text(REQUESTER_NAME, requester.name), ...text(REQUESTER_REASON, requesterReason), ...text(reviewerReason(0), reason.trim())]
}
