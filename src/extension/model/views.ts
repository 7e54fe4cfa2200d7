/** The whole models of sidebar and timeline, made of the agent's state and the ledger. Pure. */
import type { AgentStatus } from '../../protocol/control.ts'
import type { SidebarModel, TimelineModel } from '../../protocol/panel.ts'
import type { Notice, Request } from '../../protocol/panelModels.ts'
import type { Call, Ledger } from './ledger.ts'
import { reviewRowOf, reviewsLaunch } from './reviews.ts'
import { eventRowOf, findingsOf, launchOf, noLaunch, rowOf, type Translate } from './rows.ts'
import { plainLabel } from './segments.ts'
import { callsSince, EVERYTHING, launchesSince, type Since } from './since.ts'

export interface ViewState {
  readonly now: number
  readonly phase: SidebarModel['phase']
  /** Undefined: no agent is attached. */
  readonly status: AgentStatus | undefined
  readonly notices: readonly Notice[]
  readonly requests: readonly Request[]
  /** From where on the record is this person's to see. */
  readonly since: Since
  readonly device?: SidebarModel['device'] | undefined
  readonly over?: string | undefined
  readonly t: Translate
}

const SIDEBAR_CALLS = 20
const DAY = 86_400_000

export function sidebarModelOf(ledger: Ledger, { now, phase, status, notices, requests, since, device, over, t }: ViewState): SidebarModel {
  const calls = callsSince(ledger, since)
  const today = calls.filter((call) => call.at >= dayStart(now))
  return {
    now,
    phase,
    person: personOf(status),
    hub: hubOf(status),
    policy: status?.policy ? { version: status.policy.version, source: status.policy.source } : null,
    deviceSignIn: true,
    ...(device ? { device } : {}),
    ...(over === undefined ? {} : { over }),
    ...(status?.session && status.keys ? { keys: { held: status.keys.held, upstreams: [...status.keys.upstreams] } } : {}),
    notices: notices.slice(0, 20),
    requests: [...requests],
    grants: [],
    launches: launchesOf(ledger, t, { seq: since.seq, at: Math.max(since.at, dayStart(now)) }, today).slice(-200),
    calls: calls.slice(-SIDEBAR_CALLS).map((call) => rowOf(call, now)),
    today: { calls: today.length, held: today.filter((call) => call.held).length, masked: today.reduce((sum, call) => sum + maskedIn(call), 0) },
  }
}

export function personOf(status: AgentStatus | undefined): SidebarModel['person'] {
  return status?.session ? { name: plainLabel(status.session.name ?? status.session.subject) } : null
}

export function hubOf(status: AgentStatus | undefined): SidebarModel['hub'] {
  if (!status || status.hub === null) return null
  return status.sync.state === 'away' ? 'away' : 'here'
}

export function maskedIn(call: Call): number {
  return findingsOf(call).reduce((sum, one) => sum + (one.fate === 'masked' ? one.count : 0), 0)
}

/** Midnight of this machine's clock. */
export function dayStart(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0)
}

/** `today`, `yesterday` or `all`: what a timeline shows. */
export type Period = 'session' | 'today' | 'week' | 'all'

export function periodStart(period: string, now: number, sessionStart: number | undefined): number {
  if (period === 'all') return 0
  if (period === 'week') return dayStart(now) - 6 * DAY
  return period === 'session' ? (sessionStart ?? dayStart(now)) : dayStart(now)
}

/** When the person who is signed in now signed in: the newest session that has not ended. */
export function sessionStart(ledger: Ledger): number | undefined {
  return ledger.events.findLast(({ event }) => event.type === 'session.started')?.at
}

/** Where a period begins for this person: the machine's whole record is everybody's. */
export function sinceIn(period: string, since: Since): Since {
  return period === 'all' ? EVERYTHING : since
}

function callsIn(ledger: Ledger, period: string, { now, since }: Pick<ViewState, 'now' | 'since'>): Call[] {
  const from = periodStart(period, now, sessionStart(ledger))
  return callsSince(ledger, sinceIn(period, since)).filter((call) => call.at >= from)
}

/** What calls of a period are grouped by: also those that no launch is known of, which were refused. */
export function launchesIn(ledger: Ledger, period: string, state: Pick<ViewState, 'now' | 'since' | 't'>): TimelineModel['launches'] {
  const since = sinceIn(period, state.since)
  const from = Math.max(since.at, periodStart(period, state.now, sessionStart(ledger)))
  return launchesOf(ledger, state.t, { ...since, at: from }, callsIn(ledger, period, state))
}

/** Events of records from this sequence number on. */
export function eventsSince(ledger: Ledger, seq: number, t: Translate): TimelineModel['events'] {
  return ledger.events.filter((one) => one.seq >= seq).slice(-2000).flatMap((one) => eventRowOf(one, t) ?? [])
}

export interface TimelineState extends ViewState {
  readonly period: string
  readonly loading: TimelineModel['loading']
  /** Calls of others that this person was asked about. */
  readonly reviews: readonly Request[]
}

export function timelineModelOf(ledger: Ledger, state: TimelineState): TimelineModel {
  const { now, status, t, period, loading, notices } = state
  const since = sinceIn(period, state.since)
  const reviews = state.reviews.map((one) => reviewRowOf(one, now)).filter((row) => row.at >= periodStart(period, now, sessionStart(ledger)))
  const from = periodStart(period, now, sessionStart(ledger))
  const calls = callsIn(ledger, period, state)
  return {
    now,
    person: personOf(status),
    loading,
    periods: [
      { id: 'session', label: t('Since sign-in') },
      { id: 'today', label: t('Today') },
      { id: 'week', label: t('Last 7 days') },
      { id: 'all', label: t('Everything on this machine') },
    ],
    period,
    launches: [...launchesIn(ledger, period, state), ...reviewsLaunch(state.reviews, t)],
    rows: [...calls.slice(-20_000).map((call) => rowOf(call, now)), ...reviews],
    events: ledger.events.filter((one) => one.seq >= since.seq && one.at >= from).slice(-5000).flatMap((one) => eventRowOf(one, t) ?? []),
    notices: notices.slice(0, 20),
    summary: summaryOf(status, ledger),
  }
}

export function summaryOf(status: AgentStatus | undefined, ledger: Ledger): TimelineModel['summary'] {
  const waiting = status?.sync.waiting ?? 0
  // A receipt is a record too, which the next one covers: with nothing else to come it does not wait for anything.
  const isReceiptAlone = waiting === 1 && ledger.receipts.at(-1)?.size === (status?.journal.size ?? 0) - 1
  return {
    records: status?.journal.size ?? 0,
    // What is shown here was read from the agent, not verified: `countersign verify` does that.
    verified: status && !status.journal.healthy ? 'fault' : 'unknown',
    waiting: isReceiptAlone ? 0 : waiting,
    hub: status !== undefined && status.hub !== null,
  }
}

function launchesOf(ledger: Ledger, t: Translate, since: Since, calls: readonly Call[]): SidebarModel['launches'] {
  const without = noLaunch(t, calls.filter((call) => call.launch === undefined))
  return [...launchesSince(ledger, since, calls).map((launch) => launchOf(launch, ledger.findingsOf(launch))), ...(without ? [without] : [])]
}
