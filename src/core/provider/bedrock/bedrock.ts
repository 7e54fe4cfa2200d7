/** Bedrock's runtime: Converse and InvokeModel, streamed in Amazon's binary messages. The model stands in the path. */
import { CountersignError, type RefusalKind } from '../../../protocol/errors.ts'
import { encodeMessage, eventStreamFraming, type Wrapping } from '../../framing/eventStream.ts'
import { member, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { walkEvent, walkMessage } from '../anthropic/messagesAnswer.ts'
import { describeMessages } from '../anthropic/messagesRequest.ts'
import { keepSignedThinking, type SignedThinking } from '../anthropic/thinking.ts'
import { openAnswer } from '../answersJson.ts'
import { stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import type { Walk } from '../walk.ts'
import { isJson, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { walkConverse, walkConverseEvent } from './converseAnswer.ts'
import { describeConverse, GUARDRAIL } from './converseRequest.ts'
import { describeForeign, walkForeign } from './invoke.ts'

const EXCEPTIONS: Readonly<Record<RefusalKind, string>> = {
  authentication: 'AccessDeniedException',
  permission: 'AccessDeniedException',
  not_found: 'ResourceNotFoundException',
  invalid_request: 'ValidationException',
  too_large: 'ValidationException',
  upstream: 'ModelErrorException',
  unavailable: 'ServiceUnavailableException',
}
const HEADERS = ['trace', 'performanceconfig-latency', 'service-tier', 'accept'].map((name) => `x-amzn-bedrock-${name}`)
/** Guardrails of InvokeModel stand in headers. */
const GUARDS = { 'x-amzn-bedrock-guardrailidentifier': GUARDRAIL, 'x-amzn-bedrock-guardrailversion': /^(?:[1-9]\d{0,7}|DRAFT)$/ }
const CALL = /^\/model\/([^/]{1,600})\/(converse|converse-stream|invoke|invoke-with-response-stream)$/
const MODEL = /^[A-Za-z0-9][A-Za-z0-9.:/_-]{0,300}$/
const KNOWN = /^\/(?:model|async-invoke|guardrail|foundation-models|inference-profiles|agents|knowledgebases|retrieveAndGenerate|flows)(?:\/[\w.:%/-]*)?$/

/** Where the answer proper stands: in Converse, in messages, and in the chat completions that other makers' models speak. */
const ANSWER = /^(?:(?:output\/message\/)?content\/\d+\/text|choices\/\d+\/(?:message|delta)\/content)$/

export function createBedrock(): Provider {
  const thinking = keepSignedThinking()
  return {
    name: 'bedrock',
    route,
    describe: (operation, body) => describe(operation, body, thinking),
    answer: (call, reply, open) => answer(call, reply, open, thinking),
    refuse: (error, ex) => ({
      status: error.status,
      headers: { ...refusalHeaders(error), 'x-amzn-errortype': EXCEPTIONS[error.kind] },
      body: Buffer.from(JSON.stringify({ message: refusalText(error, ex) })),
    }),
    headers: HEADERS,
    guards: GUARDS,
    credentialHeaders: ['authorization', 'x-amz-security-token', 'x-amz-date', 'x-amz-content-sha256', 'x-api-key', 'api-key', 'x-goog-api-key'],
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
  }
}

/** Clients encode a model's name in ways of their own; it is decoded once, must be plain then, and leaves in one spelling. */
function route(method: string, path: string): Operation | 'denied' | undefined {
  const [, encoded = '', name = ''] = CALL.exec(path) ?? []
  if (method !== 'POST' || name === '') return KNOWN.test(path) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
  const model = decoded(encoded)
  return model === undefined ? undefined : { name, method, path: `/model/${encodeURIComponent(model)}/${name}` }
}

function decoded(encoded: string): string | undefined {
  if (/%(?!2[Ff]|3[Aa])/.test(encoded)) return undefined
  const model = encoded.replaceAll(/%2f/gi, '/').replaceAll(/%3a/gi, ':')
  return MODEL.test(model) && !model.includes('//') && !model.includes('..') ? model : undefined
}

function modelOf(operation: Operation): string {
  return decoded(CALL.exec(operation.path)?.[1] ?? '') ?? ''
}

function isAnthropic(model: string): boolean {
  return /(?:^|[./])anthropic\./.test(model)
}

function describe(operation: Operation, body: Uint8Array, thinking: SignedThinking): ModelCall {
  const model = modelOf(operation)
  if (operation.name.startsWith('converse')) return describeConverse(operation, body, model)
  return isAnthropic(model) ? describeMessages(operation, body, thinking, { model }) : describeForeign(operation, body, model)
}

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel, thinking: SignedThinking): AnswerCodec {
  const { masking } = stateOf(call)
  const open = openAnswer(openAny, call, ANSWER)
  const visit = visitorOf(call, thinking)
  if (/^application\/vnd\.amazon\.eventstream\b/i.test(reply.contentType))
    return new StreamAnswer(eventStreamFraming(call.operation.name.startsWith('invoke') ? BYTES : undefined), dialectOf(call, visit.event), open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (isJson(reply.contentType) || (failed && reply.contentType === '')) return new WholeAnswer(visit.whole, open, { masking, emptyIsFine: failed })
  throw unreadableType(reply.contentType)
}

interface Visitor {
  readonly whole: (root: JsonNode, walk: Walk) => void
  /** @returns true when the stream may end after it */
  readonly event: (root: JsonNode, walk: Walk, name: string | undefined) => boolean
}

function visitorOf(call: ModelCall, thinking: SignedThinking): Visitor {
  if (call.operation.name.startsWith('converse')) return { whole: walkConverse, event: walkConverseEvent }
  if (!isAnthropic(modelOf(call.operation))) return { whole: walkForeign, event: walkForeign }
  const onSignature = (walk: Walk) => (path: string, signature: string): void => {
    walk.pairOf(path, (masked, original) => { if (masked !== original) thinking.keep(signature, masked, original) })
  }
  return {
    whole: (root, walk) => { walkMessage(root, walk, onSignature(walk)) },
    event: (root, walk) => walkEvent(root, walk, onSignature(walk)),
  }
}

/** Texts of Converse and of messages end with their blocks; those of others only with the stream. */
function dialectOf(call: ModelCall, event: Visitor['event']): StreamDialect {
  const converse = call.operation.name.startsWith('converse')
  return {
    event(root, walk, name) {
      if (name?.endsWith('Exception')) {
        walk.unknown(root, 'error', true)
        return 'last'
      }
      return event(root, walk, name) ? 'enough' : 'pass'
    },
    fail: (error, ex) =>
      encodeMessage(
        { ':message-type': 'exception', ':exception-type': 'modelStreamErrorException', ':content-type': 'application/json' },
        JSON.stringify({ message: refusalText(error, ex) }),
      ),
    frame: (data) =>
      encodeMessage(
        { ':event-type': converse ? 'contentBlockDelta' : 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
        converse ? data : JSON.stringify({ bytes: Buffer.from(data).toString('base64') }),
      ),
  }
}

const UNREADABLE = { code: 'CS_UPSTREAM_NONSENSE', what: 'an event of the upstream', halves: true } as const

/** The answer of a model's own dialect stands in base64 inside the message. */
const BYTES: Wrapping = {
  unwrap(payload) {
    const bytes = textOf(member(readJson(payload, UNREADABLE), 'bytes'))
    if (bytes === undefined) throw new CountersignError('CS_UPSTREAM_NONSENSE', 'the upstream sent a message without its bytes; the answer stops here.')
    return decodeUtf8(Buffer.from(bytes, 'base64'), UNREADABLE)
  },
  wrap: (payload, data) => JSON.stringify({ ...(JSON.parse(payload) as object), bytes: Buffer.from(data).toString('base64') }),
}
