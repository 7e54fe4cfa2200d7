import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { Authority } from '../../src/agent/identity/authority.ts'
import { confirmationDigest, confirmationProblem, issuerKeysIn, OTHER_KEY, verdictNonce, type Confirmable, type Confirmation } from '../../src/core/approval/confirmation.ts'
import { Confirmations } from '../../src/hub/access/confirmations.ts'
import type { Person } from '../../src/hub/access/person.ts'
import { nodeFiles } from '../../src/platform/files.ts'
import { DESKTOP_CLIENT, startIdentityProvider, type IdentityProvider } from '../../src/sandbox/identityProvider.ts'
import { completeSignIn } from '../../src/sandbox/signIn.ts'

const SALT = 's'.repeat(32)
const VERDICT: Confirmable = { ap: `ap_${'0'.repeat(26)}`, digest: 'd'.repeat(43), verdict: 'approve', reason: 'fine' }

interface World {
  readonly folder: string
  readonly idp: IdentityProvider
  readonly grace: Person
  readonly confirmations: Confirmations
  /** Grace's real sign-in over this nonce. */
  readonly idToken: (nonce: string) => Promise<string>
}

async function world(t: TestContext): Promise<World> {
  const idp = await startIdentityProvider()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-confirmations-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  t.after(() => idp.close())
  const person = idp.people.find(({ login }) => login === 'grace')!
  const authority = new Authority({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: undefined })
  return {
    folder,
    idp,
    grace: { issuer: idp.issuer, subject: 'grace', groups: ['security-reviewers'], authTime: 1, name: undefined },
    confirmations: new Confirmations({ files: nodeFiles(), folder, issuer: idp.issuer, clientId: DESKTOP_CLIENT, now: Date.now }),
    idToken: async (nonce) => {
      const { attempt, authorizeUrl } = await authority.confirm({ person: { issuer: idp.issuer, subject: 'grace' }, nonce, acr: undefined })
      await completeSignIn(authorizeUrl, person)
      return authority.confirmed(attempt)
    },
  }
}

describe('a sign-in for one verdict, at the hub', () => {
  test('S23 is proved with the provider\'s own keys, and a hub that made the key and the token itself is found out with them', async (t) => {
    const { confirmations, grace, idToken, idp, folder } = await world(t)
    const proven = await confirmations.check({ idToken: await idToken(verdictNonce(VERDICT, SALT)), salt: SALT }, grace, VERDICT)
    await proven.keep()
    const kept = await readFile(path.join(folder, `${proven.confirmation}.json`))
    const { jwks_uri: where } = (await (await fetch(`${idp.issuer}/.well-known/openid-configuration`)).json()) as { jwks_uri: string }
    const keys = issuerKeysIn(await (await fetch(where)).text())
    const expected = { ...VERDICT, issuer: grace.issuer, subject: 'grace', authTime: proven.authTime, client: DESKTOP_CLIENT }
    assert.equal(confirmationProblem(kept, expected, keys), undefined)
    const { idToken: real, ...more } = JSON.parse(kept.toString()) as Confirmation
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const signed = (claims: object): Promise<string> => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: decodeProtectedHeader(real).kid ?? '' }).sign(privateKey)
    const made = async (claims: object): Promise<Buffer> => Buffer.from(JSON.stringify({ ...more, idToken: await signed(claims), key: publicKey.export({ format: 'jwk' }) }))
    const forged = await made(decodeJwt(real))
    assert.equal(confirmationProblem(forged, expected), undefined, 'with the key beside it, it cannot be told')
    assert.equal(confirmationProblem(forged, expected, keys), OTHER_KEY)
    for (const [aud, azp, isFor] of [[['x', DESKTOP_CLIENT], 'x', false], [['x', DESKTOP_CLIENT], DESKTOP_CLIENT, true], [[DESKTOP_CLIENT], undefined, true], [[], undefined, false], [undefined, undefined, false]] as const)
      assert.equal(confirmationProblem(await made({ ...decodeJwt(real), aud: aud && [...aud], azp }), expected), isFor ? undefined : 'it was made for another program')
    for (const text of ['', '{}', '[]', '{"keys":[]}', '{"keys":[{}]}', '{"keys":[null]}']) assert.throws(() => issuerKeysIn(text), { code: 'CS_SETTING' })
  })

  test('S23 is taken for exactly this verdict of this person, and what is kept proves it after the provider changed its keys', async (t) => {
    const { confirmations, grace, idToken, idp, folder } = await world(t)
    const token = await idToken(verdictNonce(VERDICT, SALT))
    const proven = await confirmations.check({ idToken: token, salt: SALT }, grace, VERDICT)
    assert.ok(Math.abs(proven.authTime - Date.now() / 1000) < 30)
    await idp.close()
    await proven.keep()
    const kept = await readFile(path.join(folder, `${proven.confirmation}.json`))
    assert.equal(proven.confirmation, confirmationDigest(kept))
    const expected = { ...VERDICT, issuer: grace.issuer, subject: 'grace', authTime: proven.authTime, client: proven.client }
    assert.equal(expected.client, DESKTOP_CLIENT)
    assert.equal(confirmationProblem(kept, expected), undefined)
    for (const [more, why] of [
      [{ verdict: 'deny' }, /another verdict/],
      [{ reason: 'other' }, /another verdict/],
      [{ ap: `ap_${'1'.repeat(26)}` }, /another request/],
      [{ digest: 'e'.repeat(43) }, /other bytes/],
      [{ subject: 'sam' }, /another person's/],
      [{ issuer: 'https://other.example' }, /another person's/],
      [{ authTime: proven.authTime + 1 }, /another time/],
      [{ acr: 'urn:example:mfa' }, /another kind of sign-in/],
      [{ client: 'another' }, /another program/],
    ] as const)
      assert.match(confirmationProblem(kept, { ...expected, ...more }) ?? 'nothing', why)
  })

  test('S20 is refused for another request, other bytes, another verdict, another reason or another salt', async (t) => {
    const { confirmations, grace, idToken } = await world(t)
    const token = await idToken(verdictNonce(VERDICT, SALT))
    for (const other of [{ ap: `ap_${'1'.repeat(26)}` }, { digest: 'e'.repeat(43) }, { verdict: 'deny' as const }, { reason: 'another' }])
      await assert.rejects(confirmations.check({ idToken: token, salt: SALT }, grace, { ...VERDICT, ...other }), /another request, other bytes, or another verdict/)
    await assert.rejects(confirmations.check({ idToken: token, salt: 'x'.repeat(32) }, grace, VERDICT), /another request/)
    await assert.rejects(confirmations.check({ idToken: token, salt: SALT }, { ...grace, subject: 'sam' }, VERDICT), /somebody else signed in/)
    await assert.rejects(confirmations.check({ idToken: token, salt: SALT }, { ...grace, issuer: 'https://other.example' }, VERDICT), /somebody else signed in/)
  })

  test('S8 S17 is refused when it is forged, unsigned, for another client, expired, or says nothing of when', async (t) => {
    const { confirmations, grace, idToken, idp, folder } = await world(t)
    const real = await idToken(verdictNonce(VERDICT, SALT))
    const claims = decodeJwt(real)
    const { kid = '' } = decodeProtectedHeader(real)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const check = (token: string, one = confirmations): Promise<unknown> => one.check({ idToken: token, salt: SALT }, grace, VERDICT)
    await assert.rejects(check(await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)), /no key of the identity provider signed it/)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${real.split('.')[1]}.`
    await assert.rejects(check(none), /not accepted/)
    await assert.rejects(check(real, new Confirmations({ files: nodeFiles(), folder, issuer: idp.issuer, clientId: 'another', now: Date.now })), /claim aud is wrong/)
    await assert.rejects(check(real, new Confirmations({ files: nodeFiles(), folder, issuer: idp.issuer, clientId: DESKTOP_CLIENT, now: () => Date.now() + 3_600_000 })), /expired/)
    // An ordinary sign-in of the same person: no nonce of a verdict stands in it.
    await assert.rejects(check(await idToken('an-ordinary-nonce')), /another request/)
  })
})
