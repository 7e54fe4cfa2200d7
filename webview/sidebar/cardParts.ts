/** Parts of a request's card between its sentence and the decision: effect, preview, people, facts. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Request, TextPart } from '../../src/protocol/panelModels.ts'
import { chips } from '../chips.ts'
import { inert, link, linkButton, rich } from '../element.ts'
import { list, moment, number } from '../format.ts'
import { post } from '../host.ts'
import { icon } from '../icons.ts'
import { excerpt, firstPart } from '../state.excerpt.ts'
import '../textBox.ts'
import { say, sayCount, sentence } from '../words.ts'
import { placeOf } from './asking.ts'

/** The consequence first: what leaves as it is, what leaves masked, and what nobody looked into. */
export function effect(one: Request): TemplateResult | typeof nothing {
  const asIs = one.findings.filter((finding) => finding.fate === 'asIs' && finding.count > 0)
  const masked = one.findings.filter((finding) => finding.fate === 'masked' && finding.count > 0)
  const { opaque = [] } = one
  if (asIs.length + masked.length + opaque.length === 0) return nothing
  const title = one.bundle ? say('effect.all', { n: number(one.bundle.size) }) : say(one.kind === 'own' ? 'effect.own' : one.kind === 'review' ? 'effect.title' : 'effect.others')
  return html`<div class="cs-effect">
    <h4>${title}</h4>
    <dl>
      ${asIs.length === 0 ? nothing : html`<dt>${say('effect.asIs')}</dt><dd class="cs-chips">${chips(asIs)}</dd>`}
      ${masked.length === 0 ? nothing : html`<dt>${say('effect.masked')}</dt><dd class="cs-chips">${chips(masked)}</dd>`}
      ${opaque.length === 0 ? nothing : html`<dt>${say('effect.opaque')}</dt><dd>${icon('warn', 'held')} ${inert(list(opaque))}</dd>`}
    </dl>
  </div>`
}

export function preview(one: Request, page: { readonly index: number; readonly parts: readonly TextPart[] | null } | undefined, turn: (by: number) => void): TemplateResult | typeof nothing {
  const parts = page?.parts ?? one.parts
  const part = firstPart(parts)
  if (!part) return nothing
  const shown = [{ ...part, segments: excerpt(part.segments) }]
  const caption = one.bundle
    ? pager(one.bundle.size, page?.index ?? one.bundle.index, turn)
    : html`<span>${say('part.of', { n: number(part.index), of: number(part.of) })}</span>${linkButton(say('do.openPrompt'), () => { post({ type: 'openPrompt', request: one.id }) })}`
  return html`<div>
    ${one.bundle?.variesIn === undefined ? nothing : html`<p class="cs-pager">${rich(sentence('pager.varies'), { what: one.bundle.variesIn })}</p>`}
    <cs-text-box .parts=${shown} .caption=${caption} .label=${say('det.promptHeld')}></cs-text-box>
  </div>`
}

function pager(size: number, index: number, turn: (by: number) => void): TemplateResult {
  const of = number(size)
  const step = (word: 'pager.previous' | 'pager.next', by: number) =>
    html`<button type="button" class="cs-tool" aria-label=${say(word, { of })} aria-disabled=${index + by < 0 || index + by >= size} @click=${() => { turn(by) }}>${icon(by < 0 ? 'left' : 'right')}</button>`
  return html`<span class="num">${say('pager.of', { n: number(index + 1), of })}</span><span class="cs-pager">${step('pager.previous', -1)}${step('pager.next', 1)}</span>`
}

export function people(one: Request, now: number): TemplateResult | typeof nothing {
  if (one.reviewers.length === 0 || one.kind === 'own') return nothing
  // One group and nobody there yet: the sentence has said it all.
  const [only] = one.reviewers
  if (one.kind === 'review' && one.reviewers.length === 1 && only?.state === 'waiting' && only.readingNow.length === 0) return nothing
  const approved = one.reviewers.filter((reviewer) => reviewer.state === 'approved').length
  return html`<ul class="cs-people" aria-label=${say('people.label', { n: approved, of: one.reviewers.reduce((sum, { needed = 1 }) => sum + needed, 0) })}>
    ${one.reviewers.map((reviewer) => html`<li>${icon(reviewer.state === 'approved' ? 'ok' : 'held', reviewer.state === 'approved' ? 'ok' : 'held')}<span>${person(reviewer, now)}</span></li>`)}
  </ul>`
}

function person(reviewer: Request['reviewers'][number], now: number): unknown {
  const group = reviewer.group
  if (reviewer.state === 'approved') {
    const said = reviewer.reason === undefined ? nothing : html`<br /><span class="quiet">${rich(sentence('people.said'), { text: reviewer.reason })}</span>`
    return html`${rich(sentence(reviewer.self === true ? 'people.approvedYou' : 'people.approved'), { group, name: reviewer.person ?? '', time: reviewer.at === undefined ? '' : moment(reviewer.at, now) })}${said}`
  }
  const readers = reviewer.readingNow
  const names = list(readers)
  if (!reviewer.mine) return rich(othersWords(reviewer, readers.length), { group, names })
  const you = reviewer.others === 0 ? sentence('people.youOnly') : sayCount('people.you', reviewer.others, { group: '{group}' })
  if (readers.length === 0) return rich(you, { group })
  return [...rich(you, { group }), ' ', ...rich(sentence(readers.length === 1 ? 'people.reading' : 'people.readingMany'), { names })]
}

function othersWords({ others }: Request['reviewers'][number], reading: number): string {
  const keep = { group: '{group}', names: '{names}' }
  if (reading === 0) return others === 0 ? sentence('people.nobody') : sayCount('people.others', others, keep)
  // Whoever reads it can decide too, and is not one of the others any more.
  const rest = others - reading
  if (rest <= 0) return sentence('people.onlyReads')
  return sayCount(reading === 1 ? 'people.oneReads' : 'people.manyRead', rest, keep)
}

export function facts(one: Request): TemplateResult {
  const place = one.source ? placeOf(one.source) : ''
  const to = one.tokens === undefined ? one.host : sayCount('facts.to.tokens', one.tokens, { host: one.host, n: number(one.tokens) })
  return html`<dl class="cs-facts">
    ${place === '' ? nothing : html`<dt>${say('facts.from')}</dt><dd>${one.source?.canOpen ? link(inert(place), () => { post({ type: 'openSource', ex: one.ex }) }) : inert(place)}</dd>`}
    <dt>${say('facts.to')}</dt><dd>${inert(to)}</dd>
    ${one.purpose === undefined ? nothing : html`<dt>${say('facts.purpose')}</dt><dd>${inert(one.purpose)}</dd>`}
    ${one.history && one.history.like > 0 ? html`<dt>${say('facts.before')}</dt><dd>${before(one, one.history)}</dd>` : nothing}
  </dl>`
}

function before(one: Request, history: NonNullable<Request['history']>): unknown {
  const text = say('facts.like', { like: number(history.like), days: number(history.days) })
  const past = link(text, () => { post({ type: 'openHistory', request: one.id }) })
  return history.denied === 0 ? rich(sentence('facts.noneDenied'), { link: past }) : rich(say('facts.denied', { n: number(history.denied) }), { link: past })
}
