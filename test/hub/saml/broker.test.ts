import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { Authority } from '../../../src/agent/identity/authority.ts'
import { hubConfig, type HubFlags } from '../../../src/hub/config.ts'
import { startHub, type RunningHub } from '../../../src/hub/main.ts'
import { CookieJar } from '../../../src/sandbox/signIn.ts'
import { testCertificate } from '../../fakes/certificate.ts'
import { POLICY, TestDevice, type HubWorld } from '../../fakes/hub.ts'
import { startSamlProvider, type SamlProviderFake } from '../../fakes/samlProvider.ts'

let idp: SamlProviderFake
let hub: RunningHub
let dir: string
let flags: HubFlags
const said: string[] = []
before(async () => {
  idp = await startSamlProvider()
  dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-saml-'))
  const { keyPem, certPem } = testCertificate('hub.example')
  await writeFile(path.join(dir, 'key.pem'), keyPem, { mode: 0o600 })
  await writeFile(path.join(dir, 'cert.pem'), certPem)
  await writeFile(path.join(dir, 'policy.yaml'), POLICY)
  flags = { home: path.join(dir, 'hub'), samlMetadata: idp.metadataUrl, samlKey: path.join(dir, 'key.pem'), samlCert: path.join(dir, 'cert.pem'), policy: path.join(dir, 'policy.yaml'), organisation: 'Northfield' }
  hub = await startHub(hubConfig(flags), { say: (line) => said.push(line) })
  // The provider refuses a request that the key of the hub's own metadata did not sign.
  const metadata = await (await fetch(`${hub.url}/saml/metadata`)).text()
  idp.trust(`-----BEGIN CERTIFICATE-----\n${/<(?:\w+:)?X509Certificate>([^<]+)</.exec(metadata)?.[1]?.trim() ?? ''}\n-----END CERTIFICATE-----\n`)
})
after(async () => {
  await hub.stop('the test is over')
  await idp.close()
  await rm(dir, { recursive: true, force: true })
})

/** A browser: redirects, cookies, and forms sent back as they are, with the origin of their page. */
class Browser {
  readonly jar = new CookieJar()
  /** Forms that it sent. */
  readonly answered: URLSearchParams[] = []

  async go(start: string, options: { readonly login?: string; readonly stopAt?: (url: string) => boolean } = {}): Promise<{ url: string; status: number; text: string }> {
    let url = start
    let form: Form | undefined
    for (let step = 0; step < 25; step++) {
      if (options.stopAt?.(url) === true) return { url, status: 0, text: form?.fields.toString() ?? '' }
      const reply = await this.#ask(url, form)
      form = undefined
      const location = reply.headers.get('location')
      if (location !== null) {
        await reply.body?.cancel()
        url = new URL(location, url).href
        continue
      }
      const text = await reply.text()
      form = formIn(text, url, options.login ?? 'alice')
      if (!form || reply.status !== 200) return { url, status: reply.status, text }
      this.answered.push(form.fields)
      url = form.action
    }
    throw new Error('round in circles')
  }

  async #ask(url: string, form: Form | undefined): Promise<Response> {
    // Lax cookies do not come with a post from another site.
    const cookie = form && new URL(url).origin !== form.origin ? {} : { cookie: this.jar.header(url) }
    const reply = await fetch(url, { redirect: 'manual', headers: { ...cookie, ...(form ? { origin: form.origin } : {}) }, ...(form ? { method: 'POST', body: form.fields } : {}) })
    this.jar.take(url, reply.headers.getSetCookie())
    return reply
  }
}

interface Form {
  readonly action: string
  readonly origin: string
  readonly fields: URLSearchParams
}

/** The forms of a sign-in, filled in; others are left alone. */
function formIn(text: string, page: string, login: string): Form | undefined {
  const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1]
  if (action === undefined || !/name="(?:login|answer|SAMLResponse)"/.test(text)) return undefined
  const fields = new URLSearchParams([...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
  if (text.includes('name="login"')) fields.set('login', login)
  if (text.includes('name="answer"')) fields.set('answer', 'yes')
  return { action: new URL(action, page).href, origin: new URL(page).origin, fields }
}

function authority(): Authority {
  return new Authority({ issuer: `${hub.url}/oidc`, clientId: 'countersign-desktop', groupsClaim: 'groups', resource: hub.url })
}

async function signIn(login: string, prompt?: 'login'): Promise<Authority> {
  const one = authority()
  const { attempt, authorizeUrl } = await one.begin(prompt === undefined ? {} : { prompt })
  const { text } = await new Browser().go(authorizeUrl, { login })
  assert.match(text, /You are signed in/)
  await one.wait(attempt)
  return one
}

describe('the hub over a SAML provider', () => {
  test('signs a person in through the agent\'s own client, with groups, and takes their access token (S25)', async () => {
    idp.decide(() => ({ groups: ['data-eng', 'security-leads'] }))
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin()
    await new Browser().go(authorizeUrl, { login: 'alice' })
    const { principal } = await one.wait(attempt)
    assert.equal(principal.issuer, `${hub.url}/oidc`)
    assert.match(principal.subject, /^saml:[0-9a-f]{12}:alice$/)
    assert.deepEqual([principal.groups, principal.name, principal.email], [['data-eng', 'security-leads'], 'Alice Example', 'alice@northfield.example'])
    assert.ok(Math.abs(principal.authTime * 1000 - Date.now()) < 5000)
    const person = await hub.hub.tokens.verify(await one.accessToken())
    assert.deepEqual([person.issuer, person.subject, person.groups, person.authTime], [principal.issuer, principal.subject, principal.groups, principal.authTime])
    assert.equal(person.username, 'alice', 'by its own subject the provider\'s name for somebody who started a program would not be found')
    const device = new TestDevice({ url: hub.url } as HubWorld)
    assert.equal((await device.enrol(await one.accessToken())).status, 200)
    assert.ok(await one.refresh())
    await one.signOut()
    await assert.rejects(one.accessToken(), /nobody is signed in/)
    idp.decide(() => ({}))
  })

  test('asks the provider for a new sign-in when the agent does, and takes no old one for it (S17)', async () => {
    await signIn('alice', 'login')
    assert.equal(idp.requests.at(-1)?.force, true)
    idp.decide(() => ({ authenticatedAt: Date.now() - 300_000 }))
    const one = authority()
    const { attempt, authorizeUrl } = await one.begin({ prompt: 'login' })
    const { status, text } = await new Browser().go(authorizeUrl)
    assert.equal(status, 401)
    assert.match(text, /answered with an old one/)
    await one.cancel(attempt)
    idp.decide(() => ({}))
  })

  test('asks the provider each time: an earlier sign-in in the same browser says nothing of today\'s groups (S19)', async () => {
    const browser = new Browser()
    const groups: (readonly string[])[] = []
    for (const now of [['data-eng'], []]) {
      idp.decide(() => ({ groups: now }))
      const one = authority()
      const { attempt, authorizeUrl } = await one.begin()
      await browser.go(authorizeUrl)
      groups.push((await one.wait(attempt)).principal.groups)
    }
    assert.deepEqual(groups, [['data-eng'], []])
    idp.decide(() => ({}))
  })

  test('lets auditors into its pages the same way, without a question of its own', async () => {
    idp.decide(() => ({ groups: ['auditors'] }))
    const browser = new Browser()
    const { status, text } = await browser.go(`${hub.url}/`, { login: 'sam' })
    assert.equal(status, 200)
    assert.ok(!browser.answered.some((fields) => fields.has('answer')))
    assert.match(text, /Northfield|Overview/)
    idp.decide(() => ({}))
  })

  test('refuses an answer with a RelayState that is forged, missing, used, or of another sign-in (S28)', async () => {
    const stopAt = (url: string): boolean => url === `${hub.url}/saml/acs`
    const posted = async (): Promise<URLSearchParams> => {
      const one = authority()
      const { authorizeUrl, attempt } = await one.begin()
      const { text } = await new Browser().go(authorizeUrl, { stopAt })
      await one.cancel(attempt)
      return new URLSearchParams(text)
    }
    const post = (body: URLSearchParams): Promise<Response> => fetch(`${hub.url}/saml/acs`, { method: 'POST', body, redirect: 'manual' })
    const [mine, theirs] = [await posted(), await posted()]
    for (const answer of [mine, theirs])
      for (const relay of ['', 'forged', undefined]) {
        const body = new URLSearchParams({ SAMLResponse: answer.get('SAMLResponse') ?? '', ...(relay === undefined ? {} : { RelayState: relay }) })
        assert.equal((await post(body)).status, 401)
      }
    const mixed = await post(new URLSearchParams({ SAMLResponse: mine.get('SAMLResponse') ?? '', RelayState: theirs.get('RelayState') ?? '' }))
    assert.equal(mixed.status, 401)
    const good = await Promise.all(Array.from({ length: 20 }, () => post(mine)))
    assert.equal(good.filter(({ status }) => status === 303).length, 1, 'one of many posted at once (S27)')
    assert.equal((await post(mine)).status, 401)
  })

  test('binds the ticket to the browser that began: another\'s, and a second use, are refused (S28)', async () => {
    const one = authority()
    const { authorizeUrl, attempt } = await one.begin()
    const browser = new Browser()
    const { url } = await browser.go(authorizeUrl, { stopAt: (to) => to.includes('/finish?ticket=') })
    const victim = await new Browser().go(url)
    assert.equal(victim.status, 401)
    assert.match(victim.text, /not begun in this browser/)
    const again = await browser.go(url)
    assert.equal(again.status, 401, 'a ticket that was tried elsewhere is spent')
    await one.cancel(attempt)
    const stopAt = (to: string): boolean => to.includes('/finish?ticket=')
    const [first, second] = [new Browser(), new Browser()]
    const ways = []
    for (const browser of [first, second]) {
      const begun = await one.begin()
      ways.push(new URL((await browser.go(begun.authorizeUrl, { stopAt })).url))
      await one.cancel(begun.attempt)
    }
    const [mine, theirs] = ways
    assert.ok(mine && theirs)
    const swapped = await second.go(`${theirs.origin}${theirs.pathname}${mine.search}`)
    assert.equal(swapped.status, 401, 'somebody else\'s ticket in one\'s own sign-in')
  })

  test('takes the answer to its question from its own page only', async () => {
    const one = authority()
    const { authorizeUrl, attempt } = await one.begin()
    const browser = new Browser()
    const { url } = await browser.go(authorizeUrl, { stopAt: (to) => /\/oidc\/auth\/[\w-]+$/.test(to) })
    const shown = await fetch(url, { redirect: 'manual', headers: { cookie: browser.jar.header(url) } })
    browser.jar.take(url, shown.headers.getSetCookie())
    const question = new URL(shown.headers.get('location') ?? '', url).href
    const reply = await fetch(question, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer: 'yes' }), headers: { cookie: browser.jar.header(question), origin: 'https://evil.example' } })
    assert.equal(reply.status, 403)
    assert.match(reply.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    await one.cancel(attempt)
  })

  test('gives no code without PKCE, to another redirect, or for another audience (S1, S4)', async () => {
    const ask = async (change: Record<string, string | undefined>): Promise<Response> => {
      const given = { response_type: 'code', client_id: 'countersign-desktop', redirect_uri: 'http://127.0.0.1:4711/callback', scope: 'openid', state: 's', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', resource: hub.url, ...change }
      return fetch(`${hub.url}/oidc/auth?${new URLSearchParams(Object.entries<string | undefined>(given).filter((one): one is [string, string] => typeof one[1] === 'string'))}`, { redirect: 'manual' })
    }
    assert.match((await ask({})).headers.get('location') ?? '', /^(?:http:\/\/127\.0\.0\.1:\d+)?\/oidc\/interaction\//)
    assert.match((await ask({ code_challenge: undefined, code_challenge_method: undefined })).headers.get('location') ?? '', /error=invalid_request/)
    assert.match((await ask({ code_challenge_method: 'plain' })).headers.get('location') ?? '', /error=invalid_request/)
    assert.match((await ask({ resource: 'https://other.example' })).headers.get('location') ?? '', /error=invalid_target/)
    for (const redirect_uri of ['http://127.0.0.1:4711/other', 'http://evil.example/callback', 'https://127.0.0.1/callback', 'vscode://evil/callback']) {
      const reply = await ask({ redirect_uri })
      assert.equal(reply.status, 400, redirect_uri)
      assert.equal(reply.headers.get('location'), null)
    }
  })
})

describe('the settings of SAML', () => {
  const wrong: readonly (readonly [what: string, change: Partial<HubFlags>, says: RegExp])[] = [
    ['an issuer beside it', { issuer: 'https://id.example' }, /give one of them/],
    ['no key', { samlKey: undefined as unknown as string }, /openssl req/],
    ['a key that is none', { samlKey: '/nowhere' }, /cannot be read/],
    ['a certificate of another key', {}, /RSA key and the certificate of that key/],
    ['a key and no metadata', { samlMetadata: undefined as unknown as string, issuer: 'https://id.example' }, /go with --saml-metadata/],
  ]
  for (const [what, change, says] of wrong)
    test(`with ${what} are refused with what they take`, async () => {
      const strange = path.join(dir, 'strange.pem')
      await writeFile(strange, testCertificate('x').certPem)
      const given = what.startsWith('a certificate') ? { ...flags, samlCert: strange } : { ...flags, ...change }
      assert.throws(() => hubConfig(given), (error: unknown) => error instanceof CountersignError && error.code === 'CS_SETTING' && says.test(error.message))
    })
})
