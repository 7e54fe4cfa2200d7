import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { findAll, selfTest } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import type { Recogniser } from '../../../src/core/masking/recognisers/recogniser.ts'
import type { Transform } from '../../../src/protocol/masking.ts'
import { KEYS, maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker, named } = maskerWith()
const EMAIL = 'ada.lovelace@example.com'
const CARD = '4111 1111 1111 1111'

function masked(text: string, transform: Transform): string {
  return masker.mask(text, optionsFor('text', { rules: rulesFor(transform) })).text
}

describe('a transform', () => {
  test('redacts to the name of the type', () => {
    assert.equal(masked(`write ${EMAIL}, pay ${CARD}`, 'redact'), 'write [EMAIL], pay [CREDIT_CARD]')
  })

  test('keeps a harmless end where policy says partial, and nothing of a secret', () => {
    assert.equal(masked(`write ${EMAIL}, pay ${CARD}`, 'partial'), 'write ··@example.com, pay ··1111')
    assert.doesNotMatch(masked('key AKIAQ4Z7WX2LM6NP3RST', 'partial'), /3RST/)
  })

  test('replaces by something of the same shape that nobody takes for real, the same each time', () => {
    const out = masked(`write ${EMAIL}, pay ${CARD}`, 'replace')
    assert.match(out, /^write user-[0-9a-f]{6}@masked\.invalid, pay 4000 \d{4} \d{4} \d{4}$/)
    assert.equal(out, masked(`write ${EMAIL}, pay ${CARD}`, 'replace'))
    const digits = (/4000[ \d]+/.exec(out)?.[0] ?? '').replace(/\D/g, '')
    const sum = Array.from(digits).reverse().reduce((all, digit, i) => all + (i % 2 === 0 ? Number(digit) : (Number(digit) * 2) % 10 + Math.floor(Number(digit) / 5)), 0)
    assert.equal(sum % 10, 0)
  })

  test('hashes with the key of this installation', () => {
    const other = createMasker({ ...KEYS, keyedHash: (value) => KEYS.keyedHash(`other ${value}`) })
    const options = optionsFor('text', { rules: rulesFor('hash') })
    assert.match(masker.mask(EMAIL, options).text, /^\[EMAIL:[0-9a-f]{12}\]$/)
    assert.notEqual(masker.mask(EMAIL, options).text, other.mask(EMAIL, options).text)
  })

  test('refuses: an answer ends before such a value, wherever a chunk ends, and a long secret as soon as it is one', () => {
    const options = optionsFor('text', { direction: 'answer', rules: { EMAIL: 'refuse', SECRET: 'refuse' } })
    const text = `It is ${EMAIL}, as I said.`
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = masker.session('refused').open(options)
      let out = ''
      const feed = (): void => { for (const chunk of [text.slice(0, cut), text.slice(cut)]) out += stream.push(chunk) }
      assert.throws(feed, { code: 'CS_DENIED', message: /refuses answers that contain e-mail addresses/ })
      assert.ok('It is '.startsWith(out), `cut at ${cut}: ${out}`)
      assert.deepEqual([stream.found, stream.spans], [{ EMAIL: 1 }, []])
      assert.throws(() => stream.flush(), { code: 'CS_DENIED' })
    }
    const stream = masker.session('refused').open(options)
    assert.throws(() => stream.push(`-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkq'.repeat(8)}`), { code: 'CS_DENIED' })
    assert.equal(masker.mask(text, optionsFor('text', { rules: { EMAIL: 'refuse' } })).text, 'It is [EMAIL], as I said.')
  })

  test('gives a placeholder back as it is where an answer may not have the value', () => {
    const session = masker.session('refused-back')
    masker.mask(EMAIL, optionsFor('text', { rules: rulesFor('pseudonym') }), session)
    assert.equal(masker.mask('to [EMAIL_1]', optionsFor('text', { direction: 'answer', rules: { EMAIL: 'refuse' } }), session).text, 'to [EMAIL_1]')
  })

  test('leaves what policy keeps or does not name, and counts it', () => {
    const stream = masker.session('kept').open(optionsFor('text', { rules: { EMAIL: 'redact', PHONE: 'keep' } }))
    const out = stream.push(`${EMAIL} and ${CARD}, call +1 (415) 555-2671`) + stream.flush()
    assert.equal(out, `[EMAIL] and ${CARD}, call +1 (415) 555-2671`)
    assert.deepEqual(stream.found, { EMAIL: 1, CREDIT_CARD: 1, PHONE: 1 })
    assert.equal(stream.spans.length, 1)
  })

  test('takes the names that Presidio and Google use for our types', () => {
    assert.equal(masker.mask(`${EMAIL} ${CARD}`, optionsFor('text', { rules: { EMAIL_ADDRESS: 'redact', CREDIT_CARD_NUMBER: 'redact' } })).text, '[EMAIL] [CREDIT_CARD]')
  })

  test('lets no real value pass because it looks like a stand-in', () => {
    const options = optionsFor('text', { rules: rulesFor('replace') })
    const session = masker.session('alike')
    const values = (name: string, from: number, to: number): string => Array.from({ length: to - from }, (_, i) => `${name}: ${from + i}`).join('\n')
    masker.mask(values('age', 1, 100), options, session)
    masker.mask(values('cvv', 100, 999), options, session)
    for (const text of [values('age', 10, 100), values('cvv', 100, 999), values('PIN', 1000, 1999), values('zip code', 10_001, 11_000)]) {
      const { spans } = masker.mask(text, options, session)
      assert.equal(spans.length, text.split('\n').length)
      for (const { start, end, token } of spans) assert.notEqual(token, text.slice(start, end))
    }
    assert.equal(masker.mask('cvv: 482', options, session).text, 'cvv: 000')
    assert.equal(masker.mask('zip code: 000', options, session).text, 'zip code: [POSTAL_CODE]')
    assert.equal(masker.mask('cvv: 000', options, session).text, 'cvv: 000')
  })

  test('leaves what says by itself that it stands for a value, of whichever session, and no password that only looks a little like it', () => {
    const ours = 'DB_PASSWORD=masked-secret-3b0de9\n{"password":"[SECRET_7]"}\n{"password":"[SECRET:219f00aa11bb]"}\nuser-3b0de9@masked.invalid [CUSTOM_X_1]'
    assert.equal(masker.mask(ours, optionsFor('text'), masker.session('fresh')).text, ours)
    const theirs = 'password: SECRET_12\nDB_PASSWORD=PASSWORD_123\npassword: TOKEN_4821\npassword: [HUNTER_21]\nada-3b0de9@masked.invalid\nDB_PASSWORD=masked-secret-3b0de9x'
    assert.equal(masker.mask(theirs, optionsFor('text')).text, 'password: [SECRET]\nDB_PASSWORD=[SECRET]\npassword: [SECRET]\npassword: [[SECRET]]\n[EMAIL]\nDB_PASSWORD=[SECRET]')
  })

  test('does not mask what stands in the brackets of its own placeholders', () => {
    for (const transform of ['hash', 'pseudonym'] as const) {
      const session = masker.session(transform)
      const options = optionsFor('text', { rules: rulesFor(transform) })
      const once = masker.mask('password: tideWater31, username: ada_l', { ...options, direction: 'answer' }, session).text
      assert.equal(masker.mask(once, options, session).text, once)
    }
  })

  test('does not mask its own stand-ins again when a client sends them back', () => {
    const session = masker.session('again')
    for (const transform of ['replace', 'partial', 'hash', 'pseudonym'] as const) {
      const options = optionsFor('text', { rules: rulesFor(transform) })
      const once = masker.mask(`write ${EMAIL}, pay ${CARD}, ring +1 (415) 555-2671`, options, session).text
      assert.equal(masker.mask(once, options, session).text, once, transform)
    }
  })
})

describe('JSON', () => {
  const json = (value: unknown): unknown => JSON.parse(masker.mask(JSON.stringify(value), optionsFor('json')).text)

  test('keeps the order of keys and the kind of each value', () => {
    const source = { b: EMAIL, a: [1, true, null, CARD], card: 4111111111111111, nested: { ssn: '123456789' } }
    const out = json(source) as Record<string, unknown>
    assert.deepEqual(Object.keys(out), ['b', 'a', 'card', 'nested'])
    assert.equal(out['b'], '[EMAIL]')
    assert.deepEqual(out['a'], [1, true, null, '[CREDIT_CARD]'])
    assert.equal(typeof out['card'], 'number')
    assert.notEqual(out['card'], 4111111111111111)
    assert.deepEqual(out['nested'], { ssn: '[US_SSN]' })
  })

  test('sees through escapes, and masks keys that hold values', () => {
    const source = '{"\\u0061da@example.com":"mail \\u0061da\\u0040example.com\\n"}'
    assert.equal(masker.mask(source, optionsFor('json')).text, '{"[EMAIL]":"mail [EMAIL]\\n"}')
  })

  test('gives offsets of the source as received', () => {
    const source = '{"x":"\\u00e9\\u00e9 ada@example.com"}'
    const [span] = masker.mask(source, optionsFor('json')).spans
    assert.equal(source.slice(span?.start, span?.end), 'ada@example.com')
  })

  test('lets what is no JSON through the same recognisers', () => {
    assert.equal(masker.mask('{"to": ada@example.com', optionsFor('json')).text, '{"to": [EMAIL]')
  })
})

describe('evidence', () => {
  test('says where, what and how surely, and never the value', () => {
    const text = `mail ${EMAIL}.`
    const { spans } = masker.mask(text, optionsFor('text', { path: '/messages/0/content' }))
    assert.deepEqual(spans.map(({ commitment, ...rest }) => ({ ...rest, hasCommitment: commitment.length })), [
      { path: '/messages/0/content', start: 5, end: 29, type: 'EMAIL', detector: 'email@2', certainty: 0.9, transform: 'redact', token: '[EMAIL]', hasCommitment: 22 },
    ])
    assert.doesNotMatch(JSON.stringify(spans), /lovelace/)
  })

  test('finds a secret whose name is the end of a long one before it', () => {
    const long = 'Qz7Lm2Xv9Rt4Wk8Yp3Bn6Hs1Jd5Fg0TcAe4UiOqMb7VrZxNw2SlKyPhGt9DjFaCu3Ebv'.repeat(3)
    assert.equal(masker.mask(`password=${long}lookerToken = "8tg5y2kuihz0ets73mrb"`, optionsFor('text')).text, 'password=[SECRET] = "[SECRET]"')
  })

  test('hears a word whose beginning was swallowed with a value', () => {
    const found = findAll('AccountKey=q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbTq7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbTQ==ring +61 (4)14 777 69 87', FAMILIES)
    assert.equal(found.find((one) => one.type === 'PHONE')?.certainty, 0.75)
  })

  test('commits to the whole value also where it was masked before its end', () => {
    const key = `sk-ant-api03-${'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT'.repeat(20)}`
    const text = `key ${key} end`
    const stream = masker.session('early').open(optionsFor('text'))
    let [out, held] = ['', 0]
    for (const char of text) {
      out += stream.push(char)
      if (!out.includes('[')) held++
    }
    out += stream.flush()
    assert.equal(out, 'key [SECRET] end')
    assert.ok(held < 100, `${held} characters were held`)
    assert.deepEqual(stream.spans.map(({ start, end }) => [start, end]), [[4, 4 + key.length]])
  })
})

describe('a channel', () => {
  const broken: Recogniser = {
    type: 'EMAIL', name: 'broken', version: 1, window: 'word', pattern: /boom/, certainty: 'shape', hold: 8, examples: [], counterExamples: [],
    valid: () => { throw new Error('the value is boom') },
  }
  const failing = createMasker({ ...KEYS, families: [{ name: 'broken', recognisers: [broken] }] })

  test('fails closed when a detector throws, and stays so', () => {
    const stream = failing.session('x').open(optionsFor('text'))
    assert.equal(stream.push('fine so far '), 'fine so far ')
    assert.throws(() => stream.push('held boom '), { code: 'CS_MASKING_FAILED' })
    assert.throws(() => stream.push('more'), { code: 'CS_MASKING_FAILED' })
    assert.throws(() => stream.flush(), { code: 'CS_MASKING_FAILED' })
  })

  test('is inspected as failed, never as empty, when a detector throws', async () => {
    const inspection = await failing.inspect([{ path: '/a', role: 'user', origin: 'prompt', kind: 'text', text: 'boom ' }], [])
    assert.equal(inspection.status, 'failed')
  })

  test('holds what may be a job title only where it stands behind a name', () => {
    const stream = masker.session('titles').open(optionsFor('text'))
    assert.equal(stream.push('Head of us. Ana Dias, Head of '), 'Head of us. Ana Dias, ')
    assert.equal(masker.session('titles').open(optionsFor('text')).push('we said: Head of '), 'we said: Head of ')
  })

  test('that is given up never lets out what it held', () => {
    const stream = masker.session('given up').open(optionsFor('text'))
    assert.equal(stream.push('write to ada.lovelace'), 'write to ')
  })
})

describe('inspection', () => {
  test('finds what masking finds, with offsets, and names content that nobody can read', async () => {
    const text = `mail ${EMAIL} and ${CARD}`
    const inspection = await masker.inspect(
      [
        { path: '/a', role: 'user', origin: 'prompt', kind: 'text', text },
        { path: '/b', role: 'tool', origin: 'history', kind: 'json', text: '{"ssn":"123456789"}' },
      ],
      ['image'],
    )
    assert.deepEqual(
      inspection.findings.map(({ path, type, start, end }) => [path, type, start, end]),
      [['/a', 'EMAIL', 5, 29], ['/a', 'CREDIT_CARD', 34, 53], ['/b', 'US_SSN', 8, 17]],
    )
    assert.deepEqual(inspection.opaque, ['image'])
  })

  test('of a large body lets others have their turn', async () => {
    const text = `Nothing to see here, move along. Mail ${EMAIL}. `.repeat(40_000)
    let [longest, last, done] = [0, performance.now(), false]
    const watch = (): void => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      if (!done) setImmediate(watch)
    }
    setImmediate(watch)
    const { findings } = await masker.inspect([{ path: '/a', role: 'user', origin: 'prompt', kind: 'text', text }], [])
    done = true
    assert.equal(findings.length, 40_000)
    assert.ok(longest < 500, `one turn took ${Math.round(longest)} ms`)
  })
})

describe('the recognisers', () => {
  test('find the marked values of their examples, and nothing in their counter-examples', () => {
    assert.deepEqual(selfTest(FAMILIES), [])
  })

  test('have a name, a bound and examples each', () => {
    const all = FAMILIES.flatMap((family) => family.recognisers)
    assert.equal(new Set(all.map((one) => one.name)).size, all.length)
    for (const one of all) assert.ok(one.hold > 0 && one.hold <= 2048, one.name)
  })

  test('take names last: an address keeps its name for what it is', () => {
    assert.equal(named.mask('Write to Ada Lovelace at ada@example.com.', optionsFor('text')).text, 'Write to [PERSON] at [EMAIL].')
    assert.equal(masker.mask('Write to Ada Lovelace.', optionsFor('text')).text, 'Write to Ada Lovelace.')
  })

  test('read on behind a number where a space is written as an escape', () => {
    for (const space of [' ', '%20', '\\u0020', '&#32;', '&nbsp;', '\u3000']) {
      const text = `a 21${space}year old`
      assert.deepEqual(findAll(text, FAMILIES).map((one) => text.slice(one.start, one.end)), [text.slice(2)], text)
    }
  })

  test('take a number behind a country code for a telephone number, whatever sum its digits happen to hold', () => {
    for (const value of ['+1 415 555 2671', '+34 123 456 782', '+61 459 599 230', '+44 943 476 5919', '+48 123 456 785'])
      for (const [before, after] of [['', ''], ['[', '] call'], ['Call me: ', ' today']] as const) {
        const text = `${before}${value}${after}`
        assert.equal(masker.mask(text, optionsFor('text')).text, `${before}[PHONE]${after}`, text)
      }
  })

  test('are decided by certainty where they overlap', () => {
    const found = findAll('card 4111 1111 1111 1111', FAMILIES)
    assert.deepEqual(found.map((one) => one.type), ['CREDIT_CARD'])
  })
})
