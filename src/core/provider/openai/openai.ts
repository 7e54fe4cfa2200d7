/** OpenAI's dialect, which many servers speak: chat completions, responses, embeddings, legacy completions, moderations, models. */
import { CountersignError, type RefusalKind } from '../../../protocol/errors.ts'
import { sseFraming } from '../../framing/sse.ts'
import { openAnswer } from '../answersJson.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider, Refusal } from '../provider.ts'
import type { Variant } from '../requiredModel.ts'
import { refusalCode, refusalHeaders, refusalText } from '../refusal.ts'
import { namedFrame, StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import type { Walk } from '../walk.ts'
import { isJson, isSse, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { member } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { isUsageOnly, walkChat, walkUsage } from './chatAnswer.ts'
import { describeChat } from './chatRequest.ts'
import { walkList } from './otherAnswers.ts'
import { describeCompletions, describeEmbeddings, describeModerations } from './otherRequests.ts'
import { walkResponse, walkResponsesEvent } from './responsesAnswer.ts'
import { describeResponses } from './responsesRequest.ts'
import { routeOpenAi } from './routes.ts'

const TYPES: Readonly<Record<RefusalKind, string>> = {
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  invalid_request: 'invalid_request_error',
  too_large: 'invalid_request_error',
  upstream: 'server_error',
  unavailable: 'server_error',
}

export interface OpenAiOptions extends Variant {
  /** Name of the route: policy and records tell servers of the same dialect apart by it. */
  readonly name?: string
  /** Its clients' own, that change what a call does. */
  readonly headers?: readonly string[]
}

/** OpenAI itself, and every server that speaks its dialect under a name of its own. */
export function createOpenAi({ name = 'openai', headers = [], ...variant }: OpenAiOptions = {}): Provider {
  return {
    name,
    route: routeOpenAi,
    describe: (operation, body) => describeOpenAi(operation, body, variant),
    answer,
    refuse,
    headers,
    credentialHeaders: ['authorization', 'api-key', 'x-api-key', 'x-goog-api-key', 'openai-organization', 'openai-project'],
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
  }
}

export function describeOpenAi(operation: Operation, body: Uint8Array, variant: Variant): ModelCall {
  return handlingOf(operation).describe(operation, body, variant)
}

interface Handling {
  describe(operation: Operation, body: Uint8Array, variant: Variant): ModelCall
  /** A whole answer, or an error. */
  visit(root: JsonNode, walk: Walk): void
  /** Absent for operations that never stream. */
  dialect?(hidesUsage: boolean): StreamDialect
}

const HANDLINGS: Readonly<Record<string, Handling>> = {
  'chat.completions': { describe: describeChat, visit: walkChat, dialect: chatDialect },
  completions: { describe: describeCompletions, visit: walkChat, dialect: chatDialect },
  responses: { describe: describeResponses, visit: walkResponse, dialect: responsesDialect },
  embeddings: { describe: describeEmbeddings, visit: walkList },
  moderations: { describe: describeModerations, visit: walkList },
  'models.list': { describe: bodilessCall, visit: walkList },
}

function handlingOf(operation: Operation): Handling {
  const handling = Object.hasOwn(HANDLINGS, operation.name) ? HANDLINGS[operation.name] : undefined
  if (!handling) throw new CountersignError('CS_NOT_INSPECTABLE', `${operation.name} cannot be inspected, so it is not let through. Nothing was sent.`)
  return handling
}

/** Where the answer proper stands: in chat completions (Mistral's in pieces), completions and responses. */
const ANSWER = /^(?:choices\/\d+\/(?:message\/content(?:\/text\/text)?|text)|output\/\d+\/content\/\d+\/text)$/

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel): AnswerCodec {
  const { masking, hidesUsage } = stateOf(call)
  const handling = handlingOf(call.operation)
  const open = openAnswer(openAny, call, ANSWER)
  const failed = reply.status < 200 || reply.status > 299
  if (handling.dialect && isSse(reply.contentType)) return new StreamAnswer(sseFraming(), handling.dialect(hidesUsage), open, masking)
  if (isJson(reply.contentType) || (failed && reply.contentType === '')) return new WholeAnswer((root, walk) => { handling.visit(root, walk) }, open, { masking, emptyIsFine: failed })
  throw unreadableType(reply.contentType)
}

function chatDialect(hidesUsage: boolean): StreamDialect {
  return {
    sentinel: '[DONE]',
    event(root, walk) {
      if (hidesUsage && isUsageOnly(root)) {
        const usage = member(root, 'usage')
        if (usage) walkUsage(usage, walk)
        return 'drop'
      }
      walkChat(root, walk)
      // An error of the provider's own ends the answer; clients see it as what it is.
      return member(root, 'error')?.type === 'object' ? 'last' : 'pass'
    },
    fail: (error, ex) => `data: ${JSON.stringify({ error: refusalError(error, ex) })}\n\n`,
    frame: (data, ending) => `data: ${data}${ending}${ending}`,
  }
}

function responsesDialect(): StreamDialect {
  return {
    sentinel: '[DONE]',
    event: (root, walk) => (walkResponsesEvent(root, walk) ? 'last' : 'pass'),
    fail(error, ex) {
      const { message, code, param, type } = refusalError(error, ex)
      return `event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param, error: { message, type, param, code } })}\n\n`
    },
    frame: namedFrame,
  }
}

function refuse(error: CountersignError, ex: string | null): Refusal {
  return { status: error.status, headers: refusalHeaders(error), body: Buffer.from(JSON.stringify({ error: refusalError(error, ex) })) }
}

function refusalError(error: CountersignError, ex: string | null): { message: string; type: string; param: null; code: string } {
  return { message: refusalText(error, ex), type: TYPES[error.kind], param: null, code: refusalCode(error) }
}
