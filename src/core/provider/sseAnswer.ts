/**
 * A streamed answer in server-sent events, whatever the dialect: frames in order, none merged, none reordered. A frame waits
 * while a text in it is held, and the frames behind it wait too, up to a bound. Frames in which nothing changed leave with
 * the bytes they came with.
 */
import { CountersignError } from '../../protocol/errors.ts'
import { rewriteFrame, SseFramer, type SseFrame, type SseLine } from '../framing/sse.ts'
import { readJson, type JsonNode } from '../json/read.ts'
import { Fields } from './fields.ts'
import type { AnswerCodec, AnswerSummary, OpenChannel } from './provider.ts'
import { newFacts, Walk, type AnswerFacts } from './walk.ts'

export interface SseDialect {
  /**
   * Visits one event.
   * @returns `drop` for an event the client did not ask for, `last` for one after which the stream may end
   */
  event(root: JsonNode, walk: Walk, name: string | undefined): 'pass' | 'drop' | 'last'
  /** Data that is no JSON and ends the stream: `[DONE]`. */
  readonly sentinel?: string
  /** The error event of this dialect. */
  fail(error: CountersignError, ex: string): string
  /** How an event that carries a rest of text is framed. */
  frame(data: string, ending: string): string
}

interface Queued {
  readonly walk: Walk | undefined
  render(): Uint8Array
}

/** For dialects whose events carry their type as the event's name too. */
export function namedFrame(data: string, ending: string): string {
  return `event: ${(JSON.parse(data) as { type: string }).type}${ending}data: ${data}${ending}${ending}`
}

/** Frames that may wait behind a held text before that text is let go piece by piece instead. */
const WAITING = 256
const PLAIN = /^[\w .:-]{0,64}$/
const UNREADABLE = { code: 'CS_UPSTREAM_NONSENSE', what: 'an event of the upstream', halves: true } as const

export class SseAnswer implements AnswerCodec {
  readonly #dialect: SseDialect
  readonly #fields: Fields
  readonly #facts: AnswerFacts = newFacts()
  readonly #masking: boolean
  readonly #framer = new SseFramer()
  readonly #queue: Queued[] = []
  #ending = '\n'
  #complete = false

  constructor(dialect: SseDialect, open: OpenChannel, masking: boolean) {
    this.#dialect = dialect
    this.#fields = new Fields(open)
    this.#masking = masking
  }

  push(chunk: Uint8Array): Uint8Array {
    for (const frame of this.#framer.push(chunk)) this.#frame(frame)
    return this.#drain()
  }

  end(): Uint8Array {
    const rest = this.#framer.end()
    if (rest) this.#frame(rest)
    if (!this.#complete) throw new CountersignError('CS_UPSTREAM_NONSENSE', 'the upstream broke off in the middle of its answer.')
    this.#carry(this.#fields.flush())
    return this.#drain()
  }

  fail(error: CountersignError, ex: string): Uint8Array {
    return Buffer.from(this.#dialect.fail(error, ex))
  }

  get summary(): AnswerSummary {
    const { model, id, finish, usage, opaque } = this.#facts
    return {
      ...(model === undefined ? {} : { model }),
      ...(id === undefined ? {} : { id }),
      finish,
      usage,
      texts: this.#fields.texts,
      spans: this.#fields.spans,
      opaque: [...opaque],
    }
  }

  #frame(frame: SseFrame): void {
    const drop = this.#unsafeLines(frame)
    const { data } = frame
    if (data === undefined || data === '') {
      this.#queue.push({ walk: undefined, render: () => rewriteFrame(frame, undefined, drop) })
      return
    }
    const line = frame.lines.find(({ field }) => field === 'data')
    if (line && line.next > line.end) this.#ending = frame.bytes.toString('latin1', line.end, line.next)
    if (data.trim() === this.#dialect.sentinel) {
      this.#carry(this.#fields.flush())
      this.#complete = true
      this.#queue.push({ walk: undefined, render: () => rewriteFrame(frame, undefined, drop) })
      return
    }
    this.#event(frame, data, drop)
  }

  #event(frame: SseFrame, data: string, drop: ReadonlySet<SseLine>): void {
    const root = readJson(data, UNREADABLE)
    const walk = new Walk({ fields: this.#fields, facts: this.#facts, source: data, streaming: true, masking: this.#masking })
    const verdict = this.#dialect.event(root, walk, frame.lines.findLast(({ field }) => field === 'event')?.value)
    this.#carry(walk.ahead)
    this.#carry(this.#fields.goOn(walk.touched))
    for (const group of walk.ends) this.#carry(this.#fields.flush(group))
    if (verdict === 'last') {
      this.#carry(this.#fields.flush())
      this.#complete = true
    }
    if (verdict === 'drop') return
    this.#queue.push({ walk, render: () => rewriteFrame(frame, walk.render(), drop) })
  }

  /** What is left of ended fields travels ahead of the event that ended them. */
  #carry(rest: readonly string[]): void {
    for (const data of rest) {
      const bytes = Buffer.from(this.#dialect.frame(data, this.#ending))
      this.#queue.push({ walk: undefined, render: () => bytes })
    }
  }

  #drain(): Uint8Array {
    const out: Uint8Array[] = []
    for (;;) {
      while (this.#queue[0] && (this.#queue[0].walk?.isSettled ?? true)) out.push(this.#queue.shift()?.render() ?? Buffer.alloc(0))
      if (this.#queue.length <= WAITING) break
      this.#fields.detachAll()
    }
    return Buffer.concat(out)
  }

  /** Comments, ids and names are not for the model's words. One in which something would be masked does not pass. */
  #unsafeLines(frame: SseFrame): Set<SseLine> {
    const drop = new Set<SseLine>()
    for (const line of frame.lines) {
      if (line.field === 'data') continue
      const text = ['event', 'id', 'retry', ''].includes(line.field) ? line.value : `${line.field}: ${line.value}`
      if (!PLAIN.test(text) && this.#fields.whole({ path: 'events/lines', kind: 'text' }, text, false) !== text) drop.add(line)
    }
    return drop
  }
}
