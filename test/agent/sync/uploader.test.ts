import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { AgentJournal } from '../../../src/agent/journal/journal.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { verifyLog } from '../../../src/core/log/verify.ts'
import { cosign, openCheckpoint, signCheckpoint } from '../../../src/core/log/checkpoint.ts'
import { loadLog } from '../../../src/core/log/read.ts'
import { rawPublicKey } from '../../../src/core/log/note.ts'
import { Mirror } from '../../../src/hub/mirror/mirror.ts'
import { Disk } from '../../fakes/disk.ts'
import { answer, call, device, fakeHub, FOLDER, openDevice, sync, uploader, type Device, type FakeHub } from '../../fakes/device.ts'

type Request = (path: string, body: unknown) => Promise<{ readonly status: number; readonly body: unknown }>

interface World {
  readonly one: Device
  readonly journal: AgentJournal
  readonly hub: FakeHub
  readonly mirror: Mirror
  readonly troubles: string[]
}

async function world(hub = fakeHub(new Disk())): Promise<World> {
  const one = device(new Disk())
  const troubles: string[] = []
  const journal = await openDevice(one, (what) => troubles.push(what))
  return { one, journal, hub, mirror: await hub.mirror(journal.stream, one.key), troubles }
}

async function calls(journal: AgentJournal, count: number, name = 'ex'): Promise<void> {
  for (let i = 0; i < count; i++) await call(journal, `${name}_${i}`)
  await journal.checkpoint()
}

/** Both sides hold the same leaves as far as a receipt goes, and the receipt is over them. */
async function agrees({ one, journal, hub }: Pick<World, 'one' | 'journal' | 'hub'>, mirror: Mirror): Promise<void> {
  assert.deepEqual(mirror.records.map(({ id }) => id), (await loadLog(one.disk, FOLDER, journal.stream)).records.slice(0, mirror.cosigned).map(({ id }) => id))
  const receipt = openCheckpoint(mirror.receipt ?? '', hub.verifier)
  assert.equal(receipt.size, mirror.cosigned)
  assert.deepEqual(receipt.root, journal.tree.root(receipt.size))
}

describe('the uploader', () => {
  test('brings what is signed, keeps the receipt, and writes down that it came', async () => {
    const { one, journal, hub, mirror } = await world()
    await calls(journal, 3)
    await sync(journal, one.disk, hub, mirror)
    assert.equal(mirror.cosigned, 7)
    assert.ok(one.disk.paths(`${FOLDER}/receipts`).includes(`${FOLDER}/receipts/0000000000000007.note`))
    await journal.close()
    const { records } = await loadLog(one.disk, FOLDER, journal.stream)
    const last = records.at(-1)?.event
    assert.ok(last?.type === 'sync.receipt' && last.size === 7 && last.hub === hub.signer.name)
    await agrees({ one, journal, hub }, mirror)
    const verdict = await verifyLog({ source: one.disk, folder: FOLDER, cosigner: hub.verifier, mustHaveReceipt: true })
    assert.deepEqual([verdict.integrity.problems, verdict.coverage.cosigned], [[], 7])
  })

  test('does not ask the hub when nothing new is signed, nor because of its own receipt', async () => {
    const { one, journal, hub, mirror } = await world()
    await calls(journal, 1)
    let requests = 0
    const { uploader: up } = await uploader(journal, one.disk, hub, (path, body) => {
      requests++
      return answer(mirror, path, body)
    })
    up.wake()
    await up.settled()
    assert.equal(requests, 2)
    up.wake()
    await up.settled()
    assert.equal(requests, 2)
    assert.deepEqual(up.state.state, 'idle')
    await up.stop()
    await journal.close()
  })

  test('brings many records in batches of 256, and none of them twice to the disk', async () => {
    const { one, journal, hub, mirror } = await world()
    await Promise.all(Array.from({ length: 700 }, (_, i) => journal.append({ type: 'launch.registered', launch: `la_${i}`, kind: 'run', label: 'x' })))
    await journal.checkpoint()
    const ranges: number[][] = []
    const { uploader: up } = await uploader(journal, one.disk, hub, (path, body) => {
      const { start, end } = body as { start?: number; end?: number }
      if (start !== undefined && end !== undefined) ranges.push([start, end])
      return answer(mirror, path, body)
    })
    up.wake()
    await up.settled()
    assert.deepEqual(ranges, [[0, 256], [256, 512], [512, 701]])
    assert.equal(mirror.cosigned, 701)
    await up.stop()
    await agrees({ one, journal, hub }, mirror)
    await journal.close()
  })

  test('keeps a batch small in bytes, whatever stands in it', async () => {
    const { one, journal, hub, mirror } = await world()
    for (let i = 0; i < 70; i++) await journal.append({ type: 'agent.stopped', reason: '"'.repeat(30_000) })
    await journal.checkpoint()
    const sizes: number[] = []
    const { uploader: up } = await uploader(journal, one.disk, hub, (path, body) => {
      sizes.push(JSON.stringify(body).length)
      return answer(mirror, path, body)
    })
    up.wake()
    await up.settled()
    assert.equal(mirror.cosigned, 71)
    assert.ok(Math.max(...sizes) < 4 * 1024 * 1024, String(Math.max(...sizes)))
    await up.stop()
    await journal.close()
  })

  test('waits while the hub is away, and catches up in order', async () => {
    const { one, journal, hub, mirror, troubles } = await world()
    await calls(journal, 2)
    let away = true
    const { uploader: up, pauses } = await uploader(journal, one.disk, hub, (path, body) => (away ? Promise.reject(new TypeError('fetch failed')) : answer(mirror, path, body)), (what) => troubles.push(what))
    up.wake()
    await up.settled()
    assert.equal(up.state.state, 'away')
    assert.equal(up.state.waiting, 5)
    assert.deepEqual(troubles, ['sync paused (TypeError)'])
    await calls(journal, 2, 'later')
    away = false
    pauses.at(-1)?.()
    await up.settled()
    assert.equal(up.state.state, 'idle')
    assert.equal(mirror.cosigned, 9)
    await up.stop()
    await journal.close()
  })

  test('goes on where the hub says when its own receipt was lost', async () => {
    const { one, journal, hub, mirror } = await world()
    await calls(journal, 2)
    await sync(journal, one.disk, hub, mirror)
    for (const path of one.disk.paths(`${FOLDER}/receipts`)) await one.disk.remove(path)
    await calls(journal, 1, 'later')
    await sync(journal, one.disk, hub, mirror)
    assert.equal(mirror.cosigned, 8)
    await agrees({ one, journal, hub }, mirror)
    await journal.close()
  })

  test('asks again for a receipt that was lost on the way, with nothing new to send', async () => {
    const { one, journal, hub, mirror } = await world()
    await calls(journal, 1)
    let lost = false
    const { uploader: up, pauses } = await uploader(journal, one.disk, hub, async (path, body) => {
      const reply = await answer(mirror, path, body)
      if (path === '/v1/log/entries' && !lost) {
        lost = true
        throw new TypeError('connection lost')
      }
      return reply
    })
    up.wake()
    await up.settled()
    assert.deepEqual([mirror.cosigned, up.cosigned], [3, 0])
    pauses.at(-1)?.()
    await up.settled()
    assert.deepEqual([up.cosigned, up.state.state], [3, 'idle'])
    await up.stop()
    await journal.close()
  })

  test('goes on in the middle when the answer to a batch was lost', async () => {
    const { one, journal, hub, mirror } = await world()
    await Promise.all(Array.from({ length: 600 }, (_, i) => journal.append({ type: 'launch.registered', launch: `la_${i}`, kind: 'run', label: 'x' })))
    await journal.checkpoint()
    let lost = 0
    const { uploader: up, pauses } = await uploader(journal, one.disk, hub, async (path, body) => {
      const reply = await answer(mirror, path, body)
      if (path === '/v1/log/entries' && lost++ === 1) throw new TypeError('connection lost')
      return reply
    })
    up.wake()
    await up.settled()
    assert.equal(mirror.held, 512)
    pauses.at(-1)?.()
    await up.settled()
    assert.equal(mirror.cosigned, 601)
    assert.equal(new Set(mirror.records.map(({ id }) => id)).size, 601)
    await up.stop()
    await journal.close()
  })

  test('does not take a receipt of another key, another log or another root', async () => {
    const { one, journal, hub, mirror, troubles } = await world()
    await calls(journal, 1)
    const stranger = fakeHub(new Disk())
    const other = await stranger.mirror(journal.stream, one.key)
    const { uploader: up } = await uploader(journal, one.disk, hub, (path, body) => answer(other, path, body), (what) => troubles.push(what))
    up.wake()
    await up.settled()
    assert.equal(up.state.state, 'away')
    assert.equal(up.cosigned, 0)
    assert.deepEqual(one.disk.paths(`${FOLDER}/receipts`), [])
    await up.stop()
    // A receipt somebody laid there is not the cursor.
    one.disk.set(`${FOLDER}/receipts/0000000000000003.note`, Buffer.from(other.receipt ?? ''))
    const { uploader: again } = await uploader(journal, one.disk, hub, (path, body) => answer(mirror, path, body), (what) => troubles.push(what))
    assert.equal(again.cosigned, 0)
    assert.match(troubles.at(-1) ?? '', /the receipt 0000000000000003.note is not the hub's/)
    await again.stop()
    await journal.close()
  })

  test('does not take a receipt over another root, though the right hub signed it', async () => {
    const { one, journal, hub } = await world()
    await calls(journal, 1)
    const wrong = [{ origin: journal.stream, size: 3, root: Buffer.alloc(32) }, { origin: journal.stream, size: 2, root: journal.tree.root(2) }, { origin: 'countersign/x/1', size: 3, root: journal.tree.root(3) }]
    for (const checkpoint of wrong) {
      const cosignature = cosign(signCheckpoint(checkpoint, { name: journal.stream, type: 1, key: one.key }), hub.signer, 1)
      const { uploader: up } = await uploader(journal, one.disk, hub, (path) => Promise.resolve(path.endsWith('checkpoint') ? { status: 200, body: {} } : { status: 200, body: { next: 3, cosignature } }))
      up.wake()
      await up.settled()
      assert.deepEqual([up.state.state, up.cosigned], ['away', 0])
      await up.stop()
    }
    await journal.close()
  })

  test('a hub that loses half of an upload begins its segments elsewhere and has no gap', async () => {
    for (let lost = 1; lost < 6; lost++) {
      // Segments of a batch and a half: after the loss they begin with other records than before.
      const { one, journal, hub, mirror } = await world(fakeHub(new Disk(), undefined, 100_000))
      await calls(journal, 50)
      await sync(journal, one.disk, hub, mirror)
      await Promise.all(Array.from({ length: 1200 }, (_, i) => journal.append({ type: 'launch.registered', launch: `la_${i}`, kind: 'run', label: 'x' })))
      await journal.checkpoint()
      let writes = 0
      hub.disk.fault = (what) => (what === 'write' && ++writes === lost ? { error: Object.assign(new Error('no'), { code: 'EIO' }), bytes: 3000 } : undefined)
      const { uploader: up, pauses } = await uploader(journal, one.disk, hub, (path, body) => answer(mirror, path, body))
      up.wake()
      await up.settled()
      for (let round = 0; round < 3 && up.state.state !== 'idle'; round++) {
        pauses.at(-1)?.()
        await up.settled()
      }
      assert.equal(up.state.state, 'idle')
      await up.stop()
      await mirror.close()
      const again = await hub.mirror(journal.stream, one.key)
      assert.equal(again.cosigned, journal.signedSize)
      await agrees({ one, journal, hub }, again)
      await again.close()
      await journal.close()
    }
  })

  test('does not run forever when a hub gives nonsense', async () => {
    const { one, journal, hub } = await world()
    await calls(journal, 1)
    const nonsense: Request[] = [
      (path) => Promise.resolve(path.endsWith('checkpoint') ? { status: 200, body: {} } : { status: 202, body: { next: 0 } }),
      (path) => Promise.resolve(path.endsWith('checkpoint') ? { status: 200, body: {} } : { status: 200, body: { next: 3 } }),
      (path) => Promise.resolve(path.endsWith('checkpoint') ? { status: 200, body: {} } : { status: 202, body: { next: 99 } }),
      (path) => Promise.resolve(path.endsWith('checkpoint') ? { status: 200, body: {} } : { status: 500, body: 'x' }),
      () => Promise.resolve({ status: 409, body: { size: 1 } }),
      () => Promise.resolve({ status: 409, body: {} }),
      () => Promise.resolve({ status: 418, body: undefined }),
    ]
    for (const request of nonsense) {
      let count = 0
      const { uploader: up } = await uploader(journal, one.disk, hub, (path, body) => {
        count++
        return request(path, body)
      })
      up.wake()
      await up.settled()
      assert.ok(count <= 8, String(count))
      assert.deepEqual([up.state.state, up.refusal], ['away', undefined])
      assert.equal(up.cosigned, 0)
      await up.stop()
    }
    await journal.close()
  })
})

describe('a journal that the hub refuses for good', () => {
  const saysNo = (status: number, body: unknown): Request => () => Promise.resolve({ status, body })
  const said = (code: string): unknown => ({ error: { code, message: 'this checkpoint does not continue the log the hub holds.' } })

  test('is one of which the hub itself says so, and not one that it cannot take now, nor one of which a proxy says something', async () => {
    const { one, journal, hub } = await world()
    await calls(journal, 1)
    const passing: Request[] = [
      saysNo(503, said('CS_BUSY')), saysNo(503, said('CS_LOG_PROOF')), saysNo(429, said('CS_BUSY')), saysNo(500, said('CS_STATE')), saysNo(413, said('CS_TOO_LARGE')),
      saysNo(401, said('CS_HUB_REFUSED')), saysNo(403, said('CS_OFFBOARDED')), saysNo(400, said('CS_MALFORMED')), saysNo(422, { message: 'Unprocessable Entity' }), saysNo(422, said('CS_POLICY_INVALID')), saysNo(409, {}),
      () => Promise.reject(new CountersignError('CS_HUB_UNREACHABLE', 'an HTML page')),
    ]
    for (const on of ['/v1/log/checkpoint', '/v1/log/entries'])
      for (const request of passing) {
        const { uploader: up } = await uploader(journal, one.disk, hub, (path, body) => (path === on ? request(path, body) : Promise.resolve({ status: 200, body: {} })))
        up.wake()
        await up.settled()
        assert.deepEqual([up.state.state, up.refusal], ['away', undefined])
        await up.stop()
      }
    await journal.close()
  })

  test('stays refused while it is tried again and while the hub is away, is told once, and is taken back by a receipt alone', async () => {
    const { one, journal, hub, mirror, troubles } = await world()
    await calls(journal, 1)
    const seen: unknown[] = []
    let request = saysNo(422, said('CS_LOG_PROOF'))
    const { uploader: up, pauses, refusals } = await uploader(journal, one.disk, hub, (path, body) => {
      seen.push(up.state.state)
      return request(path, body)
    }, (what) => troubles.push(what))
    up.wake()
    await up.settled()
    assert.deepEqual([up.refusal?.code, up.refusal?.status], ['CS_JOURNAL_REFUSED', 403])
    assert.match(up.refusal?.message ?? '', /refuses the journal of this device: this checkpoint does not continue the log the hub holds\. Nothing was sent\. Start Countersign's agent again/)
    for (const next of [saysNo(422, said('CS_LOG_PROOF')), saysNo(503, said('CS_BUSY'))]) {
      request = next
      pauses.at(-1)?.()
      await up.settled()
      assert.equal(up.state.state, 'refused')
      assert.ok(up.refusal)
    }
    assert.deepEqual(seen, ['sending', 'refused', 'refused'])
    assert.deepEqual(refusals, ['this checkpoint does not continue the log the hub holds.'])
    request = (path, body) => answer(mirror, path, body)
    pauses.at(-1)?.()
    await up.settled()
    assert.deepEqual([up.state.state, up.refusal, refusals.at(-1)], ['idle', undefined, undefined])
    await up.stop()
    await journal.close()
  })
})

describe('S54: hub and device together', () => {
  test('a rolled back log is refused and told, and the hub keeps what it has', async () => {
    const { one, journal, hub, mirror } = await world()
    await calls(journal, 2)
    const earlier = one.disk.copy()
    await calls(journal, 2, 'later')
    await sync(journal, one.disk, hub, mirror)
    await journal.close()
    const back = { ...one, disk: earlier }
    const again = await openDevice(back)
    const troubles: string[] = []
    const alarms: (string | undefined)[] = []
    const { uploader: up } = await uploader(again, earlier, hub, async (path, body) => {
      const reply = await answer(mirror, path, body)
      alarms.push(reply.alarm)
      return reply
    }, (what) => troubles.push(what))
    up.wake()
    await up.settled()
    assert.equal(up.state.state, 'refused')
    assert.match(alarms[0] ?? '', /the device presents 5 records, a receipt covers 9: its log was rolled back/)
    assert.equal(mirror.cosigned, 9)
    await up.stop()
    await again.close()
  })

  test('a forked log is refused and told, whether it is shorter, as long or longer', async () => {
    for (const extra of [1, 2, 3]) {
      const { one, journal, hub, mirror } = await world()
      await calls(journal, 1)
      const clone = { ...one, disk: one.disk.copy() }
      await calls(journal, 2, 'original')
      await sync(journal, one.disk, hub, mirror)
      const held = mirror.cosigned
      await journal.close()
      const other = await openDevice(clone)
      await calls(other, extra, 'clone')
      const alarms: string[] = []
      const { uploader: up } = await uploader(other, clone.disk, hub, async (path, body) => {
        const reply = await answer(mirror, path, body)
        if (reply.alarm) alarms.push(reply.alarm)
        return reply
      })
      up.wake()
      await up.settled()
      assert.equal(up.state.state, 'refused')
      assert.match(alarms[0] ?? '', extra === 1 ? /rolled back/ : /the log was forked/)
      assert.equal(mirror.cosigned, held)
      await up.stop()
      await other.close()
    }
  })

  test('no receipt is given for what is not on the hub\'s disk: whichever operation fails there, device and hub agree after', async () => {
    const still = fakeHub(new Disk())
    const counted = await world()
    await calls(counted.journal, 2)
    await sync(counted.journal, counted.one.disk, still, await still.mirror(counted.journal.stream, counted.one.key))
    await counted.journal.close()
    const operations = still.disk.operations.length
    assert.ok(operations > 6)
    for (let at = 0; at < operations + 4; at++)
      for (const bytes of [0, 40, 100_000]) {
        const { one, journal } = await world()
        const hub = fakeHub(new Disk())
        await calls(journal, 2)
        hub.disk.fault = (_what, _path, index) => (index === at ? { error: Object.assign(new Error('no'), { code: 'EIO' }), bytes } : undefined)
        let mirror = await hub.mirror(journal.stream, one.key).catch(() => hub.mirror(journal.stream, one.key))
        const { uploader: up, pauses } = await uploader(journal, one.disk, hub, (path, body) => answer(mirror, path, body))
        up.wake()
        await up.settled()
        // What the device has a receipt for survives the hub's power cut.
        const cut = { ...hub, disk: hub.disk.crash() }
        const restarted = await fakeMirror(cut, journal.stream, one)
        assert.ok(restarted.cosigned >= up.cosigned, `operation ${at}`)
        await restarted.close()
        for (let round = 0; round < 3 && up.cosigned < 5; round++) {
          pauses.at(-1)?.()
          await up.settled()
        }
        assert.equal(up.cosigned, 5, `operation ${at}, ${bytes} bytes`)
        await up.stop()
        hub.disk.fault = () => undefined
        await mirror.close()
        mirror = await hub.mirror(journal.stream, one.key)
        await agrees({ one, journal, hub }, mirror)
        await mirror.close()
        await journal.close()
      }
  })

  test('S55: every acknowledged record arrives once and in order, whatever is lost, repeated, cut off or restarted on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('ok', 'ok', 'ok', 'lost before', 'lost after', 'repeated', 'hub restarts', 'hub loses power', 'device restarts'), { minLength: 5, maxLength: 40 }), fc.integer({ min: 1, max: 8 }), async (plan, rounds) => {
        const { one, hub, ...rest } = await world()
        let { journal, mirror } = rest
        const expected: string[] = []
        const steps = [...plan]
        const restart = { wanted: false }
        const request: Request = async (path, body) => {
          const step = steps.shift() ?? 'ok'
          if (step === 'lost before') throw new TypeError('lost')
          if (step === 'device restarts') restart.wanted = true
          if (step === 'hub restarts') {
            await mirror.close()
            mirror = await hub.mirror(journal.stream, one.key)
          }
          if (step === 'hub loses power') mirror = await fakeMirror({ ...hub, disk: overwrite(hub.disk) }, journal.stream, one)
          let reply = await answer(mirror, path, body)
          if (step === 'repeated') reply = await answer(mirror, path, body)
          if (step === 'lost after') throw new TypeError('lost')
          return reply
        }
        let { uploader: up, pauses } = await uploader(journal, one.disk, hub, request)
        for (let round = 0; round < rounds; round++) {
          for (let i = 0; i < 3; i++) expected.push((await journal.append({ type: 'launch.registered', launch: `la_${round}_${i}`, kind: 'run', label: 'x' })).id)
          await journal.checkpoint()
          up.wake()
          await up.settled()
          if (restart.wanted) {
            restart.wanted = false
            await up.stop()
            await journal.close()
            journal = await openDevice(one)
            ;({ uploader: up, pauses } = await uploader(journal, one.disk, hub, request))
          }
        }
        // The faults are over: everything arrives.
        steps.length = 0
        await journal.checkpoint()
        for (let i = 0; i < 4; i++) {
          pauses.at(-1)?.()
          up.wake()
          await up.settled()
        }
        assert.equal(up.state.state, 'idle')
        const arrived = mirror.records.flatMap(({ id, event }) => (event.type === 'launch.registered' ? [id] : []))
        assert.deepEqual(arrived, expected)
        await up.stop()
        await agrees({ one, journal, hub }, mirror)
        await journal.close()
        const verdict = await verifyLog({ source: one.disk, folder: FOLDER, cosigner: hub.verifier, mustHaveReceipt: true, receipts: [{ note: mirror.receipt ?? '', from: 'the hub' }] })
        assert.deepEqual(verdict.integrity.problems, [])
        await mirror.close()
      }),
      { numRuns: 150 },
    )
  })
})

/** Drops what the hub had not synced, in place: its keys and its folder stay. */
function overwrite(disk: Disk): Disk {
  const after = disk.crash((unsynced) => unsynced >> 1)
  for (const path of disk.paths()) disk.set(path, after.get(path))
  return disk
}

function fakeMirror({ disk, signer }: FakeHub, stream: string, { key }: Device): Promise<Mirror> {
  return Mirror.open({ files: disk, folder: 'mirror', stream, device: { name: stream, type: 1, key: rawPublicKey(key) }, cosigner: signer, now: () => 1_795_000_000_000, segmentBytes: 1500 })
}
