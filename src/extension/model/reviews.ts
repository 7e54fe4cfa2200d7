/**
 * Calls of other people that this person was asked about, as rows and details of the timeline: the same story with both
 * reasons as on the requester's side. They come from the hub; this machine's journal holds none of their records. Pure.
 */
import type { Details, Launch, Request, Row } from '../../protocol/panelModels.ts'
import type { Translate } from './rows.ts'

const REVIEWS = 'la_reviews'

const STATES: Readonly<Record<Request['state'], Row['state']>> = {
  waiting: 'held', approved: 'approved', acknowledged: 'approved', unused: 'approved', denied: 'denied', ruleDenied: 'denied', nobody: 'denied', expired: 'expired', withdrawn: 'withdrawn', replaced: 'withdrawn',
}

export function reviewsLaunch(reviews: readonly Request[], t: Translate): Launch[] {
  const [first] = reviews
  return first ? [{ id: REVIEWS, kind: 'script', file: t('Calls of others, for review'), startedAt: first.arrivedAt, calls: reviews.length }] : []
}

export function reviewRowOf(one: Request, now: number): Row {
  const state = STATES[one.state]
  return {
    ex: one.ex,
    launch: REVIEWS,
    state,
    at: here(one, one.arrivedAt),
    heldMs: Math.max(0, (one.outcome?.at ?? now + one.hubOffsetMs) - one.arrivedAt),
    running: state === 'held',
    model: one.model,
    provider: one.provider,
    found: one.findings,
    ...(state === 'held' ? { request: one.id } : {}),
  }
}

export function reviewDetailsOf(one: Request, now: number, t: Translate): Details {
  const count = (fate: 'asIs' | 'masked'): number => one.findings.reduce((sum, finding) => sum + (finding.fate === fate ? finding.count : 0), 0)
  return {
    row: reviewRowOf(one, now),
    ...(one.source ? { source: one.source } : {}),
    reviewFor: one.requester.name,
    rule: one.rule,
    effect: 'hold',
    because: one.because,
    why: t('This call is held by rule "{0}".', one.rule.name),
    reasons: reasonsOf(one),
    prompt: { parts: one.parts, found: count('asIs') + count('masked'), masked: count('masked') },
    answer: { parts: [], found: 0, masked: 0 },
    replay: [],
    record: { first: 0, last: 0, journal: 'written' },
  }
}

function reasonsOf(one: Request): Details['reasons'] {
  const asked = { person: one.requester.name, verb: 'asked' as const, at: here(one, one.arrivedAt), ...textOf(one.requesterReason), freshSignIn: false }
  const approvals = one.reviewers
    .filter((reviewer) => reviewer.state === 'approved')
    .map((reviewer) => ({ person: reviewer.person ?? reviewer.group, ...(reviewer.self === true ? { self: true } : {}), verb: 'approved' as const, ...(reviewer.at === undefined ? {} : { at: here(one, reviewer.at) }), ...textOf(reviewer.reason), freshSignIn: false }))
  return [asked, ...approvals, ...endingOf(one)].slice(0, 40)
}

/** Approvals stand with their reviewers already; how else it ended is in the outcome. */
function endingOf(one: Request): Details['reasons'] {
  const { outcome } = one
  if (outcome === undefined) return []
  const at = here(one, outcome.at)
  if (one.state === 'denied') return [{ person: outcome.by ?? '', ...(outcome.self === true ? { self: true } : {}), verb: 'denied', at, ...textOf(outcome.reason), freshSignIn: false }]
  return one.state === 'withdrawn' && outcome.cause === 'person' ? [{ person: one.requester.name, verb: 'withdrew', at, freshSignIn: false }] : []
}

/** The hub's time, by this machine's clock. */
function here(one: Request, at: number): number {
  return Math.max(0, at - one.hubOffsetMs)
}

function textOf(text: string | undefined): { text?: string } {
  return text === undefined || text === '' ? {} : { text }
}
