import assert from 'node:assert/strict'
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { AuditEvent } from '../../src/protocol/audit.ts'
import { openCheckpoint, signCheckpoint } from '../../src/core/log/checkpoint.ts'
import type { FilePort } from '../../src/core/log/files.ts'
import { leafHash } from '../../src/core/log/leaf.ts'
import { MerkleTree } from '../../src/core/log/merkle.ts'
import { parseVkey } from '../../src/core/log/note.ts'
import { findJournal } from '../../src/cli/journalFolder.ts'
import { makeReport, periodOf } from '../../src/cli/report.ts'
import { verifyJournal } from '../../src/cli/verify.ts'
import { overviewPage } from '../../src/hub/pages/overview.ts'
import { nodeFiles } from '../../src/platform/files.ts'
import { openTestLog, refusal, startHubWorld, TestDevice, type HubWorld, type TestLog } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'

interface Ready {
  readonly world: HubWorld
  readonly device: TestDevice
  readonly log: TestLog
}

async function ready(t: Parameters<Parameters<typeof test>[0] & object>[0], more: Parameters<typeof startHubWorld>[1] = {}): Promise<Ready> {
  const world = await startHubWorld(t, more)
  const device = await TestDevice.enrolled(world)
  const log = await openTestLog(device, path.join(world.dir, 'journal'))
  await log.add(...callStory('ex_01A'), ...callStory('ex_01B'))
  return { world, device, log }
}

async function announce({ device, log }: Ready, old = 0): Promise<Response> {
  return device.post('/v1/log/checkpoint', { old, proof: log.writer.tree.consistency(old).map((one) => one.toString('base64')), checkpoint: await log.note() })
}

async function send({ device, log }: Ready, start: number, end: number, entries?: string[]): Promise<Response> {
  return device.post('/v1/log/entries', { stream: log.stream, start, end, entries: entries ?? (await log.leaves()).slice(start, end) })
}

async function receiptAt({ world, log }: Ready): Promise<Response> {
  return fetch(`${world.url}/v1/log/receipt?stream=${encodeURIComponent(log.stream)}`)
}

function mirrorFolder({ world, device }: Ready): string {
  return path.join(world.dir, 'hub', 'mirrors', device.id, 'epoch-0001')
}

describe('the hub\'s copy of a journal', () => {
  test('is what the device wrote, byte for byte, and its receipt verifies with the key from the well-known document', async (t) => {
    const r = await ready(t)
    const uploader = await deliver(r.device, r.log)
    assert.equal(uploader.cosigned, 6)
    const { note } = (await (await receiptAt(r)).json()) as { note: string }
    const signed = openCheckpoint(note, parseVkey(r.world.running.hub.known.cosigner))
    assert.equal(signed.size, 6)
    assert.deepEqual(signed.root, r.log.writer.tree.root(6))
    const segments = (await readdir(mirrorFolder(r))).filter((name) => name.startsWith('segment-'))
    const copy = (await Promise.all(segments.map((name) => readFile(path.join(mirrorFolder(r), name), 'utf8')))).join('')
    assert.deepEqual(copy.split('\n').slice(0, 6), (await r.log.leaves()).slice(0, 6))
    assert.deepEqual(r.world.events('log.accepted').map(({ stream, size }) => [stream, size]), [[r.log.stream, 6]])
    await r.log.writer.close()
  })

  test('takes a repeated delivery as no news, and gives the receipt again to whoever lost it', async (t) => {
    const r = await ready(t)
    assert.equal((await announce(r)).status, 200)
    assert.equal((await send(r, 0, 3)).status, 202)
    assert.equal((await send(r, 0, 3)).status, 202)
    assert.equal((await send(r, 1, 6)).status, 200)
    const again = await announce(r, 0)
    assert.equal(again.status, 409)
    assert.equal(((await again.json()) as { size: number }).size, 6)
    const lost = await deliver(r.device, r.log)
    assert.equal(lost.cosigned, 6)
    await r.log.writer.close()
  })

  test('says where to go on when entries would leave a gap, and writes none of them', async (t) => {
    const r = await ready(t)
    await announce(r)
    await send(r, 0, 2)
    const gap = await send(r, 4, 6)
    assert.equal(gap.status, 409)
    assert.equal(((await gap.json()) as { next: number }).next, 2)
    assert.equal((await receiptAt(r)).status, 404, 'no receipt before everything is there')
    assert.equal((await send(r, 2, 6)).status, 200)
    await r.log.writer.close()
  })

  test('refuses another history of what it holds (a fork), keeps its own, and the alarm is on record', async (t) => {
    const r = await ready(t)
    await deliver(r.device, r.log)
    const fork = await openTestLog(r.device, path.join(r.world.dir, 'fork'))
    await fork.add(...callStory('ex_01C'), ...callStory('ex_01D'), ...callStory('ex_01E'))
    const forged = { ...r, log: fork }
    const reply = await announce(forged, 6)
    assert.equal(reply.status, 422)
    assert.equal((await refusal(reply)).code, 'CS_LOG_PROOF')
    assert.deepEqual(r.world.events('log.refused').map(({ code, held }) => [code, held]), [['CS_LOG_PROOF', 6]])
    assert.ok(r.world.said.some((line) => line.includes('forked')))
    await r.log.add(...callStory('ex_01F'))
    assert.equal((await deliver(r.device, r.log)).cosigned, r.log.writer.size - 1, 'the true one goes on')
    await r.log.writer.close()
    await fork.writer.close()
  })

  test('refuses entries that are not what the device signed, and the honest ones pass afterwards', async (t) => {
    const r = await ready(t)
    await announce(r)
    const leaves = await r.log.leaves()
    const last = JSON.parse(leaves[5]!) as { event: { returned: { bytes: number } } }
    last.event.returned.bytes = 1
    const changed = [...leaves.slice(0, 5), JSON.stringify(last)]
    assert.equal((await send(r, 0, 6, changed)).status, 422)
    assert.equal((await receiptAt(r)).status, 404)
    assert.equal(r.world.events('log.refused').length, 1)
    await announce(r)
    assert.equal((await send(r, 0, 6)).status, 200)
    await r.log.writer.close()
  })

  test('refuses what is no whole record, though the device signed it', async (t) => {
    const r = await ready(t)
    await r.log.add({} as AuditEvent)
    await announce(r)
    const reply = await send(r, 0, 7)
    await r.log.writer.close()
    assert.equal(reply.status, 422)
    assert.match((await refusal(reply)).message, /do not follow on each other/)
    assert.equal((await send(r, 0, 7)).status, 422)
    assert.equal(r.world.events('log.refused').length, 1, 'an auditor learns that no more comes of it, and once')
    assert.equal((await receiptAt(r)).status, 404)
  })

  test('notices a log that was rolled back, and says so to the device', async (t) => {
    const r = await ready(t)
    await deliver(r.device, r.log)
    const tree = new MerkleTree()
    for (const leaf of (await r.log.leaves()).slice(0, 3)) tree.push(leafHash(Buffer.from(leaf)))
    const checkpoint = signCheckpoint({ origin: r.log.stream, size: 3, root: tree.root() }, { name: r.log.stream, type: 1, key: r.device.key })
    const reply = await r.device.post('/v1/log/checkpoint', { old: 0, proof: [], checkpoint })
    assert.equal(reply.status, 409)
    assert.ok(r.world.said.some((line) => line.includes('rolled back')))
    assert.equal((await r.device.post('/v1/log/checkpoint', { old: 0, proof: [], checkpoint })).status, 409)
    assert.equal(r.world.events('log.refused').length, 1, 'once, however often it is tried again')
    await r.log.add(...callStory('ex_01K'))
    await deliver(r.device, r.log)
    assert.equal((await r.device.post('/v1/log/checkpoint', { old: 0, proof: [], checkpoint })).status, 409)
    assert.equal(r.world.events('log.refused').length, 2, 'after a delivery that was in order it is news')
    await r.log.writer.close()
  })

  test('belongs to the device whose key is in its name: another enrolled device can neither announce nor send', async (t) => {
    const r = await ready(t)
    const thief = await TestDevice.enrolled(r.world, 'grace')
    assert.equal((await announce({ ...r, device: thief })).status, 422)
    assert.equal((await send({ ...r, device: thief }, 0, 6)).status, 422)
    const unknown = new TestDevice(r.world)
    assert.equal((await r.device.post('/v1/log/entries', { stream: unknown.stream, start: 0, end: 1, entries: ['{}'] })).status, 422)
    await r.log.writer.close()
  })

  test('goes on over a restart in the middle of a delivery, and a new epoch of the same device has its own copy', async (t) => {
    const r = await ready(t)
    await announce(r)
    await send(r, 0, 4)
    await r.world.restart()
    assert.equal((await receiptAt(r)).status, 404)
    assert.equal((await deliver(r.device, r.log)).cosigned, 6)
    await r.world.restart()
    assert.equal((await receiptAt(r)).status, 200, 'the receipt survives')
    const second = await openTestLog(r.device, path.join(r.world.dir, 'epoch2'), 2)
    await second.add(...callStory('ex_01Z'))
    assert.equal((await deliver(r.device, second)).cosigned, 3)
    assert.equal(r.world.running.hub.mirrors.all.length, 2)
    await r.log.writer.close()
    await second.writer.close()
  })

  test('loses a torn tail of an unfinished delivery and nothing that a receipt covers', async (t) => {
    const r = await ready(t)
    await deliver(r.device, r.log)
    const [segment = ''] = (await readdir(mirrorFolder(r))).filter((name) => name.startsWith('segment-'))
    await appendFile(path.join(mirrorFolder(r), segment), '{"v":1,"id":"ev_torn')
    await r.world.restart()
    assert.deepEqual(r.world.running.hub.mirrors.broken, [])
    await r.log.add(...callStory('ex_01G'))
    const { cosigned } = await deliver(r.device, r.log)
    assert.equal(cosigned, r.log.writer.size - 1)
    await r.log.writer.close()
  })

  test('that is gone from the hub\'s disk is missed by its verifier, at its start and on its first page, and no other history is taken in its place', async (t) => {
    const r = await ready(t)
    await deliver(r.device, r.log)
    await r.world.stop()
    await rm(path.dirname(mirrorFolder(r)), { recursive: true })
    const told = /of the log countersign\/[\w-]{43}\/1 the hub's own log says that it held 6 records, and 0 are here/
    const { good, missing } = await verifyJournal(findJournal(path.join(r.world.dir, 'hub')), { receipt: [] })
    assert.equal(good, false)
    assert.match(missing.join(), told)
    const { manifest } = await makeReport(findJournal(path.join(r.world.dir, 'hub')), { out: path.join(r.world.dir, 'report'), period: periodOf({ from: '2020-01-01', to: '2999-12-31' }), receipt: [] })
    assert.match(manifest.missing.join(), told)
    await r.world.restart()
    assert.match(r.world.said.join('\n'), told)
    assert.match(overviewPage(r.world.running.hub).body.text, /Completeness: records of 1 journal are gone here/)
    const other = await openTestLog(r.device, path.join(r.world.dir, 'other'))
    await other.add(...callStory('ex_01X'), ...callStory('ex_01Y'), ...callStory('ex_01Z'))
    assert.equal((await announce({ ...r, log: other })).status, 200)
    assert.equal((await send({ ...r, log: other }, 0, 9)).status, 422)
    assert.match(r.world.said.at(-1) ?? '', /does not offer again what the hub gave a receipt for/)
    await r.log.add(...callStory('ex_01C'))
    await deliver(r.device, r.log)
    assert.deepEqual(r.world.running.hub.mirrors.lacking, [])
    assert.match(overviewPage(r.world.running.hub).body.text, /Integrity holds/)
    for (const log of [r.log, other]) await log.writer.close()
  })

  test('that was changed on the hub\'s disk is closed and named; the hub and the other devices go on', async (t) => {
    const r = await ready(t)
    await deliver(r.device, r.log)
    const other = await TestDevice.enrolled(r.world, 'grace')
    const otherLog = await openTestLog(other, path.join(r.world.dir, 'other'))
    await otherLog.add(...callStory('ex_01H'))
    const [segment = ''] = (await readdir(mirrorFolder(r))).filter((name) => name.startsWith('segment-'))
    const file = path.join(mirrorFolder(r), segment)
    // The last record: no later one holds its hash, only the receipt tells.
    const text = await readFile(file, 'utf8')
    const cut = text.lastIndexOf('"bytes":2048')
    await writeFile(file, `${text.slice(0, cut)}"bytes":9999${text.slice(cut + 12)}`)
    await r.world.restart()
    assert.equal(r.world.running.hub.mirrors.broken.length, 1)
    assert.match(r.world.running.hub.mirrors.broken[0]!.why, /a record was changed/)
    const reply = await announce(r, 6)
    assert.equal(reply.status, 500)
    assert.equal((await refusal(reply)).code, 'CS_STATE')
    assert.equal((await deliver(other, otherLog)).cosigned, 3)
    await r.log.writer.close()
    await otherLog.writer.close()
  })
})

describe('a receipt', () => {
  /** Files of the hub under `mirrors/`, of which one operation fails as often as it is told to. */
  function failing(operation: 'write' | 'sync' | 'replace'): { files: FilePort; arm: (times: number) => void } {
    const real = nodeFiles()
    let left = 0
    const fail = (file: string, name: string): void => {
      if (name === operation && left > 0 && file.includes('mirrors')) {
        left--
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      }
    }
    const held = async (file: string, open: FilePort['create']): ReturnType<FilePort['create']> => {
      const inner = await open(file)
      return {
        write: async (bytes) => {
          if (operation === 'write' && left > 0 && file.includes('mirrors')) await inner.write(bytes.subarray(0, 10))
          fail(file, 'write')
          await inner.write(bytes)
        },
        sync: async () => {
          fail(file, 'sync')
          await inner.sync()
        },
        close: () => inner.close(),
      }
    }
    const files: FilePort = {
      ...real,
      create: (file) => held(file, (name) => real.create(name)),
      append: (file) => held(file, (name) => real.append(name)),
      replace: async (file, bytes) => {
        fail(file, 'replace')
        await real.replace(file, bytes)
      },
    }
    return { files, arm: (times) => { left = times } }
  }

  for (const operation of ['write', 'sync', 'replace'] as const)
    test(`is given only for what is on the hub's disk: when ${operation} fails there is none, and later it comes`, async (t) => {
      const { files, arm } = failing(operation)
      const r = await ready(t, { files })
      await announce(r)
      arm(1)
      const reply = await send(r, 0, 6)
      assert.equal(reply.status, 500)
      assert.equal((await receiptAt(r)).status, 404)
      assert.equal(r.world.events('log.accepted').length, 0)
      assert.equal((await deliver(r.device, r.log)).cosigned, 6)
      await r.world.restart()
      assert.deepEqual(r.world.running.hub.mirrors.broken, [])
      assert.equal((await receiptAt(r)).status, 200)
      await r.log.writer.close()
    })
})
