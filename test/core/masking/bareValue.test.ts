/** Numbers that stand in JSON which stands in a text: masked, and the JSON can be read afterwards, on every level and however it arrives. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { customFamily } from '../../../src/core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import type { Transform } from '../../../src/protocol/masking.ts'
import { KEYS, maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker } = maskerWith()
const TRANSFORMS = ['redact', 'partial', 'replace', 'hash', 'pseudonym', 'keep'] as const
const mask = (text: string, transform: Transform = 'redact', kind: 'text' | 'json' = 'text'): string => masker.mask(text, optionsFor(kind, { rules: rulesFor(transform) })).text

let runs = 0
function inChunks(text: string, cuts: readonly number[], kind: 'text' | 'json', transform: Transform): string {
  const stream = masker.session(`chunks ${runs++}`).open(optionsFor(kind, { rules: rulesFor(transform) }))
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
  return places.slice(1).map((place, i) => stream.push(text.slice(places[i], place))).join('') + stream.flush()
}

const parsed = (text: string): unknown => JSON.parse(text)

/** JSON, and what is said before it and behind it. */
interface Said {
  readonly json: string
  readonly before: string
  readonly behind: string
}

/** Ways to write a value: as a text to mask, and back to what a program reads there. */
const WRITTEN: Readonly<Record<string, { readonly write: (said: Said) => string; readonly read: (text: string, said: Said) => unknown }>> = {
  plain: { write: ({ json }) => json, read: parsed },
  fenced: { write: ({ json }) => `Here it is:\n\n\`\`\`json\n${json}\n\`\`\`\nSo much.`, read: (text) => parsed(/```json\n(.*)\n```/s.exec(text)?.[1] ?? '') },
  'among words': { write: ({ before, json, behind }) => before + json + behind, read: (text, { before, behind }) => parsed(text.slice(before.length, text.length - behind.length)) },
  'as Python prints it': {
    write: ({ json }) => json.replaceAll('"', "'").replaceAll('true', 'True').replaceAll('null', 'None'),
    read: (text) => parsed(text.replaceAll("'", '"').replaceAll('True', 'true').replaceAll('None', 'null')),
  },
  'in a string of JSON': { write: ({ json }) => JSON.stringify({ content: [{ type: 'text', text: json }] }), read: (text) => parsed((JSON.parse(text) as { content: { text: string }[] }).content[0]?.text ?? '') },
  'in a string in a string of JSON': { write: ({ json }) => JSON.stringify({ a: JSON.stringify({ b: json }) }), read: (text) => parsed((JSON.parse((JSON.parse(text) as { a: string }).a) as { b: string }).b) },
}

const name = fc.constantFrom('card', 'credit_card', 'ssn', 'phone', 'phoneNumber', 'account_number', 'passport', 'imei', 'pin', 'cvv', 'zip', 'dob', 'amount', 'id', 'Kartennummer', '卡号', 'card number')
const number = fc.oneof(
  fc.constantFrom(4111111111111111, 5500005555555559, 219099998, 457555462, 4155552671, 14155552671, 490154203237518, 19900412, 94110, 4829, 123, 0, 17, 10000000, -5, 2.5, 219099998.5, 1.5e-7, 1e21),
  fc.integer({ min: 0, max: 9_999_999_999 }),
)
const leaf = fc.oneof({ weight: 4, arbitrary: number }, fc.constantFrom('x', 'so, [much]', 'a: b', '', true, null))
const tree = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, weight: 3, arbitrary: leaf } as never, leaf, tie('list'), tie('object')),
  list: fc.array(fc.oneof(number, leaf, fc.array(leaf, { maxLength: 3 })), { maxLength: 6 }),
  object: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 5 }),
}))

describe('JSON in a text', () => {
  test('can be read when its numbers are masked, whichever way it stands there and arrives', () => {
    for (const [how, { write, read }] of Object.entries(WRITTEN))
      for (const kind of ['text', 'json'] as const)
        fc.assert(
          fc.property(fc.dictionary(name, tree.value, { minKeys: 1, maxKeys: 5 }), fc.constantFrom(...TRANSFORMS), fc.constantFrom(undefined, 2), fc.array(fc.nat(), { maxLength: 12 }), (value, transform, indent, cuts) => {
            const said = { json: JSON.stringify(value, undefined, indent), before: 'He said: ', behind: ', and no more.' }
            const text = write(said)
            const out = mask(text, transform, kind)
            assert.doesNotThrow(() => read(out, said), `${how}, ${kind}, ${transform}: ${text} became ${out}`)
            assert.equal(inChunks(text, cuts, kind, transform), mask(text, transform, kind))
          }),
          { numRuns: 150 },
        )
  })

  test('has its masks in the quotes of the names before them', () => {
    for (const [text, masked] of [
      ['{"card": 4111111111111111, "ok": true}', '{"card": "[CREDIT_CARD]", "ok": true}'],
      ["{'card':4111111111111111, 'ok': True}", "{'card':'[CREDIT_CARD]', 'ok': True}"],
      ['{\\"ssn\\": 219099998}', '{\\"ssn\\": \\"[US_SSN]\\"}'],
      ['{\\\\\\"ssn\\\\\\":219099998}', '{\\\\\\"ssn\\\\\\":\\\\\\"[US_SSN]\\\\\\"}'],
      ['{\\u0022ssn\\u0022:219099998}', '{\\u0022ssn\\u0022:\\u0022[US_SSN]\\u0022}'],
      ['{"driver\'s card": 4111111111111111}', '{"driver\'s card": "[CREDIT_CARD]"}'],
      ['{"\\u5361card": 4111111111111111}', '{"\\u5361card": "[CREDIT_CARD]"}'],
      ['{"cards": [4111111111111111, 5, 5500005555555559]}', '{"cards": ["[CREDIT_CARD]", 5, "[CREDIT_CARD]"]}'],
      ['{"rows": [["say \\"a\\", [b]", 4111111111111111], ["C:\\\\", 5500005555555559]]}', '{"rows": [["say \\"a\\", [b]", "[CREDIT_CARD]"], ["C:\\\\", "[CREDIT_CARD]"]]}'],
      ['"{\\"cards\\": [\\n  4111111111111111,\\n  5500005555555559\\n]}"', '"{\\"cards\\": [\\n  \\"[CREDIT_CARD]\\",\\n  \\"[CREDIT_CARD]\\"\\n]}"'],
      // What follows of the number stands in them as well.
      ["{'ssn': 219099998.0, 'n': 1}", "{'ssn': '[US_SSN].0', 'n': 1}"],
      ['{"ssn": 219099998', '{"ssn": "[US_SSN]"'],
      ['{"ssn": 219-09-9998}', '{"ssn": "[US_SSN]"}'],
    ] as const) {
      assert.equal(mask(text), masked)
      for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(text, [cut], 'text', 'redact'), masked, `${text} cut at ${cut}`)
    }
  })

  test('has a number in the place of a number where the mask is one', () => {
    assert.equal(mask('{"card":4111111111111111,"ssn":219099998,"zip":94110,"cvv":123,"pin":4829}', 'replace'), '{"card":4000000000032997,"ssn":100009983,"zip":10000,"cvv":"000","pin":"masked-secret-1b83e1"}')
  })

  test('has them in lists of any length', () => {
    const value = { cards: Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? i : 4111111111111111)), last: 'x' }
    for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) {
      const { cards } = JSON.parse(mask(text)) as typeof value
      assert.deepEqual(cards, value.cards.map((one) => (one === 4111111111111111 ? '[CREDIT_CARD]' : one)))
    }
  })

  test('is no other text: neither words nor a string that reads like a name get quotes', () => {
    for (const [text, masked] of [
      ['{"a":": 4111111111111111"}', '{"a":": [CREDIT_CARD]"}'],
      ['["a", ": [4111111111111111"]', '["a", ": [[CREDIT_CARD]"]'],
      ['{"a": ["x", "4111111111111111, 5500005555555559"]}', '{"a": ["x", "[CREDIT_CARD], [CREDIT_CARD]"]}'],
      ['{"a": ["C:\\\\", "x, 4111111111111111"]}', '{"a": ["C:\\\\", "x, [CREDIT_CARD]"]}'],
      ['card: 4111111111111111, {card: 4111111111111111}', 'card: [CREDIT_CARD], {card: [CREDIT_CARD]}'],
      ['the "card", 4111111111111111', 'the "card", [CREDIT_CARD]'],
      ['"mail": ada@example.com, "phone": +1 415 555 2671', '"mail": [EMAIL], "phone": [PHONE]'],
      ['"card": "4111111111111111"', '"card": "[CREDIT_CARD]"'],
    ] as const)
      assert.equal(mask(text), masked)
  })

  test('is the same when it comes back masked', () => {
    const text = '{"card":4111111111111111,"ssn":219099998,"zip":94110,"pin":4829,"phones":[4155552671,14155552671]}'
    for (const transform of TRANSFORMS) {
      const session = masker.session(`again ${transform}`)
      const options = optionsFor('text', { rules: rulesFor(transform) })
      const once = masker.mask(text, options, session).text
      assert.equal(masker.mask(once, options, session).text, once)
    }
  })

  test('is given back to its owner, and stands in the record as it came', () => {
    const session = masker.session('back')
    const rules = rulesFor('pseudonym')
    assert.equal(masker.mask('{"card": 4111111111111111}', optionsFor('text', { rules }), session).text, '{"card": "[CREDIT_CARD_1]"}')
    for (const [said, back] of [
      ['{"card": "[CREDIT_CARD_1]", "ssn": 219099998}', '{"card": "4111111111111111", "ssn": "[US_SSN_1]"}'],
      ['{"card": [CREDIT_CARD_1], "ssn": 219099998}', '{"card": 4111111111111111, "ssn": "[US_SSN_1]"}'],
    ] as const) {
      const stream = session.open(optionsFor('text', { rules, direction: 'answer' }))
      assert.equal(said.split('').map((char) => stream.push(char)).join('') + stream.flush(), back)
      assert.equal(stream.recorded, said.replace('219099998', '"[US_SSN_1]"'))
    }
  })

  test('is on record as what went out, at the offsets of the text as received', () => {
    const source = '{"ssn": 219099998, "x": "ssn 219-09-9998", \\"pin\\": 4829, "cards": [4111111111111111]}'
    for (const transform of ['redact', 'partial', 'replace', 'hash', 'pseudonym'] as const) {
      const { text, spans } = masker.mask(source, optionsFor('text', { rules: rulesFor(transform) }))
      let rebuilt = source
      for (const { start, end, token } of [...spans].reverse()) rebuilt = rebuilt.slice(0, start) + token + rebuilt.slice(end)
      assert.deepEqual(spans.map(({ start, end }) => source.slice(start, end)), ['219099998', '219-09-9998', '4829', '4111111111111111'])
      assert.equal(rebuilt, text)
    }
  })
})

test('a field of a type’s own in JSON in a text can be read when all that stands in it is masked, also before its end', () => {
  const own = createMasker({ ...KEYS, families: [...FAMILIES, customFamily([{ name: 'CUSTOM_X', ignoreCase: false, keys: ['x'] }])] })
  const value = { x: 481516, a: { x: true, b: 1 }, c: { x: -2.5e3 }, d: { x: 'Heavy one' }, e: { x: null }, f: { x: false } }
  for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 1)])
    for (const transform of TRANSFORMS.slice(0, -1)) {
      const options = optionsFor('text', { rules: { CUSTOM_X: transform } })
      const out = own.mask(text, options).text
      const { a, e } = JSON.parse(out) as typeof value
      assert.deepEqual([a.b, e.x], [1, null])
      assert.doesNotMatch(out, /481516|true|false|2\.5|Heavy/)
      const stream = own.session(`own ${transform}`).open(options)
      assert.equal(text.split('').map((char) => stream.push(char)).join('') + stream.flush(), out)
    }
  const stream = own.session('early').open(optionsFor('text', { rules: { CUSTOM_X: 'redact' } }))
  assert.equal(stream.push('{"x": 4'), '{"x": "[CUSTOM_X]')
  assert.equal(stream.push('815, "y": 4') + stream.flush(), '", "y": 4')
})
