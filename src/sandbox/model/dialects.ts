/** Which dialect a path of the simulated model speaks. */
import { askedOfAnthropic, countAnthropic, errorAnthropic, streamedAnthropic, wholeAnthropic } from './anthropic.ts'
import { askedOfConverse, askedOfInvoke, errorBedrock, streamedConverse, streamedInvoke, wholeConverse } from './bedrock.ts'
import { askedOfCohere, askedOfCohereOne, errorCohere, streamedCohere, streamedCohereOne, wholeCohere, wholeCohereOne } from './cohere.ts'
import { askedOfGemini, errorGemini, streamedGemini, streamsAsArray, wholeGemini } from './gemini.ts'
import { askedOfHuggingFace, errorHuggingFace, streamedHuggingFace, wholeHuggingFace } from './huggingface.ts'
import { askedOfOllama, embedOllama, errorOllama, streamedOllama, wholeOllama } from './ollama.ts'
import { askedOfOpenAi, errorOpenAi, streamedOpenAi, wholeOpenAi } from './openai.ts'
import { askedOfEmbeddings, askedOfResponses, streamedResponses, wholeEmbeddings, wholeResponses } from './responses.ts'
import type { Traits } from './traits.ts'
import { answerTo, type Asked } from './words.ts'

type Body = Record<string, unknown>

export interface Dialect {
  /** @param path as received, with its query: some dialects name the model there */
  asked(body: Body, path: string): Asked
  whole(body: Body, asked: Asked, traits: Traits): string
  /** Events, each framed. Absent for what never streams. */
  streamed?(body: Body, asked: Asked, traits: Traits, path: string): readonly (string | Buffer)[]
  /** Default: the body's `stream`. */
  streams?(body: Body, path: string): boolean
  /** Media type of a stream; default: events. */
  type?(path: string): string
  error(status: number, message: string): string
}

const EVENT_STREAM = 'application/vnd.amazon.eventstream'

const chat: Dialect = {
  asked: askedOfOpenAi,
  whole: (body, asked, traits) => wholeOpenAi(body, asked, answerTo(asked, traits)),
  streamed: (body, asked, traits) => streamedOpenAi(body, asked, answerTo(asked, traits)),
  error: errorOpenAi,
}
const mistral: Dialect = { ...chat, streamed: (body, asked, traits) => streamedOpenAi(body, asked, answerTo(asked, traits), false) }
const responses: Dialect = {
  asked: askedOfResponses,
  whole: (body, asked, traits) => wholeResponses(body, asked, answerTo(asked, traits)),
  streamed: (body, asked, traits) => streamedResponses(body, asked, answerTo(asked, traits)),
  error: errorOpenAi,
}
const embeddings: Dialect = { asked: askedOfEmbeddings, whole: wholeEmbeddings, error: errorOpenAi }
const messages: Dialect = {
  asked: askedOfAnthropic,
  whole: (_body, asked, traits) => wholeAnthropic(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedAnthropic(asked, answerTo(asked, traits)),
  error: errorAnthropic,
}
const vertexMessages: Dialect = { ...messages, asked: (body, path) => ({ ...askedOfAnthropic(body), model: /\/models\/([^:/]+):/.exec(path)?.[1] ?? '' }) }
const count: Dialect = { asked: askedOfAnthropic, whole: (_body, asked) => countAnthropic(asked), error: errorAnthropic }
const gemini: Dialect = {
  asked: askedOfGemini,
  whole: (_body, asked, traits) => wholeGemini(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits, path) => streamedGemini(asked, answerTo(asked, traits), path),
  type: (path) => (streamsAsArray(path) ? 'application/json; charset=UTF-8' : 'text/event-stream'),
  streams: (_body, path) => path.includes(':streamGenerateContent'),
  error: errorGemini,
}
const huggingFace: Dialect = {
  asked: askedOfHuggingFace,
  whole: (_body, asked, traits) => wholeHuggingFace(answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedHuggingFace(answerTo(asked, traits)),
  error: errorHuggingFace,
}
const ollama: Dialect = {
  asked: askedOfOllama,
  whole: (_body, asked, traits) => wholeOllama(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedOllama(asked, answerTo(asked, traits)),
  streams: (body) => body['stream'] !== false,
  type: () => 'application/x-ndjson',
  error: errorOllama,
}
const cohere: Dialect = {
  asked: askedOfCohere,
  whole: (_body, asked, traits) => wholeCohere(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedCohere(asked, answerTo(asked, traits)),
  error: errorCohere,
}
const cohereOne: Dialect = {
  asked: askedOfCohereOne,
  whole: (_body, asked, traits) => wholeCohereOne(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedCohereOne(asked, answerTo(asked, traits)),
  type: () => 'application/stream+json',
  error: errorCohere,
}
const converse: Dialect = {
  asked: askedOfConverse,
  whole: (_body, asked, traits) => wholeConverse(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedConverse(asked, answerTo(asked, traits)),
  streams: (_body, path) => path.endsWith('/converse-stream'),
  type: () => EVENT_STREAM,
  error: errorBedrock,
}
const invoke: Dialect = {
  asked: askedOfInvoke,
  whole: (_body, asked, traits) => wholeAnthropic(asked, answerTo(asked, traits)),
  streamed: (_body, asked, traits) => streamedInvoke(asked, answerTo(asked, traits)),
  streams: (_body, path) => path.endsWith('-with-response-stream'),
  type: () => EVENT_STREAM,
  error: errorBedrock,
}

const PATHS: readonly (readonly [path: RegExp, dialect: Dialect])[] = [
  [/^\/(?:v1|openai\/deployments\/[^/]+|openai\/v1)\/chat\/completions$/, chat],
  [/^\/mistral\/v1\/chat\/completions$/, mistral],
  [/^\/(?:openai\/)?v1\/responses$/, responses],
  [/^\/(?:v1|openai\/deployments\/[^/]+|openai\/v1)\/embeddings$/, embeddings],
  [/^\/v1\/messages$/, messages],
  [/^\/v1\/messages\/count_tokens$/, count],
  [/^\/v1(?:beta1?)?(?:\/projects\/[^/]+\/locations\/[^/]+)?(?:\/publishers\/google)?\/models\/[^/]+:(?:streamG|g)enerateContent$/, gemini],
  [/^\/v1\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/[^/]+:(?:streamR|r)awPredict$/, vertexMessages],
  [/^\/models\/[\w./-]+$/, huggingFace],
  [/^\/api\/chat$/, ollama],
  [/^\/api\/embed$/, { asked: askedOfOllama, whole: embedOllama, error: errorOllama }],
  [/^\/v2\/chat$/, cohere],
  [/^\/v1\/chat$/, cohereOne],
  [/^\/model\/[^/]+\/converse(?:-stream)?$/, converse],
  [/^\/model\/[^/]+\/invoke(?:-with-response-stream)?$/, invoke],
]

export function dialectOf(method: string, path: string): Dialect | undefined {
  const plain = path.replace(/\?.*$/, '')
  return method === 'POST' ? PATHS.find(([known]) => known.test(plain))?.[1] : undefined
}
