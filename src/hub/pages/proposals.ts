/** Who may change the rules: a policy that loosens is shown with its difference, and a second security lead decides with a reason. */
import type { FastifyInstance } from 'fastify'
import { CountersignError } from '../../protocol/errors.ts'
import { lineDiff, type DiffLine } from '../../core/words/lineDiff.ts'
import type { Hub } from '../hub.ts'
import { isAuthor } from '../policy/policies.ts'
import type { StoredProposal } from '../policy/store.ts'
import { actFor } from './acting.ts'
import { html, type Html, type Renderable } from './html.ts'
import { icon } from './icons.ts'
import { facts, moment, plural, section, table, who, type Page } from './layout.ts'
import type { Look } from './routes.ts'
import type { PageSignIn } from './signIn.ts'

/** Unchanged lines around a change. */
const AROUND = 3

export function proposalsSection(hub: Hub): Renderable {
  const { proposals } = hub.policies
  if (proposals.length === 0) return ''
  const rows = proposals.map((one) => html`<tr><td class="w"><a href="/policies/proposals/${one.id}">${icon('held', 'held')}Decide</a></td><td class="w">${moment(one.proposedAt)}</td><td>${who(hub, { iss: one.author.issuer, sub: one.author.subject })}</td><td>${one.reason}</td><td>${plural(one.loosens.length, 'way')} to let more pass</td></tr>`)
  return section('Proposed', 'they loosen, so each waits for a second person', table(['', 'Proposed (UTC)', 'Author', 'Reason', 'Why it waits'], rows, ''))
}

/** @returns undefined when it was decided already */
export function proposalPage(hub: Hub, { params, person, session }: Look): Page | undefined {
  const proposal = hub.policies.proposal(params['id'] ?? '')
  if (!proposal) return undefined
  const { author, reason, proposedAt, loosens, previous, document } = proposal
  const before = hub.policies.current
  const stale = before?.digest !== previous
  const alone = hub.removals.isRemoved(author)
  const body = html`<div class="hub-head"><h1>Proposed policy</h1><span class="quiet">not in force</span></div>
<p class="hub-sentence"><b>${who(hub, { iss: author.issuer, sub: author.subject })}</b> proposes a policy that lets more pass than version ${before?.version ?? 0}, which is in force.</p>
${section('Proposal', '', facts([['Reason', reason], ['Proposed (UTC)', moment(proposedAt)], ['Digest', html`<code>${proposal.digest}</code>`], ['In place of', html`<code>${previous}</code>`]]))}
${section('What it loosens', 'in the words of the rules', html`<ul class="hub-list">${loosens.map((one) => html`<li>${icon('warn', 'held')}<span>${one}</span></li>`)}</ul>`)}
${section('Difference', 'to the text in force', difference(before?.document ?? '', document))}
${stale ? html`<p>Another policy came into force since; this one can no longer be approved, only rejected and proposed again.</p>` : ''}
${alone ? html`<p>Whoever proposed it was removed from this hub, so nobody would stand behind it with whoever approves; it can only be rejected and proposed again.</p>` : ''}
${decision(hub, proposal, { person, session, stale: stale || alone })}`
  return { title: 'Proposed policy', nav: '/policies', body }
}

function difference(before: string, after: string): Html {
  const lines = lineDiff(before, after)
  const near = (index: number): boolean => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== 'same')
  const shown: Renderable[] = []
  let hidden = 0
  lines.forEach((line, index) => {
    if (near(index)) {
      if (hidden > 0) shown.push(html`<span class="quiet">   … ${plural(hidden, 'line')} unchanged</span>\n`)
      hidden = 0
      shown.push(diffLine(line))
    } else hidden++
  })
  if (hidden > 0) shown.push(html`<span class="quiet">   … ${plural(hidden, 'line')} unchanged</span>`)
  return html`<pre class="hub-code hub-diff" tabindex="0">${shown}</pre>`
}

function diffLine({ kind, text }: DiffLine): Html {
  if (kind === 'same') return html`   ${text}\n`
  return kind === 'added' ? html`<ins>+  ${text}</ins>\n` : html`<del>-  ${text}</del>\n`
}

function decision(hub: Hub, proposal: StoredProposal, { person, session, stale }: Pick<Look, 'person' | 'session'> & { readonly stale: boolean }): Html {
  const { policyGroup } = hub.config
  if (!person.groups.includes(policyGroup)) return html`<p class="quiet">People in the group ${policyGroup} decide, other than its author.</p>`
  const own = isAuthor(person, proposal)
  return section(
    own ? 'Withdraw' : 'Decide',
    own ? 'it is your own; a second person approves it' : 'your name, groups and reason go on record with the difference',
    html`<form class="hub-decide" method="post" action="/policies/proposals/${proposal.id}"><input type="hidden" name="token" value="${session.formToken}">
<label for="reason">Reason</label><textarea class="cs-input" id="reason" name="reason" required minlength="3" maxlength="2000"></textarea>
<div class="buttons">${!own && !stale && html`<button class="cs-btn primary" name="verdict" value="approve">Approve and put in force</button>`} <button class="cs-btn" name="verdict" value="reject">${own ? 'Withdraw' : 'Reject'}</button></div></form>`,
  )
}

interface Decided {
  readonly Params: { readonly id: string }
}

export function addDecisions(scope: FastifyInstance, hub: Hub, signIn: PageSignIn): void {
  scope.post<Decided>('/policies/proposals/:id', async (request, reply) => {
    const { person, reason, form } = await actFor(hub, signIn, request)
    if (form['verdict'] === 'approve') {
      const { version } = await hub.policies.approve(request.params.id, person, reason)
      return reply.redirect(`/policies/${version}`, 303)
    }
    if (form['verdict'] !== 'reject') throw new CountersignError('CS_MALFORMED', 'the form says neither approve nor reject.')
    await hub.policies.reject(request.params.id, person, reason)
    return reply.redirect('/policies', 303)
  })
}
