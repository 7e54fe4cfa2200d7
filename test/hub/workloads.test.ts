import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { decodeJwt, exportJWK, SignJWT, UnsecuredJWT } from 'jose'
import { CountersignError } from '../../src/protocol/errors.ts'
import type { WorkloadReply } from '../../src/protocol/hub.ts'
import { checkEligible, type Held } from '../../src/core/approval/settle.ts'
import { hubConfig } from '../../src/hub/config.ts'
import { post, refusal, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { startPlatform, SUBJECT, type Platform } from '../fakes/platform.ts'

interface World {
  readonly hub: HubWorld
  readonly platform: Platform
  readonly other: Platform
  readonly ask: (token: string) => Promise<Response>
  /** A good sign-in: the hub's access token. */
  token(): Promise<string>
}

const AUDIENCE = 'https://hub.northfield.example'

async function startWorld(t: TestContext, groups: readonly string[] = ['data-eng']): Promise<World> {
  const platform = await startPlatform()
  const other = await startPlatform()
  const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-workloads-'))
  t.after(async () => {
    await platform.close()
    await other.close()
    await rm(dir, { recursive: true, force: true })
  })
  const file = path.join(dir, 'workloads.yaml')
  await writeFile(file, JSON.stringify([{ issuer: platform.issuer, subject: SUBJECT, groups }, { issuer: other.issuer, subject: 'repo:northfield/*', groups: ['ci'], startedBy: 'actor' }]))
  const hub = await startHubWorld(t, { workloads: file, workloadAudience: AUDIENCE })
  const ask = (token: string): Promise<Response> => post(`${hub.url}/v1/workload`, { token })
  return { hub, platform, other, ask, token: async () => ((await (await ask(await platform.sign({ aud: AUDIENCE }))).json()) as WorkloadReply).token }
}

async function refused({ ask }: World, token: string, says: RegExp): Promise<void> {
  const reply = await ask(token)
  assert.equal(reply.status, 401, String(says))
  const { code, message } = await refusal(reply)
  assert.equal(code, 'CS_SIGN_IN_FAILED')
  assert.match(message, says)
  assert.ok(!message.includes(token))
}

describe('a workload\'s token', () => {
  test('opens the hub to the subject that was listed, with the list\'s groups and not its own', async (t) => {
    const world = await startWorld(t)
    assert.equal(((await (await fetch(`${world.hub.url}/.well-known/countersign`)).json()) as { workloadAudience: string }).workloadAudience, AUDIENCE)
    const reply = await world.ask(await world.platform.sign({ aud: AUDIENCE, jti: 'the-id', groups: ['security-leads'] }))
    assert.equal(reply.status, 200)
    const { token, expiresIn, groups, subject, issuer } = (await reply.json()) as WorkloadReply
    assert.deepEqual([issuer, subject, groups, expiresIn], [world.platform.issuer, SUBJECT, ['data-eng'], 300])
    const person = await world.hub.running.hub.tokens.verify(token)
    assert.deepEqual([person.issuer, person.subject, person.groups, person.kind], [world.platform.issuer, SUBJECT, ['data-eng'], 'workload'])
    const [admitted] = world.hub.events('workload.admitted')
    assert.deepEqual([admitted?.iss, admitted?.sub, admitted?.token], [world.platform.issuer, SUBJECT, 'the-id'])
    assert.equal((await new TestDevice(world.hub).enrol(token)).status, 200)
  })

  test('that is forged, unsigned, symmetric, expired or from the future is refused (S8)', async (t) => {
    const world = await startWorld(t)
    const { platform } = world
    const now = Math.floor(Date.now() / 1000)
    const good = decodeJwt(await platform.sign({ aud: AUDIENCE }))
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    await refused(world, await platform.sign({ aud: AUDIENCE }, {}, stranger), /no key of the identity provider/)
    await refused(world, new UnsecuredJWT(good).encode(), /cannot be read|algorithm/)
    await refused(world, await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(JSON.stringify(await exportJWK(platform.key())))), /algorithm/)
    await refused(world, await platform.sign({ aud: AUDIENCE, iat: now - 600, exp: now - 31 }), /expired/)
    await refused(world, await platform.sign({ aud: AUDIENCE, iat: now + 120 }), /from the future/)
    const thief = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await refused(world, await platform.sign({ aud: AUDIENCE }, { jwk: await exportJWK(thief.publicKey), jku: `${platform.issuer}/keys` }, thief.privateKey), /no key/)
  })

  test('of another audience, for more than this hub, of another kind, or as good as static is refused in words (S9)', async (t) => {
    const world = await startWorld(t)
    const { platform } = world
    const now = Math.floor(Date.now() / 1000)
    await refused(world, await platform.sign({ aud: 'https://kubernetes.default.svc' }), /its audience is another one; it must be https:\/\/hub\.northfield\.example/)
    await refused(world, await platform.sign({ aud: [AUDIENCE, 'https://other.example'] }), /for others too/)
    await refused(world, await platform.sign({ aud: AUDIENCE }, { typ: 'at+jwt' }), /another kind/)
    await refused(world, await platform.sign({ aud: AUDIENCE, exp: now + 366 * 86_400 }), /static key/)
    for (const claim of ['sub', 'exp', 'iat', 'aud']) await refused(world, await platform.sign({ aud: AUDIENCE, [claim]: undefined }), /not accepted here/)
  })

  test('is checked with the platform\'s newest keys (S10)', async (t) => {
    const world = await startWorld(t)
    await world.token()
    const before = world.platform.jwksFetches()
    await Promise.all(Array.from({ length: 50 }, async () => refused(world, await world.platform.sign({ aud: AUDIENCE }, { kid: randomUUID() }), /no key/)))
    assert.ok(world.platform.jwksFetches() - before <= 1)
  })

  test('says who started the program, where the list names the claim: on record as the platform\'s word, and nothing else\'s', async (t) => {
    const world = await startWorld(t)
    const startedBy = async (platform: Platform, claims: Record<string, unknown>): Promise<string | undefined> => ((await (await world.ask(await platform.sign({ aud: AUDIENCE, ...claims }))).json()) as WorkloadReply).startedBy
    const job = { sub: 'repo:northfield/reports:ref:refs/heads/main' }
    assert.equal(await startedBy(world.other, { ...job, actor: 'ada' }), 'ada')
    const log = world.hub.running.hub.log
    const admitted = world.hub.events('workload.admitted').at(-1)
    assert.deepEqual([...(await log.texts(admitted?.sd ?? [])).values()].map(({ path: name, value }) => [name, value]), [['startedBy', 'ada']])
    assert.doesNotMatch(JSON.stringify(admitted), /ada/)
    for (const actor of [undefined, 7, '', 'a\u001b[2J', 'x'.repeat(201)]) await refused(world, await world.other.sign({ aud: AUDIENCE, ...job, actor }), /does not say who started the program \(claim actor\)/)
    assert.equal(await startedBy(world.platform, { actor: 'ada' }), undefined, 'the list names no claim of this platform')
  })

  test('of a subject that nobody listed, or of another issuer\'s list, is refused (S29)', async (t) => {
    const world = await startWorld(t)
    await refused(world, await world.platform.sign({ aud: AUDIENCE, sub: 'system:serviceaccount:other:nightly' }), /nobody listed/)
    await refused(world, await world.other.sign({ aud: AUDIENCE }), /nobody listed/)
    await refused(world, await world.other.sign({ aud: AUDIENCE, iss: world.platform.issuer }), /no key/)
    await refused(world, await world.other.sign({ aud: AUDIENCE, sub: 'repo:northfield-evil/x', actor: 'ada' }), /nobody listed/)
    await refused(world, await world.other.sign({ aud: AUDIENCE, sub: 'repo:northfield/', actor: 'ada' }), /nobody listed/)
    await refused(world, await world.other.sign({ aud: AUDIENCE, iss: 'https://unknown.example' }), /no workloads of its issuer/)
    assert.equal((await world.ask(await world.other.sign({ aud: AUDIENCE, sub: 'repo:northfield/reports:ref:refs/heads/main', actor: 'ada' }))).status, 200)
    await refused(world, await world.hub.tokenOf('ada'), /no workloads of its issuer/)
  })
})

describe('a workload at the hub', () => {
  test('publishes no policy and decides on nothing, whatever groups it was given (S18)', async (t) => {
    const world = await startWorld(t, ['security-leads', 'security-reviewers'])
    const token = await world.token()
    const reply = await post(`${world.hub.url}/v1/policy`, { document: 'version: 1\n', reason: 'because it can' }, { authorization: `Bearer ${token}` })
    assert.equal(reply.status, 403)
    assert.equal((await refusal(reply)).code, 'CS_OPERATION_DENIED')
    const held = { requester: { issuer: 'https://id.example', subject: 'ada' }, request: { terms: { group: 'security-reviewers' } } } as unknown as Held
    const workload = await world.hub.running.hub.tokens.verify(token)
    assert.throws(() => { checkEligible(held, workload) }, /a workload decides on nothing/)
    checkEligible(held, { issuer: 'https://id.example', subject: 'grace', groups: workload.groups, authTime: 1 })
  })

  test('cannot stretch the token it got: changed, re-signed or of another hub it is refused', async (t) => {
    const world = await startWorld(t)
    const token = await world.token()
    const { tokens } = world.hub.running.hub
    const [head = '', , signature = ''] = token.split('.')
    const claims = decodeJwt(token)
    const cases = [
      `${head}.${Buffer.from(JSON.stringify({ ...claims, workload: { iss: world.hub.idp.issuer, sub: 'kim', at: 1 } })).toString('base64url')}.${signature}`,
      await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' }).sign(generateKeyPairSync('ed25519').privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'one' }).sign(world.platform.key()),
    ]
    for (const bad of cases) await assert.rejects(tokens.verify(bad), (error: unknown) => error instanceof CountersignError && error.code === 'CS_SIGN_IN_FAILED')
    await tokens.verify(token)
  })

  test('gets nothing any more once it was removed (S14)', async (t) => {
    const world = await startWorld(t)
    const token = await world.token()
    const { removals, tokens } = world.hub.running.hub
    const kim = { issuer: world.hub.idp.issuer, subject: 'kim', groups: ['security-leads'], authTime: 1, name: undefined }
    await removals.setPerson({ issuer: world.platform.issuer, subject: SUBJECT }, true, { person: kim, reason: 'the job was retired' })
    await assert.rejects(tokens.verify(token), (error: unknown) => error instanceof CountersignError && error.code === 'CS_OFFBOARDED')
    assert.equal((await refusal(await world.ask(await world.platform.sign({ aud: AUDIENCE })))).code, 'CS_OFFBOARDED')
  })

  test('is told so by a hub that takes none', async (t) => {
    const world = await startHubWorld(t)
    const { message } = await refusal(await post(`${world.url}/v1/workload`, { token: 'a.b.c' }))
    assert.match(message, /takes no workloads.*--workloads FILE/)
  })
})

describe('the list of workloads', () => {
  const wrong: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ['of everybody', '[{issuer: "https://ci.example", subject: "*", groups: [a]}]', /0\.subject/],
    ['with a star within a name', '[{issuer: "https://ci.example", subject: "repo:north*", groups: [a]}]', /0\.subject/],
    ['without groups', '[{issuer: "https://ci.example", subject: "repo:x", groups: []}]', /0\.groups/],
    ['of a client with a star', '[{issuer: "https://id.example", client: "nightly", subject: "a:*", groups: [a]}]', /0\.subject/],
    ['of nobody', '[{issuer: "https://ci.example", groups: [a]}]', /0\.subject/],
    ['that says who people are and not where they stand', '[{issuer: "https://ci.example", subject: a, groups: [a], people: {b: c}}]', /0\.people/],
    ['that is empty', '[]', /the whole/],
    ['that is no YAML', '[{', /no YAML/],
    ['of the people\'s own issuer', '[{issuer: "https://id.example/", subject: "client", groups: [a]}]', /signs people in/],
    ['of an issuer in the clear', '[{issuer: "http://ci.example", subject: "client", groups: [a]}]', /must be https/],
  ]
  for (const [what, text, says] of wrong)
    test(`${what} is refused at start`, async (t) => {
      const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-workloads-'))
      t.after(() => rm(dir, { recursive: true, force: true }))
      const file = path.join(dir, 'workloads.yaml')
      await writeFile(file, text)
      assert.throws(() => hubConfig({ issuer: 'https://id.example', workloads: file }), (error: unknown) => error instanceof CountersignError && error.code === 'CS_SETTING' && says.test(error.message))
    })

  test('goes with its audience', () => {
    assert.throws(() => hubConfig({ issuer: 'https://id.example', workloadAudience: 'x' }), /goes with --workloads/)
  })
})
