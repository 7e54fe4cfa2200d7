/** From a call to what policy may ask about, and from a decision to the sentence a client reads. */
import { CountersignError } from '../../protocol/errors.ts'
import type { Review } from '../../protocol/approval.ts'
import type { Inspection } from '../../protocol/masking.ts'
import type { ActivePolicy, Decision, Facts } from '../../protocol/policy.ts'
import type { ModelCall } from '../provider/provider.ts'
import type { HeldCall } from '../../protocol/approval.ts'
import { previewFindings, previewParts } from '../approval/preview.ts'
import type { Call, Prepared } from './exchange.ts'

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
    ...(call.operation.project === undefined ? {} : { project: call.operation.project }),
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

function label(text: string): string {
  return text.slice(0, 400)
}

/** What reviewers are shown of a held call. */
export function heldCallOf(call: Call, { model, inspection, decision, request }: Prepared): HeldCall {
  const preview = { parts: model.parts, inspection, rules: decision.mask.prompt }
  return {
    provider: call.provider.name,
    operation: call.operation.name,
    upstream: call.upstream,
    host: label(new URL(request.url).host),
    model: label(model.model),
    stream: model.streaming,
    rule: { id: decision.rule ?? 'default', name: label(decision.explanation) },
    ...(decision.message === undefined ? {} : { message: decision.message }),
    policy: { version: decision.policy.version, digest: decision.policy.digest },
    findings: previewFindings(preview),
    ...(decision.because === undefined ? {} : { because: [...decision.because] }),
    parts: previewParts(preview),
    ...(inspection.opaque.length === 0 ? {} : { opaque: inspection.opaque.slice(0, 40).map(label) }),
    source: sourceOf(call),
  }
}

/** The refusal a client reads: the rule's sentence, how the hold ended, and that nothing was sent. */
export function refusalOf(decision: Decision, review: Review | undefined): CountersignError {
  const own = decision.message ? ` ${decision.message}` : ''
  if (!review) return new CountersignError('CS_DENIED', `${decision.explanation}${own} Nothing was sent.`)
  switch (review.cause) {
    case 'no_reviewer':
      return new CountersignError('CS_NO_REVIEWER', `${decision.explanation}${own} It needs ${whoDecides(decision)}, and no reviewer can be reached. Nothing was sent. Run it again when somebody who may decide is signed in.`)
    case 'reviewer':
      return new CountersignError('CS_REVIEW_DENIED', `${deniedBy(review)} Nothing was sent. Ask again by running it again.`)
    case 'timeout':
      if (review.approved) return new CountersignError('CS_REVIEW_EXPIRED', `${review.approved} of ${whoDecides(decision)} approved within ${minutes(decision)}, which is not enough. Nothing was sent. Ask again by running it again.`)
      return new CountersignError('CS_REVIEW_EXPIRED', `nobody decided within ${minutes(decision)}. Nothing was sent. Ask again by running it again.`)
    case 'no_reason':
      return new CountersignError('CS_REVIEW_EXPIRED', `the rule asks you for a reason, and none was given within ${minutes(decision)}. Nothing was sent. Run it again and give one in the sidebar.`)
    case 'client_gone':
      return new CountersignError('CS_REVIEW_WITHDRAWN', 'the client stopped waiting, so the request was withdrawn. Nothing was sent.')
    case 'withdrawn':
      return new CountersignError('CS_REVIEW_WITHDRAWN', 'this call was withdrawn by the person who made it. Nothing was sent.')
    case 'agent_stopping':
      return new CountersignError('CS_STOPPING', 'the agent is stopping. Nothing was sent. Run it again.')
  }
}

/** `somebody from security-reviewers`, `2 people from security-reviewers`. @param approved how many of them did so already */
export function whoDecides(decision: Decision, approved = 0): string {
  const { reviewers, count = 1 } = decision.approval ?? {}
  if (reviewers === undefined || reviewers === 'self') return 'your own acknowledgement'
  const missing = Math.max(1, count - approved)
  const people = missing > 1 ? `${missing} ${approved > 0 ? 'more ' : ''}people` : approved > 0 ? 'one more person' : 'somebody'
  return `${people} from ${reviewers.group}`
}

/** Whoever reads this is the requester, who may know who denied and why; the words of a person stand in quotes, on one line. */
function deniedBy(review: Review): string {
  const denial = review.reviewers.find((one) => one.verdict === 'deny')
  const who = denial?.name ?? denial?.subject ?? 'a reviewer'
  return denial?.reason === undefined || denial.reason === '' ? `${inert(who)} denied this call.` : `${inert(who)} denied this call: "${inert(denial.reason)}"`
}

function minutes(decision: Decision): string {
  const seconds = Math.round((decision.approval?.wait ?? 0) / 1000)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** Words of another person in a client's terminal: no control, bidi or zero-width character gets there. */
function inert(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

/** File and cell where the program says them; else what was launched. */
function sourceOf({ caller: { launch, place } }: Call): HeldCall['source'] {
  if (!place) return { kind: launch.kind, file: label(launch.label) }
  return { kind: place.kind, file: label(place.file), ...(place.cell === undefined ? {} : { cell: place.cell }) }
}
