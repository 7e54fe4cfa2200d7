import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, describe, test, type TestContext } from 'node:test'
import { Authority } from '../../../src/agent/identity/authority.ts'
import type { Time } from '../../../src/agent/identity/deviceFlow.ts'
import { DESKTOP_CLIENT, startIdentityProvider, type IdentityProvider } from '../../../src/sandbox/identityProvider.ts'
import { CookieJar, walk } from '../../../src/sandbox/signIn.ts'

let idp: IdentityProvider
before(async () => { idp = await startIdentityProvider() })
after(() => idp.close())

const ada = { login: 'ada', password: 'ada-sample' }
const authority = (): Authority => new Authority({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: undefined })

describe('a sign-in with a code on another device', () => {
  test('S16 shows code and page, waits as the provider says, and signs in who entered it', async () => {
    const one = authority()
    const begun = await one.beginDevice()
    assert.match(begun.userCode, /\w/)
    assert.ok(begun.verificationUri.startsWith(idp.issuer))
    const jar = new CookieJar()
    const first = await fetch(begun.verificationUriComplete ?? '', { headers: { cookie: jar.header(idp.issuer) } })
    jar.take(idp.issuer, first.headers.getSetCookie())
    const fields = (html: string): URLSearchParams => new URLSearchParams([...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value]))
    const page = await first.text()
    const post = async (html: string): Promise<Response> => {
      const reply = await fetch(begun.verificationUri, { method: 'POST', redirect: 'manual', headers: { cookie: jar.header(idp.issuer) }, body: fields(html) })
      jar.take(idp.issuer, reply.headers.getSetCookie())
      return reply
    }
    let reply = await post(page)
    if (reply.status === 200) {
      const confirm = fields(await reply.text())
      confirm.set('confirm', 'yes')
      confirm.set('user_code', begun.userCode)
      reply = await fetch(begun.verificationUri, { method: 'POST', redirect: 'manual', headers: { cookie: jar.header(idp.issuer) }, body: confirm })
      jar.take(idp.issuer, reply.headers.getSetCookie())
    }
    assert.ok(reply.status >= 300 && reply.status < 400, `status ${reply.status}`)
    const end = await walk(new URL(reply.headers.get('location') ?? '', idp.issuer).href, ada, jar)
    assert.match(end.text, /You are signed in/)
    assert.equal((await one.wait(begun.attempt)).principal.subject, 'ada')
    await one.signOut()
  })

  /** A provider that answers each question as told, and time that passes only when somebody sleeps. */
  async function slowProvider(t: TestContext, answers: readonly (object | number | 'gone')[], device: object = { expires_in: 300, interval: 2 }): Promise<{ one: Authority; slept: number[]; asked: () => number }> {
    let asked = 0
    const server = createServer((request, response) => {
      const json = (status: number, value: object): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value)) }
      request.resume()
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
    return { one: new Authority({ issuer, clientId: 'c', groupsClaim: 'groups', resource: undefined, time }), slept, asked: () => asked }
  }
  const pending = { error: 'authorization_pending' }
  const slower = { error: 'slow_down' }
  const failed = (says: RegExp) => (found: { code?: string; message: string }) => found.code === 'CS_SIGN_IN_FAILED' && says.test(found.message)

  for (const error of ['expired_token', 'access_denied'])
    test(`S16 that ends with ${error} says so, and signs nobody in`, async (t) => {
      const { one, asked } = await slowProvider(t, [pending, { error }])
      const { attempt, verificationUri, expiresAt } = await one.beginDevice()
      assert.deepEqual([new URL(verificationUri).pathname, expiresAt], ['/activate', 300_000])
      await assert.rejects(one.wait(attempt), failed(new RegExp(`it said: ${error}`)))
      assert.equal(asked(), 2, 'a pending answer is asked again')
      await assert.rejects(one.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
    })

  test('S16 asks as often as the provider says, five seconds slower for good after each slow_down, and every five where it says nothing', async (t) => {
    const { one, slept } = await slowProvider(t, [pending, slower, pending, slower, pending, { error: 'access_denied' }])
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/access_denied/))
    assert.deepEqual(slept, [2, 2, 7, 7, 12, 12])
    const silent = await slowProvider(t, [slower, { error: 'access_denied' }], { expires_in: 300 })
    await assert.rejects(silent.one.wait((await silent.one.beginDevice()).attempt), failed(/access_denied/))
    assert.deepEqual(silent.slept, [5, 10])
  })

  test('S16 asks no longer than the code is good, also a provider that never says so', async (t) => {
    const { one, asked } = await slowProvider(t, [pending], { expires_in: 20, interval: 5 })
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/nobody entered the code in time/))
    assert.equal(asked(), 3)
  })

  test('S16 goes on after a line that broke, each time after twice as long', async (t) => {
    const { one, slept } = await slowProvider(t, ['gone', 503, pending, { error: 'access_denied' }])
    await assert.rejects(one.wait((await one.beginDevice()).attempt), failed(/access_denied/))
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
