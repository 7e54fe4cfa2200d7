/**
 * One request: a row, or the open card. The head is a button in both, so that a row opens in place. A card that settles
 * keeps its box; its buttons become the outcome.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { Request, TextPart } from '../../src/protocol/panelModels.ts'
import { countdown } from '../countdown.ts'
import { inert, LightElement, link, linkButton, rich } from '../element.ts'
import { moment } from '../format.ts'
import { post } from '../host.ts'
import { icon, type Icon } from '../icons.ts'
import { say, sayCount, sentence } from '../words.ts'
import { asking, firstName, placeOf, quote, rowDetail, rowTitle } from './asking.ts'
import { effect, facts, people, preview } from './cardParts.ts'
import './decision.ts'
import type { Standing } from './decision.ts'
import { endingOf } from './settled.ts'

export class TurnEvent extends Event {
  readonly id: string
  readonly by: number
  constructor(id: string, by: number) {
    super('cs-turn', { bubbles: true })
    this.id = id
    this.by = by
  }
}

export class OpenEvent extends Event {
  readonly id: string
  readonly open: boolean
  constructor(id: string, open: boolean) {
    super('cs-open', { bubbles: true })
    this.id = id
    this.open = open
  }
}

export class RequestCard extends LightElement {
  static override properties = {
    request: { attribute: false }, standing: { attribute: false }, page: { attribute: false }, open: { attribute: false }, reachable: { attribute: false }, now: { attribute: false },
  }
  declare request: Request
  declare standing: Standing
  declare page: { readonly index: number; readonly parts: readonly TextPart[] | null } | undefined
  declare open: boolean
  /** Does Tab reach this head? One of the list's does. */
  declare reachable: boolean
  declare now: number

  override render(): TemplateResult {
    const one = this.request
    if (!this.open) return one.state === 'waiting' ? this.#row(one) : this.#settledRow(one)
    return one.state === 'waiting' ? this.#card(one) : this.#settledCard(one)
  }

  #toggle(): void {
    this.dispatchEvent(new OpenEvent(this.request.id, !this.open))
  }

  #head(content: unknown): TemplateResult {
    return html`<button
      type="button"
      class=${this.open ? 'meta' : 'cs-row'}
      data-head=${this.request.id}
      aria-expanded=${this.open}
      tabindex=${this.reachable ? 0 : -1}
      @click=${() => { this.#toggle() }}
    >${content}</button>`
  }

  #row(one: Request): TemplateResult {
    return this.#head(
      html`${icon(iconOf(one), 'held')}<span class="t">${rowTitle(one)}</span>${countdown(one.expiresAt, one.hubOffsetMs, 'when')}<span class="d">${rowDetail(one)}</span>`,
    )
  }

  #card(one: Request): TemplateResult {
    const who = one.bundle
      ? sayCount('card.bundle', one.bundle.size)
      : one.requester.self
        ? say('card.ownHeld')
        : html`${inert(one.requester.name)}${one.requester.account === undefined ? nothing : html` <span class="account">(${inert(one.requester.account)})</span>`}${one.requester.department === undefined ? nothing : html`<span class="opt">, ${inert(one.requester.department)}</span>`}`
    const said = one.requesterReason === undefined || one.requester.self ? nothing : quote({ by: firstName(one.requester.name), text: one.requesterReason })
    return html`<article class="cs-card" aria-labelledby=${`ask-${one.id}`} @keydown=${this.#keys}>
      ${this.#head(html`${icon(iconOf(one), 'held')}<span class="who">${who}</span>${countdown(one.expiresAt, one.hubOffsetMs)}`)}
      <h3 id=${`ask-${one.id}`}>${asking(one)}</h3>
      ${one.signingIn ? nothing : html`${said}${one.kind === 'ownWaiting' ? nothing : effect(one)}${one.kind === 'ownWaiting' ? nothing : preview(one, this.page, (by) => { this.#turn(by) })}${people(one, this.now)}${one.kind === 'ownWaiting' || one.bundle ? nothing : facts(one)}${later(one)}`}
      <cs-decision .request=${one} .standing=${this.standing}></cs-decision>
    </article>`
  }

  #turn(by: number): void {
    this.dispatchEvent(new TurnEvent(this.request.id, by))
  }

  readonly #keys = (event: KeyboardEvent): void => {
    // What is open on top of the card closes first, by the browser's own hand.
    if (event.target instanceof Element && event.target.closest('[popover]')) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      this.#toggle()
    } else if (event.altKey && this.request.bundle && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault()
      this.#turn(event.key === 'ArrowLeft' ? -1 : 1)
    }
  }

  #when(one: Request): string {
    return one.outcome ? moment(one.outcome.at, this.now) : ''
  }

  #settledRow(one: Request): TemplateResult {
    const end = endingOf(one)
    return this.#head(html`${icon(end.icon, end.tone)}<span class="t">${end.title}</span><span class="when num">${this.#when(one)}</span><span class="d">${unbolded(end.detail)}${end.quoted ? html` ${rich(sentence('people.said'), { text: end.quoted.text })}` : nothing}</span>`)
  }

  #settledCard(one: Request): TemplateResult {
    const end = endingOf(one)
    const next = one.outcome?.replacedBy
    return html`<article class="cs-card" aria-labelledby=${`ask-${one.id}`} @keydown=${this.#keys}>
      ${this.#head(html`${icon(end.icon, end.tone)}<span class="who">${end.title}</span><span class="left num">${this.#when(one)}</span>`)}
      <h3 id=${`ask-${one.id}`}>${end.detail}</h3>
      ${end.quoted ? quote({ by: end.quoted.by === null ? null : firstName(end.quoted.by), text: end.quoted.text }) : nothing}
      <div class="cs-actions">
        ${one.source?.canOpen ? linkButton(rich(sentence('do.open'), { place: placeOf(one.source) }), () => { post({ type: 'openSource', ex: one.ex }) }) : nothing}
        ${next === undefined ? nothing : linkButton(say('settled.replaced.link'), () => { post({ type: 'openPrompt', request: next }) })}
        ${linkButton(say('do.inTimeline'), () => { post({ type: 'openTimeline', ex: one.ex }) })}
      </div>
    </article>`
  }
}
customElements.define('cs-request', RequestCard)

function iconOf(one: Request): Icon {
  if (one.bundle) return 'stack'
  return one.requester.self ? 'held' : 'person'
}

/** A bundle is frozen; what came later is counted, and waits. */
function later(one: Request): TemplateResult | typeof nothing {
  if (!one.bundle || one.bundle.arrivedSince === 0) return nothing
  const show = link(say('pager.later'), () => { post({ type: 'showLater', request: one.id }) })
  return html`<p class="foot">${icon('info')}<span>${rich(sayCount('pager.since', one.bundle.arrivedSince, { link: '{link}' }), { link: show })}</span></p>`
}

/** In a row the bold half would shout. */
function unbolded(detail: unknown): unknown {
  return html`<span class="cs-plain">${detail}</span>`
}
