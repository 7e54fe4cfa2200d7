import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parsePlace } from '../../src/protocol/place.ts'

test('a place is a kind, a file\'s name and perhaps a cell', () => {
  assert.deepEqual(parsePlace('kind=notebook&file=ask%20me.ipynb&cell=3'), { kind: 'notebook', file: 'ask me.ipynb', cell: 3 })
  assert.deepEqual(parsePlace('kind=script&file=ask.py'), { kind: 'script', file: 'ask.py' })
  assert.deepEqual(parsePlace('kind=debug&file=a.py&cell=-1'), { kind: 'debug', file: 'a.py' })
})

test('what is none is left out: other kinds, folders, deceiving characters, and what is too long', () => {
  for (const header of [undefined, '', 'kind=window&file=a', 'kind=script', 'kind=script&file=/etc/passwd', 'kind=script&file=a%0Ab', 'kind=script&file=a%E2%80%AEb', `kind=script&file=${'a'.repeat(121)}`, `kind=script&file=a&x=${'y'.repeat(600)}`])
    assert.equal(parsePlace(header), undefined, header)
})

test('no header makes it fail or lets a separator through', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 40 }), (header, file) => {
    parsePlace(header)
    const place = parsePlace(new URLSearchParams({ kind: 'script', file }).toString())
    assert.ok(!place || !/[/\\\n]/.test(place.file))
  }))
})
