import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { checkpointText, cosign, signCheckpoint } from '../../../src/core/log/checkpoint.ts'
import { verifyLog, type Verdict, type VerifyOptions } from '../../../src/core/log/verify.ts'
import { rawPublicKey, signNote } from '../../../src/core/log/note.ts'
import { Disk } from '../../fakes/disk.ts'
import { call, device, fakeHub, FOLDER, openDevice, sync, type Device, type FakeHub } from '../../fakes/journal.ts'

const SEGMENT = `${FOLDER}/segment-0000000000000000.jsonl`

/** A log of 14 records, all signed; a receipt covers the first 7, another one 12 of them. */
async function smallLog(): Promise<{ one: Device; hub: FakeHub; receipt: string }> {
  const one = device(new Disk())
  const hub = fakeHub(new Disk())
  const journal = await openDevice(one)
  const mirror = await hub.mirror(journal.stream, one.key)
  for (const round of [1, 2]) {
    await call(journal, `ex_${round}a`)
    await call(journal, `ex_${round}b`)
    await journal.checkpoint()
    await sync(journal, one.disk, hub, mirror)
    if (round === 1) await call(journal, 'ex_between')
  }
  await journal.close()
  const receipt = mirror.receipt ?? ''
  await mirror.close()
  return { one, hub, receipt }
}

let one: Device
let hub: FakeHub
let receipt: string
before(async () => {
  ({ one, hub, receipt } = await smallLog())
})

function verify(disk: Disk, more: Partial<VerifyOptions> = {}): Promise<Verdict> {
  return verifyLog({ source: disk, folder: FOLDER, cosigner: hub.verifier, mustHaveReceipt: true, receipts: [{ note: receipt, from: 'the hub' }], expect: { epoch: 1, key: rawPublicKey(one.key).toString('base64url') }, ...more })
}

function lines(disk: Disk): string[] {
  return disk.get(SEGMENT).toString('utf8').split('\n').slice(0, -1)
}

function withLines(changed: readonly string[]): Disk {
  const disk = one.disk.copy()
  disk.set(SEGMENT, Buffer.from(changed.map((line) => `${line}\n`).join('')))
  return disk
}

async function faultOf(disk: Disk, more: Partial<VerifyOptions> = {}): Promise<string> {
  const { integrity } = await verify(disk, more)
  assert.equal(integrity.good, false)
  const [first] = integrity.problems
  assert.ok(first)
  return first.what
}

describe('the verifier', () => {
  test('passes a log that is what was written, and says how far each party vouches for it', async () => {
    const verdict = await verify(one.disk)
    assert.deepEqual(verdict.integrity.problems, [])
    assert.equal(verdict.integrity.good, true)
    assert.equal(verdict.size, lines(one.disk).length)
    assert.equal(verdict.coverage.signed, verdict.size)
    assert.equal(verdict.coverage.cosigned, 12)
    assert.equal(verdict.coverage.at, '2026-11-18T11:06:40.000Z')
    assert.equal(verdict.integrity.receipts, 3)
    assert.deepEqual(verdict.notes, [])
  })
})
