/** What the hub's own log says of a held call: who asked, who decided, when and why, as far as their words were not erased. */
import { REQUESTER_REASON, reviewerReason, STARTERS, type AuditRecord, type Disclosure, type HubEvent } from '../../protocol/audit.ts'
import type { Hub } from '../hub.ts'
import { html, type Html, type Renderable } from './html.ts'
import { moment, section, table, who } from './layout.ts'

type Told = Extract<HubEvent, { type: 'approval.opened' | 'approval.reason' | 'approval.reviewed' | 'approval.ended' | 'approval.used' | 'review.refused' }>

interface Person {
  readonly iss: string
  readonly sub: string
}

export async function approvalSection(hub: Hub, ex: string): Promise<Renderable> {
  const requests = new Set(hub.log.records.flatMap(({ event }) => (event.type === 'approval.opened' && event.ex === ex ? [event.ap] : [])))
  if (requests.size === 0) return ''
  const records = hub.log.records.filter(({ event }) => 'ap' in event && requests.has(event.ap ?? ''))
  const texts = await hub.log.texts(records.flatMap(({ event }) => ('sd' in event ? (event.sd ?? []) : [])))
  const asked = records.find(({ event }) => event.type === 'approval.opened')?.event as Extract<Told, { type: 'approval.opened' }> | undefined
  const rows = records.map((record) => row(hub, record, asked, texts))
  return section('Approval', `in the hub’s own log; asked of ${asked?.group ?? ''}, ${asked?.count === 1 ? 'one person' : `${asked?.count ?? 0} people`}`, table(['Time (UTC)', 'Who', 'What', 'Reason'], rows, ''))
}

function row(hub: Hub, { time, event }: AuditRecord, asked: Person | undefined, texts: ReadonlyMap<string, Disclosure>): Html {
  const told = event as Told
  const person = actorIn(told, asked)
  return html`<tr><td class="w">${moment(time)}</td><td class="w">${person ? who(hub, person) : html`<span class="quiet">the hub</span>`}</td><td>${what(told)}${starters(told, texts)}</td><td>${reason(told, texts)}</td></tr>`
}

/** Who did it; undefined for what the hub did by itself. */
function actorIn(event: Told, asked: Person | undefined): Person | undefined {
  if (event.type !== 'approval.ended') return 'iss' in event ? event : undefined
  return event.cause === 'withdrawn' ? asked : undefined
}

function what(event: Told): string {
  switch (event.type) {
    case 'approval.opened':
      return 'asked'
    case 'approval.reason':
      return 'gave a reason'
    case 'approval.reviewed':
      return `${event.verdict === 'approve' ? 'approved' : 'denied'}; groups then: ${event.groups.join(', ')}; signed in ${new Date(event.authTime * 1000).toISOString().slice(0, 16).replace('T', ' ')}`
    case 'approval.ended':
      return `ended: ${event.state} (${event.cause.replaceAll('_', ' ')})`
    case 'approval.used':
      return 'the approval was used, once'
    case 'review.refused':
      return `tried to decide, refused: ${event.why}`
  }
}

/** Whom the hub counted as the requester beside the program that asked. */
function starters(event: Told, texts: ReadonlyMap<string, Disclosure>): Renderable {
  if (event.type !== 'approval.opened' || !event.sd?.length) return ''
  const said = event.sd.map((digest) => texts.get(digest)).find((one) => one?.path === STARTERS)?.value
  return html`, by a program that was started by ${said ?? html`<span class="quiet">erased</span>`}`
}

/** In the record itself where an earlier version wrote it. */
function reason(event: Told, texts: ReadonlyMap<string, Disclosure>): Renderable {
  if (event.type !== 'approval.reason' && event.type !== 'approval.reviewed') return ''
  const path = event.type === 'approval.reason' ? REQUESTER_REASON : reviewerReason(0)
  const said = event.reason ?? (event.sd ?? []).map((digest) => texts.get(digest)).find((one) => one?.path === path)?.value
  return said === undefined ? html`<span class="quiet">erased</span>` : html`“${said}”`
}
