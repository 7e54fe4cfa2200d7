/** What an agent's end must not change: how long nobody has called, whose programs hold a key, what became of a call that was decided on. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { mintSessionKey, sessionKeyHash } from '../../src/protocol/sessionKey.ts'
import { connectControl, type ControlClient } from '../../src/platform/controlClient.ts'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import { startProcess, type Started } from '../../src/sandbox/processes.ts'
import { signIn, type Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, startTrial, until } from '../fakes/trial.ts'

const HOUR = 3_600_000
const POLICY = `version: 1
default: deny
upstreams: {}
rules:
  - { id: two-leads, when: { model: [simulated-held] }, effect: hold, approval: { reviewers: { group: security-leads }, count: 2, wait: 4m } }
  - { id: all, when: {}, effect: allow }
`

let trial: Sandbox
before(async () => { trial = await startTrial({ policy: POLICY }) })
after(() => trial.close())

interface Run {
  readonly agent: Started
  readonly control: ControlClient
}

async function startRun(t: TestContext, home: string): Promise<Run> {
  const agent = await startProcess([...COUNTERSIGN, 'agent', '--home', home, '--hub', trial.line.hub, '--port', '0', '--with-parent', '--json'], { name: 'The agent' })
  t.after(() => agent.stop())
  const control = await connectControl(home, { client: 'test' })
  t.after(() => { control.close() })
  return { agent, control }
}

async function call({ agent }: Run, key: string): Promise<{ status: number; said: string }> {
  const reply = await fetch(`${String(agent.ready['url'])}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }) })
  return { status: reply.status, said: await reply.text() }
}

async function endOf({ agent, control }: Run, how: 'stop' | 'kill' = 'stop'): Promise<void> {
  control.close()
  if (how === 'kill') agent.kill('SIGKILL')
  await (how === 'kill' ? agent.ended : agent.stop())
}

describe('an agent that is started anew', () => {
  test('S11 S13 goes on counting the time without a call, and lets no key change its person', async (t) => {
    const home = path.join(trial.line.dir, 'anew')
    const key = mintSessionKey(randomBytes(32))
    const register = ({ control }: Run): Promise<{ launch: string | null; isSpent: boolean }> => control.request('key.register', { hash: sessionKeyHash(key), kind: 'window', label: 'sample' })

    const first = await startRun(t, home)
    await register(first)
    await signIn(first.control, trial.idp, 'ada')
    assert.equal((await call(first, key)).status, 200)
    const { refreshToken } = await first.control.request('signIn.keep', {})
    await endOf(first, 'kill')

    const second = await startRun(t, home)
    await second.control.request('signIn.restore', { refreshToken })
    await register(second)
    assert.equal((await call(second, key)).status, 200, 'nothing stands in the way of somebody who is at work')
    const later = await second.control.request('signIn.keep', {})
    await endOf(second)

    // Eight hours later, as far as this file can tell.
    const file = path.join(home, 'sessions.json')
    const text = await readFile(file, 'utf8')
    assert.ok(!text.includes(key) && !text.includes('ada'), text)
    await writeFile(file, text.replace(/"lastUsedAt": (\d+)/, (_, at) => `"lastUsedAt": ${Number(at) - 8 * HOUR}`))
    const third = await startRun(t, home)
    await assert.rejects(third.control.request('signIn.restore', { refreshToken: later.refreshToken }), { code: 'CS_SESSION_EXPIRED', message: /ended after 8 hours without a call\. Sign in again/ })
    assert.equal((await third.control.request('status', {})).session, null)
    assert.match(eventsOf(home, 'session.refused').at(-1)?.reason ?? '', /CS_SESSION_EXPIRED/)

    await signIn(third.control, trial.idp, 'grace')
    assert.deepEqual(await register(third), { launch: null, isSpent: true }, 'its window makes another one')
    const refused = await call(third, key)
    assert.equal(refused.status, 401)
    await endOf(third)
  })

  test('S47 does not start over a state of sessions that it cannot read, and says which file it is', async (t) => {
    const home = path.join(trial.line.dir, 'unreadable')
    await endOf(await startRun(t, home))
    await writeFile(path.join(home, 'sessions.json'), '{"session":null,"owners":"nobody","revoked":[]}')
    await assert.rejects(startRun(t, home), /The agent did not start: .*sessions\.json cannot be read\. Move it away/)
  })
})

test('a reviewer whose agent was away when the call ended has on record how it ended, once', { timeout: 120_000 }, async (t) => {
  const [kim, lee] = [await startPerson(trial, COUNTERSIGN, 'kim'), await startPerson(trial, COUNTERSIGN, 'lee')]
  t.after(() => Promise.all([kim.close(), lee.close()]))
  const here = async (control: ControlClient): Promise<true | undefined> => (await control.request('approvals.list', {})).relay === 'here' || undefined
  for (const { control } of [kim, lee]) await until(() => here(control), 'a line to the hub')
  const held = fetch(`${trial.line.agent}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${trial.line.key}` }, body: JSON.stringify({ model: 'simulated-held', messages: [{ role: 'user', content: 'hi' }] }) })
  const approve = async ({ control }: AnotherPerson): Promise<string> => {
    const { ap, digest } = await until(async () => (await control.request('approvals.list', {})).requests.find((one) => one.state === 'pending' && one.role === 'review'), 'the request')
    await control.request('approval.review', { ap, digest, verdict: 'approve', reason: 'Checked.' })
    return ap
  }
  const ap = await approve(kim)
  kim.agent.kill('SIGKILL')
  await kim.agent.ended
  assert.equal(await approve(lee), ap)
  assert.equal((await held).status, 200)

  for (const time of ['first', 'second']) {
    const run = await startRun(t, kim.home)
    await signIn(run.control, trial.idp, 'kim')
    await until(() => here(run.control), `a line to the hub, the ${time} time`)
    await until(() => eventsOf(kim.home, 'review.ended').length > 0 || undefined, 'the ending on record')
    await endOf(run)
  }
  assert.deepEqual(eventsOf(kim.home, 'review.ended').map((event) => [event.ap, event.state, event.reviewers.map(({ sub }) => sub)]), [[ap, 'approved', ['kim', 'lee']]])
  assert.deepEqual(eventsOf(lee.home, 'review.ended'), [], 'hers ended it')
})
