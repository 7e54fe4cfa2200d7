/** The frame of every page, and the pieces that several pages show the same way. */
import type { Hub } from '../hub.ts'
import type { Person } from '../access/person.ts'
import { html, type Html, type Renderable } from './html.ts'
import { icon } from './icons.ts'

export interface Page {
  readonly title: string
  /** Entry of the navigation it belongs to. */
  readonly nav: string
  readonly body: Html
  readonly status?: number
}

const NAV: readonly { readonly path: string; readonly title: string; readonly policyToo?: true }[] = [
  { path: '/', title: 'Overview' },
  { path: '/records', title: 'Records' },
  { path: '/sessions', title: 'Sessions' },
  { path: '/policies', title: 'Policies', policyToo: true },
  { path: '/people', title: 'People', policyToo: true },
  { path: '/evidence', title: 'Evidence' },
  { path: '/access', title: 'Access log' },
]

export interface Frame {
  readonly hub: Hub
  readonly person: Person
  readonly formToken: string
  /** Number of the record of this look in the hub's own log. */
  readonly look: number
}

export function frame({ title, nav, body }: Page, { hub, person, formToken, look }: Frame): string {
  const { auditorGroup, policyGroup, organisation } = hub.config
  const isAuditor = person.groups.includes(auditorGroup)
  const role = [isAuditor && 'auditor, read only', person.groups.includes(policyGroup) && 'publishes policies'].filter(Boolean).join('; ')
  const links = NAV.filter(({ policyToo }) => isAuditor || policyToo)
  return document(
    `${title} · Countersign hub`,
    html`<header class="hub-top">
<a class="brand" href="/">${icon('shield')} Countersign hub</a>
<nav aria-label="Hub"><ul>${links.map(({ path, title: name }) => html`<li><a href="${path}"${path === nav ? html` aria-current="page"` : ''}>${name}</a></li>`)}</ul></nav>
<div class="me">${icon('person')} <span>${person.name ?? person.subject}${role === '' ? '' : `, ${role}`}</span>
<form method="post" action="/auth/sign-out"><input type="hidden" name="token" value="${formToken}"><button class="cs-link">Sign out</button></form></div>
</header>
<main class="hub-page">${body}
<footer class="hub-foot"><span>This look is record ${look} of the hub’s own log.</span><span class="end">${organisation}. Figures as of ${moment(new Date(hub.now()).toISOString())} UTC</span></footer>
</main>`,
  )
}

/** A page for somebody who is not let in, or before anybody is known. */
export function plainPage(title: string, body: Html): string {
  return document(`${title} · Countersign hub`, html`<header class="hub-top"><a class="brand" href="/">${icon('shield')} Countersign hub</a></header><main class="hub-page hub-plain"><h1>${title}</h1>${body}</main>`)
}

function document(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/assets/themes.css"><link rel="stylesheet" href="/assets/hub.css"></head>
<body><div class="cs hub">${body}</div></body>
</html>
`.text
}

/** `2026-11-24 14:06:30` */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`
}

export function table(head: readonly Renderable[], rows: readonly Html[], empty: string): Html {
  if (rows.length === 0) return html`<p class="quiet">${empty}</p>`
  return html`<div class="hub-wide"><table><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}

export function facts(rows: readonly (readonly [string, Renderable])[]): Html {
  return html`<dl class="cs-facts">${rows.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

export function section(title: Renderable, quiet: Renderable, body: Renderable): Html {
  return html`<section class="hub-sec"><header><h2>${title} <span class="quiet">${quiet}</span></h2></header>${body}</section>`
}

/** Name of a person, with what identifies behind it. */
export function who(hub: Hub, actor: { readonly iss: string; readonly sub: string } | undefined): Renderable {
  if (!actor) return html`<span class="quiet">nobody</span>`
  const name = hub.labels.person(actor.iss, actor.sub)
  return name === undefined ? actor.sub : html`${name} <span class="quiet">${actor.sub}</span>`
}

export function deviceName(hub: Hub, id: string): string {
  return hub.labels.device(id) ?? id
}

export function recordLink(stream: string, seq: number, text: Renderable): Html {
  return html`<a href="/record?stream=${encodeURIComponent(stream)}&amp;seq=${seq}">${text}</a>`
}

export function number(n: number): string {
  return n.toLocaleString('en-US')
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`
}
