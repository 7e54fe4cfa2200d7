import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { findAll } from '../../../src/core/masking/findAll.ts'
import { customFamily } from '../../../src/core/masking/recognisers/custom.ts'
import { dictionaryOf } from '../../../src/core/policy/dictionary.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'

const KEY = 'a key of sixteen or more'

/** What a list is refused with; empty when it is not. */
function refusal(text: string): string {
  try {
    dictionaryOf(text, KEY)
  } catch (error) {
    assert.ok(error instanceof CountersignError)
    return error.message
  }
  return ''
}

describe('a dictionary of exact values', () => {
  test('holds each value once, as the first 16 bytes of HMAC-SHA-256 in base64url, and the lengths', () => {
    const values = dictionaryOf('\uFEFFFalcon\r\n\nACME-Nord\nfalcon\n', KEY)
    const hash = (word: string): string => createHmac('sha256', KEY).update(word).digest().subarray(0, 16).toString('base64url')
    assert.deepEqual(values, { key: KEY, lengths: [6, 9], hashes: [hash('falcon'), hash('acme-nord')].toSorted() })
  })

  test('lets the masker find every value of it, however it is written there or here', () => {
    const written = ['Falcon', 'ACME-Nord', 'Zu\u0308rich7', 'ＰＲＪ９', 'ada@corp', 'What?!', 'x/y.z', 'Müller  & Söhne GmbH']
    const family = customFamily([{ name: 'CUSTOM_X', ignoreCase: false, values: dictionaryOf(written.join('\n'), KEY) }])
    for (const value of ['Falcon', 'falcon', 'acme-nord', 'Z\u00fcrich7', 'Zu\u0308rich7', 'PRJ9', 'ＰＲＪ９', 'ADA@CORP', 'what', 'X/Y.Z', 'müller & söhne  GmbH']) {
      const text = `it is ${value} now`
      assert.deepEqual(findAll(text, [family]).map(({ start, end }) => text.slice(start, end)), [value])
    }
  })

  test('is refused with the lines, never the text, of what the masker would not find', () => {
    const message = refusal('two words\nab\nfine\na=bcd\n"quoted"\nsome words more than four\n')
    assert.match(message, /^3 of 6 values cannot be found in a text \(lines 2, 5, 6\)\./)
    assert.doesNotMatch(message, /two words|bcd|quoted|some words/)
    assert.match(refusal('ab\n'), /^1 of 1 values cannot be found in a text \(line 1\)\./)
    assert.match(refusal(`${'x'.repeat(65)}\nfine`), /^1 of 2 values .*\(line 1\)\./)
    assert.match(refusal('(ab)\n'.repeat(12)), /\(lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and more\)/)
    assert.match(refusal(' \n\n'), /^there are no values/)
  })
})
