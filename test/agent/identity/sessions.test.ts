import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Principal } from '../../../src/protocol/identity.ts'
import { CountersignError, type ErrorCode } from '../../../src/protocol/errors.ts'
import { mintSessionKey, sessionKeyHash } from '../../../src/protocol/sessionKey.ts'
import { Sessions } from '../../../src/agent/identity/sessions.ts'

const HOUR = 3_600_000
const ada: Principal = { issuer: 'https://id', subject: 'ada', groups: [], authTime: 1 }
const grace: Principal = { ...ada, subject: 'grace' }

function world(): { sessions: Sessions; key: string; ended: string[]; pass: (ms: number) => void } {
  let now = 0
  let ids = 0
  const ended: string[] = []
  const sessions = new Sessions({ now: () => now, limits: () => ({ idle: 8 * HOUR, absolute: 12 * HOUR }), newSessionId: () => `se_${++ids}`, newLaunchId: () => `la_${++ids}`, onEnded: (session, reason) => ended.push(`${session.principal.subject}: ${reason}`) })
  const key = mintSessionKey(Buffer.alloc(32, 7))
  sessions.register(sessionKeyHash(key), 'window', 'sample')
  return { sessions, key, ended, pass: (ms) => { now += ms } }
}

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
    assert.equal(sessions.start(ada, 15 * HOUR).endsAt, 27 * HOUR)
    assert.throws(() => sessions.start(ada, 8 * HOUR), code('CS_SESSION_EXPIRED', /older than your organisation allows/))
    assert.equal(sessions.start(ada, 40 * HOUR).endsAt, 32 * HOUR, 'a provider whose clock is ahead gives nobody more')
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
