import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { createAnthropic } from '../../../../src/core/provider/anthropic/anthropic.ts'
import type { AnswerCodec, ModelCall, Operation, Provider } from '../../../../src/core/provider/provider.ts'
import { bytewise, cutAt, eventsOf, masked, maskingOf, through, type FakeMasking } from '../../../fakes/maskStream.ts'

const MAIL = 'mira.castellanos@northfield.example'
const CARD = '4111 1111 1111 1111'
const SSE = { status: 200, contentType: 'text/event-stream' }
const JSON_TYPE = { status: 200, contentType: 'application/json' }
const provider = createAnthropic()
const read = (body: unknown, from: Provider = provider, path = '/v1/messages'): ModelCall =>
  from.describe(from.route('POST', path) as Operation, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
const places = (call: ModelCall): string[] => call.parts.map(({ path, role, origin, kind }) => `${path} ${role} ${origin} ${kind}`)

function codecFor(reply = SSE, masking: FakeMasking = maskingOf(MAIL, CARD), from: Provider = provider): AnswerCodec {
  const call = read({ model: 'claude-x', messages: [], max_tokens: 1, stream: true }, from)
  return from.answer(call, reply, masking.open)
}

const event = (type: string, more: object = {}): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const start = event('message_start', { message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } } })
const end = event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } }) + event('message_stop')
const block = (index: number, content_block: object, deltas: readonly object[]): string =>
  event('content_block_start', { index, content_block }) + deltas.map((delta) => event('content_block_delta', { index, delta })).join('') + event('content_block_stop', { index })
const pieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []

interface Event {
  type: string
  index?: number
  delta?: Record<string, string>
}
const joined = (out: Uint8Array, index: number, key: string): string =>
  (eventsOf(out) as Event[]).filter((one) => one.type === 'content_block_delta' && one.index === index).map(({ delta }) => delta?.[key] ?? '').join('')

describe('a message as sent', () => {
  test('is read as parts with their place, speaker and turn', () => {
    const call = read({
      model: 'claude-x', max_tokens: 10, system: [{ type: 'text', text: 'sys', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: [{ type: 'text', text: 'said', citations: [{ type: 'char_location', cited_text: 'cite' }] }, { type: 'tool_use', id: 'toolu_1', name: 'f', input: { to: 'x' } }] },
        { role: 'user', content: [{ type: 'document', title: 'T', context: 'C', source: { type: 'text', media_type: 'text/plain', data: 'doc' } }, { type: 'text', text: 'last' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_2', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: 'result' }] }, { type: 'tool_result', tool_use_id: 'toolu_3', content: 'plain' }] },
      ],
      tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' }, input_examples: [{ to: 'y' }] }, { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'] }],
      metadata: { user_id: 'u' }, stop_sequences: ['halt'], mcp_servers: [{ type: 'url', name: 'm', url: 'https://m.example', authorization_token: 'tok' }],
    })
    assert.deepEqual(places(call), [
      '/system/0/text system prompt text',
      '/messages/0/content user history text',
      '/messages/1/content/0/text assistant history text',
      '/messages/1/content/0/citations/0/cited_text assistant history text',
      '/messages/1/content/1/input assistant history json',
      '/messages/2/content/0/title user prompt text',
      '/messages/2/content/0/context user prompt text',
      '/messages/2/content/0/source/data user prompt text',
      '/messages/2/content/1/text user prompt text',
      '/messages/4/content/0/content/0/text tool prompt text',
      '/messages/4/content/1/content tool prompt text',
      '/tools/0/description schema prompt text',
      '/tools/0/input_schema schema prompt json',
      '/tools/0/input_examples schema prompt json',
      '/tools/1/allowed_domains/0 schema prompt text',
      '/metadata/user_id user prompt text',
      '/stop_sequences/0 user prompt text',
      '/mcp_servers/0/url user prompt text',
      '/mcp_servers/0/authorization_token user prompt text',
    ])
    assert.deepEqual(call.tools, ['f', 'web_search', 'mcp'])
  })

  test('names what nobody can read', () => {
    const opaque = (...content: object[]): readonly string[] => read({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content }] }).opaque
    assert.deepEqual(opaque({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }), ['image'])
    assert.deepEqual(opaque({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } }), ['file'])
    assert.deepEqual(opaque({ type: 'document', source: { type: 'file', file_id: 'file_1' } }), ['file'])
    assert.deepEqual(opaque({ type: 'thinking', thinking: 'hm', signature: 'c2ln' }), ['signature'])
    assert.deepEqual(opaque({ type: 'redacted_thinking', data: 'AAAA' }), ['redacted_thinking'])
    assert.deepEqual(opaque({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result', title: 't', encrypted_content: 'AAAA' }] }), ['encrypted_content'])
    assert.deepEqual(opaque({ type: 'container_upload', file_id: 'file_1' }), ['file'])
  })

  test('reads a kind of block that nobody knows as text', () => {
    const call = read({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: [{ type: 'novel', thing: { inner: MAIL } }] }], novel: CARD })
    assert.deepEqual(call.parts.map(({ text }) => text), [MAIL, CARD])
  })

  test('is rewritten in place, also inside the input of a tool', () => {
    const body = '{ "model":"m", "max_tokens":1, "messages":[{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{ "to" : "mira", "n":1.0 }}]}, {"role":"user","content":"caf\\u00e9"}] }'
    const call = read(body)
    assert.equal(Buffer.from(call.rewrite(call.parts.map(({ text }) => text), { masking: true })).toString(), body)
    assert.equal(Buffer.from(call.rewrite(call.parts.map(({ text }) => text.replace('mira', 'XX')), { masking: true })).toString(), body.replace('mira', 'XX'))
  })

  test('may ask for a count of tokens: the same text leaves, so the same is read', () => {
    const call = read({ model: 'm', messages: [{ role: 'user', content: MAIL }] }, provider, '/v1/messages/count_tokens')
    assert.deepEqual([call.operation.name, call.parts.map(({ text }) => text)], ['messages.count_tokens', [MAIL]])
  })
})

describe('a streamed message', () => {
  const whole = (size: number): Buffer => {
    const text = `Write to ${MAIL}, pay with ${CARD}.`
    const input = JSON.stringify({ to: MAIL, card: CARD })
    return Buffer.from(
      start + event('ping') +
        block(0, { type: 'thinking', thinking: '', signature: '' }, [...pieces(`I see ${MAIL}`, size).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature: 'c2lnbmF0dXJl' }]) +
        block(1, { type: 'text', text: '' }, [...pieces(text, size).map((part) => ({ type: 'text_delta', text: part })), { type: 'citations_delta', citation: { type: 'web_search_result_location', cited_text: `by ${MAIL}`, url: 'https://x.example', encrypted_index: 'AAAA' } }]) +
        block(2, { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }, pieces(input, size).map((partial_json) => ({ type: 'input_json_delta', partial_json }))) +
        block(3, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result', title: MAIL, url: 'https://x.example', encrypted_content: 'AAAA' }] }, []) +
        block(4, { type: 'code_execution_tool_result', content: { stdout: CARD, return_code: 0 } }, []) +
        end,
    )
  }

  test('passes byte for byte when nothing is masked, wherever it is cut', () => {
    const bytes = whole(4)
    const never = (): FakeMasking => maskingOf('Write to mirabelle', 'pay with 4112')
    for (let i = 0; i <= bytes.length; i += 3) assert.deepEqual(through(codecFor(SSE, never()), cutAt(bytes, i)), bytes, `cut at ${i}`)
    assert.deepEqual(through(codecFor(SSE, never()), bytewise(bytes)), bytes)
  })

  test('is masked in every field and every copy, wherever it is cut', () => {
    for (const size of [1, 3, 40]) {
      const bytes = whole(size)
      for (let i = 0; i <= bytes.length; i += 97) {
        const codec = codecFor()
        const out = through(codec, cutAt(bytes, i))
        assert.doesNotMatch(out.toString(), /castellanos|1111 1111/)
        assert.equal(joined(out, 0, 'thinking'), 'I see [MASKED]')
        assert.equal(joined(out, 1, 'text'), 'Write to [MASKED], pay with [MASKED].')
        assert.deepEqual(JSON.parse(joined(out, 2, 'partial_json')), { to: '[MASKED]', card: '[MASKED]' })
        assert.deepEqual(codec.summary.opaque.toSorted(), ['encrypted_content', 'signature'])
        assert.deepEqual([codec.summary.finish, codec.summary.usage], [['end_turn'], { inputTokens: 9, outputTokens: 5 }])
      }
    }
  })

  test('holds the law for any text and any pieces, block by block', () => {
    const word = fc.constantFrom(MAIL, CARD, 'mira', '4111 ', 'é😀', '"', '\\', 'x ')
    fc.assert(fc.property(fc.array(fc.array(word, { maxLength: 5 }).map((words) => words.join('')), { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 300 }), (texts, size, cut) => {
      const bytes = Buffer.from(start + texts.map((text, i) => block(i, { type: 'text', text: '' }, pieces(text, size).map((part) => ({ type: 'text_delta', text: part })))).join('') + end)
      const out = through(codecFor(), Array.from({ length: Math.ceil(bytes.length / cut) }, (_, i) => bytes.subarray(i * cut, (i + 1) * cut)))
      texts.forEach((text, i) => { assert.equal(joined(out, i, 'text'), masked(text, MAIL, CARD)) })
      assert.deepEqual((eventsOf(out) as Event[]).map(({ type }) => type), (eventsOf(bytes) as Event[]).map(({ type }) => type))
    }))
  })

  test('takes no number of a customer for an identifier in the result of a tool', () => {
    const bytes = Buffer.from(start + block(0, { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', content: [{ type: 'text', text: 'x', customer_id: '219-09-9999' }] }, []) + end)
    assert.doesNotMatch(through(codecFor(SSE, maskingOf('219-09-9999')), [bytes]).toString(), /219-09/)
  })

  test('ends a block only after all of its text', () => {
    const types = (eventsOf(through(codecFor(), [Buffer.from(start + block(0, { type: 'text', text: '' }, [{ type: 'text_delta', text: 'ask mira' }]) + end)])) as Event[]).map(({ type }) => type)
    assert.deepEqual(types, ['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop'])
  })

  test('masks what nobody knows: events, deltas, fields', () => {
    const bytes = Buffer.from(start + event('novel', { note: MAIL }) + block(0, { type: 'novel', thing: CARD }, [{ type: 'novel_delta', piece: MAIL.slice(0, 9) }, { type: 'novel_delta', piece: MAIL.slice(9) }]) + end)
    assert.doesNotMatch(through(codecFor(), [bytes]).toString(), /castellanos|1111 1111/)
  })

  test('is nonsense when it ends in the middle, and complete when the provider says it failed', () => {
    assert.throws(() => through(codecFor(), [Buffer.from(start + block(0, { type: 'text', text: 'x' }, []))]), { code: 'CS_UPSTREAM_NONSENSE' })
    const out = through(codecFor(), [Buffer.from(start + event('error', { error: { type: 'overloaded_error', message: `for ${MAIL}` } }))]).toString()
    assert.match(out, /"message":"for \[MASKED\]"/)
  })

  test('breaks off with an error event', () => {
    const text = Buffer.from(codecFor().fail(new CountersignError('CS_MASKING_FAILED', 'masking failed; the answer stops here.'), 'ex_1')).toString()
    assert.match(text, /^event: error\ndata: /)
    assert.deepEqual(eventsOf(text), [{ type: 'error', error: { type: 'api_error', message: 'Countersign: masking failed; the answer stops here. [ex_1]' }, request_id: 'ex_1' }])
  })
})

describe('a message as a whole', () => {
  const message = {
    id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', stop_reason: 'tool_use', stop_sequence: MAIL, usage: { input_tokens: 3, output_tokens: 4 },
    content: [{ type: 'thinking', thinking: MAIL, signature: 'c2ln' }, { type: 'text', text: `to ${MAIL}` }, { type: 'tool_use', id: 'toolu_1', name: 'f', input: { to: MAIL, [CARD]: 1 } }],
  }

  test('is masked in every field, member names of a tool\'s input included', () => {
    const codec = codecFor(JSON_TYPE)
    const out = JSON.parse(through(codec, [Buffer.from(JSON.stringify(message))]).toString()) as typeof message
    assert.deepEqual(out.content, [{ type: 'thinking', thinking: '[MASKED]', signature: 'c2ln' }, { type: 'text', text: 'to [MASKED]' }, { type: 'tool_use', id: 'toolu_1', name: 'f', input: { to: '[MASKED]', '[MASKED]': 1 } }])
    assert.equal(out.stop_sequence, '[MASKED]')
    assert.deepEqual(codec.summary.texts.map(({ path }) => path).filter((path) => path.startsWith('content')), ['content/0/thinking', 'content/1/text', 'content/2/input'])
    assert.deepEqual(codec.summary.opaque, ['signature'])
  })

  test('passes byte for byte when nothing is masked', () => {
    const bytes = Buffer.from(JSON.stringify(message, null, 1))
    assert.deepEqual(through(codecFor(JSON_TYPE, maskingOf()), [bytes]), bytes)
  })
})

describe('signed thinking', () => {
  const signed = start + block(0, { type: 'thinking', thinking: '', signature: '' }, [{ type: 'thinking_delta', thinking: `I see ${MAIL}` }, { type: 'signature_delta', signature: 'c2lnbmVk' }]) + end
  const back = (thinking: string, signature = 'c2lnbmVk'): object => ({ model: 'm', max_tokens: 1, messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking, signature }] }] })
  const sent = (from: Provider, body: object): string => {
    const call = read(body, from)
    return Buffer.from(call.rewrite(call.parts.map(({ text }) => text), { masking: true })).toString()
  }

  test('goes back as it was signed, though the client holds it masked', () => {
    for (const [reply, answer] of [[SSE, signed], [JSON_TYPE, JSON.stringify({ content: [{ type: 'thinking', signature: 'c2lnbmVk', thinking: `I see ${MAIL}` }] })]] as const) {
      const own = createAnthropic()
      through(codecFor(reply, maskingOf(MAIL), own), [Buffer.from(answer)])
      assert.equal(sent(own, back('I see [MASKED]')), JSON.stringify(back(`I see ${MAIL}`)))
    }
  })

  test('is the client\'s own where text or signature differ, and read as such', () => {
    const own = createAnthropic()
    through(codecFor(SSE, maskingOf(MAIL), own), [Buffer.from(signed)])
    for (const body of [back('I see nothing'), back('I see [MASKED]', 'b3RoZXI=')]) {
      assert.equal(sent(own, body), JSON.stringify(body))
      assert.equal(read(body, own).parts.length, 1)
    }
  })
})

describe('Anthropic\'s routes and refusals', () => {
  test('know their operations by exact spelling', () => {
    assert.equal((provider.route('POST', '/v1/messages') as Operation).name, 'messages')
    assert.equal((provider.route('POST', '/v1/messages', 'beta=true') as Operation).path, '/v1/messages?beta=true')
    assert.equal((provider.route('POST', '/v1/messages', 'note=mira') as Operation).path, '/v1/messages')
    for (const path of ['/v1/messages/batches', '/v1/files', '/v1/files/f/content', '/v1/skills', '/v1/complete', '/v1/organizations/x']) assert.equal(provider.route('POST', path), 'denied', path)
    for (const path of ['/v1/%6dessages', '/v1//messages', '/V1/messages', '/messages', '/v1/nonsense', '/v1/x/../messages']) assert.equal(provider.route('POST', path), undefined, path)
  })

  test('speak in Anthropic\'s shape', () => {
    const { status, body } = provider.refuse(new CountersignError('CS_DENIED', 'no. Nothing was sent.'), 'ex_1')
    assert.equal(status, 403)
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), { type: 'error', error: { type: 'permission_error', message: 'Countersign: no. Nothing was sent. [ex_1]' }, request_id: 'ex_1' })
    assert.deepEqual(provider.authorize('k'), { 'x-api-key': 'k' })
  })
})
