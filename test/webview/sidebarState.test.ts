import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { arrange, check, nextWaiting, reduceSidebar, saveSidebar, SIDEBAR_START, STEADY_MS, walk, type SidebarAction, type SidebarState } from '../../webview/state.sidebar.ts'
import { announcements } from '../../webview/state.announce.ts'
import { bundle, NOW, own, review, settled, sidebar, waiting } from './samples.ts'

const after = (...actions: SidebarAction[]): SidebarState => actions.reduce(reduceSidebar, SIDEBAR_START)
const model = (requests: Parameters<typeof sidebar>[1], at = 0): SidebarAction => ({ type: 'model', model: sidebar(NOW, requests), at })
const approve = (state: SidebarState, more: object = {}) => check(state, { id: 'ap_review', verdict: 'approve', at: 10_000, trusted: true, act: 'act1', ...more })

describe('the approvals view, as state', () => {
  test('opens a request that is alone, and leaves one that joins others as a row', () => {
    const alone = after(model({ requests: [review(NOW)] }))
    assert.equal(alone.open, 'ap_review')
    const joined = reduceSidebar(alone, model({ requests: [review(NOW), own(NOW)] }))
    assert.equal(joined.open, 'ap_review')
    assert.equal(after(model({ requests: [review(NOW), own(NOW)] })).open, null)
  })

  test('keeps the order of arrival, and own calls that wait for others apart', () => {
    const state = after(model({ requests: [review(NOW), waiting(NOW), own(NOW)] }))
    const { mine, others } = arrange(state)
    assert.deepEqual(mine.map((one) => one.id), ['ap_review', 'ap_own'])
    assert.deepEqual(others.map((one) => one.id), ['ap_waiting'])
    assert.deepEqual(walk(state), ['ap_review', 'ap_own', 'ap_waiting'])
  })

  test('leaves a card that settles elsewhere in its place until the view is left', () => {
    const before = after(model({ requests: [review(NOW), own(NOW)] }))
    const now = reduceSidebar(before, model({ requests: [settled(NOW, 'denied', { id: 'ap_review' }), own(NOW)] }))
    assert.deepEqual(arrange(now).mine.map((one) => one.id), ['ap_review', 'ap_own'])
    const left = reduceSidebar(now, { type: 'release', at: 0 })
    assert.deepEqual(arrange(left).mine.map((one) => one.id), ['ap_own'])
    assert.deepEqual(arrange(left).settled.map((one) => one.id), ['ap_review'])
  })

  test('the one request that waits takes the place of an open card that was settled and left, and takes no click at once', () => {
    const alone = after(model({ requests: [review(NOW)] }))
    const settledReview = settled(NOW, 'approved', { id: 'ap_review' })
    const joined = reduceSidebar(alone, model({ requests: [settledReview, own(NOW)] }))
    assert.equal(joined.open, 'ap_review')
    const left = reduceSidebar(joined, { type: 'release', at: 9000 })
    assert.deepEqual([left.open, left.unsteadyAt], ['ap_own', 9000])
    const many = reduceSidebar(joined, model({ requests: [settledReview, own(NOW), bundle(NOW)] }))
    assert.equal(reduceSidebar(many, { type: 'release', at: 9000 }).open, null)
    const closed = reduceSidebar(joined, { type: 'open', id: null, at: 1 })
    assert.equal(reduceSidebar(closed, { type: 'release', at: 9000 }).open, null)
  })

  test('remembers what was typed by the bytes, so that it is offered when the same call asks again', () => {
    const typed = after(model({ requests: [review(NOW)] }), { type: 'typed', id: 'ap_review', text: 'Agreed.' })
    const again = reduceSidebar(typed, model({ requests: [review(NOW, { id: 'ap_again' })] }))
    assert.equal(again.drafts[review(NOW).digests[0]!], 'Agreed.')
    const restored = reduceSidebar(SIDEBAR_START, { type: 'restore', saved: saveSidebar(typed) })
    assert.deepEqual(restored.drafts, typed.drafts)
  })

  test('leads on to the next request that waits, in order, and to none when none does', () => {
    const state = after(model({ requests: [review(NOW), own(NOW), bundle(NOW)] }))
    assert.equal(nextWaiting(state, 'ap_own'), 'ap_bundle')
    assert.equal(nextWaiting(state, 'ap_bundle'), 'ap_review')
    assert.equal(nextWaiting(after(model({ requests: [review(NOW)] })), 'ap_review'), null)
  })
})

describe('whether an approval goes out', () => {
  const open = after(model({ requests: [review(NOW)] }), { type: 'typed', id: 'ap_review', text: ' Agreed. ' })

  test('it does with a reason, a hand and a card that stands still; with the digests that were shown', () => {
    const checked = approve(open)
    assert.deepEqual(checked, { ok: true, message: { type: 'decide', act: 'act1', request: 'ap_review', verdict: 'approve', reason: 'Agreed.', digests: review(NOW).digests } })
  })

  test('an event that no person caused never approves', () => {
    assert.deepEqual(approve(open, { trusted: false }), { ok: false, why: 'untrusted' })
  })

  test('for 500 ms after opening, a change or a move nothing is approved, and denying is', () => {
    const changed = reduceSidebar(open, { type: 'model', model: sidebar(NOW, { requests: [review(NOW, { tokens: 9 })] }), at: 9_700 })
    assert.deepEqual(approve(changed), { ok: false, why: 'unsteady' })
    assert.equal(approve(changed, { at: 9_700 + STEADY_MS }).ok, true)
    assert.equal(approve(reduceSidebar(open, { type: 'moved', at: 9_900 })).ok, false)
    assert.equal(approve(changed, { verdict: 'deny' }).ok, true)
  })

  test('time and people may change without making the card unsteady', () => {
    const [first, second] = review(NOW).reviewers
    const people = reduceSidebar(open, { type: 'model', model: sidebar(NOW + 5, { requests: [review(NOW, { hubOffsetMs: 20, reviewers: [first!, { ...second!, readingNow: [] }] })] }), at: 9_900 })
    assert.equal(approve(people).ok, true)
  })

  test('no reason where one is needed, a decision under way, a hub away and a call of one’s own are each refused', () => {
    const bare = after(model({ requests: [review(NOW)] }))
    assert.deepEqual(approve(bare), { ok: false, why: 'noReason' })
    assert.deepEqual(approve(reduceSidebar(open, { type: 'acting', id: 'ap_review', act: 'act0', verdict: 'approve' })), { ok: false, why: 'busy' })
    assert.deepEqual(approve(after(model({ requests: [review(NOW, { decidable: { reason: 'hubAway' } })] }))), { ok: false, why: 'undecidable' })
    assert.deepEqual(approve(after(model({ requests: [waiting(NOW)] })), { id: 'ap_waiting' }), { ok: false, why: 'undecidable' })
    assert.deepEqual(approve(open, { id: 'ap_unknown' }), { ok: false, why: 'undecidable' })
  })

  test('what was not recorded says so at its card and can be tried again', () => {
    const acting = reduceSidebar(open, { type: 'acting', id: 'ap_review', act: 'act1', verdict: 'approve' })
    const refused = reduceSidebar(acting, { type: 'answer', to: 'act1', ok: false, message: 'Not approved: the disk is full.' })
    assert.equal(refused.errors['ap_review']?.message, 'Not approved: the disk is full.')
    assert.equal(approve(refused).ok, true)
    assert.equal(reduceSidebar(acting, { type: 'answer', to: 'other', ok: false, message: 'x' }), acting)
  })

  test('a bundle approves the digests it was frozen with', () => {
    const frozen = after(model({ requests: [bundle(NOW, { reasonNeeded: false })] }))
    const checked = check(frozen, { id: 'ap_bundle', verdict: 'approve', at: 10_000, trusted: true, act: 'a' })
    assert.equal(checked.ok && checked.message.type === 'decide' ? checked.message.digests.length : 0, 112)
  })

  test('a chosen grant travels with an approval, never with a denial', () => {
    const chosen = reduceSidebar(open, { type: 'choose', id: 'ap_review', grant: 'g_15', at: 100 })
    const approved = approve(chosen)
    const denied = approve(chosen, { verdict: 'deny' })
    assert.equal(approved.ok && approved.message.type === 'decide' ? approved.message.grant : '', 'g_15')
    assert.equal(denied.ok && 'grant' in denied.message, false)
  })
})

test('arrivals and endings are said once, in a sentence', () => {
  const none = sidebar(NOW)
  const held = sidebar(NOW, { requests: [review(NOW)] })
  assert.deepEqual(announcements(none, held), ['Ada Moreno asks for a review, 9 min left.'])
  assert.deepEqual(announcements(held, held), [])
  assert.deepEqual(announcements(held, sidebar(NOW, { requests: [settled(NOW, 'expired', { id: 'ap_review' })], hub: 'away' })), ['Expired, nothing was sent.', 'Hub away.'])
})
