import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditEvent } from '../../../src/protocol/audit.ts'
import type { SharedRequest } from '../../../src/protocol/approval.ts'
import { details, row } from '../../../src/protocol/panelModels.ts'
import { requestsOf } from '../../../src/extension/model/requests.ts'
import { Ledger } from '../../../src/extension/model/ledger.ts'
import { allReviews, reviewDetailsOf, reviewRowOf } from '../../../src/extension/model/reviews.ts'
import type { Translate } from '../../../src/extension/model/rows.ts'
import { ACTOR, journalOf, START } from '../../fakes/records.ts'

const t: Translate = (message, ...args) => message.replace(/\{(\d)\}/g, (_all, n: string) => String(args[Number(n)]))
const GRACE = { issuer: 'https://id.example', subject: 'grace', groups: ['security-reviewers'], authTime: 1, at: START + 48_000, name: 'Grace Lindqvist' }

/** Somebody else's call, as the hub shows it to a reviewer whose clock is two seconds behind the hub's. */
function asked(more: Partial<SharedRequest>) {
  const shared: SharedRequest = {
    ap: 'ap_01KD8W5R000000000000000000', ex: 'ex_1', digest: 'd'.repeat(43), role: 'review', requester: { issuer: 'https://id.example', subject: 'ada', name: 'Ada Moreno' },
    call: {
      provider: 'openai', operation: 'chat', upstream: 'openai', host: 'api.openai.com', model: 'gpt-4.1', stream: true, rule: { id: 'cards', name: 'cards' }, policy: { version: 1, digest: 'p' },
      findings: [{ type: 'CREDIT_CARD', count: 3, fate: 'asIs' }, { type: 'SECRET', count: 1, fate: 'masked' }], parts: [], source: { kind: 'window', file: 'sample' },
    },
    terms: { group: 'security-reviewers', count: 1, assurance: 'session', requesterReason: 'optional', wait: 240_000 },
    requesterReason: 'Ticket SUP-2291.', openedAt: START, expiresAt: START + 240_000, state: 'pending', reviews: [], used: false, ...more,
  }
  const [one] = requestsOf({ requests: [shared], acknowledge: [], relay: 'here', hubOffsetMs: 2000 }, new Set(), t, { issuer: 'https://id.example', subject: 'lin' })
  assert.ok(one)
  return one
}

function toldOf(more: Partial<SharedRequest>): string[] {
  const { reasons } = details.parse(reviewDetailsOf(asked(more), START + 60_000, t))
  return reasons.map((one) => `${one.self === true ? 'You' : one.person} ${one.verb}${one.text === undefined ? '' : `: ${one.text}`}`)
}

describe("somebody else's call in the reviewer's timeline", () => {
  test('is a row that waits and leads to its card, then one that says how it ended', () => {
    const waiting = row.parse(reviewRowOf(asked({}), START + 8000))
    assert.deepEqual([waiting.state, waiting.heldMs, waiting.running, waiting.request, waiting.at], ['held', 10_000, true, 'ap_01KD8W5R000000000000000000', START - 2000])
    for (const state of ['approved', 'denied', 'expired', 'withdrawn'] as const) {
      const over = reviewRowOf(asked({ state, settledAt: START + 48_000 }), START + 90_000)
      assert.deepEqual([over.state, over.heldMs, over.running, over.request], [state, 48_000, false, undefined])
    }
  })

  test('tells the same story as on the other side, with both reasons', () => {
    assert.deepEqual(toldOf({ state: 'approved', cause: 'reviewer', reviews: [{ ...GRACE, verdict: 'approve', reason: 'Refund check.' }] }), ['Ada Moreno (ada) asked: Ticket SUP-2291.', 'Grace Lindqvist approved: Refund check.'])
    assert.deepEqual(toldOf({ state: 'denied', cause: 'reviewer', reviews: [{ ...GRACE, verdict: 'deny', reason: 'Use the export.' }] }), ['Ada Moreno (ada) asked: Ticket SUP-2291.', 'Grace Lindqvist denied: Use the export.'])
    assert.deepEqual(toldOf({ state: 'denied', cause: 'reviewer', reviews: [{ ...GRACE, subject: 'lin', verdict: 'deny', reason: 'Use the export.' }] }), ['Ada Moreno (ada) asked: Ticket SUP-2291.', 'You denied: Use the export.'])
    assert.deepEqual(toldOf({ state: 'approved', cause: 'reviewer', reviews: [{ ...GRACE, subject: 'lin', verdict: 'approve', reason: 'Fine.' }] }), ['Ada Moreno (ada) asked: Ticket SUP-2291.', 'You approved: Fine.'])
    assert.deepEqual(toldOf({ state: 'withdrawn', cause: 'withdrawn' }), ['Ada Moreno (ada) asked: Ticket SUP-2291.', 'Ada Moreno (ada) withdrew'])
    assert.deepEqual(toldOf({ state: 'expired', cause: 'timeout' }), ['Ada Moreno (ada) asked: Ticket SUP-2291.'])
  })

  test('is kept from the journal when the hub shows it no more: the verdict and both reasons, and no word of the prompt', () => {
    const given = (ex: string, sub: string): AuditEvent => ({
      type: 'review.given', ex, actor: { ...ACTOR, sub }, ap: 'ap_01KD8W5R000000000000000000', requester: { iss: 'https://id.example', sub: 'ada' }, verdict: 'deny', provider: 'openai', host: 'api.openai.com',
      model: 'gpt-4.1', rule: 'cards', policy: { version: 1, digest: 'p' }, found: { CREDIT_CARD: 3 }, digest: 'd'.repeat(43), ms: 48_000, sd: [],
    })
    const texts = [{ path: 'approval/requester/name', value: 'Ada Moreno' }, { path: 'approval/requesterReason', value: 'Ticket SUP-2291.' }, { path: 'approval/reviewers/0/reason', value: 'Use the export.' }]
    const ledger = new Ledger()
    for (const entry of journalOf([[48_000, given('ex_old', 'lin'), texts], [49_000, given('ex_1', 'lin'), texts], [50_000, given('ex_others', 'kim'), texts], [51_000, given('ex_erased', 'lin')]])) ledger.add(entry)
    const me = { issuer: ACTOR.iss, subject: 'lin' }
    const all = allReviews([asked({})], ledger, me, t)
    assert.deepEqual(all.map((one) => [one.ex, one.state]), [['ex_old', 'denied'], ['ex_1', 'waiting'], ['ex_erased', 'denied']], 'what the hub shows comes first, and nothing of another person')
    const [kept, , erased] = all
    assert.ok(kept && erased)
    const over = row.parse(reviewRowOf(kept, START + 9_000_000))
    assert.deepEqual([over.state, over.heldMs, over.at, over.found], ['denied', 48_000, START, [{ type: 'CREDIT_CARD', count: 3, fate: 'asIs' }]])
    const shown = details.parse(reviewDetailsOf(kept, START + 9_000_000, t))
    assert.deepEqual([shown.reviewFor, shown.prompt.parts], ['Ada Moreno', []])
    const told = (one: typeof kept) => reviewDetailsOf(one, START, t).reasons.map(({ self, person, verb, text }) => [self === true ? 'You' : person, verb, text])
    assert.deepEqual(told(kept), [['Ada Moreno (ada)', 'asked', 'Ticket SUP-2291.'], ['You', 'denied', 'Use the export.']])
    assert.deepEqual(told(erased), [['ada', 'asked', undefined], ['You', 'denied', undefined]])
  })

  test('kept from the journal ends as it ended, also where the own approval was only the first of two', () => {
    const given: AuditEvent = {
      type: 'review.given', ex: 'ex_two', actor: { ...ACTOR, sub: 'lin' }, ap: 'ap_01KD8W5R000000000000000000', requester: { iss: 'https://id.example', sub: 'ada' }, verdict: 'approve', provider: 'openai', host: 'api.openai.com',
      model: 'gpt-4.1', rule: 'cards', policy: { version: 1, digest: 'p' }, found: {}, digest: 'd'.repeat(43), ms: 8_000, sd: [],
    }
    const ended: AuditEvent = { type: 'review.ended', ex: 'ex_two', actor: { ...ACTOR, sub: 'lin' }, ap: given.ap, requester: given.requester, state: 'denied', cause: 'reviewer', reviewers: [{ iss: ACTOR.iss, sub: 'lin', verdict: 'approve' }, { iss: ACTOR.iss, sub: 'kim', verdict: 'deny' }], digest: given.digest, ms: 20_000 }
    const ledger = new Ledger()
    for (const entry of journalOf([[8_000, given], [20_000, ended]])) ledger.add(entry)
    const [one] = allReviews([], ledger, { issuer: ACTOR.iss, subject: 'lin' }, t)
    assert.ok(one)
    const over = reviewRowOf(one, START + 90_000)
    assert.deepEqual([over.state, over.heldMs, ledger.calls.size], ['denied', 20_000, 0])
  })

  test('shows no answer and claims no record of this machine', () => {
    const shown = details.parse(reviewDetailsOf(asked({}), START, t))
    assert.deepEqual([shown.reviewFor, shown.answer.parts.length, shown.prompt.found, shown.prompt.masked], ['Ada Moreno', 0, 4, 1])
  })
})
