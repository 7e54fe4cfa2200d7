/** Made-up people and calls for the webviews' tests: the same story in all of them. */
import type { SidebarModel, TimelineModel } from '../../src/protocol/panel.ts'
import type { Details, EventRow, Launch, MaskSegment, Request, Row, Segment } from '../../src/protocol/panelModels.ts'

export const NOW = new Date(2026, 4, 12, 14, 5, 22).getTime()
const MINUTE = 60_000

export const text = (value: string): Segment => ({ kind: 'text', text: value })
export function mask(type: string, ordinal: number, fate: MaskSegment['fate'] = 'masked', more: Partial<MaskSegment> = {}): Segment {
  return {
    kind: 'mask', type, ordinal, fate, transform: fate === 'asIs' ? 'keep' : 'pseudonym',
    evidence: { rule: 'Contact data is masked', recogniser: 'e-mail recogniser 3.2', certainty: 0.95, part: 1, start: 112, end: 131, proof: '5be1aaaaaaaaaaaa09d2' },
    ...more,
  }
}

/** @param now clock of the test page: requests end relative to it */
export function review(now: number, more: Partial<Request> = {}): Request {
  return {
    id: 'ap_review', ex: 'ex_01KD8W4N', kind: 'review', state: 'waiting',
    requester: { name: 'Ada Moreno', account: 'ada.moreno', self: false },
    model: 'claude-sonnet-4-5', provider: 'Anthropic', host: 'api.anthropic.com', tokens: 3204,
    rule: { id: 'patient-data', name: 'Patient data needs two people' }, because: [{ count: 12, noun: 'medical record numbers' }],
    findings: [
      { type: 'MEDICAL_RECORD', count: 12, fate: 'asIs' }, { type: 'DATE_OF_BIRTH', count: 12, fate: 'asIs' },
      { type: 'PERSON', count: 12, fate: 'masked' }, { type: 'PHONE', count: 4, fate: 'masked' }, { type: 'EMAIL', count: 3, fate: 'masked' },
    ],
    parts: [
      { role: 'system', index: 1, of: 14, segments: [text('You sort notes.')] },
      { role: 'user', index: 2, of: 14, segments: [text('Sort these notes by urgency.\n'), mask('MEDICAL_RECORD', 1, 'asIs'), text(', born '), mask('DATE_OF_BIRTH', 1, 'asIs'), text(': '), mask('PERSON', 1), text(' called from '), mask('PHONE', 1), text(' about chest pain '), { kind: 'elided', what: 'alike', count: 11 }] },
    ],
    source: { kind: 'notebook', file: 'triage.ipynb', cell: 7, canOpen: false },
    requesterReason: 'Triage report for the board, ticket SUP-2291 \u202e', requesterReasonRule: 'optional',
    reviewers: [
      { group: 'Data owners', state: 'approved', mine: false, others: 2, person: 'Lin Achterberg', at: NOW - 4 * MINUTE, reason: 'Within the assessment of May.', readingNow: [] },
      { group: 'Security', state: 'waiting', mine: true, others: 4, readingNow: ['Tomas Rey'] },
    ],
    history: { like: 7, days: 30, denied: 1 },
    arrivedAt: now - MINUTE, expiresAt: now + 9 * MINUTE + 30_000, hubOffsetMs: 0, assurance: 'session', identityProvider: 'Fernhill SSO', reasonNeeded: true,
    grants: [{ id: 'g_once', scope: 'once' }, { id: 'g_15', scope: 'time', minutes: 15, limits: 'This rule, claude-sonnet-4-5' }, { id: 'g_20', scope: 'calls', calls: 20, limits: 'The same, at most 1 hour' }],
    digests: ['7f3aAAAAAAAAAAAAAAAAc21e'], decidable: true, signingIn: false,
    ...more,
  }
}

export function own(now: number, more: Partial<Request> = {}): Request {
  return review(now, {
    id: 'ap_own', ex: 'ex_own', kind: 'own', requester: { name: 'Ada Moreno', self: true }, model: 'gpt-4.1', provider: 'OpenAI', host: 'api.openai.com', tokens: 412,
    rule: { id: 'cards', name: 'Cards leave only with a reason' }, because: [{ count: 3, noun: 'card numbers' }],
    findings: [{ type: 'CREDIT_CARD', count: 3, fate: 'asIs' }, { type: 'PERSON', count: 3, fate: 'masked' }, { type: 'EMAIL', count: 2, fate: 'masked' }],
    parts: [{ role: 'user', index: 2, of: 2, segments: [text('Which of these were charged twice?\n'), mask('PERSON', 1), text(' '), mask('EMAIL', 1), text(' '), mask('CREDIT_CARD', 1, 'asIs'), text('\n'), mask('PERSON', 2), text(' '), mask('EMAIL', 2), text(' '), mask('CREDIT_CARD', 2, 'asIs'), text('\n'), mask('PERSON', 3), text(' no e-mail '), mask('CREDIT_CARD', 3, 'asIs')] }],
    source: { kind: 'notebook', file: 'customers.ipynb', cell: 4, canOpen: true }, reviewers: [], history: { like: 6, days: 30, denied: 0 },
    expiresAt: now + 4 * MINUTE + 30_000, reasonNeeded: true, grants: [], ...more,
  })
}

export function waiting(now: number, more: Partial<Request> = {}): Request {
  return review(now, {
    id: 'ap_waiting', ex: 'ex_waiting', kind: 'ownWaiting', requester: { name: 'Ada Moreno', self: true }, requesterReason: undefined,
    reviewers: [
      { group: 'Data owners', state: 'approved', mine: false, others: 0, person: 'Lin Achterberg', at: NOW - 4 * MINUTE, readingNow: [] },
      { group: 'Security', state: 'waiting', mine: false, others: 4, readingNow: ['Grace Lindqvist'] },
    ],
    ...more,
  })
}

export function bundle(now: number, more: Partial<Request> = {}): Request {
  return review(now, {
    id: 'ap_bundle', ex: 'ex_bundle', model: 'gpt-4.1-mini', provider: 'OpenAI', host: 'api.openai.com', rule: { id: 'cards', name: 'Cards leave only with a reason' }, because: [{ count: 1, noun: 'card number' }],
    findings: [{ type: 'CREDIT_CARD', count: 112, fate: 'asIs' }, { type: 'PERSON', count: 112, fate: 'masked' }, { type: 'EMAIL', count: 97, fate: 'masked' }],
    parts: [{ role: 'user', index: 1, of: 1, segments: [text('Was this card charged twice?\n'), mask('PERSON', 1), text(' '), mask('EMAIL', 1), text(' '), mask('CREDIT_CARD', 1, 'asIs'), text(' 2 × 49.00')] }],
    requesterReason: 'Refund check for October, ticket FIN-1180.', reviewers: [], expiresAt: now + 14 * MINUTE + 30_000,
    bundle: { size: 112, index: 0, arrivedSince: 9, variesIn: 'the customer’s line' }, digests: Array.from({ length: 112 }, (_, i) => `digest${i}`), ...more,
  })
}

export function settled(now: number, state: Request['state'], more: Partial<Request> = {}): Request {
  return review(now, { id: `ap_${state}`, state, kind: 'ownWaiting', requester: { name: 'Ada Moreno', self: true }, outcome: { at: NOW - 10 * MINUTE, by: 'Grace Lindqvist', reason: 'Use the masked export; the board does not need record numbers.' }, ...more })
}

export function sidebar(now: number, more: Partial<SidebarModel> = {}): SidebarModel {
  return {
    now, phase: 'ready', person: { name: 'Ada Moreno' }, hub: 'here', policy: { version: 3, source: 'hub' }, deviceSignIn: true,
    notices: [], requests: [], grants: [], launches: [], calls: [], today: { calls: 42, held: 3, masked: 118 }, ...more,
  }
}

export const LAUNCHES: Launch[] = [
  { id: 'la_1', kind: 'notebook', file: 'triage.ipynb', cell: 7, run: 12, startedAt: NOW - 8 * MINUTE, calls: 3 },
  { id: 'la_2', kind: 'debug', file: 'ask.py', startedAt: NOW - 5 * MINUTE, calls: 4 },
  { id: 'la_3', kind: 'notebook', file: 'refunds.ipynb', cell: 3, run: 2, startedAt: NOW - 3 * MINUTE, calls: 112, heldAsOne: true },
  { id: 'la_4', kind: 'terminal', file: 'node ask.mjs', startedAt: NOW - 2 * MINUTE, calls: 5 },
]

const at = (clock: string): number => new Date(2026, 4, 12, ...(clock.split(':').map(Number) as [number, number, number])).getTime()

function row(ex: string, launch: string, state: Row['state'], clock: string, more: Partial<Row>): Row {
  const found = more.found ?? [{ type: 'EMAIL', count: 2, fate: 'masked' }]
  return { ex, launch, state, at: at(clock), inspectedMs: 6, running: false, model: 'gpt-4.1', provider: 'openai', ...more, found }
}
const finds = (count: number): Row['found'] => [{ type: 'PERSON', count, fate: 'masked' }]

export const ROWS: Row[] = [
  row('ex_1', 'la_1', 'answered', '13:57:21', { model: 'claude-haiku-4-5', tokensIn: 820, tokensOut: 140, found: finds(5), firstByteMs: 350, doneMs: 900 }),
  row('ex_2', 'la_1', 'answered', '13:57:24', { model: 'claude-sonnet-4-5', tokensIn: 3204, tokensOut: 512, found: finds(69), heldMs: 48_200, firstByteMs: 700, doneMs: 3100 }),
  row('ex_3', 'la_1', 'denied', '13:59:40', { model: 'claude-sonnet-4-5', tokensIn: 3198, found: finds(43), heldMs: 22_000 }),
  row('ex_4', 'la_2', 'answered', '14:00:31', { tokensIn: 412, tokensOut: 95, firstByteMs: 500, doneMs: 1300 }),
  row('ex_5', 'la_2', 'failed', '14:00:33', { tokensIn: 430, firstByteMs: 400 }),
  row('ex_6', 'la_2', 'answered', '14:00:35', { tokensIn: 430, tokensOut: 210, found: finds(3), firstByteMs: 600, doneMs: 2200 }),
  row('ex_7', 'la_2', 'stopped', '14:00:41', { tokensIn: 655, tokensOut: 38, found: [], firstByteMs: 400, doneMs: 800 }),
  row('ex_8', 'la_3', 'held', '14:02:10', { model: 'gpt-4.1-mini', tokensIn: 61_600, found: finds(209), heldMs: 120_000, running: true, request: 'ap_bundle' }),
  row('ex_9', 'la_4', 'answered', '14:03:48', { model: 'text-embedding-3', tokensIn: 1900, found: finds(12), firstByteMs: 250, doneMs: 300 }),
  row('ex_10', 'la_4', 'answered', '14:03:49', { tokensIn: 1204, tokensOut: 318, found: finds(7), firstByteMs: 500, doneMs: 2400 }),
  row('ex_11', 'la_4', 'withdrawn', '14:03:55', { tokensIn: 1310, found: finds(7), heldMs: 9000 }),
  row('ex_12', 'la_4', 'expired', '14:04:05', { tokensIn: 1310, found: finds(7), heldMs: 60_000 }),
  row('ex_13', 'la_4', 'streaming', '14:05:20', { tokensIn: 1344, tokensOut: 201, found: finds(4), firstByteMs: 550, doneMs: 1700, running: true }),
]

export const EVENTS: EventRow[] = [{ id: 'ev_1', at: at('13:57:02'), what: 'hubBack', sentence: 'after 5 min, 31 records sent' }]

export function timeline(more: Partial<TimelineModel> = {}): TimelineModel {
  return {
    now: NOW, person: { name: 'Ada Moreno' }, loading: null, periods: [{ id: 'today', label: 'Today, from 13:20' }, { id: 'yesterday', label: 'Yesterday' }], period: 'today',
    launches: LAUNCHES, rows: ROWS, events: EVENTS, notices: [], summary: { records: 1204, verified: 'all', waiting: 0, hub: true }, ...more,
  }
}

export function details(ex = 'ex_2', more: Partial<Details> = {}): Details {
  const one = ROWS.find((candidate) => candidate.ex === ex) ?? ROWS[1]!
  return {
    row: one, source: { kind: 'notebook', file: 'triage.ipynb', cell: 7, canOpen: true }, rule: { id: 'patient-data', name: 'Patient data needs two people' }, effect: 'hold',
    because: [{ count: 12, noun: 'medical record numbers' }], why: 'Held because the prompt contained 12 medical record numbers.',
    reasons: [
      { person: 'Ada Moreno', verb: 'asked', text: 'Triage report for the board, ticket SUP-2291.', freshSignIn: false },
      { person: 'Lin Achterberg', verb: 'approved', at: at('13:57:51'), text: 'Within the assessment of May.', freshSignIn: false },
      { person: 'Grace Lindqvist', verb: 'approved', at: at('13:58:12'), text: 'Board needs it by three.', freshSignIn: true },
    ],
    prompt: { found: 43, masked: 19, moreParts: 13, parts: [{ role: 'user', index: 1, of: 14, segments: [text('Sort these notes by urgency.\n'), mask('MEDICAL_RECORD', 1, 'asIs'), text(', born '), mask('DATE_OF_BIRTH', 1, 'asIs'), text(':\n'), mask('PERSON', 1), text(', '), mask('PHONE', 1), text(': chest pain')] }] },
    answer: { found: 26, masked: 26, parts: [{ role: 'assistant', index: 1, of: 1, segments: [text('1. '), mask('PERSON', 1), text(' ('), mask('MEDICAL_RECORD', 1), text('): today, chest pain. Call back on '), mask('PHONE', 1), text('.\n2. '), mask('PERSON', 4), text(' ('), mask('MEDICAL_RECORD', 4), text('): this week, send letter to '), mask('EMAIL', 2), text('.')] }] },
    replay: [{ ms: 0, upTo: 3 }, { ms: 200, upTo: 20 }, { ms: 400, upTo: 200 }],
    record: { first: 4102, last: 4110, journal: 'written', receiptAt: at('13:58:17'), size: 4133, signature: { issuer: 'Fernhill SSO', at: at('13:58:12') }, verifiedAt: at('14:04:00'), offline: true, root: '3c9eAAAAAAAAAA71' },
    ...more,
  }
}

/** @param count calls of one launch after another, half an hour back */
export function manyRows(count: number): { rows: Row[]; launches: Launch[] } {
  const launches = Array.from({ length: Math.ceil(count / 20) }, (_, i): Launch => ({ id: `la_m${i}`, kind: 'script', file: `batch_${i}.py`, startedAt: NOW - 30 * MINUTE, calls: 20 }))
  const states = ['answered', 'answered', 'answered', 'denied', 'failed'] as const
  const rows = Array.from({ length: count }, (_, i): Row => ({
    ex: `ex_m${i}`, launch: `la_m${Math.floor(i / 20)}`, state: states[i % 5] ?? 'answered', at: NOW - 30 * MINUTE + i * 1500, inspectedMs: 4, running: false,
    model: 'gpt-4.1', tokensIn: 400 + i, tokensOut: 90, found: finds(i % 7), ...(i % 5 < 3 ? { firstByteMs: 300 + (i % 9) * 40, doneMs: 900 + (i % 13) * 120 } : {}),
  }))
  return { rows, launches }
}
