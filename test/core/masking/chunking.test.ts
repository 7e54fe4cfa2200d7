/**
 * The law of the engine: for every text and every chunking the released pieces together are the masked whole, and no released
 * character belongs to a value that is masked later. (The second follows from the first and from what is released never
 * being taken back; it is looked at by itself all the same.)
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readExample } from '../../../src/core/masking/findAll.ts'
import type { Transform } from '../../../src/protocol/masking.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker, named } = maskerWith()
const EXAMPLES = FAMILIES.flatMap((family) => family.recognisers.flatMap((one) => [...one.examples.map((example) => readExample(example).text), ...one.counterExamples]))
/** What continues numbers, addresses, names and values that are spelled out. */
const PARTS = ['219', '09', '9431', ' dash ', ' dot ', ' space ', ' das', ' ', '-', '.', '\n', 'ssn: ', 'card ', '4111', 'e-mail: ', 'mail', ' at ', '(at)', ' [dot] ', '[.]', 'ada', 'example', 'com', ' is me at ', '７', '\u200b', '12 Main', ' Street', ', ', 'call ', '415', '2671', '+1 ', ' po', 'Apt. 7', '\n Zoetermeer', '\\n', '%20', '"', '12 Ab 34 Cd ', 'lives at the ', '中', '收件人李明', '\ud83d']
const LAW_TEXTS = [...new Set(EXAMPLES)]

function inChunks(chunks: readonly string[], kind: 'text' | 'json' = 'text', which = masker): string {
  const stream = which.session('chunks').open(optionsFor(kind))
  return chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush()
}

function whole(text: string, kind: 'text' | 'json' = 'text', which = masker): string {
  return which.mask(text, optionsFor(kind), which.session('chunks')).text
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), text.length]
  return places.slice(1).map((place, i) => text.slice(places[i], place))
}

/** For laws that take longer to try: one text in so many. */
function someOf(texts: readonly string[], step: number): readonly string[] {
  return texts.filter((_, i) => i % step === 0)
}

describe('chunking', () => {
  test('changes nothing at any single cut of any example', () => {
    for (const text of LAW_TEXTS) {
      const expected = whole(text)
      for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut])), expected, `${JSON.stringify(text)} cut at ${cut}`)
    }
  })

  test('changes nothing at any pair of cuts of short examples', () => {
    for (const text of LAW_TEXTS.filter((one) => one.length <= 32)) {
      const expected = whole(text)
      for (let a = 0; a < text.length; a++) for (let b = a; b <= text.length; b++) assert.equal(inChunks(cutAt(text, [a, b])), expected, `${JSON.stringify(text)} cut at ${a} and ${b}`)
    }
  })

  test('changes nothing when characters come one by one', () => {
    for (const text of LAW_TEXTS) assert.equal(inChunks(text.split('')), whole(text), JSON.stringify(text))
  })

  test('changes nothing where more dashes follow on the end of a private key', () => {
    const text = 'a\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY------- b'
    for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut])), whole(text), `cut at ${cut}`)
    assert.equal(inChunks(text.split('')), whole(text))
  })

  test('changes nothing where a place stands below a flat number and no house number holds the text', () => {
    const texts = ['541 Av(ida Pedro Ulisses 888\n Apt. 120\n Castanhal\n\n Brazil', '3456.78 A(s\n Apt. 576\n Voormezele\n Belgium 92060 for t', 'tie 80\n Apt. 030\n KOKKOA and more']
    for (const text of texts) {
      const expected = whole(text, 'text', named)
      for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut]), 'text', named), expected, `${JSON.stringify(text)} cut at ${cut}`)
      assert.equal(inChunks(text.split(''), 'text', named), expected)
    }
  })

  test('changes nothing for examples side by side, cut anywhere, with names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LAW_TEXTS), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', ' ', ', ', '" "', ''),
        fc.array(fc.nat(), { maxLength: 24 }),
        (texts, between, cuts) => {
          const text = texts.join(between)
          assert.equal(inChunks(cutAt(text, cuts.map((cut) => cut % (text.length + 1))), 'text', named), whole(text, 'text', named))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('changes nothing for texts made of what is difficult', () => {
    const piece = fc.oneof(
      fc.constantFrom('\\', '\\u00', '\\u0040', '%4', '%40', '&#6', '&#64;', '\ud83d', '\ude00', '\u200b', '\u00ad', '１', '٣', 'а', '-----BEGIN', ' PRIVATE KEY-----', '-----END X-----', 'sk-ant-', '[', ']', '[EMAIL_1]', '\n', '  '),
      fc.constantFrom('4111 1111 1111 1111', 'ada@example.com', '+1 (415) 555-2671', 'password=', 'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT', '12', 'AB', '(', 'Main St'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 30 }), (pieces, cuts) => {
        const text = pieces.join('')
        assert.equal(inChunks(cutAt(text, cuts.map((cut) => cut % (text.length + 1)))), whole(text))
      }),
      { numRuns: 1500 },
    )
  })

  test('masks all of a value that is held from its first character on, however that is disguised, and at every cut', () => {
    for (const letter of ['a', '&#97;', '%61', '\\u0061', 'ａ', '\u200ba'])
      for (const [text, leaked] of [[`mail me at ${letter}lice at example dot org today`, 'lice'], [`my email is ${letter}lice(at)example.org`, 'lice']] as const) {
        const expected = whole(text)
        assert.ok(!expected.includes(leaked), expected)
        for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut])), expected, `${JSON.stringify(text)} cut at ${cut}`)
        assert.equal(inChunks(text.split('')), expected)
      }
    for (const letter of ['A', '&#65;', '%41', '\\u0041', 'Ａ', 'А']) {
      const text = `patient: ${letter}da Lovelace,`
      assert.ok(!whole(text).includes(`${letter}da`), whole(text))
      for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut])), whole(text), `${JSON.stringify(text)} cut at ${cut}`)
    }
  })

  test('changes nothing where Chinese stands right behind Latin letters, however many', () => {
    for (const count of [1, 31, 32, 33, 64, 300, 769, 1500, 5000])
      for (const [before, value] of [['他的车是', '京A88888'], ['请联系', '刘伟'], ['', '患有高血压']] as const) {
        const text = `${'a'.repeat(count)}${before}${value}先生。`
        const expected = whole(text)
        assert.ok(expected.startsWith('a'.repeat(count)) && !expected.includes(value), expected.slice(count))
        assert.equal(inChunks(text.split('')), expected, `${count} letters before ${before}${value}`)
      }
  })

  test('changes nothing where the last line of a key may be of two lengths', () => {
    for (const end of ['8f3a1c9e'.repeat(5), '8f3a1c9e'.repeat(8), `${'8f3a1c9e'.repeat(8)}1`, `${'8f3a1c9e'.repeat(5)}\nb`, `${'8f3a1c9e'.repeat(6)} b`]) {
      const text = `a PuTTY-User-Key-File-3: ssh\nEncryption: none\nPrivate-Lines: 1\nq7Zk2Vd9Xw4Lm8Rtq7Zk2Vd9Xw4Lm8Rt\nPrivate-MAC: ${end}`
      for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut])), whole(text), `${end} cut at ${cut}`)
    }
  })

  test('changes nothing where a word begins with a long row of marks', () => {
    for (const mark of ['_', '!', '~', '/', '='])
      for (const count of [15, 16, 17, 18, 23, 24, 25, 30, 40])
        for (const [key, word] of [['', 'abc@example.com'], ['password', 'hunter:x'], ['password', 'a.b']] as const) {
          const text = `${mark.repeat(count)}${word} `
          const stream = masker.session('chunks').open(optionsFor('text', { key }))
          const out = text.split('').map((char) => stream.push(char)).join('') + stream.flush()
          assert.equal(out, masker.mask(text, optionsFor('text', { key })).text, text)
        }
  })

  test('changes nothing where a word that names a value is as long as what is kept of a text', () => {
    for (const count of [10, 100, 127, 128, 250, 260, 300, 600])
      for (const hidden of ['\u200b', '\\u200b', '&#8203;'])
        for (const text of [`P${hidden.repeat(count)}atient: Robert Hernandez `, `e-mail${hidden.repeat(count)}: ada at example dot com `, `4111${hidden.repeat(count)}1111 1111 1111 `]) {
          const expected = whole(text)
          assert.equal(inChunks(text.split('')), expected, `${count} times ${JSON.stringify(hidden)}`)
        }
  })

  test('counts the same types whatever of them policy keeps', () => {
    const counted = (chunks: readonly string[], rules: Readonly<Record<string, Transform>>): unknown => {
      const stream = named.session('chunks').open(optionsFor('text', { rules }))
      for (const chunk of chunks) stream.push(chunk)
      stream.flush()
      return stream.found
    }
    const texts = ['converted to Islam\n4820\nx APP456CV', '性别: 女性\n电话：13900001111', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\nAda Lovelace\n-----END PRIVATE KEY----- by Ada Lovelace', ...someOf(LAW_TEXTS, 9)]
    for (const text of texts)
      for (const rules of [rulesFor('keep'), { ...rulesFor('keep'), PERSON: 'redact' as const }, { ...rulesFor('redact'), SECRET: 'keep' as const, SPECIAL: 'keep' as const }]) {
        const expected = counted([text], rules)
        for (let cut = 0; cut <= text.length; cut += 3) assert.deepEqual(counted(cutAt(text, [cut]), rules), expected, `${JSON.stringify(text)} cut at ${cut}`)
        assert.deepEqual(counted(text.split(''), rules), expected, JSON.stringify(text))
      }
  })

  test('changes nothing where names stand in a long value and right behind it, and gives back what stands in one that policy keeps', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n'
    for (const text of [`${key}Ada Lovelace, Ada Lovelace\n-----END PRIVATE KEY----- Ada Lovelace`, `sk-ant-api03-q7Zk2Vd9Xw4Lm8Rt3Yc6q7Zk2Vd9Xw4Lm8Rt3Yc6${'-Ada-Lovelace'.repeat(9)} Ada Lovelace`]) {
      const expected = whole(text, 'text', named)
      assert.ok(!expected.includes('Lovelace'), expected)
      assert.equal(inChunks(text.split(''), 'text', named), expected)
    }
    const session = named.session('kept')
    const rules = { ...rulesFor('pseudonym'), SECRET: 'keep' as const }
    const { text } = named.mask('mail ada@example.com', optionsFor('text', { rules }), session)
    const answer = session.open(optionsFor('text', { rules, direction: 'answer' }))
    const given = `${key}${text}\n-----END PRIVATE KEY-----`
    assert.equal(given.split('').map((char) => answer.push(char)).join('') + answer.flush(), `${key}mail ada@example.com\n-----END PRIVATE KEY-----`)
  })

  test('changes nothing where a stronger value took the end of one of two that begin together', () => {
    const text = 'at Steueridentifikationsnummer: 86 123 456 782 \u200bApt. 7 po'
    for (let cut = 0; cut <= text.length; cut++) assert.equal(inChunks(cutAt(text, [cut]), 'text', named), whole(text, 'text', named), `cut at ${cut}`)
  })

  test('changes nothing in JSON where a phrase holds text from a later place on', () => {
    for (const said of ['he has diabetes, ok', 'curl -s -u ada:s3cr3t-v4lue x', 'data:\n  password: UyFCXCpkJHpEc2I9\n', 'my e-mail is ada at example dot com', 'He has Ada Lovelace call +1 415 555 2671']) {
      const source = JSON.stringify({ said })
      assert.equal(inChunks(source.split(''), 'json', named), whole(source, 'json', named))
      for (let cut = 0; cut <= source.length; cut++) assert.equal(inChunks(cutAt(source, [cut]), 'json', named), whole(source, 'json', named), `cut at ${cut}`)
    }
  })

  test('changes nothing whatever types a policy masks, in text and in JSON', () => {
    const types = Object.keys(rulesFor('keep'))
    const piece = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PARTS) }, { weight: 1, arbitrary: fc.constantFrom(...LAW_TEXTS) })
    const kept = fc.oneof(fc.subarray(types, { maxLength: 8 }), fc.constantFrom(['ADDRESS'], ['ADDRESS', 'POSTAL_CODE'], ['SECRET'], ['PERSON', 'SPECIAL']))
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 24 }), kept, fc.array(fc.nat(), { maxLength: 30 }), fc.boolean(), (pieces, keeps, cuts, isJson) => {
        const options = optionsFor(isJson ? 'json' : 'text', { rules: { ...rulesFor('redact'), ...Object.fromEntries(keeps.map((type) => [type, 'keep' as const])) } })
        const source = isJson ? JSON.stringify({ a: pieces.join(''), phone: pieces[0], list: [pieces.slice(1).join(' '), 5] }) : pieces.join('')
        const expected = named.mask(source, options)
        for (const chunks of [source.split(''), cutAt(source, cuts.map((cut) => cut % (source.length + 1)))]) {
          const stream = named.session('kept').open(options)
          assert.equal(chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush(), expected.text)
          assert.deepEqual(stream.spans, expected.spans)
        }
      }),
      { numRuns: 1500 },
    )
  })

  test('changes nothing for examples among what continues numbers, addresses, names and spelled-out values', () => {
    const piece = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PARTS) }, { weight: 1, arbitrary: fc.constantFrom(...LAW_TEXTS) })
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 24 }), fc.array(fc.nat(), { maxLength: 30 }), (pieces, cuts) => {
        const text = pieces.join('')
        const expected = whole(text, 'text', named)
        assert.equal(inChunks(cutAt(text, cuts.map((cut) => cut % (text.length + 1))), 'text', named), expected)
        assert.equal(inChunks(text.split(''), 'text', named), expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('changes nothing for runs that are longer than any window', () => {
    const runs = ['a', '7', 'A1', '12 ', 'ab.', '/x', '中', '-', 'q7Zk2Vd9', '\\u0041', '7\u200b', 'Ab ', '1 Main ', '=']
    fc.assert(
      fc.property(fc.constantFrom(...runs), fc.integer({ min: 100, max: 900 }), fc.constantFrom('', 'sk-ant-', 'token=', 'x@', 'call '), fc.array(fc.nat(), { maxLength: 40 }), (run, count, before, cuts) => {
        const text = `${before}${run.repeat(count)} ada@example.com`
        assert.equal(inChunks(cutAt(text, cuts.map((cut) => cut % (text.length + 1)))), whole(text))
      }),
      { numRuns: 200 },
    )
  })

  test('changes nothing in JSON, which stays valid', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.constantFrom(...LAW_TEXTS), { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 20 }), (value, texts, cuts) => {
        const source = JSON.stringify({ texts, value, more: { email: texts[0] ?? '', number: 4111111111111111 } })
        const expected = whole(source, 'json')
        assert.doesNotThrow(() => JSON.parse(expected) as unknown)
        assert.equal(inChunks(cutAt(source, cuts.map((cut) => cut % (source.length + 1))), 'json'), expected)
      }),
      { numRuns: 300 },
    )
  })

  test('keeps two interleaved channels of one session apart', () => {
    const texts = someOf(LAW_TEXTS, 7)
    const [a, b] = [texts.join('\n'), [...texts].reverse().join('\n')]
    const session = masker.session('two')
    const [one, two] = [session.open(optionsFor('text')), session.open(optionsFor('text'))]
    let [outOne, outTwo] = ['', '']
    for (let at = 0; at < Math.max(a.length, b.length); at += 5) {
      outOne += one.push(a.slice(at, at + 5))
      outTwo += two.push(b.slice(at, at + 5))
    }
    assert.equal(outOne + one.flush(), whole(a))
    assert.equal(outTwo + two.flush(), whole(b))
  })

  test('releases nothing of a value before the value is masked', () => {
    for (const recogniser of FAMILIES.flatMap((family) => family.recognisers)) {
      for (const example of recogniser.examples) {
        const { text } = readExample(example)
        const { spans } = masker.mask(text, optionsFor('text'))
        const stream = masker.session('release').open(optionsFor('text'))
        let out = ''
        for (let at = 0; at < text.length; at++) {
          out += stream.push(text.charAt(at))
          const open = spans.find((span) => span.start <= at && at < span.end)
          if (open && !out.includes(open.token)) assert.ok(out.length <= open.start + spans.length * 24, `${recogniser.name}: ${JSON.stringify(text)} at ${at}`)
          if (open) assert.ok(!out.endsWith(text.slice(open.start, at + 1)) || at + 1 - open.start < 2, `${recogniser.name} lets out ${JSON.stringify(out)} of ${JSON.stringify(text)}`)
        }
      }
    }
  })

  test('changes nothing over labelled data, when it is there', (t) => {
    const file = path.resolve(import.meta.dirname, '../../../../shared/data/pii/dev.jsonl')
    if (!existsSync(file)) {
      t.diagnostic('no labelled data here')
      return
    }
    const records = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { id: string; text: string })
    let seed = 7
    const next = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0)
    for (const { id, text } of records) {
      const cuts = Array.from({ length: 12 }, () => next() % (text.length + 1))
      assert.equal(inChunks(cutAt(text, cuts), 'text', named), whole(text, 'text', named), id)
    }
  })
})
