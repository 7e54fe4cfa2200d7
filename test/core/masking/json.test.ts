/** JSON source of any shape: in linear time, in bounded memory, and valid afterwards. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { customFamily } from '../../../src/core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { KEYS, maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker } = maskerWith()
const mask = (source: string): string => masker.mask(source, optionsFor('json')).text
const asText = (text: string): string => masker.mask(text, optionsFor('text')).text

describe('the names around a value', () => {
  test('are told in a time that does not grow with the depth of what has no names', () => {
    const source = `${'['.repeat(40_000)}${'{"a":1},'.repeat(10_000)}`
    // Where it does, this takes longer than a test may.
    assert.ok(mask(source) === source)
  })

  test('are those that are open, however deep the lists between them are', () => {
    const lists = (inner: string): string => '['.repeat(3000) + inner + ']'.repeat(3000)
    assert.ok(mask(`{"password":${lists('"hunter2-tulips"')},"note":${lists('"hunter2-tulips"')}}`) === `{"password":${lists('"[SECRET]"')},"note":${lists('"hunter2-tulips"')}}`)
    assert.equal(mask('{"password":["a",{"x":{"y":{"z":1}}},"hunter2-tulips"],"b":"hunter2-tulips"}'), '{"password":["a",{"x":{"y":{"z":1}}},"[SECRET]"],"b":"hunter2-tulips"}')
    assert.equal(mask('{"password":"hunter2-tulips"}\n["hunter2-tulips"]'), '{"password":"[SECRET]"}\n["hunter2-tulips"]')
  })

  test('do not stand over the name that follows a value', () => {
    assert.equal(mask('{"password":"a","hunter2-tulips":["hunter2-tulips"]}'), '{"password":"a","hunter2-tulips":["hunter2-tulips"]}')
    assert.equal(mask('{"password":["a","hunter2-tulips"]}'), '{"password":["a","[SECRET]"]}')
  })

  test('do not stand over the names below them', () => {
    const source = '{"properties":{"username":{"type":"string","minLength":3},"login":{"pin":{"2024":{"retries":1}}},"handle":[{"first":"ada_lovelace"}]},"username":["ada_l"]}'
    assert.equal(masker.mask(source, optionsFor('json')).text, source.replace('ada_l"]', '[USERNAME]"]'))
  })

  test('are those of the field that a value belongs to where another one only holds it', () => {
    for (const [source, masked] of [
      ['{"password":{"value":"hunter2-tulips","type":"text"}}', '{"password":{"value":"[SECRET]","type":"text"}}'],
      ['{"username":{"old":"ada_l","new":"ada_m"}}', '{"username":{"old":"[USERNAME]","new":"[USERNAME]"}}'],
      ['{"Item":{"password":{"S":"hunter2-tulips"},"id":{"N":"7"}}}', '{"Item":{"password":{"S":"[SECRET]"},"id":{"N":"7"}}}'],
      ['{"note":{"value":"hunter2-tulips"},"password":{"hint":"hunter2-tulips"}}', '{"note":{"value":"hunter2-tulips"},"password":{"hint":"hunter2-tulips"}}'],
    ] as const)
      assert.equal(mask(source), masked)
  })

  test('are never forgotten while they are open: a text with more of them than are remembered is refused', () => {
    const nested = (depth: number): string => `{"password":[${'{"a":'.repeat(depth)}1${'}'.repeat(depth)},"hunter2-tulips"]}`
    assert.ok(mask(nested(1000)) === nested(1000).replace('hunter2-tulips', '[SECRET]'))
    const stream = masker.session('deep').open(optionsFor('json'))
    assert.throws(() => stream.push(nested(2000)), { code: 'CS_MASKING_FAILED', message: /names within one another/ })
    assert.throws(() => stream.flush(), { code: 'CS_MASKING_FAILED' })
  })
})

describe('what stands outside of strings', () => {
  const custom = createMasker({ ...KEYS, families: [customFamily([{ name: 'CUSTOM_X', ignoreCase: false, keys: ['x'], pattern: '\\d{3,400}' }])] })
  const maskCustom = (source: string): string => custom.mask(source, optionsFor('json', { rules: { CUSTOM_X: 'redact' } })).text

  test('stays a finite number of the same length where it is a number, whichever part of it is the value', () => {
    const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,20})(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/)
    fc.assert(
      fc.property(fc.boolean(), digits, fc.constantFrom('password', 'cvv', 'zip', 'pin', 'ssn', 'note'), fc.constantFrom('redact', 'partial', 'replace', 'hash', 'pseudonym'), (isNegative, number, key, transform) => {
        const text = (isNegative ? '-' : '') + number
        fc.pre(Number.isFinite(Number(text)))
        const source = `{"${key}":${text}}`
        for (const out of [masker.mask(source, optionsFor('json', { rules: rulesFor(transform) })).text, maskCustom(source), maskCustom(`{"x":${text}}`)]) {
          const [value] = Object.values(JSON.parse(out) as Record<string, unknown>)
          assert.ok(Number.isFinite(value), `${source} became ${out}`)
          assert.equal(out.length, out.startsWith('{"x') ? text.length + 6 : source.length)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('keeps values apart where the mask does, as a number that is ours when it comes back', () => {
    const source = '{"ssn":219099998,"was":{"ssn":457555462},"a":{"card":4111111111111111},"b":{"card":5500005555555559},"again":{"ssn":219099998},"age":47}'
    for (const transform of ['replace', 'hash', 'pseudonym'] as const) {
      const session = masker.session(`numbers-${transform}`)
      const options = optionsFor('json', { rules: rulesFor(transform) })
      const { text, spans } = masker.mask(source, options, session)
      const out = JSON.parse(text) as { ssn: number; was: { ssn: number }; a: { card: number }; b: { card: number }; again: { ssn: number } }
      assert.equal(new Set([out.ssn, out.was.ssn, out.a.card, out.b.card]).size, 4, text)
      assert.equal(out.again.ssn, out.ssn)
      assert.ok(spans.every((span) => span.transform === 'replace'))
      assert.equal(masker.mask(text, options, session).text, text)
    }
  })

  test('is on record as what went out in its place', () => {
    for (const transform of ['redact', 'partial', 'replace', 'hash', 'pseudonym'] as const) {
      const source = '{"ssn":219099998,"age":47,"pin":4829.0,"note":"ssn 219-09-9998"}'
      const { text, spans } = masker.mask(source, optionsFor('json', { rules: rulesFor(transform) }))
      let rebuilt = source
      for (const { start, end, token } of [...spans].reverse()) rebuilt = rebuilt.slice(0, start) + token + rebuilt.slice(end)
      assert.equal(spans.length, 4)
      assert.equal(rebuilt, text)
    }
  })

  test('is a number of the same length also where it is as great as a number can be', () => {
    for (const text of ['1e225', '-1E+225', '1.5e308', '9999999999e298', `17${'0'.repeat(307)}`, `${'7'.repeat(400)}e-300`, '0.0000001e315']) {
      const out = JSON.parse(maskCustom(`{"x":${text}}`)) as { x: number }
      assert.ok(Number.isFinite(out.x) && out.x !== Number(text), text)
    }
  })

  test('is the same for all short numbers of a shape, in whichever turn, or a 0 would be told from a 1', () => {
    const short = createMasker({ ...KEYS, families: [customFamily([{ name: 'CUSTOM_X', ignoreCase: false, keys: ['x'] }])] })
    for (const transform of ['redact', 'partial', 'replace', 'hash', 'pseudonym'] as const)
      for (const [alike, masked] of [
        [['0', '1', '5', '9'], '0'],
        [['10', '12', '99'], '10'],
        [['100', '101', '999'], '100'],
        [['100000', '123456'], '100000'],
        [['-0', '-1', '-7'], '-0'],
        [['0.0', '1.0', '2.5'], '0.0'],
        [['0.000', '1.000', '2.125'], '0.000'],
        [['10.50', '99.99'], '10.00'],
        [['0e0', '1e1', '5e7'], '0e0'],
        [['12E-01', '10E-99'], '10E-99'],
      ] as const)
        for (const number of alike) {
          const session = short.session(`${transform} ${number}`)
          const options = optionsFor('json', { rules: { CUSTOM_X: transform } })
          const { text } = short.mask(`{"x":${number}}`, options, session)
          assert.equal(text, `{"x":${masked}}`, `${number}, ${transform}`)
          assert.equal(short.mask(text, options, session).text, text, `${number}, ${transform}`)
        }
    assert.equal(mask('{"cvv":100}'), mask('{"cvv":123}'))
  })

  test('becomes null where it is a word', () => {
    assert.equal(maskCustom('{"x":true,"y":[{"x":null},{"x":false}],"z":true}'), '{"x":null,"y":[{"x":null},{"x":null}],"z":true}')
  })
})

describe('a text that begins like JSON and is none', () => {
  const said = 'audit: redis://:p4ssw0rd@cache from fe80::1ff:fe23:4567:890a, DOB: March 7, 1990, e-mail: ada at example dot com'
  const begins = ['[1]', '[12345.678901]', '[ ]', '[x]', '[[x]]', '[1, 2]', '[1] [2]', '["a", 1]', '{"a": 1}', '{"a": [1, {}]}', '{"a": true}', '{"a": "b"} {"c": NaN}', '[-0.5e+7]', '[2001:db8::17]', '[12.05.1990]', '[tru', '[007]', '[1 2]', '{"a" "b"}', '{"a":"\\u00e9"}', '["\\users"]', '"a"', '17', ']', '}', ',', ':', '']

  test('keeps no value that it would not keep as a text', () => {
    for (const begin of begins) {
      assert.equal(mask(`${begin} ${said}`), asText(`${begin} ${said}`), begin)
      assert.equal(mask(`${begin}${said}`), asText(`${begin}${said}`), begin)
    }
  })

  test('keeps no value of any recogniser', () => {
    const examples = [...new Set(FAMILIES.flatMap(({ recognisers }) => recognisers.flatMap((one) => one.examples.map((example) => readExample(example).text))))]
    for (const begin of ['[12.5] ', '{"']) for (const example of examples) assert.equal(mask(begin + example), asText(begin + example), begin + example)
  })

  test('is masked alike wherever it is cut', () => {
    for (const begin of begins) {
      const text = `${begin} ${said}`
      for (let cut = 0; cut < text.length; cut++) {
        const stream = masker.session('cut').open(optionsFor('json'))
        assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), asText(text), `${begin} cut at ${cut}`)
      }
    }
  })

  test('shows the offsets of the text as received', () => {
    const text = `{"a":"\\u00e9"} ${said}`
    assert.deepEqual(masker.mask(text, optionsFor('json')).spans.map(({ start, end }) => text.slice(start, end)), masker.mask(text, optionsFor('text')).spans.map(({ start, end }) => text.slice(start, end)))
  })

  test('lets go of a long secret before its end', () => {
    const stream = masker.session('early').open(optionsFor('json'))
    const key = `sk-ant-api03-${'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT'.repeat(20)}`
    assert.equal(stream.push(`[1] key ${key.slice(0, 300)}`), '[1] key [SECRET]')
    assert.equal(stream.push(`${key.slice(300)} end`) + stream.flush(), ' end')
  })
})

test('JSON of every kind is read as JSON to its end', () => {
  fc.assert(
    fc.property(fc.array(fc.json({ maxDepth: 4 }), { minLength: 1, maxLength: 3 }), fc.nat(3), (values, indent) => {
      // As JSON the name in brackets stands over the value; in a text nothing tells what it is.
      const source = [...values.map((one) => JSON.stringify(JSON.parse(one), undefined, indent)).filter((one) => /^[[{]/.test(one)), '{"password":[[],"hunter2-tulips"]}'].join('\n')
      return mask(source).endsWith('{"password":[[],"[SECRET]"]}')
    }),
    { numRuns: 300 },
  )
})
