/** What policy may decide about, put where a codec does not expect it: pictures, files, stored context, tools of the provider's own. The table only grows. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ROUTES } from '../../../src/core/provider/registry.ts'
import type { ModelCall, Operation } from '../../../src/core/provider/provider.ts'
import type { Json } from '../../fakes/smuggle.ts'

const bytes = (...pieces: (string | number[])[]): string => Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece)))).toString('base64')
const PNG = bytes('\x89PNG\r\n\x1a\n', [1, 2, 3])
const WEBP = bytes('RIFF', [9, 200, 3, 4], 'WEBPVP8 ')
const WAVE = bytes('RIFF', [255, 7, 250, 255], 'WAVEfmt ')
const PDF = bytes('%PDF-1.7 and more')
const LONG = Buffer.alloc(3000, 0xa7).toString('base64')

function read(prefix: string, path: string, body: Json): ModelCall {
  const provider = ROUTES.find((route) => route.prefix === prefix)?.create()
  return provider?.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body))) ?? assert.fail(prefix)
}

const chat = (more: Record<string, Json>): Json => ({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...more })
const claude = (block: Json): Json => ({ model: 'claude-3', max_tokens: 5, messages: [{ role: 'user', content: [block] }] })
const fetched = (source: Json): Json => claude({ type: 'web_fetch_tool_result', tool_use_id: 'srvtoolu_1', content: { type: 'web_fetch_result', url: 'https://a.example', content: { type: 'document', source } } })
const invoke = '/model/some.model/invoke'
const converse = '/model/some.model/converse'
const said: Json = [{ role: 'user', content: [{ text: 'x' }] }]

const HIDDEN: readonly (readonly [string, string, string, Json, string[]])[] = [
  ['a PDF that a search brought', '/anthropic', '/v1/messages', fetched({ type: 'base64', media_type: 'application/pdf', data: PDF }), ['file']],
  ['a picture in a result of an unknown kind', '/anthropic', '/v1/messages', claude({ type: 'novel_result', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] }), ['image']],
  ['a picture in an unknown block', '/anthropic', '/v1/messages', claude({ type: 'novel', still: { data: PNG } }), ['image']],
  ['a picture in an unknown member', '/openai/v1', '/chat/completions', chat({ sketch: { a: [WEBP] } }), ['image']],
  ['sound in an unknown member', '/openai/v1', '/chat/completions', chat({ voice: WAVE }), ['audio']],
  ['a long run of base64 in an unknown member', '/openai/v1', '/chat/completions', chat({ novel: LONG }), ['file']],
  ['base64 in lines', '/openai/v1', '/chat/completions', chat({ novel: LONG.replace(/.{76}/g, '$&\r\n') }), ['file']],
  ['a data address in an unknown member', '/openai/v1', '/chat/completions', chat({ novel: 'data:video/mp4;base64,AAAA' }), ['file']],
  ['a picture that code made', '/openai/v1', '/responses', { model: 'm', input: [{ type: 'code_interpreter_call', outputs: [{ type: 'image', url: `data:image/png;base64,${PNG}` }] }] }, ['image']],
  ['a picture for a model that looks at pictures', '/huggingface/hf-inference', '/models/m', { inputs: PNG }, ['image']],
  ["a picture in another maker's dialect", '/bedrock', invoke, { inputImage: PNG }, ['image']],
  ["a picture in another maker's members", '/bedrock', converse, { messages: said, additionalModelRequestFields: { image: PNG } }, ['image']],
  ['a stored prompt with messages behind it', '/bedrock', `/model/${encodeURIComponent('arn:aws:bedrock:us-east-1:1:prompt/P')}/converse`, { messages: said }, ['stored_context']],
  ['a picture in a run', '/langsmith', '/runs/batch', { post: [{ inputs: { messages: [{ image: PNG }] } }] }, ['image']],
]

const OFFERED: readonly (readonly [string, string, string, Json, string[]])[] = [
  ['a search asked for by an option', '/openai/v1', '/chat/completions', chat({ web_search_options: {} }), ['web_search']],
  ["xAI's search", '/xai/v1', '/chat/completions', chat({ search_parameters: { mode: 'on' } }), ['web_search']],
  ['no search', '/xai/v1', '/chat/completions', chat({ search_parameters: null, enable_search: false }), []],
  ["OpenRouter's plug-ins", '/openrouter/api/v1', '/chat/completions', chat({ plugins: [{ id: 'web' }, { id: 'file-parser' }] }), ['web', 'file-parser']],
  ['tools that a search for tools found', '/openai/v1', '/responses', { model: 'm', input: [{ type: 'tool_search_output', tools: [{ type: 'function', name: 'f', parameters: {} }, { type: 'mcp', server_label: 's' }] }] }, ['f', 'mcp']],
  ["tools in another maker's members", '/bedrock', converse, { messages: said, additionalModelRequestFields: { tools: [{ type: 'computer_20250124', name: 'computer' }], mcp_servers: [{ url: 'https://a.example' }] } }, ['computer', 'mcp']],
  ["tools in another maker's dialect", '/bedrock', invoke, { prompt: 'x', tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search' }], toolConfig: { tools: [{ toolSpec: { name: 'g' } }] } }, ['f', 'web_search', 'g']],
]

describe('what nobody can read in a call is named to policy:', () => {
  for (const [what, prefix, path, body, opaque] of HIDDEN) test(what, () => { assert.deepEqual(read(prefix, path, body).opaque.toSorted(), opaque) })

  test('words are none of it, however long', () => {
    for (const text of ['plain words '.repeat(400), 'https://a.example/' + 'p'.repeat(3000), '//server/share', 'data: what I know', 'k'.repeat(1900)]) assert.deepEqual(read('/openai/v1', '/chat/completions', chat({ novel: text })).opaque, [])
  })
})

describe('tools are named to policy wherever a call offers them:', () => {
  for (const [what, prefix, path, body, tools] of OFFERED) test(what, () => { assert.deepEqual(read(prefix, path, body).tools, tools) })
})
