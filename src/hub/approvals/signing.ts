/** A verdict as the requester's agent takes it: signed by the organisation's key, over exactly this request and these people. */
import type { KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'
import type { DecisionPayload } from '../../protocol/approval.ts'
import type { Held } from '../../core/approval/settle.ts'

/** @returns compact JWS (RFC 7515) over a DecisionPayload @throws TypeError when it did not end by a verdict */
export async function signDecision({ ap, request, requester, reviews, ending, expiresAt }: Held, organisation: string, key: KeyObject): Promise<string> {
  if (ending?.state !== 'approved' && ending?.state !== 'denied') throw new TypeError('only verdicts are signed')
  const payload: DecisionPayload = {
    format: 1,
    audience: organisation,
    ap,
    digest: request.digest,
    state: ending.state,
    requester: { issuer: requester.issuer, subject: requester.subject, ...(requester.starters ? { startedBy: [...requester.starters.names] } : {}) },
    rule: request.call.rule.id,
    policy: request.call.policy,
    reviews: [...reviews],
    decidedAt: ending.at,
    expiresAt,
  }
  return new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'EdDSA', typ: 'countersign-decision+jws' }).sign(key)
}
