import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCohere } from '../../../../src/core/provider/cohere/cohere.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { cutAt, eventsOf, maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createCohere()
const MAIL = 'mira.castellanos@northfield.example'
const read = (path: string, body: object): ModelCall => provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
const places = (call: ModelCall): string[] => call.parts.map(({ path, role, origin }) => `${path} ${role} ${origin}`)

describe('a Cohere call', () => {
  test('is read in its second version', () => {
    const call = read('/v2/chat', {
      model: 'command-r', stream: true, documents: ['doc', { id: 'd1', data: { text: 'inner' } }], safety_mode: 'STRICT', stop_sequences: ['halt'],
      messages: [{ role: 'user', content: 'first' }, { role: 'assistant', tool_plan: 'plan', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } }] }, { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'document', document: { data: 'result' } }] }, { role: 'user', content: [{ type: 'text', text: 'last' }] }],
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: {} } }],
    })
    assert.deepEqual(places(call), [
      '/documents/0 user prompt',
      '/documents/1/id user prompt',
      '/documents/1/data/text user prompt',
      '/stop_sequences/0 user prompt',
      '/messages/0/content user history',
      '/messages/1/tool_plan assistant history',
      '/messages/1/tool_calls/0/function/arguments assistant history',
      '/messages/2/content/0/document/data tool history',
      '/messages/3/content/0/text user prompt',
      '/tools/0/function/description schema prompt',
    ])
    assert.deepEqual([call.streaming, call.tools], [true, ['f']])
  })

  test('is read in its first version, for embeddings and for rerank', () => {
    const call = read('/v1/chat', { message: 'now', preamble: 'sys', chat_history: [{ role: 'USER', message: 'before' }], connectors: [{ id: 'web-search' }], conversation_id: 'c' })
    assert.deepEqual(places(call).slice(0, 3), ['/message user prompt', '/preamble system prompt', '/chat_history/0/message user history'])
    assert.deepEqual([call.tools, call.opaque], [['connectors'], ['stored_context']])
    assert.deepEqual(read('/v2/embed', { model: 'm', texts: ['a', MAIL], input_type: 'search_document' }).parts.map(({ text }) => text), ['a', MAIL])
    assert.deepEqual(read('/v2/rerank', { model: 'm', query: 'q', documents: [MAIL] }).parts.map(({ text }) => text), ['q', MAIL])
    for (const path of ['/v1/datasets', '/v1/connectors/x', '/v1/finetuning/x', '/v1/tokenize']) assert.equal(provider.route('POST', path), 'denied')
  })

  test('is answered masked in the second version, citations along with their text', () => {
    const text = `It is ${MAIL}, says the file.`
    const claim = 'says the file'
    const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
    const start = text.indexOf(claim)
    const bytes = Buffer.from([
      event('message-start', { id: 'r1', delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } } }),
      ...(`ask ${MAIL}`.match(/.{1,6}/g) ?? []).map((piece) => event('tool-plan-delta', { delta: { message: { tool_plan: piece } } })),
      event('tool-call-start', { index: 0, delta: { message: { tool_calls: { id: 'f_1', type: 'function', function: { name: 'f', arguments: '' } } } } }),
      ...(JSON.stringify({ to: MAIL }).match(/.{1,6}/g) ?? []).map((piece) => event('tool-call-delta', { index: 0, delta: { message: { tool_calls: { function: { arguments: piece } } } } })),
      event('tool-call-end', { index: 0 }),
      event('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
      ...(text.match(/.{1,6}/g) ?? []).map((piece) => event('content-delta', { index: 0, delta: { message: { content: { text: piece } } } })),
      event('content-end', { index: 0 }),
      event('citation-start', { index: 0, delta: { message: { citations: { start, end: start + claim.length, text: claim, sources: [{ type: 'document', document: { title: MAIL } }] } } } }),
      event('message-end', { delta: { finish_reason: 'COMPLETE', usage: { tokens: { input_tokens: 3, output_tokens: 4 } } } }),
    ].join(''))
    for (let i = 0; i < bytes.length; i += 37) {
      const codec = provider.answer(read('/v2/chat', { model: 'm', messages: [] }), { status: 200, contentType: 'text/event-stream' }, maskingOf(MAIL).open)
      const out = through(codec, cutAt(bytes, i))
      assert.doesNotMatch(out.toString(), /castellanos/)
      const events = eventsOf(out) as { type: string; delta?: { message?: { tool_plan?: string; content?: { text?: string }; tool_calls?: { function?: { arguments?: string } }; citations?: { start: number; end: number } } } }[]
      const said = events.map(({ delta }) => delta?.message?.content?.text ?? '').join('')
      assert.equal(said, 'It is [MASKED], says the file.')
      assert.equal(events.map(({ delta }) => delta?.message?.tool_plan ?? '').join(''), 'ask [MASKED]')
      assert.deepEqual(JSON.parse(events.map(({ delta }) => delta?.message?.tool_calls?.function?.arguments ?? '').join('')), { to: '[MASKED]' })
      const cited = events.find(({ type }) => type === 'citation-start')?.delta?.message?.citations
      assert.equal(said.slice(cited?.start, cited?.end), claim)
      assert.deepEqual([codec.summary.finish, codec.summary.usage], [['COMPLETE'], { inputTokens: 3, outputTokens: 4 }])
    }
  })

  test('is answered masked in the first version, in the repetition at its end too', () => {
    const line = (more: object): string => `${JSON.stringify(more)}\n`
    const bytes = Buffer.from([
      line({ is_finished: false, event_type: 'stream-start', generation_id: 'g' }),
      ...(`to ${MAIL}!`.match(/.{1,5}/g) ?? []).map((text) => line({ is_finished: false, event_type: 'text-generation', text })),
      line({ is_finished: true, event_type: 'stream-end', finish_reason: 'COMPLETE', response: { text: `to ${MAIL}!`, chat_history: [{ role: 'USER', message: `who is ${MAIL}` }], meta: { tokens: { input_tokens: 1, output_tokens: 2 } } } }),
    ].join(''))
    const codec = provider.answer(read('/v1/chat', { message: 'x', stream: true }), { status: 200, contentType: 'application/stream+json' }, maskingOf(MAIL).open)
    const out = through(codec, cutAt(bytes, 100)).toString()
    assert.doesNotMatch(out, /castellanos/)
    assert.match(out, /"response":\{"text":"to \[MASKED\]!"/)
    assert.throws(() => through(provider.answer(read('/v1/chat', { message: 'x', stream: true }), { status: 200, contentType: 'application/stream+json' }, maskingOf(MAIL).open), [bytes.subarray(0, 120)]), { code: 'CS_UPSTREAM_NONSENSE' })
  })
})
