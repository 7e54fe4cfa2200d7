import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApprovalsList, SharedRequest } from '../../../src/protocol/approval.ts'
import { request as requestSchema } from '../../../src/protocol/panelModels.ts'
import { ENTITY_WORDS } from '../../../src/core/policy/entityTypes.ts'
import { becauseOf } from '../../../src/extension/model/nouns.ts'
import { heldWords, requestsOf, waitingForMe, whoAsks } from '../../../src/extension/model/requests.ts'
import type { Translate } from '../../../src/extension/model/rows.ts'
import { START } from '../../fakes/records.ts'

const t: Translate = (message, ...args) => message.replace(/\{(\d)\}/g, (_all, n: string) => String(args[Number(n)]))

function shared(more: Partial<SharedRequest> = {}): SharedRequest {
  return {
    ap: 'ap_01KD8W5R000000000000000000', ex: 'ex_1', digest: 'd'.repeat(43), role: 'review', requester: { issuer: 'https://id.example', subject: 'ada', name: 'Ada Moreno' },
    call: {
      provider: 'openai', operation: 'chat', upstream: 'openai', host: 'api.openai.com', model: 'gpt-4.1', stream: true, rule: { id: 'cards', name: 'cards' }, policy: { version: 1, digest: 'p' },
      findings: [{ type: 'CREDIT_CARD', count: 3, fate: 'asIs' }, { type: 'SECRET', count: 1, fate: 'masked' }], because: ['CREDIT_CARD'], parts: [], source: { kind: 'window', file: 'sample' },
    },
    terms: { group: 'security-reviewers', count: 1, assurance: 'session', requesterReason: 'optional', wait: 240_000 },
    openedAt: START, expiresAt: START + 240_000, state: 'pending', reviews: [], used: false, ...more,
  }
}

const list = (requests: readonly SharedRequest[], more: Partial<ApprovalsList> = {}): ApprovalsList => ({ requests, acknowledge: [], relay: 'here', hubOffsetMs: 40, ...more })
const NONE = new Set<string>()

describe('held calls in the approvals view', () => {
  test("are what the view accepts: somebody else's is mine to decide, and says what would leave as it is", () => {
    const [one] = requestsOf(list([shared()]), NONE, t)
    const request = requestSchema.parse(one)
    assert.deepEqual([request.kind, request.state, request.decidable, request.requester.name], ['review', 'waiting', true, 'Ada Moreno'])
    assert.deepEqual(request.because, [{ count: 3, noun: 'card numbers' }])
    assert.equal(waitingForMe([request]).length, 1)
  })

  test('are held because of what their rule asks for, and of nothing else that was found', () => {
    const because = (types?: string[]) => {
      const one = shared()
      const { because: _because, ...call } = one.call
      return requestsOf(list([{ ...one, call: { ...call, ...(types ? { because: types } : {}) } }]), NONE, t)[0]?.because
    }
    assert.deepEqual(because(['SECRET']), [{ count: 1, noun: 'secret' }], 'masked on its way, and the reason all the same')
    assert.deepEqual(because(), [], 'a rule that holds whatever was found')
  })

  test('name every entity type in words, few of a long list, and sum up the others', () => {
    for (const [type, words] of Object.entries(ENTITY_WORDS)) assert.deepEqual([1, 2].map((count) => becauseOf([{ type, count, fate: 'asIs' }], t)[0]?.noun), words, type)
    assert.deepEqual(becauseOf([{ type: 'CUSTOM_TICKET', count: 2, fate: 'asIs' }], t), [{ count: 2, noun: 'values of type CUSTOM_TICKET' }])
    const many = Object.keys(ENTITY_WORDS).slice(0, 9).map((type) => ({ type, count: 2, fate: 'asIs' as const }))
    assert.deepEqual(becauseOf(many, t).slice(4), [{ count: 2, noun: 'card expiry dates' }, { count: 8, noun: 'values of other types' }])
    assert.equal(becauseOf(many.slice(0, 6), t).length, 6)
  })

  test('say what goes along that nobody could inspect', () => {
    const { call } = shared()
    const [one] = requestsOf(list([shared({ call: { ...call, opaque: ['image', 'made_up\u202e'] } })]), NONE, t)
    assert.deepEqual(requestSchema.parse(one).opaque?.[0], 'an image')
    assert.doesNotMatch(JSON.stringify(one), /\u202e/)
    assert.equal(requestsOf(list([shared()]), NONE, t)[0]?.opaque, undefined)
  })

  test('of a program say who set it to work', () => {
    const [one] = requestsOf(list([shared({ requester: { issuer: 'https://platform', subject: 'nightly', startedBy: ['ada@northfield.example'] } })]), NONE, t)
    assert.deepEqual(one?.requester, { name: 'nightly', department: 'started by ada@northfield.example', self: false })
  })

  test('say beside a name, which its person chose, who that is where they sign in', () => {
    const who = (more: object) => {
      const [one] = requestsOf(list([shared({ requester: { issuer: 'https://id.example', subject: '00u1', ...more } })]), NONE, t)
      return whoAsks(requestSchema.parse(one).requester)
    }
    assert.equal(who({ name: 'Kim Lee', account: 'eve@northfield.example' }), 'Kim Lee (eve@northfield.example)')
    assert.equal(who({ name: 'Kim Lee' }), 'Kim Lee (00u1)', 'a hub that has no more')
    assert.deepEqual([who({ account: 'eve' }), who({ name: 'eve', account: 'eve' }), who({})], ['eve', 'eve', '00u1'])
  })

  test('offer no decision on my own call: it waits for others, and is not in the badge', () => {
    const [one] = requestsOf(list([shared({ role: 'own' })]), NONE, t)
    assert.equal(one?.kind, 'ownWaiting')
    assert.equal(waitingForMe(requestsOf(list([shared({ role: 'own' })]), NONE, t)).length, 0)
  })

  test('say how many people can decide, as the hub sees it', () => {
    const others = (more: Partial<SharedRequest>) => requestsOf(list([shared({ role: 'own', ...more })]), NONE, t)[0]?.reviewers[0]?.others
    assert.deepEqual([others({ reachable: 3 }), others({ reachable: 0 }), others({})], [3, 0, 1])
    assert.equal(requestsOf(list([shared({ reachable: 3 })]), NONE, t)[0]?.reviewers[0]?.others, 2, 'I am one of the three')
  })

  test('are mine to acknowledge where the rule names its requester', () => {
    const [one] = requestsOf(list([], { acknowledge: [shared({ role: 'own' })] }), NONE, t)
    assert.deepEqual([one?.kind, one?.hubOffsetMs], ['own', 0])
  })

  test('cannot be decided while the hub is away', () => {
    assert.deepEqual(requestsOf(list([shared()], { relay: 'away' }), NONE, t)[0]?.decidable, { reason: 'hubAway' })
  })

  test('say how they ended, by whom and why', () => {
    const review = { issuer: 'i', subject: 'grace', groups: [], authTime: 1, verdict: 'deny' as const, reason: 'Use the masked export.', at: START + 9, name: 'Grace Lindqvist' }
    const ended = requestsOf(list([shared({ state: 'denied', cause: 'reviewer', reviews: [review], settledAt: START + 9 })]), NONE, t)[0]
    assert.deepEqual([ended?.state, ended?.outcome?.by, ended?.outcome?.reason], ['denied', 'Grace Lindqvist', 'Use the masked export.'])
    assert.equal(requestsOf(list([shared({ state: 'denied', cause: 'no_reviewer' })]), NONE, t)[0]?.state, 'nobody')
    assert.equal(requestsOf(list([shared({ state: 'withdrawn', cause: 'client_gone' })]), NONE, t)[0]?.outcome?.cause, 'client')
  })

  test("tell the reader's own words as theirs, and nobody else's", () => {
    const review = { issuer: 'https://id.example', subject: 'grace', groups: [], authTime: 1, verdict: 'deny' as const, reason: 'No.', at: START + 9, name: 'Grace Lindqvist' }
    const told = (subject: string, issuer = 'https://id.example') => requestsOf(list([shared({ state: 'denied', cause: 'reviewer', reviews: [review] })]), NONE, t, { issuer, subject })[0]?.outcome?.self
    assert.deepEqual([told('grace'), told('kim'), told('grace', 'https://other.example')], [true, undefined, undefined])
  })

  test('that need two people wait for the second one once the first has approved', () => {
    const approval = { issuer: 'https://id.example', subject: 'grace', groups: [], authTime: 1, verdict: 'approve' as const, reason: 'Checked.', at: START + 9, name: 'Grace Lindqvist' }
    const half = list([shared({ terms: { ...shared().terms, count: 2 }, reviews: [approval], reachable: 1 })])
    const [hers] = requestsOf(half, NONE, t, { issuer: 'https://id.example', subject: 'grace' })
    const [kims] = requestsOf(half, NONE, t, { issuer: 'https://id.example', subject: 'kim' })
    assert.ok(hers && kims)
    requestSchema.parse(hers)
    assert.deepEqual([hers.decidable, hers.reviewers.map((one) => [one.state, one.self ?? false, one.mine, one.others])], [{ reason: 'decided' }, [['approved', true, false, 0], ['waiting', false, false, 1]]])
    assert.deepEqual([kims.decidable, kims.reviewers.map((one) => [one.state, one.self ?? false, one.mine, one.others])], [true, [['approved', false, false, 0], ['waiting', false, true, 0]]])
    assert.deepEqual([waitingForMe([hers]).length, waitingForMe([kims]).length], [0, 1])
  })

  test('that need two people say at their cell for how many it waits', () => {
    const entry = (subject: string) => ({ issuer: 'https://id.example', subject, groups: [], authTime: 1, verdict: 'approve' as const, reason: 'Checked.', at: START + 9 })
    const words = (count: number, approved: number): string => {
      const [one] = requestsOf(list([shared({ role: 'own', terms: { ...shared().terms, group: 'security-leads', count }, reviews: Array.from({ length: approved }, (_, i) => entry(`p${i}`)) })]), NONE, t)
      assert.ok(one)
      return heldWords(requestSchema.parse(one).reviewers, '10:04', t)
    }
    assert.equal(words(1, 0), 'Held: waits for security-leads until 10:04')
    assert.equal(words(2, 0), 'Held: waits for 2 people from security-leads until 10:04')
    assert.equal(words(2, 1), 'Held: 1 approved; waits for one more from security-leads until 10:04')
    assert.equal(words(3, 1), 'Held: waits for 2 people from security-leads until 10:04')
    assert.equal(heldWords([], '10:04', t), 'Held: waits for your word until 10:04')
  })

  test('stay until they are put away, and one that waits cannot be put away', () => {
    const { ap } = shared()
    assert.equal(requestsOf(list([shared({ state: 'expired' })]), new Set([ap]), t).length, 0)
    assert.equal(requestsOf(list([shared()]), new Set([ap]), t).length, 1)
  })
})
