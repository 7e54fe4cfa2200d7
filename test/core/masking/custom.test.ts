import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hmacWith } from '../../../src/core/masking/checks/hmac.ts'
import { findAll } from '../../../src/core/masking/findAll.ts'
import { customFamily, hashOfValue } from '../../../src/core/masking/recognisers/custom.ts'
import { whyRefused } from '../../../src/core/masking/recognisers/patternGuard.ts'
import { loosenings } from '../../../src/core/policy/loosening.ts'
import { parsePolicy } from '../../../src/core/policy/parse.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'
import type { CustomType } from '../../../src/protocol/policy.ts'

const found = (text: string, type: Partial<CustomType>, key = ''): readonly string[] =>
  findAll(text, [customFamily([{ name: 'CUSTOM_X', ignoreCase: false, ...type }])], undefined, key).map(({ start, end }) => text.slice(start, end))

describe('a policy’s own types are found', () => {
  test('by pattern, in words and in groups of numbers', () => {
    assert.deepEqual(found('ask PRJ-1234 and prj-9', { pattern: 'PRJ-\\d{4}' }), ['PRJ-1234'])
    assert.deepEqual(found('ask prj-1234', { pattern: 'PRJ-\\d{4}', ignoreCase: true }), ['prj-1234'])
    assert.deepEqual(found('customer 123 456 now', { pattern: '\\d{3} \\d{3}' }), ['123 456'])
    assert.deepEqual(found('ask prj-123 and PRJ 123', { pattern: '(?:prj-|PRJ )\\d{3}' }), ['prj-123', 'PRJ 123'])
  })

  test('by pattern only behind one of its words, where it has some', () => {
    const type = { pattern: '\\b\\d{6}\\b', near: ['customer'] }
    assert.deepEqual(found('customer no. 123456', type), ['123456'])
    assert.deepEqual(found('order no. 123456', type), [])
  })

  test('by pattern behind a word of one letter, in words with digits, of letters alone, and in groups', () => {
    assert.deepEqual(found('= k 1234567', { pattern: '\\b\\d{7}\\b', near: ['k'] }), ['1234567'])
    assert.deepEqual(found('= k Falconry now', { pattern: 'Falconry', near: ['k'] }), ['Falconry'])
    assert.deepEqual(found('= k 123 456', { pattern: '\\d{3} \\d{3}', near: ['k'] }), ['123 456'])
    assert.deepEqual(found('= 1234567 Falconry', { pattern: '\\d{7}|Falconry', near: ['k'] }), [])
  })

  test('by the name of the field, all of the value as one', () => {
    const type = { keys: ['project_name'] }
    assert.deepEqual(found('Blue Falcon', type, 'order.project_name'), ['Blue Falcon'])
    assert.deepEqual(found('Blue Falcon', type, 'order.name'), [])
    assert.deepEqual(found('project_name = "Falcon"', type), ['Falcon'])
    assert.deepEqual(found('project_name = "Blue Falcon, II" title="Blue Falcon"', type), ['Blue Falcon, II'])
    assert.deepEqual(found("'project_name': 'Blue Falcon' and 'Blue Falcon'", type), ['Blue Falcon'])
  })

  test('by exact values of which only keyed hashes are known', () => {
    const key = 'a key of the dictionary'
    const type = { values: { key, lengths: [6], hashes: [hashOfValue(key, 'Falcon')] } }
    assert.deepEqual(found('we call it FALCON, or falcon.', type), ['FALCON', 'falcon.'])
    assert.deepEqual(found('we call it Falkon', type), [])
    for (const [before, after] of [['**', '**'], ['_', '_'], ['~~', '~~'], ['*', '*!'], ['/home/', '/x'], ['a/', '+b'], ['x.', '%']] as const)
      assert.deepEqual(found(`it is ${before}falcon${after}`, type), ['falcon'], before)
    const composed = { values: { key, lengths: [6], hashes: [hashOfValue(key, 'Zürich')] } }
    assert.deepEqual(found('in Zu\u0308rich', composed), ['Zu\u0308rich'])
    assert.deepEqual(found('we call it Falcon', { values: { ...type.values, key: 'another key of 16' } }), [])
  })
})

test('the hash of a value is HMAC-SHA-256, as other programs compute it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (key, text) => {
      fc.pre(key.isWellFormed() && text.isWellFormed())
      return Buffer.from(hmacWith(key)(text)).equals(createHmac('sha256', key).update(text).digest())
    }),
  )
})

describe('a pattern of a policy is refused with the reason', () => {
  const refused: Readonly<Record<string, RegExp>> = {
    '(a+)+b': /repeats a group/,
    '\\b(?:\\d|\\w)*y': /repeats a group/,
    'PRJ-(?:\\w+){4}!': /repeats a group/,
    'PRJ-(?:\\w+-?){5}!': /repeats a group/,
    'PRJ-(?:[A-Z]+\\d*){6}!': /repeats a group/,
    'PRJ-(?:a?){30}!': /repeats a group/,
    'PRJ-(?:|x|){30}!': /repeats a group/,
    'PRJ-\\w{1,50}\\w{1,50}!': /take the same characters/,
    'PRJ-(?=\\w*\\w*!)x': /take the same characters/,
    'PRJ-(?:\\w(?=\\w*!))+': /looks around/,
    '(?<=PRJ-\\w*)\\d': /looks around/,
    'x?\\w+@corp': /begins with a repetition/,
    '(?:\\w+|x)@corp': /begins with a repetition/,
    '(?i:prj)-\\d{4}': /flags within/,
    'PRJ(?-i:-)\\d{4}': /flags within/,
    '(?<übung>PRJ)\\d': /flags within/,
    'PRJ-\\p{Lu}': /\\p\{Lu\}/,
    'PRJ-[\\p{Lu}]': /\\p\{Lu\}/,
    'PRJ-\\u{41}': /\\u\{41\}/,
    '\\APRJ-\\d\\z': /\\A/,
    'PRJ-\\3': /not there/,
    'PRJ-\\k<n>': /not there/,
    'PRJ-\\012': /\\012/,
    'PRJ-\\cM': /would not be found/,
    'PRJ,\\d': /would not be found/,
    'PRJ-(?:\\d|"\\w)': /would not be found/,
    'Projekt \\d{3}': /would not be found/,
    'PRJ–\\d': /would not be found/,
    '(\\w)\\1': /refers back/,
    '\\w+@corp': /begins with a repetition/,
    'X\\w*\\d*Z': /take the same characters/,
    'X[a-z]+-?[a-z]+': /take the same characters/,
    'x*': /empty text|begins with a repetition/,
    '\\w{1,9}': /ordinary words/,
    '([a-z]': /no regular expression/,
    [`X${'a'.repeat(500)}`]: /501 characters/,
  }
  for (const [pattern, reason] of Object.entries(refused)) {
    test(pattern.slice(0, 30), () => {
      assert.match(whyRefused(pattern) ?? '', reason)
    })
  }

  test('and harmless ones are not', () => {
    for (const pattern of ['(?:\\d{3}-){2}\\d{4}', '[A-Z]{2,4}-\\d{4,8}', '\\b(?:\\d|x)*y', '[A-Z0-9]{3,10}[0-9]{2,4}-X', '\\b[A-Z]{3}\\d+(?:\\.\\d+)*\\b', 'X(?:[A-Z]+-)+\\d', '\\b(?=\\w*\\d)[A-Z0-9]{8}\\b', '(?<![A-Z0-9])[A-Z]{2}\\d{6}(?![A-Z0-9])', 'PRJ\\x2d\\u0041\\d', 'PRJ-[^]', 'PRJ-(?<n>\\d)', 'DE\\d{2}(?: ?\\d{4}){4}', 'PRJ-\\d{4}', '\\bKD[0-9]+-[A-Z]+\\b', 'ACME(?:-[A-Z]{2}){1,3}', '(?:EMP|CTR)\\d{5,8}', 'X[a-z]+-[a-z]+Z']) assert.equal(whyRefused(pattern), undefined, pattern)
  })
})

describe('a policy document carries them', () => {
  const policy = (types: string): string => `version: 1\ndefault: deny\nupstreams: {}\n${types}\nrules: []\n`

  test('and the parsed document has them ready for the masker', () => {
    const { types } = parsePolicy(policy('types:\n  CUSTOM_PROJECT: { words: [project code, project codes], pattern: "PRJ-\\\\d{4}", keys: [project] }'))
    assert.deepEqual(types, [{ name: 'CUSTOM_PROJECT', ignoreCase: false, words: ['project code', 'project codes'], pattern: 'PRJ-\\d{4}', keys: ['project'] }])
  })

  test('and one that cannot be used is refused with its place and reason', () => {
    const problem = (types: string): string => {
      try {
        parsePolicy(policy(types))
      } catch (error) {
        assert.ok(error instanceof CountersignError)
        return error.message
      }
      return ''
    }
    assert.match(problem('types: { CUSTOM_A: { pattern: "(a+)+b" } }'), /line 4.*refused: it repeats a group/s)
    assert.match(problem('types: { CUSTOM_A: { words: [a, b] } }'), /pattern, keys or values/)
    assert.match(problem('types: { PROJECT: { pattern: "P-1" } }'), /write a name such as CUSTOM_PROJECT_CODE/)
    assert.match(problem('types: { CUSTOM_A: { values: { key: short, lengths: [6], hashes: [abc] } } }'), /22 characters/)
  })

  test('and taking one away, or changing it, counts as loosening; adding one does not', () => {
    const without = parsePolicy(policy(''))
    const one = parsePolicy(policy('types: { CUSTOM_PROJECT: { pattern: "P-1" } }'))
    const other = parsePolicy(policy('types: { CUSTOM_PROJECT: { pattern: "P-2" } }'))
    assert.deepEqual(loosenings(without, one), [])
    assert.deepEqual(loosenings(one, without), ['CUSTOM_PROJECT would no longer be found.'])
    assert.deepEqual(loosenings(one, other), ['CUSTOM_PROJECT would be found in another way.'])
  })
})
