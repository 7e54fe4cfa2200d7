import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { PEOPLE } from '../../src/sandbox/people.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { heldRequest, viewerOf } from '../fakes/held.ts'
import { openTestLog, POLICY, post, refusal, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'

async function open(world: HubWorld, login: string, route: string, jar = new CookieJar()): Promise<{ status: number; text: string; jar: CookieJar }> {
  return { ...(await walk(world.url + route, world.idp.people.find((one) => one.login === login)!, jar)), jar }
}

async function act(world: HubWorld, login: string, form: Record<string, string>): Promise<Response> {
  const { jar, text } = await open(world, login, '/people')
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
  return fetch(`${world.url}/people`, { method: 'POST', redirect: 'manual', headers: { cookie: jar.header(world.url), origin: world.url }, body: new URLSearchParams({ token, reason: 'left the company', ...form }) })
}

describe('a person who is offboarded', () => {
  test('S14 gets nothing from that moment on: no key, no policy, no enrolment, no page; the journal still arrives; over a restart too', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    await log.add(...callStory('ex_01LAST'))
    const token = await world.tokenOf('ada')
    assert.equal((await device.get('/v1/upstream-keys', { 'x-countersign-person': token })).status, 200)
    const done = await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'ada' })
    assert.equal(done.status, 303)
    for (const restarted of [false, true]) {
      if (restarted) await world.restart()
      const keys = await device.get('/v1/upstream-keys', { 'x-countersign-person': token })
      assert.equal(keys.status, 403)
      assert.equal((await refusal(keys)).code, 'CS_OFFBOARDED')
      assert.equal((await refusal(await device.get('/v1/policy'))).code, 'CS_OFFBOARDED')
      assert.equal((await refusal(await new TestDevice(world).enrol(token))).code, 'CS_OFFBOARDED')
    }
    assert.equal((await deliver(device, log)).cosigned, 3, 'what happened is evidence')
    const { sub, reason, person } = world.events('person.removed')[0]!
    assert.deepEqual([sub, reason, person.sub], ['kim', 'left the company', 'ada'])
    await log.writer.close()
  })

  test('loses the session at the pages in the same moment, also without a device: auditors and security leads need none', async (t) => {
    const world = await startHubWorld(t)
    const sam = await open(world, 'sam', '/')
    assert.equal(sam.status, 200)
    await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'sam' })
    assert.equal((await fetch(`${world.url}/`, { headers: { cookie: sam.jar.header(world.url) }, redirect: 'manual' })).status, 303)
    const again = await open(world, 'sam', '/')
    assert.equal(again.status, 403)
    assert.match(again.text, /You were removed from this hub/)
    const tighter = POLICY.replace('default: deny', '# tighter\ndefault: deny')
    assert.equal((await post(`${world.url}/v1/policy`, { document: tighter, reason: 'a note' }, { authorization: `Bearer ${await world.tokenOf('lee')}` })).status, 200)
    assert.equal((await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'lee' })).status, 303, 'who published and never came to a page')
    assert.doesNotMatch((await open(world, 'kim', '/people')).text, /installation/)
  })

  test('hears nothing more of held calls: the line ends in the same moment, and others\' lines go on', async (t) => {
    const world = await startHubWorld(t)
    const lines = new Map<string, { read: () => Promise<string | undefined> }>()
    for (const login of ['ada', 'grace', 'sam']) {
      const device = await TestDevice.enrolled(world, login)
      const reply = await device.get('/v1/events', { 'x-countersign-person': await world.tokenOf(login) })
      const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
      lines.set(device.id, { read: () => reader.read().then(({ value }) => value, () => undefined) })
    }
    const [ada, grace, sam] = [...lines.values()]
    for (const line of lines.values()) assert.match((await line.read()) ?? '', /event: snapshot/)
    await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'grace' })
    assert.equal(await grace!.read(), undefined)
    await act(world, 'kim', { verdict: 'remove', device: [...lines.keys()][2]! })
    assert.equal(await sam!.read(), undefined)
    let isOpen = true
    void ada!.read().then(() => { isOpen = false })
    await new Promise(setImmediate)
    assert.ok(isOpen)
    const token = await world.tokenOf('grace')
    const device = new TestDevice(world)
    assert.equal((await device.enrol(token)).status, 403)
  })

  test('has no part in a decision that others have yet to complete: the first of two approvals counts no more', async (t) => {
    const people = PEOPLE.map((one) => (['kim', 'lee'].includes(one.login) ? { ...one, groups: [...one.groups, 'security-reviewers'] } : one))
    const world = await startHubWorld(t, {
      idp: { people },
      flagsOf: async (_issuer, dir) => {
        const policy = path.join(dir, 'two.yaml')
        await writeFile(policy, POLICY.replace('count: 1', 'count: 2'))
        return { policy }
      },
    })
    const [ada, grace, kim, lee] = await Promise.all(['ada', 'grace', 'kim', 'lee'].map((login) => viewerOf(world, login)))
    assert.ok(ada && grace && kim && lee)
    const { approvals } = world.running.hub
    for (const one of [grace, kim, lee]) approvals.connected(one, () => undefined)
    const { ap } = await approvals.open(ada, heldRequest(world))
    const approve = { digest: 'd'.repeat(43), verdict: 'approve', reason: 'fine' } as const
    await approvals.review(ap, grace, approve)
    await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'grace' })
    assert.deepEqual(approvals.visible(ada).map(({ state, reviews }) => [state, reviews.length]), [['pending', 0]])
    await assert.rejects(approvals.review(ap, grace, approve), { code: 'CS_OFFBOARDED' }, 'nor a verdict that was on its way')
    await approvals.review(ap, kim, approve)
    assert.equal(approvals.visible(ada)[0]?.state, 'pending', 'two people who are still there')
    await approvals.review(ap, lee, approve)
    const [done] = approvals.visible(ada)
    assert.deepEqual([done?.state, done?.reviews.map(({ subject }) => subject)], ['approved', ['kim', 'lee']])
  })

  test('may be admitted again, and then gets what others get', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'ada' })
    assert.equal((await device.get('/v1/policy')).status, 403)
    await act(world, 'lee', { verdict: 'restore', issuer: world.idp.issuer, subject: 'ada' })
    assert.equal((await device.get('/v1/policy')).status, 200)
  })

  test('is removed by nobody but a security lead, and not by themselves', async (t) => {
    const world = await startHubWorld(t)
    await TestDevice.enrolled(world)
    await TestDevice.enrolled(world, 'kim')
    assert.equal((await act(world, 'sam', { verdict: 'remove', issuer: world.idp.issuer, subject: 'ada' })).status, 403)
    assert.equal((await act(world, 'ada', { verdict: 'remove', issuer: world.idp.issuer, subject: 'kim' })).status, 403)
    assert.equal((await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'kim' })).status, 403)
    assert.equal((await act(world, 'kim', { verdict: 'remove', issuer: world.idp.issuer, subject: 'nobody' })).status, 404)
    assert.equal(world.events('person.removed').length, 0)
    const who = world.events('request.refused').map((event) => ('sub' in event ? event.sub : undefined))
    assert.deepEqual(who, ['sam', 'ada', 'kim', 'kim'], 'whoever tried is on record')
    await world.running.hub.log.append({ type: 'request.refused', code: 'CS_MALFORMED', route: '/people', status: 400 })
    const { text } = await open(world, 'sam', '/access?type=request.refused')
    assert.match(text, /Sam Okafor <span class="quiet">sam<\/span><\/td><td>request by sam to \/people refused: CS_OPERATION_DENIED/)
    assert.match(text, /the hub<\/span><\/td><td>request to \/people refused: CS_MALFORMED \(status 400\)/, 'and records of earlier versions are read as ever')
  })
})

describe('a device that is offboarded', () => {
  test('gets nothing any more, while its person\'s other device goes on', async (t) => {
    const world = await startHubWorld(t)
    const lost = await TestDevice.enrolled(world)
    const other = await TestDevice.enrolled(world)
    assert.equal((await act(world, 'kim', { verdict: 'remove', device: lost.id, reason: 'laptop was stolen' })).status, 303)
    const token = await world.tokenOf('ada')
    assert.equal((await refusal(await lost.get('/v1/policy'))).code, 'CS_OFFBOARDED')
    assert.equal((await lost.get('/v1/upstream-keys', { 'x-countersign-person': token })).status, 403)
    assert.equal((await other.get('/v1/upstream-keys', { 'x-countersign-person': token })).status, 200)
    assert.equal(world.events('device.removed')[0]?.device, lost.id)
  })

  test('that asks for as long as it runs is on record once, and then once an hour with how often', async (t) => {
    let ahead = 0
    const world = await startHubWorld(t, { now: () => Date.now() + ahead })
    const lost = await TestDevice.enrolled(world)
    await world.running.hub.removals.setDevice(lost.id, true, { person: { issuer: world.idp.issuer, subject: 'kim', groups: ['security-leads'], authTime: 0, name: undefined }, reason: 'lost' })
    const ask = async (): Promise<void> => { assert.equal((await refusal(await fetch(`${world.url}/v1/policy`, { headers: { authorization: `Countersign ${await lost.forged({ iat: Math.floor((Date.now() + ahead) / 1000), exp: Math.floor((Date.now() + ahead) / 1000) + 60 })}` } }))).code, 'CS_OFFBOARDED') }
    const told = (): unknown[] => world.events('request.refused').map(({ code, route, device, times }) => [code, route, device, times])
    for (let i = 0; i < 4; i++) await ask()
    const once = ['CS_OFFBOARDED', '/v1/policy', lost.id, undefined]
    assert.deepEqual(told(), [once])
    ahead = 3_600_000
    for (let i = 0; i < 3; i++) await ask()
    assert.deepEqual(told(), [once, ['CS_OFFBOARDED', '/v1/policy', lost.id, 4]])
    await world.restart()
    assert.deepEqual(told().at(-1), ['CS_OFFBOARDED', '/v1/policy', lost.id, 2])
  })
})
