/** A call whose body is one JSON object: what was read of it, and how it is written again. */
import { CountersignError } from '../../protocol/errors.ts'
import type { Edit } from '../json/edit.ts'
import type { JsonObject } from '../json/read.ts'
import type { PartCollector } from './parts.ts'
import type { ModelCall, Operation } from './provider.ts'

export interface BodyCallOptions {
  readonly operation: Operation
  readonly model: string
  readonly streaming: boolean
  readonly body: Uint8Array
  readonly root: JsonObject
  readonly collector: PartCollector
  /** Members that the agent sets beside masking texts. */
  readonly edits?: (masking: boolean) => readonly Edit[]
  /** The agent asks for usage that the client did not ask for. */
  readonly hidesUsage?: boolean
  /** The client asked for an answer that is JSON: what is given back in it is escaped, and it stays valid. */
  readonly answersJson?: boolean
  readonly contentType?: string
}

export class BodyCall implements ModelCall {
  readonly operation: Operation
  readonly model: string
  readonly streaming: boolean
  readonly parts: ModelCall['parts']
  readonly opaque: readonly string[]
  readonly tools: readonly string[]
  readonly params: ModelCall['params']
  readonly hidesUsage: boolean
  readonly answersJson: boolean
  readonly contentType?: string
  readonly #options: BodyCallOptions
  #masking = true

  constructor(options: BodyCallOptions) {
    const { collector, root } = options
    this.operation = options.operation
    this.model = options.model
    this.streaming = options.streaming
    this.parts = collector.parts
    this.opaque = [...collector.opaque]
    this.tools = [...new Set(collector.tools)]
    this.params = collector.params(root)
    this.hidesUsage = options.hidesUsage ?? false
    this.answersJson = options.answersJson ?? false
    if (options.contentType !== undefined) this.contentType = options.contentType
    this.#options = options
  }

  /** Answers to this call are masked. True until the body was written for a policy that masks nothing. */
  get masking(): boolean {
    return this.#masking
  }

  rewrite(texts: readonly string[], { masking }: { readonly masking: boolean }): Uint8Array {
    const { collector, body, edits } = this.#options
    if (texts.length !== this.parts.length) throw new CountersignError('CS_INTERNAL', 'A masked text is missing. Nothing was sent.')
    this.#masking = masking
    const more = edits?.(masking) ?? []
    if (more.length === 0 && texts.every((text, i) => text === this.parts[i]?.text)) return body
    return Buffer.from(collector.rewrite(texts, more))
  }
}

/** A call without a body: a list of models. */
export function bodilessCall(operation: Operation, body: Uint8Array): ModelCall {
  if (body.length > 0) throw new CountersignError('CS_MALFORMED', `${operation.method} ${operation.path} takes no body. Send it without one; nothing was sent.`)
  return { operation, model: '', streaming: false, parts: [], opaque: [], tools: [], params: {}, rewrite: () => body }
}

/** What a codec needs to know of the call its answer belongs to. */
export function stateOf(call: ModelCall): { readonly masking: boolean; readonly hidesUsage: boolean; readonly answersJson: boolean } {
  return call instanceof BodyCall ? call : { masking: true, hidesUsage: false, answersJson: false }
}
