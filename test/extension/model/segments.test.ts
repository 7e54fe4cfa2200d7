import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { plainLabel, segmentsOf } from '../../../src/extension/model/segments.ts'
import { segment } from '../../../src/protocol/panelModels.ts'
import { span } from '../../fakes/records.ts'

describe('masked text as segments', () => {
  test('puts each mask where its token stands, with type, number and evidence', () => {
    const text = 'Write [EMAIL_1] or ring [PHONE].'
    const segments = segmentsOf(text, [span({ start: 6, end: 21, token: '[EMAIL_1]', transform: 'pseudonym' }), span({ start: 30, end: 42, type: 'PHONE', token: '[PHONE]' })], 2)
    assert.deepEqual(segments.map((one) => (one.kind === 'text' ? one.text : one.kind === 'mask' ? `${one.type}/${one.ordinal ?? '-'}/${one.fate}` : one.kind)), ['Write ', 'EMAIL/1/masked', ' or ring ', 'PHONE/-/masked', '.'])
    const [, mask] = segments
    assert.ok(mask?.kind === 'mask' && mask.evidence)
    assert.deepEqual([mask.evidence.recogniser, mask.evidence.part, mask.evidence.start, mask.evidence.proof], ['email@1', 2, 6, 'abc'])
  })

  test('hides a value that policy leaves as it is: the view gets its type, never the value', () => {
    const text = 'Card 4111 1111 1111 1111 please'
    const segments = segmentsOf(text, [span({ start: 5, end: 24, type: 'CREDIT_CARD', transform: 'keep', token: '' })])
    assert.doesNotMatch(JSON.stringify(segments), /4111/)
    assert.deepEqual(segments[1]?.kind === 'mask' && [segments[1].fate, segments[1].type], ['asIs', 'CREDIT_CARD'])
  })

  test('shows the tail of a partial mask and nothing else of it', () => {
    const [mask] = segmentsOf('··4242', [span({ start: 0, end: 19, type: 'CREDIT_CARD', transform: 'partial', token: '··4242' })])
    assert.ok(mask?.kind === 'mask')
    assert.equal(mask.tail, '··4242')
  })

  test('reads a mask that stands in quotes in the place of a number', () => {
    const [, mask, end] = segmentsOf('{"card": "[CREDIT_CARD_2]"}', [span({ start: 9, end: 25, type: 'CREDIT_CARD', transform: 'pseudonym', token: '"[CREDIT_CARD_2]"' })])
    assert.ok(mask?.kind === 'mask')
    assert.deepEqual([mask.ordinal, end], [2, { kind: 'text', text: '}' }])
    const [, tail] = segmentsOf('{\\"card\\": \\"··4242\\"}', [span({ start: 11, end: 27, type: 'CREDIT_CARD', transform: 'partial', token: '\\"··4242\\"' })])
    assert.deepEqual(tail?.kind === 'mask' && tail.tail, '··4242')
  })

  test('recognises our tokens where the evidence is not at hand, as while an answer streams', () => {
    assert.deepEqual(segmentsOf('a [EMAIL] b', []).map((one) => one.kind), ['text', 'mask', 'text'])
    const long = `CUSTOM_${'X'.repeat(60)}`
    assert.deepEqual(segmentsOf(`[DATE_OF_BIRTH:a829bcbf][${long}]`, []), [{ kind: 'mask', type: 'DATE_OF_BIRTH', tail: 'a829bcbf', transform: 'hash', fate: 'masked' }, { kind: 'mask', type: long, transform: 'redact', fate: 'masked' }])
  })

  test('names what could deceive a reader instead of drawing it', () => {
    const segments = segmentsOf('pay\u202Eecila\u200B\u{E0041}', [])
    assert.deepEqual(segments.flatMap((one) => (one.kind === 'inert' ? [one.codePoint.toString(16)] : [])), ['202e', '200b', 'e0041'])
    assert.equal(plainLabel('gpt\u202E-4\n'), 'gpt\uFFFD-4 ')
  })

  test('makes of any text and any evidence only what the views accept', () => {
    const anySpan = fc.record({ start: fc.nat(60), length: fc.nat(20), token: fc.constantFrom('[EMAIL]', '[EMAIL_3]', '', '··42'), transform: fc.constantFrom('redact', 'keep', 'partial', 'pseudonym' as const) })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.array(anySpan, { maxLength: 5 }), (text, spans) => {
        const segments = segmentsOf(text, spans.map(({ start, length, token, transform }) => span({ start, end: start + length, token, transform: transform as 'redact' })))
        for (const one of segments) segment.parse(one)
      }),
    )
  })
})
