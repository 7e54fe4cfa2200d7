/** Figures that add up: every call is counted once, under the one way it went. */
import type { AuditEvent } from '../../protocol/audit.ts'
import { maskedByType } from '../../core/words/recordWords.ts'
import type { Entry } from './entries.ts'

export interface Totals {
  readonly calls: number
  readonly passed: number
  readonly held: number
  readonly denied: number
  /** Refused before policy was asked: no sign-in, malformed, unknown route, … */
  readonly refused: number
  /** How held calls ended. `waiting` have not ended yet. */
  readonly settled: Readonly<Record<'approved' | 'acknowledged' | 'denied' | 'expired' | 'withdrawn' | 'waiting', number>>
  /** `unsent`: in prompts of calls that were denied, so nothing of them was sent. */
  readonly masked: { readonly prompt: number; readonly unsent: number; readonly answer: number; readonly byType: ReadonlyMap<string, number> }
  readonly byDay: ReadonlyMap<string, number>
}

type Way = 'passed' | 'held' | 'denied' | 'refused'

export function totalsOf(entries: readonly Entry[]): Totals {
  const ways = new Map<string, Way>()
  const days = new Map<string, number>()
  const settled = { approved: 0, acknowledged: 0, denied: 0, expired: 0, withdrawn: 0, waiting: 0 }
  const masked = { prompt: 0, unsent: 0, answer: 0, byType: new Map<string, number>() }
  for (const { record } of entries.toReversed()) {
    const way = wayOf(record.event)
    if (way) {
      const { ex } = way
      if (!ways.has(ex)) days.set(record.time.slice(0, 10), (days.get(record.time.slice(0, 10)) ?? 0) + 1)
      // Held stays held, whatever was decided in the end: how it was settled is counted apart.
      if (ways.get(ex) !== 'held') ways.set(ex, way.way)
    }
    if (record.event.type === 'approval.settled') settled[record.event.state]++
    countMasks(record.event, masked)
  }
  const count = (wanted: Way): number => [...ways.values()].filter((way) => way === wanted).length
  const held = count('held')
  const ended = Object.values(settled).reduce((sum, one) => sum + one, 0)
  return { calls: ways.size, passed: count('passed'), held, denied: count('denied'), refused: count('refused'), settled: { ...settled, waiting: Math.max(0, held - ended) }, masked, byDay: days }
}

function wayOf(event: AuditEvent): { ex: string; way: Way } | undefined {
  switch (event.type) {
    case 'approval.requested':
      return { ex: event.ex, way: 'held' }
    case 'exchange.decided':
      return { ex: event.ex, way: event.decision.effect === 'allow' ? 'passed' : 'denied' }
    case 'call.refused':
      return { ex: event.ex, way: 'refused' }
    default:
      return undefined
  }
}

function countMasks(event: AuditEvent, masked: { prompt: number; unsent: number; answer: number; byType: Map<string, number> }): void {
  if (!('masked' in event)) return
  for (const [type, count] of Object.entries(maskedByType(event))) {
    if (event.type === 'exchange.decided') masked[event.decision.effect === 'allow' ? 'prompt' : 'unsent'] += count
    else masked.answer += count
    masked.byType.set(type, (masked.byType.get(type) ?? 0) + count)
  }
}

/** Things to look at, the most serious first. */
export interface Exception {
  readonly look: 'first' | 'second' | 'note'
  readonly what: string
  readonly count: number
  readonly last: string
  /** Type of the records behind it; undefined when they stand in the hub's own log. */
  readonly type: string | undefined
}

const WORTH_A_LOOK: readonly { readonly look: Exception['look']; readonly what: string; readonly type: AuditEvent['type']; readonly is?: (event: AuditEvent) => boolean }[] = [
  { look: 'first', what: 'Records missing in a journal', type: 'sync.gap' },
  { look: 'first', what: 'A new journal begun, because the old one did not verify', type: 'log.opened', is: (event) => event.type === 'log.opened' && event.reason !== 'first start' },
  { look: 'second', what: 'Policy refused by a device', type: 'policy.refused' },
  { look: 'second', what: 'Bytes at a journal\'s end cut after a crash', type: 'agent.recovered' },
  { look: 'second', what: 'Answer not delivered whole', type: 'exchange.aborted' },
  { look: 'second', what: 'Answer stopped, because policy refuses what was in it', type: 'exchange.failed', is: isStopped },
  { look: 'second', what: 'Call failed after it was allowed', type: 'exchange.failed', is: (event) => !isStopped(event) },
  { look: 'second', what: 'A way around Countersign was seen', type: 'launch.finding' },
  { look: 'note', what: 'Decided by the requester, as the rule allows', type: 'approval.settled', is: (event) => event.type === 'approval.settled' && event.state === 'acknowledged' },
  { look: 'note', what: 'Call refused before policy was asked', type: 'call.refused' },
  { look: 'note', what: 'Sign-in refused', type: 'session.refused' },
]

/** Policy let the call go and its answer not. */
export function isStopped(event: AuditEvent): boolean {
  return event.type === 'exchange.failed' && event.code === 'CS_DENIED'
}

/** @param entries newest first */
export function exceptionsOf(entries: readonly Entry[]): Exception[] {
  return WORTH_A_LOOK.flatMap(({ look, what, type, is }) => {
    const found = entries.filter(({ record }) => record.event.type === type && (is?.(record.event) ?? true))
    const [newest] = found
    return newest ? [{ look, what, count: found.length, last: newest.record.time, type }] : []
  })
}
