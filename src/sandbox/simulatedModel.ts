/**
 * A model provider for trials and tests: real wire, words of our own. It says that it is simulated, quotes the records it was
 * given, and keeps every byte it received, so that a test can assert there what left the machine. It answers 401 to any key
 * but the one the hub leases to agents, sent as such or as the secret of Amazon's signature. Everything is deterministic.
 *
 * Wire: OpenAI `POST /v1/chat/completions` (streamed or not, tools, n, logprobs, usage, json_schema), `/v1/responses`,
 * `/v1/embeddings` and `GET /v1/models`, under Azure's paths too; Anthropic `POST /v1/messages` (streamed or not, tools, thinking) and
 * `POST /v1/messages/count_tokens`; Gemini, Ollama, Cohere (both versions) and Bedrock (Converse, InvokeModel): chat with tools, streamed or not. LangSmith: `GET /info` and what tracers send.
 *
 * Steered by the model's name or by a marker in a message, `[[simulate: cut-1]]`; parts combine (`simulated-tools-cut-3`):
 *   simulated-1          answers in words
 *   simulated-echo       says the last message back
 *   simulated-tools      calls the first tool offered, with values of the first record; after a result it answers in words
 *   simulated-every      calls every tool offered, in one answer
 *   simulated-thinking   thinks first (Anthropic: a signed block)
 *   simulated-times-50   says everything 50 times
 *   simulated-cut-1      sends chunks of 1 byte, wherever that cuts
 *   simulated-wait-300   waits 300 ms before it answers
 *   simulated-slow       waits 50 ms between events
 *   simulated-stall      stops in the middle and keeps the connection
 *   simulated-break      breaks the connection in the middle
 *   simulated-truncate   ends in the middle as if it were the end
 *   simulated-silent     never answers
 *   simulated-nonsense   answers with HTML that quotes the prompt
 *   simulated-garbled    streams events that are no JSON
 *   simulated-500        answers with that error status (any 4xx or 5xx), quoting the prompt
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { isSignedWith } from './model/awsSignature.ts'
import { dialectOf, type Dialect } from './model/dialects.ts'
import { langSmith } from './model/langsmith.ts'
import { errorOpenAi, MODELS } from './model/openai.ts'
import { traitsOf, type Traits } from './model/traits.ts'
import { asObject } from './model/words.ts'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface SimulatedModel {
  /** Origin, without `/v1`. */
  readonly url: string
  readonly key: string
  /** Every call with the right key, oldest first. */
  readonly received: readonly Received[]
  close(): Promise<void>
}

export interface SimulatedModelOptions {
  readonly key: string
  readonly host?: string
  readonly port?: number
}

export async function startSimulatedModel({ key, host = '127.0.0.1', port = 0 }: SimulatedModelOptions): Promise<SimulatedModel> {
  const received: Received[] = []
  const server = createServer({ noDelay: true }, (request, response) => {
    serve(request, response, key, received).catch((error: unknown) => {
      // A client that went away; nobody is left to tell.
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `http://${host}:${address.port}`,
    key,
    received,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, key: string, received: Received[]): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const call: Received = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
  const dialect = dialectOf(call.method, call.path)
  const errorOf = (status: number, message: string): string => dialect?.error(status, message) ?? errorOpenAi(status, message)
  if (!isKey(call.headers, key) && !isSignedWith(call, key)) {
    whole(response, 401, errorOf(401, 'The simulated model knows one key, and this is not it.'))
    return
  }
  received.push(call)
  if (`${call.method} ${call.path}` === 'GET /v1/models') {
    whole(response, 200, MODELS)
    return
  }
  const traced = langSmith(call.method, call.path)
  if (traced) {
    whole(response, traced.status, traced.body)
    return
  }
  const body = parsed(call.body)
  if (!dialect || !body) {
    whole(response, dialect ? 400 : 404, errorOf(dialect ? 400 : 404, dialect ? 'The body is not a JSON object.' : `The simulated model has no ${call.method} ${call.path}.`))
    return
  }
  await answer(response, dialect, { body, path: call.path })
}

async function answer(response: ServerResponse, dialect: Dialect, { body, path }: { body: Record<string, unknown>; path: string }): Promise<void> {
  const asked = dialect.asked(body, path)
  const traits = traitsOf(asked.model, asked.texts.join('\n'))
  const prompt = asked.texts.join('\n').slice(0, 2000)
  if (traits.wait > 0) await wait(traits.wait)
  if (traits.silent) {
    await once(response, 'close')
  } else if (traits.status !== undefined) {
    whole(response, traits.status, dialect.error(traits.status, `The simulated model fails as it was told to. It was given: ${prompt}`))
  } else if (traits.nonsense) {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<html><body>Not what you asked for: ${prompt}</body></html>`)
  } else if (dialect.streamed && (dialect.streams?.(body, path) ?? body['stream'] === true)) {
    const frames = dialect.streamed(body, asked, traits, path)
    response.writeHead(200, { 'content-type': dialect.type?.(path) ?? 'text/event-stream', 'cache-control': 'no-cache', 'x-request-id': 'req_simulated' })
    await send(response, traits.garbled ? ['data: {"garbled": \n\n', ...frames] : frames, traits)
  } else {
    const bytes = Buffer.from(dialect.whole(body, asked, traits))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length, 'x-request-id': 'req_simulated' })
    await send(response, [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)], traits)
  }
}

async function send(response: ServerResponse, frames: readonly (string | Buffer)[], traits: Traits): Promise<void> {
  response.flushHeaders()
  const shown = traits.ending === 'whole' ? frames : frames.slice(0, Math.ceil(frames.length / 2))
  for (const chunk of traits.cut === undefined ? shown : cut(shown, traits.cut)) {
    if (response.destroyed) return
    if (!response.write(chunk)) await drained(response)
    if (traits.slow > 0) await wait(traits.slow)
    else if (traits.cut !== undefined) await nextTurn()
  }
  if (traits.ending === 'break') response.destroy()
  else if (traits.ending === 'stall') await once(response, 'close')
  else response.end()
}

async function drained(response: ServerResponse): Promise<void> {
  const waiting = new AbortController()
  const either = ['drain', 'close'].map((event) => once(response, event, { signal: waiting.signal }))
  await Promise.race(either)
  waiting.abort()
  await Promise.allSettled(either)
}

function cut(frames: readonly (string | Buffer)[], size: number): Buffer[] {
  const bytes = Buffer.concat(frames.map((frame) => Buffer.from(frame)))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

function whole(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_simulated' }).end(body)
}

/** Undefined for what is no JSON object. */
function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? asObject(value) : undefined
  } catch {
    // Answered with 400 by the caller.
    return undefined
  }
}

/** In constant time: the key is a secret also here, where a trial may be reached by other programs of the machine. */
function isKey(headers: IncomingHttpHeaders, key: string): boolean {
  const presented = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? headers['x-api-key'] ?? headers['api-key'] ?? headers['x-goog-api-key'] ?? ''
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(String(presented)), digest(key))
}
