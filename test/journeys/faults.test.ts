import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectControl } from '../../src/platform/controlClient.ts'
import { startProcess, type Started } from '../../src/sandbox/processes.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, recordsOf, run, startTrial, until } from '../fakes/trial.ts'

let trial: Sandbox
let second: Started | undefined
before(async () => { trial = await startTrial() })
after(async () => {
  await second?.stop()
  await trial.close()
})

const ask = (model: string, stream = false): Promise<Response> =>
  fetch(`${trial.line.agent}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${trial.line.key}` },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Tell me something long.' }] }),
  })

describe('what stays true when something breaks', () => {
  test('a client that goes away ends the upstream call and is recorded as aborted', async () => {
    const reply = await ask('simulated-stall', true)
    const reader = reply.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await until(() => eventsOf(trial.home, 'exchange.aborted').length > 0 || undefined, 'an aborted exchange on record')
  })

  test('S55 an agent that is killed loses no record: what was under way is closed at the next start', async () => {
    const calls = await Promise.all(Array.from({ length: 8 }, () => ask('simulated-1')))
    for (const reply of calls) {
      assert.equal(reply.status, 200)
      await reply.body?.cancel()
    }
    const open = await ask('simulated-stall', true)
    const before = recordsOf(trial.home).length
    trial.agent.kill('SIGKILL')
    await trial.agent.ended
    await open.body?.cancel().catch(() => undefined)
    assert.ok(recordsOf(trial.home).length >= before, 'nothing that was acknowledged is gone')
    second = await startProcess([...COUNTERSIGN, 'agent', '--home', trial.home, '--hub', trial.line.hub, '--with-parent', '--json'], { name: 'The agent, again' })
    assert.equal(second.ready['url'], trial.line.agent, 'the port stays')
    const ended = eventsOf(trial.home, 'exchange.aborted').at(-1)
    assert.match(ended?.reason ?? '', /agent ended while the call was under way/)
    const decided = eventsOf(trial.home, 'exchange.decided').filter((event) => event.decision.effect === 'allow')
    const endings = ['exchange.completed', 'exchange.aborted', 'exchange.failed'] as const
    const endedIds = endings.flatMap((type) => eventsOf(trial.home, type).map(({ ex }) => ex))
    assert.deepEqual(decided.map(({ ex }) => ex).sort(), endedIds.sort(), 'every call that was let through has exactly one ending')
  })

  test('a session key of before the kill is unknown to the new agent, which says what to do', async () => {
    const reply = await ask('simulated-1')
    assert.equal(reply.status, 401)
    assert.match(await reply.text(), /Open a new terminal/)
  })

  test('S54 a byte changed at or before the hub\'s receipt, and a segment removed, are named', async () => {
    const control = await connectControl(trial.home, { client: 'test' })
    await control.request('sync.now', {})
    control.close()
    await second?.stop()
    second = undefined
    const clean = await run([...COUNTERSIGN, 'verify', trial.line.dir, '--hub', trial.line.hub])
    assert.equal(clean.code, 0, clean.out + clean.err)
    const folder = path.join(trial.home, 'journal/epoch-0001')
    const segment = path.join(folder, readdirSync(folder).find((name) => name.startsWith('segment-')) ?? '')
    const bytes = readFileSync(segment)
    const changed = Buffer.from(bytes)
    const at = changed.indexOf('"effect":"allow"')
    changed[at + 10] = 0x62
    writeFileSync(segment, changed)
    const tampered = await run([...COUNTERSIGN, 'verify', trial.line.dir, '--hub', trial.line.hub])
    assert.equal(tampered.code, 1)
    assert.match(tampered.out + tampered.err, /segment-/)
    writeFileSync(segment, '')
    assert.equal((await run([...COUNTERSIGN, 'verify', trial.line.dir, '--hub', trial.line.hub])).code, 1)
    writeFileSync(segment, bytes)
    assert.equal((await run([...COUNTERSIGN, 'verify', trial.line.dir, '--hub', trial.line.hub])).code, 0)
  })
})

describe('a hub that is away', () => {
  test('allowed work goes on, and later the records catch up', async () => {
    const other = await startTrial()
    try {
      other.hub.kill('SIGSTOP')
      const reply = await fetch(`${other.line.agent}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${other.line.key}` },
        body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }),
      })
      assert.equal(reply.status, 200)
      await reply.body?.cancel()
      other.hub.kill('SIGCONT')
      await until(async () => {
        const { journal } = await other.control.request('status', {})
        return journal.cosigned >= journal.size - 1 || undefined
      }, 'receipts for everything', 40_000)
    } finally {
      other.hub.kill('SIGCONT')
      await other.close()
    }
  })
})
