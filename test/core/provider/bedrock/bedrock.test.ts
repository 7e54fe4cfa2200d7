import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { encodeMessage, eventStreamFraming } from '../../../../src/core/framing/eventStream.ts'
import { createBedrock } from '../../../../src/core/provider/bedrock/bedrock.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { cutAt, maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createBedrock()
const MAIL = 'mira.castellanos@northfield.example'
const CARD = '4111 1111 1111 1111'
const STREAM = { status: 200, contentType: 'application/vnd.amazon.eventstream' }
const read = (path: string, body: object): ModelCall => provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
const message = (type: string, payload: object): Buffer => encodeMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, JSON.stringify(payload))
const payloads = (bytes: Uint8Array): { name: string | undefined; value: Record<string, unknown> }[] =>
  eventStreamFraming().push(bytes).map(({ data, name }) => ({ name, value: JSON.parse(data ?? '') as Record<string, unknown> }))

describe('a Converse call', () => {
  test('is read as parts, whatever its blocks are', () => {
    const call = read('/model/anthropic.claude-x/converse', {
      system: [{ text: 'sys' }],
      messages: [
        { role: 'user', content: [{ text: 'first' }] },
        { role: 'assistant', content: [{ reasoningContent: { reasoningText: { text: 'hm', signature: 'AAAA' } } }, { toolUse: { toolUseId: 'tooluse_1', name: 'f', input: { to: 'x' } } }] },
        { role: 'user', content: [{ text: 'last' }, { image: { format: 'png', source: { bytes: 'AAAA' } } }, { document: { name: 'd', format: 'txt', source: { text: 'doc' } } }, { guardContent: { text: { text: 'g' } } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ json: { ok: 'y' } }, { text: 'r' }] } }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'f', description: 'd', inputSchema: { json: { type: 'object' } } } }] },
      inferenceConfig: { maxTokens: 10, stopSequences: ['halt'] }, requestMetadata: { who: 'mira' }, novel: MAIL,
    })
    assert.deepEqual(call.parts.map(({ path, role, origin }) => `${path} ${role} ${origin}`), [
      '/system/0/text system prompt',
      '/messages/0/content/0/text user history',
      '/messages/1/content/0/reasoningContent/reasoningText/text assistant history',
      '/messages/1/content/1/toolUse/input assistant history',
      '/messages/2/content/0/text user prompt',
      '/messages/2/content/2/document/name user prompt',
      '/messages/2/content/2/document/source/text user prompt',
      '/messages/2/content/3/guardContent/text/text user prompt',
      '/messages/3/content/0/toolResult/content/0/json tool prompt',
      '/messages/3/content/0/toolResult/content/1/text tool prompt',
      '/toolConfig/tools/0/toolSpec/description schema prompt',
      '/toolConfig/tools/0/toolSpec/inputSchema schema prompt',
      '/inferenceConfig/stopSequences/0 user prompt',
      '/requestMetadata user prompt',
      '/novel user prompt',
    ])
    assert.deepEqual([call.model, call.opaque.toSorted(), call.tools], ['anthropic.claude-x', ['image', 'signature'], ['f']])
  })

  test('leaves under one spelling of its model, and no other one is known', () => {
    const route = (model: string): unknown => (provider.route('POST', `/model/${model}/converse`) as Operation | undefined)?.path
    assert.equal(route('anthropic.claude-3-5-sonnet-20241022-v2:0'), '/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse')
    assert.equal(route('anthropic.claude-3-5-sonnet-20241022-v2%3A0'), '/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse')
    assert.equal(route('arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx'), '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse')
    for (const model of ['a%2e%2e', '..%2fx', 'a%252fb', 'a%00', '%2fx']) assert.equal(route(model), undefined, model)
    for (const path of ['/model/m/invoke-with-bidirectional-stream', '/async-invoke', '/guardrail/g/version/1/apply', '/model/m/count-tokens']) assert.equal(provider.route('POST', path), 'denied', path)
  })

  test('is answered in masked messages with good checksums, in every copy, wherever it is cut', () => {
    const text = `Write to ${MAIL} or ${CARD}.`
    const input = JSON.stringify({ to: MAIL })
    const bytes = Buffer.concat([
      message('messageStart', { role: 'assistant', p: 'abc' }),
      message('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: `of ${MAIL}` } } }),
      message('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'AAAA' } } }),
      message('contentBlockStop', { contentBlockIndex: 0 }),
      ...(text.match(/.{1,7}/g) ?? []).map((piece) => message('contentBlockDelta', { contentBlockIndex: 1, delta: { text: piece }, p: 'abcd' })),
      message('contentBlockStop', { contentBlockIndex: 1 }),
      message('contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'tooluse_1', name: 'f' } } }),
      ...(input.match(/.{1,7}/g) ?? []).map((piece) => message('contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: piece } } })),
      message('contentBlockStop', { contentBlockIndex: 2 }),
      message('messageStop', { stopReason: 'tool_use' }),
      message('metadata', { usage: { inputTokens: 3, outputTokens: 5 }, trace: { guardrail: { modelOutput: [text], outputAssessments: { g: [{ sensitiveInformationPolicy: { piiEntities: [{ match: MAIL, type: 'EMAIL' }] } }] } } } }),
    ])
    for (let i = 0; i < bytes.length; i += 31) {
      const codec = provider.answer(read('/model/m/converse-stream', { messages: [] }), STREAM, maskingOf(MAIL, CARD).open)
      const out = through(codec, cutAt(bytes, i))
      assert.doesNotMatch(out.toString('latin1'), /castellanos|1111 1111/)
      const said = payloads(out)
      const deltas = said.filter(({ name }) => name === 'contentBlockDelta').map(({ value }) => value as { contentBlockIndex: number; delta: { text?: string; toolUse?: { input: string } } })
      assert.equal(deltas.map(({ delta }) => delta.text ?? '').join(''), 'Write to [MASKED] or [MASKED].')
      assert.deepEqual(JSON.parse(deltas.map(({ delta }) => delta.toolUse?.input ?? '').join('')), { to: '[MASKED]' })
      assert.deepEqual([codec.summary.finish, codec.summary.usage, codec.summary.opaque], [['tool_use'], { inputTokens: 3, outputTokens: 5 }, ['signature']])
    }
  })

  test('is answered whole', () => {
    const whole = { output: { message: { role: 'assistant', content: [{ text: MAIL }, { toolUse: { toolUseId: 'tooluse_1', name: 'f', input: { to: MAIL } } }] } }, stopReason: 'tool_use', usage: { inputTokens: 1, outputTokens: 2 } }
    const codec = provider.answer(read('/model/m/converse', { messages: [] }), { status: 200, contentType: 'application/json' }, maskingOf(MAIL).open)
    assert.deepEqual(JSON.parse(through(codec, [Buffer.from(JSON.stringify(whole))]).toString()), JSON.parse(JSON.stringify(whole).replaceAll(MAIL, '[MASKED]')))
    assert.deepEqual(codec.summary.texts.map(({ path }) => path), ['output/message/content/0/text', 'output/message/content/1/toolUse/input'])
  })

  test('is nonsense when it breaks off, and breaks off itself with an exception', () => {
    const codec = provider.answer(read('/model/m/converse-stream', { messages: [] }), STREAM, maskingOf(MAIL).open)
    assert.throws(() => through(codec, [message('messageStart', { role: 'assistant' })]), { code: 'CS_UPSTREAM_NONSENSE' })
    const [failed] = payloads(codec.fail(new CountersignError('CS_MASKING_FAILED', 'masking failed.'), 'ex_1'))
    assert.deepEqual(failed, { name: 'modelStreamErrorException', value: { message: 'Countersign: masking failed. [ex_1]' } })
    const { status, headers } = provider.refuse(new CountersignError('CS_DENIED', 'no.'), 'ex_1')
    assert.deepEqual([status, headers['x-amzn-errortype']], [403, 'AccessDeniedException'])
  })
})

describe('InvokeModel', () => {
  const inner = (...events: object[]): Buffer => Buffer.concat(events.map((event) => message('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'ab' })))
  const outOf = (bytes: Uint8Array): unknown[] => payloads(bytes).map(({ value }) => JSON.parse(Buffer.from(String(value['bytes']), 'base64').toString()) as unknown)

  test('speaks Anthropic\'s dialect for its models', () => {
    const call = read('/model/us.anthropic.claude-x-v1%3A0/invoke-with-response-stream', { anthropic_version: 'bedrock-2023-05-31', max_tokens: 5, messages: [{ role: 'user', content: [{ type: 'text', text: MAIL }] }] })
    assert.deepEqual([call.model, call.streaming, call.parts.map(({ text }) => text)], ['us.anthropic.claude-x-v1:0', true, [MAIL]])
    const bytes = inner(
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'to mira.cast' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ellanos@northfield.example!' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 1 } },
    )
    const out = outOf(through(provider.answer(call, STREAM, maskingOf(MAIL).open), [bytes])) as { delta?: { text: string } }[]
    assert.equal(out.map(({ delta }) => delta?.text ?? '').join(''), 'to [MASKED]!')
  })

  test('reads every string of other makers as text', () => {
    const call = read('/model/meta.llama3/invoke-with-response-stream', { prompt: MAIL, max_gen_len: 5, nested: { deeper: [CARD] } })
    assert.deepEqual(call.parts.map(({ text }) => text), [MAIL, CARD])
    const bytes = inner({ generation: 'to mira.cast', stop_reason: null }, { generation: 'ellanos@northfield.example', stop_reason: null }, { generation: '', stop_reason: 'stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 1, outputTokenCount: 2 } })
    const codec = provider.answer(call, STREAM, maskingOf(MAIL).open)
    const out = outOf(through(codec, [bytes])) as { generation: string }[]
    assert.equal(out.map(({ generation }) => generation).join(''), 'to [MASKED]')
    assert.deepEqual([codec.summary.finish, codec.summary.usage], [['stop'], { inputTokens: 1, outputTokens: 2 }])
  })
})
