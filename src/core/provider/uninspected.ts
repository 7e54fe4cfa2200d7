/** Calls that policy lets through unread: what the codecs deny by name, where an upstream lists it. The record says that nobody read them. */
import { CountersignError } from '../../protocol/errors.ts'
import type { Masker } from '../masking/masker.ts'
import type { AnswerCodec, ModelCall, Operation } from './provider.ts'

/** The operation under which rules speak of them. */
export const UNINSPECTED = 'uninspected'

/**
 * The body stays unread, the address does not: it stands in the record and before reviewers as it is.
 * @throws CountersignError CS_NOT_INSPECTABLE when something is found in the address, or nobody can look
 */
export async function checkAddress({ path }: Operation, masker: Pick<Masker, 'inspect'>): Promise<void> {
  const text = path.split(/[?&=/]/).map(decoded).join(' ')
  const { findings, status } = await masker.inspect([{ path: '/address', role: 'user', origin: 'prompt', kind: 'text', text }], [])
  if (status !== 'ok' || findings.length > 0) throw new CountersignError('CS_NOT_INSPECTABLE', 'the address of this call holds what looks like personal data or a secret, and addresses are recorded as they are. Nothing was sent.')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // No percent-encoding: it says what it says.
    return text
  }
}

/** @param contentType as the client said @throws CountersignError CS_MALFORMED for a GET with a body, which would be recorded as sent and is not */
export function uninspectedCall(operation: Operation, body: Uint8Array, contentType: string | undefined): ModelCall {
  if (operation.method === 'GET' && body.length > 0) throw new CountersignError('CS_MALFORMED', 'a GET takes no body. Send it without one; nothing was sent.')
  return { operation, model: '', streaming: false, parts: [], opaque: [UNINSPECTED], tools: [], params: {}, ...(contentType === undefined ? {} : { contentType }), rewrite: () => body }
}

export function uninspectedAnswer(): AnswerCodec {
  const nothing = Buffer.alloc(0)
  return { push: (chunk) => chunk, end: () => nothing, fail: () => nothing, summary: { finish: [], usage: {}, texts: [], spans: [], opaque: [UNINSPECTED] } }
}
