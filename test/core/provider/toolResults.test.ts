/** What a tool gave back, in a request of every dialect: JSON in it stays JSON, and counts by the names of its members; what only begins as JSON is masked as text. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ModelCall, Operation } from '../../../src/core/provider/provider.ts'
import { ROUTES } from '../../../src/core/provider/registry.ts'
import type { Json } from '../../fakes/smuggle.ts'
import { maskerWith, optionsFor } from '../masking/masker.ts'

const { masker } = maskerWith()
const RESULT = '{"card":4111111111111111,"to":{"email":"ada@example.com","password":"Tq7-stairwell"},"note":"a \\"word\\""}'

const asked = { role: 'user', content: 'x' }
const chat = (role: string, content: Json): Json => ({ model: 'm', messages: [asked, { role, tool_call_id: 'call_1', content }] })
const responses = (item: Json): Json => ({ model: 'm', input: [asked, item] })
const claude = (type: string, content: Json): Json => ({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: [{ type, tool_use_id: 'toolu_1', content }] }] })
const gemini = (part: Json): Json => ({ contents: [{ role: 'user', parts: [{ text: 'x' }] }, { role: 'user', parts: [part] }] })
const FUNCTION = { name: 'f', call_id: 'call_1' }

/** Where dialects put the text of a result. */
const BODIES: readonly (readonly [where: string, prefix: string, path: string, body: (result: string) => Json])[] = [
  ['a turn of a tool', '/openai/v1', '/chat/completions', (text) => chat('tool', text)],
  ['a piece of such a turn', '/openai/v1', '/chat/completions', (text) => chat('tool', [{ type: 'text', text }])],
  ['a turn of a function', '/azure', '/openai/deployments/d/chat/completions', (text) => chat('function', text)],
  ['the output of a function', '/openai/v1', '/responses', (output) => responses({ type: 'function_call_output', ...FUNCTION, output })],
  ['a piece of such an output', '/openai/v1', '/responses', (text) => responses({ type: 'function_call_output', ...FUNCTION, output: [{ type: 'input_text', text }] })],
  ['the output of a custom tool', '/openai/v1', '/responses', (output) => responses({ type: 'custom_tool_call_output', ...FUNCTION, output })],
  ["the output of a server's tool", '/openai/v1', '/responses', (output) => responses({ type: 'mcp_call', id: 'mcp_1', name: 'f', arguments: '{}', output })],
  ['what code printed', '/openai/v1', '/responses', (logs) => responses({ type: 'code_interpreter_call', id: 'ci_1', outputs: [{ type: 'logs', logs }] })],
  ['a block of a tool', '/anthropic', '/v1/messages', (text) => claude('tool_result', text)],
  ['a piece of such a block', '/anthropic', '/v1/messages', (text) => claude('tool_result', [{ type: 'text', text }])],
  ["a block of a server's tool", '/anthropic', '/v1/messages', (text) => claude('mcp_tool_result', [{ type: 'text', text }])],
  ['a block on Bedrock', '/bedrock', '/model/anthropic.claude/invoke', (text) => claude('tool_result', text)],
  ['a block on Vertex', '/vertex', '/v1/publishers/anthropic/models/claude-3:rawPredict', (text) => claude('tool_result', text)],
  ['the response of a function', '/gemini', '/v1beta/models/g:generateContent', (result) => gemini({ functionResponse: { name: 'f', response: { result } } })],
  ['the response of a function on Vertex', '/vertex', '/v1/publishers/google/models/g:generateContent', (output) => gemini({ function_response: { name: 'f', response: { output } } })],
  ['what code printed there', '/gemini', '/v1beta/models/g:generateContent', (output) => gemini({ codeExecutionResult: { outcome: 'OUTCOME_OK', output } })],
  ['a result of Converse', '/bedrock', '/model/m/converse', (text) => ({ messages: [{ role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text }] } }] }] })],
  ["a turn in another maker's dialect", '/bedrock', '/model/openai.gpt-oss/invoke', (text) => chat('tool', text)],
  ["a result in another maker's dialect", '/bedrock', '/model/amazon.nova/invoke', (text) => ({ messages: [{ role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text }] } }] }] })],
  ["a turn of Ollama's tool", '/ollama', '/api/chat', (text) => chat('tool', text)],
  ["a turn of Cohere's tool", '/cohere', '/v2/chat', (text) => chat('tool', text)],
  ['a document of such a turn', '/cohere', '/v2/chat', (data) => chat('tool', [{ type: 'document', document: { id: '1', data } }])],
  ['an output of its first version', '/cohere', '/v1/chat', (text) => ({ message: 'x', tool_results: [{ call: { name: 'f', parameters: {} }, outputs: [{ text }] }] })],
]

function sentOf(prefix: string, path: string, body: Json): { readonly call: ModelCall; readonly sent: Json } {
  const provider = ROUTES.find((route) => route.prefix === prefix)?.create() ?? assert.fail(prefix)
  const call = provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
  const texts = call.parts.map(({ text, kind, key }) => masker.mask(text, optionsFor(kind, key === undefined ? {} : { key })).text)
  return { call, sent: JSON.parse(Buffer.from(call.rewrite(texts, { masking: true })).toString()) as Json }
}

/** What stands in the sent body where the result stood. */
function resultIn(sent: Json, asked: Json, result: string): Json | undefined {
  if (asked === result) return sent
  if (typeof asked !== 'object' || asked === null) return undefined
  for (const [key, below] of Object.entries(asked)) {
    const found = resultIn((sent as Record<string, Json>)[key] ?? null, below, result)
    if (found !== undefined) return found
  }
  return undefined
}

function masked(prefix: string, path: string, body: (result: string) => Json, result: string): string {
  const { sent } = sentOf(prefix, path, body(result))
  const text = resultIn(sent, body(result), result)
  return typeof text === 'string' ? text : assert.fail('the result stands in its place')
}

describe('JSON that a tool gave back stays JSON and leaves without its values:', () => {
  for (const [where, prefix, path, body] of BODIES)
    test(where, () => {
      const text = masked(prefix, path, body, RESULT)
      const { card, to, note } = JSON.parse(text) as { card: number; to: { email: string; password: string }; note: string }
      assert.deepEqual([typeof card, to.email, note], ['number', '[EMAIL]', 'a "word"'])
      assert.doesNotMatch(text, /4111111111111111|ada@|stairwell/)
    })

  test('also where it stands as an object, by the names of its members', () => {
    const bodies: readonly (readonly [string, string, Json])[] = [
      ['/cohere', '/v1/chat', { message: 'x', tool_results: [{ call: { name: 'f' }, outputs: [JSON.parse(RESULT) as Json] }] }],
      ['/cohere', '/v2/chat', chat('tool', [{ type: 'document', document: { data: JSON.parse(RESULT) as Json } }])],
      ['/gemini', '/v1beta/models/g:generateContent', gemini({ functionResponse: { name: 'f', response: JSON.parse(RESULT) as Json } })],
      ['/bedrock', '/model/m/converse', { messages: [{ role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ json: JSON.parse(RESULT) as Json }] } }] }] }],
    ]
    for (const [prefix, path, body] of bodies) assert.doesNotMatch(JSON.stringify(sentOf(prefix, path, body).sent), /4111111111111111|ada@|stairwell/)
  })
})

describe('what a tool gave back and is no JSON loses its values and nothing else:', () => {
  const results: readonly (readonly [what: string, result: string, sent: string])[] = [
    ['a text', 'card 4111111111111111 of ada@example.com', 'card [CREDIT_CARD] of [EMAIL]'],
    ['JSON that breaks off', '{"to":"ada@example.com","and":["ada@exam', '{"to":"[EMAIL]","and":["ada@exam'],
    ['a string that breaks off behind a value', '{"to":"x","from":"ada@example.com', '{"to":"x","from":"[EMAIL]'],
    ['words behind JSON', '{"n":1} and card 4111111111111111 of "ada@example.com"}', '{"n":1} and card [CREDIT_CARD] of "[EMAIL]"}'],
    ['a list of sources', '[1] card 4111111111111111, [2] ada@example.com', '[1] card [CREDIT_CARD], [2] [EMAIL]'],
    ['names without quotes', '{"a":1, to: ada@example.com, card: 4111111111111111}', '{"a":1, to: [EMAIL], card: [CREDIT_CARD]}'],
    ['brackets that do not close', '[[[["ada@example.com"]', '[[[["[EMAIL]"]'],
    ['an escape that is none', '{"a":"\\uZZ ada@example.com"}', '{"a":"\\uZZ [EMAIL]"}'],
  ]
  for (const [what, result, sent] of results)
    test(what, () => {
      for (const [where, prefix, path, body] of BODIES) assert.equal(masked(prefix, path, body, result), sent, where)
    })
})

test('JSON that a person wrote is a text like their others', () => {
  const { call } = sentOf('/openai/v1', '/chat/completions', chat('user', RESULT))
  assert.deepEqual(call.parts.map(({ kind }) => kind), ['text', 'text'])
})
