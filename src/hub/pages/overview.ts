/** The auditor's first page: can these figures be relied on, what needs a look, and what the devices hold. */
import { GivenApprovals } from '../../core/approval/given.ts'
import type { Hub } from '../hub.ts'
import { entriesOf, type Entry } from '../evidence/entries.ts'
import { exceptionsOf, totalsOf, type Exception, type Totals } from '../evidence/totals.ts'
import { html, type Html, type Renderable } from './html.ts'
import { icon } from './icons.ts'
import { deviceName, moment, number, plural, section, table, who, type Page } from './layout.ts'

export function overviewPage(hub: Hub): Page {
  const entries = entriesOf(hub.mirrors)
  const totals = totalsOf(entries)
  const body = html`<div class="hub-head"><h1>Overview</h1></div>
<section class="hub-verdicts" aria-label="Can these figures be relied on?">${integrity(hub, entries.length)}${completeness(hub)}${sums(totals)}</section>
${exceptions(hub, entries)}
${devices(hub)}
<div class="hub-grid">${callsByDay(totals)}${maskedByType(totals)}</div>`
  return { title: 'Overview', nav: '/', body }
}

function verdict(good: boolean, title: string, text: Renderable): Html {
  return html`<div>${icon(good ? 'seal' : 'warn', good ? 'ok' : 'bad')}<h2>${title}</h2><p>${text}</p></div>`
}

function integrity({ mirrors }: Hub, records: number): Html {
  if (mirrors.broken.length > 0)
    return verdict(false, `Integrity: ${plural(mirrors.broken.length, 'copy', 'copies')} of a journal ${mirrors.broken.length === 1 ? 'does' : 'do'} not verify`, mirrors.broken.map(({ why }) => why).join(' '))
  if (records === 0) return verdict(true, 'Nothing to verify yet', 'No device has sent a record.')
  return verdict(true, 'Integrity holds', `${plural(records, 'record')} in ${plural(mirrors.all.length, 'journal')}. Each one stands under a checkpoint that its device signed and the hub cosigned; the copies were hashed when they arrived, and anew when the hub started.`)
}

function completeness({ mirrors, log }: Hub): Html {
  const waiting = mirrors.all.reduce((sum, { mirror }) => sum + Math.max(0, mirror.claimed - mirror.cosigned), 0)
  const alarms = log.records.filter(({ event }) => event.type === 'log.refused').length
  const { lacking } = mirrors
  if (lacking.length > 0) return verdict(false, `Completeness: records of ${plural(lacking.length, 'journal')} are gone here`, html`${lacking.map((one) => html`${one}. `)}The figures do not know them.`)
  if (alarms > 0) return verdict(false, `Completeness: ${plural(alarms, 'delivery', 'deliveries')} refused`, html`A device offered records that do not continue what the hub holds. <a href="/access?type=log.refused">Show them</a>`)
  if (waiting > 0) return verdict(false, `Completeness: ${plural(waiting, 'record')} under way`, 'Devices have announced records that have not all arrived. The figures do not know them yet.')
  return verdict(true, 'No gap in what arrived', 'Each journal is whole from its first record to its newest receipt. What a device has not sent yet, nobody here can know; see when it was last seen.')
}

function sums({ calls, passed, held, denied, refused, settled, masked }: Totals): Html {
  const endings = Object.entries(settled).filter(([, count]) => count > 0).map(([state, count]) => `${number(count)} ${state}`)
  return html`<div class="sums"><h2 class="cs-vh">Control totals</h2><dl class="hub-sums">
<dt>${plural(calls, 'call')}</dt><dd>${number(passed)} let pass + ${number(held)} held + ${number(denied)} denied by policy + ${number(refused)} refused before it</dd>
<dt>${number(held)} held</dt><dd>${endings.length === 0 ? 'none' : endings.join(' + ')}</dd>
<dt>${number(masked.prompt + masked.unsent + masked.answer)} masked</dt><dd>${number(masked.prompt)} in prompts that were sent + ${number(masked.unsent)} in prompts that were denied + ${number(masked.answer)} in answers</dd></dl></div>`
}

const LOOKS = { first: ['flag', 'bad', 'First'], second: ['warn', 'held', 'Second'], note: ['info', 'info', 'Note'] } as const

function exceptions(hub: Hub, entries: readonly Entry[]): Html {
  const refused = hub.log.records.filter(({ event }) => event.type === 'log.refused')
  const [newest] = refused.slice(-1)
  const own: Exception[] = newest ? [{ look: 'first', what: 'Records that a device wanted to replace', count: refused.length, last: newest.time, type: undefined }] : []
  const rows = [...own, ...unborne(hub, entries), ...strangers(hub, entries), ...exceptionsOf(entries)].map(({ look, what, count, last, type }) => {
    const [name, tone, word] = LOOKS[look]
    return html`<tr><td class="w">${icon(name, tone)}${word}</td><td><a href="${type === undefined ? '/access?type=log.refused' : `/records?type=${type}`}">${what}</a></td><td class="r">${number(count)}</td><td class="w">${moment(last)}</td></tr>`
  })
  return section('Exceptions', 'most serious on top', table(['Look', 'What', html`<span class="r">Count</span>`, 'Last (UTC)'], rows, 'Nothing that needs a look.'))
}

/** Whoever owns a machine can sign in its journal that somebody else approved. */
function unborne(hub: Hub, entries: readonly Entry[]): Exception[] {
  const given = new GivenApprovals()
  for (const record of hub.log.records) given.record(record)
  const found = entries.filter(({ record: { event } }) => event.type === 'approval.settled' && event.state === 'approved' && !given.bears(event))
  const [newest] = found
  return newest ? [{ look: 'first', what: 'An approval that a device tells of and that this hub never gave', count: found.length, last: newest.record.time, type: 'approval.settled' }] : []
}

/** Whoever signs in on a device enrols it in their name before anything of theirs is recorded there: it has no say about others. */
function strangers({ devices }: Hub, entries: readonly Entry[]): Exception[] {
  const people = new Map(devices.all.map((device) => [device.id, device.people]))
  const found = entries.filter(({ device, record: { event } }) => {
    const actor = 'actor' in event ? event.actor : null
    return actor !== null && people.get(device.id)?.some(({ issuer, subject }) => issuer === actor.iss && subject === actor.sub) !== true
  })
  const [newest] = found
  return newest ? [{ look: 'first', what: 'Records in the name of somebody who never signed in to this hub on that device', count: found.length, last: newest.record.time, type: newest.record.event.type }] : []
}

function devices(hub: Hub): Html {
  const rows = hub.devices.all.map((device) => {
    const logs = hub.mirrors.all.filter((one) => one.device.id === device.id)
    const held = logs.reduce((sum, { mirror }) => sum + mirror.cosigned, 0)
    const claimed = logs.reduce((sum, { mirror }) => sum + Math.max(mirror.claimed, mirror.cosigned), 0)
    const broken = hub.mirrors.broken.some(({ stream }) => stream.includes(device.key))
    const state = broken ? html`${icon('warn', 'bad')}does not verify` : claimed > held ? html`${icon('info', 'info')}${plural(claimed - held, 'record')} under way` : held === 0 ? html`<span class="quiet">nothing sent yet</span>` : html`${icon('seal', 'ok')}all cosigned`
    return html`<tr><td>${icon('device')}<a href="/records?device=${device.id}">${deviceName(hub, device.id)}</a></td><td>${device.people.map(({ issuer, subject }) => html`<div>${who(hub, { iss: issuer, sub: subject })}</div>`)}</td><td class="w">${moment(device.enrolledAt)}</td><td class="w">${lastSeen(hub, device.id)}</td><td class="r">${number(claimed)}</td><td class="r">${number(held)}</td><td class="w">${state}</td></tr>`
  })
  const head = ['Device', 'Enrolled by', 'Enrolled (UTC)', 'Last seen (UTC)', html`<span class="r">Records announced</span>`, html`<span class="r">Held and cosigned</span>`, 'State']
  return section('Devices', plural(rows.length, 'device'), table(head, rows, 'No device is enrolled yet. One is when somebody signs in with the hub’s URL in their editor’s settings.'))
}

/** The newest receipt says so over restarts; a request since the start may be newer. */
function lastSeen(hub: Hub, device: string): Renderable {
  const seen = hub.requests.lastSeen(device)
  if (seen !== undefined) return moment(new Date(seen).toISOString())
  const receipt = hub.log.records.findLast(({ event }) => event.type === 'log.accepted' && hub.devices.ofStream(event.stream)?.device.id === device)
  return receipt ? moment(receipt.time) : html`<span class="quiet">not since the hub started</span>`
}

const DAYS_SHOWN = 60

function callsByDay({ byDay, calls }: Totals): Html {
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-DAYS_SHOWN)
  const most = Math.max(1, ...days.map(([, count]) => count))
  const width = Math.min(24, Math.floor(544 / Math.max(1, days.length)) - 2)
  const bars = days.map(([, count], index) => {
    const height = Math.max(1, Math.round((count / most) * 96))
    return html`<rect class="bar" x="${40 + index * (width + 2)}" y="${112 - height}" width="${width}" height="${height}"/>`
  })
  const plot = html`<svg class="plot" viewBox="0 0 592 132" role="img" aria-label="${plural(calls, 'call')}, by day"><line class="base" x1="40" x2="592" y1="112.5" y2="112.5"/><text x="32" y="116" text-anchor="end">0</text><line class="grid" x1="40" x2="592" y1="16.5" y2="16.5"/><text x="32" y="20" text-anchor="end">${number(most)}</text>${bars}<text x="40" y="128">${days[0]?.[0] ?? ''}</text></svg>`
  const asTable = html`<details><summary>As a table</summary>${table(['Day (UTC)', html`<span class="r">Calls</span>`], days.map(([day, count]) => html`<tr><td>${day}</td><td class="r">${number(count)}</td></tr>`), '')}</details>`
  return section('Calls', days.length < byDay.size ? `per day, the last ${DAYS_SHOWN} days with calls` : 'per day', days.length === 0 ? html`<p class="quiet">No call was made yet.</p>` : html`${plot}${asTable}`)
}

function maskedByType({ masked }: Totals): Html {
  const types = [...masked.byType].sort((a, b) => b[1] - a[1])
  const most = Math.max(1, ...types.map(([, count]) => count))
  const rows = types.map(
    ([type, count]) => html`<tr><td><code>${type}</code></td><td class="hub-bar"><svg viewBox="0 0 200 8" preserveAspectRatio="none" aria-hidden="true"><rect class="bar" x="0" y="0" width="${Math.max(1, Math.round((count / most) * 200))}" height="8"/></svg></td><td class="r">${number(count)}</td></tr>`,
  )
  return section('Masked values', 'by type, prompts and answers together', table(['Type', '', html`<span class="r">Count</span>`], rows, 'Nothing was masked yet.'))
}
