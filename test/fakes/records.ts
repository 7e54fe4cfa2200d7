/** Records as an agent would write them, for whoever reads them back: one line of a call's life at a time. */
import type { Actor, AuditEvent, Disclosure, ExchangeDecided, ExchangeEnded } from '../../src/protocol/audit.ts'
import type { JournalEntry } from '../../src/protocol/control.ts'
import type { SpanEvidence } from '../../src/protocol/masking.ts'

export const ACTOR: Actor = { iss: 'https://id.example', sub: 'ada', groups: ['data-eng'], authTime: 1_790_000_000, session: 'se_1', launch: 'la_1' }
export const START = Date.parse('2026-11-24T10:00:00.000Z')
const ENDPOINT = { provider: 'openai', operation: 'chat', upstream: 'openai', url: 'https://api.openai.com/v1/chat/completions', model: 'gpt-4.1', stream: true }
const POLICY = { version: 3, digest: 'd', source: 'hub' as const }

/** Numbers entries from 0; each takes its time in milliseconds after START. */
export function journalOf(events: readonly (readonly [ms: number, event: AuditEvent, texts?: readonly Disclosure[]])[]): JournalEntry[] {
  return events.map(([ms, event, texts = []], seq) => ({
    record: { v: 1, id: `ev_${seq}`, stream: 'st', seq, prev: '', time: new Date(START + ms).toISOString(), mono: '0', boot: 'b', event },
    texts,
  }))
}

export function span(more: Partial<SpanEvidence> = {}): SpanEvidence {
  return { path: '/messages/0/content', start: 0, end: 5, type: 'EMAIL', detector: 'email@1', certainty: 0.9, transform: 'redact', token: '[EMAIL]', commitment: 'abc', ...more }
}

export function launchRegistered(label = 'ask.py'): AuditEvent {
  return { type: 'launch.registered', launch: 'la_1', kind: 'window', label }
}

export function decided(ex: string, more: Partial<ExchangeDecided> = {}): ExchangeDecided {
  return {
    type: 'exchange.decided', ex, actor: ACTOR, endpoint: ENDPOINT, params: {}, digest: { received: 'r', sent: 's' }, bytes: { received: 10, sent: 10 },
    inspection: { status: 'ok', found: {}, opaque: [] }, masked: [], decision: { effect: 'allow', rule: 'team', why: 'rule "team" allows this call.' }, policy: POLICY, sd: [], ...more,
  }
}

export function ended(ex: string, more: Partial<ExchangeEnded> = {}): ExchangeEnded {
  return {
    type: 'exchange.completed', ex, actor: ACTOR, status: 200, answer: { model: 'gpt-4.1-2026', finish: ['stop'], usage: { inputTokens: 12, outputTokens: 34 } },
    returned: { digest: 'x', bytes: 100 }, masked: [], found: {}, timing: { decided: 6, held: 0, firstByte: 706, total: 3106 }, sd: [], ...more,
  }
}

export function held(ex: string): AuditEvent {
  return { type: 'approval.requested', ex, actor: ACTOR, endpoint: ENDPOINT, rule: 'cards', policy: POLICY, found: { CREDIT_CARD: 3 }, digest: 'q' }
}

/** What a record of a review names by digests. */
export const SETTLED_TEXTS: readonly Disclosure[] = [
  { path: 'approval/requesterReason', value: 'Ticket SUP-2291.' },
  { path: 'approval/reviewers/0/name', value: 'Grace Lindqvist' },
  { path: 'approval/reviewers/0/reason', value: 'Use the masked export.' },
]

export function settled(ex: string, state: 'approved' | 'denied' | 'expired' | 'withdrawn', ms: number): AuditEvent {
  const grace = { issuer: 'https://id.example', subject: 'grace', groups: ['security-reviewers'], authTime: 1_790_000_000, verdict: 'deny' as const, at: START + ms }
  const decided = state === 'approved' ? [{ ...grace, verdict: 'approve' as const }] : state === 'denied' ? [grace] : []
  return {
    type: 'approval.settled', ex, actor: ACTOR, ap: null, state, cause: 'reviewer', reviewers: decided, digest: 'q', rule: 'cards', policy: POLICY,
    found: { CREDIT_CARD: 3 }, decision: null, ms, sd: [],
  }
}
