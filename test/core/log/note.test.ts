import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { formatVkey, parseNote, parseVkey, rawPublicKey, signNote, verifyNote, vkeyOf, type NoteSigner } from '../../../src/core/log/note.ts'

/** The example of the format's first implementation, in Go. */
const EXAMPLE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`
const EXAMPLE_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'

function signer(name = 'example.com/log', type: 1 | 4 = 1): NoteSigner {
  return { name, type, key: generateKeyPairSync('ed25519').privateKey }
}

function verifierOf(one: NoteSigner) {
  return { name: one.name, type: one.type, key: rawPublicKey(one.key) }
}

describe('a signed note', () => {
  test('of another implementation verifies', () => {
    assert.equal(verifyNote(parseNote(EXAMPLE), parseVkey(EXAMPLE_KEY)), 0)
    assert.equal(formatVkey(parseVkey(EXAMPLE_KEY)), EXAMPLE_KEY)
  })

  test('verifies under its own key only, and only unchanged', () => {
    const one = signer()
    const text = 'some text\nof two lines\n'
    const note = `${text}\n${signNote(text, one)}`
    assert.equal(verifyNote(parseNote(note), verifierOf(one)), 0)
    assert.equal(verifyNote(parseNote(note), verifierOf(signer())), undefined)
    assert.equal(verifyNote(parseNote(note), { ...verifierOf(one), name: 'example.com/other' }), undefined)
    assert.equal(verifyNote(parseNote(note), { ...verifierOf(one), type: 4 }), undefined)
    assert.equal(verifyNote(parseNote(note.replace('two', 'ten')), verifierOf(one)), undefined)
  })

  test('of a cosigner carries the time inside the signature', () => {
    const hub = signer('hub', 4)
    const text = 'text\n'
    const note = `${text}\n${signNote(text, hub, 1_795_000_000)}`
    const parsed = parseNote(note)
    assert.equal(verifyNote(parsed, verifierOf(hub)), 1_795_000_000)
    const [line] = parsed.signatures
    assert.ok(line)
    const later = Buffer.from(line.bytes)
    later.writeBigUInt64BE(1_795_000_001n)
    assert.equal(verifyNote({ ...parsed, signatures: [{ ...line, bytes: later }] }, verifierOf(hub)), undefined)
    assert.equal(verifyNote({ ...parsed, signatures: [{ ...line, bytes: line.bytes.subarray(8) }] }, verifierOf(hub)), undefined)
  })

  test('may carry signatures of others, before and after', () => {
    const [a, b, c] = [signer('a'), signer('b', 4), signer('c')]
    const text = 'text\n'
    const note = parseNote(`${text}\n${signNote(text, a)}${signNote(text, b, 7)}${signNote(text, c)}`)
    assert.deepEqual([a, b, c].map((one) => verifyNote(note, verifierOf(one))), [0, 7, 0])
  })

  test('is refused when its form is not exactly the format\'s', () => {
    const good = `text\n\n${signNote('text\n', signer('a'))}`
    parseNote(good)
    const wrong = ['', 'text\n', good.slice(0, -1), good.replace('— ', '- '), good.replace('— a ', '— a b '), good.replace('text', 'te\u0000xt'), `${good}\n`, good.replace('\n\n', '\n'), `${'x'.repeat(17_000)}\n\n${good}`, good.replace(/ [\w+/=]+\n$/, ' AAAA\n')]
    for (const one of wrong) assert.throws(() => parseNote(one), { code: 'CS_MALFORMED' }, JSON.stringify(one.slice(0, 80)))
  })

  test('keys that are none are refused', () => {
    const good = vkeyOf(signer())
    assert.equal(formatVkey(parseVkey(` ${good}\n`)), good)
    for (const one of ['', 'x', good.replace('+', '-'), good.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), good.slice(0, -4), good.replace('example', 'elpmaxe')]) assert.throws(() => parseVkey(one), { code: 'CS_SETTING' }, one)
  })
})
