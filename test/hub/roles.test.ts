/** Every route of the hub without a credential, and with the wrong one: found in the source, so that none is forgotten. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { post, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { ROOT } from '../fakes/trial.ts'

/** `open`: for anybody. `saml`: binds what comes by itself (test/hub/saml). */
type Kind = 'open' | 'saml' | 'person' | 'policy' | 'auditor' | 'device' | 'page' | 'form'

const ROUTES: Readonly<Record<string, Kind>> = {
  'get /.well-known/countersign': 'open', 'get /v1/log/receipt': 'open', 'post /v1/workload': 'open', 'get /auth/sign-in': 'open', 'get /auth/callback': 'open', 'get /assets/${name}': 'open',
  'get /saml/metadata': 'saml', 'post /saml/acs': 'saml', 'get ${MOUNT}/interaction/:uid': 'saml', 'get ${MOUNT}/interaction/:uid/finish': 'saml', 'post ${MOUNT}/interaction/:uid': 'saml', 'all ${MOUNT}/*': 'saml',
  'post /v1/enrol': 'person', 'post /v1/sign-out': 'person', 'post /v1/evidence': 'auditor', 'post /v1/policy': 'policy',
  'post /v1/log/checkpoint': 'device', 'post /v1/log/entries': 'device', 'get /v1/policy': 'device', 'get /v1/upstream-keys': 'device', 'post /v1/approvals': 'device', 'post /v1/approvals/:ap/reason': 'device',
  'post /v1/approvals/:ap/withdraw': 'device', 'post /v1/approvals/:ap/used': 'device', 'post /v1/approvals/:ap/review': 'device', 'post /v1/approvals/endings': 'device', 'get /v1/events': 'device',
  'get /': 'page', 'get /records': 'page', 'get /record': 'page', 'get /exchange/:ex': 'page', 'get /sessions': 'page', 'get /policies': 'page', 'get /policies/:version': 'page', 'get /policies/proposals/:id': 'page', 'get /people': 'page',
  'get /evidence': 'page', 'get /access': 'page',
  'post /people': 'form', 'post /evidence': 'form', 'post /policies/proposals/:id': 'form',
  // Without a session there is nothing to end; with one it asks for the page's token (pages.test.ts).
  'post /auth/sign-out': 'open',
}

const of = (...kinds: readonly Kind[]): { method: 'GET' | 'POST'; route: string }[] =>
  Object.entries(ROUTES).flatMap(([name, kind]) => {
    const [method = '', pattern = ''] = name.split(' ')
    return kinds.includes(kind) ? [{ method: method === 'get' ? 'GET' : 'POST', route: pattern.replace(/:\w+/g, 'x') }] : []
  })

function ask(world: HubWorld, { method, route }: { method: 'GET' | 'POST'; route: string }, headers: Record<string, string> = {}, body: RequestInit['body'] = '{}'): Promise<Response> {
  return fetch(world.url + route, { method, redirect: 'manual', headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers }, ...(method === 'POST' ? { body } : {}) })
}

async function pageOf(world: HubWorld, login: string): Promise<{ cookie: string; token: string }> {
  const jar = new CookieJar()
  const { text } = await walk(`${world.url}/`, world.idp.people.find((one) => one.login === login)!, jar)
  return { cookie: jar.header(world.url), token: /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '' }
}

describe('the hub\'s routes', () => {
  test('are those of this table', () => {
    const found = globSync('src/hub/**/*.ts', { cwd: ROOT }).flatMap((file) => {
      const text = readFileSync(path.join(ROOT, file), 'utf8')
      const looks = [...text.matchAll(/\blook\('([^']+)'/g)].map(([, route = '']) => `get ${route}`)
      return [...looks, ...[...text.matchAll(/\b(?:app|scope)\.(get|post|put|patch|delete|head|options|all|route)(?:<[^>]*>)?\(\s*['`]([^'`]+)['`]/g)].map(([, method = '', route = '']) => `${method} ${route}`)]
    })
    assert.deepEqual(found.toSorted(), Object.keys(ROUTES).toSorted())
  })

  test('do nothing without a credential, or with one of another kind', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const { cookie } = await pageOf(world, 'kim')
    const bearer = `Bearer ${await world.tokenOf('kim')}`
    const before = world.running.hub.log.records.length
    for (const one of of('person', 'policy', 'auditor', 'device', 'form')) {
      for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: 'Countersign x.y.z' }, { cookie }] as Record<string, string>[]) {
        const body = one.route.startsWith('/v1') ? '{}' : new URLSearchParams({ verdict: 'remove' })
        const reply = await ask(world, one, { ...headers, ...(typeof body === 'string' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) }, body)
        assert.ok(reply.status === 401 || reply.status === 403, `${one.method} ${one.route} with ${JSON.stringify(Object.keys(headers))}: ${reply.status}`)
      }
    }
    for (const one of of('device')) assert.equal((await ask(world, one, { authorization: bearer, 'x-countersign-person': bearer.slice(7) })).status, 403, one.route)
    for (const one of of('person', 'policy', 'auditor')) assert.equal((await ask(world, one, { authorization: `Countersign ${await device.token(one.method, one.route, '{}')}` })).status, 401, one.route)
    for (const one of of('page')) {
      const reply = await ask(world, one, { authorization: bearer })
      assert.deepEqual([reply.status, new URL(reply.headers.get('location') ?? '', world.url).pathname], [303, '/auth/sign-in'], one.route)
    }
    const after = world.running.hub.log.records.slice(before).map(({ event }) => event.type)
    assert.deepEqual([...new Set(after)], ['request.refused'])
  })

  test('do nothing for somebody signed in who has no role', async (t) => {
    const world = await startHubWorld(t)
    const { cookie, token } = await pageOf(world, 'ada')
    const bearer = { authorization: `Bearer ${await world.tokenOf('ada')}` }
    assert.notEqual(token, '')
    for (const one of of('page')) assert.equal((await ask(world, one, { cookie })).status, 403, one.route)
    for (const { route } of of('form')) {
      const reply = await fetch(world.url + route, { method: 'POST', redirect: 'manual', headers: { cookie, origin: world.url }, body: new URLSearchParams({ token, reason: 'because', verdict: 'approve', from: '2026-11-01', to: '2026-11-02' }) })
      assert.equal(reply.status, 403, route)
    }
    assert.equal((await post(`${world.url}/v1/policy`, { document: 'version: 1', reason: 'because' }, bearer)).status, 403)
    assert.equal((await post(`${world.url}/v1/evidence`, { from: '2026-11-01', to: '2026-11-02' }, bearer)).status, 403)
    assert.equal(world.running.hub.policies.current?.version, 1)
  })
})
