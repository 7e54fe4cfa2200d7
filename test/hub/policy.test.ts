import assert from 'node:assert/strict'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { decodeProtectedHeader } from 'jose'
import { HubPolicy, keptPolicy, openEnvelope } from '../../src/agent/policy/source.ts'
import { openStore } from '../../src/agent/state/store.ts'
import { digestOf } from '../../src/core/exchange/digest.ts'
import { hubConfig } from '../../src/hub/config.ts'
import { startHub } from '../../src/hub/main.ts'
import { POLICY, post, refusal, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'

const TIGHTER = POLICY.replace('rules:\n', 'rules:\n  - id: no-nights\n    when: { groups: [night-shift] }\n    effect: deny\n')

async function publish(world: HubWorld, login: string, document: string, reason = 'a change for the test'): Promise<Response> {
  return post(`${world.url}/v1/policy`, { document, reason }, { authorization: `Bearer ${await world.tokenOf(login)}` })
}

async function envelopeFor(device: TestDevice): Promise<Awaited<ReturnType<typeof openEnvelope>>> {
  const { envelope } = (await (await device.get('/v1/policy')).json()) as { envelope: string }
  assert.equal(decodeProtectedHeader(envelope).typ, 'countersign-policy+jws')
  return openEnvelope(envelope, device.world.running.hub.known)
}

describe('the organisation\'s policy', () => {
  test('begins as version 1 from the installation, signed, for this organisation, with an end', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const envelope = await envelopeFor(device)
    assert.equal(envelope.version, 1)
    assert.equal(envelope.audience, 'Northfield')
    assert.equal(envelope.author.subject, 'installation')
    assert.equal(envelope.document, POLICY)
    assert.equal(envelope.digest, digestOf(POLICY))
    const days = (Date.parse(envelope.expiresAt) - Date.now()) / 86_400_000
    assert.ok(days > 89 && days <= 90)
  })

  test('is published by a security lead: one version up, on record with author, groups, reason and both digests', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const reply = await publish(world, 'kim', TIGHTER, 'nights are over')
    assert.equal(reply.status, 200)
    assert.deepEqual(await reply.json(), { version: 2, digest: digestOf(TIGHTER) })
    const envelope = await envelopeFor(device)
    assert.deepEqual([envelope.version, envelope.author.subject, envelope.author.name, envelope.reason], [2, 'kim', 'Kim Tanaka', 'nights are over'])
    const { sub, groups, reason, digest, previous, version } = world.events('policy.published').at(-1)!
    assert.deepEqual({ sub, groups, reason, digest, previous, version }, { sub: 'kim', groups: ['security-leads'], reason: 'nights are over', digest: digestOf(TIGHTER), previous: digestOf(POLICY), version: 2 })
    await world.restart()
    assert.equal((await envelopeFor(device)).version, 2, 'the version never goes back, over a restart neither')
    assert.equal(world.events('policy.published').length, 2, 'the file given at the start is no second publication')
  })

  test('is published by nobody else: not by Ada, not by a device, not without a reason', async (t) => {
    const world = await startHubWorld(t)
    for (const login of ['ada', 'sam', 'grace']) {
      const reply = await publish(world, login, TIGHTER)
      assert.equal(reply.status, 403, login)
      assert.match((await refusal(reply)).message, /security-leads/)
    }
    const device = await TestDevice.enrolled(world, 'kim')
    assert.equal((await device.post('/v1/policy', { document: TIGHTER, reason: 'because' })).status, 401)
    assert.equal((await publish(world, 'kim', TIGHTER, '')).status, 400)
    assert.equal(world.running.hub.policies.current?.version, 1)
    const refused = world.events('request.refused').filter(({ route }) => route === '/v1/policy').map((event) => [event.code, 'sub' in event ? `${event.iss} ${event.sub}` : undefined])
    const { issuer } = world.idp
    assert.deepEqual(refused, [['CS_OPERATION_DENIED', `${issuer} ada`], ['CS_OPERATION_DENIED', `${issuer} sam`], ['CS_OPERATION_DENIED', `${issuer} grace`], ['CS_NOT_SIGNED_IN', undefined], ['CS_MALFORMED', `${issuer} kim`]])
  })

  test('that is wrong is refused with the place of every problem, and the last good one stays', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const broken = POLICY.replace('effect: allow', 'effect: alow').replace('CREDIT_CARD, US_SSN', 'CREDIT_CARDS, US_SSN')
    const reply = await publish(world, 'kim', broken)
    assert.equal(reply.status, 422)
    const { code, message } = await refusal(reply)
    assert.equal(code, 'CS_POLICY_INVALID')
    const line = (needle: string): number => broken.slice(0, broken.indexOf(needle)).split('\n').length
    assert.match(message, new RegExp(`line ${line('alow')}, column \\d+: `))
    assert.match(message, new RegExp(`line ${line('CREDIT_CARDS')}, column \\d+: `))
    assert.equal((await envelopeFor(device)).version, 1)
  })

  test('that fails its own tests is refused with what it would have decided', async (t) => {
    const world = await startHubWorld(t)
    const document = `${TIGHTER}tests:\n  - name: strangers may use models\n    call: { groups: [strangers], model: gpt-5 }\n    expect: { effect: allow }\n`
    const reply = await publish(world, 'kim', document)
    assert.equal(reply.status, 422)
    assert.match((await refusal(reply)).message, /strangers may use models.*expected allow, decided deny by the default/)
  })

  test('is not published twice in the same words, and two at once get two versions', async (t) => {
    const world = await startHubWorld(t)
    assert.equal((await publish(world, 'kim', POLICY)).status, 409)
    const [a, b] = await Promise.all([publish(world, 'kim', TIGHTER), publish(world, 'lee', `${TIGHTER}# lee was here\n`)])
    assert.deepEqual([a.status, b.status], [200, 200])
    assert.deepEqual(world.events('policy.published').map(({ version }) => version), [1, 2, 3])
  })

  test('is renewed before it ends, under the same version', async (t) => {
    let skew = 0
    const world = await startHubWorld(t, { now: () => Date.now() + skew })
    const first = await world.running.hub.policies.envelope()
    assert.equal(await world.running.hub.policies.envelope(), first)
    skew = 50 * 86_400_000
    const renewed = await openEnvelope((await world.running.hub.policies.envelope())!, world.running.hub.known)
    assert.equal(renewed.version, 1)
    assert.ok(Date.parse(renewed.expiresAt) - Date.now() - skew > 89 * 86_400_000)
    // An agent that knows the version already takes the later end, without another record.
    const records: string[] = []
    const agent = new HubPolicy(await openStore(path.join(world.dir, 'agent-policy.json'), keptPolicy, { envelope: null, version: 0 }), { now: () => Date.now() + skew, record: (event) => Promise.resolve(records.push(event.type)), onChange: () => undefined })
    await agent.accept(first!, world.running.hub.known)
    skew = 80 * 86_400_000
    await agent.accept((await world.running.hub.policies.envelope())!, world.running.hub.known)
    skew = 100 * 86_400_000
    assert.equal(agent.current().version, 1)
    assert.deepEqual(records, ['policy.activated'])
  })

  test('whose text was changed on the hub\'s disk stops the hub at its next start, with the file\'s name', async (t) => {
    const world = await startHubWorld(t)
    const home = path.join(world.dir, 'hub')
    const file = path.join(home, 'policies', '00000001.json')
    const good = await readFile(file)
    await world.stop()
    await writeFile(file, good.toString('utf8').replace('effect: deny', 'effect: allow'))
    const config = hubConfig({ home, issuer: world.idp.issuer, organisation: 'Northfield' })
    await assert.rejects(startHub(config, { say: () => undefined }), /policy version 1 is gone or was changed\. Restore .*00000001\.json/)
    await writeFile(file, good)
    const log = path.join(home, 'log', (await readdir(path.join(home, 'log'))).find((name) => name.startsWith('segment-'))!)
    const lines = await readFile(log, 'utf8')
    await writeFile(log, lines.replace('installed', 'instilled'))
    await assert.rejects(startHub(config, { say: () => undefined }), /3 records were signed, and the chain ends at segment-0+\.jsonl, line 2/)
    await writeFile(log, lines)
    await appendFile(log, '{"torn')
    await world.restart()
    assert.equal(world.running.hub.policies.current?.version, 1, 'a torn tail is no tampering')
  })
})
