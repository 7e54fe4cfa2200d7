/**
 * The life of a call. This is the only place where the order of the steps is written:
 *
 *   describe → inspect → evaluate → rewrite → (hold) → record → clear → send → mask the answer → record the end
 *
 * A journal that the hub refuses for good lets nothing in, and nothing out that waited for people meanwhile.
 * Every path out of here is an Answer in the provider's own shape, and every path leaves a record. What cannot be recorded
 * does not leave; what cannot be inspected is not let through.
 */
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { Review } from '../../protocol/approval.ts'
import type { LiveNotice } from '../../protocol/control.ts'
import type { Caller } from '../../protocol/identity.ts'
import type { Inspection, Part, SpanEvidence } from '../../protocol/masking.ts'
import type { ActivePolicy, Decision } from '../../protocol/policy.ts'
import type { MaskedText, Masker } from '../masking/masker.ts'
import { evaluate, refusedWhenMasked } from '../policy/evaluate.ts'
import type { ModelCall, Operation, Provider } from '../provider/provider.ts'
import { checkAddress, uninspectedCall } from '../provider/uninspected.ts'
import { clear } from './clearance.ts'
import { digestOf } from './digest.ts'
import { counts, factsOf, heldCallOf, refusalOf } from './facts.ts'
import type { ApprovalDesk, Clock, Journal, PolicySource, Recorded, Upstream, UpstreamRequest, Witness } from './ports.ts'
import * as records from './records.ts'
import { brokenOff, release, type Answer } from './release.ts'
import { cleanHeaders, upstreamRequest } from './request.ts'

export interface Call {
  readonly ex: string
  readonly caller: Caller
  readonly provider: Provider
  readonly operation: Operation
  /** Name of the upstream the route leads to. */
  readonly upstream: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Clock.elapsed() at the first byte of the call. */
  readonly arrivedAt: number
  /** Aborted when the client goes away; with a CountersignError when the agent stops, or the caller's key or session ends. */
  readonly signal: AbortSignal
  /** Called when the call begins to wait for a person: keeps its client alive as that client needs it. */
  readonly held?: () => Waiting
}

export interface Waiting {
  /** Milliseconds this client can wait at all; undefined: as long as it takes. */
  readonly patience: number | undefined
  stop(): void
}

export interface ExchangePorts {
  readonly policy: PolicySource
  readonly masker: Masker
  readonly journal: Journal
  readonly witness: Witness
  readonly desk: ApprovalDesk
  readonly upstream: Upstream
  readonly clock: Clock
  /** Told what a call does between its records, for whoever watches; masked text only. */
  readonly watch?: (notice: LiveNotice) => void
}

/** What is settled before anything leaves: the call, its inspection, the decision and the one body that may go out. */
export interface Prepared {
  readonly model: ModelCall
  readonly inspection: Inspection
  readonly decision: Decision
  readonly request: UpstreamRequest
  readonly texts: readonly string[]
  readonly spans: readonly SpanEvidence[]
}

/** Never rejects: a refusal is an answer too. */
export async function runExchange(call: Call, ports: ExchangePorts): Promise<Answer> {
  ports.watch?.({ ex: call.ex, what: 'received', at: ports.clock.now() })
  try {
    if (ports.witness.refusal) throw ports.witness.refusal
    const prepared = await prepare(call, ports.policy.current(), ports)
    const settled = await settle(call, prepared, ports)
    const record = await ports.journal.append(
      records.decided(call, prepared, settled),
      records.promptDisclosures(prepared),
      call.caller.session.principal.subject,
    )
    if (settled.refusal) return refused(call, settled.refusal)
    return await sendAndRelease(call, prepared, settled, record, ports)
  } catch (error) {
    return refuseAndRecord(call, error, ports)
  }
}

/** Where nothing at all was found, nothing is masked: that is most of what is sent, and it is read once instead of twice. */
function partsWithoutFindings(model: ModelCall, { status, findings }: Inspection): ReadonlySet<Part> {
  if (status !== 'ok') return new Set()
  const found = new Set(findings.map(({ path }) => path))
  return new Set(model.parts.filter(({ path }) => !found.has(path)))
}

/** Everything that can be known without asking anybody and without sending anything. */
async function prepare(call: Call, policy: ActivePolicy, ports: ExchangePorts): Promise<Prepared> {
  if (call.operation.uninspected) await checkAddress(call.operation, ports.masker)
  const model = call.operation.uninspected ? uninspectedCall(call.operation, call.body, call.headers['content-type']) : call.provider.describe(call.operation, call.body)
  const session = ports.masker.session(call.caller.session.id)
  const inspection = await ports.masker.inspect(model.parts, model.opaque, session)
  const decision = evaluate(policy, factsOf(call, model, inspection, policy, ports.clock.now()))
  const masked: MaskedText[] = []
  // A later part may hold what would be given out for a value of this one.
  for (const { text } of model.parts) session.reserve(text)
  const bare = partsWithoutFindings(model, inspection)
  // In order, and one after the other: pseudonyms are numbered as they come, and other calls get their turn in between.
  for (const part of model.parts)
    masked.push(
      bare.has(part)
        ? { text: part.text, spans: [] }
        : await ports.masker.maskLarge(
            part.text,
            { direction: 'prompt', path: part.path, kind: part.kind, rules: decision.mask.prompt, ...(part.key ? { key: part.key } : {}) },
            session,
          ),
    )
  const texts = masked.map((one) => one.text)
  const body = model.rewrite(texts, { masking: Object.keys(decision.mask.answer).length > 0 })
  const request = upstreamRequest(call, policy, { body, contentType: model.contentType }, await cleanHeaders(call, ports.masker))
  const spans = masked.flatMap((one) => one.spans)
  return { model, inspection, decision: refusedWhenMasked(decision, counts(spans.filter(({ transform }) => transform === 'refuse')), policy.document.types), request, texts, spans }
}

/** The decision after people were asked: allow or deny, never hold. */
export interface Settled {
  readonly effect: 'allow' | 'deny'
  readonly refusal: CountersignError | undefined
  readonly review: Review | undefined
  readonly heldMs: number
}

async function settle(call: Call, prepared: Prepared, ports: ExchangePorts): Promise<Settled> {
  const { decision } = prepared
  if (decision.effect === 'allow') return { effect: 'allow', refusal: undefined, review: undefined, heldMs: 0 }
  if (decision.effect === 'deny' || !decision.approval || call.operation.background)
    return { effect: 'deny', refusal: refusalOf(decision, undefined), review: undefined, heldMs: 0 }
  const digest = records.approvalDigest(call, prepared)
  await ports.journal.append(records.approvalRequested(call, prepared, digest))
  const since = ports.clock.elapsed()
  const waiting = call.held?.()
  let review: Review
  try {
    review = await ports.desk.hold({ ex: call.ex, caller: call.caller, decision, terms: decision.approval, digest, call: heldCallOf(call, prepared), patience: waiting?.patience }, call.signal)
  } finally {
    waiting?.stop()
  }
  const heldMs = Math.round(ports.clock.elapsed() - since)
  await ports.journal.append(records.approvalSettled(call, prepared, review, { digest, ms: heldMs }), records.approvalDisclosures(review), call.caller.session.principal.subject)
  const granted = review.state === 'approved' || review.state === 'acknowledged'
  const refusal = granted ? overtaken(call, decision, ports) : refusalOf(decision, review)
  return { effect: refusal ? 'deny' : 'allow', refusal, review, heldMs }
}

/** While people were asked, time went on: what was granted under other rules, to somebody whose session is over, or with a journal that is refused now, does not leave. */
function overtaken(call: Call, { policy }: Decision, ports: ExchangePorts): CountersignError | undefined {
  if (ports.clock.now() >= call.caller.session.endsAt) return new CountersignError('CS_SESSION_EXPIRED', 'your session ended while this call waited. Nothing was sent. Sign in and run it again.')
  if (ports.policy.current().digest !== policy.digest) return new CountersignError('CS_REVIEW_WITHDRAWN', 'the policy changed while this call waited. Nothing was sent. Run it again, under the rules of now.')
  return ports.witness.refusal
}

async function sendAndRelease(call: Call, prepared: Prepared, settled: Settled, record: Recorded, ports: ExchangePorts): Promise<Answer> {
  const decidedMs = Math.round(ports.clock.elapsed() - call.arrivedAt)
  const clearance = clear(settled.effect, record, prepared.request.digest)
  ports.watch?.({ ex: call.ex, what: 'sent', at: ports.clock.now() })
  try {
    const reply = await ports.upstream.send(clearance, prepared.request, call.signal)
    return await release(call, prepared, { reply, decidedMs, heldMs: settled.heldMs }, ports)
  } catch (error) {
    const known = asRefusal(error, call)
    const timing = { decided: decidedMs, held: settled.heldMs, total: Math.round(ports.clock.elapsed() - call.arrivedAt) }
    await ports.journal.append(records.failed(call, known, timing))
    return refused(call, known)
  }
}

/** The call never got as far as a decision on record: that it came, and why it was refused, is recorded all the same. */
async function refuseAndRecord(call: Call, error: unknown, ports: ExchangePorts): Promise<Answer> {
  const known = asRefusal(error, call)
  if (known.code === 'CS_NOT_RECORDED') return refused(call, known)
  try {
    await ports.journal.append(records.callRefused(call, known, digestOf(call.body)))
  } catch (cause) {
    return refused(call, new CountersignError('CS_NOT_RECORDED', 'This call could not be recorded. Nothing was sent.', { cause }))
  }
  return refused(call, known)
}

function asRefusal(error: unknown, call: Call): CountersignError {
  if (call.signal.aborted) return brokenOff(call, error)
  if (error instanceof CountersignError) return error
  return new CountersignError('CS_INTERNAL', 'Something went wrong inside Countersign, so this call was refused. The agent\'s log has the detail.', {
    cause: error,
    detail: describeError(error),
  })
}

function refused(call: Call, error: CountersignError): Answer {
  const refusal = call.provider.refuse(error, call.ex, call.operation)
  return { status: refusal.status, headers: refusal.headers, body: once(refusal.body), refusal: error }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(bytes)
}
