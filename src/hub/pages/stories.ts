/** One call from the first word to the last; sessions; policies; the hub's own log. */
import type { AuditEvent, ExchangeDecided, ExchangeEnded } from '../../protocol/audit.ts'
import { OPAQUE_WORDS } from '../../protocol/policy.ts'
import { explainMask, explainRule, listWords } from '../../core/policy/explain.ts'
import { parsePolicy } from '../../core/policy/parse.ts'
import { maskedByType, wordsOf } from '../../core/words/recordWords.ts'
import { actorOf, entriesOf, exchangeOf } from '../evidence/entries.ts'
import { isStopped } from '../evidence/totals.ts'
import type { Hub } from '../hub.ts'
import { approvalSection as reviewSection } from './approval.ts'
import { html, lines, type Html, type Renderable } from './html.ts'
import { icon } from './icons.ts'
import { deviceName, facts, moment, number, plural, recordLink, section, table, who, type Page } from './layout.ts'
import { proposalsSection } from './proposals.ts'
import { decisionMark } from './records.ts'

/** @returns undefined when no record under a receipt speaks of it */
export async function exchangePage(hub: Hub, ex: string): Promise<Page | undefined> {
  const story = entriesOf(hub.mirrors).filter(({ record }) => exchangeOf(record.event) === ex).toReversed()
  // A reviewer's device tells of it too; whose call it was is told by the requester's.
  const first = story.find(({ record }) => !isOfReviewer(record.event))
  if (!first) return undefined
  const events = story.map(({ record }) => record.event)
  const decided = events.find((event) => event.type === 'exchange.decided')
  const actor = story.map(({ record }) => (isOfReviewer(record.event) ? undefined : actorOf(record.event))).find((one) => one !== undefined)
  const rows = story.map(({ stream, record }) => html`<tr><td class="w">${moment(record.time)}</td><td>${wordsOf(record)}</td><td class="w">${decisionMark(record.event)}</td><td class="w">${recordLink(stream, record.seq, `record ${record.seq}`)}</td></tr>`)
  const body = html`<div class="hub-head"><h1>Exchange</h1><code>${ex}</code></div>
<p class="hub-sentence"><b>${who(hub, actor)}</b> ${decided ? `asked ${asked(decided)}. ${sentenceOf(decided)}${verdictOn(hub, events)}${stopOf(endingOf(events))}` : undecided(events)}</p>
${section('Story', `on ${deviceName(hub, first.device.id)}`, table(['Time (UTC)', 'What', 'Decision', 'Record'], rows, ''))}
${await reviewSection(hub, ex)}
${decided && policySection(hub, decided)}
${decided && section('Found and masked', 'what and how often, never the values', found(decided, endingOf(events)))}
<p class="small quiet">The masked texts of prompt and answer stay on the device, encrypted; the records hold their salted digests, so that a text shown later can be checked.</p>`
  return { title: `Exchange ${ex}`, nav: '/records', body }
}

function isOfReviewer({ type }: AuditEvent): boolean {
  return type === 'review.given' || type === 'review.ended'
}

function asked({ endpoint }: Pick<ExchangeDecided, 'endpoint'>): string {
  return `${endpoint.model} at ${new URL(endpoint.url).host}`
}

function endingOf(events: readonly AuditEvent[]): ExchangeEnded | undefined {
  return events.find((event): event is ExchangeEnded => event.type === 'exchange.completed' || event.type === 'exchange.aborted' || event.type === 'exchange.failed')
}

/** A call without a decision on record: held, or refused before. */
function undecided(events: readonly AuditEvent[]): string {
  const held = events.find((event) => event.type === 'approval.requested')
  if (!held) return 'made a call that was refused before policy was asked. Nothing was sent.'
  const settled = events.find((event) => event.type === 'approval.settled')
  const now = settled ? `its review ended: ${settled.state}` : endingOf(events) ? 'ended before it was decided' : 'waits for a decision, as far as its records are here'
  return `asked ${asked(held)}. The call was held${held.rule === null ? '' : ` by rule "${held.rule}"`} and ${now}. Nothing was sent.`
}

/** An answer that policy did not let through, beside a call that it did. */
function stopOf(end: ExchangeEnded | undefined): string {
  return end?.reason !== undefined && isStopped(end) ? ` Its answer was stopped: ${end.reason}` : ''
}

function sentenceOf({ decision, digest }: ExchangeDecided): string {
  const because = `${decision.why.charAt(0).toUpperCase()}${decision.why.slice(1)}`
  return `${because}${/[.!?]$/.test(because) ? '' : '.'}${digest.sent === null ? ' Nothing was sent.' : ''}`
}

/** The rule alone would read as if the call still waited. */
function verdictOn(hub: Hub, events: readonly AuditEvent[]): string {
  const settled = events.find((event) => event.type === 'approval.settled')
  if (settled === undefined) return ''
  const names = settled.reviewers.map(({ issuer, subject }) => hub.labels.person(issuer, subject) ?? subject)
  if (settled.state === 'acknowledged') return ' The requester acknowledged that themselves.'
  if (names.length > 0 && (settled.state === 'approved' || settled.state === 'denied')) return ` ${listWords(names)} ${settled.state} it.`
  return settled.cause === 'no_reviewer' ? ' Nobody who may decide could be reached.' : settled.state === 'expired' ? ' Nobody decided in time.' : settled.state === 'withdrawn' ? ' It was withdrawn before anybody decided.' : ''
}

function policySection(hub: Hub, { policy, decision }: ExchangeDecided): Html {
  const stored = policy.source === 'hub' ? hub.policies.all.find(({ version }) => version === policy.version) : undefined
  const same = stored?.digest === policy.digest
  const document = stored && same ? parsePolicy(stored.document) : undefined
  const rule = document?.rules.find(({ id }) => id === decision.rule)
  return section(
    'Policy',
    '',
    facts([
      ['In force', policy.source === 'local' ? html`a file on the device, version ${policy.version}: unmanaged` : same ? html`<a href="/policies/${policy.version}">version ${policy.version}</a>, ${icon('check', 'ok')}the digest is that of the published text` : html`version ${policy.version}, ${icon('warn', 'bad')}whose digest is not that of a published text`],
      ['Rule', decision.rule ?? 'none; the default decided'],
      ['It', rule && `${explainRule(rule, document?.types)} ${explainMask(rule)}`],
    ]),
  )
}

/** What nobody could look into is said, not passed over. */
function opaque(side: 'prompt' | 'answer', kinds: readonly string[]): Renderable {
  const words = kinds.map((kind) => (Object.hasOwn(OPAQUE_WORDS, kind) ? OPAQUE_WORDS[kind as keyof typeof OPAQUE_WORDS] : kind))
  return words.length > 0 && html`<p class="small">${icon('warn', 'held')}Could not be inspected in the ${side}: ${words.join(', ')}.</p>`
}

function found(decided: ExchangeDecided, answer: ExchangeEnded | undefined): Html {
  const inPrompt = maskedByType(decided)
  const inAnswer = answer ? maskedByType(answer) : {}
  const back = answer?.restored ?? {}
  const types = [...new Set([decided.inspection.found, inPrompt, inAnswer, back].flatMap((counts) => Object.keys(counts)))].sort()
  const rows = types.map((type) => html`<tr><td class="w"><code>${type}</code></td><td class="r">${decided.inspection.found[type] ?? 0}</td><td class="r">${inPrompt[type] ?? 0}</td><td class="r">${inAnswer[type] ?? 0}</td><td class="r">${back[type] ?? 0}</td></tr>`)
  const inspected = table(['Type', html`<span class="r">Found in the prompt</span>`, html`<span class="r">Masked in the prompt</span>`, html`<span class="r">Masked in the answer</span>`, html`<span class="r">Given back in the answer</span>`], rows, 'Nothing was found.')
  const isMore = Object.entries(inPrompt).some(([type, n]) => n > (decided.inspection.found[type] ?? 0))
  return html`${inspected}${isMore && html`<p class="small quiet">More is masked of a type than was found of it where a value, or a part of one, was found as another type that is not masked.</p>`}${opaque('prompt', decided.inspection.opaque)}${opaque('answer', answer?.answer?.opaque ?? [])}`
}

export function sessionsPage(hub: Hub): Page {
  const entries = entriesOf(hub.mirrors)
  const calls = new Map<string, Set<string>>()
  const ends = new Map<string, { time: string; reason: string }>()
  for (const { record } of entries) {
    const { event } = record
    const ex = exchangeOf(event)
    if (ex !== undefined && 'actor' in event && event.actor) calls.set(event.actor.session, (calls.get(event.actor.session) ?? new Set()).add(ex))
    if (event.type === 'session.ended') ends.set(event.actor.session, { time: record.time, reason: event.reason })
  }
  const rows = entries.flatMap(({ device, stream, record }) => {
    const { event } = record
    if (event.type !== 'session.started') return []
    const end = ends.get(event.actor.session)
    return [
      html`<tr><td class="w">${recordLink(stream, record.seq, moment(record.time))}</td><td>${who(hub, event.actor)}</td><td>${event.actor.groups.join(', ')}</td><td>${deviceName(hub, device.id)}</td><td class="r">${number(calls.get(event.actor.session)?.size ?? 0)}</td><td>${end ? html`${moment(end.time)} <span class="quiet">${end.reason}</span>` : html`<span class="quiet">until ${moment(event.endsAt)} at the latest</span>`}</td></tr>`,
    ]
  })
  const body = html`<div class="hub-head"><h1>Sessions</h1><span class="quiet">${plural(rows.length, 'sign-in')}, newest first</span></div>${table(['Signed in (UTC)', 'Who', 'Groups then', 'Device', html`<span class="r">Calls</span>`, 'Ended (UTC)'], rows.slice(0, 500), 'Nobody has signed in yet.')}`
  return { title: 'Sessions', nav: '/sessions', body }
}

export function policiesPage(hub: Hub): Page {
  const rows = hub.policies.all.toReversed().map(({ version, author, reason, publishedAt, digest }, index) => html`<tr><td class="w"><a href="/policies/${version}">Version ${version}</a></td><td class="w">${moment(publishedAt)}</td><td>${who(hub, { iss: author.issuer, sub: author.subject })}</td><td>${reason}</td><td><code>${digest}</code></td><td class="w">${index === 0 ? html`${icon('check', 'ok')}in force` : html`<span class="quiet">replaced</span>`}</td></tr>`)
  const body = html`<div class="hub-head"><h1>Policies</h1><span class="quiet">versions rise by one and never go back</span></div>${proposalsSection(hub)}${table(['Version', 'Published (UTC)', 'Author', 'Reason', 'Digest of the text', 'State'], rows, 'No policy was published yet, so agents let nothing pass.')}`
  return { title: 'Policies', nav: '/policies', body }
}

export function policyPage(hub: Hub, version: number): Page | undefined {
  const stored = hub.policies.all.find((one) => one.version === version)
  if (!stored) return undefined
  const { rules, default: otherwise, types } = parsePolicy(stored.document)
  const previous = hub.policies.all.find((one) => one.version === version - 1)
  const body = html`<div class="hub-head"><h1>Policy version ${version}</h1><span class="quiet">${hub.policies.current?.version === version ? 'in force' : 'replaced by a later one'}</span></div>
${section('Publication', '', facts([['Author', who(hub, { iss: stored.author.issuer, sub: stored.author.subject })], ['Reason', stored.reason], ['Published (UTC)', moment(stored.publishedAt)], ['Digest', html`<code>${stored.digest}</code>`], ['Before it', previous && html`<a href="/policies/${previous.version}">version ${previous.version}</a>, <code>${previous.digest}</code>`]]))}
${approvalSection(hub, version)}
${section('Rules', 'in order, the first that matches decides', html`<ol class="hub-rules">${rules.map((rule) => html`<li><code>${rule.id}</code> ${explainRule(rule, types)} ${explainMask(rule)}${rule.message === undefined ? '' : html` <span class="quiet">“${rule.message}”</span>`}</li>`)}<li>${otherwise === 'deny' ? 'Denies' : 'Allows'} everything else.</li></ol>`)}
${section('Text', 'as published', html`<pre class="hub-code" tabindex="0">${lines(stored.document)}</pre>`)}`
  return { title: `Policy version ${version}`, nav: '/policies', body }
}

/** Of a policy that loosened: the second person. */
function approvalSection(hub: Hub, version: number): Renderable {
  const event = hub.log.records.map((record) => record.event).find((one) => one.type === 'policy.published' && one.version === version)
  const approval = event?.type === 'policy.published' ? event.approval : undefined
  if (!approval) return ''
  return section('Approval', 'it let more pass, so a second person decided', html`${facts([['Approver', who(hub, approval)], ['Groups then', approval.groups.join(', ')], ['Reason', approval.reason]])}<ul class="hub-list">${approval.loosens.map((one) => html`<li>${icon('warn', 'held')}<span>${one}</span></li>`)}</ul>`)
}

const A_PAGE = 100

export function accessPage(hub: Hub, query: Readonly<Record<string, unknown>>): Page {
  const type = typeof query['type'] === 'string' ? query['type'].slice(0, 60) : ''
  const types = [...new Set(hub.log.records.map(({ event }) => event.type))].sort()
  const found = hub.log.records.filter(({ event }) => type === '' || event.type === type).toReversed()
  const last = Math.max(1, Math.ceil(found.length / A_PAGE))
  const page = Math.min(last, Math.max(1, Math.trunc(Number(query['page'])) || 1))
  const rows = found.slice((page - 1) * A_PAGE, page * A_PAGE).map((record) => html`<tr><td class="r">${number(record.seq)}</td><td class="w">${moment(record.time)}</td><td>${hubActor(hub, record.event)}</td><td>${wordsOf(record)}</td></tr>`)
  const link = (to: number): string => `/access?${new URLSearchParams({ ...(type === '' ? {} : { type }), page: String(to) }).toString()}`
  const body = html`<div class="hub-head"><h1>Access log</h1><span class="quiet">the hub’s own log: who was let in, what was published, leased, refused and looked at; ${plural(found.length, 'record')}</span></div>
<form class="hub-filter" method="get" action="/access"><label>Type<select class="cs-input" name="type"><option value="">any</option>${types.map((one) => html`<option value="${one}"${one === type ? html` selected` : ''}>${one}</option>`)}</select></label><span class="buttons"><button class="cs-btn primary">Show</button></span></form>
${table([html`<span class="r">Number</span>`, 'Time (UTC)', 'Who', 'What'], rows, 'No record of this type.')}
${last > 1 && html`<nav class="hub-pager" aria-label="Pages">${page > 1 && html`<a href="${link(page - 1)}" rel="prev">Newer</a>`} <span>Page ${page} of ${last}</span> ${page < last && html`<a href="${link(page + 1)}" rel="next">Older</a>`}</nav>`}`
  return { title: 'Access log', nav: '/access', body }
}

function hubActor(hub: Hub, event: Parameters<typeof actorOf>[0]): Renderable {
  const actor = actorOf(event)
  return actor ? who(hub, actor) : html`<span class="quiet">the hub</span>`
}
