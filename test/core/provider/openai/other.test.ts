import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createOpenAi } from '../../../../src/core/provider/openai/openai.ts'
import { tokenizerOf } from '../../../../src/core/provider/tokens.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { eventsOf, maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createOpenAi()
const MAIL = 'mira.castellanos@northfield.example'
const read = (path: string, body: object): ModelCall => provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
const texts = (call: ModelCall): string[] => call.parts.map(({ text }) => text)
const sent = (call: ModelCall, change: (text: string) => string): unknown => JSON.parse(Buffer.from(call.rewrite(texts(call).map(change), { masking: true })).toString())
const tokenizer = tokenizerOf('text-embedding-3-small')

describe('embeddings', () => {
  const ids = (text: string): number[] => tokenizer.encode(text)

  test('are read in all four shapes of their input', () => {
    assert.deepEqual(texts(read('/embeddings', { model: 'text-embedding-3-small', input: MAIL })), [MAIL])
    assert.deepEqual(texts(read('/embeddings', { model: 'text-embedding-3-small', input: [MAIL, 'b'] })), [MAIL, 'b'])
    assert.deepEqual(texts(read('/embeddings', { model: 'text-embedding-3-small', input: ids(`write to ${MAIL} 😀`) })), [`write to ${MAIL} 😀`])
    const call = read('/embeddings', { model: 'text-embedding-ada-002', input: [ids(MAIL), ids('café')], encoding_format: 'base64' })
    assert.deepEqual(texts(call), [MAIL, 'café'])
    assert.deepEqual(call.params, { model: 'text-embedding-ada-002', encoding_format: 'base64' })
  })

  test('given as token ids leave as token ids of the masked text, and unchanged ones as they came', () => {
    const body = { input: [ids(`to ${MAIL}`), ids('plain')], model: 'text-embedding-3-small' }
    const call = read('/embeddings', body)
    assert.deepEqual(sent(call, (text) => text), body)
    const { input } = sent(call, (text) => text.replace(MAIL, '[EMAIL]')) as typeof body
    assert.deepEqual(input.map((one) => tokenizer.decode(one)), ['to [EMAIL]', 'plain'])
    assert.deepEqual(input[1], body.input[1])
  })

  test('do not leave when their ids cannot be turned back into text', () => {
    for (const [model, input] of [['text-embedding-3-small', [1, 999_999]], ['text-embedding-3-small', [1.5]], ['text-embedding-3-small', [-1]], ['gpt-4o', [1]], ['text-davinci-003', [[1]]], ['ada', [1]]] as const)
      assert.throws(() => read('/embeddings', { model, input }), { code: 'CS_NOT_INSPECTABLE' }, `${model} ${JSON.stringify(input)}`)
    assert.throws(() => read('/embeddings', { model: 'm' }), { code: 'CS_MALFORMED' })
  })

  test('come back with their vectors as they are', () => {
    const call = read('/embeddings', { model: 'm', input: 'x' })
    for (const embedding of [[0.1, -2e-5], 'AACAPwAAAEA=']) {
      const bytes = Buffer.from(JSON.stringify({ object: 'list', data: [{ object: 'embedding', index: 0, embedding }], model: 'm', usage: { prompt_tokens: 3, total_tokens: 3 } }))
      const masking = maskingOf('AACA')
      const codec = provider.answer(call, { status: 200, contentType: 'application/json' }, masking.open)
      assert.deepEqual(through(codec, [bytes]), bytes)
      assert.deepEqual([codec.summary.usage, masking.channels], [{ inputTokens: 3 }, []])
    }
    const odd = through(provider.answer(call, { status: 200, contentType: 'application/json' }, maskingOf(MAIL).open), [Buffer.from(JSON.stringify({ data: [{ embedding: MAIL, note: MAIL }] }))])
    assert.doesNotMatch(odd.toString(), /castellanos/)
  })
})

describe('legacy completions', () => {
  test('are read in all four shapes of their prompt, with usage asked for and no log probabilities', () => {
    const call = read('/completions', { model: 'gpt-3.5-turbo-instruct', prompt: ['a', MAIL], suffix: 'end', stream: true, logprobs: 2 })
    assert.deepEqual(texts(call), ['a', MAIL, 'end'])
    assert.deepEqual(sent(call, (text) => text), { model: 'gpt-3.5-turbo-instruct', prompt: ['a', MAIL], suffix: 'end', stream: true, stream_options: { include_usage: true } })
    assert.deepEqual(texts(read('/completions', { model: 'gpt-3.5-turbo-instruct', prompt: [tokenizer.encode('from ids')] })), ['from ids'])
  })

  test('are masked while they stream', () => {
    const call = read('/completions', { model: 'm', prompt: 'x', stream: true })
    const event = (text: string, finish: string | null = null): string => `data: ${JSON.stringify({ id: 'cmpl-1', choices: [{ index: 0, text, logprobs: { tokens: [MAIL] }, finish_reason: finish }] })}\n\n`
    const out = through(provider.answer(call, { status: 200, contentType: 'text/event-stream' }, maskingOf(MAIL).open), [Buffer.from(`${event('to mira.cast')}${event('ellanos@northfield.example')}${event('', 'stop')}data: [DONE]\n\n`)])
    const said = eventsOf(out).filter((one) => typeof one === 'object') as { choices: { text: string }[] }[]
    assert.equal(said.map(({ choices }) => choices[0]?.text ?? '').join(''), 'to [MASKED]')
    assert.doesNotMatch(out.toString(), /castellanos/)
  })
})

describe('moderations and models', () => {
  test('are read like anything else', () => {
    assert.deepEqual(texts(read('/moderations', { input: ['a', { type: 'text', text: MAIL }] })), ['a', MAIL])
    assert.equal(read('/moderations', { input: 'a' }).model, 'omni-moderation-latest')
    const call = provider.describe(provider.route('GET', '/models') as Operation, Buffer.alloc(0))
    const bytes = Buffer.from(JSON.stringify({ object: 'list', data: [{ id: 'gpt-4o', object: 'model', created: 1, owned_by: 'system' }] }))
    assert.deepEqual(through(provider.answer(call, { status: 200, contentType: 'application/json' }, maskingOf(MAIL).open), [bytes]), bytes)
  })
})
