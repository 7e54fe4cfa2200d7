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

  const arriving = fc.array(
    fc.record({ start: fc.nat(40), length: fc.integer({ min: 1, max: 20 }), certainty: fc.constantFrom(0.5, 0.7, 0.9), detector: fc.constantFrom('a@1', 'a-bare@1', 'c@1'), isLong: fc.boolean(), isSettled: fc.boolean() }),
    { maxLength: 9 },
  )

  /** One long value at most, as they come: it is added while its end is not known, and nothing before it is settled until it is. */
  function decided(all: readonly { start: number; length: number; certainty: number; detector: string; isLong: boolean; isSettled: boolean }[], isInSteps: boolean): readonly string[] {
    const resolver = new Resolver()
    const found: string[] = []
    const settle = (frontier: number): void => {
      for (const { start, end, detector } of resolver.settle(frontier)) found.push(`${start} ${end} ${detector}`)
    }
    const long = all.findIndex((one) => one.isLong)
    let open: { end: number; start: number } | undefined
    for (const [i, { start, length, certainty, detector, isSettled }] of all.entries()) {
      const candidate: Candidate = { start, end: i === long ? Infinity : start + length, type: 'X', detector, certainty, ...(i === long && { committed: true }) }
      resolver.add(candidate)
      if (i === long) open = candidate
      const rest = all.slice(i + 1).reduce((least, one) => Math.min(least, one.start), Infinity)
      if (isInSteps && isSettled) settle(Math.min(rest, open?.start ?? Infinity))
      if (open && i > long) {
        open.end = open.start + (all[long]?.length ?? 0)
        open = undefined
      }
    }
    if (open) open.end = open.start + (all[long]?.length ?? 0)
    settle(Infinity)
    return found
  }

  test('become the same findings whenever they are settled', () => {
    fc.assert(
      fc.property(arriving, (all) => {
        assert.deepEqual(decided(all, true), decided(all, false))
      }),
      { numRuns: 20_000 },
    )
  })
})
