import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { decodeJwt, exportJWK, SignJWT, UnsecuredJWT } from 'jose'
import { CountersignError } from '../../src/protocol/errors.ts'
import { PersonTokens } from '../../src/hub/access/tokens.ts'
import { post, refusal, startHubWorld, TestDevice } from '../fakes/hub.ts'

const AUDIENCE = 'https://hub.example'

/** A provider whose keys a test can change, and whose visitors it counts. */
interface Provider {
  readonly issuer: string
  readonly jwksFetches: () => number
  readonly key: () => KeyObject
  rotate(): void
  discovery(change: Record<string, unknown>): void
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>, key?: KeyObject): Promise<string>
}

async function startProvider(t: TestContext): Promise<Provider> {
  let pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let kid = 'one'
  let fetches = 0
  let change: Record<string, unknown> = {}
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/keys') fetches++
      const document = request.url === '/keys' ? { keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' }] } : { issuer, jwks_uri: `${issuer}/keys`, ...change }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  return {
    issuer,
    jwksFetches: () => fetches,
    key: () => pair.privateKey,
    rotate: () => {
      pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      kid = randomUUID()
    },
    discovery: (changed) => { change = changed },
    sign: (claims = {}, header = {}, key = pair.privateKey) => {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ iss: issuer, sub: 'ada', aud: AUDIENCE, iat: now, exp: now + 300, jti: randomUUID(), client_id: 'c', groups: ['data-eng'], ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
        .sign(key)
    },
  }
}

function tokensOf(provider: Provider, more: { cooldown?: number } = {}): PersonTokens {
  return new PersonTokens({ issuer: provider.issuer, audience: AUDIENCE, groupsClaim: 'groups', clientId: 'c', now: Date.now, ...more })
}

async function refused(tokens: PersonTokens, token: string, what: string): Promise<void> {
  await assert.rejects(tokens.verify(token), (error: unknown) => error instanceof CountersignError && error.code === 'CS_SIGN_IN_FAILED' && !error.message.includes(token), what)
}

describe('an access token', () => {
  test('of the right provider for this hub names the person and their groups', async (t) => {
    const provider = await startProvider(t)
    const issuedAt = Math.floor(Date.now() / 1000) - 5
    assert.deepEqual(await tokensOf(provider).verify(await provider.sign({ name: 'Ada Moreno', auth_time: 5, iat: issuedAt })), { issuer: provider.issuer, subject: 'ada', groups: ['data-eng'], authTime: 5, issuedAt, name: 'Ada Moreno' })
  })

  test('that is forged, unsigned, symmetric, foreign, expired or from the future is refused (S8)', async (t) => {
    const provider = await startProvider(t)
    const tokens = tokensOf(provider)
    const now = Math.floor(Date.now() / 1000)
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    await refused(tokens, await provider.sign({}, {}, stranger), 'another key')
    const good = decodeJwt(await provider.sign())
    await refused(tokens, new UnsecuredJWT(good).encode(), 'alg none')
    const publicBytes = Buffer.from(JSON.stringify(await exportJWK(provider.key())))
    await refused(tokens, await new SignJWT(good).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(publicBytes), 'HS256 over the public key')
    await refused(tokens, await provider.sign({ exp: now - 31 }), 'expired')
    await refused(tokens, await provider.sign({ iat: now + 120, exp: now + 300 }), 'from the future')
    await refused(tokens, await provider.sign({ nbf: now + 120 }), 'not yet good')
    const [head = '', , signature = ''] = (await provider.sign()).split('.')
    await refused(tokens, `${head}.${Buffer.from(JSON.stringify({ ...good, sub: 'kim' })).toString('base64url')}.${signature}`, 'changed claims')
    await refused(tokens, 'x'.repeat(20_000), 'endless')
    await tokens.verify(await provider.sign({ exp: now - 10 }))
  })

  test('counts only as at+jwt, for this audience, of this issuer, with all its claims (S9)', async (t) => {
    const provider = await startProvider(t)
    const tokens = tokensOf(provider)
    await refused(tokens, await provider.sign({}, { typ: 'JWT' }), 'an id_token')
    await refused(tokens, await provider.sign({ aud: 'https://another-hub.example' }), 'another audience')
    await refused(tokens, await provider.sign({ iss: 'https://other.example' }), 'the same subject of another issuer')
    for (const claim of ['sub', 'exp', 'iat', 'jti', 'aud', 'iss']) await refused(tokens, await provider.sign({ [claim]: undefined }), `without ${claim}`)
    await refused(tokens, await provider.sign({ client_id: 'another' }), 'a token that another program asked for, or got for itself')
    await refused(tokens, await provider.sign({ client_id: undefined }), 'a token of nobody knows which program')
    await tokens.verify(await provider.sign({ client_id: undefined, azp: 'c' }))
    await refused(tokens, await provider.sign({ groups: undefined, _claim_names: { groups: 'src1' } }), 'group overage is unknown, not none')
    assert.deepEqual((await tokens.verify(await provider.sign({ groups: undefined }))).groups, [])
    assert.deepEqual((await tokens.verify(await provider.sign({ groups: 'one' }))).groups, ['one'])
  })

  test('that was given back with a sign-out opens nothing from then on, and no other one is ended with it (S13)', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const [old, other] = [await world.tokenOf('ada'), await world.tokenOf('ada')]
    const keys = (token: string): Promise<Response> => device.get('/v1/upstream-keys', { 'x-countersign-person': token })
    assert.equal((await keys(old)).status, 200)
    const signOut = (token: string): Promise<Response> => post(`${world.url}/v1/sign-out`, {}, { authorization: `Bearer ${token}` })
    assert.equal((await signOut(old)).status, 200)
    assert.equal((await keys(old)).status, 401)
    assert.match((await refusal(await new TestDevice(world).enrol(old))).message, /its person signed out/)
    assert.equal((await device.get('/v1/events', { 'x-countersign-person': old })).status, 401)
    assert.equal((await signOut(old)).status, 401)
    assert.equal((await signOut('x.y.z')).status, 401)
    assert.equal((await keys(other)).status, 200)
  })

  test('is checked with the provider\'s own keys: rotation works, keys in the token are ignored, unknown ones cause one look (S10)', async (t) => {
    const provider = await startProvider(t)
    const tokens = tokensOf(provider)
    await tokens.verify(await provider.sign())
    assert.equal(provider.jwksFetches(), 1)
    const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await refused(tokens, await provider.sign({}, { jwk: await exportJWK(thief.publicKey) }, thief.privateKey), 'a key in the header')
    await refused(tokens, await provider.sign({}, { jku: `${provider.issuer}/keys`, x5u: 'https://evil.example' }, thief.privateKey), 'a place of keys in the header')
    await Promise.all(Array.from({ length: 1000 }, async () => refused(tokens, await provider.sign({}, { kid: randomUUID() }), 'an unknown key')))
    assert.equal(provider.jwksFetches(), 1, 'looks')
    const eager = tokensOf(provider, { cooldown: 0 })
    await eager.verify(await provider.sign())
    provider.rotate()
    await eager.verify(await provider.sign())
    await refused(tokens, await provider.sign(), 'within the cooldown nobody makes the hub look again')
  })

  test('is refused when the provider is not who it says, or keeps its keys in the clear elsewhere (S7)', async (t) => {
    const provider = await startProvider(t)
    const token = await provider.sign()
    provider.discovery({ issuer: 'https://other.example' })
    await refused(tokensOf(provider), token, 'another issuer in the document')
    // It would be reached, and it has the right keys: only the line is not safe as far as anybody can tell.
    provider.discovery({ jwks_uri: `${provider.issuer.replace('127.0.0.1', '0.0.0.0')}/keys` })
    await refused(tokensOf(provider), token, 'plain http to another machine')
    assert.equal(provider.jwksFetches(), 0)
  })
})

describe('the hub, over its socket,', () => {
  test('takes a real sign-in and refuses its other tokens: other audience, id_token, nothing (S9)', async (t) => {
    const world = await startHubWorld(t)
    const device = new TestDevice(world)
    const token = await world.tokenOf('ada')
    assert.equal((await device.enrol(token)).status, 200)
    const [head = '', body = '', signature = ''] = token.split('.')
    const changed = Buffer.from(JSON.stringify({ ...decodeJwt(token), groups: ['security-leads'] })).toString('base64url')
    for (const [what, bad] of [['changed', `${head}.${changed}.${signature}`], ['cut', `${head}.${body}.`], ['nonsense', 'abc']] as const) {
      const reply = await device.enrol(bad)
      assert.equal(reply.status, 401, what)
      assert.equal((await refusal(reply)).code, 'CS_SIGN_IN_FAILED', what)
    }
    const none = await fetch(`${world.url}/v1/enrol`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    assert.equal(none.status, 401)
    assert.equal((await refusal(none)).code, 'CS_NOT_SIGNED_IN')
    assert.equal(JSON.stringify(world.running.hub.log.records).includes(signature), false, 'no token in the log')
  })
})

describe('access tokens as Okta writes them', () => {
  const okta = (provider: Provider): PersonTokens => new PersonTokens({ issuer: provider.issuer, audience: AUDIENCE, groupsClaim: 'groups', clientId: 'c', profile: 'okta', now: Date.now })
  const claims = { client_id: undefined, cid: 'c', uid: '00u1', sub: 'ada@northfield.example', ver: 1 }

  test('open nothing unless the operator asked for it, and then name the person by uid (S9)', async (t) => {
    const provider = await startProvider(t)
    const token = await provider.sign(claims, { typ: undefined })
    await refused(tokensOf(provider), token, 'without being asked for')
    const { subject, groups, username } = await okta(provider).verify(token)
    assert.deepEqual([subject, groups, username], ['00u1', ['data-eng'], 'ada@northfield.example'], 'and by what they sign in with, who may have started a program')
  })

  test('are no id_token, for nobody else, for no other program, and a person\'s (S8, S9)', async (t) => {
    const provider = await startProvider(t)
    const tokens = okta(provider)
    const wrong: readonly (readonly [what: string, claims: Record<string, unknown>, typ?: string])[] = [
      ['an id_token: its audience is the client', { aud: 'c' }],
      ['an id_token for an audience that is our URL', { nonce: 'n' }],
      ['the same, by its hash', { at_hash: 'h' }],
      ['a token for others too', { aud: [AUDIENCE, 'https://other.example'] }],
      ['another program\'s', { cid: 'another' }],
      ['of nobody knows which program', { cid: undefined }],
      ['a program\'s own: no person stands behind it', { uid: undefined }],
      ['of another issuer', { iss: 'https://other.example' }],
      ['of another kind', {}, 'at+jwt'],
      ['a logout token', {}, 'logout+jwt'],
    ]
    for (const [what, more, typ] of wrong) await refused(tokens, await provider.sign({ ...claims, ...more }, { typ }), what)
    for (const claim of ['exp', 'iat', 'jti', 'aud', 'sub']) await refused(tokens, await provider.sign({ ...claims, [claim]: undefined }, { typ: undefined }), `without ${claim}`)
    await refused(tokens, await provider.sign(claims, { typ: undefined }, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), 'another key')
  })

  test('of a real provider made to write them so open the whole hub, and are the same person as on their own machine', async (t) => {
    const world = await startHubWorld(t, { idp: { accessTokens: 'okta' }, accessTokens: 'okta' })
    const token = await world.tokenOf('ada')
    assert.equal(decodeJwt(token)['sub'], 'ada@login.example')
    assert.equal((await world.running.hub.tokens.verify(token)).subject, 'ada')
    const device = await TestDevice.enrolled(world)
    assert.equal((await device.get('/v1/upstream-keys', { 'x-countersign-person': token })).status, 200)
    const strict = await startHubWorld(t, { idp: { accessTokens: 'okta' } })
    assert.equal((await refusal(await new TestDevice(strict).enrol(await strict.tokenOf('ada')))).code, 'CS_SIGN_IN_FAILED')
  })
})
