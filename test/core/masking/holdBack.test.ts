import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { LONGEST_HOLD } from '../../../src/core/masking/names/runs.ts'
import { createNameTagger } from '../../../src/core/masking/names/tagger.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { Dispatch } from '../../../src/core/masking/scan/dispatch.ts'
import { WORD_LIMIT } from '../../../src/core/masking/scan/limits.ts'
import { Pipeline } from '../../../src/core/masking/scan/pipeline.ts'

const dispatch = new Dispatch(FAMILIES)
const tagger = createNameTagger()
const RECOGNISERS = FAMILIES.flatMap(({ recognisers }) => recognisers)
const EXAMPLES = RECOGNISERS.flatMap(({ examples, counterExamples }) => [...examples.map((one) => readExample(one).text), ...counterExamples])
/** What `countersign mask --types` states for all types together: a word, and what may be a value that ends in it. */
const STATED = WORD_LIMIT + Math.max(LONGEST_HOLD, ...RECOGNISERS.map(({ hold }) => hold))
/** The last character may be a part of one that is written with several. */
const LONGEST_UNIT = 8

/** @returns most characters of a text that were received and neither decided nor part of a value whose mask is out, one coming after the other */
function mostHeld(text: string): number {
  const pipeline = new Pipeline({ dispatch, tagger, masks: () => true })
  let most = 0
  /** Where a long value begins whose mask is out. */
  let begun = -1
  for (let i = 0; i < text.length; i++) {
    pipeline.push(text.charAt(i))
    pipeline.take()
    begun = pipeline.committed?.start ?? begun
    if (pipeline.limit !== begun) most = Math.max(most, i + 1 - pipeline.limit)
  }
  return most
}

test('no text waits longer than is stated, whatever stands in it', () => {
  const piece = fc.oneof(
    fc.constantFrom(...EXAMPLES),
    fc.tuple(fc.constantFrom('7', 'a', 'aB3', '12 ', 'AB 12 ', 'a@', '12 Main ', 'John Smith ', 'lives at the ', '\\u0041', '%41', '中', '中国 ', '[', '"a":"', 'password=', '-', '- ', '(', '+'), fc.integer({ min: 1, max: 700 })).map(([one, times]) => one.repeat(times).slice(0, 1500)),
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.constantFrom('', ' ', '\n', ', '), (pieces, between) => {
      const held = mostHeld(pieces.join(between))
      assert.ok(held <= STATED + LONGEST_UNIT, `${held} characters waited, and ${STATED} are stated`)
    }),
    { numRuns: 150 },
  )
})

test('what may lead a number does not hold what is too long for one', () => {
  for (const text of [`a+1234567${'\\u0041'.repeat(250)}`, '('.repeat(1500), '+('.repeat(800), `(${'7'.repeat(1500)}`]) assert.ok(mostHeld(text) <= WORD_LIMIT + LONGEST_UNIT, text.slice(0, 20))
})
