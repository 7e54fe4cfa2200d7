/** Cohere's dialect, second version and first: chat, embeddings, rerank. */
import type { CountersignError } from '../../../protocol/errors.ts'
import { ndjsonFraming } from '../../framing/ndjson.ts'
import { sseFraming } from '../../framing/sse.ts'
import { openAnswer } from '../answersJson.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { namedFrame, StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import { isJson, isSse, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { walkCohere, walkCohereEvent } from './answer.ts'
import { describeCohere } from './request.ts'

const OPERATIONS: readonly Operation[] = [
  { name: 'chat', method: 'POST', path: '/v2/chat' },
  { name: 'chat', method: 'POST', path: '/v1/chat' },
  { name: 'embed', method: 'POST', path: '/v2/embed' },
  { name: 'embed', method: 'POST', path: '/v1/embed' },
  { name: 'rerank', method: 'POST', path: '/v2/rerank' },
  { name: 'rerank', method: 'POST', path: '/v1/rerank' },
  { name: 'models.list', method: 'GET', path: '/v1/models' },
]
const KNOWN = /^\/v[12]\/(?:chat|embed|rerank|models|embed-jobs|datasets|connectors|finetuning|classify|tokenize|detokenize|generate|summarize|audio|batches)(?:\/[\w.-]*)*$/

/** Where the answer proper stands, in the second version and in the first, which repeats it in its history. */
const ANSWER = /^(?:message\/content\/\d+\/text|text|chat_history\/\d+\/message)$/

export function createCohere(): Provider {
  return {
    name: 'cohere',
    route: (method, path) => OPERATIONS.find((one) => one.method === method && one.path === path) ?? (KNOWN.test(path) && !path.includes('..') && !path.includes('//') ? 'denied' : undefined),
    describe: (operation, body) => (operation.method === 'GET' ? bodilessCall(operation, body) : describeCohere(operation, body)),
    answer,
    refuse: (error, ex) => ({ status: error.status, headers: refusalHeaders(error), body: Buffer.from(refusalBody(error, ex)) }),
    headers: ['x-client-name'],
    credentialHeaders: ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'],
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
  }
}

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel): AnswerCodec {
  const { masking } = stateOf(call)
  const open = openAnswer(openAny, call, ANSWER)
  if (isSse(reply.contentType)) return new StreamAnswer(sseFraming(), EVENTS, open, masking)
  // Lines, for clients of the first version.
  if (/^application\/(?:stream\+json|x-ndjson)\b/i.test(reply.contentType)) return new StreamAnswer(ndjsonFraming(), LINES, open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (isJson(reply.contentType) || (failed && reply.contentType === '')) return new WholeAnswer(walkCohere, open, { masking, emptyIsFine: failed })
  throw unreadableType(reply.contentType)
}

const event: StreamDialect['event'] = (root, walk) => (walkCohereEvent(root, walk) ? 'last' : 'pass')

const EVENTS: StreamDialect = {
  sentinel: '[DONE]',
  event,
  // Its clients know no error event: a last event that says what happened, and that it did not complete.
  fail: (error, ex) => `event: message-end\ndata: ${JSON.stringify({ type: 'message-end', delta: { finish_reason: 'ERROR', error: refusalText(error, ex) } })}\n\n`,
  frame: namedFrame,
}

const LINES: StreamDialect = {
  event,
  fail: (error, ex) => `${JSON.stringify({ is_finished: true, event_type: 'stream-end', finish_reason: 'ERROR', response: { text: '', finish_reason: 'ERROR' }, error: refusalText(error, ex) })}\n`,
  frame: (data, ending) => data + ending,
}

function refusalBody(error: CountersignError, ex: string | null): string {
  return JSON.stringify({ message: refusalText(error, ex) })
}
