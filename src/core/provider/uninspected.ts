/** Calls that policy lets through unread: what the codecs deny by name, where an upstream lists it. The record says that nobody read them. */
import type { AnswerCodec, ModelCall, Operation } from './provider.ts'

/** The operation under which rules speak of them. */
export const UNINSPECTED = 'uninspected'

/** @param contentType as the client said */
export function uninspectedCall(operation: Operation, body: Uint8Array, contentType: string | undefined): ModelCall {
  return { operation, model: '', streaming: false, parts: [], opaque: [UNINSPECTED], tools: [], params: {}, ...(contentType === undefined ? {} : { contentType }), rewrite: () => body }
}

export function uninspectedAnswer(): AnswerCodec {
  const nothing = Buffer.alloc(0)
  return { push: (chunk) => chunk, end: () => nothing, fail: () => nothing, summary: { finish: [], usage: {}, texts: [], spans: [], opaque: [UNINSPECTED] } }
}
