import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { encodeDisclosure, openDisclosure, sealDisclosure, subjectKey } from '../../../src/core/log/disclosure.ts'

const key = subjectKey(Buffer.alloc(32, 1), 'kid')

describe('a disclosure', () => {
  test('is named by the digest of salt, path and value, as in RFC 9901', () => {
    // The example of RFC 9901 section 4.2.1, with its salt: the digest is over the base64url text.
    const salt = Buffer.from('_26bc4LT-ac6q2KI6cBW5es', 'base64url')
    const { encoded, digest } = encodeDisclosure({ path: 'family_name', value: 'Möbius' }, salt)
    assert.deepEqual(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')), [salt.toString('base64url'), 'family_name', 'Möbius'])
    assert.equal(digest, createHash('sha256').update(encoded, 'ascii').digest('base64url'))
  })

  test('opens to what was sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }), (value, path) => {
        const { encoded, digest } = encodeDisclosure({ path, value }, randomBytes(16))
        assert.deepEqual(openDisclosure(sealDisclosure(encoded, digest, key, randomBytes(12)), key), { path, value })
      }),
    )
  })

  test('has another digest each time, so that a value cannot be guessed from it', () => {
    const one = { path: 'p', value: '+1 555 0100' }
    assert.notEqual(encodeDisclosure(one, randomBytes(16)).digest, encodeDisclosure(one, randomBytes(16)).digest)
  })

  test('does not open when a bit of it was changed, when it lies under another digest, or with another key', () => {
    const { encoded, digest } = encodeDisclosure({ path: 'p', value: 'v' }, randomBytes(16))
    const sealed = sealDisclosure(encoded, digest, key, randomBytes(12))
    const box = Buffer.from(sealed.box, 'base64url')
    for (let at = 0; at < box.length; at++) {
      const changed = Buffer.from(box)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => openDisclosure({ ...sealed, box: changed.toString('base64url') }, key), { code: 'CS_LOG_PROOF' })
    }
    const other = encodeDisclosure({ path: 'p', value: 'w' }, randomBytes(16))
    assert.throws(() => openDisclosure({ ...sealed, digest: other.digest }, key), { code: 'CS_LOG_PROOF' })
    assert.throws(() => openDisclosure(sealDisclosure(other.encoded, digest, key, randomBytes(12)), key), { code: 'CS_LOG_PROOF' })
    assert.throws(() => openDisclosure(sealed, subjectKey(Buffer.alloc(32, 1), 'other')), { code: 'CS_LOG_PROOF' })
    assert.throws(() => openDisclosure({ ...sealed, box: '' }, key), { code: 'CS_LOG_PROOF' })
  })
})
