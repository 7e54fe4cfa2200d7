import assert from 'node:assert/strict'
import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { examine, type DoctorFlags } from '../../src/cli/doctor.ts'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { startIdentityProvider } from '../../src/sandbox/identityProvider.ts'
import { PEOPLE } from '../../src/sandbox/people.ts'
import { completeSignIn } from '../../src/sandbox/signIn.ts'
import { testCertificate } from '../fakes/certificate.ts'
import { startHubWorld } from '../fakes/hub.ts'
import { COUNTERSIGN, run } from '../fakes/trial.ts'

const nobody = (): Promise<never> => Promise.reject(new Error('no page is shown here'))

async function look(flags: DoctorFlags): Promise<readonly Finding[]> {
  return examine(flags, () => undefined, nobody)
}

function found(findings: readonly Finding[], what: string, state: Finding['state'], says: RegExp): Finding {
  const one = findings.find((finding) => finding.what === what && finding.state === state && says.test(finding.says))
  assert.ok(one, `${what} ${state} ${String(says)} in\n${findings.map((finding) => `${finding.state} ${finding.what}: ${finding.says}`).join('\n')}`)
  return one
}

const wrong = (findings: readonly Finding[]): string[] => findings.filter(({ state }) => state === 'wrong').map(({ what }) => what)

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A provider that is not well: its discovery document with changes, and how its other pages answer. */
async function sickProvider(t: TestContext, change: Record<string, unknown>, page: { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> } = { status: 302, headers: { location: '/login' } }, date?: string): Promise<string> {
  const server = createPlain((request, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    if (date !== undefined) response.setHeader('date', date)
    if (request.url?.startsWith('/.well-known/')) {
      const document = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`, code_challenge_methods_supported: ['S256'], grant_types_supported: ['authorization_code', 'refresh_token'], ...change }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    } else if (request.url === '/keys') response.writeHead(200).end(JSON.stringify({ keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }] }))
    else response.writeHead(page.status, page.headers).end(page.body ?? '')
  })
  return `http://127.0.0.1:${await listening(t, server)}`
}

const client = { clientId: 'countersign-desktop' }

describe('the doctor', () => {
  test('finds nothing wrong with a hub and the sample provider, and sees groups in the tokens of a whole sign-in', async (t) => {
    const world = await startHubWorld(t)
    const findings = await examine({ hub: world.url, signIn: true }, () => undefined, (url) => completeSignIn(url, world.idp.people.find(({ login }) => login === 'ada')!))
    assert.deepEqual(wrong(findings), [])
    found(findings, 'hub', 'ok', /Northfield/)
    found(findings, 'clock of the hub', 'ok', /differ by/)
    found(findings, 'issuer', 'ok', /127/)
    found(findings, 'PKCE', 'ok', /S256/)
    found(findings, 'device flow', 'ok', /code was given/)
    found(findings, 'client and redirect', 'ok', /any port, with tokens for/)
    found(findings, 'sign-in', 'ok', /as ada/)
    found(findings, 'groups in the id_token', 'ok', /data-eng/)
    found(findings, 'access token', 'ok', /with groups/)
    found(findings, 'accounts of one person', 'ok', /an e-mail address/)
    found(findings, 'refresh', 'ok', /renewed/)
    found(findings, 'pages of the hub', 'ok', /countersign-hub/)
  })

  test('says when second accounts of one person go unlinked, because the access token has no e-mail address', async (t) => {
    const people = PEOPLE.map((one) => ({ ...one, email: undefined as unknown as string }))
    const world = await startHubWorld(t, { idp: { people } })
    const findings = await examine({ hub: world.url, signIn: true }, () => undefined, (url) => completeSignIn(url, people.find(({ login }) => login === 'ada')!))
    assert.match(found(findings, 'accounts of one person', 'warn', /a second account is another person/).todo ?? '', /put the claim email, and preferred_username, into access tokens for http/)
    assert.deepEqual(wrong(findings), [])
  })

  test('says that the provider does not know the hub as an audience, the client, or the client\'s redirect', async (t) => {
    const idp = await startIdentityProvider({})
    t.after(() => idp.close())
    const world = await startHubWorld(t, { issuer: idp.issuer })
    assert.match(found(await look({ hub: world.url }), 'audience of the hub', 'wrong', /gives no access tokens for/).todo ?? '', /Register the hub as an API/)
    found(await look({ issuer: idp.issuer, clientId: 'somebody' }), 'client and redirect', 'wrong', /knows no client somebody/)
    found(await look({ issuer: idp.issuer, clientId: 'countersign-hub' }), 'client and redirect', 'wrong', /redirect .* is not registered/)
    found(await look({ issuer: idp.issuer, clientId: 'countersign-hub' }), 'device flow', 'warn', /gets no code/)
  })

  test('says why an address cannot be reached: name, port, path, plain http', async (t) => {
    found(await look({ issuer: 'https://no-such-name.invalid', ...client }), 'discovery', 'wrong', /not known to DNS/)
    found(await look({ issuer: 'http://127.0.0.1:1', ...client }), 'discovery', 'wrong', /nobody listens|cannot be reached/)
    const issuer = await sickProvider(t, {})
    found(await look({ issuer: `${issuer}/realms/none`, ...client }), 'discovery', 'wrong', /status 302/)
    found(await look({ hub: issuer }), 'hub', 'wrong', /no Countersign hub/)
    found(await look({ issuer: await sickProvider(t, { jwks_uri: 'http://keys.example/jwks' }), ...client }), 'keys', 'wrong', /plain http to another machine/)
  })

  test('says what is wrong with a certificate, and never looks past it (S61)', async (t) => {
    const { keyPem, certPem } = testCertificate('localhost')
    const port = await listening(t, createSecure({ key: keyPem, cert: certPem }, (_request, response) => response.end('{}')))
    assert.match(found(await look({ issuer: `https://localhost:${port}`, ...client }), 'discovery', 'wrong', /signed by itself/).todo ?? '', /NODE_EXTRA_CA_CERTS/)
  })

  test('says that the issuer is not the one asked for, slash or not', async (t) => {
    const server = createPlain((_request, response) => response.end(JSON.stringify({ issuer: `http://127.0.0.1:${port}/` })))
    const port = await listening(t, server)
    const finding = found(await look({ issuer: `http://127.0.0.1:${port}`, ...client }), 'issuer', 'wrong', /slash at the end/)
    assert.equal(finding.todo, `Set the issuer to http://127.0.0.1:${port}/.`)
  })

  test('says what the provider lacks: PKCE, refresh, endpoints, keys, scopes, sign-out', async (t) => {
    found(await look({ issuer: await sickProvider(t, { code_challenge_methods_supported: ['plain'] }), ...client }), 'PKCE', 'wrong', /not S256/)
    found(await look({ issuer: await sickProvider(t, { code_challenge_methods_supported: undefined }), ...client }), 'PKCE', 'unknown', /Entra ID/)
    found(await look({ issuer: await sickProvider(t, { grant_types_supported: ['authorization_code'] }), ...client }), 'refresh', 'wrong', /no refresh tokens/)
    found(await look({ issuer: await sickProvider(t, { token_endpoint: undefined }), ...client }), 'endpoints', 'wrong', /token_endpoint/)
    const poor = await look({ issuer: await sickProvider(t, { scopes_supported: ['openid'] }), ...client })
    found(poor, 'scopes', 'warn', /offline_access/)
    found(poor, 'groups', 'unknown', /only a sign-in shows/)
    found(poor, 'sign-out', 'warn', /no revocation and no sign-out page/)
    found(poor, 'device flow', 'warn', /offers none/)
    const symmetric = createPlain((_request, response) => response.end(JSON.stringify({ keys: [{ kty: 'oct', k: 'x' }] })))
    found(await look({ issuer: await sickProvider(t, { jwks_uri: `http://127.0.0.1:${await listening(t, symmetric)}/` }), ...client }), 'keys', 'wrong', /no key that could check/)
  })

  test('says that the clock is wrong, and by how much', async (t) => {
    const issuer = await sickProvider(t, {}, undefined, new Date(Date.now() + 300_000).toUTCString())
    assert.match(found(await look({ issuer, ...client }), 'clock of the provider', 'wrong', /clock is (?:299|300|301) s behind/).todo ?? '', /NTP/)
  })

  test('reads the error pages of large providers, and repeats nothing of them', async (t) => {
    const page = (body: string, status = 200): Promise<string> => sickProvider(t, {}, { status, body })
    found(await look({ issuer: await page('AADSTS50011: The redirect URI <script>'), ...client }), 'client and redirect', 'wrong', /is not registered/)
    found(await look({ issuer: await page('AADSTS700016: Application not found'), ...client }), 'client and redirect', 'wrong', /knows no client/)
    found(await look({ issuer: await page('Client not found.', 400), ...client }), 'client and redirect', 'wrong', /knows no client/)
    const findings = await look({ issuer: await page('<script>x</script>', 500), ...client })
    assert.ok(!JSON.stringify(findings).includes('<script>'))
    found(findings, 'client and redirect', 'wrong', /status 500/)
  })

  test('is a command: exit code 1 and the way out when something is wrong', async (t) => {
    const issuer = await sickProvider(t, { code_challenge_methods_supported: [] })
    const ran = await run([...COUNTERSIGN, 'doctor', '--issuer', issuer, '--client-id', 'x'])
    assert.equal(ran.code, 1, ran.err)
    assert.match(ran.out, /WRONG {3}PKCE: .*\n {8}→ Turn on PKCE/)
    assert.match(ran.out, /1 thing is wrong\.\n$/)
    const none = await run([...COUNTERSIGN, 'doctor'])
    assert.equal(none.code, 2)
    assert.match(none.err, /doctor takes --hub URL/)
  })
})
