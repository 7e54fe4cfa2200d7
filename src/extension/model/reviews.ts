/**
 * Calls of other people that this person was asked about, as rows and details of the timeline: the same story with both
 * reasons as on the requester's side. They come from the hub, which shows a call for an hour after its end; of what this person
 * decided before that, their own journal has the record, without the words of the prompt. Pure.
 */
import { REQUESTER_NAME, REQUESTER_REASON, reviewerReason } from '../../protocol/audit.ts'
import type { SharedRequest } from '../../protocol/approval.ts'
import type { Details, Launch, Request, Row } from '../../protocol/panelModels.ts'
import type { KnownReview, Ledger } from './ledger.ts'
import { isMe, type Me } from './me.ts'
import { requestOf, whoAsks } from './requests.ts'
import type { Translate } from './rows.ts'

const REVIEWS = 'la_reviews'

const STATES: Readonly<Record<Request['state'], Row['state']>> = {
  waiting: 'held', approved: 'approved', acknowledged: 'approved', unused: 'approved', denied: 'denied', ruleDenied: 'denied', nobody: 'denied', expired: 'expired', withdrawn: 'withdrawn', replaced: 'withdrawn',
}

/** What this person was asked about, oldest first: as the hub shows it, and what they decided before that. */
export function allReviews(shown: readonly Request[], ledger: Ledger, me: Me | undefined, t: Translate): Request[] {
  const known = new Set(shown.map((one) => one.ex))
  const kept = [...ledger.reviews.values()].filter(({ event: { ex, actor } }) => !known.has(ex) && isMe({ issuer: actor.iss, subject: actor.sub }, me))
  return [...kept.map((one) => requestOf(asShown(one), 'review', { list: { relay: 'here', hubOffsetMs: 0 }, t, me })), ...shown].sort((a, b) => a.arrivedAt - b.arrivedAt)
}

/** A kept verdict in the shape in which the hub showed its request; what is not kept is empty. */
function asShown({ at, event, texts, ended }: KnownReview): SharedRequest {
  const textOf = (path: string): string | undefined => texts.find((one) => one.path === path)?.value
  const { actor, verdict, requester, ms } = event
  const name = textOf(REQUESTER_NAME)
  const said = textOf(REQUESTER_REASON)
  return {
    ap: event.ap,
    ex: event.ex,
    digest: event.digest,
    role: 'review',
    requester: { issuer: requester.iss, subject: requester.sub, ...(name === undefined ? {} : { name }) },
    call: {
      provider: event.provider, operation: '', upstream: '', host: event.host, model: event.model, stream: false, rule: { id: event.rule, name: event.rule }, policy: event.policy,
      findings: Object.entries(event.found).map(([type, count]) => ({ type, count, fate: 'asIs' })), parts: [], source: { kind: 'window', file: '' },
    },
    terms: { group: '', count: 1, assurance: 'session', requesterReason: 'none', wait: 1 },
    ...(said === undefined ? {} : { requesterReason: said }),
    openedAt: at - ms,
    expiresAt: at,
    state: ended?.state ?? (verdict === 'approve' ? 'approved' : 'denied'),
    cause: ended?.cause ?? 'reviewer',
    settledAt: ended ? at - ms + ended.ms : at,
    reviews: [...(ended?.reviewers ?? []).filter(({ iss, sub }) => iss !== actor.iss || sub !== actor.sub).map((one) => ({ issuer: one.iss, subject: one.sub, groups: [], authTime: 0, verdict: one.verdict, reason: '', at })), { issuer: actor.iss, subject: actor.sub, groups: [...actor.groups], authTime: actor.authTime, verdict, reason: textOf(reviewerReason(0)) ?? '', at }],
    used: false,
  }
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
  const asked = { person: whoAsks(one.requester), verb: 'asked' as const, at: here(one, one.arrivedAt), ...textOf(one.requesterReason), freshSignIn: false }
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
  return one.state === 'withdrawn' && outcome.cause === 'person' ? [{ person: whoAsks(one.requester), verb: 'withdrew', at, freshSignIn: false }] : []
}

/** The hub's time, by this machine's clock. */
function here(one: Request, at: number): number {
  return Math.max(0, at - one.hubOffsetMs)
}

function textOf(text: string | undefined): { text?: string } {
  return text === undefined || text === '' ? {} : { text }
}
