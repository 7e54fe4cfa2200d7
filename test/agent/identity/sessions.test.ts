import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Principal } from '../../../src/protocol/identity.ts'
import { CountersignError, type ErrorCode } from '../../../src/protocol/errors.ts'
import { mintSessionKey, sessionKeyHash } from '../../../src/protocol/sessionKey.ts'
import { NOTHING_KEPT } from '../../../src/agent/identity/keptSessions.ts'
import { Sessions } from '../../../src/agent/identity/sessions.ts'
import { memoryStore } from '../../fakes/memoryStore.ts'

const HOUR = 3_600_000
const ada: Principal = { issuer: 'https://id', subject: 'ada', groups: [], authTime: 1 }
const grace: Principal = { ...ada, subject: 'grace' }

interface World {
  sessions: Sessions
  readonly key: string
  readonly ended: string[]
  readonly pass: (ms: number) => void
  /** The agent ends as it should, or is killed, and another run begins. */
  restart(how?: 'killed'): Promise<void>
  readonly kept: string
}

function world(): World {
  let now = 1000 * HOUR
  let ids = 0
  const ended: string[] = []
  const kept = memoryStore(NOTHING_KEPT)
  const open = (): Sessions => new Sessions({ now: () => now, limits: () => ({ idle: 8 * HOUR, absolute: 12 * HOUR }), newSessionId: () => `se_${++ids}`, newLaunchId: () => `la_${++ids}`, onEnded: (session, reason) => ended.push(`${session.principal.subject}: ${reason}`), kept, onNotKept: (error) => { throw error as Error } })
  const key = mintSessionKey(Buffer.alloc(32, 7))
  const made: World = {
    sessions: open(),
    key,
    ended,
    pass: (ms) => { now += ms },
    async restart(how) {
      if (how === undefined) await made.sessions.close('the agent ends')
      made.sessions = open()
    },
    get kept() {
      return JSON.stringify(kept.data)
    },
  }
  made.sessions.register(sessionKeyHash(key), 'window', 'sample')
  return made
}

const at = (hours: number): Principal => ({ ...ada, authTime: (1000 * HOUR + hours * HOUR) / 1000 })

const code = (expected: ErrorCode, says = /./) => (error: unknown) => error instanceof CountersignError && error.code === expected && says.test(error.message)

describe('a session', () => {
  test('S11 ends twelve hours after the sign-in, however much it is used and renewed', () => {
    const { sessions, key, ended, pass } = world()
    sessions.start(ada)
    for (let hour = 0; hour < 12; hour++) {
      sessions.authenticate(key)
      sessions.renew({ ...ada, groups: [`g${hour}`] })
      pass(HOUR)
    }
    assert.throws(() => sessions.authenticate(key), code('CS_SESSION_EXPIRED', /^your session ended: one lasts 12 hours at most here\. Nothing was sent\. Run "Countersign: Sign in"/))
    assert.deepEqual(ended, ['ada: absolute limit'])
    sessions.start(ada)
    sessions.end('signed out')
    assert.throws(() => sessions.authenticate(key), code('CS_NOT_SIGNED_IN'), 'whoever signed out knows it')
  })

  test('ends after eight hours without a call; being looked at is none', () => {
    const { sessions, key, ended, pass } = world()
    sessions.start(ada)
    pass(HOUR)
    sessions.authenticate(key)
    pass(8 * HOUR - 1)
    assert.equal(sessions.current?.principal.subject, 'ada')
    pass(1)
    sessions.expire()
    assert.deepEqual(ended, ['ada: idle limit'], 'told when it ends, not when somebody asks')
    assert.throws(() => sessions.authenticate(key), code('CS_SESSION_EXPIRED', /^your session ended after 8 hours without a call\. Nothing was sent/))
  })

  test('S11 that is taken up again lasts from when the person proved who they are', () => {
    const { sessions, pass } = world()
    pass(20 * HOUR)
    assert.equal(sessions.resume(at(15)).endsAt, 1027 * HOUR)
    assert.throws(() => sessions.resume(at(8)), code('CS_SESSION_EXPIRED', /older than your organisation allows/))
    assert.equal(sessions.resume(at(40)).endsAt, 1032 * HOUR, 'a provider whose clock is ahead gives nobody more')
  })

  test('S11 that nobody used is not younger after the agent was started anew, however it ended', async () => {
    for (const how of [undefined, 'killed'] as const) {
      const made = world()
      made.sessions.start(ada)
      made.pass(3 * HOUR)
      made.sessions.authenticate(made.key)
      made.pass(7 * HOUR)
      await made.restart(how)
      made.sessions.resume(at(0))
      made.pass(HOUR - 1)
      assert.equal(made.sessions.current?.principal.subject, 'ada')
      made.pass(1)
      assert.equal(made.sessions.current, undefined)
      assert.equal(made.ended.at(-1), 'ada: idle limit')
    }
  })

  test('S11 is over when it became too old while there was no agent, and when nobody can tell how old it is', async () => {
    const made = world()
    made.sessions.start(ada)
    await made.restart()
    made.pass(8 * HOUR)
    assert.throws(() => made.sessions.resume(at(0)), code('CS_SESSION_EXPIRED', /^your session ended after 8 hours without a call\. Sign in again\.$/))
    assert.throws(() => made.sessions.resume({ ...at(0), subject: 'grace' }), code('CS_SESSION_EXPIRED', /without a call/), 'nothing is known of when Grace made her last call')
    made.pass(-9 * HOUR)
    assert.throws(() => made.sessions.resume(at(-1)), code('CS_SESSION_EXPIRED', /clock of this machine was put back/))
  })

  test('S11 lasts no longer with a provider that does not say when the person proved who they are', async () => {
    const made = world()
    assert.throws(() => made.sessions.resume({ ...ada, authTime: 0 }), code('CS_SESSION_EXPIRED'), 'nothing is known of it')
    made.sessions.start(at(0))
    made.pass(5 * HOUR)
    made.sessions.authenticate(made.key)
    await made.restart()
    const { endsAt, principal } = made.sessions.resume({ ...ada, authTime: 0 })
    assert.deepEqual([endsAt, principal.authTime], [1012 * HOUR, at(0).authTime])
    made.sessions.renew({ ...ada, authTime: 0, groups: ['later'] })
    assert.equal(made.sessions.current?.principal.authTime, at(0).authTime)
  })

  test('S30 leaves neither keys nor names behind for the next run of the agent', async () => {
    const made = world()
    made.sessions.start(ada)
    await made.restart()
    assert.ok(made.kept.includes(sessionKeyHash(made.key)))
    for (const secret of [made.key, made.key.slice(3, 46), 'ada', 'https://id']) assert.ok(!made.kept.includes(secret), secret)
  })

  test('is renewed by the same person only', () => {
    const { sessions } = world()
    sessions.start(ada)
    sessions.renew({ ...grace, groups: ['security-leads'] })
    sessions.renew({ ...ada, issuer: 'https://evil', groups: ['security-leads'] })
    assert.deepEqual(sessions.current?.principal, ada)
  })

  test('S13 opens nothing after a sign-out, and a key that was revoked stays so', () => {
    const { sessions, key } = world()
    sessions.start(ada)
    sessions.authenticate(key)
    sessions.end('signed out')
    assert.throws(() => sessions.authenticate(key), code('CS_NOT_SIGNED_IN'))
    sessions.start(ada)
    sessions.authenticate(key)
    assert.equal(sessions.revoke(sessionKeyHash(key)), true)
    assert.throws(() => sessions.authenticate(key), code('CS_SESSION_KEY_UNKNOWN'))
  })

  test('S13 of somebody else makes no calls for programs that were started before it, and they come back with their person', () => {
    const { sessions, key } = world()
    sessions.start(ada)
    const late = mintSessionKey(Buffer.alloc(32, 9))
    sessions.register(sessionKeyHash(late), 'run', 'python')
    assert.equal(sessions.isSpent(sessionKeyHash(key)), false)
    sessions.start(grace)
    for (const one of [key, late]) {
      assert.throws(() => sessions.authenticate(one), code('CS_SESSION_KEY_EXPIRED', /started while somebody else was signed in.*Open a new terminal or restart the kernel/))
      assert.equal(sessions.isSpent(sessionKeyHash(one)), true)
    }
    const fresh = mintSessionKey(Buffer.alloc(32, 10))
    sessions.register(sessionKeyHash(fresh), 'window', 'sample')
    assert.equal(sessions.authenticate(fresh).session.principal.subject, 'grace')
    sessions.start(ada)
    assert.equal(sessions.authenticate(key).session.principal.subject, 'ada')
  })

  test('S13 a key stays with its person when the agent was started anew, also one whose window is closed', async () => {
    const made = world()
    const hash = sessionKeyHash(made.key)
    made.sessions.start(ada)
    await made.restart('killed')
    made.sessions.start(grace)
    assert.equal(made.sessions.isSpent(hash), true, 'a window makes another one')
    made.sessions.register(hash, 'window', 'sample')
    assert.throws(() => made.sessions.authenticate(made.key), code('CS_SESSION_KEY_EXPIRED', /started while somebody else was signed in/))
    await made.restart()
    made.sessions.start(ada)
    made.sessions.register(hash, 'window', 'sample')
    assert.equal(made.sessions.authenticate(made.key).session.principal.subject, 'ada')
  })

  test('S34 a key that was revoked stays so when the agent was started anew', async () => {
    const made = world()
    made.sessions.start(ada)
    made.sessions.revoke(sessionKeyHash(made.key))
    await made.restart('killed')
    made.sessions.start(ada)
    assert.equal(made.sessions.isSpent(sessionKeyHash(made.key)), true)
  })

  test('S34 a launch that was revoked has no key that works, now or when it is registered again', () => {
    const { sessions, key } = world()
    sessions.start(ada)
    const { id } = sessions.launchOf(sessionKeyHash(key))!
    assert.deepEqual([sessions.revokeLaunch('la_other'), sessions.revokeLaunch(id), sessions.revokeLaunch(id)], [false, true, false])
    assert.equal(sessions.isSpent(sessionKeyHash(key)), true)
    assert.throws(() => sessions.authenticate(key), code('CS_SESSION_KEY_UNKNOWN'))
  })

  test('S34 takes no key but a known one of ours, compared in constant time', () => {
    const { sessions, key } = world()
    sessions.start(ada)
    const other = mintSessionKey(Buffer.alloc(32, 8))
    for (const wrong of [other, key.slice(0, -1), `${key}x`, key.toUpperCase(), '', '__proto__']) assert.throws(() => sessions.authenticate(wrong), code('CS_SESSION_KEY_UNKNOWN'), wrong)
    assert.match(readFileSync(path.resolve(import.meta.dirname, '../../../src/agent/identity/sessions.ts'), 'utf8'), /timingSafeEqual\(known\.hash/)
  })
})
