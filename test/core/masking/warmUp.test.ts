import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Masker } from '../../../src/core/masking/masker.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { warmUp } from '../../../src/core/masking/warmUp.ts'
import { maskerWith } from './masker.ts'

describe('warming up', () => {
  test('shows the masker an example of every recogniser, and lets other work have its turns', async () => {
    const { masker } = maskerWith()
    const seen: string[] = []
    let turns = 0
    const other = setInterval(() => turns++, 0)
    const inspect: Masker['inspect'] = async (parts, opaque) => {
      seen.push(...parts.map(({ text }) => text))
      return masker.inspect(parts, opaque)
    }
    assert.equal(await warmUp({ inspect }), true)
    clearInterval(other)
    assert.ok(turns > 0)
    for (const { recognisers } of FAMILIES) for (const { name, examples } of recognisers) assert.ok(seen.join('').includes((examples[0] ?? name).replace(/[«»]/g, '')), name)
  })

  test('says so when a detector throws', async () => {
    assert.equal(await warmUp({ inspect: async () => Promise.resolve({ status: 'failed', findings: [], opaque: [] }) }), false)
  })
})
