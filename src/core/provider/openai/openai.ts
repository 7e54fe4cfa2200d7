/** OpenAI's dialect, which many servers speak: chat completions, models. */
import { CountersignError, type RefusalKind } from '../../../protocol/errors.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider, Refusal } from '../provider.ts'
import { refusalCode, refusalHeaders, refusalText } from '../refusal.ts'
import { SseAnswer, type SseDialect } from '../sseAnswer.ts'
import { isJson, isSse, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { member } from '../../json/edit.ts'
import { isUsageOnly, walkChat, walkUsage } from './chatAnswer.ts'
import { describeChat } from './chatRequest.ts'
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

export function createOpenAi(): Provider {
  return {
    name: 'openai',
    route: routeOpenAi,
    describe,
    answer,
    refuse,
    credentialHeaders: ['authorization', 'api-key', 'x-api-key', 'x-goog-api-key', 'openai-organization', 'openai-project'],
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
  }
}

function describe(operation: Operation, body: Uint8Array): ModelCall {
  switch (operation.name) {
    case 'chat.completions':
      return describeChat(operation, body)
    case 'models.list':
      return bodilessCall(operation, body)
    default:
      throw new CountersignError('CS_NOT_INSPECTABLE', `${operation.name} cannot be inspected, so it is not let through. Nothing was sent.`)
  }
}

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, open: OpenChannel): AnswerCodec {
  const { masking, hidesUsage } = stateOf(call)
  if (isSse(reply.contentType)) return new SseAnswer(chatDialect(hidesUsage), open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (isJson(reply.contentType) || (failed && reply.contentType === '')) return new WholeAnswer(walkChat, open, { masking, emptyIsFine: failed })
  throw unreadableType(reply.contentType)
}

function chatDialect(hidesUsage: boolean): SseDialect {
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
    fail: (error, ex) => `data: ${refusalBody(error, ex)}\n\n`,
    frame: (data, ending) => `data: ${data}${ending}${ending}`,
  }
}

function refuse(error: CountersignError, ex: string | null): Refusal {
  return { status: error.status, headers: refusalHeaders(error), body: Buffer.from(refusalBody(error, ex)) }
}

function refusalBody(error: CountersignError, ex: string | null): string {
  return JSON.stringify({ error: { message: refusalText(error, ex), type: TYPES[error.kind], param: null, code: refusalCode(error) } })
}
