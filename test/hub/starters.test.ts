/** Whoever set a program to work asks through it: separation of duties where a workload's call is held. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { WorkloadReply } from '../../src/protocol/hub.ts'
import { CountersignError } from '../../src/protocol/errors.ts'
import { PEOPLE } from '../../src/sandbox/people.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import type { Viewer } from '../../src/hub/approvals/lines.ts'
import { openDecision } from '../../src/agent/approval/decision.ts'
import { heldRequest, viewerOf } from '../fakes/held.ts'
import { openTestLog, post, refusal, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'
import { startPlatform, SUBJECT, type Platform } from '../fakes/platform.ts'

const APPROVE = { digest: 'd'.repeat(43), verdict: 'approve', reason: 'The nightly report needs it.' } as const

interface World {
  readonly hub: HubWorld
  readonly platform: Platform
  /** The program on a device of its own, signed in. */
  program(claims?: Record<string, unknown>, onBehalfOf?: string, device?: TestDevice): Promise<Viewer>
}

/** Ada may review too; the program's platform calls her `ada-gh`, Kim `kim` and nobody `mallory`. */
async function startWorld(t: TestContext, row: Record<string, unknown> = {}): Promise<World> {
  const platform = await startPlatform()
  const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-starters-'))
  t.after(async () => {
    await platform.close()
    await rm(dir, { recursive: true, force: true })
  })
  const file = path.join(dir, 'workloads.yaml')
  await writeFile(file, JSON.stringify([{ issuer: platform.issuer, subject: SUBJECT, groups: ['data-eng'], ...row }]))
  const people = PEOPLE.map((one) => (one.login === 'ada' || one.login === 'kim' ? { ...one, groups: ['data-eng', 'security-reviewers'] } : one))
  const hub = await startHubWorld(t, { workloads: file, idp: { people } })
  const program: World['program'] = async (claims = {}, onBehalfOf, device = new TestDevice(hub)) => {
    const reply = await post(`${hub.url}/v1/workload`, { token: await platform.sign({ aud: hub.url, ...claims }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }) })
    assert.equal(reply.status, 200)
    const { token } = (await reply.json()) as WorkloadReply
    device.id = ((await (await device.enrol(token)).json()) as { device: string }).device
    const known = hub.running.hub.devices.find(device.id)
    assert.ok(known)
    return { device: known, person: await hub.running.hub.tokens.verify(token) }
  }
  return { hub, platform, program }
}

const own = (error: unknown): boolean => error instanceof CountersignError && error.code === 'CS_NOT_A_REVIEWER' && /started by you or on a machine of yours, so this is your own call. Somebody else has to decide/.test(error.message)

async function refuses({ hub }: World, ap: string, starter: Viewer): Promise<void> {
  const { approvals } = hub.running.hub
  await assert.rejects(approvals.review(ap, starter, APPROVE), own)
  assert.deepEqual(approvals.visible(starter), [], 'it is not offered to them')
  const refused = hub.events('review.refused').at(-1)
  assert.deepEqual([refused?.ap, refused?.sub, refused?.code], [ap, starter.person.subject, 'CS_NOT_A_REVIEWER'])
}

describe('S18 a held call of a program', () => {
  test('is not decided by the person its platform says has started it, over a restart too; Grace decides, and the signed decision names both', async (t) => {
    const world = await startWorld(t, { startedBy: 'actor', people: { 'ada-gh': 'ada@northfield.example', kim: 'kim' } })
    const [ada, grace, program] = [await viewerOf(world.hub, 'ada'), await viewerOf(world.hub, 'grace'), await world.program({ actor: 'ada-gh' })]
    for (const one of [ada, grace]) world.hub.running.hub.approvals.connected(one, () => undefined)
    const { ap } = await world.hub.running.hub.approvals.open(program, heldRequest(world.hub))
    await refuses(world, ap, ada)
    await world.hub.restart()
    await refuses(world, ap, ada)
    const { approvals, known } = world.hub.running.hub
    assert.deepEqual(approvals.visible(grace).map(({ requester, role }) => [requester.subject, requester.startedBy, role]), [[SUBJECT, ['ada-gh', 'ada@northfield.example'], 'review']])
    await approvals.review(ap, grace, APPROVE)
    const { decision = '', call, digest } = approvals.visible(program)[0]!
    const expected = { ap, digest, requester: { issuer: world.platform.issuer, subject: SUBJECT, startedBy: ['ada-gh'] }, group: 'security-reviewers', count: 1, rule: call.rule.id, policy: call.policy, assurance: 'session' as const }
    assert.equal((await openDecision(decision, known, expected)).state, 'approved')
    await assert.rejects(openDecision(decision, known, { ...expected, requester: { ...expected.requester, startedBy: ['ada-gh', 'kim'] } }), /did not count whoever started/)
  })

  test('is not decided by whoever it says it runs for; with nobody else to ask it is denied at once', async (t) => {
    const world = await startWorld(t)
    const [ada, program] = [await viewerOf(world.hub, 'ada'), await world.program({}, 'Ada@northfield.example')]
    const { approvals } = world.hub.running.hub
    approvals.connected(ada, () => undefined)
    await assert.rejects(approvals.open(program, heldRequest(world.hub)), (error: unknown) => error instanceof CountersignError && error.code === 'CS_NO_REVIEWER')
    approvals.connected(await viewerOf(world.hub, 'grace'), () => undefined)
    const { ap } = await approvals.open(program, heldRequest(world.hub))
    await refuses(world, ap, ada)
  })

  test('is not decided by somebody who signed in on the device it runs on, whatever it says', async (t) => {
    const world = await startWorld(t)
    const device = await TestDevice.enrolled(world.hub, 'ada')
    const [ada, kim, program] = [await viewerOf(world.hub, 'ada'), await viewerOf(world.hub, 'kim'), await world.program({}, 'kim', device)]
    const { approvals } = world.hub.running.hub
    approvals.connected(await viewerOf(world.hub, 'grace'), () => undefined)
    const { ap } = await approvals.open(program, heldRequest(world.hub))
    await refuses(world, ap, ada)
    await refuses(world, ap, kim)
  })

  test('of a person stays as it was: who else uses the machine may decide', async (t) => {
    const world = await startWorld(t)
    const device = await TestDevice.enrolled(world.hub, 'ada')
    await device.enrol(await world.hub.tokenOf('grace'))
    const [ada, grace] = [await viewerOf(world.hub, 'ada'), await viewerOf(world.hub, 'grace')]
    const shared = world.hub.running.hub.devices.find(device.id)!
    const { approvals } = world.hub.running.hub
    approvals.connected(grace, () => undefined)
    const { ap } = await approvals.open({ ...ada, device: shared }, heldRequest(world.hub))
    await approvals.review(ap, grace, APPROVE)
    assert.equal(approvals.visible(grace)[0]?.state, 'approved')
  })

  test('of a person is decided on another machine than the one it waits on, whoever signed in there', async (t) => {
    const world = await startWorld(t)
    const [ada, grace] = [await viewerOf(world.hub, 'ada'), await viewerOf(world.hub, 'grace')]
    const { approvals } = world.hub.running.hub
    approvals.connected(grace, () => undefined)
    const { ap } = await approvals.open(ada, heldRequest(world.hub))
    const there = { device: ada.device, person: grace.person }
    await assert.rejects(approvals.review(ap, there, APPROVE), (error: unknown) => error instanceof CountersignError && error.code === 'CS_NOT_A_REVIEWER' && /on this very machine/.test(error.message))
    assert.deepEqual(approvals.visible(there), [])
    await approvals.review(ap, grace, APPROVE)
  })

  test('tells an auditor who started it, until that is erased', async (t) => {
    const world = await startWorld(t)
    const device = await TestDevice.enrolled(world.hub)
    const log = await openTestLog(device, path.join(world.hub.dir, 'journal'))
    await log.add(...callStory('ex_01HELD'))
    await deliver(device, log)
    await log.writer.close()
    const { approvals } = world.hub.running.hub
    approvals.connected(await viewerOf(world.hub, 'grace'), () => undefined)
    await approvals.open(await world.program({}, 'ada'), heldRequest(world.hub))
    assert.doesNotMatch(JSON.stringify(world.hub.events('approval.opened')), /"ada"/)
    const sam = PEOPLE.find(({ login }) => login === 'sam')!
    const story = async (): Promise<string> => (await walk(`${world.hub.url}/exchange/ex_01HELD`, sam, new CookieJar())).text
    assert.match(await story(), /asked, by a program that was started by ada/)
    await rm(path.join(world.hub.dir, 'hub', 'log', 'disclosure-keys.jsonl'))
    assert.match(await story(), /started by <span class="quiet">erased/)
  })
})

describe('the list of workloads, where it asks who started a program', () => {
  test('takes nobody it does not know, and nobody by a name that every object has', async (t) => {
    const world = await startWorld(t, { startedBy: 'actor', people: { 'ada-gh': 'ada@northfield.example' } })
    for (const actor of ['mallory', 'constructor', 'ADA-GH']) {
      const reply = await post(`${world.hub.url}/v1/workload`, { token: await world.platform.sign({ aud: world.hub.url, actor }) })
      assert.equal(reply.status, 401)
      assert.match((await refusal(reply)).message, new RegExp(`whoever started the program is "${actor}" there, and this hub's list does not say who that is`))
    }
    const { person } = await world.program({ actor: 'ada-gh' }, 'x')
    assert.deepEqual(person.startedBy, ['ada-gh', 'ada@northfield.example', 'x'])
  })

  test('keeps both words apart on record: the platform\'s and that of whoever started it', async (t) => {
    const world = await startWorld(t, { startedBy: 'actor' })
    await world.program({ actor: 'ada' }, 'grace')
    const admitted = world.hub.events('workload.admitted').at(-1)
    assert.deepEqual([...(await world.hub.running.hub.log.texts(admitted?.sd ?? [])).values()].map(({ path: name, value }) => [name, value]), [['startedBy', 'ada'], ['onBehalfOf', 'grace']])
    assert.doesNotMatch(JSON.stringify(admitted), /ada|grace/)
  })
})
