import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { previewFindings, previewParts } from '../../../src/core/approval/preview.ts'
import { heldCall } from '../../../src/protocol/approval.ts'
import type { Finding, Part } from '../../../src/protocol/masking.ts'

const part = (text: string, path = '/messages/0/content'): Part => ({ path, role: 'user', origin: 'prompt', kind: 'text', text })
const finding = (text: string, value: string, type: string, path = '/messages/0/content'): Finding => {
  const start = text.indexOf(value)
  return { path, start, end: start + value.length, type, detector: `${type.toLowerCase()}@1`, certainty: 1 }
}
const preview = (text: string, findings: Finding[], rules: Record<string, 'redact'> = {}): ReturnType<typeof previewParts> =>
  previewParts({ parts: [part(text)], inspection: { status: 'ok', findings, opaque: [] }, rules })

describe('a preview', () => {
  test('hides every value behind its type, and says which leave as they are', () => {
    const text = 'card 4111 1111 1111 1111 and key sk-secret-1'
    const findings = [finding(text, '4111 1111 1111 1111', 'CREDIT_CARD'), finding(text, 'sk-secret-1', 'SECRET')]
    const [shown] = preview(text, findings, { SECRET: 'redact' })
    assert.deepEqual(shown?.segments.map((one) => (one.kind === 'mask' ? `${one.type} ${one.fate}` : one.kind === 'text' ? one.text : one.kind)), ['card ', 'CREDIT_CARD asIs', ' and key ', 'SECRET masked'])
    assert.deepEqual(previewFindings({ parts: [part(text)], inspection: { status: 'ok', findings, opaque: [] }, rules: { SECRET: 'redact' } }), [
      { type: 'CREDIT_CARD', count: 1, fate: 'asIs' },
      { type: 'SECRET', count: 1, fate: 'masked', transform: 'redact' },
    ])
  })

  test('names characters that deceive the eye instead of drawing them', () => {
    const [shown] = preview('pay \u202Eevil\u202C and \u200Bmore\u0007', [])
    assert.deepEqual(shown?.segments.filter((one) => one.kind === 'inert').map((one) => one.codePoint), [0x202e, 0x202c, 0x200b, 7])
    assert.ok(!JSON.stringify(shown).includes('\u202E'))
  })

  test('covers overlapping findings whole', () => {
    const text = 'x 123-45-6789-000 y'
    const [shown] = preview(text, [finding(text, '123-45-6789', 'US_SSN'), finding(text, '45-6789-000', 'PHONE')])
    assert.doesNotMatch(JSON.stringify(shown?.segments.filter((one) => one.kind === 'text')), /\d/)
  })

  test('counts what it leaves out, also behind more findings than it shows', () => {
    const dates = Array.from({ length: 300 }, (_, i) => `on ${String(1000 + i)}; `).join('')
    const text = `${dates}and the whole customer list`
    const shown = preview(text, Array.from({ length: 300 }, (_, i) => finding(text, String(1000 + i), 'DATE')))[0]?.segments ?? []
    const told = shown.reduce((sum, one) => sum + (one.kind === 'text' ? one.text.length : one.kind === 'mask' ? 4 : one.kind === 'elided' ? one.count : 1), 0)
    assert.equal(told, text.length)
    assert.equal(shown.at(-1)?.kind, 'elided')
  })

  test('of many long parts is what a hub takes, and says of each that is left out how long it is', () => {
    const text = Array.from({ length: 200 }, (_, i) => `\u4e2d\u6587 ${String(1000 + i)}; `).join('')
    const parts = Array.from({ length: 40 }, (_, i) => part(text, `/messages/${i}/content`))
    const findings = parts.flatMap(({ path }) => Array.from({ length: 200 }, (_, i) => finding(text, String(1000 + i), 'CREDIT_CARD', path)))
    const shown = previewParts({ parts, inspection: { status: 'ok', findings, opaque: [] }, rules: {} })
    assert.ok(Buffer.byteLength(JSON.stringify(shown)) < 400 * 1024)
    assert.equal(shown.length, 40)
    assert.deepEqual(shown.at(-1)?.segments, [{ kind: 'elided', what: 'characters', count: text.length }])
    assert.ok((shown[0]?.segments.length ?? 0) > 100)
  })

  test('is bounded, fits the wire and shows no character of a finding, for every text and every set of findings', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3000, unit: 'binary' }), fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 60 })), { maxLength: 30 }), (text, places) => {
        const findings = places.flatMap(([start, length]): Finding[] => (start < text.length ? [{ path: '/messages/0/content', start, end: Math.min(text.length, start + length), type: 'EMAIL', detector: 'e@1', certainty: 1 }] : []))
        const parts = preview(text, findings)
        assert.ok(heldCall.shape.parts.safeParse(parts).success)
        const shown = parts.flatMap(({ segments }) => segments).reduce((sum, one) => sum + (one.kind === 'text' ? one.text.length : 0), 0)
        const hidden = new Set(findings.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)))
        assert.ok(shown <= text.length - hidden.size)
      }),
    )
  })
})
