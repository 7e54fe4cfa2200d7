/** `npm run test:keycloak`: our own sign-in against a real Keycloak, in a real browser, step by step. Prints what it saw. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { Authority } from '../../src/agent/identity/authority.ts'
import { examine } from '../../src/cli/doctor.ts'
import { hubConfig } from '../../src/hub/config.ts'
import { startHub, type RunningHub } from '../../src/hub/main.ts'
import { testCertificate } from '../fakes/certificate.ts'
import { POLICY } from '../fakes/hub.ts'
import { setUpRealm, startKeycloak, type Person } from './keycloakServer.ts'

const CHROMIUM = process.env['COUNTERSIGN_CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))
const ADA: Person = { login: 'ada', password: 'ada-sample', groups: ['data-eng'] }
const SAM: Person = { login: 'sam', password: 'sam-sample', groups: ['auditors', 'data-eng'] }
const say = (line: string): void => { console.log(line) }
const undo: (() => Promise<unknown>)[] = []

/** Walks a page of Keycloak or of the hub to where the sign-in ends. @param until words of the last page */
async function walk(page: Page, url: string, person: Person, until: RegExp): Promise<void> {
  await page.goto(url)
  for (let step = 0; step < 12; step++) {
    const text = await page.locator('body').innerText()
    if (until.test(text)) return
    const next = page.locator('#kc-login, input[name=accept], button[name=accept], button[name=answer][value=yes]').first()
    if ((await page.locator('#username').count()) > 0 && (await page.locator('#username').isEditable())) await page.fill('#username', person.login)
    if ((await page.locator('#password').count()) > 0) await page.fill('#password', person.password)
    const before = page.url()
    await next.click({ timeout: 10_000 })
    await page.waitForURL(({ href }) => href !== before, { timeout: 20_000 })
  }
  throw new Error(`the sign-in ended at ${page.url()}: ${(await page.locator('body').innerText()).slice(0, 300)}`)
}

interface World {
  readonly browser: Browser
  readonly issuer: string
  readonly hub: RunningHub
}

async function fresh<T>({ browser }: World, use: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext()
  try {
    return await use(await context.newPage())
  } finally {
    await context.close()
  }
}

function authority(issuer: string, hub: RunningHub): Authority {
  return new Authority({ issuer, clientId: 'countersign-desktop', groupsClaim: 'groups', resource: hub.url })
}

const SIGNED_IN = /You are signed in/

async function codeFlow(world: World): Promise<void> {
  const { issuer, hub } = world
  await fresh(world, async (page) => {
    const one = authority(issuer, hub)
    const begun = await one.begin()
    await walk(page, begun.authorizeUrl, ADA, SIGNED_IN)
    const { principal } = await one.wait(begun.attempt)
    assert.deepEqual(principal.groups, ['data-eng'])
    say(`ok   code flow with PKCE in Chromium: ${principal.subject}, groups ${principal.groups.join(', ')}`)
    const person = await hub.hub.tokens.verify(await one.accessToken())
    assert.deepEqual([person.subject, person.groups, person.authTime], [principal.subject, ['data-eng'], principal.authTime])
    say('ok   the hub takes the access token (at+jwt, audience, groups)')
    const kept = one.refreshToken
    const renewed = await one.refresh()
    assert.deepEqual(renewed?.groups, ['data-eng'])
    assert.notEqual(one.refreshToken, kept)
    say('ok   refresh, with rotation')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const again = await one.begin({ prompt: 'login' })
    await walk(page, again.authorizeUrl, ADA, SIGNED_IN)
    const second = await one.wait(again.attempt)
    assert.ok(second.principal.authTime > principal.authTime)
    say(`ok   step-up: prompt=login asked for the password in a live session; auth_time is ${second.principal.authTime - principal.authTime} s later`)
    const logout = await one.logoutUrl()
    assert.ok(logout)
    const last = one.refreshToken ?? ''
    await one.signOut()
    await assert.rejects(authority(issuer, hub).restore(last), /sign-in/)
    say('ok   sign-out revokes: the refresh token opens nothing any more')
    await page.goto(logout)
    say(`ok   Keycloak's own sign-out page: ${(await page.locator('h1').first().innerText()).replaceAll('\n', ' ')}`)
  })
}

async function deviceFlow(world: World): Promise<void> {
  const { issuer, hub } = world
  await fresh(world, async (page) => {
    const one = authority(issuer, hub)
    const begun = await one.beginDevice()
    assert.ok(begun.verificationUriComplete)
    const waiting = one.wait(begun.attempt)
    await walk(page, begun.verificationUriComplete, ADA, /Device Login Successful/i)
    const { principal } = await waiting
    assert.deepEqual(principal.groups, ['data-eng'])
    say(`ok   device flow: code ${begun.userCode.replace(/\w/g, 'x')} entered in another browser, groups ${principal.groups.join(', ')}`)
  })
}

async function pages(world: World): Promise<void> {
  await fresh(world, async (page) => {
    await walk(page, `${world.hub.url}/`, SAM, /Northfield/)
    say('ok   an auditor reads the hub\'s pages')
  })
}

async function saml(world: World, samlHub: RunningHub): Promise<void> {
  await fresh(world, async (page) => {
    const one = authority(`${samlHub.url}/oidc`, samlHub)
    const begun = await one.begin()
    await walk(page, begun.authorizeUrl, SAM, SIGNED_IN)
    const { principal } = await one.wait(begun.attempt)
    assert.deepEqual([...principal.groups].sort(), ['auditors', 'data-eng'])
    await samlHub.hub.tokens.verify(await one.accessToken())
    say(`ok   SAML through the hub's broker: ${principal.subject}, groups ${principal.groups.join(', ')}`)
    const again = await one.begin({ prompt: 'login' })
    await walk(page, again.authorizeUrl, SAM, SIGNED_IN)
    const second = await one.wait(again.attempt)
    assert.ok(second.principal.authTime > principal.authTime)
    say('ok   SAML step-up: ForceAuthn asked for the password again')
  })
}

async function startHubs(dir: string): Promise<{ hub: RunningHub; start: (issuer: string) => Promise<RunningHub>; startSaml: (metadata: string) => Promise<RunningHub>; samlUrl: string; certificate: string }> {
  const { keyPem, certPem, certBase64 } = testCertificate('hub.example')
  const policy = path.join(dir, 'policy.yaml')
  await writeFile(policy, POLICY)
  await writeFile(path.join(dir, 'key.pem'), keyPem, { mode: 0o600 })
  await writeFile(path.join(dir, 'cert.pem'), certPem)
  const plain = (home: string, more: Record<string, unknown>): Promise<RunningHub> => startHub(hubConfig({ home: path.join(dir, home), policy, organisation: 'Northfield', ...more }), { say })
  // Started once for the address, which its folder keeps: the realm has to know it.
  const first = await plain('hub', { issuer: 'http://127.0.0.1:9' })
  const second = await plain('saml-hub', { issuer: 'http://127.0.0.1:9' })
  await first.stop('its address is known')
  await second.stop('its address is known')
  return {
    hub: first,
    samlUrl: second.url,
    certificate: certBase64,
    start: (issuer) => plain('hub', { issuer }),
    startSaml: (metadata) => plain('saml-hub', { samlMetadata: metadata, samlKey: path.join(dir, 'key.pem'), samlCert: path.join(dir, 'cert.pem') }),
  }
}

async function main(): Promise<void> {
  if (CHROMIUM === undefined) throw new Error('No Chromium was found. Name one in COUNTERSIGN_CHROMIUM.')
  const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-keycloak-'))
  undo.push(() => rm(dir, { recursive: true, force: true }))
  const keycloak = await startKeycloak(say)
  undo.push(() => keycloak.stop())
  const hubs = await startHubs(dir)
  await setUpRealm(keycloak, { hub: hubs.hub.url, samlHub: hubs.samlUrl, samlCertificate: hubs.certificate, people: [ADA, SAM] })
  say(`Keycloak is ready, realm ${keycloak.issuer.split('/').at(-1) ?? ''}`)
  const hub = await hubs.start(keycloak.issuer)
  undo.push(() => hub.stop('the run is over'))
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  undo.push(() => browser.close())
  const world = { browser, issuer: keycloak.issuer, hub }
  const findings = await examine({ hub: hub.url }, ({ state, what, says }) => { say(`     doctor: ${state} ${what}: ${says}`) }, () => Promise.reject(new Error('no sign-in is asked for')))
  assert.deepEqual(findings.filter(({ state }) => state === 'wrong'), [])
  await codeFlow(world)
  await deviceFlow(world)
  await pages(world)
  const samlHub = await hubs.startSaml(`${keycloak.issuer}/protocol/saml/descriptor`)
  undo.push(() => samlHub.stop('the run is over'))
  await saml(world, samlHub)
  say('Everything went as it should.')
}

try {
  await main()
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  for (const step of undo.reverse()) await step()
}
