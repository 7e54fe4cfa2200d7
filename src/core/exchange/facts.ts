/** From a call to what policy may ask about, and from a decision to the sentence a client reads. */
import { CountersignError } from '../../protocol/errors.ts'
import type { Review } from '../../protocol/approval.ts'
import type { Inspection } from '../../protocol/masking.ts'
import type { ActivePolicy, Decision, Facts } from '../../protocol/policy.ts'
import type { ModelCall } from '../provider/provider.ts'
import type { Call } from './exchange.ts'

export function factsOf(call: Call, model: ModelCall, inspection: Inspection, policy: ActivePolicy, now: number): Facts {
  const { principal } = call.caller.session
  const earlier = new Set(model.parts.filter((part) => part.origin === 'history').map((part) => part.path))
  const upstream = Object.hasOwn(policy.document.upstreams, call.upstream) ? policy.document.upstreams[call.upstream] : undefined
  return {
    issuer: principal.issuer,
    subject: principal.subject,
    groups: principal.groups,
    provider: call.provider.name,
    upstream: call.upstream,
    // An upstream nobody described is treated as the outside world.
    outside: upstream?.outside ?? true,
    operation: call.operation.name,
    model: model.model,
    tools: model.tools,
    bytes: call.body.length,
    at: now,
    inspected: inspection.status,
    prompt: { finds: counts(inspection.findings), has: model.opaque },
    history: { finds: counts(inspection.findings.filter((finding) => earlier.has(finding.path))), has: [] },
  }
}

/** Findings by type. */
export function counts(findings: readonly { readonly type: string }[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { type } of findings) found[type] = (found[type] ?? 0) + 1
  return found
}

/** The refusal a client reads: the rule's sentence, how the hold ended, and that nothing was sent. */
export function refusalOf(decision: Decision, review: Review | undefined): CountersignError {
  const own = decision.message ? ` ${decision.message}` : ''
  if (!review) return new CountersignError('CS_DENIED', `${decision.explanation}${own} Nothing was sent.`)
  const who = decision.approval?.reviewers === 'self' || !decision.approval ? 'yourself' : `somebody from ${decision.approval.reviewers.group}`
  switch (review.cause) {
    case 'no_reviewer':
      return new CountersignError('CS_NO_REVIEWER', `${decision.explanation}${own} It needs ${who}, and no reviewer can be reached. Nothing was sent.`)
    case 'reviewer':
      return new CountersignError('CS_REVIEW_DENIED', `a reviewer denied this call${review.reason ? `: "${review.reason}"` : ''}. Nothing was sent. Ask again by running it again.`)
    case 'timeout':
      return new CountersignError('CS_REVIEW_EXPIRED', 'nobody decided in time. Nothing was sent. Ask again by running it again.')
    case 'client_gone':
      return new CountersignError('CS_REVIEW_WITHDRAWN', 'the client stopped waiting, so the request was withdrawn. Nothing was sent.')
    case 'agent_stopping':
      return new CountersignError('CS_STOPPING', 'the agent is stopping. Nothing was sent. Run it again.')
  }
}
