/** Somebody is removed at the hub while a call of theirs waits: what their machine has of the organisation ends with it, without waiting for a next look. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, startTrial, until } from '../fakes/trial.ts'

let trial: Sandbox
let grace: AnotherPerson
before(async () => {
  trial = await startTrial()
  grace = await startPerson(trial, COUNTERSIGN, 'grace')
  for (const { control } of [trial, grace]) await until(async () => (await control.request('approvals.list', {})).relay === 'here' || undefined, 'a line to the hub')
})
after(async () => {
  await grace.close()
  await trial.close()
})

async function call(content: string): Promise<{ status: number; text: string }> {
  const reply = await fetch(`${trial.line.agent}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${trial.line.key}` }, body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content }] }) })
  return { status: reply.status, text: await reply.text() }
}

async function remove(subject: string): Promise<void> {
  const jar = new CookieJar()
  const kim = trial.idp.people.find(({ login }) => login === 'kim')
  assert.ok(kim)
  const { text } = await walk(`${trial.line.hub}/people`, kim, jar)
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
  const done = await fetch(`${trial.line.hub}/people`, { method: 'POST', redirect: 'manual', headers: { cookie: jar.header(trial.line.hub), origin: trial.line.hub }, body: new URLSearchParams({ token, reason: 'left the company', verdict: 'remove', issuer: trial.line.issuer, subject }) })
  assert.equal(done.status, 303)
}

test('S14 a person who is removed loses session, keys and waiting calls on their machine at once, and the reviewers see the call withdrawn', { timeout: 60_000 }, async () => {
  assert.equal((await call('hello')).status, 200)
  const waiting = call('Charge 4111 1111 1111 1111 for the order.')
  const { ap, digest } = await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending'), 'the request at Grace\'s')
  const received = trial.model.received.length
  await remove('ada')
  // Well before the half minute after which every agent looks for a new policy.
  await until(async () => ((await trial.control.request('status', {})).session === null ? true : undefined), 'the end of the session', 8_000)
  assert.deepEqual([(await waiting).status, trial.model.received.length], [403, received])
  assert.equal((await call('hello')).status, 401)
  await assert.rejects(grace.control.request('approval.review', { ap, digest, verdict: 'approve', reason: 'fine' }), { code: 'CS_HUB_REFUSED', message: /withdrawn already/ })
  assert.equal(eventsOf(trial.home, 'approval.settled').at(-1)?.state, 'withdrawn')
  assert.equal(eventsOf(trial.home, 'session.ended').at(-1)?.actor.sub, 'ada')
  await assert.rejects(trial.control.request('policy.refresh', {}), { code: 'CS_OFFBOARDED' })
})
