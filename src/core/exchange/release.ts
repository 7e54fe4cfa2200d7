/**
 * The way back: bytes of the upstream through the provider's codec and the masker to the client. The head waits for the
 * first byte that may be released, so that an answer which cannot be read is still a clean error.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Masker, MaskingStream } from '../masking/masker.ts'
import type { AnswerCodec, AnswerSummary, MaskStream } from '../provider/provider.ts'
import { uninspectedAnswer } from '../provider/uninspected.ts'
import { runningDigest } from './digest.ts'
import type { Call, ExchangePorts, Prepared } from './exchange.ts'
import type { UpstreamReply } from './ports.ts'
import * as records from './records.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncGenerator<Uint8Array, void, undefined>
  /** Set when this is our own answer. */
  readonly refusal?: CountersignError
}

/** Headers of an upstream that a client may use. Cookies, encodings, lengths and hops end here. */
const RETURNED = /^(content-type|x-request-id|request-id|retry-after|openai-processing-ms|openai-version|x-ratelimit-.*|anthropic-ratelimit-.*|x-should-retry)$/

/** Types of bodies, counts, spans of time and identifiers of requests, as providers write them: most of what comes, and not looked into. */
const PLAIN = /^(?:[a-z]+\/[a-z.-]{1,40}(?:; ?charset=utf-8)?|\d{1,10}(?:\.\d{1,6})?(?:ms|[hms])?|(?:\d{1,3}[hm]){1,2}\d{1,2}(?:\.\d{1,6})?s|req_[0-9A-Za-z]{16,40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

interface Sent {
  readonly reply: UpstreamReply
  readonly decidedMs: number
  readonly heldMs: number
}

/** @throws CountersignError when not one byte of the answer can be released */
export async function release(call: Call, prepared: Prepared, sent: Sent, ports: ExchangePorts): Promise<Answer> {
  const open = new Map<string, MaskingStream>()
  const session = ports.masker.session(call.caller.session.id)
  const codec = call.operation.uninspected ? uninspectedAnswer() : call.provider.answer(
    prepared.model,
    { status: sent.reply.status, contentType: sent.reply.headers['content-type'] ?? '' },
    (channel) => {
      const stream = session.open({ direction: 'answer', ...channel, rules: prepared.decision.mask.answer })
      open.set(channel.path, stream)
      return ports.watch ? watched(stream, channel.path, call.ex, ports) : stream
    },
  )
  const flow = new Flow(call, prepared, sent, ports, { codec, open })
  const body = flow.run()
  const first = await body.next()
  return {
    status: sent.reply.status,
    headers: await returnedHeaders(sent.reply.headers, prepared, ports.masker),
    body: first.done ? nothing() : resumed(first.value, body),
  }
}

/** A header in which something is found that answers are masked for does not come back; of the type of the body, the type alone does. */
async function returnedHeaders(headers: UpstreamReply['headers'], { decision }: Prepared, masker: Pick<Masker, 'inspect'>): Promise<Record<string, string>> {
  const returned = Object.entries(headers).filter(([name]) => RETURNED.test(name))
  const inspected = returned.filter(([, value]) => !PLAIN.test(value))
  const { status, findings } = inspected.length === 0 ? { status: 'ok', findings: [] } : await masker.inspect(inspected.map(([name, text]) => ({ path: `/headers/${name}`, role: 'assistant', origin: 'prompt', kind: 'text', text })), [])
  const found = new Set(findings.filter(({ type }) => Object.hasOwn(decision.mask.answer, type)).map(({ path }) => path))
  const bad = new Set(inspected.map(([name]) => name).filter((name) => status !== 'ok' || found.has(`/headers/${name}`)))
  return Object.fromEntries(returned.flatMap(([name, value]): [string, string][] => (!bad.has(name) ? [[name, value]] : name === 'content-type' ? [[name, value.replace(/;.*$/s, '')]] : [])))
}

/** Why a call ended whose signal was aborted: whoever ended it on purpose gave a reason, and without one its client went away. */
export function brokenOff({ signal }: Pick<Call, 'signal'>, cause: unknown): CountersignError {
  return signal.reason instanceof CountersignError ? signal.reason : new CountersignError('CS_CLIENT_GONE', 'The client stopped waiting.', { cause })
}

/** Tells what was released, masked, to whoever watches the call. */
function watched(stream: MaskingStream, path: string, ex: string, ports: ExchangePorts): MaskStream {
  let told = 0
  const tell = (text: string): string => {
    // Where the client gets values back, a watcher sees their placeholders.
    const shown = stream.recorded === undefined ? text : stream.recorded.slice(told)
    told += shown.length
    if (shown !== '') ports.watch?.({ ex, what: 'released', at: ports.clock.now(), path, text: shown })
    return text
  }
  return {
    push: (text) => tell(stream.push(text)),
    flush: () => tell(stream.flush()),
    get spans() {
      return stream.spans
    },
  }
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const one of counts) for (const [type, count] of Object.entries(one)) sum[type] = (sum[type] ?? 0) + count
  return sum
}

/** One answer on its way. Its ending is written exactly once, whichever way it ends. */
class Flow {
  readonly #call: Call
  readonly #prepared: Prepared
  readonly #sent: Sent
  readonly #ports: ExchangePorts
  readonly #codec: AnswerCodec
  readonly #open: ReadonlyMap<string, MaskingStream>
  readonly #released = runningDigest()
  #firstByteMs: number | undefined

  constructor(call: Call, prepared: Prepared, sent: Sent, ports: ExchangePorts, { codec, open }: { readonly codec: AnswerCodec; readonly open: ReadonlyMap<string, MaskingStream> }) {
    this.#call = call
    this.#prepared = prepared
    this.#sent = sent
    this.#ports = ports
    this.#codec = codec
    this.#open = open
  }

  async *run(): AsyncGenerator<Uint8Array, void, undefined> {
    let ending: records.Ending = { type: 'exchange.aborted', reason: 'the client stopped reading' }
    try {
      for await (const chunk of this.#sent.reply.body) yield* this.#out(this.#codec.push(chunk))
      yield* this.#out(this.#codec.end())
      ending = { type: 'exchange.completed' }
    } catch (error) {
      const known = this.#why(error)
      ending = known.code === 'CS_CLIENT_GONE' ? { type: 'exchange.aborted', reason: 'the client stopped reading' } : { type: 'exchange.failed', error: known }
      // Not one byte is out: the caller turns this into a clean error and records it.
      if (this.#released.bytes === 0) {
        ending = { type: 'handed over' }
        throw known
      }
      yield* this.#out(this.#codec.fail(known, this.#call.ex))
    } finally {
      if (ending.type !== 'handed over') await this.#record(ending)
    }
  }

  *#out(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    if (bytes.length === 0) return
    this.#firstByteMs ??= this.#elapsed()
    this.#released.update(bytes)
    yield bytes
  }

  #elapsed(): number {
    return Math.round(this.#ports.clock.elapsed() - this.#call.arrivedAt)
  }

  #why(error: unknown): CountersignError {
    if (this.#call.signal.aborted) return brokenOff(this.#call, error)
    if (error instanceof CountersignError) return error
    return new CountersignError('CS_MASKING_FAILED', 'masking failed; the answer stops here.', { cause: error })
  }

  /** Texts as a record may hold them: with placeholders where the client got values back. */
  #summary(): AnswerSummary {
    const { summary } = this.#codec
    return { ...summary, texts: summary.texts.map(({ path, value }) => ({ path, value: this.#open.get(path)?.recorded ?? value })) }
  }

  async #record(ending: records.Written): Promise<void> {
    const streams = [...this.#open.values()]
    const { event, disclosures } = records.ended(this.#call, this.#prepared, ending, {
      status: this.#sent.reply.status,
      summary: this.#summary(),
      returned: { digest: this.#released.end(), bytes: this.#released.bytes },
      found: sumOf(streams.map((stream) => stream.found)),
      restored: sumOf(streams.map((stream) => stream.restored)),
      timing: {
        decided: this.#sent.decidedMs,
        held: this.#sent.heldMs,
        ...(this.#firstByteMs === undefined ? {} : { firstByte: this.#firstByteMs }),
        total: this.#elapsed(),
      },
    })
    await this.#ports.journal.append(event, disclosures, this.#call.caller.session.principal.subject)
  }
}

async function* resumed(first: Uint8Array, rest: AsyncGenerator<Uint8Array, void, undefined>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first
    yield* rest
  } finally {
    // Also when the client goes away between the first byte and the second: the ending must be written.
    await rest.return()
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {
  // An empty answer is an answer: head only.
}
