import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Field, type Slot } from '../../../src/core/provider/field.ts'
import type { MaskStream } from '../../../src/core/provider/provider.ts'

/** A masker that releases what a test says, call by call. */
function scripted(...outs: string[]): MaskStream {
  const next = (): string => outs.shift() ?? ''
  return { spans: [], push: next, flush: next }
}

function run(mask: MaskStream, pieces: readonly string[]): { slots: Slot[]; rest: string; text: string } {
  const field = new Field('x', 'g', mask, (text) => text)
  const slots = pieces.map((piece) => {
    const slot: Slot = { text: undefined, settled: false }
    field.push(slot, piece)
    return slot
  })
  const rest = field.flush()
  return { slots, rest, text: slots.map((slot, i) => slot.text ?? pieces[i]).join('') + rest }
}

describe('a field while it streams', () => {
  test('leaves its events alone as long as nothing is masked, however late text is released', () => {
    const { slots, rest } = run(scripted('', 'ab', '', 'cdef'), ['ab', 'cd', 'ef'])
    assert.deepEqual([slots.map(({ text }) => text), rest], [[undefined, undefined, undefined], ''])
  })

  test('gives out everything the masker released, and nothing else, whatever that is', () => {
    for (const [outs, pieces] of [
      [['', '', '[M]', ' end'], ['41', '11', ' en', 'd']],
      [['a', 'b', 'c!'], ['a', 'b', 'c']],
      [['a', 'bX', ''], ['a', 'b']],
      [['', '', ''], ['se', 'cret']],
      [['', '', 'secret'], ['se', 'cret']],
      [['[M]', '[M]', 'tail'], ['x', 'y']],
      [['', 'abc', 'd'], ['ab', 'cd']],
      [['', 'aXc', 'd'], ['ab', 'cd']],
    ] as const) {
      const { slots, text } = run(scripted(...outs), pieces)
      assert.equal(text, outs.join(''), JSON.stringify(outs))
      assert.ok(slots.every(({ settled }) => settled))
    }
  })

  test('lets events go early with what was released, and the rest follows', () => {
    const field = new Field('x', 'g', scripted('ab', 'cd[M]', 'end'), (text) => text)
    const first: Slot = { text: undefined, settled: false }
    const second: Slot = { text: undefined, settled: false }
    field.push(first, 'abcd')
    field.detach()
    assert.deepEqual(first, { text: 'ab', settled: true })
    field.push(second, 'value')
    assert.deepEqual(second, { text: 'cd[M]', settled: false })
    field.detach()
    assert.equal(field.flush(), 'end')
    assert.equal(field.masked, 'abcd[M]end')
    assert.throws(() => { field.push(first, 'more') }, { code: 'CS_UPSTREAM_NONSENSE' })
  })
})
