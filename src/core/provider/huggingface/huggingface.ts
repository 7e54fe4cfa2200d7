/** Hugging Face's own inference: one model in the path, text on from a text, or vectors. Its chat speaks OpenAI's dialect elsewhere. */
import { CountersignError } from '../../../protocol/errors.ts'
import { sseFraming } from '../../framing/sse.ts'
import { isTrue, member } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { isJsonFormat, openAnswer } from '../answersJson.ts'
import { BodyCall, stateOf } from '../bodyCall.ts'
import { walkVectors } from '../gemini/answer.ts'
import { checkRoot, PartCollector } from '../parts.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { StreamAnswer, type StreamDialect } from '../streamAnswer.ts'
import { eachItem, eachMember, readUsage, walkDeep, type Walk } from '../walk.ts'
import { isJson, isSse, unreadableType, WholeAnswer } from '../wholeAnswer.ts'

const CALL = /^\/models\/([A-Za-z0-9][\w.-]{0,95}(?:\/[A-Za-z0-9][\w.-]{0,95})?)(?:\/pipeline\/(feature-extraction|sentence-similarity))?$/
const KNOWN = /^\/models(?:\/[\w./-]*)?$/
const NUMBERS = ['max_new_tokens', 'temperature', 'top_k', 'top_p', 'typical_p', 'repetition_penalty', 'frequency_penalty', 'best_of', 'seed', 'top_n_tokens', 'truncate', 'max_time', 'num_return_sequences', 'watermark']

/** Where the answer proper stands. */
const ANSWER = /^answers\/\d+\/generated_text$/

export function createHuggingFace(): Provider {
  return {
    name: 'huggingface-inference',
    route,
    describe,
    answer,
    refuse: (error, ex) => ({ status: error.status, headers: refusalHeaders(error), body: Buffer.from(refusalBody(error, ex)) }),
    credentialHeaders: ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'],
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
  }
}

function route(method: string, path: string): Operation | 'denied' | undefined {
  const [whole, model, pipeline] = CALL.exec(path) ?? []
  if (method === 'POST' && whole !== undefined && model?.includes('..') === false) return { name: pipeline === undefined ? 'text-generation' : 'embeddings', method, path }
  return KNOWN.test(path) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
}

function describe(operation: Operation, body: Uint8Array): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const c = new PartCollector(source)
  c.members(root, { path: '', role: 'user', origin: 'prompt' }, {
    // Models that look at pictures take them here too.
    inputs: (node, place) => {
      c.media(node)
      c.text(node, place)
    },
    parameters: (node, place) => { c.members(node, place, { ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])), stop: c.text, stop_sequences: c.text, grammar: c.schema }) },
  })
  if (c.parts.length === 0) throw new CountersignError('CS_MALFORMED', 'the body holds no inputs. Nothing was sent.')
  const answersJson = isJsonFormat(member(member(root, 'parameters'), 'grammar'))
  const [, model = ''] = CALL.exec(operation.path) ?? []
  return new BodyCall({ operation, model, streaming: operation.name === 'text-generation' && isTrue(member(root, 'stream')), body, root, collector: c, answersJson })
}

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, openAny: OpenChannel): AnswerCodec {
  const { masking } = stateOf(call)
  const open = openAnswer(openAny, call, ANSWER)
  if (isSse(reply.contentType)) return new StreamAnswer(sseFraming(), DIALECT, open, masking)
  const failed = reply.status < 200 || reply.status > 299
  if (!isJson(reply.contentType) && !(failed && reply.contentType === '')) throw unreadableType(reply.contentType)
  const visit = call.operation.name === 'embeddings' && !failed ? (root: JsonNode, walk: Walk): void => { walkVectors(root, 'vectors', walk) } : walkWhole
  return new WholeAnswer(visit, open, { masking, emptyIsFine: failed })
}

function walkWhole(root: JsonNode, walk: Walk): void {
  if (root.type === 'array') eachItem(walk, root, 'answers', (item, i) => { walkAnswer(item, `answers/${i}`, walk) })
  else walkAnswer(root, 'answers/0', walk)
}

/** @returns true for the last event of a stream: it holds the whole text once more, or an error */
function walkAnswer(root: JsonNode, at: string, walk: Walk): boolean {
  const text = { path: `${at}/generated_text`, kind: 'text' } as const
  const carry = (rest: string): string => JSON.stringify({ index: 0, token: { id: 0, text: rest, logprob: 0, special: false }, generated_text: null, details: null })
  let last = false
  const token = member(root, 'token')
  const spelled = member(token, 'text')
  if (spelled && !isTrue(member(token, 'special'))) walk.text(spelled, text, at, carry)
  eachMember(walk, root, at, (key, value, path) => {
    if (key === 'token') walkToken(value, path, walk)
    else if (key === 'top_tokens') {
      if (walk.masking) walk.replace(value, '[]')
    } else if (key === 'generated_text') {
      if (value.type === 'null') return
      last = true
      if (walk.streaming) walk.endNow(at)
      walk.copy(value, text)
    } else if (key === 'details') walkDetails(value, path, walk)
    else {
      last = last || key === 'error'
      walkDeep(walk, value, path)
    }
  })
  return last
}

/** Its number says what it spells, and how likely it was says something of it. */
function walkToken(node: JsonNode, at: string, walk: Walk): void {
  const special = isTrue(member(node, 'special'))
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'text' && !special) return
    if ((key === 'id' || key === 'logprob') && walk.masking) walk.replace(value, '0')
    else walkDeep(walk, value, path)
  })
}

function walkDetails(node: JsonNode, at: string, walk: Walk): void {
  if (node.type === 'null') return
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'finish_reason') walk.finish(value, path)
    else if (['tokens', 'prefill', 'top_tokens', 'best_of_sequences'].includes(key) && value.type !== 'null') {
      if (walk.masking) walk.replace(value, '[]')
    } else {
      if (key === 'generated_tokens') readUsage(walk, undefined, value)
      walkDeep(walk, value, path)
    }
  })
}

const DIALECT: StreamDialect = {
  sentinel: '[DONE]',
  event: (root, walk) => (walkAnswer(root, 'answers/0', walk) ? 'last' : 'pass'),
  fail: (error, ex) => `data:${refusalBody(error, ex)}\n\n`,
  frame: (data, ending) => `data:${data}${ending}${ending}`,
}

function refusalBody(error: CountersignError, ex: string | null): string {
  return JSON.stringify({ error: refusalText(error, ex), error_type: 'countersign' })
}
