/** Held calls as the approvals view shows them. The preview comes ready from the requester's agent: no value is in it. Pure. */
import type { ApprovalsList, SharedRequest } from '../../protocol/approval.ts'
import type { Request } from '../../protocol/panelModels.ts'
import { opaqueOf, ruleId } from './details.ts'
import { isMe, type Me } from './me.ts'
import { becauseOf } from './nouns.ts'
import { sourceKind, type Translate } from './rows.ts'
import { plainLabel } from './segments.ts'

/** @param cleared settled ones that the person put away */
export function requestsOf(list: ApprovalsList, cleared: ReadonlySet<string>, t: Translate, me?: Me): Request[] {
  const own = list.acknowledge.map((request) => requestOf(request, 'own', { list, t, me }))
  const shared = list.requests.map((request) => requestOf(request, request.role === 'own' ? 'ownWaiting' : 'review', { list, t, me }))
  return [...own, ...shared].filter((one) => one.state === 'waiting' || !cleared.has(one.id)).sort((a, b) => a.arrivedAt - b.arrivedAt).slice(-200)
}

/** What waits for this person's word: the badge, and nothing else. */
export function waitingForMe(requests: readonly Request[]): readonly Request[] {
  return requests.filter((one) => one.state === 'waiting' && one.kind !== 'ownWaiting' && !(one.decidable !== true && one.decidable.reason === 'decided'))
}

export interface Seen {
  readonly list: Pick<ApprovalsList, 'relay' | 'hubOffsetMs'>
  readonly t: Translate
  readonly me: Me | undefined
}

export function requestOf(shared: SharedRequest, kind: Request['kind'], { list, t, me }: Seen): Request {
  const { call, terms } = shared
  return {
    id: shared.ap,
    ex: shared.ex,
    kind,
    state: stateOf(shared),
    requester: requesterOf(shared, kind, t),
    model: plainLabel(call.model),
    provider: plainLabel(call.provider),
    host: plainLabel(call.host),
    // The name that came along is the whole explanation; the sentence of the card says the reason itself.
    rule: { id: ruleId(call.rule.id), name: plainLabel(call.rule.id) },
    because: becauseOf(call.findings.filter((one) => call.because?.includes(one.type) === true), t),
    findings: call.findings,
    parts: call.parts,
    ...opaqueOf(call.opaque, t),
    source: { kind: sourceKind(call.source.kind), file: plainLabel(call.source.file), ...(call.source.cell === undefined ? {} : { cell: call.source.cell }), canOpen: false },
    ...(shared.requesterReason === undefined ? {} : { requesterReason: shared.requesterReason }),
    requesterReasonRule: terms.requesterReason,
    reviewers: kind === 'own' ? [] : reviewersOf(shared, kind, me),
    arrivedAt: shared.openedAt,
    expiresAt: shared.expiresAt,
    hubOffsetMs: kind === 'own' ? 0 : list.hubOffsetMs,
    assurance: terms.assurance,
    reasonNeeded: kind === 'review',
    grants: [],
    digests: [shared.digest],
    decidable: kind === 'review' ? decidableOf(shared, list, me) : true,
    signingIn: false,
    ...outcomeOf(shared, kind, me),
  }
}

/** Of a program, also who set it to work: reviewers decide about a person's wish. */
function requesterOf({ requester: { name, subject, account = subject, startedBy = [] } }: SharedRequest, kind: Request['kind'], t: Translate): Request['requester'] {
  return { name: plainLabel(name ?? account), ...(name === undefined || name === account ? {} : { account: plainLabel(account) }), ...(startedBy.length > 0 ? { department: plainLabel(t('started by {0}', startedBy.join(', '))) } : {}), self: kind !== 'review' }
}

/** People choose their names themselves: beside one stands what tells its person from others. */
export function whoAsks({ name, account }: Request['requester']): string {
  return account === undefined ? name : `${name} (${account})`
}

function stateOf({ state, cause }: SharedRequest): Request['state'] {
  if (state === 'pending') return 'waiting'
  return state === 'denied' && cause === 'no_reviewer' ? 'nobody' : state
}

/** A rule may ask for several people: whoever has approved already waits for the others. */
function decidableOf({ state, reviews }: SharedRequest, { relay }: Seen['list'], me: Me | undefined): Request['decidable'] {
  if (state === 'pending' && reviews.some((one) => isMe(one, me))) return { reason: 'decided' }
  return relay === 'here' ? true : { reason: 'hubAway' }
}

function reviewersOf({ terms, reviews, reachable }: SharedRequest, kind: Request['kind'], me: Me | undefined): Request['reviewers'] {
  const mine = kind === 'review' && !reviews.some((one) => isMe(one, me))
  const approved = reviews
    .filter((one) => one.verdict === 'approve')
    .map((one) => ({ group: plainLabel(terms.group), state: 'approved' as const, mine: false, others: 0, person: plainLabel(one.name ?? one.subject), ...(isMe(one, me) ? { self: true } : {}), at: one.at, reason: plainLabel(one.reason, 4000), readingNow: [] }))
  const missing = terms.count - approved.length
  return [...approved, ...(missing > 0 ? [{ group: plainLabel(terms.group), state: 'waiting' as const, mine, others: Math.max(0, (reachable ?? 1) - (mine ? 1 : 0)), readingNow: [], ...(missing > 1 ? { needed: missing } : {}) }] : [])]
}

/** At a cell that is held. Of several people who are needed, those who have approved are waited for no more. @param until a time of day */
export function heldWords(reviewers: Request['reviewers'], until: string, t: Translate): string {
  const group = reviewers.find(({ state }) => state === 'waiting')
  if (!group) return t('Held: waits for your word until {0}', until)
  if (group.needed !== undefined) return t('Held: waits for {0} people from {1} until {2}', group.needed, group.group, until)
  const approved = reviewers.filter(({ state }) => state === 'approved').length
  return approved > 0 ? t('Held: {0} approved; waits for one more from {1} until {2}', approved, group.group, until) : t('Held: waits for {0} until {1}', group.group, until)
}

function outcomeOf({ state, cause, reviews, settledAt, expiresAt }: SharedRequest, kind: Request['kind'], me: Me | undefined): { outcome?: NonNullable<Request['outcome']> } {
  if (state === 'pending') return {}
  const last = reviews.at(-1)
  const causes = { client_gone: 'client', agent_stopping: 'agent', withdrawn: 'person' } as const
  const who = cause !== undefined && Object.hasOwn(causes, cause) ? causes[cause as keyof typeof causes] : undefined
  return {
    outcome: {
      at: settledAt ?? expiresAt,
      ...(last ? { by: plainLabel(last.name ?? last.subject) } : {}),
      ...(last && last.reason !== '' ? { reason: plainLabel(last.reason, 4000) } : {}),
      ...(who === undefined ? {} : { cause: who }),
      // A call is withdrawn by its requester or by nobody.
      ...((who === 'person' && kind !== 'review') || (cause === 'reviewer' && last !== undefined && isMe(last, me)) ? { self: true } : {}),
    },
  }
}
