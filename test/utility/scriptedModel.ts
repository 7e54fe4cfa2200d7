/** A model provider that speaks OpenAI's chat completions, streamed or not, and embeddings, and keeps every byte that reached it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerByReading, answerBySql, extracted, type Message, type Said } from './skills.ts'

export interface ScriptedModel {
  /** Base for an OpenAI client, with `/v1`. */
  readonly url: string
  readonly received: string[]
  close(): Promise<void>
}

/** A placeholder comes in several pieces. */
const PIECE = 5
const DIMENSIONS = 512

interface Body {
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly messages?: readonly { readonly role: string; readonly content?: string | readonly { readonly text?: string }[] | null }[]
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: { readonly properties?: object } } }[]
  readonly response_format?: { readonly json_schema?: { readonly schema: { readonly properties: object } } }
  readonly input?: string | readonly string[]
  readonly encoding_format?: string
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const received: string[] = []
  const server = createServer((request, response) => {
    answer(request, response, received).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: String(error), type: 'server_error' } }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    received,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, received: string[]): Promise<void> {
  let source = ''
  for await (const chunk of request.setEncoding('utf8')) source += String(chunk)
  received.push(`${request.url} ${JSON.stringify(request.headers)} ${source}`)
  const body = JSON.parse(source) as Body
  if (request.url?.endsWith('/embeddings')) {
    sendJson(response, embedded(body))
    return
  }
  const said = speak(body)
  if (body.stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events(body, said)) response.write(`data: ${event}\n\n`)
    response.end()
  } else sendJson(response, { ...head(nextId('chatcmpl')), object: 'chat.completion', choices: [{ index: 0, message: whole(said), finish_reason: finish(said) }], usage: USAGE })
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function speak(body: Body): Said {
  const messages: Message[] = (body.messages ?? []).map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join(''),
  }))
  const [tool] = body.tools ?? []
  if (body.tools?.some((one) => one.function.name === 'query-sql')) return answerBySql(messages)
  const schema = body.response_format?.json_schema?.schema
  if (schema) return { text: JSON.stringify(extracted(messages, Object.keys(schema.properties))) }
  if (tool) return { text: '', call: { name: tool.function.name, input: extracted(messages, Object.keys(tool.function.parameters.properties ?? {})) } }
  return answerByReading(messages)
}

let last = 0
/** Agents take an answer or a call whose id they have seen for an old one. */
const nextId = (kind: string): string => `${kind}-${++last}`
const head = (id: string): object => ({ id, created: 1_790_000_000, model: 'gpt-4o-mini' })
const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const finish = ({ call }: Said): string => (call ? 'tool_calls' : 'stop')

function whole({ text, call }: Said): object {
  const made = call && [{ id: nextId('call'), type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } }]
  return { role: 'assistant', content: made ? null : text, ...(made && { tool_calls: made }) }
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PIECE) yield text.slice(at, at + PIECE)
}

function* events(body: Body, said: Said): Generator<string> {
  const common = { ...head(nextId('chatcmpl')), object: 'chat.completion.chunk' }
  const event = (delta: object, reason: string | null = null): string =>
    JSON.stringify({ ...common, choices: [{ index: 0, delta, finish_reason: reason }] })
  yield event({ role: 'assistant', content: said.call ? null : '' })
  if (said.call) {
    yield event({ tool_calls: [{ index: 0, id: nextId('call'), type: 'function', function: { name: said.call.name, arguments: '' } }] })
    for (const piece of pieces(JSON.stringify(said.call.input))) yield event({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
  } else for (const piece of pieces(said.text)) yield event({ content: piece })
  yield event({}, finish(said))
  if (body.stream_options?.include_usage) yield JSON.stringify({ ...common, choices: [], usage: USAGE })
  yield '[DONE]'
}

/** A bag of words: texts that share words are near. */
function embedded({ input = [], encoding_format }: Body): object {
  const texts = typeof input === 'string' ? [input] : input
  const data = texts.map((text, index) => {
    const vector = new Float32Array(DIMENSIONS)
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}_@.]+/gu) ?? []) {
      const slot = placeOf(word)
      vector[slot] = (vector[slot] ?? 0) + 1
    }
    return { object: 'embedding', index, embedding: encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector] }
  })
  return { object: 'list', model: 'text-embedding-3-small', data, usage: { prompt_tokens: 1, total_tokens: 1 } }
}

function placeOf(word: string): number {
  let hash = 7
  for (const char of word) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003
  return hash % DIMENSIONS
}
