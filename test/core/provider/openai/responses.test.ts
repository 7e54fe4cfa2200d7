import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { createOpenAi } from '../../../../src/core/provider/openai/openai.ts'
import type { AnswerCodec, ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { cutAt, eventsOf, maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createOpenAi()
const MAIL = 'mira.castellanos@northfield.example'
const CARD = '4111 1111 1111 1111'
const read = (body: object): ModelCall => provider.describe(provider.route('POST', '/responses') as Operation, Buffer.from(JSON.stringify(body)))
const places = (call: ModelCall): string[] => call.parts.map(({ path, role, origin, kind }) => `${path} ${role} ${origin} ${kind}`)

function codecFor(contentType = 'text/event-stream', masking = maskingOf(MAIL, CARD)): AnswerCodec {
  const call = read({ model: 'm', input: 'x', stream: true })
  return provider.answer(call, { status: 200, contentType }, masking.open)
}

describe('a Responses call as sent', () => {
  test('is read as parts, whatever kind its items are of', () => {
    const call = read({
      model: 'gpt-5', instructions: 'sys',
      input: [
        { role: 'user', content: 'first' },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'thought' }], encrypted_content: 'AAAA' },
        { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"to":"x"}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'result' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'last' }, { type: 'input_file', file_data: 'AAAA', filename: 'mira.pdf' }, { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] },
        { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'late' }] },
        { type: 'novel_call', thing: { deep: 'unknown' } },
      ],
      tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }, { type: 'mcp', server_label: 'm', server_url: 'https://m.example' }],
      metadata: { who: 'mira' },
    })
    assert.deepEqual(places(call), [
      '/instructions system prompt text',
      '/input/0/content user history text',
      '/input/1/summary/0/text assistant history text',
      '/input/2/arguments assistant history json',
      '/input/3/output tool history text',
      '/input/4/content/0/text user prompt text',
      '/input/4/content/1/filename user prompt text',
      '/input/5/output/0/text tool prompt text',
      '/input/6/thing assistant prompt json',
      '/tools/0/description schema prompt text',
      '/tools/0/parameters schema prompt json',
      '/tools/1/server_url schema prompt text',
      '/metadata user prompt json',
    ])
    assert.deepEqual(call.opaque.toSorted(), ['encrypted_content', 'file', 'image'])
    assert.deepEqual(call.tools, ['f', 'mcp'])
    assert.deepEqual(places(read({ model: 'm', input: 'hi' })), ['/input user prompt text'])
  })

  test('names what the provider keeps and nobody here has seen', () => {
    for (const more of [{ previous_response_id: 'resp_1' }, { conversation: 'conv_1' }, { prompt: { id: 'pmpt_1' } }, { input: [{ type: 'item_reference', id: 'msg_1' }] }]) assert.deepEqual(read({ model: 'm', input: 'x', ...more }).opaque, ['stored_context'])
    assert.deepEqual(read({ model: 'm', input: 'x', previous_response_id: null }).opaque, [])
  })

  test('is refused when its answer would be fetched later', () => {
    assert.throws(() => read({ model: 'm', input: 'x', background: true }), { code: 'CS_NOT_INSPECTABLE' })
  })
})

describe('a streamed response', () => {
  const text = `See [it](https://x.example) by ${MAIL} and ${CARD}!`
  const at = text.indexOf(CARD)
  const part = { type: 'output_text', annotations: [{ type: 'url_citation', start_index: at, end_index: at + CARD.length, title: MAIL, url: 'https://x.example' }], logprobs: [{ token: CARD, bytes: [52], logprob: -1, top_logprobs: [] }], text }
  const call = { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'f', arguments: JSON.stringify({ to: MAIL }) }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] }
  const response = { id: 'resp_1', object: 'response', model: 'gpt-5', status: 'completed', instructions: `say ${MAIL}`, output: [message, call], usage: { input_tokens: 3, output_tokens: 4 } }
  let sequence = 0
  const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more, sequence_number: sequence++ })}\n\n`
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const stream = Buffer.from([
    event('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
    event('response.output_item.added', { output_index: 0, item: { ...message, content: [] } }),
    event('response.content_part.added', { ...place, part: { type: 'output_text', annotations: [], logprobs: [], text: '' } }),
    ...(text.match(/[^]{1,6}/gu) ?? []).map((delta) => event('response.output_text.delta', { ...place, delta, logprobs: [{ token: delta }], obfuscation: 'aZ09' })),
    event('response.output_text.annotation.added', { ...place, annotation_index: 0, annotation: part.annotations[0] }),
    event('response.output_text.done', { ...place, text, logprobs: part.logprobs }),
    event('response.content_part.done', { ...place, part }),
    event('response.output_item.done', { output_index: 0, item: message }),
    ...(call.arguments.match(/[^]{1,7}/gu) ?? []).map((delta) => event('response.function_call_arguments.delta', { item_id: 'fc_1', output_index: 1, delta })),
    event('response.function_call_arguments.done', { item_id: 'fc_1', output_index: 1, arguments: call.arguments }),
    event('response.output_item.done', { output_index: 1, item: call }),
    event('response.novel.happened', { novel: { [CARD]: MAIL } }),
    event('response.completed', { response }),
  ].join(''))

  interface Out { type: string; delta?: string; text?: string; part?: typeof part; response?: typeof response; sequence_number: number }

  test('says the same masked text in all of its copies, and leaks in none', () => {
    for (let i = 0; i < stream.length; i += 41) {
      const codec = codecFor()
      const out = through(codec, cutAt(stream, i))
      assert.doesNotMatch(out.toString(), /castellanos|1111 1111/)
      const events = eventsOf(out) as Out[]
      const masked = 'See [it](https://x.example) by [MASKED] and [MASKED]!'
      assert.equal(events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta).join(''), masked)
      assert.equal(events.find(({ type }) => type === 'response.output_text.done')?.text, masked)
      const last = events.at(-1)?.response?.output[0] as typeof message
      assert.deepEqual(last.content[0]?.text, masked)
      assert.deepEqual(JSON.parse((events.at(-1)?.response?.output[1] as typeof call).arguments), { to: '[MASKED]' })
      assert.deepEqual(events.map(({ sequence_number }) => sequence_number), Array.from({ length: sequence }, (_, n) => n))
    }
  })

  test('moves citations along with the text they point into', () => {
    const events = eventsOf(through(codecFor(), [stream])) as Out[]
    const done = events.find(({ type }) => type === 'response.content_part.done')?.part
    const { start_index: from = 0, end_index: to = 0 } = done?.annotations[0] ?? {}
    assert.equal(done?.text.slice(from, to), '[MASKED]')
  })

  test('is recorded once, however often it is said', () => {
    const codec = codecFor()
    through(codec, [stream])
    const { texts, usage, finish, model, id } = codec.summary
    assert.deepEqual(texts.filter(({ path }) => /text$|arguments$/.test(path)).map(({ path }) => path), ['output/0/content/0/text', 'output/1/arguments'])
    assert.deepEqual([usage, finish, model, id], [{ inputTokens: 3, outputTokens: 4 }, ['completed'], 'gpt-5', 'resp_1'])
  })

  test('passes byte for byte when nothing is masked', () => {
    const request = read({ model: 'm', input: 'x', stream: true })
    request.rewrite(['x'], { masking: false })
    for (let i = 0; i < stream.length; i += 17) assert.deepEqual(through(provider.answer(request, { status: 200, contentType: 'text/event-stream' }, maskingOf('See [it] not').open), cutAt(stream, i)), stream)
  })

  test('is nonsense without its last event, and breaks off with an error event', () => {
    assert.throws(() => through(codecFor(), [stream.subarray(0, stream.lastIndexOf('event:'))]), { code: 'CS_UPSTREAM_NONSENSE' })
    const [failed] = eventsOf(codecFor().fail(new CountersignError('CS_MASKING_FAILED', 'masking failed.'), 'ex_1')) as { type: string; error: { message: string } }[]
    assert.deepEqual([failed?.type, failed?.error.message], ['error', 'Countersign: masking failed. [ex_1]'])
  })

  test('is masked as a whole too', () => {
    const codec = codecFor('application/json')
    const out = JSON.parse(through(codec, [Buffer.from(JSON.stringify(response))]).toString()) as typeof response
    const [said] = (out.output[0] as typeof message).content
    assert.equal(said?.text, 'See [it](https://x.example) by [MASKED] and [MASKED]!')
    assert.equal(said.text.slice(said.annotations[0]?.start_index, said.annotations[0]?.end_index), '[MASKED]')
    assert.doesNotMatch(JSON.stringify(out), /castellanos|1111 1111/)
  })
})
