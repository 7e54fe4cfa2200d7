/**
 * The tables of a report, made of records and their disclosed texts and of nothing else: whoever has the records can make the same tables again, and the
 * verifier of a report does. Names of people are no part of them; they stand in people.csv.
 */
import { REQUESTER_REASON, reviewerReason, type Actor, type ApprovalSettled, type AuditEvent, type AuditRecord, type ExchangeDecided, type ExchangeEnded } from '../../protocol/audit.ts'
import type { SpanEvidence } from '../../protocol/masking.ts'
import { maskedByType } from '../../core/words/recordWords.ts'
import { reviewedDigest } from '../../core/log/verifyStory.ts'
import { GivenApprovals } from '../../core/approval/given.ts'
import { csvTable, type Cell } from './csv.ts'
import { HubReasons, said, type Texts } from './hubReasons.ts'

/** Milliseconds since 1970; `to` is not in it any more. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** How far a log is vouched for. */
export interface Covered {
  readonly signed: number
  readonly cosigned: number
}

export interface TableFiles {
  readonly 'calls.csv': string
  readonly 'approvals.csv': string
  readonly 'masking.csv': string
  readonly 'policies.csv': string
}

/** Counts by which a reader can hold tables and records against each other. */
export interface Totals {
  readonly calls: number
  readonly allowed: number
  readonly denied: number
  readonly refused: number
  readonly approved: number
  /** The requester's own; never an approval. */
  readonly acknowledged: number
}

interface Story {
  readonly log: string
  readonly decided?: { readonly seq: number; readonly time: string; readonly event: ExchangeDecided }
  ended?: { readonly seq: number; readonly event: ExchangeEnded }
  readonly settled?: ApprovalSettled
}

const CALLS = ['log', 'record', 'time', 'call', 'issuer', 'subject', 'groups', 'signed in at', 'session', 'launch', 'provider', 'operation', 'upstream', 'url', 'model', 'stream', 'decision', 'rule', 'why', 'code', 'policy version', 'policy digest', 'review', 'sent is what was reviewed', 'inspection', 'found', 'masked in prompt', 'masked in answer', 'outcome', 'status', 'reason', 'finish', 'input tokens', 'output tokens', 'bytes received', 'bytes sent', 'bytes returned', 'sha256 received', 'sha256 sent', 'sha256 returned', 'ms', 'record of the end', 'covered by']
const APPROVALS = ['log', 'record', 'time', 'call', 'request', 'requester issuer', 'requester subject', 'requester groups', 'requester reason', 'rule', 'policy version', 'policy digest', 'found', 'digest reviewed', 'state', 'cause', 'counts as approval', 'reviewer issuer', 'reviewer subject', 'reviewer groups', 'reviewer signed in at', 'reviewed at', 'verdict', 'reviewer reason', 'ms held', 'sha256 of decision', 'covered by']
const MASKING = ['log', 'record', 'time', 'call', 'direction', 'entity type', 'treatment', 'detector', 'count', 'covered by']
const POLICIES = ['log', 'record', 'time', 'event', 'version', 'digest', 'source', 'author', 'reason', 'second person', 'reason of the second person', 'covered by']

const ERASED = 'not in this report: it was erased, or lies elsewhere'

export class Tables {
  readonly #period: Period
  readonly #calls: { readonly log: string; readonly seq: number; readonly row: () => Cell[] }[] = []
  readonly #approvals: ((texts: Texts) => Cell[][])[] = []
  readonly #settledAll: ApprovalSettled[] = []
  readonly #given = new GivenApprovals()
  readonly #isHub: boolean
  readonly #reasons = new HubReasons()
  readonly #masking: Cell[][] = []
  readonly #policies: Cell[][] = []
  readonly #open = new Map<string, Story>()
  readonly #settled = new Map<string, ApprovalSettled>()
  readonly #totals = { calls: 0, allowed: 0, denied: 0, refused: 0, acknowledged: 0 }

  /** @param isHub the hub's own log is there too: an approval counts when that log has it */
  constructor(period: Period, isHub: boolean) {
    this.#period = period
    this.#isHub = isHub
  }

  /** When all records are told: the hub's log may be the last. */
  get totals(): Totals {
    return { ...this.#totals, approved: this.#settledAll.filter((event) => this.#counts(event) === 'yes').length }
  }

  #counts(event: ApprovalSettled): string {
    const counts = countsAsApproval(event)
    return counts === 'yes' && this.#isHub && !this.#given.bears(event) ? 'no: the hub\'s own log has no such approval' : counts
  }

  /** Records of one log, in order. */
  record(log: string, record: AuditRecord, covered: Covered): void {
    const { event, seq, time } = record
    // A device's journal has no say about other people's words.
    if (record.stream.startsWith('countersign-hub/')) {
      this.#reasons.record(event)
      this.#given.record(record)
    }
    const within = isWithin(record, this.#period)
    const by = coveredBy(seq, covered)
    const start: Cell[] = [log, seq, time]
    if (event.type === 'exchange.completed' || event.type === 'exchange.aborted' || event.type === 'exchange.failed') this.#ended(start, seq, event, { within, by })
    else if (!within) return
    else if (event.type === 'exchange.decided') this.#decided(start, record, event, by)
    else if (event.type === 'call.refused') this.#refused(start, record, event, by)
    else if (event.type === 'approval.settled') this.#review(start, event, by)
    else this.#policy(start, event, by)
  }

  #policy(start: Cell[], event: AuditEvent, by: string): void {
    const row = policyCells(event)
    if (row) this.#policies.push([...start, ...row, by])
  }

  #decided(start: Cell[], { seq, time }: AuditRecord, event: ExchangeDecided, by: string): void {
    const [log] = start
    const settled = this.#settled.get(event.ex)
    const story: Story = { log: String(log), decided: { seq, time, event }, ...(settled ? { settled } : {}) }
    this.#settled.delete(event.ex)
    this.#totals.calls++
    if (event.decision.effect === 'allow') {
      this.#totals.allowed++
      this.#open.set(event.ex, story)
    } else this.#totals.denied++
    this.#calls.push({ log: String(log), seq, row: () => callRow(story, by) })
    this.#masked(start, event, 'prompt', by)
    this.#unmasked(start, event.ex, 'prompt', unmaskedOf(event.inspection.found, event), by)
  }

  #ended(start: Cell[], seq: number, event: ExchangeEnded, { within, by }: { within: boolean; by: string }): void {
    const story = this.#open.get(event.ex)
    this.#open.delete(event.ex)
    if (story) story.ended = { seq, event }
    if (!story && !within) return
    this.#masked(start, event, 'answer', by)
    this.#unmasked(start, event.ex, 'answer', unmaskedOf(event.found, event), by)
    this.#unmasked(start, event.ex, 'answer', { counts: event.restored ?? {}, treatment: 'given back for a placeholder' }, by)
  }

  #refused(start: Cell[], { seq }: AuditRecord, event: Extract<AuditEvent, { type: 'call.refused' }>, by: string): void {
    this.#totals.calls++
    this.#totals.refused++
    const who = event.actor
    const row: Cell[] = [...start, event.ex, ...person(who), '', event.route, '', '', '', '', 'refused', '', '', event.code, '', '', '', '', '', '', '', '', 'refused', event.status, '', '', '', '', event.bytes, '', '', event.received, '', '', '', '', by]
    this.#calls.push({ log: String(start[0]), seq, row: () => row })
  }

  #review(start: Cell[], event: ApprovalSettled, by: string): void {
    this.#settled.set(event.ex, event)
    this.#settledAll.push(event)
    if (event.state === 'acknowledged') this.#totals.acknowledged++
    const { actor } = event
    // Texts come last: a reason may lie with this log or with the hub's.
    this.#approvals.push((texts) => {
      const saidHere = said(event, texts)
      const requesterReason = event.requesterReason ?? saidHere.get(REQUESTER_REASON) ?? this.#reasons.ofRequester(event.ap, texts)
      const before: Cell[] = [...start, event.ex, event.ap, actor.iss, actor.sub, list(actor.groups), requesterReason, event.rule, event.policy.version, event.policy.digest, counted(event.found), event.digest, event.state, event.cause, this.#counts(event)]
      const after: Cell[] = [event.ms, event.decision, by]
      const reviews = event.reviewers.map((one, i): Cell[] => {
        const reason = one.reason ?? saidHere.get(reviewerReason(i)) ?? this.#reasons.ofReviewer(event.ap, one, texts) ?? ERASED
        return [one.issuer, one.subject, list(one.groups), instant(one.authTime * 1000), instant(one.at), one.verdict, reason]
      })
      return (reviews.length > 0 ? reviews : [['', '', '', '', '', '', '']]).map((review) => [...before, ...review, ...after])
    })
  }

  #masked(start: Cell[], { ex, masked, maskedApart = {} }: Masked & { readonly ex: string }, direction: string, by: string): void {
    const groups = new Map<string, { span: SpanEvidence; count: number }>()
    for (const span of masked) {
      const name = [span.type, span.transform, span.detector].join('\n')
      groups.set(name, { span, count: (groups.get(name)?.count ?? 0) + 1 })
    }
    for (const { span, count } of groups.values()) this.#masking.push([...start, ex, direction, span.type, span.transform, span.detector, count, by])
    for (const [type, count] of Object.entries(maskedApart)) this.#masking.push([...start, ex, direction, type, 'masked: the spans stand in an erasable text', '', count, by])
  }

  #unmasked(start: Cell[], ex: string, direction: string, { counts, treatment }: Open, by: string): void {
    for (const [type, count] of Object.entries(counts)) if (count > 0) this.#masking.push([...start, ex, direction, type, treatment, '', count, by])
  }

  /** @param texts erasable ones that belong to the records, by digest */
  files(texts: Texts): TableFiles {
    return {
      'calls.csv': csvTable(CALLS, this.#calls.map(({ row }) => row())),
      'approvals.csv': csvTable(APPROVALS, this.#approvals.flatMap((rows) => rows(texts))),
      'masking.csv': csvTable(MASKING, this.#masking),
      'policies.csv': csvTable(POLICIES, this.#policies),
    }
  }
}

function policyCells(event: AuditEvent): Cell[] | undefined {
  switch (event.type) {
    case 'policy.activated':
      return ['in force', event.version, event.digest, event.source, event.author, event.reason, '', '']
    case 'policy.published':
      return ['published', event.version, event.digest, 'hub', `${event.iss} ${event.sub}`, event.reason, event.approval ? `${event.approval.iss} ${event.approval.sub}` : '', event.approval?.reason]
    case 'policy.proposed':
      return ['proposed; it loosens', '', event.digest, 'hub', `${event.iss} ${event.sub}`, event.reason, '', '']
    case 'policy.rejected':
      return ['rejected', '', event.digest, 'hub', '', '', `${event.iss} ${event.sub}`, event.reason]
    case 'policy.refused':
      return ['refused by the agent', event.kept, '', '', '', event.why, '', '']
    default:
      return undefined
  }
}

export function isWithin({ time }: AuditRecord, { from, to }: Period): boolean {
  const at = Date.parse(time)
  return at >= from && at < to
}

/** An approval is another person's: the requester's own word never counts, whatever state a record claims. */
export function countsAsApproval({ state, actor, reviewers }: Pick<ApprovalSettled, 'state' | 'actor' | 'reviewers'>): string {
  if (state === 'acknowledged') return 'no: the requester\'s own acknowledgement'
  if (state !== 'approved') return 'no'
  const others = reviewers.filter(({ issuer, subject }) => issuer !== actor.iss || subject !== actor.sub)
  return others.length > 0 && others.length === reviewers.length ? 'yes' : 'no: no second person'
}

function callRow({ log, decided, ended, settled }: Story, by: string): Cell[] {
  if (!decided) return []
  const { seq, time, event } = decided
  const { endpoint, decision, policy, inspection, bytes, digest } = event
  const end = endCells(decision.effect, ended?.event)
  return [
    log, seq, time, event.ex, ...person(event.actor),
    endpoint.provider, endpoint.operation, endpoint.upstream, endpoint.url, endpoint.model, endpoint.stream,
    decision.effect, decision.rule, decision.why, decision.code, policy.version, policy.digest, settled?.state, sameBytes(event, settled),
    inspection.status, counted(inspection.found), counted(maskedByType(event)), end.masked,
    end.outcome, ...end.answer, bytes.received, bytes.sent, end.bytes, digest.received, digest.sent, end.digest, end.ms, ended?.seq, by,
  ]
}

function sameBytes(event: ExchangeDecided, settled: ApprovalSettled | undefined): Cell {
  if (!settled || event.decision.effect === 'deny') return ''
  return reviewedDigest(event) === settled.digest ? 'yes' : 'no'
}

function endCells(effect: 'allow' | 'deny', end: ExchangeEnded | undefined): { readonly masked: Cell; readonly outcome: Cell; readonly answer: Cell[]; readonly bytes: Cell; readonly digest: Cell; readonly ms: Cell } {
  if (!end) return { masked: '', outcome: effect === 'deny' ? 'denied' : 'no ending in these records', answer: ['', '', '', '', ''], bytes: '', digest: '', ms: '' }
  const { usage, finish = [] } = end.answer ?? {}
  return {
    masked: counted(maskedByType(end)),
    outcome: { 'exchange.completed': 'answered', 'exchange.aborted': 'broken off', 'exchange.failed': 'failed' }[end.type],
    answer: [end.status, end.reason, list(finish), usage?.inputTokens, usage?.outputTokens],
    bytes: end.returned?.bytes,
    digest: end.returned?.digest,
    ms: end.timing.total,
  }
}

function person(actor: Actor | null): Cell[] {
  return actor ? [actor.iss, actor.sub, list(actor.groups), instant(actor.authTime * 1000), actor.session, actor.launch] : ['', '', '', '', '', '']
}

export function coveredBy(seq: number, { signed, cosigned }: Covered): string {
  return seq < cosigned ? 'receipt' : seq < signed ? 'checkpoint only' : 'nothing yet'
}

type Masked = Pick<ExchangeEnded, 'masked' | 'maskedApart'>

/** A record holds so many spans; longer evidence stands in an erasable text of the call, in earlier versions without its counts here. */
const SPANS_IN_RECORD = 40

interface Open { readonly counts: Readonly<Record<string, number>>; readonly treatment: string }

/** What was found and is not masked as far as the record says. */
function unmaskedOf(found: Readonly<Record<string, number>>, { masked, maskedApart }: Masked): Open {
  const counts: Record<string, number> = { ...found }
  for (const { type } of masked) counts[type] = (counts[type] ?? 0) - 1
  for (const [type, count] of Object.entries(maskedApart ?? {})) counts[type] = (counts[type] ?? 0) - count
  const total = Object.values(found).reduce((sum, count) => sum + count, 0)
  return { counts, treatment: maskedApart === undefined && masked.length === 0 && total > SPANS_IN_RECORD ? 'masked or left: the spans stand in an erasable text' : 'left as it was' }
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).filter(([, n]) => n > 0).map(([type, n]) => `${n} ${type}`).join(', ')
}

function list(items: readonly string[]): string {
  return items.join('; ')
}

function instant(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8e15 ? new Date(ms).toISOString() : ''
}
