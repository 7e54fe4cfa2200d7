import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { checkpointText, cosign, signCheckpoint } from '../../../src/core/log/checkpoint.ts'
import { verifyLog, type Verdict, type VerifyOptions } from '../../../src/core/log/verify.ts'
import { leafHash } from '../../../src/core/log/leaf.ts'
import { MerkleTree } from '../../../src/core/log/merkle.ts'
import { rawPublicKey, signNote } from '../../../src/core/log/note.ts'
import { LogWriter, noteName, type LogOptions } from '../../../src/core/log/writer.ts'
import { Disk } from '../../fakes/disk.ts'
import { ACTOR, call, completed, decided, device, ENDPOINT, fakeHub, FOLDER, openDevice, sync, type Device, type FakeHub } from '../../fakes/device.ts'

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

function streamOf({ key }: Device): string {
  return `countersign/${rawPublicKey(key).toString('base64url')}/1`
}

/** Two records, one checkpoint, one receipt: small enough to try every bit. */
async function tinyLog(): Promise<{ disk: Disk; cosigner: FakeHub['verifier'] }> {
  const disk = new Disk()
  const name = 'hub'
  const key = generateKeyPairSync('ed25519').privateKey
  const { writer } = await LogWriter.open(writerOptions(disk), 0)
  await writer.append({ type: 'agent.stopped', reason: '' })
  await writer.append({ type: 'agent.stopped', reason: '' })
  await writer.close()
  const note = disk.get(`${FOLDER}/checkpoints/${noteName(2)}`).toString('utf8')
  disk.set(`${FOLDER}/receipts/${noteName(2)}`, Buffer.from(cosign(note, { name, type: 4, key }, 1_795_000_000)))
  return { disk, cosigner: { name, type: 4, key: rawPublicKey(key) } }
}

function writerOptions(disk: Disk): LogOptions {
  const stream = streamOf(one)
  let tick = 0
  return { files: disk, folder: FOLDER, stream, signer: { name: stream, type: 1, key: one.key }, stamp: () => ({ id: `ev_${++tick}`, time: new Date(tick).toISOString(), mono: `${tick}000000`, boot: 'b' }), timer: () => () => undefined }
}

/** A log over many small segments. */
async function manySegments(): Promise<{ disk: Disk; segments: string[] }> {
  const disk = new Disk()
  const { writer } = await LogWriter.open({ ...writerOptions(disk), segmentBytes: 900 }, 0)
  for (let i = 0; i < 20; i++) await writer.append({ type: 'launch.registered', launch: `la_${i}`, kind: 'run', label: 'x' })
  await writer.close()
  return { disk, segments: disk.paths(`${FOLDER}/segment-`) }
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

/** Heads and records of another history under the same name: what a cloned machine, or somebody with its key, could make. */
async function forked(): Promise<Disk> {
  const disk = new Disk()
  const other = await openDevice({ ...one, disk })
  for (const ex of ['ex_1a', 'ex_1b', 'ex_between', 'ex_2a', 'ex_2b', 'ex_3']) await call(other, ex)
  await other.close()
  return disk
}

describe('S54: the verifier names what was done to a log', () => {
  test('a byte changed in any record', async () => {
    for (const [seq, line] of lines(one.disk).entries()) {
      const changed = lines(one.disk)
      changed[seq] = line.replace('"id":"ev_', '"id":"eV_')
      const verdict = await verify(withLines(changed))
      assert.equal(verdict.integrity.good, false)
      const [problem] = verdict.integrity.problems
      // The next-to-last and the last one can only be told apart by a successor, which they do not have.
      const last = lines(one.disk).length - 1
      assert.ok(problem?.seq === seq || (seq >= last - 1 && (problem?.seq ?? 0) >= last - 1), `record ${seq}: ${JSON.stringify(problem)}`)
      assert.ok(problem?.file?.includes('segment-'), problem?.what)
      // One change is one finding: what follows from it is not told as if it were more.
      assert.equal(verdict.integrity.problems.length, 1)
      if (seq < last - 1) assert.match(problem?.what ?? '', new RegExp(`^record ${seq} was changed`))
    }
  })

  test('any bit flipped in a segment, a checkpoint or a receipt', async () => {
    const { disk, cosigner } = await tinyLog()
    const receipts = disk.paths(`${FOLDER}/receipts`)
    const whole = { folder: FOLDER, cosigner, mustHaveReceipt: true }
    assert.equal((await verifyLog({ source: disk, ...whole })).integrity.good, true)
    // A receipt is only there where it is what changes: without it the rest must fail just as well.
    const alone = disk.copy()
    for (const path of receipts) await alone.remove(path)
    assert.equal((await verifyLog({ source: alone, folder: FOLDER })).integrity.good, true)
    const paths = disk.paths(FOLDER).filter((path) => /segment-|\.note$/.test(path))
    assert.equal(paths.length, 3)
    for (const path of paths) {
      const [source, options] = receipts.includes(path) ? [disk, whole] : [alone, { folder: FOLDER }]
      const bytes = source.get(path)
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        source.set(path, changed)
        const { integrity } = await verifyLog({ source, ...options })
        assert.ok(!integrity.good && integrity.problems.length > 0, `bit ${bit} of ${path}`)
      }
      source.set(path, bytes)
    }
  })

  test('a cut at any byte: what a receipt covers is missed, what no checkpoint covers is only not covered', async () => {
    const bytes = one.disk.get(SEGMENT)
    for (let at = 0; at < bytes.length; at += 13) {
      const disk = one.disk.copy()
      disk.set(SEGMENT, bytes.subarray(0, at))
      const { integrity } = await verify(disk)
      assert.equal(integrity.good, false, `cut at ${at}`)
      assert.ok(integrity.problems.some(({ what }) => /ends with|empty/.test(what)), integrity.problems.map(({ what }) => what).join('; '))
    }
  })

  test('a record removed', async () => {
    for (const seq of lines(one.disk).keys()) {
      const what = await faultOf(withLines(lines(one.disk).filter((_, i) => i !== seq)))
      assert.match(what, seq === lines(one.disk).length - 1 ? /the log ends with/ : new RegExp(`record ${seq} is missing`))
    }
  })

  test('a record there twice', async () => {
    for (const [seq, line] of lines(one.disk).entries()) assert.match(await faultOf(withLines(lines(one.disk).toSpliced(seq, 0, line))), new RegExp(`record ${seq} stands a second time`))
  })

  test('two records that changed places', async () => {
    for (let seq = 0; seq + 1 < lines(one.disk).length; seq++) {
      const changed = lines(one.disk)
      const [a = '', b = ''] = changed.splice(seq, 2)
      assert.match(await faultOf(withLines(changed.toSpliced(seq, 0, b, a))), new RegExp(`record ${seq} is missing`))
    }
  })

  test('a record put in between, whether of another log or made up to fit', async () => {
    const other = await forked()
    const [foreign = ''] = other.get(SEGMENT).toString('utf8').split('\n').slice(5)
    assert.match(await faultOf(withLines(lines(one.disk).toSpliced(5, 0, foreign))), /record 5|record 4/)
    const made = JSON.stringify({ ...(JSON.parse(lines(one.disk)[5] ?? '') as object), id: 'ev_MADE' })
    assert.match(await faultOf(withLines(lines(one.disk).toSpliced(5, 0, made))), /record 5/)
  })

  test('a line that is no record, or one that is too long', async () => {
    assert.match(await faultOf(withLines(lines(one.disk).with(4, '{"half":'))), /in the place of record 4 is not JSON/)
    assert.match(await faultOf(withLines(lines(one.disk).with(4, '[]'))), /in the place of record 4 is not JSON/)
    assert.match(await faultOf(withLines(lines(one.disk).with(4, '{"v":2}'))), /record 4 is of a format/)
    assert.match(await faultOf(withLines(lines(one.disk).with(4, `{"v":1,"x":"${'x'.repeat(70_000)}"}`))), /record 4 is too long/)
  })

  test('the whole history written anew with the device\'s own key', async () => {
    assert.match(await faultOf(await forked()), /not what the hub holds \(the hub\): the log was rewritten or forked/)
  })

  test('a log rolled back to an earlier state, checkpoints and all', async () => {
    const disk = withLines(lines(one.disk).slice(0, 7))
    for (const path of disk.paths(FOLDER)) if (/00(?:0[89]|1\d)\.note$/.test(path)) await disk.remove(path)
    assert.match(await faultOf(disk), /the hub holds 12 records \(the hub\), and the log ends with 7/)
    // Without the hub's word the earlier state is a good log: that is why a receipt is asked for.
    assert.equal((await verify(disk, { receipts: [] })).integrity.good, true)
  })

  test('a log of another key, and an old key on a new epoch', async () => {
    const key = generateKeyPairSync('ed25519').privateKey
    const foreign = new Disk()
    const other = await openDevice({ ...one, disk: foreign, key })
    await call(other, 'ex_1')
    await other.close()
    assert.match(await faultOf(foreign), /is signed by the key .+; this device's is/)
    assert.match(await faultOf(one.disk, { expect: { epoch: 2 } }), /is of epoch 1 and lies in the folder of epoch 2/)
    const elsewhere = one.disk.copy()
    elsewhere.set(`${FOLDER}/checkpoints/0000000000000014.note`, Buffer.from(signCheckpoint({ origin: other.stream, size: 14, root: Buffer.alloc(32) }, { name: streamOf(one), type: 1, key: one.key })))
    assert.match(await faultOf(elsewhere), /checkpoints\/0000000000000014.note is of another log/)
    const disk = one.disk.copy()
    disk.set(`${FOLDER}/checkpoints/0000000000000014.note`, Buffer.from(signCheckpoint({ origin: other.stream, size: 14, root: Buffer.alloc(32) }, { name: other.stream, type: 1, key })))
    assert.match(await faultOf(disk), /checkpoints\/0000000000000014.note does not count/)
  })

  test('a receipt that another hub signed, or for another root', async () => {
    const other = fakeHub(new Disk())
    assert.match(await faultOf(one.disk, { cosigner: other.verifier }), /did not sign/)
    const root = signCheckpoint({ origin: streamOf(one), size: 12, root: Buffer.alloc(32, 1) }, { name: streamOf(one), type: 1, key: one.key })
    assert.match(await faultOf(one.disk, { receipts: [{ note: cosign(root, hub.signer, 1), from: 'a file' }] }), /not what the hub holds \(a file\)/)
    const foreign = checkpointText({ origin: 'countersign/x/1', size: 12, root: Buffer.alloc(32) })
    assert.match(await faultOf(one.disk, { receipts: [{ note: `${foreign}\n${signNote(foreign, hub.signer, 1)}`, from: 'a file' }] }), /a file does not count/)
  })

  test('a segment removed', async () => {
    const { disk, segments } = await manySegments()
    assert.ok(segments.length > 4)
    for (const segment of segments) {
      const without = disk.copy()
      await without.remove(segment)
      const { integrity } = await verifyLog({ source: without, folder: FOLDER })
      assert.equal(integrity.good, false)
      assert.match(integrity.problems.map(({ what }) => what).join('; '), segment === segments.at(-1) ? /the log ends with/ : /a segment is missing|records? \d+.* missing/)
    }
    assert.equal((await verifyLog({ source: disk, folder: FOLDER })).integrity.good, true)
  })

  test('receipts taken away, when the log itself says that they came', async () => {
    const disk = one.disk.copy()
    for (const path of disk.paths(`${FOLDER}/receipts`)) await disk.remove(path)
    assert.match(await faultOf(disk, { receipts: [], mustHaveReceipt: false }), /the hub gave a receipt for 12 records, and that receipt is not here/)
  })
})

describe('the verifier fails closed', () => {
  test('without a key, a record, a checkpoint or a receipt', async () => {
    assert.match(await faultOf(new Disk()), /no key is known/)
    assert.match(await faultOf(Disk.of({ [SEGMENT]: '{"v":1,"id":"a","stream":"x/y"}\n' })), /names no key/)
    const empty = one.disk.copy()
    empty.set(SEGMENT, Buffer.alloc(0))
    assert.ok((await verify(empty)).integrity.problems.some(({ what }) => /the log is empty/.test(what)))
    const unsigned = one.disk.copy()
    for (const path of unsigned.paths()) if (path.endsWith('.note')) await unsigned.remove(path)
    assert.match(await faultOf(unsigned, { receipts: [] }), /no checkpoint/)
    const alone = one.disk.copy()
    for (const path of alone.paths(`${FOLDER}/receipts`)) await alone.remove(path)
    assert.match(await faultOf(alone, { receipts: [] }), /no receipt of the hub is here/)
  })

  test('with receipts and no key to check them', async () => {
    const { integrity } = await verifyLog({ source: one.disk, folder: FOLDER })
    assert.match(integrity.problems[0]?.what ?? '', /2 receipts are here, and the hub's key is not known/)
  })

  test('when a note lies under a name of another size', async () => {
    const disk = one.disk.copy()
    disk.set(`${FOLDER}/checkpoints/0000000000000013.note`, disk.get(`${FOLDER}/checkpoints/0000000000000005.note`))
    assert.match(await faultOf(disk), /is of 5 records; its name says 13/)
  })

  test('when a record says something that cannot be', async () => {
    const device2 = device(new Disk())
    const journal = await openDevice(device2)
    await journal.append(completed('ex_never'))
    await call(journal, 'ex_1')
    await journal.append(completed('ex_1'))
    await journal.append(decided('ex_2'))
    await journal.append(decided('ex_2'))
    await journal.append({ type: 'exchange.decided', ex: 'ex_3' } as never)
    const held = { actor: ACTOR, rule: 'r', policy: { version: 1, digest: 'd', source: 'hub' }, found: {} } as const
    for (const [ex, state] of [['ex_4', 'approved'], ['ex_5', 'denied'], ['ex_6', undefined]] as const) {
      await journal.append({ type: 'approval.requested', ex, endpoint: ENDPOINT, ...held, digest: 'of other bytes' })
      if (state) await journal.append({ type: 'approval.settled', ex, ...held, ap: null, state, cause: 'reviewer', reviewers: [], digest: 'of other bytes', decision: null, ms: 1, sd: [] })
      await journal.append(decided(ex))
      await journal.append(completed(ex))
    }
    await journal.close()
    const { integrity, notes } = await verifyLog({ source: device2.disk, folder: FOLDER })
    assert.deepEqual(integrity.problems.map(({ what }) => what), [
      'record 1: a call ends that was not decided, or ends a second time (ex_never)',
      'record 4: a call ends that was not decided, or ends a second time (ex_1)',
      'record 6: a call is decided a second time (ex_2)',
      'record 7: a member of it is missing (ex_3)',
      'record 10: what was sent is not what was reviewed (ex_4)',
      'record 14: a held call went out that nobody let go (ex_5)',
      'record 17: a held call went out that nobody let go (ex_6)',
    ])
    assert.deepEqual(notes, ['1 call has no ending yet: ex_2 (record 6)'])
  })
})

describe('the verifier says of what it cannot vouch for', () => {
  test('that records after the last checkpoint are not covered, and that a write was not finished', async () => {
    const live = device(new Disk())
    const journal = await openDevice(live)
    await call(journal, 'ex_1')
    await journal.checkpoint()
    await call(journal, 'ex_2')
    const disk = live.disk.copy()
    disk.set(SEGMENT, Buffer.concat([disk.get(SEGMENT), Buffer.from('{"v":1,"id')]))
    const verdict = await verifyLog({ source: disk, folder: FOLDER })
    assert.equal(verdict.integrity.good, true)
    assert.deepEqual([verdict.size, verdict.coverage.signed, verdict.coverage.cosigned], [5, 3, 0])
    assert.deepEqual(verdict.notes, ['segment-0000000000000000.jsonl ends in 10 bytes of an unfinished write; they are no record'])
    await journal.close()
  })

  test('that the clock was set', async () => {
    const changed = lines(one.disk).map((line) => JSON.parse(line) as { time: string; mono: string })
    const disk = new Disk()
    const key = one.key
    const stream = streamOf(one)
    // The same records with another clock, sealed anew: what a machine writes whose time is set back.
    const leaves: string[] = []
    const tree = new MerkleTree()
    for (const [i, record] of changed.entries()) {
      const prev = i === 0 ? '' : leafHash(Buffer.from(leaves[i - 1] ?? '')).toString('base64url')
      const leaf = JSON.stringify({ ...record, prev, ...(i >= 5 ? { time: new Date(Date.parse(record.time) - 3_600_000).toISOString() } : {}) })
      leaves.push(leaf)
      tree.push(leafHash(Buffer.from(leaf)))
    }
    disk.set(SEGMENT, Buffer.from(leaves.map((leaf) => `${leaf}\n`).join('')))
    disk.set(`${FOLDER}/checkpoints/${noteName(tree.size)}`, Buffer.from(signCheckpoint({ origin: stream, size: tree.size, root: tree.root() }, { name: stream, type: 1, key })))
    const verdict = await verifyLog({ source: disk, folder: FOLDER })
    assert.deepEqual(verdict.integrity.problems, [])
    assert.deepEqual(verdict.notes, ['the clock was set back by 3600 s between records 4 and 5'])
  })
})
