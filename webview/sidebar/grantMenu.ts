/** The second half of the split button: what else the policy lets an approval cover. Choosing approves nothing. */
import { html, nothing, type TemplateResult } from 'lit'
import type { GrantOffer } from '../../src/protocol/panelModels.ts'
import { inert, LightElement } from '../element.ts'
import { number } from '../format.ts'
import { icon } from '../icons.ts'
import { button } from '../toolkit.ts'
import { say } from '../words.ts'

export class ChooseEvent extends Event {
  readonly id: string
  readonly grant: string
  constructor(id: string, grant: string) {
    super('cs-choose', { bubbles: true })
    this.id = id
    this.grant = grant
  }
}

export class GrantMenu extends LightElement {
  static override properties = { offers: { attribute: false }, chosen: { attribute: false }, requester: { attribute: false }, request: { attribute: false }, open: { state: true } }
  declare offers: readonly GrantOffer[]
  declare chosen: string | null
  declare requester: string
  declare request: string
  declare private open: boolean

  constructor() {
    super()
    this.offers = []
    this.chosen = null
    this.requester = ''
    this.request = ''
    this.open = false
  }

  override render(): TemplateResult {
    const chosen = this.#chosen()
    return html`${button({ text: '', icon: 'down', primary: true, more: 'more', label: say('do.longer'), haspopup: 'menu', expanded: String(this.open), press: () => { this.#toggle() } })}
      <div class="cs-menu" popover="auto" role="menu" aria-label=${say('do.longer')} @toggle=${this.#toggled} @keydown=${this.#keys}>
        ${this.offers.map(
          (offer) =>
            html`<div role="menuitemradio" aria-checked=${offer.id === chosen} class=${offer.id === chosen ? 'on' : ''} tabindex=${offer.id === chosen ? 0 : -1} @click=${() => { this.#choose(offer) }}>
              ${offer.id === chosen ? icon('check') : html`<span></span>`}<span>${title(offer)}</span><span class="d">${offer.limits === undefined ? (offer.scope === 'once' ? say('grant.once.d') : nothing) : inert(offer.limits)}</span>
            </div>`,
        )}
        ${this.requester === '' ? nothing : html`<p class="note">${say('grant.note', { name: this.requester })}</p>`}
      </div>`
  }

  #chosen(): string | null {
    return this.chosen ?? this.offers.find((offer) => offer.scope === 'once')?.id ?? this.offers[0]?.id ?? null
  }

  #toggle(): void {
    const menu = this.querySelector<HTMLElement>('.cs-menu')
    menu?.togglePopover()
    if (menu?.matches(':popover-open')) menu.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  }

  readonly #toggled = (event: ToggleEvent): void => {
    this.open = event.newState === 'open'
    if (!this.open && (document.activeElement === document.body || this.contains(document.activeElement))) this.querySelector<HTMLElement>('vscode-button')?.focus()
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const items = [...this.querySelectorAll<HTMLElement>('[role=menuitemradio]')]
    const at = items.findIndex((item) => item === event.target)
    if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus()
    else if (event.key === 'ArrowUp') items[(at - 1 + items.length) % items.length]?.focus()
    else if (event.key === 'Home') items[0]?.focus()
    else if (event.key === 'End') items.at(-1)?.focus()
    else if (event.key === 'Enter' || event.key === ' ') items[at]?.click()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #choose(offer: GrantOffer): void {
    this.querySelector<HTMLElement>('.cs-menu')?.hidePopover()
    this.dispatchEvent(new ChooseEvent(this.request, offer.id))
  }
}
customElements.define('cs-grant-menu', GrantMenu)

function title(offer: GrantOffer): string {
  if (offer.scope === 'time') return say('grant.minutes', { n: number(offer.minutes ?? 0) })
  if (offer.scope === 'calls') return say('grant.calls', { n: number(offer.calls ?? 0) })
  return say(offer.scope === 'session' ? 'grant.session' : 'grant.once')
}
