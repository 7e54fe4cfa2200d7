/**
 * What the window knows of its agent's journal: calls, launches, events, in the order received. It is fed with records (read
 * back, or told as they are sealed) and with live notices between them; views are made of it. Pure: no clock, no editor.
 */
import type { Actor, ApprovalSettled, AuditEvent, Disclosure, ExchangeDecided, ExchangeEnded, ModelEndpoint, ReviewEnded, ReviewGiven } from '../../protocol/audit.ts'
import type { JournalEntry, LiveNotice } from '../../protocol/control.ts'
import type { CallPlace } from '../../protocol/place.ts'

/** One call, as far as its records go. */
export interface Call {
  readonly ex: string
  /** Milliseconds since 1970: received. */
  at: number
  launch: string | undefined
  endpoint: ModelEndpoint | undefined
  held: { readonly at: number; readonly rule: string | null; readonly found: Readonly<Record<string, number>>; readonly digest: string } | undefined
  settled: ApprovalSettled | undefined
  settledAt: number | undefined
  /** Names of who decided and both reasons: erasable, so they stand apart from the record. */
  approvalTexts: readonly Disclosure[]
  decided: ExchangeDecided | undefined
  decidedAt: number | undefined
  sentAt: number | undefined
  ended: ExchangeEnded | undefined
  /** Refused before a decision. */
  refused: Extract<AuditEvent, { type: 'call.refused' }> | undefined
  prompt: readonly Disclosure[]
  answer: readonly Disclosure[]
  /** Masked text released so far on each channel, while it streams. */
  readonly streamed: Map<string, string>
  firstReleasedAt: number | undefined
  firstSeq: number
  lastSeq: number
}

export interface KnownLaunch {
  readonly id: string
  readonly kind: string
  readonly label: string
  readonly at: number
  calls: number
  /** The launch that this is a part of: a file, or a cell of a notebook, as its calls say. */
  readonly of?: string
  readonly cell?: number
  /** Ways around the agent that were seen, each with the file it is about. Those of a launch are those of its parts. */
  readonly findings: (string | undefined)[]
}

export interface KnownEvent {
  readonly id: string
  readonly seq: number
  readonly at: number
  readonly event: AuditEvent
  readonly texts: readonly Disclosure[]
}

/** A verdict of a person on this machine about somebody else's call. */
export interface KnownReview {
  readonly at: number
  readonly event: ReviewGiven
  readonly texts: readonly Disclosure[]
  /** How the call ended, when that verdict was not its end. */
  readonly ended?: ReviewEnded
}

/** Events that are rows of the timeline between the calls. */
const TOLD = new Set<AuditEvent['type']>(['session.started', 'session.ended', 'session.refused', 'agent.started', 'agent.stopped', 'agent.recovered', 'policy.activated', 'policy.refused', 'sync.gap', 'launch.finding'])
/** A stream's text is kept to this length while it runs; the record brings the whole. */
const LONGEST_STREAMED = 200_000
/** Days of work fit; what is older stands in the journal and the report. */
const MOST_CALLS = 20_000

export class Ledger {
  readonly calls = new Map<string, Call>()
  readonly launches = new Map<string, KnownLaunch>()
  readonly events: KnownEvent[] = []
  /** By exchange: the newest verdict about it. */
  readonly reviews = new Map<string, KnownReview>()
  /** The hub's receipts: each covers all records before its size. */
  readonly receipts: { readonly size: number; readonly root: string; readonly at: number }[] = []
  /** What a person is called, by session: records name people by issuer and subject. */
  readonly names = new Map<string, string>()
  #stream: string | undefined
  #next = 0

  /** Sequence number of the first record that was not seen. */
  get next(): number {
    return this.#next
  }

  /** Another journal (the state folder was replaced): everything known belongs to the old one. */
  startOf(stream: string): void {
    if (this.#stream === stream) return
    this.#stream = stream
    this.#next = 0
    this.calls.clear()
    this.launches.clear()
    this.events.length = 0
    this.receipts.length = 0
    this.names.clear()
    this.reviews.clear()
  }

  /** @returns the call the record is about, if it is about one. A record seen before changes nothing. */
  add({ record, texts }: JournalEntry): Call | undefined {
    if (record.seq < this.#next) return undefined
    this.#next = record.seq + 1
    const { event } = record
    const at = Date.parse(record.time)
    if (event.type === 'launch.registered') this.launches.set(event.launch, { id: event.launch, kind: event.kind, label: event.label, at, calls: 0, findings: [] })
    if (event.type === 'launch.finding') this.launches.get(event.launch)?.findings.push(event.file)
    if (event.type === 'sync.receipt') this.receipts.push({ size: event.size, root: event.root, at })
    if (event.type === 'session.started') this.#named(event.actor.session, texts)
    if (event.type === 'review.given') this.reviews.set(event.ex, { at, event, texts })
    const review = event.type === 'review.ended' ? this.reviews.get(event.ex) : undefined
    if (event.type === 'review.ended' && review) this.reviews.set(event.ex, { ...review, ended: event })
    if (TOLD.has(event.type)) this.events.push({ id: record.id, seq: record.seq, at, event, texts })
    if (!isAboutCall(event)) return undefined
    const call = this.#call(event.ex, at, record.seq)
    call.lastSeq = record.seq
    if (event.actor && call.launch === undefined) this.#joins(call, event.actor)
    apply(call, event, at, texts)
    return call
  }

  /** @returns the call that changed */
  live({ ex, what, at, path, text }: LiveNotice): Call | undefined {
    if (what === 'received') return this.#call(ex, at, this.#next)
    const call = this.calls.get(ex)
    if (!call || call.ended) return undefined
    if (what === 'sent') call.sentAt = at
    else {
      call.firstReleasedAt ??= at
      const channel = path ?? ''
      const known = call.streamed.get(channel) ?? ''
      if (known.length < LONGEST_STREAMED) call.streamed.set(channel, known + (text ?? ''))
    }
    return call
  }

  #call(ex: string, at: number, seq: number): Call {
    const known = this.calls.get(ex)
    if (known) return known
    const call: Call = {
      ex, at, launch: undefined, endpoint: undefined, held: undefined, settled: undefined, settledAt: undefined, approvalTexts: [], decided: undefined, decidedAt: undefined, sentAt: undefined,
      ended: undefined, refused: undefined, prompt: [], answer: [], streamed: new Map(), firstReleasedAt: undefined, firstSeq: seq, lastSeq: seq,
    }
    this.calls.set(ex, call)
    if (this.calls.size > MOST_CALLS) for (const oldest of this.calls.keys()) { this.calls.delete(oldest); break }
    return call
  }

  #named(session: string, texts: readonly Disclosure[]): void {
    const name = texts.find((one) => one.path === 'name')?.value
    if (name !== undefined) this.names.set(session, name)
  }

  /** Findings of a launch, or of that one file of it: what is known of a program alone is no file's. */
  findingsOf({ of, label, findings }: KnownLaunch): number {
    const all = of === undefined ? findings : (this.launches.get(of)?.findings ?? [])
    return of === undefined ? all.length : all.filter((file) => file === label).length
  }

  /** A call joins the file or cell it says it comes from; one that says nothing, its launch. */
  #joins(call: Call, { launch, place }: Actor): void {
    if (launch === undefined) return
    const id = place ? partId(launch, place) : launch
    call.launch = id
    const known = this.launches.get(id)
    if (known) known.calls++
    else if (place) this.launches.set(id, { id, kind: place.kind, label: place.file, at: call.at, calls: 1, of: launch, findings: [], ...(place.cell === undefined ? {} : { cell: place.cell }) })
  }
}

/** Fit for an id, and another one for another name: what does not fit stands there as its code. */
function partId(launch: string, { kind, file, cell }: CallPlace): string {
  const name = file.replace(/[^\w.-]/gu, (character) => `:${(character.codePointAt(0) ?? 0).toString(16)}:`)
  return `${launch}/${kind}/${cell ?? ''}/${name}`.slice(0, 200)
}

type CallEvent = Extract<AuditEvent, { type: 'call.refused' | 'approval.requested' | 'approval.settled' | 'exchange.decided' | 'exchange.completed' | 'exchange.aborted' | 'exchange.failed' }>

function isAboutCall(event: AuditEvent): event is CallEvent {
  return event.type === 'call.refused' || event.type.startsWith('approval.') || event.type.startsWith('exchange.')
}

function apply(call: Call, event: CallEvent, at: number, texts: readonly Disclosure[]): void {
  switch (event.type) {
    case 'call.refused':
      call.refused = event
      return
    case 'approval.requested':
      call.endpoint = event.endpoint
      call.held = { at, rule: event.rule, found: event.found, digest: event.digest }
      return
    case 'approval.settled':
      call.settled = event
      call.settledAt = at
      call.approvalTexts = texts.filter((one) => one.path.startsWith('approval/'))
      return
    case 'exchange.decided':
      call.endpoint = event.endpoint
      call.decided = event
      call.decidedAt = at
      call.prompt = texts
      return
    default:
      call.ended = event
      call.answer = texts
      call.streamed.clear()
      // The record's time is the ending's: with the whole duration it tells when the call came, also after a reload.
      if (event.timing.total > 0) call.at = Math.min(call.at, at - event.timing.total)
  }
}
