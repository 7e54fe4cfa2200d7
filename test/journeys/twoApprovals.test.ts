/** What a client says while its call needs two other people, when one of them has approved, and when the second one does not come. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ChatOpenAI } from '@langchain/openai'
import type { SharedRequest } from '../../src/protocol/approval.ts'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, startTrial, until } from '../fakes/trial.ts'

const POLICY = `version: 1
default: deny
upstreams: {}
rules:
  - { id: two-leads-soon, when: { model: [simulated-soon] }, effect: hold, approval: { reviewers: { group: security-leads }, count: 2, wait: 8s } }
  - { id: two-leads, when: {}, effect: hold, approval: { reviewers: { group: security-leads }, count: 2, wait: 4m } }
`

let trial: Sandbox
const leads: AnotherPerson[] = []
before(async () => {
  trial = await startTrial({ policy: POLICY })
  for (const login of ['kim', 'lee']) leads.push(await startPerson(trial, COUNTERSIGN, login))
  for (const { control } of leads) await until(async () => (await control.request('approvals.list', {})).relay === 'here' || undefined, 'a line to the hub')
})
after(async () => {
  for (const lead of leads) await lead.close()
  await trial.close()
})

/** @param waits seconds that the client says it waits for an answer; the agent tells it before that */
const ask = (text: string, { model = 'simulated-1', waits }: { readonly model?: string; readonly waits?: number } = {}): Promise<string> =>
  new ChatOpenAI({ model, apiKey: trial.line.key, maxRetries: 0, configuration: { baseURL: `${trial.line.agent}/openai/v1`, ...(waits === undefined ? {} : { defaultHeaders: { 'x-stainless-timeout': String(waits) } }) } }).invoke(text).then((answer) => answer.text)

async function told(call: Promise<string>): Promise<string> {
  const [{ status, reason }] = (await Promise.allSettled([call])) as [{ readonly status: string; readonly reason?: Error & { status?: number } }]
  assert.deepEqual([status, reason?.status], ['rejected', 403])
  return reason?.message ?? ''
}

const asked = (lead: AnotherPerson, rule: string): Promise<SharedRequest> =>
  until(async () => (await lead.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending' && one.role === 'review' && one.call.rule.id === rule), 'a request at a lead\'s')

async function approve(lead: AnotherPerson, rule: string): Promise<void> {
  const { ap, digest } = await asked(lead, rule)
  await lead.control.request('approval.review', { ap, digest, verdict: 'approve', reason: 'Checked.' })
  await until(async () => (await trial.control.request('approvals.list', {})).requests.find((one) => one.ap === ap && one.reviews.length > 0), 'the approval at Ada\'s')
}

test('a client is told for how many people its call waits, and it goes through with the second one', { timeout: 120_000 }, async () => {
  const [kim, lee] = leads
  assert.ok(kim && lee)
  const before = trial.model.received.length
  assert.match(await told(ask('Two of them.', { waits: 12 })), /this call still waits for 2 people from security-leads\. Nothing was sent yet\. Run it again to wait on\./)
  await approve(kim, 'two-leads')
  assert.match(await told(ask('Two of them.', { waits: 12 })), /this call still waits for one more person from security-leads\. Nothing was sent yet\. Run it again to wait on\./)
  assert.equal(trial.model.received.length, before)
  const call = ask('Two of them.')
  await approve(lee, 'two-leads')
  assert.match(await call, /simulated model/)
  assert.equal(trial.model.received.length, before + 1)
  const { requests } = await trial.control.request('approvals.list', {})
  assert.equal(requests.length, 1, 'each run joined the same request')
  const settled = eventsOf(trial.home, 'approval.settled')
  assert.deepEqual(settled.map(({ state, reviewers }) => [state, reviewers.map(({ subject, verdict }) => `${subject} ${verdict}`)]), [['approved', ['kim approve', 'lee approve']]])
})

test('a client is told that one approval was not enough, when the second one does not come in time', { timeout: 60_000 }, async () => {
  const [kim] = leads
  assert.ok(kim)
  const call = told(ask('Two of them, soon.', { model: 'simulated-soon' }))
  await approve(kim, 'two-leads-soon')
  assert.match(await call, /1 of 2 people from security-leads approved within 8 s, which is not enough\. Nothing was sent\. Ask again by running it again\./)
  assert.equal(eventsOf(trial.home, 'approval.settled').at(-1)?.state, 'expired')
})
