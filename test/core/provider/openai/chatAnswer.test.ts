import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { createOpenAi } from '../../../../src/core/provider/openai/openai.ts'
import type { AnswerCodec, Operation } from '../../../../src/core/provider/provider.ts'
import { bytewise, cutAt, eventsOf, masked, maskingOf, through, type FakeMasking } from '../../../fakes/maskStream.ts'

const provider = createOpenAi()
const MAIL = 'mira.castellanos@northfield.example'
const CARD = '4111 1111 1111 1111'
const SSE = { status: 200, contentType: 'text/event-stream; charset=utf-8' }
const JSON_TYPE = { status: 200, contentType: 'application/json' }

interface Options {
  readonly masking?: FakeMasking
  readonly reply?: { status: number; contentType: string }
  readonly body?: object
  readonly answersAreMasked?: boolean
}

function codecFor({ masking = maskingOf(MAIL, CARD), reply = SSE, body = {}, answersAreMasked = true }: Options = {}): AnswerCodec {
  const request = { model: 'm', messages: [], stream: true, stream_options: { include_usage: true }, ...body }
  const call = provider.describe(provider.route('POST', '/chat/completions') as Operation, Buffer.from(JSON.stringify(request)))
  call.rewrite([], { masking: answersAreMasked })
  return provider.answer(call, reply, masking.open)
}

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`
const stop = (index = 0, reason = 'stop'): string => chunk({}, { index, finish_reason: reason })
const DONE = 'data: [DONE]\n\n'
const pieces = (text: string, size = 5): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []

interface Chunk {
  choices: { index: number; delta: Record<string, unknown> & { content?: string; tool_calls?: { index: number; function?: { arguments?: string } }[] }; finish_reason: string | null; logprobs?: unknown }[]
  usage?: unknown
}
const chunks = (out: Uint8Array): Chunk[] => eventsOf(out).filter((event): event is Chunk => typeof event === 'object' && 'choices' in (event as object))
const deltas = (out: Uint8Array, index = 0): Chunk['choices'][number]['delta'][] => chunks(out).flatMap(({ choices }) => choices.filter((choice) => choice.index === index)).map(({ delta }) => delta)
const contentOf = (out: Uint8Array, index = 0): string => deltas(out, index).map(({ content }) => content ?? '').join('')
const argumentsOf = (out: Uint8Array, call = 0): string =>
  deltas(out).flatMap(({ tool_calls }) => tool_calls ?? []).filter(({ index }) => index === call).map((one) => one.function?.arguments ?? '').join('')

describe('a streamed chat completion', () => {
  test('is JSON source to the masker when the client asked for JSON, and text otherwise', () => {
    const stream = Buffer.from([chunk({ content: '{"name":"Ada"}' }), stop(), DONE].join(''))
    const kindFor = (body: object): string | undefined => {
      const masking = maskingOf()
      through(codecFor({ masking, body }), [stream])
      return masking.channels.find(({ path }) => path === 'choices/0/message/content')?.kind
    }
    assert.equal(kindFor({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } } }), 'json')
    assert.equal(kindFor({ response_format: { type: 'json_object' } }), 'json')
    assert.equal(kindFor({ response_format: { type: 'text' } }), 'text')
    assert.equal(kindFor({}), 'text')
  })

  test('passes byte for byte when nothing is masked, wherever it is cut and however long text is held', () => {
    const stream = Buffer.from(
      [
        ': keep-alive\r\n\r\n', chunk({ role: 'assistant', content: '' }), chunk({ content: 'Write to mir' }), 'data:{"id":"c1",  "choices":[ {"index":0,"delta":{"content":"a.cast\\u00e9\\ud83d\\ude00"}} ] }\n\n',
        chunk({ content: ' 4111 1111' }), chunk({ content: ' and 4' }), stop(), DONE,
      ].join(''),
    )
    for (let i = 0; i <= stream.length; i++) assert.deepEqual(through(codecFor(), cutAt(stream, i)), stream, `cut at ${i}`)
    assert.deepEqual(through(codecFor(), bytewise(stream)), stream)
  })

  test('masks each value whole, wherever it is cut, and leaks it in no copy', () => {
    const text = `Write to ${MAIL}, or pay with ${CARD}. Again: ${MAIL}`
    for (const size of [1, 2, 3, 7, 50]) {
      const stream = Buffer.from([chunk({ role: 'assistant', content: '' }), ...pieces(text, size).map((content) => chunk({ content })), stop(), DONE].join(''))
      for (let i = 0; i <= stream.length; i += 29) {
        const codec = codecFor()
        const out = through(codec, cutAt(stream, i))
        assert.equal(contentOf(out), masked(text, MAIL, CARD))
        assert.doesNotMatch(out.toString(), /castellanos|1111/)
        assert.equal(codec.summary.spans.length, 3)
        assert.deepEqual(codec.summary.texts, [{ path: 'choices/0/message/content', value: masked(text, MAIL, CARD) }])
      }
    }
  })

  test('holds the law for any text, any pieces, any chunks, any interleaving of choices', () => {
    const word = fc.constantFrom(MAIL, CARD, 'mira', '4111 ', 'é😀', '"', '\\', '\n', 'a b', 'x')
    const piece = fc.record({ index: fc.nat(2), field: fc.constantFrom('content', 'reasoning', 'refusal', 'args', 'args2', 'novel'), text: fc.array(word, { maxLength: 3 }).map((words) => words.join('')) })
    fc.assert(fc.property(fc.array(piece, { maxLength: 25 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 12 }), (said, size, cut) => {
      const whole = new Map<string, string>()
      const events = said.flatMap(({ index, field, text }) => {
        const key = `${index} ${field}`
        whole.set(key, (whole.get(key) ?? '') + text)
        return pieces(text, cut).map((part) => chunk(field.startsWith('args') ? { tool_calls: [{ index: field === 'args' ? 0 : 1, function: { arguments: part } }] } : { [field]: part }, { index }))
      })
      const stream = Buffer.from([...events, stop(0), stop(1), stop(2), DONE].join(''))
      const out = through(codecFor(), Array.from({ length: Math.ceil(stream.length / size) }, (_, i) => stream.subarray(i * size, (i + 1) * size)))
      for (const [key, text] of whole) {
        const [index, field] = key.split(' ') as [string, string]
        const got = deltas(out, Number(index)).map((delta) =>
          field.startsWith('args') ? (delta.tool_calls ?? []).filter((call) => call.index === (field === 'args' ? 0 : 1)).map((call) => call.function?.arguments ?? '').join('') : ((delta[field] as string | undefined) ?? ''),
        ).join('')
        // Thinking ends where the answer goes on: a value cannot reach over that end.
        if (field !== 'reasoning') assert.equal(got, masked(text, MAIL, CARD), key)
      }
      assert.deepEqual(eventsOf(out).at(-1), '[DONE]')
    }))
  })

  test('says that a choice is finished only after all of its text', () => {
    const out = through(codecFor(), [Buffer.from([chunk({ content: 'to mira.cast' }), chunk({ content: 'x', role: 'y' }, { index: 1 }), stop(), stop(1), DONE].join(''))])
    const finished = chunks(out).findIndex(({ choices }) => choices[0]?.index === 0 && choices[0].finish_reason === 'stop')
    const texts = chunks(out).map(({ choices }) => choices[0]?.delta.content ?? '')
    assert.equal(texts.slice(0, finished).join(''), 'to mira.castx')
    assert.deepEqual(chunks(out).map(({ choices }) => choices[0]?.index), [0, 1, 0, 1])
  })

  test('does not hold up tool calls behind the rest of a text, and loses none of it', () => {
    const codec = codecFor()
    const first = codec.push(Buffer.from(chunk({ content: 'ask mira' }) + chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"q":' } }] })))
    assert.match(Buffer.from(first).toString(), /"arguments":"\{\\"q\\":"/)
    const out = Buffer.concat([first, codec.push(Buffer.from([chunk({ tool_calls: [{ index: 0, function: { arguments: `"${MAIL}"}` } }] }), stop(0, 'tool_calls'), DONE].join(''))), codec.end()])
    assert.equal(contentOf(out), 'ask mira')
    assert.equal(argumentsOf(out), '{"q":"[MASKED]"}')
    assert.deepEqual(codec.summary.finish, ['tool_calls'])
  })

  test('gives out all of the thinking before the answer begins', () => {
    const out = through(codecFor(), [Buffer.from([chunk({ reasoning_content: 'I know mira' }), chunk({ content: 'Hello' }), stop(), DONE].join(''))])
    const order = deltas(out).map((delta) => Object.entries(delta).map(([key, value]) => `${key} ${String(value)}`).join())
    assert.deepEqual(order, ['reasoning_content I know mira', 'content Hello', ''])
  })

  test('does not let one choice wait for another for ever', () => {
    const codec = codecFor()
    codec.push(Buffer.from(chunk({ content: 'mira' })))
    const out = Buffer.concat(Array.from({ length: 400 }, (_, i) => codec.push(Buffer.from(chunk({ content: `w${i} ` }, { index: 1 })))))
    assert.match(out.toString(), /w50/)
  })

  test('masks what nobody knows: fields, events, comments', () => {
    const stream = [`: ${MAIL}\n\n`, `id: ${MAIL}\ndata: ${JSON.stringify({ choices: [], novel: MAIL, deep: { [MAIL]: [CARD] } })}\n\n`, chunk({ content: 'x', annotations: [{ type: 'url_citation', url_citation: { title: MAIL } }] }), stop(), DONE].join('')
    const out = through(codecFor(), [Buffer.from(stream)]).toString()
    assert.doesNotMatch(out, /castellanos|1111/)
    assert.match(out, /"novel":"\[MASKED\]","deep":\{"\[MASKED\]":\["\[MASKED\]"\]\}/)
  })

  test('takes no number of a person for an identifier', () => {
    const number = '219-09-9999'
    const stream = [`: ${number}\n\n`, `id: ${number}\ndata: ${JSON.stringify({ id: number, system_fingerprint: number, choices: [] })}\n\n`, stop(), DONE].join('')
    assert.doesNotMatch(through(codecFor({ masking: maskingOf(number) }), [Buffer.from(stream)]).toString(), /219-09/)
  })

  test('drops log probabilities while answers are masked, and only then', () => {
    const logprobs = { content: [{ token: CARD, bytes: [52, 49], logprob: -1, top_logprobs: [] }] }
    const stream = Buffer.from([chunk({ content: 'x' }, { logprobs }), stop(), DONE].join(''))
    assert.doesNotMatch(through(codecFor(), [stream]).toString(), /1111|"bytes"/)
    assert.deepEqual(through(codecFor({ answersAreMasked: false, masking: maskingOf() }), [stream]), stream)
  })

  test('records usage it asked for itself, and hides that event from the client', () => {
    const usage = `data: {"id":"c1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\n`
    const stream = Buffer.from([chunk({ content: 'x' }), stop(), usage, DONE].join(''))
    const asked = codecFor()
    assert.deepEqual(through(asked, [stream]), stream)
    assert.deepEqual(asked.summary.usage, { inputTokens: 7, outputTokens: 5 })
    const hidden = codecFor({ body: { stream_options: undefined } })
    assert.deepEqual(through(hidden, [stream]), Buffer.from([chunk({ content: 'x' }), stop(), DONE].join('')))
    assert.deepEqual(hidden.summary.usage, { inputTokens: 7, outputTokens: 5 })
    assert.deepEqual([hidden.summary.model, hidden.summary.id], ['m', 'c1'])
  })

  test('is nonsense when it ends in the middle, is no JSON, or goes on after its end', () => {
    const fails = (stream: string): void => { assert.throws(() => through(codecFor(), [Buffer.from(stream)]), { code: 'CS_UPSTREAM_NONSENSE' }) }
    fails(chunk({ content: 'x' }))
    fails(chunk({ content: 'x' }) + stop())
    fails('')
    fails(`data: {"choices":[{"ind\n\n${DONE}`)
    fails(`data: <p>\n\n${DONE}`)
    fails(chunk({ content: 'x' }) + stop() + chunk({ content: 'y' }) + DONE)
  })

  test('ends with the provider\'s own error when it sends one, masked', () => {
    const stream = `${chunk({ content: 'x' })}event: error\ndata: ${JSON.stringify({ error: { message: 'failed', failed_generation: `{"to":"${MAIL}"}` } })}\n\n`
    const out = through(codecFor(), [Buffer.from(stream)]).toString()
    assert.match(out, /^event: error$/m)
    assert.doesNotMatch(out, /castellanos/)
  })

  test('breaks off with an error event that no client takes for the end', () => {
    const text = Buffer.from(codecFor().fail(new CountersignError('CS_MASKING_FAILED', 'masking failed; the answer stops here.'), 'ex_1')).toString()
    assert.deepEqual(eventsOf(text), [{ error: { message: 'Countersign: masking failed; the answer stops here. [ex_1]', type: 'server_error', param: null, code: 'countersign_masking_failed' } }])
    assert.doesNotMatch(text, /DONE/)
  })
})

describe('a chat completion as a whole', () => {
  const answer = {
    id: 'c1', model: 'm', unknown: MAIL,
    choices: [{ index: 0, finish_reason: 'tool_calls', logprobs: { content: [{ token: CARD }] }, message: { role: 'assistant', content: `to ${MAIL}`, refusal: null, reasoning_content: CARD, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: JSON.stringify({ to: MAIL }) } }] } }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  }

  test('is masked in every field, and recorded by the same paths as a stream', () => {
    const codec = codecFor({ reply: JSON_TYPE })
    const out = through(codec, bytewise(Buffer.from(JSON.stringify(answer, null, 2))))
    assert.doesNotMatch(out.toString(), /castellanos|1111/)
    assert.deepEqual(codec.summary.texts.map(({ path }) => path), ['choices/0/message/content', 'choices/0/message/reasoning_content', 'choices/0/message/tool_calls/0/function/arguments'])
    assert.deepEqual([codec.summary.finish, codec.summary.usage], [['tool_calls'], { inputTokens: 1, outputTokens: 2 }])
  })

  test('passes byte for byte when nothing is masked', () => {
    const bytes = Buffer.from(JSON.stringify({ ...answer, choices: [{ ...answer.choices[0], logprobs: null }] }, null, 3))
    assert.deepEqual(through(codecFor({ reply: JSON_TYPE, masking: maskingOf() }), [bytes]), bytes)
  })

  test('is masked also when it is an error, which may quote the prompt', () => {
    const out = through(codecFor({ reply: { status: 400, contentType: 'application/json' } }), [Buffer.from(JSON.stringify({ error: { message: `bad ${MAIL}`, code: null } }))])
    assert.equal(out.toString(), '{"error":{"message":"bad [MASKED]","code":null}}')
    assert.equal(through(codecFor({ reply: { status: 502, contentType: '' } }), []).length, 0)
  })

  test('is nonsense when it is cut off, empty, or of another type', () => {
    assert.throws(() => through(codecFor({ reply: JSON_TYPE }), [Buffer.from('{"choices":[')]), { code: 'CS_UPSTREAM_NONSENSE' })
    assert.throws(() => through(codecFor({ reply: JSON_TYPE }), []), { code: 'CS_UPSTREAM_NONSENSE' })
    for (const contentType of ['text/html', 'text/plain', '', 'application/octet-stream']) assert.throws(() => codecFor({ reply: { status: 200, contentType } }), { code: 'CS_UPSTREAM_NONSENSE' }, contentType)
    assert.throws(() => codecFor({ reply: { status: 502, contentType: 'text/html' } }), { code: 'CS_UPSTREAM_NONSENSE' })
  })
})
