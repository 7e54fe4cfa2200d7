import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { wellKnown } from '../../src/protocol/hub.ts'
import { parseVkey } from '../../src/core/log/note.ts'
import { HubClient } from '../../src/agent/identity/hubClient.ts'
import { openDeviceKeys } from '../../src/agent/identity/device.ts'
import { post, refusal, startHubWorld, TestDevice } from '../fakes/hub.ts'

describe('the hub, to a device that comes to it', () => {
  test('says in one document what one setting, its URL, is enough for', async (t) => {
    const world = await startHubWorld(t)
    const reply = await fetch(`${world.url}/.well-known/countersign`)
    const known = wellKnown.parse(await reply.json())
    assert.equal(known.organisation, 'Northfield')
    assert.equal(known.audience, world.url)
    assert.equal(known.issuer, world.idp.issuer)
    assert.equal(parseVkey(known.cosigner).type, 4)
    assert.equal(known.policyKey['crv'], 'Ed25519')
    assert.equal('d' in known.policyKey, false, 'the private half stays inside')
    assert.match(reply.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  })

  test('enrols it through the agent\'s own client, once for each person, and survives a restart with the same keys', async (t) => {
    const world = await startHubWorld(t)
    const keys = openDeviceKeys(world.dir)
    const client = await HubClient.open(world.url, keys, path.join(world.dir, 'enrolment.json'))
    await client.enrol(await world.tokenOf('ada'), 'ada-laptop')
    const first = client.device
    await client.enrol(await world.tokenOf('ada'), 'ada-laptop')
    assert.equal(client.device, first)
    await client.enrol(await world.tokenOf('kim'), 'ada-laptop')
    assert.equal(client.device, first, 'the key says which device it is')
    assert.deepEqual(world.events('device.enrolled').map(({ sub, device, groups }) => ({ sub, device, groups })), [
      { sub: 'ada', device: first, groups: ['data-eng'] },
      { sub: 'kim', device: first, groups: ['security-leads'] },
    ])
    await world.restart()
    await client.discover()
    const answer = await client.request('GET', '/v1/policy', undefined)
    assert.equal(answer.status, 200)
    await client.enrol(await world.tokenOf('ada'), 'ada-laptop')
    assert.equal(world.events('device.enrolled').length, 2)
  })

  test('keeps its folder and its keys from everybody else', async (t) => {
    const world = await startHubWorld(t)
    const home = path.join(world.dir, 'hub')
    assert.equal((await stat(home)).mode & 0o777, 0o700)
    for (const name of ['cosigner-key.pem', 'policy-key.pem', 'log-key.pem']) assert.equal((await stat(path.join(home, name))).mode & 0o777, 0o600)
  })

  test('enrols no key whose owner did not ask', async (t) => {
    const world = await startHubWorld(t)
    const token = await world.tokenOf('ada')
    const victim = new TestDevice(world)
    const thief = new TestDevice(world)
    const stolen = await victim.enrol(token, { proof: await thief.proof({ key: victim.publicKey }) })
    assert.equal(stolen.status, 403)
    assert.equal((await refusal(stolen)).code, 'CS_HUB_REFUSED')
    assert.equal((await victim.enrol(token, { proof: await victim.proof({ aud: 'https://other.example' }) })).status, 403)
    assert.equal((await victim.enrol(token, { proof: 'a.b.c' })).status, 403)
    assert.equal((await victim.enrol(token, { key: 'short' })).status, 400)
    assert.equal(world.events('device.enrolled').length, 0)
    assert.deepEqual(world.events('request.refused').map(({ code }) => code), ['CS_HUB_REFUSED', 'CS_HUB_REFUSED', 'CS_HUB_REFUSED', 'CS_MALFORMED'])
  })

  test('answers to its own name only', async (t) => {
    const world = await startHubWorld(t)
    const { request } = await import('node:http')
    const status = await new Promise<number>((resolve, reject) => {
      request(`${world.url}/.well-known/countersign`, { headers: { host: 'rebound.example' } }, (reply) => { reply.resume(); resolve(reply.statusCode ?? 0) }).once('error', reject).end()
    })
    assert.equal(status, 403)
  })
})

describe('a request that a device signs', () => {
  test('is taken once (S15, for devices)', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const authorization = `Countersign ${await device.token('GET', '/v1/policy')}`
    assert.equal((await fetch(`${world.url}/v1/policy`, { headers: { authorization } })).status, 200)
    assert.equal((await fetch(`${world.url}/v1/policy`, { headers: { authorization } })).status, 403)
  })

  test('is bound to method, path, body, audience, time and its device, and every refusal reads the same', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const now = Math.floor(Date.now() / 1000)
    const other = generateKeyPairSync('ed25519').privateKey
    const forgeries: Record<string, string> = {
      'another method': await device.forged({ htm: 'POST' }),
      'another path': await device.forged({ htu: '/v1/upstream-keys' }),
      'another body': await device.forged({ bh: 'AAAA' }),
      'another audience': await device.forged({ aud: 'https://other.example' }),
      'another key': await device.forged({}, other),
      'a device that is not enrolled': await device.forged({ iss: 'dv_01UNKNOWN' }, other),
      'good for too long': await device.forged({ exp: now + 600 }),
      'expired': await device.forged({ iat: now - 200, exp: now - 140 }),
      'from the future': await device.forged({ iat: now + 300, exp: now + 360 }),
      'another kind of token': await device.forged({}, device.key, { typ: 'JWT' }),
      'no jti': await device.forged({ jti: undefined }),
      'nothing': '',
    }
    const answers = new Set<string>()
    for (const [what, token] of Object.entries(forgeries)) {
      const reply = await fetch(`${world.url}/v1/policy`, { headers: { authorization: `Countersign ${token}` } })
      assert.equal(reply.status, 403, what)
      answers.add(await reply.text())
    }
    assert.equal(answers.size, 1, 'nobody learns which check failed')
    assert.equal((await device.get('/v1/policy')).status, 200, 'an honest one passes')
  })

  test('may not carry another body than the one that was signed, nor a huge one', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const signed = await device.token('POST', '/v1/log/checkpoint', JSON.stringify({ a: 1 }))
    assert.equal((await post(`${world.url}/v1/log/checkpoint`, { a: 2 }, { authorization: `Countersign ${signed}` })).status, 403)
    const large = await device.post('/v1/log/checkpoint', { old: 0, proof: [], checkpoint: 'x'.repeat(100_000) })
    assert.equal(large.status, 413)
    assert.equal((await refusal(large)).code, 'CS_TOO_LARGE')
  })

  test('that is from before a restart is not taken after it, since nobody knows any more whether it was used', async (t) => {
    let skew = 0
    const world = await startHubWorld(t, { now: () => Date.now() + skew })
    const device = await TestDevice.enrolled(world)
    const authorization = `Countersign ${await device.token('GET', '/v1/policy')}`
    assert.equal((await fetch(`${world.url}/v1/policy`, { headers: { authorization } })).status, 200)
    skew = 2000
    await world.restart()
    assert.equal((await fetch(`${world.url}/v1/policy`, { headers: { authorization } })).status, 403)
  })
})

describe('provider keys', () => {
  test('are leased to an enrolled device with a person who is signed in, each on record, none in the log', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const reply = await device.get('/v1/upstream-keys', { 'x-countersign-person': await world.tokenOf('ada') })
    assert.equal(reply.status, 200)
    assert.deepEqual(await reply.json(), { keys: { openai: 'sk-the-provider-key' } })
    assert.deepEqual(world.events('key.leased').map(({ device: id, upstream, sub }) => [id, upstream, sub]), [[device.id, 'openai', 'ada']])
    assert.equal(JSON.stringify(world.running.hub.log.records).includes('sk-the-provider-key'), false)
  })

  test('are not leased to a device alone, nor to a person alone', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    assert.equal((await device.get('/v1/upstream-keys')).status, 401)
    assert.equal((await device.get('/v1/upstream-keys', { 'x-countersign-person': randomUUID() })).status, 401)
    const person = await world.tokenOf('ada')
    assert.equal((await fetch(`${world.url}/v1/upstream-keys`, { headers: { 'x-countersign-person': person, authorization: `Bearer ${person}` } })).status, 403)
    assert.equal(world.events('key.leased').length, 0)
  })
})

describe('what anybody may ask', () => {
  test('is limited by address, and refusals without number do not fill the log', async (t) => {
    // The clock stands still: how many come through does not depend on how fast they are asked.
    const start = Date.now()
    const world = await startHubWorld(t, { now: () => start })
    const statuses = await Promise.all(Array.from({ length: 500 }, async () => (await fetch(`${world.url}/.well-known/countersign`)).status))
    assert.equal(statuses.filter((status) => status === 200).length, 300)
    assert.equal(statuses.filter((status) => status === 503).length, 200)
    assert.ok(world.events('request.refused').length <= 60)
    await world.restart()
    const counted = world.events('request.refused').filter(({ times }) => times !== undefined)
    assert.equal(counted.length, 1)
    assert.equal(60 + (counted[0]?.times ?? 0), statuses.filter((status) => status === 503).length)
  })
})
