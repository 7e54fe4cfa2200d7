/** An answer that is one JSON document, errors of the upstream included: read whole, masked in place, released at its end. */
import { CountersignError } from '../../protocol/errors.ts'
import { GrowingBuffer } from '../framing/growingBuffer.ts'
import { decodeUtf8, readJson, type JsonNode } from '../json/read.ts'
import { Fields } from './fields.ts'
import type { AnswerCodec, AnswerSummary, OpenChannel } from './provider.ts'
import { newFacts, Walk } from './walk.ts'

export interface WholeOptions {
  readonly masking: boolean
  /** An error without a body is an answer too. */
  readonly emptyIsFine: boolean
  /** The document holds the pieces of a stream: texts run on from one to the next. */
  readonly pieces?: boolean
}

const MEDIA_TYPE = /^(?:application|audio|font|image|message|model|multipart|text|video)\/(?![\w.+-]*\d{7})[\w.+-]{1,60}(?=\s*(?:;|$))/i
const LIMIT = 64 * 1024 * 1024
const UNREADABLE = { code: 'CS_UPSTREAM_NONSENSE', what: 'the answer of the upstream', halves: true } as const

export class WholeAnswer implements AnswerCodec {
  readonly #visit: (root: JsonNode, walk: Walk) => void
  readonly #fields: Fields
  readonly #facts = newFacts()
  readonly #options: WholeOptions
  readonly #bytes = new GrowingBuffer(LIMIT)

  constructor(visit: (root: JsonNode, walk: Walk) => void, open: OpenChannel, options: WholeOptions) {
    this.#visit = visit
    this.#fields = new Fields(open)
    this.#options = options
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#bytes.append(chunk)
    return Buffer.alloc(0)
  }

  end(): Uint8Array {
    const { held } = this.#bytes
    if (held.length === 0 && this.#options.emptyIsFine) return held
    const source = decodeUtf8(held, UNREADABLE)
    const walk = new Walk({ fields: this.#fields, facts: this.#facts, source, streaming: this.#options.pieces ?? false, masking: this.#options.masking })
    this.#visit(readJson(source, UNREADABLE), walk)
    // Nothing was let go before its end, so no rest can be left without an event to travel in.
    this.#fields.flush()
    const text = walk.render()
    return text === undefined ? held : Buffer.from(text)
  }

  /** Nothing was released before the end, so the refusal is an answer of its own: there is nothing to say here. */
  fail(): Uint8Array {
    return Buffer.alloc(0)
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
}

/** The message is recorded: whoever answers can write anything in place of a type, so it repeats what is one and nothing else. */
export function unreadableType(contentType: string): CountersignError {
  const [type] = MEDIA_TYPE.exec(contentType) ?? []
  return new CountersignError('CS_UPSTREAM_NONSENSE', `the upstream answered with ${type === undefined ? 'something of no known media type' : `"${type}"`}, which cannot be inspected, so none of it was passed on.`)
}

export function isJson(contentType: string): boolean {
  return /^application\/(?:[\w.+-]*\+)?json\b/i.test(contentType)
}

export function isSse(contentType: string): boolean {
  return /^text\/event-stream\b/i.test(contentType)
}
