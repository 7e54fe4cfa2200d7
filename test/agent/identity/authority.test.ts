import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Authority } from '../../../src/agent/identity/authority.ts'
import { openLoopback } from '../../../src/agent/identity/loopback.ts'
import { DESKTOP_CLIENT, startIdentityProvider, type IdentityProvider } from '../../../src/sandbox/identityProvider.ts'
import { completeSignIn } from '../../../src/sandbox/signIn.ts'

let idp: IdentityProvider
const HUB = 'http://127.0.0.1:9/hub'
before(async () => {
  idp = await startIdentityProvider()
  idp.allowHub(HUB)
})
after(() => idp.close())

const ada = { login: 'ada', password: 'ada-sample' }
const grace = { login: 'grace', password: 'grace-sample' }
const kept: (string | undefined)[] = []
const authority = (): Authority => new Authority({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: HUB, onKept: (token) => kept.push(token) })

/** @returns the access token */
async function signInAs(one: Authority, who: typeof ada): Promise<string> {
  const { attempt, authorizeUrl } = await one.begin({ prompt: 'login' })
  await completeSignIn(authorizeUrl, who)
  await one.wait(attempt)
  return one.accessToken()
}

/** The page of the provider that the browser would end at instead of following it to us. */
async function redirectOf(authorizeUrl: string): Promise<URL> {

  const seen: { found?: URL } = {}
  const server = createServer((request, response) => {
    seen.found = new URL(request.url ?? '', 'http://x')
    response.end('caught')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(authorizeUrl)
  const ours = new URL(url.searchParams.get('redirect_uri') ?? '')
  const address = server.address()
  const caught = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/callback`
  url.searchParams.set('redirect_uri', caught)
  await completeSignIn(url.href, ada)
  server.close()
  return arrived(seen.found, ours.origin)
}

function arrived(found: URL | undefined, origin: string): URL {
  if (!found) throw new Error('the provider did not redirect')
  return new URL(`${origin}${found.pathname}${found.search}`)
}

const send = (url: URL): Promise<number> => fetch(url).then(async (reply) => { await reply.text(); return reply.status })

describe('a sign-in with code and PKCE', () => {
  test('S1 asks with S256 and another verifier, state and nonce each time; a provider that requires PKCE refuses less', async () => {
    const one = authority()
    const params = async (): Promise<URLSearchParams> => new URL((await one.begin()).authorizeUrl).searchParams
    const [first, second] = [await params(), await params()]
    assert.equal(first.get('code_challenge_method'), 'S256')
    for (const name of ['code_challenge', 'state', 'nonce', 'redirect_uri']) assert.notEqual(first.get(name), second.get(name), name)
    const { authorizeUrl } = await one.begin()
    for (const change of [(q: URLSearchParams) => { q.delete('code_challenge') }, (q: URLSearchParams) => { q.set('code_challenge_method', 'plain') }]) {
      const url = new URL(authorizeUrl)
      change(url.searchParams)
      const reply = await fetch(url, { redirect: 'manual' })
      assert.match(reply.headers.get('location') ?? (await reply.text()), /error=invalid_request|invalid_request/)
    }
    await one.signOut()
  })

  test('signs Ada in, with her groups, her time of sign-in and an access token for the hub', async () => {
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin()
    await completeSignIn(authorizeUrl, ada)
    const { principal } = await one.wait(attempt)
    assert.equal(principal.issuer, idp.issuer)
    assert.equal(principal.subject, 'ada')
    assert.deepEqual(principal.groups, ['data-eng'])
    assert.ok(Math.abs(principal.authTime - Date.now() / 1000) < 60)
    const [, payload = ''] = (await one.accessToken()).split('.')
    assert.equal((JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: string }).aud, HUB)
    await one.signOut()
  })

  test('S2 refuses a code that comes with another issuer or none, and takes nothing in', async () => {
    for (const change of [(url: URL) => { url.searchParams.set('iss', 'https://evil.example') }, (url: URL) => { url.searchParams.delete('iss') }]) {
      const one = authority()
      const { attempt, authorizeUrl } = await one.begin()
      const url = await redirectOf(authorizeUrl)
      change(url)
      await send(url)
      // The answer itself is refused, before its code is sent anywhere.
      await assert.rejects(one.wait(attempt), (error: { code?: string; detail?: string }) => error.code === 'CS_SIGN_IN_FAILED' && /OAUTH_INVALID_RESPONSE/.test(error.detail ?? ''))
      await assert.rejects(one.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
    }
  })

  test('S2 a wrong state does not end the attempt and is not taken', async () => {
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin()
    const callback = new URL(new URL(authorizeUrl).searchParams.get('redirect_uri') ?? '')
    callback.search = '?code=stolen&state=guessed'
    assert.equal(await send(callback), 400)
    await completeSignIn(authorizeUrl, ada)
    assert.equal((await one.wait(attempt)).principal.subject, 'ada')
    await one.signOut()
  })

  test('S3 a code is good once: replayed at us it finds nobody, replayed at the provider it ends what it had opened', async () => {
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin()
    const real = globalThis.fetch
    const sent: { callback?: URL; exchange?: URLSearchParams } = {}
    globalThis.fetch = (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      if (url.searchParams.has('code')) sent.callback = url
      if (url.pathname === '/token') sent.exchange = new URLSearchParams(init?.body as URLSearchParams)
      return real(input, init)
    }
    try {
      await completeSignIn(authorizeUrl, ada)
      await one.wait(attempt)
    } finally {
      globalThis.fetch = real
    }
    await assert.rejects(send(sent.callback!), 'nothing listens any more')
    await assert.rejects(one.wait(attempt), /not under way/)
    const replayed = await fetch(`${idp.issuer}/token`, { method: 'POST', body: sent.exchange! })
    assert.equal(((await replayed.json()) as { error: string }).error, 'invalid_grant')
    await assert.rejects(one.refresh(), { code: 'CS_SESSION_EXPIRED' })
  })

  test('S4 the provider sends nobody to another path, host or scheme than ours', async () => {
    const one = authority()
    const { authorizeUrl, attempt } = await one.begin()
    for (const wrong of ['http://127.0.0.1:1/other', 'http://localhost:1/callback', 'http://127.0.0.2:1/callback', 'https://127.0.0.1:1/callback', 'http://evil.example/callback']) {
      const url = new URL(authorizeUrl)
      url.searchParams.set('redirect_uri', wrong)
      const reply = await fetch(url, { redirect: 'manual' })
      assert.equal(reply.status, 400, wrong)
      assert.equal(reply.headers.get('location'), null)
    }
    await one.cancel(attempt)
  })

  test('S5 the listener is on 127.0.0.1 only and answers one Host, one method, one path, one state, reflecting nothing', async (t) => {
    const listener = await openLoopback('right')
    t.after(() => listener.close())
    const { port } = new URL(listener.redirectUri)
    const elsewhere = net.connect(Number(port), '127.0.0.2')
    const how = await Promise.race([once(elsewhere, 'connect').then(() => 'connected', () => 'refused'), once(elsewhere, 'error').then(() => 'refused')])
    elsewhere.destroy()
    assert.equal(how, 'refused')
    const ask = (path: string, options: { method?: string; host?: string } = {}): Promise<[number, string]> =>
      new Promise((resolve, reject) => {
        const asked = httpRequest({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: { host: options.host ?? `127.0.0.1:${port}` } }, (reply) => {
          let text = ''
          reply.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('end', () => { resolve([reply.statusCode ?? 0, text]) })
        })
        asked.on('error', reject).end()
      })
    assert.equal((await ask('/callback?code=x&state=right', { host: 'evil.example' }))[0], 403)
    assert.equal((await ask('/callback?code=x&state=right', { method: 'POST' }))[0], 405)
    assert.equal((await ask('/other?code=x&state=right'))[0], 404)
    assert.equal((await ask('/callback?state=right'))[0], 400)
    const [status, page] = await ask('/callback?code=%3Cscript%3E&state=wrong')
    assert.equal(status, 400)
    assert.doesNotMatch(page, /script/)
    const asked = ask('/callback?code=secret-code&state=right')
    await listener.result
    // The page says what came of it: nothing before that is known, and what is so afterwards.
    listener.tell(true)
    const [ok, done] = await asked
    assert.equal(ok, 200)
    assert.match(done, /You are signed in\./)
    assert.doesNotMatch(done, /secret-code/)
    await listener.close()
    await assert.rejects(ask('/callback?code=x&state=right'))
  })

  test('S5 noise on its port neither ends the attempt nor the agent: a page may open //, a program may send anything', async (t) => {
    const listener = await openLoopback('right')
    t.after(() => listener.close())
    const { port } = new URL(listener.redirectUri)
    const say = async (head: string): Promise<string> => {
      const socket = net.connect(Number(port), '127.0.0.1')
      socket.end(`${head}\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
      return (await socket.setEncoding('latin1').toArray()).join('').slice(0, 12)
    }
    for (const target of ['//', '//[', 'http://[::', '*', '/callback?code=%', '/callback?code=x&state=%E0%A4%A', `/callback?code=x&state=${'a'.repeat(8000)}`, 'http://evil.example/callback?code=x&state=right', '//evil.example/callback?code=x&state=right'])
      assert.match(await say(`GET ${target} HTTP/1.1`), /^HTTP\/1\.1 4\d\d/, target)
    const mine = fetch(`${listener.redirectUri}?code=mine&state=right`)
    assert.equal((await listener.result).searchParams.get('code'), 'mine')
    await listener.close()
    assert.equal((await mine).status, 200)
  })

  test('S5 the page of a code that is worth nothing says that nobody is signed in', async () => {
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin()
    const waiting = assert.rejects(one.wait(attempt), { code: 'CS_SIGN_IN_FAILED' })
    const url = new URL(authorizeUrl)
    const back = new URL(url.searchParams.get('redirect_uri') ?? '')
    back.search = new URLSearchParams({ code: 'made-up', state: url.searchParams.get('state') ?? '', iss: idp.issuer }).toString()
    assert.match(await (await fetch(back)).text(), /You are not signed in\./)
    await waiting
  })

  test('S5 S37 another user of the machine finishes no sign-in, although the state is in a process list', async (t) => {
    const listener = await openLoopback('right')
    t.after(() => listener.close())
    // Whoever gets in waits for what comes of it; who is refused does not.
    void listener.result.then(() => { listener.tell(true) })
    // Only root can become somebody else; everybody else sees that their own browser gets in.
    const other = process.getuid?.() === 0 && process.platform === 'linux'
    const child = spawn(process.execPath, ['-e', `fetch(${JSON.stringify(`${listener.redirectUri}?code=theirs&state=right`)}).then(({ status }) => console.log(status))`], { ...(other ? { uid: 65_534, gid: 65_534 } : {}), stdio: ['ignore', 'pipe', 'inherit'] })
    assert.equal((await child.stdout.setEncoding('utf8').toArray()).join('').trim(), other ? '403' : '200')
    if (!other) return
    assert.equal((await fetch(`${listener.redirectUri}?code=mine&state=right`)).status, 200)
    assert.equal((await listener.result).searchParams.get('code'), 'mine')
  })

  test('S5 an attempt that nobody finishes ends by itself', { timeout: 10_000 }, async () => {
    const listener = await openLoopback('x', 20)
    await assert.rejects(listener.result, /in time/)
    await listener.close()
  })

  test('S7 an issuer in the clear on another machine is refused before anything is sent', async () => {
    const one = new Authority({ issuer: 'http://id.example', clientId: 'c', groupsClaim: 'groups', resource: undefined })
    await assert.rejects(one.begin(), /must be https/)
  })
})

describe('renewing', () => {
  const signedIn = async (): Promise<Authority> => {
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin()
    await completeSignIn(authorizeUrl, ada)
    await one.wait(attempt)
    return one
  }

  test('S12 a hundred needs at once are one refresh, and nobody is signed out', async () => {
    const one = await signedIn()
    const before = kept.length
    await Promise.all(Array.from({ length: 100 }, () => one.refresh()))
    assert.equal(kept.length, before + 1)
    await one.accessToken()
    await one.signOut()
  })

  test('S11 an old refresh token is worth nothing, and using it ends the sign-in, which is told as such', async () => {
    const one = await signedIn()
    const old = one.refreshToken ?? ''
    await one.refresh()
    assert.notEqual(one.refreshToken, old)
    await assert.rejects(authority().restore(old), { code: 'CS_SIGN_IN_FAILED' })
    await assert.rejects(one.refresh(), { code: 'CS_SESSION_EXPIRED' })
  })

  test('S14 somebody who was disabled at the provider loses the sign-in with its next renewal', async () => {
    const one = await signedIn()
    const at = idp.people.findIndex(({ login }) => login === 'ada')
    const [person] = idp.people.splice(at, 1)
    try {
      await assert.rejects(one.refresh(), { code: 'CS_SESSION_EXPIRED' })
    } finally {
      idp.people.splice(at, 0, person!)
    }
  })

  test('S13 signing out revokes at the provider: the token of before opens nothing', async () => {
    const one = await signedIn()
    const token = one.refreshToken ?? ''
    assert.match((await one.logoutUrl()) ?? '', /session\/end\?.*id_token_hint=/)
    await one.signOut()
    await assert.rejects(one.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
    await assert.rejects(authority().restore(token), { code: 'CS_SIGN_IN_FAILED' })
  })

  test('S13 somebody else who signs in takes over nothing: what could renew the sign-in before is revoked, and its tokens are named', async () => {
    const replaced: { readonly tokens: readonly string[]; readonly revoked: Promise<unknown> }[] = []
    const one = new Authority({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: HUB, onKept: (token) => kept.push(token), onReplaced: (tokens, revoked) => replaced.push({ tokens, revoked }) })
    const adas = await signInAs(one, ada)
    await signInAs(one, ada)
    assert.equal(replaced.length, 0, 'the same person again replaces nobody')
    const token = one.refreshToken ?? ''
    kept.length = 0
    await signInAs(one, grace)
    const [over] = replaced
    assert.ok(over)
    assert.ok(over.tokens.includes(adas))
    await over.revoked
    assert.equal(kept[0], undefined, 'whoever keeps the token of before is told first')
    assert.equal(kept[1], one.refreshToken)
    await assert.rejects(authority().restore(token), { code: 'CS_SIGN_IN_FAILED' })
    assert.equal((await one.refresh())?.subject, 'grace')
    assert.ok(!one.accessTokens.includes(adas))
    await one.signOut()
  })

  test('groups are those of the newest token', async () => {
    const one = await signedIn()
    const person = idp.people.find(({ login }) => login === 'ada')
    assert.ok(person)
    idp.people[idp.people.indexOf(person)] = { ...person, groups: ['data-eng', 'new-group'] }
    assert.deepEqual((await one.refresh())?.groups, ['data-eng', 'new-group'])
    idp.people[idp.people.findIndex(({ login }) => login === 'ada')] = person
    await one.signOut()
  })
})
