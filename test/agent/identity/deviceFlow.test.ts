import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, describe, test, type TestContext } from 'node:test'
import { Authority } from '../../../src/agent/identity/authority.ts'
import type { Time } from '../../../src/agent/identity/deviceFlow.ts'
import { DESKTOP_CLIENT, startIdentityProvider, type IdentityProvider } from '../../../src/sandbox/identityProvider.ts'
import { enterCode } from '../../fakes/deviceEntry.ts'

let idp: IdentityProvider
before(async () => { idp = await startIdentityProvider() })
after(() => idp.close())

const ada = { login: 'ada', password: 'ada-sample' }
const authority = (): Authority => new Authority({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: undefined })

describe('a sign-in with a code on another device', () => {
  test('S16 shows code and page, waits as the provider says, and signs in who entered it', async (t) => {
    const slept: number[] = []
    let wake = Promise.withResolvers<undefined>()
    let asleep = Promise.withResolvers<undefined>()
    const time: Time = { now: Date.now, sleep: async (ms) => {
      slept.push(ms)
      asleep.resolve(undefined)
      await wake.promise
      wake = Promise.withResolvers<undefined>()
    } }
    const one = new Authority({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: undefined, time })
    const begun = await one.beginDevice()
    t.after(async () => {
      await one.cancel(begun.attempt)
      wake.resolve(undefined)
    })
    assert.match(begun.userCode, /^\w{4}-\w{4}$/)
    assert.equal(new URL(begun.verificationUri).origin, new URL(idp.issuer).origin)
    assert.equal(begun.verificationUriComplete, `${begun.verificationUri}?user_code=${begun.userCode}`)
    const signedIn = one.wait(begun.attempt)
    await asleep.promise
    asleep = Promise.withResolvers<undefined>()
    wake.resolve(undefined)
    await Promise.race([asleep.promise, signedIn])
    assert.deepEqual(slept, [5000, 5000], 'nobody entered it yet')
    await assert.rejects(one.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
    assert.match(await enterCode(begun.verificationUri, begun.userCode, ada), /You are signed in/)
    wake.resolve(undefined)
    assert.equal((await signedIn).principal.subject, 'ada')
    await one.signOut()
  })

  /** A provider that answers each question as told, and time that passes only when somebody sleeps. */
  async function slowProvider(t: TestContext, answers: readonly (object | number | 'gone')[], device: object = { expires_in: 300, interval: 2 }): Promise<{ one: Authority; slept: number[]; asked: () => number; sent: Record<string, string>[] }> {
    let asked = 0
    const sent: Record<string, string>[] = []
    const server = createServer((request, response) => {
      const json = (status: number, value: object): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value)) }
      void request.setEncoding('utf8').toArray().then((text) => { sent.push(Object.fromEntries(new URLSearchParams(text.join('')))) })
      if (request.url === '/device') json(200, { device_code: 'd', user_code: 'WXYZ', verification_uri: `${issuer}/activate`, ...device })
      else if (request.url === '/token') {
        const answer = answers[Math.min(asked++, answers.length - 1)] ?? 'gone'
        if (answer === 'gone') request.socket.destroy()
        else if (typeof answer === 'number') response.writeHead(answer).end('busy')
        else json(400, answer)
      } else json(200, { issuer, device_authorization_endpoint: `${issuer}/device`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const address = server.address()
    const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    let now = 0
    const slept: number[] = []
    const time: Time = { now: () => now, sleep: (ms) => {
      now += ms
      slept.push(ms / 1000)
      return Promise.resolve()
    } }
    return { one: new Authority({ issuer, clientId: 'c', groupsClaim: 'groups', resource: undefined, time }), slept, asked: () => asked, sent }
  }
  const pending = { error: 'authorization_pending' }
  const slower = { error: 'slow_down' }
  const failed = (says: RegExp) => (found: { code?: string; message: string }) => found.code === 'CS_SIGN_IN_FAILED' && says.test(found.message)

  for (const [error, says] of [['expired_token', /nobody entered the code in time/], ['access_denied', /declined at your identity provider/], ['invalid_client', /it said: invalid_client/]] as const)
    test(`S16 that ends with ${error} says what that means, and signs nobody in`, async (t) => {
      const { one, asked } = await slowProvider(t, [pending, { error }])
      const { attempt, verificationUri, expiresAt } = await one.beginDevice()
      assert.deepEqual([new URL(verificationUri).pathname, expiresAt], ['/activate', 300_000])
      await assert.rejects(one.wait(attempt), failed(says))
      assert.equal(asked(), 2, 'a pending answer is asked again')
      await assert.rejects(one.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
    })

  test('S16 says nothing of what a provider writes in place of an error code: it would be somebody else\'s words, or a link', async (t) => {
    for (const error of ['[Sign in here](command:workbench.action.terminal.new)', 'no\u202eon', 'two\nlines', 'access denied', `a${'b'.repeat(100)}`, '']) {
      const { one } = await slowProvider(t, [{ error }])
      await assert.rejects(one.wait((await one.beginDevice()).attempt), { code: 'CS_SIGN_IN_FAILED', message: 'the sign-in with the identity provider failed. Try again; if it stays so, ask its administrator.' })
    }
  })

  test('S16 shows nothing that is no page over a safe line and no code: a link of another kind, one that hides another, what moves a terminal', async (t) => {
    for (const device of [{ verification_uri: 'command:workbench.action.terminal.new' }, { verification_uri: 'http://id.example/activate' }, { verification_uri: 'https://id.example/a](command:x)' }, { verification_uri: 'https://id.example/\u001b[2J' }, { verification_uri: 'activate' }, { verification_uri_complete: 'javascript:x' }, { user_code: '\u001b]0;x' }, { user_code: '[AB](command:x)' }, { user_code: '\u202eDCBA' }, { user_code: '' }]) {
      const { one, asked } = await slowProvider(t, [pending], { expires_in: 300, interval: 2, ...device })
      await assert.rejects(one.beginDevice(), { code: 'CS_SIGN_IN_FAILED' }, JSON.stringify(device))
      assert.equal(asked(), 0)
    }
  })

  test('S16 proves with each question that it is whoever asked for the code, where the provider looks at PKCE', async (t) => {
    const { one, sent } = await slowProvider(t, [pending, { error: 'access_denied' }])
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/declined/))
    const begun = sent.find((form) => 'code_challenge' in form)
    const asked = sent.filter((form) => form['device_code'] === 'd')
    assert.equal(begun?.['code_challenge_method'], 'S256')
    assert.deepEqual(asked.map((form) => createHash('sha256').update(form['code_verifier'] ?? '').digest('base64url')), [begun['code_challenge'], begun['code_challenge']])
  })

  test('S16 asks as often as the provider says, five seconds slower for good after each slow_down, and every five where it says nothing', async (t) => {
    const { one, slept } = await slowProvider(t, [pending, slower, pending, slower, pending, { error: 'access_denied' }])
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/declined/))
    assert.deepEqual(slept, [2, 2, 7, 7, 12, 12])
    const silent = await slowProvider(t, [slower, { error: 'access_denied' }], { expires_in: 300 })
    await assert.rejects(silent.one.wait((await silent.one.beginDevice()).attempt), failed(/declined/))
    assert.deepEqual(silent.slept, [5, 10])
  })

  test('S16 asks no longer than the code is good, also a provider that never says so', async (t) => {
    const { one, asked } = await slowProvider(t, [pending], { expires_in: 20, interval: 5 })
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/nobody entered the code in time/))
    assert.equal(asked(), 3)
  })

  test('S16 goes on after a line that broke, each time after twice as long', async (t) => {
    const { one, slept } = await slowProvider(t, ['gone', 503, pending, { error: 'access_denied' }])
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/declined/))
    assert.deepEqual(slept, [2, 4, 8, 8])
  })

  test('S16 can be cancelled', async () => {
    const one = authority()
    const begun = await one.beginDevice()
    const waiting = one.wait(begun.attempt)
    await one.cancel(begun.attempt)
    await assert.rejects(waiting, /cancelled/)
  })
})
