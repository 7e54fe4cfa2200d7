import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { AuditRecord } from '../../../src/protocol/audit.ts'
import { LARGEST_LEAF, leafHash, sealLeaf } from '../../../src/core/log/leaf.ts'

function record(reason: string): AuditRecord {
  return { v: 1, id: 'ev_1', stream: 's', seq: 0, prev: '', time: '2026-11-24T00:00:00.000Z', mono: '1', boot: 'b', event: { type: 'agent.stopped', reason } }
}

describe('a leaf', () => {
  test('is one line of UTF-8 that reads back as the record, whatever text is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (reason) => {
        const bytes = sealLeaf(record(reason))
        assert.ok(!bytes.includes(0x0a) && !bytes.includes(0x0d))
        const text = bytes.toString('utf8')
        assert.deepEqual(Buffer.from(text, 'utf8'), bytes)
        assert.deepEqual(JSON.parse(text), record(reason))
      }),
    )
  })

  test('keeps lone surrogates, NUL and line separators apart from the line', () => {
    for (const reason of ['\ud800', 'a\u0000b', '\u2028\u2029', '\r\n', '\u{1f600}', '"\\'])
      assert.equal((JSON.parse(sealLeaf(record(reason)).toString('utf8')) as AuditRecord & { event: { reason: string } }).event.reason, reason)
  })

  test('may be as long as an entry bundle allows, and not a byte longer', () => {
    const room = LARGEST_LEAF - sealLeaf(record('')).length
    assert.equal(sealLeaf(record('x'.repeat(room))).length, LARGEST_LEAF)
    assert.throws(() => sealLeaf(record('x'.repeat(room + 1))), { code: 'CS_NOT_RECORDED' })
  })

  test('is hashed apart from inner nodes', () => {
    assert.equal(leafHash(Buffer.alloc(0)).toString('hex'), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
  })
})
