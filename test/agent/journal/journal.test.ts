import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deviceStream } from '../../../src/protocol/hub.ts'
import { rawPublicKey } from '../../../src/core/log/note.ts'
import { loadLog } from '../../../src/core/log/read.ts'
import { verifyLog } from '../../../src/core/log/verify.ts'
import { verifyDisclosures } from '../../../src/core/log/verifyDisclosures.ts'
import { readDisclosures } from '../../../src/core/log/disclosureStore.ts'
import { Disk } from '../../fakes/disk.ts'
import { ACTOR, call, completed, decided, device, ENDPOINT, FOLDER, openDevice, type Device } from '../../fakes/device.ts'

const SEGMENT = `${FOLDER}/segment-0000000000000000.jsonl`

function fail(code = 'EIO', bytes = 0) {
  return { error: Object.assign(new Error('no'), { code }), bytes }
}

async function recordsOf({ disk, key }: Device, epoch = 1) {
  const stream = deviceStream(rawPublicKey(key).toString('base64url'), epoch)
  return (await loadLog(disk, `journal/epoch-000${epoch}`, stream)).records.map(({ event }) => event)
}

/** Digests that the records name, each once. */
async function named(one: Device): Promise<Set<string>> {
  return new Set((await recordsOf(one)).flatMap((event) => ('sd' in event ? event.sd : [])))
}

async function verified(one: Device): Promise<void> {
  const { integrity, notes } = await verifyLog({ source: one.disk, folder: FOLDER })
  assert.deepEqual(integrity.problems, [])
  assert.deepEqual(notes, [])
}

describe('S55: the journal', () => {
  test('begins by saying whose it is, and holds a call\'s two records with its texts apart', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await call(journal, 'ex_1')
    await journal.close()
    assert.deepEqual((await recordsOf(one)).map(({ type }) => type), ['log.opened', 'exchange.decided', 'exchange.completed'])
    const { texts } = await readDisclosures(one.disk, FOLDER, one.dataKey)
    assert.deepEqual([...texts.values()].map(({ value }) => value).sort(), ['answer of ex_1', 'prompt of ex_1'])
    for (const path of one.disk.paths()) assert.ok(!/(?:prompt|answer) of/.test(one.disk.get(path).toString('latin1')), `${path} holds a text in the clear`)
    await verified(one)
  })

  test('closes the calls that were under way when the agent was killed, and says what may have happened', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await call(journal, 'ex_whole')
    await journal.append(decided('ex_sent'))
    await journal.append(decided('ex_denied', 'deny'))
    await journal.append({ type: 'approval.requested', ex: 'ex_held', actor: ACTOR, endpoint: ENDPOINT, rule: 'r', policy: { version: 1, digest: 'd', source: 'hub' }, found: {}, digest: 'd' })
    await journal.append({ type: 'call.refused', ex: 'ex_refused', actor: null, code: 'CS_MALFORMED', status: 400, route: 'r', method: 'POST' })
    const killed = { ...one, disk: one.disk.crash() }
    const next = await openDevice(killed)
    const ended = (await recordsOf(killed)).flatMap((event) => (event.type === 'exchange.aborted' ? [event] : []))
    assert.deepEqual(ended.map(({ ex, reason }) => [ex, reason]), [
      ['ex_sent', 'the agent ended while the call was under way; it may have been sent'],
      ['ex_held', 'the agent ended while the call was held; nothing was sent'],
    ])
    await next.close()
    await verified(killed)
    // The next start finds nothing open.
    const again = await openDevice(killed)
    assert.equal((await recordsOf(killed)).filter((event) => event.type === 'exchange.aborted').length, 2)
    await again.close()
    await journal.close()
  })

  test('counts as many stories as calls under load and a kill at any moment', async () => {
    const one = device(new Disk())
    const acknowledged = new Set<string>()
    const cuts: { disk: Disk; acknowledged: Set<string> }[] = []
    one.disk.fault = () => {
      cuts.push({ disk: one.disk.crash((unsynced) => unsynced >> 1), acknowledged: new Set(acknowledged) })
      return undefined
    }
    const journal = await openDevice(one)
    for (const wave of [0, 20, 40]) await Promise.all(
      Array.from({ length: 20 }, async (_, k) => {
        const i = wave + k
        const ex = `ex_${i}`
        await journal.append((sd) => decided(ex, 'allow', sd), [{ path: 'prompt', value: ex }], `person ${i % 5}`)
        acknowledged.add(ex)
        await journal.append((sd) => completed(ex, sd), [{ path: 'answer', value: ex }], `person ${i % 5}`)
      }),
    )
    await journal.close()
    assert.ok(cuts.length > 20)
    for (const { disk, acknowledged: before } of [...cuts, { disk: one.disk, acknowledged }]) {
      disk.fault = () => undefined
      const killed = { ...one, disk }
      const next = await openDevice(killed)
      await call(next, 'ex_after')
      await next.close()
      const events = await recordsOf(killed)
      const begun = new Set(events.flatMap((event) => (event.type === 'exchange.decided' ? [event.ex] : [])))
      const ended = events.flatMap((event) => (event.type === 'exchange.completed' || event.type === 'exchange.aborted' ? [event.ex] : []))
      for (const ex of before) assert.ok(begun.has(ex), `${ex} was acknowledged and is gone`)
      assert.deepEqual([...new Set(ended)].sort(), [...begun].sort())
      assert.equal(ended.length, begun.size)
      await verified(killed)
      const { erased, problems } = await verifyDisclosures(disk, FOLDER, await named(killed), one.dataKey)
      assert.deepEqual([erased, problems], [0, []], 'a record names a text that is not there')
    }
  })

  test('begins a new epoch when a signed record was changed, and leaves the old bytes alone', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await call(journal, 'ex_1')
    await journal.close()
    const changed = Buffer.from(one.disk.get(SEGMENT).toString('utf8').replace('"temperature":0', '"temperature":9'))
    one.disk.set(SEGMENT, changed)
    const troubles: string[] = []
    const next = await openDevice(one, (what) => troubles.push(what))
    assert.equal(next.epoch, 2)
    assert.match(next.stream, /\/2$/)
    assert.match(troubles[0] ?? '', /epoch 1 of the journal does not verify/)
    await call(next, 'ex_2')
    await next.close()
    assert.deepEqual(one.disk.get(SEGMENT), changed)
    const [opened] = await recordsOf(one, 2)
    assert.ok(opened?.type === 'log.opened' && /^epoch 1 does not verify/.test(opened.reason))
    assert.equal((await verifyLog({ source: one.disk, folder: 'journal/epoch-0002', expect: { epoch: 2 } })).integrity.good, true)
    assert.equal((await verifyLog({ source: one.disk, folder: FOLDER })).integrity.good, false)
    const third = await openDevice(one)
    assert.equal(third.epoch, 2)
    await third.close()
  })
})

describe('texts beside the journal', () => {
  test('are on disk before the record that names them, or nothing is recorded', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await call(journal, 'ex_1')
    const size = journal.size
    one.disk.fault = (what, path) => (path.includes('disclosures') && (what === 'write' || what === 'create') ? fail('ENOSPC', 5) : undefined)
    await assert.rejects(call(journal, 'ex_2'), { code: 'CS_NOT_RECORDED' })
    assert.equal(journal.size, size)
    one.disk.fault = () => undefined
    await call(journal, 'ex_3')
    await journal.close()
    assert.deepEqual(await verifyDisclosures(one.disk, FOLDER, await named(one), one.dataKey), { named: 4, present: 4, erased: 0, kept: true, opened: true, problems: [] })
  })

  test('are sealed only with a key that is on disk', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    one.disk.fault = (what, path) => (path.includes('disclosure-keys') && what !== 'list' && what !== 'read' ? fail() : undefined)
    await assert.rejects(call(journal, 'ex_1'), { code: 'CS_NOT_RECORDED' })
    assert.equal(journal.size, 1)
    assert.ok(!one.disk.get(`${FOLDER}/disclosures.jsonl`).includes('box'))
    one.disk.fault = () => undefined
    await call(journal, 'ex_2')
    await journal.close()
    const { erased, problems } = await verifyDisclosures(one.disk, FOLDER, await named(one), one.dataKey)
    assert.deepEqual([erased, problems], [0, []])
  })

  test('survive any one failing operation, alone and with a power cut: a record never names a text that cannot be opened', async () => {
    const subjects = ['ada', 'grace']
    const run = async (one: Device): Promise<void> => {
      const journal = await openDevice(one)
      const append = (n: number) => journal.append((sd) => decided(`ex_${n}`, 'deny', sd), [{ path: 'prompt', value: `text ${n}` }], subjects[n % 2])
      await Promise.allSettled([0, 1, 2, 3].map(append))
      await Promise.allSettled([4, 5].map(append))
      await journal.close()
    }
    const still = device(new Disk())
    await run(still)
    const operations = still.disk.operations.length
    for (let at = 0; at < operations; at++)
      for (const bytes of [0, 9]) {
        const one = device(new Disk())
        one.disk.fault = (_what, _path, index) => (index === at ? fail('EIO', bytes) : undefined)
        await run(one).catch((error: unknown) => { assert.equal((error as Error).message, 'no') })
        for (const disk of [one.disk.crash(), one.disk]) {
          disk.fault = () => undefined
          const after = { ...one, disk }
          const next = await openDevice(after)
          await next.append((sd) => decided('ex_later', 'deny', sd), [{ path: 'prompt', value: 'later' }], 'ada')
          await next.close()
          await verified(after)
          const verdict = await verifyDisclosures(disk, FOLDER, await named(after), one.dataKey)
          assert.equal(verdict.erased, 0, `operation ${at} fails after ${bytes} bytes`)
          assert.ok(verdict.named > 0)
        }
      }
  })

  test('can be erased by the key of a person and month: they are gone, and every proof stands', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await journal.append((sd) => decided('ex_1', 'deny', sd), [{ path: 'prompt', value: 'of ada' }], 'ada')
    await journal.append((sd) => decided('ex_2', 'deny', sd), [{ path: 'prompt', value: 'of grace' }], 'grace')
    await journal.close()
    const keys = `${FOLDER}/disclosure-keys.jsonl`
    const [, second = ''] = one.disk.get(keys).toString('utf8').split('\n')
    one.disk.set(keys, Buffer.from(`${second}\n`))
    await verified(one)
    const { texts, changed } = await readDisclosures(one.disk, FOLDER, one.dataKey)
    assert.deepEqual([...texts.values()].map(({ value }) => value), ['of grace'])
    assert.deepEqual(changed, [])
    assert.deepEqual(await verifyDisclosures(one.disk, FOLDER, await named(one), one.dataKey), { named: 2, present: 1, erased: 1, kept: true, opened: true, problems: [] })
    // Without any key the verifier still says which texts are there.
    assert.deepEqual(await verifyDisclosures(one.disk, FOLDER, await named(one), undefined), { named: 2, present: 2, erased: 0, kept: true, opened: false, problems: [] })
  })

  test('that were changed are named, with their line', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await call(journal, 'ex_1')
    await journal.close()
    const file = `${FOLDER}/disclosures.jsonl`
    const [first = '', second = ''] = one.disk.get(file).toString('utf8').split('\n')
    const sealed = JSON.parse(second) as { box: string }
    one.disk.set(file, Buffer.from(`${first}\n${JSON.stringify({ ...sealed, box: `A${sealed.box.slice(1)}` })}\nno json\n`))
    const verdict = await verifyDisclosures(one.disk, FOLDER, await named(one), one.dataKey)
    assert.deepEqual(verdict.problems.map(({ line }) => line), sealed.box.startsWith('A') ? [3] : [2, 3])
    const { problems } = await verifyDisclosures(one.disk, FOLDER, new Set(), Buffer.alloc(32, 1))
    assert.match(problems[0]?.what ?? '', /is of another data key/)
  })

  test('of one person are sealed with one key, also when several calls are first at once', async () => {
    const one = device(new Disk())
    const journal = await openDevice(one)
    await Promise.all(Array.from({ length: 20 }, (_, i) => call(journal, `ex_${i}`)))
    await journal.close()
    assert.equal(one.disk.get(`${FOLDER}/disclosure-keys.jsonl`).toString('utf8').split('\n').length - 1, 1)
    const { texts } = await readDisclosures(one.disk, FOLDER, one.dataKey)
    assert.equal(texts.size, 40)
  })
})
