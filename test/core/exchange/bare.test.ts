import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import type { Part } from '../../../src/protocol/masking.ts'
import { maskerWith, optionsFor } from '../masking/masker.ts'

const { named: masker } = maskerWith()
/** What recognisers look for, what only looks like it, and pieces of both. */
const examples = FAMILIES.flatMap(({ recognisers }) => recognisers.flatMap((one) => [...one.examples, ...one.counterExamples])).map((text) => text.replace(/[«»]/g, ''))
const piece = fc.tuple(fc.constantFrom(...examples, 'plain words', ' ', '\n', ', '), fc.nat(), fc.nat(40)).map(([text, from, length]) => (from % 3 === 0 ? text : text.slice(from % (text.length + 1), (from % (text.length + 1)) + length)))
const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(' '))
const part = fc.oneof(
  text.map((said): Part => ({ path: '/a', role: 'user', origin: 'prompt', kind: 'text', text: said })),
  fc.tuple(text, text, fc.constantFrom('note', 'password', 'card', 'a b')).map(([a, b, key]): Part => ({ path: '/a', role: 'user', origin: 'prompt', kind: 'json', text: JSON.stringify({ [key]: a, more: [b, 4111111111111111, 12] }) })),
  fc.tuple(text, fc.constantFrom('password', 'ssn', 'name')).map(([said, key]): Part => ({ path: '/a', role: 'user', origin: 'prompt', kind: 'text', text: said, key })),
)

describe('a part in which nothing is found', () => {
  test('is one that masking leaves as it is, so that it need not be read twice', { timeout: 120_000 }, async () => {
    let bare = 0
    await fc.assert(
      fc.asyncProperty(part, async (one) => {
        const { status, findings } = await masker.inspect([one], [])
        assert.equal(status, 'ok')
        if (findings.length > 0) return
        bare++
        const { text: masked, spans } = masker.mask(one.text, optionsFor(one.kind, { path: one.path, ...(one.key === undefined ? {} : { key: one.key }) }))
        assert.deepEqual([masked, spans], [one.text, []])
      }),
      { numRuns: 3000 },
    )
    assert.ok(bare > 300, `${bare} of 3000 had nothing in them`)
  })
})
