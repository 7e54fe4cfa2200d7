import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createHuggingFace } from '../../../../src/core/provider/huggingface/huggingface.ts'
import type { AnswerCodec, ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { bytewise, cutAt, eventsOf, maskingOf, through, type FakeMasking } from '../../../fakes/maskStream.ts'

const provider = createHuggingFace()
const MAIL = 'mira.castellanos@northfield.example'
const read = (path: string, body: object): ModelCall => provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
const codecFor = (masking: FakeMasking, contentType = 'text/event-stream'): AnswerCodec => provider.answer(read('/models/gpt2', { inputs: 'x', stream: true }), { status: 200, contentType }, masking.open)

describe('Hugging Face\'s own inference', () => {
  test('has its model in the path, and texts in its inputs, whatever the task', () => {
    const call = read('/models/meta-llama/Llama-3.1-8B', { inputs: MAIL, parameters: { max_new_tokens: 5, stop: ['halt'], novel: MAIL }, stream: true })
    assert.deepEqual([call.model, call.streaming, call.operation.name], ['meta-llama/Llama-3.1-8B', true, 'text-generation'])
    assert.deepEqual(call.parts.map(({ path }) => path), ['/inputs', '/parameters/stop/0', '/parameters/novel'])
    assert.equal(read('/models/m/pipeline/feature-extraction', { inputs: ['a', 'b'] }).operation.name, 'embeddings')
    for (const path of ['/models/m/v1/chat/completions', '/models/m/pipeline/image-to-text']) assert.equal(provider.route('POST', path), 'denied', path)
    for (const path of ['/models/..', '/models/a/../b', '/models//a']) assert.equal(provider.route('POST', path), undefined, path)
  })

  const events = (size: number): Buffer => {
    const text = `Write to ${MAIL}.`
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []
    return Buffer.from(pieces.map((piece, i) => {
      const last = i === pieces.length - 1
      return `data:${JSON.stringify({ index: i + 1, token: { id: 1000 + i, text: piece, logprob: -0.1, special: false }, top_tokens: [{ id: 1, text: piece }], generated_text: last ? text : null, details: last ? { finish_reason: 'eos_token', generated_tokens: 7, seed: null } : null })}\n\n`
    }).join(''))
  }

  test('is masked in every copy of the answer: pieces, the whole at the end, and numbers of tokens, which spell it', () => {
    for (const size of [1, 5, 80]) {
      const codec = codecFor(maskingOf(MAIL))
      const out = through(codec, bytewise(events(size)))
      assert.doesNotMatch(out.toString(), /castellanos/)
      const all = eventsOf(out) as { token: { id: number; text: string }; top_tokens?: unknown[]; generated_text: string | null }[]
      assert.equal(all.map(({ token }) => token.text).join(''), 'Write to [MASKED].')
      assert.equal(all.at(-1)?.generated_text, 'Write to [MASKED].')
      assert.ok(all.every(({ token, top_tokens: top }) => token.id === 0 && (top ?? []).length === 0))
      assert.deepEqual([codec.summary.finish, codec.summary.usage], [['eos_token'], { outputTokens: 7 }])
    }
  })

  test('passes byte for byte where answers are not masked', () => {
    const call = read('/models/gpt2', { inputs: 'x', stream: true })
    call.rewrite(['x'], { masking: false })
    const bytes = events(3)
    for (let i = 0; i < bytes.length; i += 13) assert.deepEqual(through(provider.answer(call, { status: 200, contentType: 'text/event-stream' }, maskingOf().open), cutAt(bytes, i)), bytes)
  })

  test('is nonsense when it was cut off, and breaks off in words', () => {
    const bytes = events(4)
    assert.throws(() => through(codecFor(maskingOf(MAIL)), [bytes.subarray(0, bytes.lastIndexOf('data:'))]), { code: 'CS_UPSTREAM_NONSENSE' })
    const [failed] = eventsOf(codecFor(maskingOf()).fail(new CountersignError('CS_MASKING_FAILED', 'masking failed.'), 'ex_1')) as { error: string }[]
    assert.equal(failed?.error, 'Countersign: masking failed. [ex_1]')
  })

  test('gives vectors back as they are', () => {
    const call = read('/models/m/pipeline/feature-extraction', { inputs: ['a'] })
    const bytes = Buffer.from('[[0.1,-0.2,3e-5]]')
    assert.deepEqual(through(provider.answer(call, { status: 200, contentType: 'application/json' }, maskingOf().open), [bytes]), bytes)
  })
})
