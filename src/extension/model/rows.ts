/** Calls, launches and events of the ledger as rows of the views. Pure; sentences go through the translator that is given. */
import type { AuditEvent, Disclosure } from '../../protocol/audit.ts'
import type { EventRow, FindingCount, Launch, Row, Source } from '../../protocol/panelModels.ts'
import type { Finding, SpanEvidence } from '../../protocol/masking.ts'
import type { Call, KnownEvent, KnownLaunch } from './ledger.ts'
import { plainLabel } from './segments.ts'

/** vscode.l10n.t, or in tests a function that fills in. */
export type Translate = (message: string, ...args: (string | number)[]) => string

const NO_LAUNCH = 'la_none'

export function rowOf(call: Call, now: number): Row {
  const state = stateOf(call)
  return {
    ex: call.ex,
    launch: call.launch ?? NO_LAUNCH,
    state,
    at: call.at,
    ...phasesOf(call, now),
    running: RUNNING.has(state),
    model: modelOf(call),
    ...(call.endpoint ? { provider: plainLabel(call.endpoint.provider) } : {}),
    ...tokensOf(call),
    found: findingsOf(call),
    ...(state === 'held' ? { request: call.ex } : {}),
  }
}

const RUNNING: ReadonlySet<Row['state']> = new Set(['inspecting', 'held', 'sent', 'streaming'])

function modelOf(call: Call): string {
  return plainLabel(call.ended?.answer?.model ?? call.endpoint?.model ?? providerIn(call.refused?.route) ?? '')
}

/** `/openai/v1/chat/completions` is a call to openai: no more was read of one that was refused at once. */
function providerIn(route: string | undefined): string | undefined {
  return route === undefined ? undefined : (/^\/([\w.-]+)(?:\/|$)/.exec(route)?.[1] ?? route)
}

function tokensOf(call: Call): { tokensIn?: number; tokensOut?: number } {
  const usage = call.ended?.answer?.usage
  return usage ? { ...count('tokensIn', usage.inputTokens), ...count('tokensOut', usage.outputTokens) } : {}
}

/** How long each phase took: from the ending's record when there is one, from notices while the call runs. */
function phasesOf(call: Call, now: number): { inspectedMs?: number; heldMs?: number; firstByteMs?: number; doneMs?: number } {
  const held = heldOf(call, now)
  const timing = call.ended?.timing
  if (timing) {
    const sent = timing.decided ?? 0
    return {
      ...positive('inspectedMs', timing.decided === undefined ? undefined : timing.decided - (held ?? 0)),
      ...positive('heldMs', held),
      ...positive('firstByteMs', timing.firstByte === undefined ? undefined : timing.firstByte - sent),
      ...positive('doneMs', timing.total - sent),
    }
  }
  return {
    ...positive('inspectedMs', call.decidedAt === undefined ? undefined : call.decidedAt - call.at - (held ?? 0)),
    ...positive('heldMs', held),
    ...positive('firstByteMs', call.firstReleasedAt === undefined || call.sentAt === undefined ? undefined : call.firstReleasedAt - call.sentAt),
  }
}

function heldOf(call: Call, now: number): number | undefined {
  if (!call.held) return undefined
  return call.settled?.ms ?? call.ended?.timing.held ?? Math.max(0, now - call.held.at)
}

export function isHeld(call: Call): boolean {
  return call.held !== undefined && !call.settled && !call.ended && !call.refused
}

function stateOf(call: Call): Row['state'] {
  if (call.refused) return call.refused.code === 'CS_CLIENT_GONE' ? 'stopped' : 'denied'
  // Its agent ended while it waited: it never crossed the line.
  if (call.ended && call.held && !call.decided) return 'withdrawn'
  if (call.ended) return endingOf(call.ended)
  if (call.settled && call.settled.state !== 'approved' && call.settled.state !== 'acknowledged') return call.settled.state
  if (call.decided?.decision.effect === 'deny') return 'denied'
  if (isHeld(call)) return 'held'
  if (!call.decided) return 'inspecting'
  return call.firstReleasedAt === undefined ? 'sent' : 'streaming'
}

function endingOf({ type, code }: NonNullable<Call['ended']>): Row['state'] {
  if (type === 'exchange.completed') return 'answered'
  // Policy let the call go and its answer not: nothing failed.
  return type === 'exchange.aborted' || code === 'CS_DENIED' ? 'stopped' : 'failed'
}

/** By type and fate: how often it was found, in the prompt and in the answer together. */
export function findingsOf(call: Call): FindingCount[] {
  const masked = new Map<string, { count: number; transform: string }>()
  for (const span of [...spansOf(call, 'prompt'), ...spansOf(call, 'answer')])
    if (span.transform !== 'keep') masked.set(span.type, { count: (masked.get(span.type)?.count ?? 0) + 1, transform: span.transform })
  const found = sumOf(call.decided?.inspection.found ?? call.held?.found, call.ended?.found)
  const rows: FindingCount[] = []
  for (const [type, hidden] of masked) rows.push({ type, count: hidden.count, fate: 'masked', transform: hidden.transform })
  for (const [type, total] of found) {
    const open = total - (masked.get(type)?.count ?? 0)
    if (open > 0) rows.push({ type, count: open, fate: 'asIs' })
  }
  return rows.filter((row) => /^[A-Z][A-Z0-9_]{0,79}$/.test(row.type)).slice(0, 60)
}

function sumOf(...all: readonly (Readonly<Record<string, number>> | undefined)[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>()
  for (const counts of all) for (const [type, n] of Object.entries(counts ?? {})) sum.set(type, (sum.get(type) ?? 0) + n)
  return sum
}

/** Evidence of masks: in the record, or, when it is long, in a disclosure of its own. */
export function spansOf(call: Call, side: 'prompt' | 'answer'): readonly SpanEvidence[] {
  const inRecord = side === 'prompt' ? call.decided?.masked : call.ended?.masked
  if (inRecord && inRecord.length > 0) return inRecord
  const apart = (side === 'prompt' ? call.prompt : call.answer).find((one) => one.path === `evidence/${side}`)
  return apart ? (parsed(apart) as readonly SpanEvidence[]) : []
}

/** What was found in the prompt and left as it was, as spans that hide their place. */
export function openSpans(call: Call): readonly SpanEvidence[] {
  const apart = call.prompt.find((one) => one.path === 'evidence/open')
  if (!apart) return []
  return (parsed(apart) as readonly Finding[]).map((finding) => ({ ...finding, transform: 'keep', token: '', commitment: '' }))
}

/** Who speaks each part of the prompt, in their order; empty in records that do not say. */
export function rolesOf(call: Call): readonly unknown[] {
  const apart = call.prompt.find((one) => one.path === 'evidence/roles')
  return apart ? parsed(apart) : []
}

/** Texts of one side, in order; many short ones travel bundled as one. */
export function textsOf(call: Call, side: 'prompt' | 'answer'): readonly Disclosure[] {
  const all = side === 'prompt' ? call.prompt : call.answer
  const bundled = all.find((one) => one.path === side)
  return bundled ? (parsed(bundled) as readonly Disclosure[]) : all.filter((one) => one.path.startsWith(`${side}/`))
}

/** A disclosure that holds JSON of ours. One that does not parse shows nothing, which the record's own digest would tell. */
function parsed(disclosure: Disclosure): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(disclosure.value)
    return Array.isArray(value) ? (value as unknown[]) : []
  } catch {
    return []
  }
}

export function launchOf(launch: KnownLaunch, findings: number): Launch {
  return { id: launch.id, kind: sourceKind(launch.kind), file: plainLabel(launch.label), startedAt: launch.at, calls: launch.calls, ...(launch.cell === undefined ? {} : { cell: launch.cell }), ...(findings === 0 ? {} : { findings }) }
}

const SOURCE_KINDS: ReadonlySet<string> = new Set(['notebook', 'script', 'debug', 'run', 'sandbox', 'headless', 'window'] satisfies Source['kind'][])

export function sourceKind(kind: string): Source['kind'] {
  return SOURCE_KINDS.has(kind) ? (kind as Source['kind']) : 'window'
}

/** The row of calls whose launch is not known here: refused ones carry none. */
export function noLaunch(t: Translate, calls: readonly Call[]): Launch | undefined {
  const [first] = calls
  return first && { id: NO_LAUNCH, kind: 'window', file: t('Refused calls'), startedAt: first.at, calls: calls.length }
}

/** @param nameOf what a person is called: journals name people by issuer and subject, labels stand in their disclosures */
export function eventRowOf({ id, at, event, texts }: KnownEvent, t: Translate): EventRow | undefined {
  const told = sentenceOf(event, texts, t)
  return told && { id, at, what: told[0], sentence: told[1] }
}

function sentenceOf(event: AuditEvent, texts: readonly Disclosure[], t: Translate): readonly [EventRow['what'], string] | undefined {
  switch (event.type) {
    case 'session.started':
      return ['signedIn', t('{0} signed in.', plainLabel(texts.find((one) => one.path === 'name')?.value ?? event.actor.sub))]
    case 'session.ended':
      return ['signedOut', signedOutWords(event.reason, t)]
    case 'session.refused':
      return ['refused', t('A sign-in did not succeed: {0}', plainLabel(event.reason.replace(/^CS_\w+: /, ''), 1000))]
    case 'agent.started':
      return ['agentStarted', t('The agent started, version {0}.', event.build)]
    case 'agent.stopped':
      return ['agentStopped', t('The agent ended: {0}.', plainLabel(event.reason))]
    case 'agent.recovered':
      return ['recovered', t('After a crash, {0} bytes of a record that was never acknowledged were cut off.', event.cut)]
    case 'policy.activated':
      return ['policy', event.source === 'hub' ? t('Policy version {0} is in force, by {1}: {2}', event.version, plainLabel(event.author.split(' ').at(-1) ?? ''), plainLabel(event.reason)) : t('A policy file of this machine is in force. It is unmanaged.')]
    case 'policy.refused':
      return ['refused', t('A policy was refused: {0}', plainLabel(event.why, 1000))]
    case 'launch.finding':
      return ['notCovered', findingWords(event, t)]
    case 'sync.gap':
      return ['hubAway', t('The hub holds less than was receipted: {0}', plainLabel(event.why, 1000))]
    default:
      return undefined
  }
}

function signedOutWords(reason: string, t: Translate): string {
  const words: Readonly<Record<string, string>> = {
    'signed out': t('Signed out.'),
    'another sign-in': t('Signed out: somebody signed in anew.'),
    'absolute limit': t('The sign-in ended: it had lasted as long as the policy lets it.'),
    'idle limit': t('The sign-in ended: it was not used for as long as the policy lets it rest.'),
  }
  return Object.hasOwn(words, reason) ? (words[reason] ?? '') : t('Signed out: {0}.', plainLabel(reason))
}

/** What was seen, and what that means for the calls. */
function findingWords({ kind, subject, file, program }: Extract<AuditEvent, { type: 'launch.finding' }>, t: Translate): string {
  const what = plainLabel(subject)
  const where = plainLabel(file ?? program ?? t('a program'))
  switch (kind) {
    case 'environmentKey':
      return t('{0} runs with a provider key of its own in {1}. A call that uses it does not go through Countersign.', where, what)
    case 'codeKey':
      return t('A provider key stands in {0} ({1}). A call that uses it does not go through Countersign.', where, what)
    case 'address':
      return t('{0} names a direct address ({1}). A call to it does not go through Countersign.', where, what)
    case 'connection':
      return t('{0} was connected to {1}. What went there did not go through Countersign and is not recorded.', where, what)
    case 'isolated':
      return t('{0} was started with {1}, so that classes which read no variable are not routed.', where, what)
  }
}

function positive<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined || !Number.isFinite(value) ? {} : ({ [name]: Math.max(0, value) } as Partial<Record<K, number>>)
}

function count<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined || !Number.isInteger(value) || value < 0 ? {} : ({ [name]: value } as Partial<Record<K, number>>)
}
