import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { Dispatch } from '../../../src/core/masking/scan/dispatch.ts'
import { Pipeline } from '../../../src/core/masking/scan/pipeline.ts'

/** Types and places of what is found. */
function findsIn(dispatch: Dispatch): (text: string) => readonly unknown[] {
  return (text) => {
    const pipeline = new Pipeline({ dispatch, tagger: undefined, masks: () => false })
    pipeline.push(text)
    pipeline.end()
    return pipeline.takeCounted().map(({ start, end, type }) => ({ start, end, type }))
  }
}

test('what a value behind base64 is called does not depend on the order in which recognisers are asked', () => {
  const recognisers = FAMILIES.flatMap((family) => family.recognisers)
  const forwards = findsIn(new Dispatch([{ name: 'all', recognisers }]))
  const backwards = findsIn(new Dispatch([{ name: 'all', recognisers: recognisers.toReversed() }]))
  let count = 0
  for (const { examples } of recognisers)
    for (const example of examples) {
      const text = `the file holds ${Buffer.from(readExample(example).text).toString('base64')} and no more`
      const found = forwards(text)
      count += found.length
      assert.deepEqual(backwards(text), found, example)
    }
  assert.ok(count > 300, `only ${count} were found`)
})
