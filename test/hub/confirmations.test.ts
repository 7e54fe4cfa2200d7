import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { Authority } from '../../src/agent/identity/authority.ts'
import { confirmationDigest, confirmationProblem, verdictNonce, type Confirmable } from '../../src/core/approval/confirmation.ts'
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
  test('S23 is taken for exactly this verdict of this person, and what is kept proves it after the provider changed its keys', async (t) => {
    const { confirmations, grace, idToken, idp, folder } = await world(t)
    const token = await idToken(verdictNonce(VERDICT, SALT))
    const proven = await confirmations.check({ idToken: token, salt: SALT }, grace, VERDICT)
    assert.ok(Math.abs(proven.authTime - Date.now() / 1000) < 30)
    await idp.close()
    await proven.keep()
    const kept = await readFile(path.join(folder, `${proven.confirmation}.json`))
    assert.equal(proven.confirmation, confirmationDigest(kept))
    const expected = { ...VERDICT, issuer: grace.issuer, subject: 'grace', authTime: proven.authTime }
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
