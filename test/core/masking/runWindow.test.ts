/** Dictionaries of a policy: exact values of a few words, of which only keyed hashes are known. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { customFamily, hashOfValue } from '../../../src/core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { KEYS, optionsFor, rulesFor } from './masker.ts'

const key = 'a key of the dictionary'
const VALUES = ['falcon', 'Project Falcon', 'Müller & Söhne GmbH', 'Acme Inc.', 'a=b:c', 'Ada King', 'AT&T Corp', 'Code, the 7th one', '𝒜x 𝒜y']
const type = { name: 'CUSTOM_D', ignoreCase: false, values: { key, lengths: [...new Set(VALUES.map(({ length }) => length))], hashes: VALUES.map((value) => hashOfValue(key, value)) } }
const masker = createMasker({ ...KEYS, families: [...FAMILIES, customFamily([type])] })
const alone = createMasker({ ...KEYS, families: [customFamily([type])] })
const RULES = { ...rulesFor('redact'), CUSTOM_D: 'redact' } as const

describe('a dictionary of a policy', () => {
  test('holds values of up to four words, with what stands between them', () => {
    const texts = ['we met «project falcon», and «Müller & Söhne GmbH».', '«PROJECT FALCON»: a falcony', '"«Ada King»" or (by «AT&T Corp»)!', '«Acme Inc». is', 'x «a=b:c» y', '«code, the 7th one»', 'in «project\n  falcon», or «Mu\u0308ller & So\u0308hne GmbH»', '«Ada King»', '𝒜x «𝒜x 𝒜y»']
    for (const text of texts) assert.equal(alone.mask(text.replace(/[«»]/g, ''), optionsFor('text', { rules: RULES })).text, text.replace(/«[^»]*»/g, '[CUSTOM_D]'))
    for (const text of ['Ada. King', 'Ada\n\nKing', 'Ada    King', 'project falcons', 'Ada "King"', 'Kingada Kings']) assert.equal(alone.mask(text, optionsFor('text', { rules: RULES })).text, text)
  })

  test('in JSON has no value that spans two strings', () => {
    assert.equal(masker.mask('{"a":["Ada","King"],"b":"Ada King"}', optionsFor('json', { rules: RULES })).text, '{"a":["Ada","King"],"b":"[CUSTOM_D]"}')
  })

  test('finds the same however a text is cut, and holds back only as much as a value may have', () => {
    const piece = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('Project', 'falcon', 'Ada', 'King', 'Müller', 'Mu\u0308ller', 'GmbH', ' & ', 'So\u0308hne', ' ', ' ', '  ', '\n', '\n\n', '.', ', ', '=', ':', '"', 'Acme Inc.', 'a=b:c', 'AT&T Corp', 'Code, the 7th one', '𝒜x 𝒜y', '\ud835', 'x'.repeat(97), 'ada@example.com') }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), fc.constantFrom(masker, alone), (pieces, cuts, isJson, which) => {
        const text = isJson ? JSON.stringify({ a: pieces.join(''), b: pieces }) : pieces.join('')
        const options = optionsFor(isJson ? 'json' : 'text', { rules: RULES })
        const expected = which.mask(text, options)
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
        for (const chunks of [text.split(''), places.slice(1).map((place, i) => text.slice(places[i], place))]) {
          const stream = which.session('s').open(options)
          assert.equal(chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush(), expected.text, JSON.stringify(text))
          assert.deepEqual(stream.spans, expected.spans, JSON.stringify(text))
        }
      }),
      { numRuns: 2000 },
    )
    const stream = alone.session('s').open(optionsFor('text', { rules: RULES }))
    const text = 'so much for it, and one more '.repeat(40)
    let out = 0
    for (let i = 0; i < text.length; i++) {
      out += stream.push(text.charAt(i)).length
      assert.ok(i + 1 - out <= 96, `${i + 1 - out} characters are held back`)
    }
  })
})
