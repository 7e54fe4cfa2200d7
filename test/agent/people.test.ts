import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { AuditEvent } from '../../src/protocol/audit.ts'
import type { KeptSignIn } from '../../src/protocol/control.ts'
import { People, type PeopleOptions } from '../../src/agent/people.ts'
import type { HubLink } from '../../src/agent/sync/hubLink.ts'
import { DESKTOP_CLIENT, startIdentityProvider } from '../../src/sandbox/identityProvider.ts'
import { NOTHING_KEPT } from '../../src/agent/identity/keptSessions.ts'
import { completeSignIn } from '../../src/sandbox/signIn.ts'
import { memoryStore } from '../fakes/memoryStore.ts'
import { until } from '../fakes/trial.ts'

const HOUR = 3_600_000

interface World {
  /** Another run of the agent: nothing of the one before is left but what windows and the state folder keep. */
  agent(limits?: { idle?: number; absolute?: number }): People
  readonly kept: (string | null)[]
  readonly events: AuditEvent[]
  readonly idpLog: readonly string[]
  age: number
  hub: Partial<HubLink> | undefined
  /** Milliseconds that passed. */
  passed: number
  signIn(people: People, login?: string): Promise<string>
}

async function startWorld(t: TestContext): Promise<World> {
  const idp = await startIdentityProvider({ signInAge: () => world.age })
  t.after(() => idp.close())
  const kept = memoryStore(NOTHING_KEPT)
  const world: World = {
    passed: 0,
    hub: undefined,
    kept: [],
    events: [],
    idpLog: idp.log,
    age: 0,
    agent: ({ idle = 8 * HOUR, absolute = 12 * HOUR } = {}) =>
      new People({
        journal: { append: (event: AuditEvent | ((sd: readonly string[]) => AuditEvent)) => Promise.resolve(void world.events.push(typeof event === 'function' ? event([]) : event)) } as unknown as PeopleOptions['journal'],
        policy: { active: { document: { limits: { sessionIdle: idle, sessionAbsolute: absolute } } } } as unknown as PeopleOptions['policy'],
        settings: () => Promise.resolve({ issuer: idp.issuer, clientId: DESKTOP_CLIENT, groupsClaim: 'groups', resource: undefined }),
        hub: () => world.hub as HubLink | undefined,
        approvals: { signedIn: () => undefined, signedOut: () => Promise.resolve() },
        onChange: () => undefined,
        onKept: ({ refreshToken }: KeptSignIn) => world.kept.push(refreshToken),
        onAnother: () => { world.kept.push('another person') },
        kept,
        now: () => Date.now() + world.passed,
        log: () => undefined,
      }),
    async signIn(people, login = 'ada') {
      const { attempt, authorizeUrl } = await people.begin({})
      await completeSignIn(authorizeUrl, { login, password: `${login}-sample` })
      await people.wait(attempt)
      return people.kept.refreshToken ?? ''
    },
  }
  return world
}

const typesOf = (world: World): string[] => world.events.map(({ type }) => type)

describe('S11 a sign-in that windows keep', () => {
  test('is taken up by another run of the agent, and lasts no longer for that', async (t) => {
    const world = await startWorld(t)
    world.age = 11 * 3600
    const token = await world.signIn(world.agent())
    const next = world.agent()
    await next.restore(token)
    const left = (next.sessions.current?.endsAt ?? 0) - Date.now()
    assert.ok(Math.abs(left - HOUR) < 60_000, `${left} ms left`)
  })

  test('opens nothing once it is older than the policy lets a session be: it is forgotten everywhere, revoked, and on record', async (t) => {
    const world = await startWorld(t)
    world.age = 13 * 3600
    const token = await world.signIn(world.agent())
    const next = world.agent()
    await assert.rejects(next.restore(token), { code: 'CS_SESSION_EXPIRED', message: /older than your organisation allows\. Sign in again/ })
    assert.equal(next.sessions.current, undefined)
    assert.deepEqual([world.kept.at(-1), next.kept.refreshToken], [null, null])
    assert.match(JSON.stringify(world.events.at(-1)), /session\.refused.*older than your organisation/)
    await assert.rejects(next.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
  })

  test('is over when nobody made a call for too long, also while there was no agent: forgotten everywhere, revoked, and on record', async (t) => {
    const world = await startWorld(t)
    const token = await world.signIn(world.agent())
    world.passed = 8 * HOUR
    const next = world.agent()
    await assert.rejects(next.restore(token), { code: 'CS_SESSION_EXPIRED', message: /ended after 8 hours without a call\. Sign in again/ })
    assert.deepEqual([next.sessions.current, world.kept.at(-1), next.kept.refreshToken], [undefined, null, null])
    assert.match(JSON.stringify(world.events.at(-1)), /session\.refused.*without a call/)
    await until(() => world.idpLog.includes('grant.revoked') || undefined, 'the revocation at the provider')
  })

  test('ends with the session that nobody used: a reload brings nobody back', async (t) => {
    const world = await startWorld(t)
    const people = world.agent({ idle: 1 })
    const token = await world.signIn(people)
    await until(() => people.sessions.current === undefined || undefined, 'the end of the session')
    assert.deepEqual([world.kept.at(-1), people.kept.refreshToken], [null, null])
    assert.deepEqual(typesOf(world).slice(-2), ['session.started', 'session.ended'])
    await until(() => world.idpLog.includes('grant.revoked') || undefined, 'the revocation at the provider')
    await assert.rejects(world.agent().restore(token), { code: 'CS_SIGN_IN_FAILED' })
  })
})

describe('a sign-in of somebody else', () => {
  test('is known before what renews it is told to anybody, after a sign-out too; of the same person it is no news', async (t) => {
    const world = await startWorld(t)
    const people = world.agent()
    await world.signIn(people, 'ada')
    await world.signIn(people, 'ada')
    assert.ok(!world.kept.includes('another person'))
    for (const login of ['grace', 'ada']) {
      world.kept.length = 0
      const token = await world.signIn(people, login)
      assert.ok(world.kept.includes('another person'))
      assert.ok(world.kept.indexOf('another person') < world.kept.indexOf(token))
      await people.signOut()
    }
  })
})

describe('S13 signing out', () => {
  test('gives back every access token that is still good, those that were renewed too, and so does the end of a session by its limits', async (t) => {
    const world = await startWorld(t)
    const given: string[] = []
    const back: string[][] = []
    world.hub = { signedIn: () => Promise.resolve(), signedOut: (tokens) => { back.push([...(tokens ?? [])]) } }
    const people = world.agent()
    await world.signIn(people)
    given.push(await people.accessToken())
    await people.renew()
    given.push(await people.accessToken())
    assert.equal(new Set(given).size, 2)
    await people.signOut()
    await world.signIn(people)
    const later = await people.accessToken()
    world.passed = 8 * HOUR
    people.sessions.expire()
    assert.deepEqual(back, [given, [later]])
    await assert.rejects(people.accessToken(), { code: 'CS_NOT_SIGNED_IN' })
  })
})
