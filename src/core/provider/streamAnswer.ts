/**
 * A streamed answer, whatever its framing and dialect: frames in order, none merged, none reordered. A frame waits while a
 * text in it is held, and the frames behind it wait too, up to a bound. Frames in which nothing changed leave with the bytes
 * they came with.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Framing, StreamFrame } from '../framing/framing.ts'
import { readJson, type JsonNode } from '../json/read.ts'
import { Fields } from './fields.ts'
import type { AnswerCodec, AnswerSummary, OpenChannel } from './provider.ts'
import { newFacts, Walk, type AnswerFacts } from './walk.ts'

export interface StreamDialect {
  /**
   * Visits one event.
   * @returns `drop` for an event the client did not ask for, `last` for one that ends all texts and after which the stream may
   * end, `enough` for one after which it may end and may go on
   */
  event(root: JsonNode, walk: Walk, name: string | undefined): 'pass' | 'drop' | 'last' | 'enough'
  /** Data that is no JSON and ends the stream: `[DONE]`. */
  readonly sentinel?: string
  /** The error event of this dialect. */
  fail(error: CountersignError, ex: string): string | Uint8Array
  /** How an event that carries a rest of text is framed. */
  frame(data: string, ending: string): string | Uint8Array
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
const PLAIN = /^(?!.*\d[\d .:/-]{5,}\d)[\w .:/-]{0,64}$/
const UNREADABLE = { code: 'CS_UPSTREAM_NONSENSE', what: 'an event of the upstream', halves: true } as const

export class StreamAnswer implements AnswerCodec {
  readonly #framing: Framing
  readonly #dialect: StreamDialect
  readonly #fields: Fields
  readonly #facts: AnswerFacts = newFacts()
  readonly #masking: boolean
  readonly #queue: Queued[] = []
  #ending = '\n'
  #complete = false

  constructor(framing: Framing, dialect: StreamDialect, open: OpenChannel, masking: boolean) {
    this.#framing = framing
    this.#dialect = dialect
    this.#fields = new Fields(open)
    this.#masking = masking
  }

  push(chunk: Uint8Array): Uint8Array {
    for (const frame of this.#framing.push(chunk)) this.#frame(frame)
    return this.#drain()
  }

  end(): Uint8Array {
    const rest = this.#framing.end()
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

  #frame(frame: StreamFrame): void {
    const drop = this.#unsafe(frame)
    const { data } = frame
    if (data === undefined || data === '') {
      this.#queue.push({ walk: undefined, render: () => frame.render(undefined, drop) })
      return
    }
    this.#ending = frame.ending
    if (data.trim() === this.#dialect.sentinel) {
      this.#carry(this.#fields.flush())
      this.#complete = true
      this.#queue.push({ walk: undefined, render: () => frame.render(undefined, drop) })
      return
    }
    this.#event(frame, data, drop)
  }

  #event(frame: StreamFrame, data: string, drop: ReadonlySet<string>): void {
    const root = readJson(data, UNREADABLE)
    const walk = new Walk({ fields: this.#fields, facts: this.#facts, source: data, streaming: true, masking: this.#masking })
    const verdict = this.#dialect.event(root, walk, frame.name)
    this.#carry(walk.ahead)
    this.#carry(this.#fields.goOn(walk.touched))
    for (const group of walk.ends) this.#carry(this.#fields.flush(group))
    if (verdict === 'last') this.#carry(this.#fields.flush())
    if (verdict === 'last' || verdict === 'enough') this.#complete = true
    if (verdict === 'drop') return
    this.#queue.push({ walk, render: () => frame.render(walk.render(), drop) })
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
  #unsafe(frame: StreamFrame): Set<string> {
    return new Set(frame.beside.filter((text) => !PLAIN.test(text) && this.#fields.whole({ path: 'events/lines', kind: 'text' }, text, false) !== text))
  }
}
