/** A person deletes the journal or lays an older state of it in its place: calls end with it, and go on with a journal that the hub takes. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { mintSessionKey, sessionKeyHash } from '../../src/protocol/sessionKey.ts'
import { connectControl, type ControlClient } from '../../src/platform/controlClient.ts'
import { startProcess, type Started } from '../../src/sandbox/processes.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { signIn, type Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, startTrial, until } from '../fakes/trial.ts'

const POLICY = `version: 1
default: deny
upstreams: {}
rules:
  - { id: own, when: { model: [simulated-held] }, effect: hold, approval: { reviewers: self, wait: 4m } }
  - { id: all, when: {}, effect: allow }
`

let trial: Sandbox
before(async () => { trial = await startTrial({ policy: POLICY }) })
after(() => trial.close())

interface Run {
  readonly agent: Started
  readonly control: ControlClient
  readonly key: string
}

/** An agent with Ada signed in. */
async function startRun(t: TestContext, home: string, hub = trial.line.hub): Promise<Run> {
  const agent = await startProcess([...COUNTERSIGN, 'agent', '--home', home, '--hub', hub, '--port', '0', '--with-parent', '--json'], { name: 'The agent' })
  t.after(() => agent.stop())
  const control = await connectControl(home, { client: 'test' })
  t.after(() => { control.close() })
  const key = mintSessionKey(randomBytes(32))
  await control.request('key.register', { hash: sessionKeyHash(key), kind: 'window', label: 'sample' })
  await signIn(control, trial.idp, 'ada')
  return { agent, control, key }
}

async function call({ agent, key }: Run, model = 'simulated-1'): Promise<{ status: number; said: string }> {
  const reply = await fetch(`${String(agent.ready['url'])}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }) })
  return { status: reply.status, said: await reply.text() }
}

async function endOf({ agent, control }: Run): Promise<void> {
  control.close()
  await agent.stop()
}

/** Everything recorded so far is at the hub. @returns name of the journal */
async function synced({ control }: Run): Promise<string> {
  await control.request('sync.now', {})
  const { journal, sync } = await control.request('status', {})
  assert.deepEqual([sync.state, journal.cosigned > 0], ['idle', true])
  return journal.stream
}

async function refused({ control }: Run): Promise<void> {
  await until(async () => (await control.request('status', {})).sync.state === 'refused' || undefined, 'the hub\'s refusal')
}

/** Every file of an epoch, by name. */
function bytesOf(home: string, epoch: string): Record<string, string> {
  const folder = path.join(home, 'journal', epoch)
  return Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => {
    const file = path.join(one.parentPath, one.name)
    return [path.relative(folder, file), readFileSync(file, 'base64')]
  }))
}

async function holdsReceipt(stream: string): Promise<boolean> {
  return (await fetch(`${trial.line.hub}/v1/log/receipt?stream=${encodeURIComponent(stream)}`)).status === 200
}

/** The hub behind a proxy, which answers deliveries of the journal itself while it is told to. */
async function startFront(t: TestContext): Promise<{ readonly url: string; instead: number | undefined }> {
  const { host } = new URL(trial.line.hub)
  const front = { url: '', instead: undefined as number | undefined }
  const server = createServer((request, response) => {
    const { url = '', method, headers } = request
    if (front.instead !== undefined && url.startsWith('/v1/log/')) {
      response.writeHead(front.instead, { 'content-type': 'application/json' }).end('{"message":"not now"}')
      return
    }
    const onward = httpRequest(trial.line.hub + url, { method, headers: { ...headers, host } }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return front
}

describe('a journal that the hub refuses for good', { timeout: 120_000 }, () => {
  test('S54 deleted: calls are denied in words and on record, the next start begins another, and the hub holds both and its alarm', async (t) => {
    const home = path.join(trial.line.dir, 'deleted')
    const first = await startRun(t, home)
    assert.equal((await call(first)).status, 200)
    const one = await synced(first)
    await endOf(first)
    rmSync(path.join(home, 'journal'), { recursive: true })

    const second = await startRun(t, home)
    await refused(second)
    const sent = trial.model.received.length
    const denied = await call(second)
    assert.equal(denied.status, 403)
    const { error } = JSON.parse(denied.said) as { error: { code: string; message: string } }
    assert.equal(error.code, 'countersign_journal_refused')
    assert.match(error.message, /refuses the journal of this device: it holds \d+ records of it, and here are \d+, so the journal was deleted or rolled back\. Nothing was sent\. Start Countersign's agent again/)
    assert.equal(trial.model.received.length, sent)
    assert.equal(eventsOf(home, 'call.refused').at(-1)?.code, 'CS_JOURNAL_REFUSED')
    await endOf(second)
    const before = bytesOf(home, 'epoch-0001')

    const third = await startRun(t, home)
    assert.equal((await call(third)).status, 200)
    const two = await synced(third)
    assert.equal(two, one.replace(/1$/, '2'))
    assert.match(eventsOf(home, 'log.opened')[0]?.reason ?? '', /^the hub refuses epoch 1: it holds/)
    assert.deepEqual([await holdsReceipt(one), await holdsReceipt(two)], [true, true])
    assert.deepEqual(bytesOf(home, 'epoch-0001'), before)
    const sam = trial.idp.people.find(({ login }) => login === 'sam')
    assert.ok(sam)
    assert.match((await walk(`${trial.line.hub}/`, sam, new CookieJar())).text, /Records that a device wanted to replace/)
    await endOf(third)

    const fourth = await startRun(t, home)
    assert.equal(await synced(fourth), two, 'one that the hub takes goes on')
  })

  test('S54 restored from an older state: nothing is denied while the hub cannot say so, and then a held call does not leave either', async (t) => {
    const home = path.join(trial.line.dir, 'restored')
    const first = await startRun(t, home)
    await synced(first)
    await endOf(first)
    cpSync(path.join(home, 'journal'), path.join(home, 'older'), { recursive: true })
    const second = await startRun(t, home)
    for (let i = 0; i < 20; i++) assert.equal((await call(second)).status, 200)
    await synced(second)
    await endOf(second)
    rmSync(path.join(home, 'journal'), { recursive: true })
    cpSync(path.join(home, 'older'), path.join(home, 'journal'), { recursive: true })

    const front = await startFront(t)
    front.instead = 503
    const third = await startRun(t, home, front.url)
    for (const status of [503, 429, 413, 422]) {
      front.instead = status
      await third.control.request('sync.now', {})
      assert.equal((await third.control.request('status', {})).sync.state, 'away')
      assert.equal((await call(third)).status, 200)
    }
    const sent = trial.model.received.length
    const held = call(third, 'simulated-held')
    const mine = await until(async () => (await third.control.request('approvals.list', {})).acknowledge[0], 'a held call')
    front.instead = undefined
    await third.control.request('sync.now', {})
    await refused(third)
    await third.control.request('approval.acknowledge', { ap: mine.ap, digest: mine.digest, verdict: 'approve', reason: '' })
    const { status, said } = await held
    assert.equal(status, 403)
    assert.match(said, /countersign_journal_refused/)
    assert.equal(trial.model.received.length, sent)
    const decided = eventsOf(home, 'exchange.decided').at(-1)?.decision
    assert.deepEqual([decided?.effect, decided?.code], ['deny', 'CS_JOURNAL_REFUSED'])
    await endOf(third)

    const fourth = await startRun(t, home, front.url)
    assert.equal((await call(fourth)).status, 200)
    assert.match(await synced(fourth), /\/2$/)
  })
})
