/** People and their devices, and offboarding: a security lead ends what somebody gets from the hub, at once, with a reason. */
import type { FastifyInstance } from 'fastify'
import { CountersignError } from '../../protocol/errors.ts'
import type { Person } from '../access/person.ts'
import type { Hub } from '../hub.ts'
import { actFor } from './acting.ts'
import { html, type Html, type Renderable } from './html.ts'
import { icon } from './icons.ts'
import { deviceName, moment, plural, section, table, who, type Page } from './layout.ts'
import type { Look } from './routes.ts'
import type { PageSignIn } from './signIn.ts'

type Named = Pick<Person, 'issuer' | 'subject'>

export function peoplePage(hub: Hub, { person, session }: Look): Page {
  const acts = person.groups.includes(hub.config.policyGroup)
  const people = peopleOf(hub)
  const form = (fields: Html, removed: boolean): Renderable =>
    acts && html`<details><summary>${removed ? 'Admit again' : 'Remove'}</summary><form class="hub-decide" method="post" action="/people"><input type="hidden" name="token" value="${session.formToken}">${fields}<label>Reason <input class="cs-input" name="reason" required minlength="3" maxlength="2000"></label><div class="buttons"><button class="cs-btn" name="verdict" value="${removed ? 'restore' : 'remove'}">${removed ? 'Admit again' : 'Remove'}</button></div></form></details>`
  const personRows = people.map((one) => {
    const removed = hub.removals.isRemoved(one)
    const fields = html`<input type="hidden" name="issuer" value="${one.issuer}"><input type="hidden" name="subject" value="${one.subject}">`
    return html`<tr><td>${who(hub, { iss: one.issuer, sub: one.subject })}</td><td>${one.issuer}</td><td>${hub.devices.all.filter((device) => device.people.some((other) => other.issuer === one.issuer && other.subject === one.subject)).map(({ id }) => html`<div>${deviceName(hub, id)}</div>`)}</td><td class="w">${state(removed)}</td><td>${form(fields, removed)}</td></tr>`
  })
  const deviceRows = hub.devices.all.map((device) => {
    const removed = hub.removals.isDeviceRemoved(device)
    return html`<tr><td>${icon('device')}${deviceName(hub, device.id)}</td><td><code>${device.id}</code></td><td class="w">${moment(device.enrolledAt)}</td><td>${leasesOf(hub, device.id)}</td><td class="w">${state(removed)}</td><td>${form(html`<input type="hidden" name="device" value="${device.id}">`, removed)}</td></tr>`
  })
  const body = html`<div class="hub-head"><h1>People</h1><span class="quiet">who gets anything from this hub, and on which devices</span></div>
${section('People', plural(people.length, 'person', 'people'), table(['Who', 'Issuer', 'Devices', 'State', ''], personRows, 'Nobody has signed in yet.'))}
${section('Devices', plural(deviceRows.length, 'device'), table(['Device', 'Identifier', 'Enrolled (UTC)', 'Provider keys leased', 'State', ''], deviceRows, 'No device is enrolled yet.'))}
<p class="small quiet">Removing ends sessions here at once, refuses every token of that person and takes leased provider keys out of the agent’s memory; a removed device still delivers its journal, because what happened is evidence. Group memberships are the identity provider’s: end the account there too.</p>`
  return { title: 'People', nav: '/people', body }
}

/** How often each provider key went to this device, and when last: an agent has them in memory while somebody is signed in there. */
function leasesOf(hub: Hub, device: string): Renderable {
  const leases = hub.log.records.filter(({ event }) => event.type === 'key.leased' && event.device === device)
  const last = leases.at(-1)
  if (!last) return html`<span class="quiet">none</span>`
  const counts = new Map<string, number>()
  for (const { event } of leases) if (event.type === 'key.leased') counts.set(event.upstream, (counts.get(event.upstream) ?? 0) + 1)
  return html`${[...counts].map(([upstream, times]) => html`<div>${upstream}, ${plural(times, 'lease')}</div>`)}<a href="/access?type=key.leased">last ${moment(last.time)}</a>`
}

function state(removed: boolean): Html {
  return removed ? html`${icon('denied', 'bad')}removed` : html`${icon('ok', 'ok')}admitted`
}

/** Everybody who ever enrolled a device, then whoever was at the pages or published a policy without one: auditors and security leads need none. */
function peopleOf(hub: Hub): Named[] {
  const known = new Map<string, Named>()
  for (const { people } of hub.devices.all) for (const { issuer, subject } of people) known.set(`${issuer} ${subject}`, { issuer, subject })
  for (const { event } of hub.log.records)
    // Without a group there is nothing here to take from anybody; the policy of the installation has no person either.
    if ((event.type === 'page.viewed' || event.type === 'policy.proposed' || event.type === 'policy.published') && event.groups.length > 0) known.set(`${event.iss} ${event.sub}`, { issuer: event.iss, subject: event.sub })
  return [...known.values()]
}

export function addPeopleForms(scope: FastifyInstance, hub: Hub, signIn: PageSignIn): void {
  scope.post('/people', async (request, reply) => {
    const { person, reason, form } = await actFor(hub, signIn, request)
    if (form['verdict'] !== 'remove' && form['verdict'] !== 'restore') throw new CountersignError('CS_MALFORMED', 'the form says neither remove nor admit.')
    const removed = form['verdict'] === 'remove'
    const device = hub.devices.find(form['device'] ?? '')
    const named = peopleOf(hub).find(({ issuer, subject }) => issuer === form['issuer'] && subject === form['subject'])
    if (device) await hub.removals.setDevice(device.id, removed, { person, reason })
    else if (named) await hub.removals.setPerson(named, removed, { person, reason })
    else throw new CountersignError('CS_ROUTE_UNKNOWN', 'the hub knows no such person or device.')
    hub.approvals.endLinesOf(({ person: listener, device: at }) => hub.removals.isRemoved(listener) || hub.removals.isDeviceRemoved(at))
    await hub.approvals.withdrawOf(({ requester, device: at }) => {
      const known = hub.devices.find(at)
      return hub.removals.isRemoved(requester) || (known !== undefined && hub.removals.isDeviceRemoved(known))
    })
    return reply.redirect('/people', 303)
  })
}
