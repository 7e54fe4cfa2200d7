/** Ollama's own dialect: lines of JSON, models that stream unless told not to. */
import type { CountersignError } from '../../../protocol/errors.ts'
import { ndjsonFraming } from '../../framing/ndjson.ts'
import { openAnswer } from '../answersJson.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import { isJson, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { walkOllama } from './answer.ts'
import { describeOllama } from './request.ts'

const OPERATIONS: readonly Operation[] = [
  { name: 'chat', method: 'POST', path: '/api/chat' },
  { name: 'generate', method: 'POST', path: '/api/generate' },
  { name: 'embed', method: 'POST', path: '/api/embed' },
  { name: 'embeddings', method: 'POST', path: '/api/embeddings' },
  { name: 'show', method: 'POST', path: '/api/show' },
  { name: 'models.list', method: 'GET', path: '/api/tags' },
  { name: 'version', method: 'GET', path: '/api/version' },
]
/** Building, fetching and giving away models: files, not calls. */
const KNOWN = /^\/api\/(?:chat|generate|embed|embeddings|show|tags|version|create|push|pull|blobs|copy|delete|ps|web_search|web_fetch|me|signout)(?:\/[\w:.-]*)?$/

/** Where the answer proper stands. */
const ANSWER = /^(?:message\/content|response)$/

export function createOllama(): Provider {
  return {
    name: 'ollama',
    route: (method, path) => OPERATIONS.find((one) => one.method === method && one.path === path) ?? (KNOWN.test(path) && !path.includes('..') ? 'denied' : undefined),
    describe: (operation, body) => (operation.method === 'GET' ? bodilessCall(operation, body) : describeOllama(operation, body)),
    answer,
    refuse: (error, ex) => ({ status: error.status, headers: refusalHeaders(error), body: Buffer.from(refusalBody(error, ex)) }),
    credentialHeaders: ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'],
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
  }
}

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel): AnswerCodec {
  const { masking } = stateOf(call)
  const open = openAnswer(openAny, call, ANSWER)
  if (/^application\/(?:x-)?ndjson\b/i.test(reply.contentType)) return new StreamAnswer(ndjsonFraming(), DIALECT, open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (isJson(reply.contentType) || (failed && reply.contentType === ''))
    return new WholeAnswer((root, walk) => { walkOllama(root, walk) }, open, { masking, emptyIsFine: failed })
  throw unreadableType(reply.contentType)
}

const DIALECT: StreamDialect = {
  event: (root, walk) => (walkOllama(root, walk) ? 'last' : 'pass'),
  fail: (error, ex) => `${refusalBody(error, ex)}\n`,
  frame: (data, ending) => data + ending,
}

function refusalBody(error: CountersignError, ex: string | null): string {
  return JSON.stringify({ error: refusalText(error, ex) })
}
