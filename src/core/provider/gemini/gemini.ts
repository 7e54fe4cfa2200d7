/** Gemini's dialect: the model and the operation stand in the path, streams are events or one array of answers. */
import { CountersignError, type RefusalKind } from '../../../protocol/errors.ts'
import { CLOSING, jsonArrayFraming } from '../../framing/jsonArray.ts'
import { sseFraming } from '../../framing/sse.ts'
import { openAnswer } from '../answersJson.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider, Refusal } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import { isJson, isSse, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { walkGemini } from './answer.ts'
import { checkModel } from '../requiredModel.ts'
import { describeGemini } from './request.ts'

const STATUSES: Readonly<Record<RefusalKind, string>> = {
  authentication: 'UNAUTHENTICATED',
  permission: 'PERMISSION_DENIED',
  not_found: 'NOT_FOUND',
  invalid_request: 'INVALID_ARGUMENT',
  too_large: 'INVALID_ARGUMENT',
  upstream: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
}
const METHODS = new Set(['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent', 'batchEmbedContents'])
const CALL = /^\/(?:v1|v1beta|v1alpha)\/models\/([A-Za-z][\w.-]{0,100}):([A-Za-z]{1,40})$/
const KNOWN = /^\/(?:upload\/)?(?:v1|v1beta|v1alpha)\/(?:models|tunedModels|files|cachedContents|fileSearchStores|corpora|batches|operations|interactions|auth_tokens)(?:[/:][\w./:-]*)?$/

/** Where the answer proper stands. */
const ANSWER = /^candidates\/\d+\/content\/text$/

/** Who asks, where to lead it, how long the client waits, and from which share of the service it is answered. */
export const GOOGLE_HEADERS = ['x-goog-api-client', 'x-goog-request-params', 'x-server-timeout', 'x-vertex-ai-llm-request-type', 'x-vertex-ai-llm-shared-request-type']

export function createGemini(): Provider {
  return {
    name: 'gemini',
    route,
    describe,
    answer: answerGemini,
    refuse: refuseGemini,
    headers: GOOGLE_HEADERS,
    credentialHeaders: ['x-goog-api-key', 'authorization', 'x-api-key', 'api-key'],
    authorize: (key) => ({ 'x-goog-api-key': key }),
  }
}

/** `alt` chooses the framing; a key in the query ends here; everything else could be text. */
function route(method: string, path: string, query = ''): Operation | 'denied' | undefined {
  if (method === 'GET' && /^\/(?:v1|v1beta)\/models$/.test(path)) return { name: 'models.list', method, path }
  const [, , name = ''] = CALL.exec(path) ?? []
  if (method !== 'POST' || !METHODS.has(name)) return KNOWN.test(path) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
  const kept = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('key='))
  return { name, method, path: kept.length === 1 && /^alt=(?:sse|json)$/.test(kept[0] ?? '') ? `${path}?${kept[0] ?? ''}` : path }
}

function describe(operation: Operation, body: Uint8Array): ModelCall {
  if (operation.name === 'models.list') return bodilessCall(operation, body)
  const [, model] = CALL.exec(operation.path.replace(/\?.*$/, '')) ?? []
  if (model === undefined) throw new CountersignError('CS_NOT_INSPECTABLE', `${operation.name} cannot be inspected, so it is not let through. Nothing was sent.`)
  checkModel(model)
  return describeGemini(operation, body, model)
}

/** Answers of Gemini, here and on Vertex: events, a list that grows, or one document. */
export function answerGemini(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel): AnswerCodec {
  const { masking } = stateOf(call)
  const open = openAnswer(openAny, call, ANSWER)
  if (isSse(reply.contentType)) return new StreamAnswer(sseFraming(), EVENTS, open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (!isJson(reply.contentType) && !(failed && reply.contentType === '')) throw unreadableType(reply.contentType)
  return call.streaming && !failed ? new StreamAnswer(jsonArrayFraming(), LIST, open, masking) : new WholeAnswer(walkGemini, open, { masking, emptyIsFine: failed })
}

export function refuseGemini(error: CountersignError, ex: string | null): Refusal {
  return { status: error.status, headers: refusalHeaders(error), body: Buffer.from(refusalBody(error, ex)) }
}

const event: StreamDialect['event'] = (root, walk) => (walkGemini(root, walk) ? 'enough' : 'pass')

const EVENTS: StreamDialect = {
  event,
  fail: (error, ex) => `data: ${refusalBody(error, ex)}\r\n\r\n`,
  frame: (data, ending) => `data: ${data}${ending}${ending}`,
}

/** What travels in an element of its own goes behind another one, so a comma stands before it. */
const LIST: StreamDialect = {
  sentinel: CLOSING,
  event,
  // The list is not closed: no reader takes what came for the whole.
  fail: (error, ex) => `,${refusalBody(error, ex)}`,
  frame: (data) => `,${data}`,
}

function refusalBody(error: CountersignError, ex: string | null): string {
  return JSON.stringify({ error: { code: error.status, message: refusalText(error, ex), status: STATUSES[error.kind] } })
}
