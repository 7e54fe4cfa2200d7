import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Ending } from '../../src/protocol/approval.ts'
import { verifyLog } from '../../src/core/log/verify.ts'
import { folderSource } from '../../src/platform/logSource.ts'
import { PEOPLE } from '../../src/sandbox/people.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { heldRequest, viewerOf } from '../fakes/held.ts'
import { openTestLog, POLICY, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'

async function story(world: HubWorld): Promise<string> {
  const sam = world.idp.people.find((one) => one.login === 'sam')
  assert.ok(sam)
  return (await walk(`${world.url}/exchange/ex_01HELD`, sam, new CookieJar())).text
}

describe('a held call at the hub', () => {
  test('waits on over a restart with its reason, and is decided after it', async (t) => {
    const world = await startHubWorld(t)
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    world.running.hub.approvals.connected(grace, () => undefined)
    const { ap } = await world.running.hub.approvals.open(ada, heldRequest(world))
    await world.running.hub.approvals.giveReason(ap, ada, 'For my mother, Mira Example.')
    await world.restart()
    const { approvals } = world.running.hub
    assert.deepEqual(approvals.visible(grace).map(({ requester }) => requester), [{ issuer: world.idp.issuer, subject: 'ada', name: 'Ada Moreno', account: ada.person.email }], 'a name that anybody may take, and what tells her from them')
    assert.ok(ada.person.email)
    assert.deepEqual(approvals.visible(grace).map((one) => [one.ap, one.state, one.requesterReason]), [[ap, 'pending', 'For my mother, Mira Example.']])
    await approvals.review(ap, grace, { digest: 'd'.repeat(43), verdict: 'deny', reason: 'Ask her yourself.' })
    await world.restart()
    const [shown] = world.running.hub.approvals.visible(ada)
    assert.deepEqual([shown?.state, shown?.requesterReason, shown?.reviews.map((one) => [one.subject, one.reason])], ['denied', 'For my mother, Mira Example.', [['grace', 'Ask her yourself.']]])
    assert.ok(shown?.decision !== undefined, 'signed anew for the device that has not heard it')
  })

  test('has both reasons beside the log: an auditor reads them until they are erased, and the log verifies before and after', async (t) => {
    const world = await startHubWorld(t)
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    await log.add(...callStory('ex_01HELD'))
    await deliver(device, log)
    await log.writer.close()
    world.running.hub.approvals.connected(grace, () => undefined)
    const { ap } = await world.running.hub.approvals.open(ada, heldRequest(world))
    await world.running.hub.approvals.review(ap, grace, { digest: 'd'.repeat(43), verdict: 'deny', reason: '<b>Ask her yourself.</b>' })
    assert.match(await story(world), /<h2>Approval [\s\S]*Grace Lindqvist[\s\S]*denied; groups then: security-reviewers[\s\S]*“&#60;b&#62;Ask her yourself\.&#60;\/b&#62;”/)
    const folder = path.join(world.dir, 'hub', 'log')
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.jsonl'))) assert.doesNotMatch(await readFile(path.join(folder, name), 'utf8'), /Ask her|my mother/, name)
    await rm(path.join(folder, 'disclosure-keys.jsonl'))
    assert.match(await story(world), /denied; groups then[\s\S]*<span class="quiet">erased<\/span>/)
    assert.doesNotMatch(await story(world), /Ask her yourself/)
    await world.stop()
    assert.deepEqual((await verifyLog({ source: folderSource(), folder, expect: {} })).integrity.problems, [])
  })

  test('leaves room for those of others: one person shows so much at a time, and what ended goes when there is too much of it', async (t) => {
    const world = await startHubWorld(t)
    const [ada, grace, lee] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace'), await viewerOf(world, 'lee')]
    const { approvals } = world.running.hub
    approvals.connected(grace, () => undefined)
    const { call, ...request } = heldRequest(world)
    const long = Array.from({ length: 2 }, (_, i) => ({ role: 'user' as const, index: i + 1, of: 2, segments: [{ kind: 'text' as const, text: 'x'.repeat(190_000) }] }))
    const open = (): ReturnType<typeof approvals.open> => approvals.open(ada, { ...request, call: { ...call, parts: structuredClone(long) } })
    const waiting = [await open(), await open(), await open(), await open(), await open()]
    await assert.rejects(open, { code: 'CS_BUSY' })
    const [approved] = waiting
    await approvals.review(approved!.ap, grace, { digest: request.digest, verdict: 'approve', reason: 'fine' })
    const others = await approvals.open(lee, heldRequest(world))
    for (let i = 0; i < 20; i++) await approvals.withdraw((await open()).ap, ada.device, 'client_gone')
    const shown = approvals.visible(grace)
    assert.ok(JSON.stringify(shown).length < 8 * 1024 * 1024, 'a line takes it')
    assert.deepEqual(shown.filter(({ state }) => state !== 'withdrawn').map(({ ap }) => ap), [...waiting, others].map(({ ap }) => ap), 'what waits, and what was approved and may be used, stays')
    assert.equal(shown.at(-1)?.state, 'withdrawn', 'the newest of the others')
    for (let i = 0; i < 300; i++) await approvals.withdraw((await approvals.open(lee, { ...heldRequest(world), ex: `ex_${i}` })).ap, lee.device, 'client_gone')
    assert.ok(approvals.visible(grace).length <= 310)
  })

  test('has no reason but its requester\'s own, whoever else is signed in on that machine', async (t) => {
    const world = await startHubWorld(t)
    const [ada, grace, kim] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace'), await viewerOf(world, 'kim')]
    const { approvals } = world.running.hub
    approvals.connected(grace, () => undefined)
    const { ap } = await approvals.open(ada, heldRequest(world))
    await assert.rejects(approvals.giveReason(ap, { ...kim, device: ada.device }, 'I am Ada.'), { code: 'CS_REVIEW_OVER' })
    assert.equal(world.events('approval.reason').length, 0)
    await approvals.giveReason(ap, ada, 'I am.')
  })

  test('is told on a few lines of one machine at a time: the oldest gives way', async (t) => {
    const world = await startHubWorld(t)
    const [grace, kim] = [await viewerOf(world, 'grace'), await viewerOf(world, 'kim')]
    const ended: number[] = []
    const { approvals } = world.running.hub
    approvals.connected(kim, () => ended.push(-1))
    for (let i = 0; i < 10; i++) {
      const gone = approvals.connected(grace, () => {
        ended.push(i)
        gone()
      })
    }
    assert.deepEqual(ended, [0, 1])
  })

  test('is not decided with groups of a while ago, which a token may name for a day', async (t) => {
    let later = 0
    const world = await startHubWorld(t, { now: () => Date.now() + later })
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    const { approvals } = world.running.hub
    approvals.connected(grace, () => undefined)
    later = 11 * 60_000
    const { ap } = await approvals.open(ada, heldRequest(world))
    const verdict = { digest: 'd'.repeat(43), verdict: 'approve', reason: 'fine' } as const
    await assert.rejects(approvals.review(ap, grace, verdict), { code: 'CS_NOT_A_REVIEWER' })
    assert.deepEqual(world.events('review.refused').map(({ sub }) => sub), ['grace'])
    later = 9 * 60_000
    await approvals.review(ap, grace, verdict)
    assert.equal(approvals.visible(grace)[0]?.state, 'approved')
  })

  test('that needs two people is not approved by one with two accounts, over a restart neither', async (t) => {
    const people = PEOPLE.map((one) => (one.login === 'kim' ? { ...one, groups: ['security-reviewers'], email: 'grace@northfield.example' } : one.login === 'grace' ? { ...one, email: 'Grace@northfield.example' } : one))
    const world = await startHubWorld(t, {
      idp: { people },
      flagsOf: async (_issuer, dir) => {
        const policy = path.join(dir, 'two.yaml')
        await writeFile(policy, POLICY.replace('count: 1', 'count: 2'))
        return { policy }
      },
    })
    const [ada, grace, kim] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace'), await viewerOf(world, 'kim')]
    world.running.hub.approvals.connected(grace, () => undefined)
    const { ap } = await world.running.hub.approvals.open(ada, heldRequest(world))
    const verdict = { digest: 'd'.repeat(43), verdict: 'approve', reason: 'fine' } as const
    await world.running.hub.approvals.review(ap, grace, verdict)
    await assert.rejects(world.running.hub.approvals.review(ap, kim, verdict), { code: 'CS_REVIEW_OVER' })
    await world.restart()
    await assert.rejects(world.running.hub.approvals.review(ap, kim, verdict), { code: 'CS_REVIEW_OVER' })
    assert.deepEqual(world.running.hub.approvals.visible(ada).map(({ state, reviews }) => [state, reviews.length]), [['pending', 1]])
  })

  test('is taken under a policy that was replaced twice within a minute, as when one is taken back at once, and not for longer', async (t) => {
    let later = 0
    const world = await startHubWorld(t, { now: () => Date.now() + later })
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    const { approvals, policies } = world.running.hub
    approvals.connected(grace, () => undefined)
    const request = heldRequest(world)
    for (const note of ['# a slip\n', '# taken back\n']) await policies.publish({ author: { issuer: world.idp.issuer, subject: 'kim' }, groups: ['security-leads'], reason: note, document: note + POLICY })
    assert.equal(policies.current?.version, 3)
    assert.match((await approvals.open(ada, request)).ap, /^ap_/)
    later = 61_000
    await assert.rejects(approvals.open(ada, request), { code: 'CS_HUB_REFUSED' })
  })

  test('is told of to who decided about it, however long ago it ended, over a restart too; to nobody else', async (t) => {
    const world = await startHubWorld(t, {
      flagsOf: async (_issuer, dir) => {
        const policy = path.join(dir, 'two.yaml')
        await writeFile(policy, POLICY.replace('count: 1', 'count: 2'))
        return { policy }
      },
    })
    const kim = world.idp.people.findIndex(({ login }) => login === 'kim')
    world.idp.people[kim] = { ...world.idp.people[kim]!, groups: ['security-reviewers'] }
    const [ada, grace, second] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace'), await viewerOf(world, 'kim')]
    const { approvals } = world.running.hub
    for (const one of [grace, second]) approvals.connected(one, () => undefined)
    const ended = await approvals.open(ada, heldRequest(world))
    const verdict = { digest: 'd'.repeat(43), reason: 'fine' } as const
    await approvals.review(ended.ap, grace, { ...verdict, verdict: 'approve' })
    await approvals.review(ended.ap, second, { ...verdict, verdict: 'deny' })
    const waits = await approvals.open(ada, heldRequest(world))
    await approvals.review(waits.ap, grace, { ...verdict, verdict: 'approve' })
    // As after an hour: what the call showed is gone.
    const folder = path.join(world.dir, 'hub', 'approvals')
    await world.stop()
    await writeFile(path.join(folder, `${ended.ap}.json`), '')
    await world.restart()
    assert.deepEqual(world.running.hub.approvals.visible(grace).map(({ ap }) => ap), [waits.ap])
    const ask = async (login: string): Promise<Ending[]> => {
      const device = await TestDevice.enrolled(world, login)
      const [route, body] = ['/v1/approvals/endings', JSON.stringify({ aps: [ended.ap, waits.ap, `ap_${'0'.repeat(26)}`] })]
      const person = await world.tokenOf(login)
      const reply = await fetch(world.url + route, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Countersign ${await device.token('POST', route, body)}`, 'x-countersign-person': person }, body })
      assert.equal(reply.status, 200)
      return ((await reply.json()) as { endings: Ending[] }).endings
    }
    const [told, ...more] = await ask('grace')
    assert.deepEqual([told?.ap, told?.ex, told?.digest, told?.requester.subject, told?.state, told?.cause, told?.reviews.map((one) => `${one.subject} ${one.verdict}`)], [ended.ap, 'ex_01HELD', 'd'.repeat(43), 'ada', 'denied', 'reviewer', ['grace approve', 'kim deny']])
    assert.deepEqual(more, [], 'the other one still waits')
    assert.deepEqual([await ask('ada'), await ask('lee')], [[], []])
  })
})
