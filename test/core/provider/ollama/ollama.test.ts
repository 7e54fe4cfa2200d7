import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { createAzure } from '../../../../src/core/provider/azure/azure.ts'
import { createOllama } from '../../../../src/core/provider/ollama/ollama.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { cutAt, maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createOllama()
const MAIL = 'mira.castellanos@northfield.example'
const read = (path: string, body: object): ModelCall => provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
const lines = (...all: object[]): Buffer => Buffer.from(all.map((one) => `${JSON.stringify(one)}\n`).join(''))

describe('an Ollama call', () => {
  test('is read in chat, generate and embed', () => {
    const chat = read('/api/chat', {
      model: 'qwen3:8b', options: { temperature: 0, stop: ['halt'] }, tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: {} } }],
      messages: [{ role: 'system', content: 's' }, { role: 'user', content: 'a', images: ['AAAA'] }, { role: 'assistant', content: '', thinking: 't', tool_calls: [{ function: { name: 'f', arguments: { to: 'x' } } }] }, { role: 'tool', content: 'r', tool_name: 'f' }, { role: 'user', novel: 'odd' }],
    })
    assert.deepEqual(chat.parts.map(({ path, role, origin }) => `${path} ${role} ${origin}`), [
      '/options/stop/0 user prompt',
      '/tools/0/function/description schema prompt',
      '/messages/0/content system prompt',
      '/messages/1/content user history',
      '/messages/2/thinking assistant history',
      '/messages/2/tool_calls/0/function/arguments assistant history',
      '/messages/3/content tool history',
      '/messages/4/novel user prompt',
    ])
    assert.deepEqual([chat.streaming, chat.opaque, chat.tools], [true, ['image'], ['f']])
    const generate = read('/api/generate', { model: 'm', prompt: 'p', system: 's', suffix: 'x', context: [1, 2], stream: false })
    assert.deepEqual([generate.streaming, generate.opaque, generate.parts.map(({ text }) => text)], [false, ['stored_context'], ['p', 's', 'x']])
    assert.deepEqual(read('/api/embed', { model: 'm', input: ['a', MAIL] }).parts.map(({ text }) => text), ['a', MAIL])
  })

  test('with a known member in another case is refused: its server takes it, pictures and streams too', () => {
    for (const odd of [{ Model: 'n', messages: [] }, { Messages: [] }, { messages: [], IMAGES: ['AAAA'] }, { messages: [{ role: 'user', Images: ['AAAA'] }] }, { messages: [{ role: 'user', image\u017f: ['AAAA'] }] }, { messages: [], Stream: false }, { messages: [], tool\u017f: [] }])
      assert.throws(() => read('/api/chat', { model: 'm', ...odd }), { code: 'CS_MALFORMED' }, JSON.stringify(odd))
  })

  test('knows what is no call', () => {
    for (const path of ['/api/create', '/api/pull', '/api/push', '/api/blobs/sha256:x', '/api/copy', '/api/delete']) assert.equal(provider.route('POST', path), 'denied')
    assert.equal(provider.route('POST', '/api/nonsense'), undefined)
  })

  test('is answered in masked lines, with nothing left in ids of tokens', () => {
    const stream = lines(
      { model: 'm', created_at: '2024-05-24T20:26:46.294874Z', message: { role: 'assistant', content: '', thinking: 'of mira.cast' }, done: false },
      { model: 'm', created_at: '2024-05-24T20:26:46.294874Z', message: { role: 'assistant', content: 'to mira.castellanos' }, done: false },
      { model: 'm', created_at: '2024-05-24T20:26:46.294874Z', message: { role: 'assistant', content: '@northfield.example', tool_calls: [{ function: { name: 'f', arguments: { to: MAIL } } }] }, done: false },
      { model: 'm', created_at: '2024-05-24T20:26:46.294874Z', message: { role: 'assistant', content: '!' }, done: true, done_reason: 'stop', context: [1, 2], prompt_eval_count: 3, eval_count: 4 },
    )
    for (let i = 0; i < stream.length; i++) {
      const codec = provider.answer(read('/api/chat', { model: 'm', messages: [] }), { status: 200, contentType: 'application/x-ndjson' }, maskingOf(MAIL).open)
      const out = through(codec, cutAt(stream, i)).toString()
      assert.doesNotMatch(out, /castellanos@|\[1,2\]/)
      const said = out.trim().split('\n').map((line) => JSON.parse(line) as { message: { content: string; thinking?: string } })
      assert.equal(said.map(({ message }) => message.content).join(''), 'to [MASKED]!')
      assert.equal(said.map(({ message }) => message.thinking ?? '').join(''), 'of mira.cast')
      assert.deepEqual([codec.summary.finish, codec.summary.usage], [['stop'], { inputTokens: 3, outputTokens: 4 }])
    }
  })

  test('is nonsense without its last line, and breaks off with an error line', () => {
    const codec = provider.answer(read('/api/chat', { model: 'm', messages: [] }), { status: 200, contentType: 'application/x-ndjson' }, maskingOf(MAIL).open)
    assert.throws(() => through(codec, [lines({ message: { content: 'x' }, done: false })]), { code: 'CS_UPSTREAM_NONSENSE' })
    assert.equal(Buffer.from(codec.fail(new CountersignError('CS_MASKING_FAILED', 'masking failed.'), 'ex_1')).toString(), '{"error":"Countersign: masking failed. [ex_1]"}\n')
  })
})

describe('Azure\'s paths', () => {
  const azure = createAzure()

  test('name the deployment, which is the model policy sees, and the version of the API', () => {
    const operation = azure.route('POST', '/openai/deployments/gpt-4o-eu/chat/completions', 'api-version=2024-10-21') as Operation
    assert.deepEqual([operation.name, operation.path], ['chat.completions', '/openai/deployments/gpt-4o-eu/chat/completions?api-version=2024-10-21'])
    const call = azure.describe(operation, Buffer.from('{"model":"other","messages":[{"role":"user","content":"hi"}]}'))
    assert.equal(call.model, 'gpt-4o-eu')
    assert.equal((azure.route('POST', '/openai/v1/responses', '') as Operation).path, '/openai/v1/responses')
    assert.deepEqual(azure.authorize('k'), { 'api-key': 'k' })
  })

  test('are known by their exact spelling', () => {
    assert.equal((azure.route('POST', '/openai/deployments/d/chat/completions', 'api-version=1&note=mira') as Operation).path, '/openai/deployments/d/chat/completions')
    assert.equal(azure.route('POST', '/openai/deployments/d/images/generations'), 'denied')
    assert.equal(azure.route('POST', '/openai/realtime'), 'denied')
    for (const path of ['/openai/deployments/d%2f/chat/completions', '/openai/deployments//chat/completions', '/openai/deployments/../chat/completions', '/chat/completions']) assert.ok([undefined, 'denied'].includes(azure.route('POST', path) as 'denied'), path)
  })
})
