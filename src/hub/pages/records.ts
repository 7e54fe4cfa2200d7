/** All records of all devices: search, filters, pages; and one record with its proof. */
import { personOf, wordsOf } from '../../core/words/recordWords.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import type { Hub } from '../hub.ts'
import { actorOf, decisionOf, entriesOf, exchangeOf, filterFrom, fits, modelOf, ruleOf, valuesOf, type Entry, type Filter } from '../evidence/entries.ts'
import { proveRecord, type Proof } from '../evidence/proof.ts'
import { html, lines, type Html, type Renderable } from './html.ts'
import { icon } from './icons.ts'
import { deviceName, facts, moment, number, plural, recordLink, section, table, who, type Page } from './layout.ts'

const A_PAGE = 50

export function recordsPage(hub: Hub, query: Readonly<Record<string, unknown>>): Page {
  const all = entriesOf(hub.mirrors)
  const filter = filterFrom(query)
  const found = all.filter((entry) => fits(entry, filter))
  const last = Math.max(1, Math.ceil(found.length / A_PAGE))
  const page = Math.min(last, Math.max(1, Math.trunc(Number(query['page'])) || 1))
  const shown = found.slice((page - 1) * A_PAGE, page * A_PAGE)
  const body = html`<div class="hub-head"><h1>Records</h1><span class="quiet">${found.length === all.length ? plural(all.length, 'record') : `${number(found.length)} of ${plural(all.length, 'record')}`}, newest first, each under a receipt of this hub</span></div>
${filterForm(hub, all, filter)}
${table(['Time (UTC)', 'Who', 'What', 'Model', 'Decision', 'Call', 'Record'], shown.map((entry) => row(hub, entry)), all.length === 0 ? 'No device has sent a record yet.' : 'No record fits. Take a filter away.')}
${pager(filter, page, last)}`
  return { title: 'Records', nav: '/records', body }
}

const TONES: Readonly<Record<string, Html>> = {
  allowed: icon('ok', 'ok'),
  approved: icon('ok', 'ok'),
  denied: icon('denied', 'bad'),
  refused: icon('denied', 'bad'),
  held: icon('held', 'held'),
}

export function decisionMark(event: AuditEvent): Renderable {
  const decision = decisionOf(event)
  return decision === undefined ? '' : html`${TONES[decision] ?? icon('info', 'info')}${decision}`
}

export function row(hub: Hub, { device, stream, record }: Entry): Html {
  const { event, seq, time } = record
  const ex = exchangeOf(event)
  const words = wordsOf(record)
  return html`<tr><td class="w">${moment(time)}</td><td class="n">${who(hub, actorOf(event))}</td><td>${words}</td><td class="w">${modelOf(event)}</td><td class="w">${decisionMark(event)}</td><td class="w">${ex !== undefined && html`<a href="/exchange/${ex}">whole call</a>`}</td><td class="w">${recordLink(stream, seq, html`${deviceName(hub, device.id)} ${seq}`)}</td></tr>`
}

function filterForm(hub: Hub, all: readonly Entry[], filter: Filter): Html {
  const people = valuesOf(all, (event) => {
    const actor = actorOf(event)
    return actor && `${actor.iss} ${actor.sub}`
  }).map((value) => {
    const cut = value.indexOf(' ')
    return [value, hub.labels.person(value.slice(0, cut), value.slice(cut + 1)) ?? value.slice(cut + 1)] as const
  })
  const same = (values: readonly string[]): (readonly [string, string])[] => values.map((value) => [value, value] as const)
  return html`<form class="hub-filter" method="get" action="/records" role="search">
<label class="wide">Search<input class="cs-input" type="search" name="text" value="${filter.text}" placeholder="words, an exchange, a digest"></label>
${choice('Person', 'person', filter.person, people)}
${choice('Model', 'model', filter.model, same(valuesOf(all, modelOf)))}
${choice('Rule', 'rule', filter.rule, same(valuesOf(all, ruleOf)))}
${choice('Decision', 'decision', filter.decision, same(valuesOf(all, decisionOf)))}
${choice('Type', 'type', filter.type, same(valuesOf(all, (event) => event.type)))}
${choice('Device', 'device', filter.device, hub.devices.all.map(({ id }) => [id, deviceName(hub, id)] as const))}
<label>From<input class="cs-input" type="date" name="from" value="${filter.from}"></label>
<label>To<input class="cs-input" type="date" name="to" value="${filter.to}"></label>
<span class="buttons"><button class="cs-btn primary">${icon('search')} Show</button> <a class="cs-link" href="/records">Clear</a></span>
</form>`
}

function choice(label: string, name: keyof Filter, chosen: string, values: readonly (readonly [value: string, shown: string])[]): Html {
  const known = values.some(([value]) => value === chosen) || chosen === '' ? values : [...values, [chosen, chosen] as const]
  return html`<label>${label}<select class="cs-input" name="${name}"><option value="">any</option>${known.map(([value, shown]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${shown}</option>`)}</select></label>`
}

function pager(filter: Filter, page: number, last: number): Html {
  if (last === 1) return html``
  const link = (to: number): string => `/records?${new URLSearchParams([...Object.entries(filter).filter(([, value]) => value !== ''), ['page', String(to)]]).toString()}`
  return html`<nav class="hub-pager" aria-label="Pages">${page > 1 && html`<a href="${link(page - 1)}" rel="prev">Newer</a>`} <span>Page ${page} of ${last}</span> ${page < last && html`<a href="${link(page + 1)}" rel="next">Older</a>`}</nav>`
}

/** @returns undefined when there is no such record under a receipt */
export async function recordPage(hub: Hub, stream: string, seq: number): Promise<Page | undefined> {
  const open = hub.mirrors.all.find((one) => one.stream === stream)
  const proof = open && Number.isSafeInteger(seq) && seq >= 0 ? await proveRecord(open, seq, hub.keys.cosigner) : undefined
  const record = open?.mirror.records[seq]
  if (!open || !proof || !record) return undefined
  const { event } = record
  const ex = exchangeOf(event)
  const name = deviceName(hub, open.device.id)
  const body = html`<div class="hub-head"><h1>Record ${seq} of ${name}</h1><span class="end">${seq > 0 && recordLink(stream, seq - 1, 'Before it')} ${seq + 1 < open.mirror.cosigned && recordLink(stream, seq + 1, 'After it')}</span></div>
<p class="hub-sentence">${personOf(event, () => undefined) === '-' ? '' : html`<b>${who(hub, actorOf(event))}</b>: `}${wordsOf(record)}</p>
<div class="hub-cols"><div class="hub-side">
${section('What the record says', event.type, contents(event, ex, record.time))}
${section('The leaf', 'the exact bytes, laid out for reading', html`<pre class="hub-code" tabindex="0">${lines(JSON.stringify(JSON.parse(proof.leaf), null, 2))}</pre>`)}
</div><div class="hub-side">${proofSection(proof)}</div></div>`
  return { title: `Record ${seq} of ${name}`, nav: '/records', body }
}

function contents(event: AuditEvent, ex: string | undefined, time: string): Html {
  const actor = actorOf(event)
  const rows: (readonly [string, Renderable])[] = [
    ['Time (UTC)', html`${moment(time)}, by the device’s clock`],
    ['Exchange', ex === undefined ? undefined : html`<a href="/exchange/${ex}">${ex}</a>`],
    ['Issuer', actor?.iss],
    ['Subject', actor?.sub],
  ]
  if ('actor' in event && event.actor) rows.push(['Groups then', event.actor.groups.join(', ')], ['Signed in at (UTC)', moment(new Date(event.actor.authTime * 1000).toISOString())], ['Session', event.actor.session], ['Launch', event.actor.launch])
  if ('endpoint' in event) rows.push(['Model', event.endpoint.model], ['Endpoint', event.endpoint.url], ['Operation', `${event.endpoint.provider} ${event.endpoint.operation}${event.endpoint.stream ? ', streamed' : ''}`])
  if (event.type === 'exchange.decided')
    rows.push(
      ['Decision', decisionMark(event)],
      ['Rule', event.decision.rule ?? 'the default'],
      ['Policy', html`<a href="/policies/${event.policy.version}">version ${event.policy.version}</a> from ${event.policy.source === 'hub' ? 'this hub' : 'a local file'}`],
      ['Digest received', html`<code>${event.digest.received}</code>`],
      ['Digest sent', event.digest.sent === null ? 'nothing was sent' : html`<code>${event.digest.sent}</code>`],
      ['Parameters', html`<code>${JSON.stringify(event.params)}</code>`],
    )
  if ('returned' in event && event.returned) rows.push(['Digest returned', html`<code>${event.returned.digest}</code>, ${plural(event.returned.bytes, 'byte')}`])
  return facts(rows)
}

function proofSection(proof: Proof): Html {
  const holds = proof.steps.every((step) => step.holds)
  const steps = proof.steps.map((step) => html`<li>${icon(step.holds ? 'ok' : 'denied', step.holds ? 'ok' : 'bad')}<span>${step.says}${step.holds ? '' : html` <b>This does not hold.</b>`}</span></li>`)
  return html`${section(holds ? html`${icon('seal', 'ok')} Verified` : html`${icon('warn', 'bad')} Does not verify`, 'checked now, from the bytes on disk', html`<ul class="hub-list">${steps}</ul>`)}
${section('Proof', 'RFC 6962, SHA-256', html`${facts([['Leaf hash', html`<code>${proof.leafHash}</code>`], ['Place', `${number(proof.index)} of ${number(proof.size)}`], ['Root', html`<code>${proof.root}</code>`]])}
<details><summary>Audit path, ${plural(proof.path.length, 'hash', 'hashes')} from the leaf up</summary><ol class="hub-hashes">${proof.path.map((one) => html`<li><code>${one}</code></li>`)}</ol></details>`)}
${section('Receipt', 'C2SP signed note', html`<pre class="hub-code" tabindex="0">${lines(proof.note)}</pre>`)}`
}
