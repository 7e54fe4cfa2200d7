/** Answers that a client asked to be JSON, whole and streamed character by character: it can parse what it gets, and reads no value in it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeMessage, eventStreamFraming } from '../../../src/core/framing/eventStream.ts'
import type { Channel, Operation } from '../../../src/core/provider/provider.ts'
import { ROUTES } from '../../../src/core/provider/registry.ts'
import { eventsOf, maskingOf, through } from '../../fakes/maskStream.ts'
import { maskerWith, optionsFor } from '../masking/masker.ts'

const { masker } = maskerWith()
const ANSWER = '{"email":"ada@example.com","card":4111111111111111,"said":"a \\"word\\""}'

interface Dialect {
  readonly prefix: string
  readonly path: string
  readonly streamPath?: string
  readonly query?: string
  readonly type: string
  readonly body: object
  /** The answer in one document. */
  readonly whole: (text: string) => object
  readonly begin?: readonly object[]
  readonly piece: (text: string) => object
  readonly end: readonly object[]
  /** The text in a document or in an event, undefined where there is none. */
  readonly read: (value: never) => string | null | undefined
}

const SSE = 'text/event-stream'
const messages = [{ role: 'user', content: 'x' }]
const chat = { prefix: '/openai/v1', path: '/chat/completions', type: SSE, body: { model: 'm', messages }, end: [{ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }] }
const CHAT: Dialect = {
  ...chat,
  whole: (content) => ({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] }),
  piece: (content) => ({ choices: [{ index: 0, delta: { content } }] }),
  read: ({ choices }: { choices: { message?: { content: string }; delta?: { content?: string } }[] }) => (choices[0]?.message ?? choices[0]?.delta)?.content,
}
const pieced = (text: string): object => ({ content: [{ type: 'text', text }] })
const IN_PIECES: Dialect = {
  ...chat,
  prefix: '/mistral/v1',
  whole: (text) => ({ choices: [{ index: 0, message: { role: 'assistant', ...pieced(text) }, finish_reason: 'stop' }] }),
  piece: (text) => ({ choices: [{ index: 0, delta: pieced(text) }] }),
  read: ({ choices }: { choices: { message?: { content: { text: string }[] }; delta?: { content?: { text: string }[] } }[] }) => (choices[0]?.message ?? choices[0]?.delta)?.content?.[0]?.text,
}
const COMPLETIONS: Dialect = {
  ...chat,
  prefix: '/vllm/v1',
  path: '/completions',
  body: { model: 'm', prompt: 'x' },
  whole: (text) => ({ choices: [{ index: 0, text, finish_reason: 'stop' }] }),
  piece: (text) => ({ choices: [{ index: 0, text, finish_reason: null }] }),
  end: [{ choices: [{ index: 0, text: '', finish_reason: 'stop' }] }],
  read: ({ choices }: { choices: { text: string }[] }) => choices[0]?.text,
}
const RESPONSES: Dialect = {
  prefix: '/openai/v1', path: '/responses', type: SSE, body: { model: 'm', input: 'x' },
  whole: (text) => ({ status: 'completed', output: [{ type: 'message', content: [{ type: 'output_text', text, annotations: [] }] }] }),
  piece: (delta) => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta }),
  end: [{ type: 'response.completed', response: { status: 'completed', output: [] } }],
  read: ({ output, delta }: { output?: { content: { text: string }[] }[]; delta?: string }) => output?.[0]?.content[0]?.text ?? delta,
}
const CLAUDE: Dialect = {
  prefix: '/anthropic', path: '/v1/messages', type: SSE, body: { model: 'm', max_tokens: 1, messages },
  whole: (text) => ({ type: 'message', content: [{ type: 'text', text }], stop_reason: 'end_turn' }),
  begin: [{ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
  piece: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  end: [{ type: 'content_block_stop', index: 0 }, { type: 'message_stop' }],
  read: ({ content, delta }: { content?: { text: string }[]; delta?: { text?: string } }) => content?.[0]?.text ?? delta?.text,
}
const said = (text: string): object => ({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }] })
const GEMINI: Dialect = {
  prefix: '/gemini', path: '/v1beta/models/g:generateContent', streamPath: '/v1beta/models/g:streamGenerateContent', query: 'alt=sse', type: SSE, body: { contents: [{ parts: [{ text: 'x' }] }] },
  whole: said,
  piece: said,
  end: [{ candidates: [{ index: 0, finishReason: 'STOP' }] }],
  read: ({ candidates }: { candidates: { content?: { parts: { text: string }[] } }[] }) => candidates[0]?.content?.parts.map(({ text }) => text).join(''),
}
const OLLAMA: Dialect = {
  prefix: '/ollama', path: '/api/chat', type: 'application/x-ndjson', body: { model: 'm', messages },
  whole: (content) => ({ model: 'm', message: { role: 'assistant', content }, done: true }),
  piece: (content) => ({ model: 'm', message: { role: 'assistant', content }, done: false }),
  end: [{ model: 'm', message: { role: 'assistant', content: '' }, done: true }],
  read: ({ message }: { message: { content: string } }) => message.content,
}
const COHERE: Dialect = {
  prefix: '/cohere', path: '/v2/chat', type: SSE, body: { model: 'm', messages },
  whole: (text) => ({ id: 'r', message: { role: 'assistant', content: [{ type: 'text', text }] }, finish_reason: 'COMPLETE' }),
  piece: (text) => ({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } }),
  end: [{ type: 'content-end', index: 0 }, { type: 'message-end', delta: { finish_reason: 'COMPLETE' } }],
  read: ({ message, delta }: { message?: { content: { text: string }[] }; delta?: { message?: { content: { text: string } } } }) => message?.content[0]?.text ?? delta?.message?.content.text,
}
const CONVERSE: Dialect = {
  prefix: '/bedrock', path: '/model/m/converse', streamPath: '/model/m/converse-stream', type: 'application/vnd.amazon.eventstream', body: { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
  whole: (text) => ({ output: { message: { role: 'assistant', content: [{ text }] } }, stopReason: 'end_turn' }),
  piece: (text) => ({ ':event': 'contentBlockDelta', contentBlockIndex: 0, delta: { text } }),
  end: [{ ':event': 'contentBlockStop', contentBlockIndex: 0 }, { ':event': 'messageStop', stopReason: 'end_turn' }],
  read: ({ output, delta }: { output?: { message: { content: { text: string }[] } }; delta?: { text: string } }) => output?.message.content[0]?.text ?? delta?.text,
}
const invoked = (model: string, dialect: Dialect): Dialect => ({
  ...dialect,
  prefix: '/bedrock', path: `/model/${model}/invoke`, streamPath: `/model/${model}/invoke-with-response-stream`, type: CONVERSE.type,
  ...(dialect.begin ? { begin: dialect.begin.map((event) => ({ ':event': 'chunk', ...event })) } : {}),
  piece: (text) => ({ ':event': 'chunk', ...dialect.piece(text) }),
  end: dialect.end.map((event) => ({ ':event': 'chunk', ...event })),
})
const schema = { type: 'object' }
const json = { type: 'json_schema', json_schema: { name: 'n', schema } }

const ASKED: readonly (readonly [how: string, dialect: Dialect, setting: object])[] = [
  ['response_format json_schema', CHAT, { response_format: json }],
  ['response_format json_object', CHAT, { response_format: { type: 'json_object' } }],
  ['response_format of an answer in pieces', IN_PIECES, { response_format: { type: 'json_object' } }],
  ['response_format of Azure', { ...CHAT, prefix: '/azure', path: '/openai/deployments/d/chat/completions' }, { response_format: json }],
  ['guided_json', { ...CHAT, prefix: '/vllm/v1' }, { guided_json: schema }],
  ['structured_outputs', { ...CHAT, prefix: '/vllm/v1' }, { structured_outputs: { json: schema } }],
  ['response_format of completions', COMPLETIONS, { response_format: { type: 'json_object' } }],
  ['text.format', RESPONSES, { text: { format: { type: 'json_schema', name: 'n', schema } } }],
  ['output_format', CLAUDE, { output_format: { type: 'json_schema', schema } }],
  ['output_config.format', CLAUDE, { output_config: { format: { type: 'json_schema', schema } } }],
  ['output_config.format on Vertex', { ...CLAUDE, prefix: '/vertex', path: '/v1/publishers/anthropic/models/claude-3:rawPredict', streamPath: '/v1/publishers/anthropic/models/claude-3:streamRawPredict' }, { output_config: { format: { type: 'json_schema', schema } } }],
  ['responseMimeType', GEMINI, { generationConfig: { responseMimeType: 'application/json' } }],
  ['response_mime_type', GEMINI, { generation_config: { response_mime_type: 'application/json' } }],
  ['responseSchema', GEMINI, { generationConfig: { responseSchema: schema } }],
  ['responseJsonSchema on Vertex', { ...GEMINI, prefix: '/vertex', path: '/v1/publishers/google/models/g:generateContent', streamPath: '/v1/publishers/google/models/g:streamGenerateContent' }, { generationConfig: { responseJsonSchema: schema } }],
  ['format json', OLLAMA, { format: 'json' }],
  ['format with a schema', OLLAMA, { format: schema }],
  ['format of a generated text', {
    ...OLLAMA, path: '/api/generate', body: { model: 'm', prompt: 'x' },
    whole: (response) => ({ model: 'm', response, done: true }), piece: (response) => ({ model: 'm', response, done: false }), end: [{ model: 'm', response: '', done: true }],
    read: ({ response }: { response: string }) => response,
  }, { format: 'json' }],
  ['response_format of Cohere', COHERE, { response_format: { type: 'json_object', json_schema: schema } }],
  ['response_format of its first version', {
    ...COHERE, path: '/v1/chat', type: 'application/stream+json', body: { message: 'x' },
    whole: (text) => ({ text, finish_reason: 'COMPLETE' }), piece: (text) => ({ event_type: 'text-generation', text }), end: [{ event_type: 'stream-end', finish_reason: 'COMPLETE' }],
    read: ({ text }: { text?: string }) => text,
  }, { response_format: { type: 'json_object' } }],
  ['outputConfig.textFormat', CONVERSE, { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{}' } } } } }],
  ["Converse with its model's own setting", CONVERSE, { additionalModelRequestFields: { output_config: { format: { type: 'json_schema', schema } } } }],
  ['output_config.format on Bedrock', invoked('anthropic.claude', CLAUDE), { output_config: { format: { type: 'json_schema', schema } } }],
  ['response_format on Bedrock', invoked('openai.gpt-oss', CHAT), { response_format: json }],
  ['grammar', {
    prefix: '/huggingface/hf-inference', path: '/models/m', type: SSE, body: { inputs: 'x' },
    whole: (generated_text) => [{ generated_text }], piece: (text) => ({ token: { id: 1, text, special: false }, generated_text: null }), end: [{ token: { id: 2, text: '', special: true }, generated_text: ANSWER }],
    read: (value: { generated_text: string }[] | { token: { text: string } }) => (Array.isArray(value) ? value[0]?.generated_text : value.token.text),
  }, { parameters: { grammar: { type: 'json', value: schema } } }],
]

function bytesOf(type: string, events: readonly object[]): Uint8Array {
  if (type === SSE) return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
  if (type !== CONVERSE.type) return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  return Buffer.concat((events as { ':event': string }[]).map(({ ':event': name, ...event }) => {
    const data = JSON.stringify(event)
    return encodeMessage({ ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' }, name === 'chunk' ? JSON.stringify({ bytes: Buffer.from(data).toString('base64') }) : data)
  }))
}

function valuesOf(type: string, bytes: Buffer): unknown[] {
  if (type === SSE) return eventsOf(bytes).filter((event) => typeof event === 'object')
  if (type !== CONVERSE.type) return bytes.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown)
  return eventStreamFraming().push(bytes).map(({ data }) => {
    const value = JSON.parse(data ?? 'null') as { bytes?: string }
    return value.bytes === undefined ? value : (JSON.parse(Buffer.from(value.bytes, 'base64').toString()) as unknown)
  })
}

/** The answer's text as the client gets it. */
function returned(dialect: Dialect, setting: object, { streamed, masking }: { readonly streamed: boolean; readonly masking?: ReturnType<typeof maskingOf> }): string {
  const provider = ROUTES.find(({ prefix }) => prefix === dialect.prefix)?.create() ?? assert.fail(dialect.prefix)
  const operation = provider.route('POST', streamed ? (dialect.streamPath ?? dialect.path) : dialect.path, streamed ? dialect.query : undefined) as Operation
  const ask = { ...dialect.body, ...setting, ...(dialect.streamPath === undefined ? { stream: streamed } : {}) }
  const call = provider.describe(operation, Buffer.from(JSON.stringify(ask)))
  call.rewrite(call.parts.map(({ text }) => text), { masking: true })
  const session = masker.session('json')
  const open = masking?.open ?? (({ kind, path }: Channel) => session.open(optionsFor(kind, { direction: 'answer', path })))
  const codec = provider.answer(call, { status: 200, contentType: streamed ? dialect.type : 'application/json' }, open)
  const events = [...(dialect.begin ?? []), ...Array.from(ANSWER, dialect.piece), ...dialect.end]
  const done = streamed && dialect.end === chat.end || dialect === COMPLETIONS ? 'data: [DONE]\n\n' : ''
  const bytes = streamed ? Buffer.concat([bytesOf(dialect.type, events), Buffer.from(done)]) : Buffer.from(JSON.stringify(dialect.whole(ANSWER)))
  const out = through(codec, [bytes])
  const values = streamed ? valuesOf(dialect.type, out) : [JSON.parse(out.toString())]
  return values.map((value) => dialect.read(value as never) ?? '').join('')
}

describe('an answer that was asked to be JSON is JSON when it is masked:', () => {
  for (const [how, dialect, setting] of ASKED)
    for (const streamed of [false, true])
      test(`${how}, ${streamed ? 'streamed' : 'whole'}`, () => {
        const text = returned(dialect, setting, { streamed })
        const { email, card, said } = JSON.parse(text) as { email: string; card: number; said: string }
        assert.deepEqual([email, typeof card, said], ['[EMAIL]', 'number', 'a "word"'])
        assert.doesNotMatch(text, /ada@|4111111111111111/)
      })

  test('one that was not is text to the masker', () => {
    const plain: readonly (readonly [Dialect, object])[] = [[CHAT, { response_format: { type: 'text' } }], [CHAT, { guided_json: null }], [CLAUDE, {}], [GEMINI, { generationConfig: { responseMimeType: 'text/x.enum', responseSchema: schema } }], [OLLAMA, { format: '' }], [COHERE, {}], [CONVERSE, {}]]
    for (const [dialect, setting] of plain)
      for (const streamed of [false, true]) {
        const masking = maskingOf()
        returned(dialect, setting, { streamed, masking })
        assert.deepEqual(masking.channels.filter(({ kind }) => kind === 'json'), [], `${dialect.prefix} ${JSON.stringify(setting)}`)
      }
  })
})
