import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { rawPublicKey } from '../../../src/core/log/note.ts'
import { loadLog } from '../../../src/core/log/read.ts'
import { signedSizeOf } from '../../../src/core/log/signedSize.ts'
import { verifyLog } from '../../../src/core/log/verify.ts'
import { LogWriter, type LogOptions } from '../../../src/core/log/writer.ts'
import { Disk } from '../../fakes/disk.ts'

const FOLDER = 'log'
const key = generateKeyPairSync('ed25519').privateKey
const stream = `countersign/${rawPublicKey(key).toString('base64url')}/1`

interface Opened {
  readonly writer: LogWriter
  readonly troubles: string[]
  readonly timers: (() => void)[]
}

async function open(disk: Disk, more: Partial<LogOptions> = {}): Promise<Opened> {
  const troubles: string[] = []
  const timers: (() => void)[] = []
  const { writer } = await LogWriter.open(
    {
      files: disk,
      folder: FOLDER,
      stream,
      signer: { name: stream, type: 1, key },
      stamp: () => ({ id: 'ev_1', time: '2026-11-24T06:00:00.000Z', mono: '0', boot: 'b' }),
      timer: (_ms, run) => {
        timers.push(run)
        return () => undefined
      },
      onTrouble: (what) => troubles.push(what),
      ...more,
    },
    await signedSizeOf(disk, FOLDER, stream, key),
  )
  return { writer, troubles, timers }
}

const event = (n: number) => ({ type: 'agent.stopped' as const, reason: `number ${n}` })

/** Appends in batches of different sizes; what was acknowledged is returned, by what it says. */
async function work(writer: LogWriter, from: number, batches: readonly number[]): Promise<string[]> {
  const acknowledged: string[] = []
  let n = from
  for (const size of batches) {
    const batch = Array.from({ length: size }, () => event(n++))
    const results = await Promise.allSettled(batch.map((one) => writer.append(one)))
    results.forEach((result, i) => {
      if (result.status === 'fulfilled') acknowledged.push(batch[i]?.reason ?? '')
    })
  }
  return acknowledged
}

async function reasonsOn(disk: Disk): Promise<string[]> {
  const { records } = await loadLog(disk, FOLDER, stream)
  return records.flatMap((record) => (record.event.type === 'agent.stopped' ? [record.event.reason] : []))
}

/** The law: what was acknowledged is there, once, in its order, and the log verifies after it was opened again. */
async function holds(disk: Disk, acknowledged: readonly string[], what: string): Promise<void> {
  disk.fault = () => undefined
  const { writer } = await open(disk)
  await writer.append(event(9999))
  await writer.close()
  const recovered = await reasonsOn(disk)
  assert.equal(new Set(recovered).size, recovered.length, `${what}: a record is there twice`)
  assert.deepEqual(recovered.filter((one) => acknowledged.includes(one)), acknowledged, `${what}: an acknowledged record is lost or out of order`)
  const { integrity, coverage, size } = await verifyLog({ source: disk, folder: FOLDER })
  assert.deepEqual(integrity.problems, [], what)
  assert.equal(coverage.signed, size, what)
}

const BATCHES = [1, 3, 1, 5, 2, 1, 4]
const SMALL = { segmentBytes: 1200, checkpointEvery: 4 }

describe('the writer', () => {
  test('acknowledges in order, signs every so many records, and begins a new segment when one is full', async () => {
    const disk = new Disk()
    const { writer, timers } = await open(disk, SMALL)
    const acknowledged = await work(writer, 0, BATCHES)
    assert.equal(acknowledged.length, 17)
    assert.ok(writer.signedSize >= 8)
    await writer.append(event(17))
    timers.at(-1)?.()
    await writer.checkpoint()
    assert.equal(writer.signedSize, 18)
    assert.ok(disk.paths(`${FOLDER}/segment-`).length >= 3)
    await writer.close()
    await holds(disk, acknowledged, 'no fault')
  })

  test('writes callers of one turn together and syncs once', async () => {
    const disk = new Disk()
    const { writer } = await open(disk)
    await writer.append(event(0))
    const before = disk.operations.length
    await Promise.all(Array.from({ length: 50 }, (_, i) => writer.append(event(i + 1))))
    assert.deepEqual(disk.operations.slice(before).map(({ what }) => what), ['write', 'sync'])
    await writer.close()
  })

  test('signs nothing for a quiet record alone', async () => {
    const disk = new Disk()
    const { writer, timers } = await open(disk)
    await writer.append(event(0), true)
    assert.equal(timers.length, 0)
    await writer.append(event(1))
    assert.equal(timers.length, 1)
    await writer.close()
  })

  test('refuses what is no leaf and goes on with the rest', async () => {
    const disk = new Disk()
    const { writer } = await open(disk)
    const results = await Promise.allSettled([writer.append(event(0)), writer.append({ type: 'agent.stopped', reason: 'x'.repeat(70_000) }), writer.append(event(1))])
    assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
    await writer.close()
    await holds(disk, ['number 0', 'number 1'], 'too large')
  })

  test('goes on when a listener throws', async () => {
    const disk = new Disk()
    const { writer, troubles } = await open(disk, { onRecord: () => { throw new TypeError('listener') } })
    const acknowledged = await work(writer, 0, [3, 2])
    assert.equal(acknowledged.length, 5)
    assert.match(troubles[0] ?? '', /a listener to the journal failed \(TypeError\)/)
    await writer.close()
    await holds(disk, acknowledged, 'listener')
  })

  test('refuses after it is closed', async () => {
    const { writer } = await open(new Disk())
    await writer.close()
    await assert.rejects(writer.append(event(0)), { code: 'CS_NOT_RECORDED' })
  })

  test('tries a checkpoint again that could not be written', async () => {
    const disk = new Disk()
    const { writer, troubles, timers } = await open(disk)
    await writer.append(event(0))
    disk.fault = (what) => (what === 'replace' ? { error: new Error('EIO') } : undefined)
    timers.at(-1)?.()
    await assert.rejects(writer.checkpoint())
    assert.equal(writer.signedSize, 0)
    disk.fault = () => undefined
    assert.ok(timers.length > 1)
    timers.at(-1)?.()
    await writer.checkpoint()
    assert.equal(writer.signedSize, 1)
    assert.deepEqual(troubles, ['a checkpoint could not be written (Error)'])
    await writer.close()
  })
})

/** Operations of an undisturbed run: each is made to fail in its turn. */
async function countOperations(): Promise<number> {
  const disk = new Disk()
  const { writer } = await open(disk, SMALL)
  await work(writer, 0, BATCHES)
  await writer.close()
  return disk.operations.length
}

describe('S54: the writer under faults: what is acknowledged is recovered, and the log always verifies', () => {
  for (const [name, times] of [['once', 1], ['twice', 2], ['from then on', Infinity]] as const)
    test(`when any one operation fails ${name}`, async () => {
      const operations = await countOperations()
      assert.ok(operations > 20)
      for (let at = 0; at < operations; at++)
        for (const bytes of [0, 7, 100_000]) {
          const disk = new Disk()
          disk.fault = (_what, _path, index) => (index >= at && index < at + times ? { error: Object.assign(new Error('no'), { code: 'EIO' }), bytes } : undefined)
          let acknowledged: string[] = []
          try {
            const { writer } = await open(disk, SMALL)
            acknowledged = await work(writer, 0, BATCHES)
            await writer.close()
          } catch (error) {
            assert.ok(error instanceof Error && error.message === 'no', String(error))
          }
          const cut = disk.crash()
          await holds(disk, acknowledged, `operation ${at} fails ${name} after ${bytes} bytes`)
          await holds(cut, acknowledged, `operation ${at} fails ${name} after ${bytes} bytes, then the power`)
        }
    })

  test('when the power is cut at any operation, whatever part of the unsynced bytes survives', async () => {
    const operations = await countOperations()
    for (let at = 0; at < operations; at++)
      for (const share of [0, 0.3, 0.7, 1]) {
        const disk = new Disk()
        let cut: Disk | undefined
        const acknowledged: string[] = []
        let atCut: string[] = []
        disk.fault = (_what, _path, index) => {
          if (index === at) {
            cut = disk.crash((unsynced) => Math.floor(unsynced * share))
            atCut = [...acknowledged]
          }
          return undefined
        }
        const { writer } = await open(disk, { ...SMALL, onRecord: ({ event: one }) => { if (one.type === 'agent.stopped') acknowledged.push(one.reason) } })
        await work(writer, 0, BATCHES)
        await writer.close()
        assert.ok(cut)
        await holds(cut, atCut, `power cut at operation ${at}, ${share} survives`)
      }
  })

  test('when faults come at random', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }), fc.array(fc.nat(80), { maxLength: 8 }), fc.nat(400), fc.boolean(), async (batches, failing, bytes, power) => {
        const disk = new Disk()
        const bad = new Set(failing)
        disk.fault = (_what, _path, index) => (bad.has(index) ? { error: Object.assign(new Error('no'), { code: 'EIO' }), bytes } : undefined)
        let acknowledged: string[] = []
        try {
          const { writer } = await open(disk, SMALL)
          acknowledged = await work(writer, 0, batches)
          await writer.close()
        } catch (error) {
          assert.ok(error instanceof Error && error.message === 'no', String(error))
        }
        await holds(power ? disk.crash((unsynced) => Math.floor(unsynced / 2)) : disk, acknowledged, JSON.stringify({ batches, failing, bytes, power }))
      }),
      { numRuns: 300 },
    )
  })

  test('a second failure on the way closes it for good: everything later is refused, with the reason', async () => {
    const disk = new Disk()
    const { writer } = await open(disk)
    await writer.append(event(0))
    disk.fault = (what) => (what === 'sync' ? { error: Object.assign(new Error('no'), { code: 'ENOSPC' }) } : undefined)
    await assert.rejects(writer.append(event(1)), (error) => error instanceof CountersignError && error.code === 'CS_NOT_RECORDED' && error.message.includes('disk full'))
    disk.fault = () => undefined
    assert.equal(writer.healthy, false)
    await assert.rejects(writer.append(event(2)), { code: 'CS_NOT_RECORDED' })
    await writer.close()
    await holds(disk, ['number 0'], 'closed for good')
  })
})

describe('a torn tail', () => {
  test('is cut at any byte, recorded, and nothing before it is lost', async () => {
    const disk = new Disk()
    const { writer } = await open(disk)
    await work(writer, 0, [3])
    await writer.checkpoint()
    const signed = disk.get(`${FOLDER}/segment-0000000000000000.jsonl`).length
    await work(writer, 3, [2])
    const segment = `${FOLDER}/segment-0000000000000000.jsonl`
    const bytes = disk.get(segment)
    for (let at = signed; at <= bytes.length; at += 3) {
      const torn = disk.copy()
      torn.set(segment, bytes.subarray(0, at))
      const whole = bytes.subarray(0, at).filter((one) => one === 0x0a).length
      await holds(torn, Array.from({ length: whole }, (_, i) => `number ${i}`), `torn at ${at}`)
      const recovered = (await loadLog(torn, FOLDER, stream)).records.filter((one) => one.event.type === 'agent.recovered')
      assert.equal(recovered.length, bytes.subarray(0, at).at(-1) === 0x0a ? 0 : 1)
    }
    await writer.close()
  })

  test('is no torn tail when a checkpoint covers it, or when whole segments follow: nothing is cut and the log does not open', async () => {
    const disk = new Disk()
    const { writer } = await open(disk, { ...SMALL, checkpointEvery: 1000 })
    await work(writer, 0, Array<number>(20).fill(1))
    const [first = '', ...later] = disk.paths(`${FOLDER}/segment-`)
    assert.ok(later.length > 1)
    const middle = disk.copy()
    middle.set(first, Buffer.concat([disk.get(first).subarray(0, 350), Buffer.from('?'), disk.get(first).subarray(351)]))
    const before = middle.get(first)
    await assert.rejects(open(middle), { code: 'CS_STATE' })
    assert.deepEqual(middle.get(first), before)
    const gone = disk.copy()
    await gone.remove(later[0] ?? '')
    await assert.rejects(open(gone), { code: 'CS_STATE' })
    await writer.close()
    const cut = disk.copy()
    const last = disk.paths(`${FOLDER}/segment-`).at(-1) ?? ''
    cut.set(last, disk.get(last).subarray(0, -1))
    await assert.rejects(open(cut), { code: 'CS_STATE', message: /20 records were signed/ })
  })
})
