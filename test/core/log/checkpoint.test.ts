import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { checkpointText, cosign, openCheckpoint, parseCheckpoint, signCheckpoint } from '../../../src/core/log/checkpoint.ts'
import { rawPublicKey, type NoteSigner } from '../../../src/core/log/note.ts'

const device: NoteSigner = { name: 'countersign/k/1', type: 1, key: generateKeyPairSync('ed25519').privateKey }
const hub: NoteSigner = { name: 'hub', type: 4, key: generateKeyPairSync('ed25519').privateKey }
const root = Buffer.alloc(32, 9)
const checkpoint = { origin: 'countersign/k/1', size: 20, root }

function verifierOf(one: NoteSigner) {
  return { name: one.name, type: one.type, key: rawPublicKey(one.key) }
}

describe('a checkpoint', () => {
  test('is three lines, and reads back', () => {
    assert.equal(checkpointText(checkpoint), 'countersign/k/1\n20\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n')
    assert.deepEqual(parseCheckpoint(checkpointText(checkpoint)), checkpoint)
  })

  test('is opened by the key that signed it, and becomes a receipt when the hub cosigns it', () => {
    const note = signCheckpoint(checkpoint, device)
    assert.deepEqual(openCheckpoint(note, verifierOf(device)), { ...checkpoint, time: 0 })
    assert.throws(() => openCheckpoint(note, verifierOf(hub)), { code: 'CS_LOG_PROOF' })
    const receipt = cosign(note, hub, 1_795_000_000)
    assert.deepEqual(openCheckpoint(receipt, verifierOf(hub)), { ...checkpoint, time: 1_795_000_000 })
    assert.deepEqual(openCheckpoint(receipt, verifierOf(device)), { ...checkpoint, time: 0 })
  })

  test('is refused in any other form', () => {
    const good = checkpointText(checkpoint)
    const wrong = ['', good.slice(0, -1), good.replace('\n20\n', '\n020\n'), good.replace('\n20\n', '\n-1\n'), good.replace('\n20\n', '\n1e3\n'), good.replace('\n20\n', `\n${'9'.repeat(17)}\n`), good.replace('Q', ''), `${good}extension\n`, good.replace('countersign/k/1', '')]
    for (const one of wrong) assert.throws(() => parseCheckpoint(one), { code: 'CS_MALFORMED' }, JSON.stringify(one))
  })
})
