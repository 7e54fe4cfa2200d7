/** What may follow a number, told for all phrases at once, is what each of them says by itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { Follow, Follows } from '../../../src/core/masking/scan/follow.ts'

/** Of each kind: marks and letters, what stands for others, what is invisible, what lies beyond ASCII. */
const CHARACTERS = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), ...'éßÅдΩ中かｍ１\u00a0\u200b\u2013\ud83d\u20e3'.split('')]

test('what may follow a number is told for all phrases in one look as each of them tells it', () => {
  const declared = FAMILIES.flatMap(({ recognisers }) => recognisers).flatMap(({ opens }) => (opens?.follow ? [new Follow(opens.follow)] : []))
  assert.ok(declared.length > 1)
  const all = [...declared, undefined]
  const follows = new Follows(all)
  const texts = ['', ...CHARACTERS.flatMap((mark) => [mark, ...CHARACTERS.map((next) => mark + next)])]
  for (const text of texts) {
    const told = all.map((_one, i) => (follows.at(text, 0) >> i) & 1)
    assert.deepEqual(told, all.map((one) => Number(one?.isAt(text, 0) ?? true)), JSON.stringify(text))
  }
})

test('more phrases than are told apart are a build error', () => {
  assert.throws(() => new Follows(Array.from({ length: 32 }, () => undefined)), RangeError)
})
