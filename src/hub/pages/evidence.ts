/** The page from which an auditor takes the evidence of a period along, and who did so before. */
import type { FastifyInstance } from 'fastify'
import { CountersignError } from '../../protocol/errors.ts'
import { evidenceRequest } from '../../protocol/hub.ts'
import { IDLE_SECONDS, sendEvidence } from '../http/evidence.ts'
import type { Hub } from '../hub.ts'
import { html } from './html.ts'
import { moment, number, plural, section, table, who, type Page } from './layout.ts'
import type { Look } from './routes.ts'
import type { PageSignIn } from './signIn.ts'

const SHOWN = 100

export function evidencePage(hub: Hub, { session }: Look): Page {
  const today = new Date(hub.now()).toISOString().slice(0, 10)
  const taken = hub.log.records.flatMap(({ time, event }) => (event.type === 'evidence.exported' ? [{ time, event }] : [])).toReversed()
  const rows = taken.slice(0, SHOWN).map(({ time, event }) => html`<tr><td class="w">${moment(time)}</td><td>${who(hub, event)}</td><td class="w">${event.from} to ${event.to}</td><td class="r">${number(event.records)}</td><td><code>${event.digest}</code></td></tr>`)
  const body = html`<div class="hub-head"><h1>Evidence</h1><span class="quiet">a period as one archive that verifies elsewhere, without this hub</span></div>
<form class="hub-filter" method="post" action="/evidence"><input type="hidden" name="token" value="${session.formToken}"><label>First day<input class="cs-input" type="date" name="from" required max="${today}" value="${today.slice(0, 8)}01"></label><label>Last day<input class="cs-input" type="date" name="to" required value="${today}"></label><span class="buttons"><button class="cs-btn primary">Download</button></span></form>
<p>In it: the exact records of every device and of this hub, checkpoints, receipts, the policies in force, tables of calls, approvals and masking, and <code>verify.mjs</code>, which needs Node and nothing else. Days are whole days in UTC. Every log is verified first, which takes a moment. That you took it is recorded before it is sent. One person takes evidence at a time, so a download of which nothing is taken for ${IDLE_SECONDS} seconds is ended; begin it anew.</p>
<p>This hub’s key, to give to <code>verify.mjs --hub-key</code>: <code>${hub.known.cosigner}</code></p>
${section('Taken before', plural(taken.length, 'download'), table(['When (UTC)', 'Who', 'Period', html`<span class="r">Records</span>`, 'SHA-256 of the archive'], rows, 'Nobody has taken evidence along yet.'))}`
  return { title: 'Evidence', nav: '/evidence', body }
}

export function addEvidenceForm(scope: FastifyInstance, hub: Hub, signIn: PageSignIn): void {
  scope.post('/evidence', async (request, reply) => {
    const session = signIn.formSession(request)
    signIn.checkForm(request, session)
    const { from, to } = (request.body ?? {}) as { from?: unknown; to?: unknown }
    const period = evidenceRequest.safeParse({ from, to })
    if (!period.success) throw new CountersignError('CS_MALFORMED', 'give both days as year-month-day, for example 2026-11-01.')
    return sendEvidence(reply, await hub.exports.make(session.person, period.data))
  })
}
