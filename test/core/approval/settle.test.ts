import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { checkEligible, expireHeld, explainHeld, review, spend, withdrawHeld, type Confirmed, type Held, type Reviewer } from '../../../src/core/approval/settle.ts'
import { CountersignError, type ErrorCode } from '../../../src/protocol/errors.ts'

const DIGEST = 'd'.repeat(43)

function held(more: Partial<Held> = {}, terms: Partial<Held['request']['terms']> = {}): Held {
  return {
    ap: 'ap_1',
    device: 'dv_1',
    requester: { issuer: 'https://id', subject: 'ada', email: 'ada@x.example' },
    request: {
      ex: 'ex_1',
      digest: DIGEST,
      terms: { group: 'security', count: 1, assurance: 'session', requesterReason: 'optional', wait: 1000, ...terms },
      call: { provider: 'openai', operation: 'chat.completions', upstream: 'openai', host: 'x', model: 'm', stream: true, rule: { id: 'r', name: 'r' }, policy: { version: 1, digest: 'p' }, findings: [], parts: [], source: { kind: 'run', file: 'x' } },
    },
    openedAt: 0,
    expiresAt: 1000,
    requesterReason: undefined,
    reviews: [],
    ending: undefined,
    usedBy: undefined,
    ...more,
  }
}

const grace: Reviewer = { issuer: 'https://id', subject: 'grace', groups: ['security'], authTime: 5, email: 'grace@x.example' }
const hana: Reviewer = { ...grace, subject: 'hana', email: 'hana@x.example' }
const approve = { digest: DIGEST, verdict: 'approve', reason: 'fine' } as const
const code = (expected: ErrorCode) => (error: unknown) => error instanceof CountersignError && error.code === expected

describe('who may decide', () => {
  test('S18 never the requester: same issuer and subject, nor another account with the same e-mail address', () => {
    assert.throws(() => { checkEligible(held(), { ...grace, subject: 'ada' }) }, code('CS_NOT_A_REVIEWER'))
    assert.throws(() => { checkEligible(held(), { ...grace, issuer: 'https://other', subject: 'x', email: 'ADA@x.example' }) }, code('CS_NOT_A_REVIEWER'))
    checkEligible(held(), { ...grace, issuer: 'https://other', subject: 'ada', email: undefined })
  })

  test('S18 never whoever started the program that asks, by any name they have, nor whoever signed in on its machine', () => {
    const starters = { names: ['grace@x.example'], people: [{ issuer: 'https://id', subject: 'hana' }] }
    const by = held({ requester: { issuer: 'https://platform', subject: 'nightly', starters } })
    const names: Partial<Reviewer>[] = [{ email: 'Grace@X.example' }, { email: undefined, username: 'GRACE@x.example' }, { email: undefined, subject: 'grace@x.example' }, { email: undefined, subject: 'hana' }]
    for (const more of names) assert.throws(() => { checkEligible(by, { ...grace, ...more }) }, /started by you or on a machine of yours/, JSON.stringify(more))
    checkEligible(by, { ...grace, email: undefined })
    checkEligible(by, { ...grace, email: 'ivo@x.example', subject: 'hana', issuer: 'https://other' })
  })

  test('S19 only somebody who is in the group now', () => {
    assert.throws(() => { checkEligible(held(), { ...grace, groups: ['Security', 'securit'] }) }, code('CS_NOT_A_REVIEWER'))
  })
})

describe('a verdict', () => {
  test('ends the request, with the reviewer, the groups and the reason of that moment', () => {
    const after = review(held(), grace, approve, 10)
    assert.equal(after.ending?.state, 'approved')
    assert.deepEqual(after.reviews, [{ issuer: 'https://id', subject: 'grace', groups: ['security'], authTime: 5, verdict: 'approve', reason: 'fine', at: 10 }])
  })

  test('needs as many distinct people as the rule says; one denial ends it', () => {
    const first = review(held({}, { count: 2 }), grace, approve, 10)
    assert.equal(first.ending, undefined)
    assert.throws(() => review(first, grace, approve, 11), code('CS_REVIEW_OVER'))
    assert.equal(review(first, hana, approve, 12).ending?.state, 'approved')
    assert.equal(review(first, hana, { ...approve, verdict: 'deny' }, 12).ending?.state, 'denied')
  })

  test('of a second account of somebody who decided already is none of a second person', () => {
    const first = review(held({}, { count: 2 }), grace, approve, 10)
    assert.throws(() => review(first, { ...grace, subject: 'grace-admin', email: 'Grace@X.example' }, approve, 20), code('CS_REVIEW_OVER'))
    assert.equal(review(first, hana, approve, 20).ending?.state, 'approved')
  })

  test('S20 counts for the bytes that were shown only, in time only, with a reason only', () => {
    assert.throws(() => review(held(), grace, { ...approve, digest: 'x'.repeat(43) }, 10), code('CS_REVIEW_OVER'))
    assert.throws(() => review(held(), grace, approve, 1000), code('CS_REVIEW_OVER'))
    assert.throws(() => review(held(), grace, { ...approve, reason: ' \n' }, 10), code('CS_REASON_MISSING'))
    assert.throws(() => review(held({}, { requesterReason: 'required' }), grace, approve, 10), code('CS_REASON_MISSING'))
    assert.equal(review(explainHeld(held({}, { requesterReason: 'required' }), 'because', 5), grace, approve, 10).ending?.state, 'approved')
  })

  test('S17 under a rule that asks for a fresh sign-in, only one for this approval counts: of this minute, and as strong as the rule says', () => {
    const later = held({ openedAt: 1_000_000, expiresAt: 9_000_000 }, { assurance: 'fresh', acr: ['mfa', 'phr'] })
    const by = (confirmed: Partial<Confirmed> | undefined): Reviewer => ({ ...grace, authTime: 1009, confirmed: confirmed && { authTime: 1005, acr: 'mfa', confirmation: 'c'.repeat(43), client: 'c', ...confirmed } })
    assert.throws(() => review(later, by(undefined), approve, 1_010_000), /asks for a new sign-in/)
    assert.throws(() => review(later, by({ authTime: 919 }), approve, 1_010_000), /answered with an older one/)
    assert.throws(() => review(later, by({ authTime: 1041 }), approve, 1_010_000), code('CS_NOT_A_REVIEWER'))
    assert.throws(() => review(later, by({ acr: undefined }), approve, 1_010_000), /did not say how you signed in/)
    assert.throws(() => review(later, by({ acr: 'pwd' }), approve, 1_010_000), /yours was another one/)
    const after = review(later, by({ acr: 'phr' }), approve, 1_010_000)
    assert.equal(after.ending?.state, 'approved')
    assert.deepEqual([after.reviews[0]?.authTime, after.reviews[0]?.acr, after.reviews[0]?.confirmation], [1005, 'phr', 'c'.repeat(43)])
    assert.equal(review(later, by(undefined), { ...approve, verdict: 'deny' }, 1_010_000).ending?.state, 'denied', 'a denial only keeps a call back')
  })

  test('S24 an approval is spent once, by one exchange, before its time is over by the clock of the hub', () => {
    const approved = review(held(), grace, approve, 10)
    const used = spend(approved, 'ex_1', 20)
    assert.equal(spend(used, 'ex_1', 21), used)
    assert.throws(() => spend(used, 'ex_2', 21), code('CS_REVIEW_OVER'))
    assert.throws(() => spend(approved, 'ex_1', 1000), code('CS_REVIEW_OVER'))
    assert.throws(() => spend(held(), 'ex_1', 1), code('CS_REVIEW_OVER'))
  })
})

test('whatever happens in whatever order, there is one ending, and nothing changes it', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('review' as const), who: fc.constantFrom('ada', 'grace', 'hana'), verdict: fc.constantFrom('approve' as const, 'deny' as const) }),
    fc.record({ kind: fc.constantFrom('withdraw' as const, 'expire' as const, 'reason' as const) }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 1500 })), { maxLength: 12 }), fc.integer({ min: 1, max: 2 }), (steps, count) => {
      let now = held({}, { count })
      let first: Held['ending']
      for (const [one, at] of steps) {
        try {
          if (one.kind === 'review') now = review(now, { ...grace, subject: one.who, email: `${one.who}@x.example` }, { ...approve, verdict: one.verdict }, at)
          else if (one.kind === 'withdraw') now = withdrawHeld(now, 'withdrawn', at)
          else if (one.kind === 'expire') now = expireHeld(now, at)
          else now = explainHeld(now, 'why', at)
        } catch (error) {
          assert.ok(error instanceof CountersignError)
        }
        first ??= now.ending
        assert.deepEqual(now.ending, first)
        assert.ok(!now.reviews.some(({ subject }) => subject === 'ada'))
        if (now.ending?.state === 'approved') assert.equal(new Set(now.reviews.map(({ subject }) => subject)).size, count)
      }
    }),
  )
})
