import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Candidate } from '../../../src/core/masking/scan/match.ts'
import { Resolver } from '../../../src/core/masking/scan/resolve.ts'

const candidates = fc.array(fc.record({ start: fc.nat(60), length: fc.integer({ min: 1, max: 40 }), certainty: fc.constantFrom(0.3, 0.5, 0.7, 0.9), detector: fc.constantFrom('a@1', 'b@1', 'c@1') }), { maxLength: 20 })

describe('overlapping candidates', () => {
  test('become findings in order that do not overlap and cover what the candidates cover', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const resolver = new Resolver()
        for (const { start, length, certainty, detector } of all) resolver.add({ start, end: start + length, type: 'X', detector, certainty })
        const found: readonly Candidate[] = resolver.settle(Infinity)
        const places = (list: readonly { start: number; end: number }[]): number[] => [...new Set(list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)))].sort((a, b) => a - b)
        for (const [i, one] of found.entries()) assert.ok(one.start < one.end && one.start >= (found[i - 1]?.end ?? 0), JSON.stringify(found))
        assert.deepEqual(places(found), places(all.map(({ start, length }) => ({ start, end: start + length }))))
      }),
      { numRuns: 2000 },
    )
  })
})
