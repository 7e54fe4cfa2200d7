import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Desk, type DeskHub } from '../../../src/agent/approval/desk.ts'
import { Pending } from '../../../src/agent/approval/pending.ts'
import type { HoldRequest } from '../../../src/core/exchange/ports.ts'
import type { ApprovalTerms } from '../../../src/protocol/approval.ts'
import type { AuditEvent } from '../../../src/protocol/audit.ts'
import { CALLER } from '../../fakes/exchange.ts'

const SELF: ApprovalTerms = { reviewers: 'self', count: 1, assurance: 'session', requesterReason: 'none', wait: 60_000 }
const DIGEST = 'd'.repeat(43)

function deskOver(hub?: DeskHub): { desk: Desk; events: AuditEvent[] } {
  const events: AuditEvent[] = []
  return { events, desk: new Desk({ hub: () => hub, record: (event) => { events.push(event); return Promise.resolve() }, onChange: () => undefined, log: () => undefined, timer: () => () => undefined }) }
}

function held(ex: string, more: { readonly terms?: ApprovalTerms; readonly policy?: string; readonly rule?: string } = {}): HoldRequest {
  const { terms = SELF, policy = 'p1', rule = 'ask' } = more
  return {
    ex,
    caller: CALLER,
    digest: DIGEST,
    terms,
    patience: undefined,
    decision: { effect: 'hold', rule, explanation: 'rule "ask" holds this call.', mask: { prompt: {}, answer: {} }, approval: terms, policy: { version: 1, digest: policy, source: 'hub' } },
    call: { provider: 'openai', operation: 'chat.completions', upstream: 'openai', host: 'h', model: 'm', stream: false, rule: { id: rule, name: rule }, policy: { version: 1, digest: policy }, findings: [], parts: [], source: { kind: 'run', file: 'f' } },
  }
}

describe('the desk', () => {
  test('joins a retry of the same call, and one of them gets the word of whoever decides', async () => {
    const { desk } = deskOver()
    const signal = new AbortController().signal
    const first = desk.hold(held('ex_1'), signal)
    const second = desk.hold(held('ex_2'), signal)
    await new Promise(setImmediate)
    const [{ ap }] = desk.acknowledgeable as unknown as [{ ap: string }]
    assert.equal(desk.acknowledgeable.length, 1)
    desk.acknowledge({ ap, digest: DIGEST, verdict: 'approve', reason: '' })
    assert.deepEqual([(await first).state, (await second).state], ['withdrawn', 'acknowledged'])
  })

  test('never lets a call under stricter terms, another rule or another policy join one that waits under easier ones', async () => {
    const signal = new AbortController().signal
    for (const stricter of [{ terms: { ...SELF, reviewers: { group: 'security-reviewers' } } }, { policy: 'p2' }, { rule: 'other' }, { terms: { ...SELF, requesterReason: 'required' as const } }]) {
      const { desk } = deskOver()
      const easy = desk.hold(held('ex_1'), signal)
      const strict = desk.hold(held('ex_2', stricter), signal)
      await new Promise(setImmediate)
      const mine = desk.acknowledgeable.find(({ ex }) => ex === 'ex_1')
      assert.ok(mine)
      desk.acknowledge({ ap: mine.ap, digest: DIGEST, verdict: 'approve', reason: '' })
      assert.equal((await easy).state, 'acknowledged')
      await desk.endAll('agent_stopping')
      assert.notEqual((await strict).state, 'acknowledged', JSON.stringify(stricter))
    }
  })

  test('lets nothing out with an approval whose time was over while the machine slept', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 })
    const pending = new Pending({ ap: 'ap_1', here: false, request: held('ex_1'), expiresAt: Date.now() + 60_000 })
    let [over, spent] = [0, '']
    Object.assign(pending, { onOver: () => { over++ }, onSpent: (ex: string) => { spent = ex } })
    pending.end({ state: 'approved', cause: 'reviewer', reviewers: [] })
    t.mock.timers.setTime(Date.now() + 60_000)
    const review = await pending.wait(held('ex_2'), new AbortController().signal, () => '')
    assert.deepEqual([review.state, review.cause, over, spent], ['expired', 'timeout', 1, ''])
  })

  test('withdraws a request that was on its way to the hub while its person signed out', async () => {
    const told: string[] = []
    let answer: (opened: unknown) => void = () => undefined
    const { desk } = deskOver({
      known: () => Promise.reject(new TypeError('not asked')),
      offsetMs: 0,
      post: (path) => {
        told.push(path)
        return path === '/v1/approvals' ? new Promise((resolve) => { answer = resolve }) : Promise.resolve({})
      },
    })
    const waits = desk.hold(held('ex_1', { terms: { ...SELF, reviewers: { group: 'security-reviewers' } } }), new AbortController().signal)
    await new Promise(setImmediate)
    await desk.endAll('withdrawn')
    const ap = `ap_${'0'.repeat(26)}`
    answer({ ap, expiresAt: Date.now() + 60_000, now: Date.now() })
    const review = await waits
    assert.deepEqual([review.state, review.cause], ['withdrawn', 'withdrawn'])
    assert.deepEqual(told, ['/v1/approvals', `/v1/approvals/${ap}/withdraw`])
  })

  test('takes a word of the hub that comes before its answer: the call is not given up, and a denial or an end counts', async () => {
    const told: string[] = []
    let answer: (opened: unknown) => void = () => undefined
    const { desk } = deskOver({
      known: () => Promise.reject(new TypeError('not asked')),
      offsetMs: 0,
      post: (path) => {
        told.push(path)
        return path === '/v1/approvals' ? new Promise((resolve) => { answer = resolve }) : Promise.resolve({})
      },
    })
    const request = held('ex_1', { terms: { ...SELF, reviewers: { group: 'security-reviewers' } } })
    const waits = desk.hold(request, new AbortController().signal)
    await new Promise(setImmediate)
    const ap = `ap_${'0'.repeat(26)}`
    const shared = { ap, ex: 'ex_1', digest: DIGEST, role: 'own' as const, requester: { issuer: 'i', subject: 's' }, call: request.call, terms: { group: 'security-reviewers', count: 1, assurance: 'session' as const, requesterReason: 'none' as const, wait: 60_000 }, openedAt: 0, expiresAt: 60_000, reviews: [], used: false }
    const words = Promise.all([desk.heard({ ...shared, state: 'pending' }), desk.heard({ ...shared, state: 'withdrawn', cause: 'withdrawn' })])
    await new Promise(setImmediate)
    assert.deepEqual(told, ['/v1/approvals'], 'nothing is given up while the answer is on its way')
    answer({ ap, expiresAt: Date.now() + 60_000, now: Date.now() })
    await words
    assert.deepEqual([(await waits).state, (await waits).cause], ['withdrawn', 'withdrawn'])
    assert.deepEqual(told, ['/v1/approvals'])
    // One that nobody here waits for, because an earlier run of the agent asked for it, is given up all the same.
    await desk.heard({ ...shared, ap: `ap_${'1'.repeat(26)}`, ex: 'ex_old', state: 'pending' })
    assert.deepEqual(told.at(-1), `/v1/approvals/ap_${'1'.repeat(26)}/withdraw`)
  })
})
