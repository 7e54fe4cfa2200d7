/** Builders of the exchange's records: nothing else makes these events. What identifies by itself goes into disclosures. */
import type { CountersignError } from '../../protocol/errors.ts'
import { REQUESTER_REASON, reviewerReason } from '../../protocol/audit.ts'
import type { Actor, AuditEvent, Disclosure, ExchangeEnded, ModelEndpoint } from '../../protocol/audit.ts'
import type { Review } from '../../protocol/approval.ts'
import type { Caller } from '../../protocol/identity.ts'
import type { Finding, SpanEvidence } from '../../protocol/masking.ts'
import type { AnswerSummary } from '../provider/provider.ts'
import { digestOf } from './digest.ts'
import type { Call, Prepared, Settled } from './exchange.ts'
import { counts } from './facts.ts'

/** A leaf stays far under the tree's 64 KiB: longer evidence becomes a disclosure of its own, named by its digest. */
const SPANS_IN_LEAF = 40
const PARAMS_IN_LEAF = 8192
const PARTS_APART = 64

export function actorOf(caller: Caller): Actor {
  const { principal } = caller.session
  return {
    iss: principal.issuer,
    sub: principal.subject,
    ...(principal.kind === undefined ? {} : { kind: principal.kind }),
    groups: principal.groups,
    authTime: principal.authTime,
    session: caller.session.id,
    launch: caller.launch.id,
    ...(caller.place === undefined ? {} : { place: caller.place }),
  }
}

function endpointOf(call: Call, prepared: Prepared): ModelEndpoint {
  return {
    provider: call.provider.name,
    operation: call.operation.name,
    upstream: call.upstream,
    url: prepared.request.url,
    model: prepared.model.model,
    stream: prepared.model.streaming,
  }
}

/** What a reviewer approves: who, which operation and method, at which address, exactly these bytes. No headers. */
export function approvalDigest(call: Call, prepared: Prepared): string {
  const { principal } = call.caller.session
  const { name, method, uninspected } = call.operation
  // What a codec reads has one method; what nobody reads goes by any that policy lists for its address.
  const operation = uninspected ? `${name} ${method}` : name
  return digestOf(
    JSON.stringify([principal.issuer, principal.subject, call.provider.name, operation, prepared.request.url, prepared.request.digest]),
  )
}

export function approvalRequested(call: Call, prepared: Prepared, digest: string): AuditEvent {
  const { rule, policy } = prepared.decision
  return {
    type: 'approval.requested',
    ex: call.ex,
    actor: actorOf(call.caller),
    endpoint: endpointOf(call, prepared),
    rule,
    policy,
    found: counts(prepared.inspection.findings),
    digest,
  }
}

export function approvalSettled(call: Call, prepared: Prepared, review: Review, held: { readonly digest: string; readonly ms: number }): (sd: readonly string[]) => AuditEvent {
  const { rule, policy } = prepared.decision
  return (sd) => ({
    type: 'approval.settled',
    ex: call.ex,
    actor: actorOf(call.caller),
    ap: review.ap ?? null,
    state: review.state,
    cause: review.cause,
    // Names identify by themselves and reasons are people's own words: both may have to be erased.
    reviewers: review.reviewers.map(({ name: _name, reason: _reason, ...one }) => one),
    digest: held.digest,
    rule,
    policy,
    found: counts(prepared.inspection.findings),
    decision: review.decision === undefined ? null : digestOf(review.decision),
    ms: held.ms,
    sd,
  })
}

/** The hub's signed decision, the reviewers' names and both reasons: evidence that may have to be erased. */
export function approvalDisclosures(review: Review): Disclosure[] {
  const text = (path: string, value: string | undefined): Disclosure[] => (value === undefined || value === '' ? [] : [{ path, value }])
  return [
    ...text('approval/decision', review.decision),
    ...text(REQUESTER_REASON, review.requesterReason),
    ...review.reviewers.flatMap(({ name, reason }, i) => [...text(`approval/reviewers/${i}/name`, name), ...text(reviewerReason(i), reason)]),
  ]
}

/** Masked prompt, one disclosure a part; many parts, long evidence and long parameters travel bundled. */
export function promptDisclosures(prepared: Prepared): Disclosure[] {
  const { parts } = prepared.model
  const texts = parts.map((part, i) => ({ path: `prompt${part.path}`, value: prepared.texts[i] ?? '' }))
  const disclosures = texts.length <= PARTS_APART ? texts : [{ path: 'prompt', value: JSON.stringify(texts) }]
  const roles = parts.map((part) => part.role)
  // Where a part lies does not tell who speaks there (`/messages/0/content` may be system text). Absent: all of it is the person's.
  if (roles.some((role) => role !== 'user')) disclosures.push({ path: 'evidence/roles', value: JSON.stringify(roles) })
  if (prepared.spans.length > SPANS_IN_LEAF) disclosures.push({ path: 'evidence/prompt', value: JSON.stringify(prepared.spans) })
  const open = unmasked(prepared)
  if (open.length > 0) disclosures.push({ path: 'evidence/open', value: JSON.stringify(open) })
  const params = JSON.stringify(prepared.model.params)
  if (params.length > PARAMS_IN_LEAF) disclosures.push({ path: 'params', value: params })
  return disclosures
}

/** Where what was found leaves as it is: whoever shows the text later hides those places too. */
function unmasked({ inspection, spans }: Prepared): readonly Finding[] {
  const taken = new Map<string, SpanEvidence[]>()
  for (const span of spans) taken.set(span.path, [...(taken.get(span.path) ?? []), span])
  return inspection.findings.filter(({ path, start, end }) => !(taken.get(path) ?? []).some((span) => span.start < end && start < span.end))
}

export function decided(call: Call, prepared: Prepared, settled: Settled): (sd: readonly string[]) => AuditEvent {
  const { decision, inspection, request, model } = prepared
  const leaves = settled.effect === 'allow'
  const params = JSON.stringify(model.params).length > PARAMS_IN_LEAF ? { disclosed: true } : model.params
  return (sd) => ({
    type: 'exchange.decided',
    ex: call.ex,
    actor: actorOf(call.caller),
    endpoint: endpointOf(call, prepared),
    params,
    digest: { received: digestOf(call.body), sent: leaves ? request.digest : null },
    bytes: { received: call.body.length, sent: leaves ? request.body.length : null },
    inspection: { status: inspection.status, found: counts(inspection.findings), opaque: inspection.opaque },
    ...inLeaf(prepared.spans),
    decision: {
      effect: settled.effect,
      rule: decision.rule,
      why: decision.explanation,
      ...(settled.refusal ? { code: settled.refusal.code } : {}),
    },
    policy: decision.policy,
    sd,
  })
}

export type Ending =
  | { readonly type: 'exchange.completed' }
  | { readonly type: 'exchange.aborted'; readonly reason: string }
  | { readonly type: 'exchange.failed'; readonly error: CountersignError }
  /** Nothing was released: the caller answers and records instead. */
  | { readonly type: 'handed over' }

export type Written = Exclude<Ending, { type: 'handed over' }>

export interface EndFacts {
  readonly status: number | null
  readonly summary: AnswerSummary
  readonly returned: ExchangeEnded['returned']
  readonly found: Readonly<Record<string, number>>
  readonly restored: Readonly<Record<string, number>>
  readonly timing: ExchangeEnded['timing']
}

export function ended(
  call: Call,
  prepared: Prepared,
  ending: Written,
  facts: EndFacts,
): { event: (sd: readonly string[]) => AuditEvent; disclosures: Disclosure[] } {
  const { summary } = facts
  const disclosures: Disclosure[] = summary.texts.map(({ path, value }) => ({ path: `answer/${path}`, value }))
  if (summary.spans.length > SPANS_IN_LEAF) disclosures.push({ path: 'evidence/answer', value: JSON.stringify(summary.spans) })
  return {
    disclosures,
    event: (sd) => ({
      type: ending.type,
      ex: call.ex,
      actor: actorOf(call.caller),
      status: facts.status,
      ...(ending.type === 'exchange.failed' ? { code: ending.error.code, reason: ending.error.message } : {}),
      ...(ending.type === 'exchange.aborted' ? { reason: ending.reason } : {}),
      answer: {
        model: summary.model ?? prepared.model.model,
        ...(summary.id === undefined ? {} : { id: summary.id }),
        finish: summary.finish,
        usage: summary.usage,
        ...(summary.opaque.length === 0 ? {} : { opaque: summary.opaque }),
      },
      returned: facts.returned,
      ...inLeaf(summary.spans),
      found: facts.found,
      ...(Object.keys(facts.restored).length === 0 ? {} : { restored: facts.restored }),
      timing: facts.timing,
      sd,
    }),
  }
}

/** Sent, or about to be, and no byte of an answer was released. */
export function failed(call: Call, error: CountersignError, timing: ExchangeEnded['timing']): AuditEvent {
  const gone = error.code === 'CS_CLIENT_GONE'
  return {
    type: gone ? 'exchange.aborted' : 'exchange.failed',
    ex: call.ex,
    actor: actorOf(call.caller),
    status: gone ? null : error.status,
    code: error.code,
    reason: error.message,
    returned: null,
    masked: [],
    found: {},
    timing,
    sd: [],
  }
}

export function callRefused(call: Call, error: CountersignError, received: string): AuditEvent {
  return {
    type: 'call.refused',
    ex: call.ex,
    actor: actorOf(call.caller),
    code: error.code,
    status: error.status,
    route: `${call.provider.name} ${call.operation.name}`,
    method: call.operation.method,
    received,
    bytes: call.body.length,
  }
}

/** Whoever has the records alone, as a hub, is still told how much of what was masked. */
function inLeaf(spans: readonly SpanEvidence[]): Pick<ExchangeEnded, 'masked' | 'maskedApart'> {
  return spans.length > SPANS_IN_LEAF ? { masked: [], maskedApart: counts(spans.filter(({ transform }) => transform !== 'keep')) } : { masked: spans }
}
