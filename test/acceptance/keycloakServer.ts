/** A real Keycloak for the acceptance run: from Maven Central, kept in the clone's ignored cache, with a realm made by its own API. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'

const VERSION = '26.7.5'
const ROOT = path.resolve(import.meta.dirname, '../..')
const ADMIN = { name: 'admin', password: 'admin-sample' }
export const REALM = 'northfield'

export interface Person {
  readonly login: string
  readonly password: string
  readonly groups: readonly string[]
}

export interface Keycloak {
  readonly url: string
  readonly issuer: string
  /** Of the admin API, below the realm. @throws when Keycloak says no */
  readonly admin: (method: 'POST' | 'PUT' | 'GET', path: string, body?: unknown) => Promise<unknown>
  stop(): Promise<void>
}

/** KEYCLOAK_HOME, else fetched once. */
function folder(say: (line: string) => void): string {
  const given = process.env['KEYCLOAK_HOME']
  if (given !== undefined) return given
  const cache = path.join(ROOT, '.cache/keycloak')
  const home = path.join(cache, `keycloak-${VERSION}`)
  if (existsSync(home)) return home
  mkdirSync(cache, { recursive: true })
  say(`fetching Keycloak ${VERSION} from Maven Central (166 MB, once)`)
  run('mvn', ['-q', '-B', 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy', `-Dartifact=org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`, `-DoutputDirectory=${cache}`])
  run('unzip', ['-q', '-o', path.join(cache, readdirSync(cache).find((name) => name.endsWith('.zip')) ?? ''), '-d', cache])
  return home
}

function run(program: string, args: readonly string[]): void {
  const done = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (done.status !== 0) throw new Error(`${program} failed. The acceptance run needs Java 17 or newer, Maven and unzip: sudo apt-get install -y openjdk-17-jre-headless maven unzip`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function startKeycloak(say: (line: string) => void): Promise<Keycloak> {
  const home = folder(say)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(path.join(home, 'bin/kc.sh'), ['start-dev', '--http-host', '127.0.0.1', '--http-port', String(port), '--hostname', url], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', JAVA_OPTS_APPEND: '-Xmx700m', KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.name, KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => { words = (words + chunk).slice(-4000) })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.pid === undefined) return
    const over = new Promise((resolve) => child.once('close', resolve))
    // Its script starts Java as a child: the whole group of this process goes, and nothing else.
    process.kill(-child.pid, 'SIGTERM')
    await over
  }
  for (let i = 0; !(await isUp(url)); i++) {
    if (i > 300 || child.exitCode !== null) {
      await stop()
      throw new Error(`Keycloak did not start:\n${words}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  const admin = adminOf(url)
  try {
    await newRealm(admin)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, issuer: `${url}/realms/${REALM}`, admin: (method, where, body) => admin(method, `/${REALM}${where}`, body), stop }
}

/** Of an earlier run nothing is left: Keycloak keeps its realms on disk. */
async function newRealm(admin: ReturnType<typeof adminOf>): Promise<void> {
  const realms = (await admin('GET', '')) as readonly { readonly realm: string }[]
  if (realms.some(({ realm }) => realm === REALM)) await admin('DELETE', `/${REALM}`)
  await admin('POST', '', { realm: REALM, enabled: true, accessTokenLifespan: 300, revokeRefreshToken: true, refreshTokenMaxReuse: 0 })
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/realms/master/.well-known/openid-configuration`)).ok
  } catch {
    // Not listening yet.
    return false
  }
}

function adminOf(url: string): (method: string, where: string, body?: unknown) => Promise<unknown> {
  return async (method, where, body) => {
    const signIn = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: ADMIN.name, password: ADMIN.password }) })
    const { access_token: token } = (await signIn.json()) as { access_token: string }
    const reply = await fetch(`${url}/admin/realms${where}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`Keycloak's admin API: ${method} ${where} answers ${reply.status} ${text.slice(0, 300)}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
}

/** What src/hub/README.md says of Keycloak, done by the API. */
export async function setUpRealm({ admin }: Keycloak, options: { readonly hub: string; readonly samlHub: string; readonly samlCertificate: string; readonly people: readonly Person[] }): Promise<void> {
  const { hub, samlHub, samlCertificate, people } = options
  const groupsMapper = { name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: { 'claim.name': 'groups', 'full.path': 'false', 'id.token.claim': 'true', 'access.token.claim': 'true', 'userinfo.token.claim': 'true' } }
  const audienceMapper = { name: 'hub', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper', config: { 'included.custom.audience': hub, 'access.token.claim': 'true', 'id.token.claim': 'false' } }
  await admin('POST', '/client-scopes', { name: 'groups', protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'true' }, protocolMappers: [groupsMapper, audienceMapper] })
  const scopes = { defaultClientScopes: ['basic', 'acr', 'profile', 'email'], optionalClientScopes: ['offline_access', 'groups'] }
  const open = { publicClient: true, standardFlowEnabled: true, directAccessGrantsEnabled: false, implicitFlowEnabled: false, ...scopes }
  const attributes = { 'pkce.code.challenge.method': 'S256', 'access.token.header.type.rfc9068': 'true' }
  await admin('POST', '/clients', { clientId: 'countersign-desktop', ...open, redirectUris: ['http://127.0.0.1/callback'], attributes: { ...attributes, 'oauth2.device.authorization.grant.enabled': 'true', 'post.logout.redirect.uris': '+' } })
  await admin('POST', '/clients', { clientId: 'countersign-hub', ...open, redirectUris: [`${hub}/auth/callback`], attributes })
  await admin('POST', '/clients', {
    clientId: `${samlHub}/saml/metadata`,
    protocol: 'saml',
    redirectUris: [`${samlHub}/saml/acs`],
    frontchannelLogout: true,
    attributes: { 'saml.assertion.signature': 'true', 'saml.server.signature': 'true', 'saml.client.signature': 'true', 'saml.signing.certificate': samlCertificate, 'saml.signature.algorithm': 'RSA_SHA256', 'saml_name_id_format': 'persistent', 'saml.force.post.binding': 'true', 'saml.authnstatement': 'true' },
    protocolMappers: [{ name: 'groups', protocol: 'saml', protocolMapper: 'saml-group-membership-mapper', config: { 'attribute.name': 'groups', 'attribute.nameformat': 'Basic', single: 'true', 'full.path': 'false' } }],
    defaultClientScopes: [],
  })
  for (const name of new Set(people.flatMap(({ groups }) => groups))) await admin('POST', '/groups', { name })
  for (const { login, password, groups } of people) await admin('POST', '/users', { username: login, enabled: true, email: `${login}@northfield.example`, emailVerified: true, firstName: login, lastName: 'Sample', groups: [...groups], credentials: [{ type: 'password', value: password, temporary: false }] })
}
