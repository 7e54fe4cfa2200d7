/** The records of all devices as an auditor reads them: only those that a receipt covers, each with what it can be found by. */
import type { AuditEvent, AuditRecord } from '../../protocol/audit.ts'
import { wordsOf } from '../../core/words/recordWords.ts'
import type { Device } from '../access/devices.ts'
import type { Mirrors } from '../mirror/mirrors.ts'

export interface Entry {
  readonly device: Device
  readonly stream: string
  readonly epoch: number
  readonly record: AuditRecord
}

/** Newest first, over all devices. Devices' clocks are their own: within one log the order is the log's. */
export function entriesOf(mirrors: Mirrors): Entry[] {
  const entries = mirrors.all.flatMap(({ device, stream, epoch, mirror }) => mirror.records.map((record) => ({ device, stream, epoch, record })))
  return entries.sort((a, b) => (a.record.time === b.record.time ? b.record.seq - a.record.seq : a.record.time < b.record.time ? 1 : -1))
}

export function exchangeOf(event: AuditEvent): string | undefined {
  return 'ex' in event ? event.ex : undefined
}

export function actorOf(event: AuditEvent): { readonly iss: string; readonly sub: string } | undefined {
  if ('actor' in event) return event.actor ?? undefined
  return 'iss' in event ? { iss: event.iss, sub: event.sub } : undefined
}

export function modelOf(event: AuditEvent): string | undefined {
  return 'endpoint' in event ? event.endpoint.model : undefined
}

export function ruleOf(event: AuditEvent): string | undefined {
  if (event.type === 'exchange.decided') return event.decision.rule ?? undefined
  return event.type === 'approval.requested' ? (event.rule ?? undefined) : undefined
}

/** In a closed word: what was decided or how it ended. */
export function decisionOf(event: AuditEvent): string | undefined {
  switch (event.type) {
    case 'exchange.decided':
      return event.decision.effect === 'allow' ? 'allowed' : 'denied'
    case 'approval.requested':
      return 'held'
    case 'approval.settled':
      return event.state
    case 'call.refused':
      return 'refused'
    default:
      return undefined
  }
}

export interface Filter {
  /** Words that all stand in the record, as its sentence or its leaf. */
  readonly text: string
  readonly person: string
  readonly model: string
  readonly rule: string
  readonly decision: string
  readonly type: string
  readonly device: string
  /** Days, `2026-11-24`, both included, UTC. */
  readonly from: string
  readonly to: string
}

export const FILTERS = ['text', 'person', 'model', 'rule', 'decision', 'type', 'device', 'from', 'to'] as const satisfies readonly (keyof Filter)[]

const LONGEST = 200

/** @param query of a request, attacker-controlled */
export function filterFrom(query: Readonly<Record<string, unknown>>): Filter {
  const value = (name: keyof Filter): string => {
    const given = query[name]
    return typeof given === 'string' ? given.trim().slice(0, LONGEST) : ''
  }
  return Object.fromEntries(FILTERS.map((name) => [name, value(name)])) as Record<keyof Filter, string>
}

/** An empty member asks for nothing. */
export function fits(entry: Entry, filter: Filter): boolean {
  const { event, time } = entry.record
  const actor = actorOf(event)
  const asked = (wanted: string, found: string | undefined): boolean => wanted === '' || wanted === found
  return (
    asked(filter.type, event.type) &&
    asked(filter.device, entry.device.id) &&
    asked(filter.model, modelOf(event)) &&
    asked(filter.rule, ruleOf(event)) &&
    asked(filter.decision, decisionOf(event)) &&
    (filter.person === '' || (actor !== undefined && filter.person === `${actor.iss} ${actor.sub}`)) &&
    (filter.from === '' || time.slice(0, 10) >= filter.from) &&
    (filter.to === '' || time.slice(0, 10) <= filter.to) &&
    hasWords(entry.record, filter.text)
  )
}

function hasWords(record: AuditRecord, text: string): boolean {
  if (text === '') return true
  const searched = `${wordsOf(record)}\n${JSON.stringify(record)}`.toLowerCase()
  return text.toLowerCase().split(/\s+/).every((word) => searched.includes(word))
}

/** The values that occur, for the choices of a filter. */
export function valuesOf(entries: readonly Entry[], of: (event: AuditEvent) => string | undefined): string[] {
  const values = new Set<string>()
  for (const { record } of entries) {
    const value = of(record.event)
    if (value !== undefined) values.add(value)
  }
  return [...values].sort()
}
