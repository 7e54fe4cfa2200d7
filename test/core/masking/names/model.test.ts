import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LABELS } from '../../../../src/core/masking/names/labels.ts'
import { readModel, writeModel } from '../../../../src/core/masking/names/model.ts'
import { createNameTagger } from '../../../../src/core/masking/names/tagger.ts'
import { hashWord } from '../../../../src/core/masking/names/tokens.ts'
import { buildFilter } from '../../../../src/core/masking/names/training/filter.ts'
import { WEIGHTS } from '../../../../src/core/masking/names/weights.ts'
import { lookUp } from '../../../../src/core/masking/names/wordlist.ts'

const shipped = new Uint8Array(Buffer.from(WEIGHTS, 'base64'))

describe('the weights of the name tagger', () => {
  test('take at most 1 MB of the package', () => {
    assert.ok(WEIGHTS.length <= 1_000_000, `${WEIGHTS.length} characters`)
  })

  test('are the same bytes after reading and writing', () => {
    const model = readModel(shipped)
    assert.equal(model.transitions.length, LABELS * LABELS)
    assert.ok(Buffer.from(writeModel(model)).equals(shipped))
  })

  test('are refused when they are cut, longer, or something else', () => {
    for (const bytes of [new Uint8Array(0), shipped.subarray(0, 10), shipped.subarray(0, shipped.length - 1), new Uint8Array([...shipped.subarray(0, 2000)]), new Uint8Array(shipped.length)])
      assert.throws(() => createNameTagger(bytes), RangeError)
  })
})

describe('the word lists', () => {
  test('say of each word what was put in, and mostly nothing of others', () => {
    const values = new Map(Array.from({ length: 5000 }, (_, i) => [hashWord(`word${i}`), 1 + (i % 255)]))
    const list = buildFilter(values)
    for (const [hash, value] of values) assert.equal(lookUp(list, hash), value)
    const wrong = Array.from({ length: 5000 }, (_, i) => lookUp(list, hashWord(`other${i}`))).filter((value) => value !== 0)
    assert.ok(wrong.length < 60, `${wrong.length} of 5000`)
  })
})
