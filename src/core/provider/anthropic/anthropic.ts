/** Anthropic's dialect: messages, counting their tokens, the list of models. */
import { CountersignError, type RefusalKind } from '../../../protocol/errors.ts'
import { sseFraming } from '../../framing/sse.ts'
import { openAnswer } from '../answersJson.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { namedFrame, StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import { isJson, isSse, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { walkEvent, walkMessage } from './messagesAnswer.ts'
import { describeMessages } from './messagesRequest.ts'
import { keepSignedThinking, type SignedThinking } from './thinking.ts'

const TYPES: Readonly<Record<RefusalKind, string>> = {
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  invalid_request: 'invalid_request_error',
  too_large: 'request_too_large',
  upstream: 'api_error',
  unavailable: 'api_error',
}

const OPERATIONS: readonly Operation[] = [
  { name: 'messages', method: 'POST', path: '/v1/messages' },
  { name: 'messages.count_tokens', method: 'POST', path: '/v1/messages/count_tokens' },
  { name: 'models.list', method: 'GET', path: '/v1/models' },
]

/** Uploads, stored context, batches, agents, administration: known, and not to be inspected here. */
const DENIED = /^\/v1\/(?:messages|models|complete|files|skills|sessions|agents|environments|memory_stores|vaults|organizations|experimental|oauth)(?:\/[\w./-]*)?$/

/** Where the answer proper stands. */
const ANSWER = /^content\/\d+\/text$/

export function createAnthropic(): Provider {
  const thinking = keepSignedThinking()
  return {
    name: 'anthropic',
    route,
    describe: (operation, body) => describe(operation, body, thinking),
    answer: (call, reply, open) => answerMessages(call, reply, open, thinking),
    refuse: (error, ex) => ({ status: error.status, headers: refusalHeaders(error), body: Buffer.from(refusalBody(error, ex)) }),
    credentialHeaders: ['x-api-key', 'authorization', 'api-key', 'x-goog-api-key'],
    authorize: (key) => ({ 'x-api-key': key }),
  }
}

/** The SDK marks its beta calls by a query; it changes nothing in what is read here. */
function route(method: string, path: string, query = ''): Operation | 'denied' | undefined {
  const operation = OPERATIONS.find((one) => one.method === method && one.path === path)
  if (operation) return query === 'beta=true' ? { ...operation, path: `${operation.path}?${query}` } : operation
  return DENIED.test(path) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
}

function describe(operation: Operation, body: Uint8Array, thinking: SignedThinking): ModelCall {
  switch (operation.name) {
    case 'messages':
    case 'messages.count_tokens':
      return describeMessages(operation, body, thinking)
    case 'models.list':
      return bodilessCall(operation, body)
    default:
      throw new CountersignError('CS_NOT_INSPECTABLE', `${operation.name} cannot be inspected, so it is not let through. Nothing was sent.`)
  }
}

/** Answers to messages, here and on Vertex. */
export function answerMessages(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel, thinking: SignedThinking): AnswerCodec {
  const { masking } = stateOf(call)
  const open = openAnswer(openAny, call, ANSWER)
  const keep = (signature: string, masked: string, original: string): void => {
    if (masked !== original) thinking.keep(signature, masked, original)
  }
  if (isSse(reply.contentType)) return new StreamAnswer(sseFraming(), dialect(keep), open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (isJson(reply.contentType) || (failed && reply.contentType === ''))
    return new WholeAnswer(
      (root, walk) => {
        walkMessage(root, walk, (path, signature) => { walk.pairOf(path, (masked, original) => { keep(signature, masked, original) }) })
      },
      open,
      { masking, emptyIsFine: failed },
    )
  throw unreadableType(reply.contentType)
}

function dialect(keep: (signature: string, masked: string, original: string) => void): StreamDialect {
  return {
    event: (root, walk) =>
      walkEvent(root, walk, (path, signature) => { walk.pairOf(path, (masked, original) => { keep(signature, masked, original) }) }) ? 'last' : 'pass',
    fail: (error, ex) => `event: error\ndata: ${refusalBody(error, ex)}\n\n`,
    frame: namedFrame,
  }
}

function refusalBody(error: CountersignError, ex: string | null): string {
  return JSON.stringify({ type: 'error', error: { type: TYPES[error.kind], message: refusalText(error, ex) }, ...(ex === null ? {} : { request_id: ex }) })
}
