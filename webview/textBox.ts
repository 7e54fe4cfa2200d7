/**
 * Text of a prompt or an answer, always as masked. One Tab stop: Left and Right walk from mask to mask, Enter or a click
 * opens what a mask tells. Copied text carries `[EMAIL_1]` where a mask stands.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { MaskSegment, Segment, TextPart } from '../src/protocol/panelModels.ts'
import { inert, inertBox, LightElement } from './element.ts'
import { number } from './format.ts'
import { icon } from './icons.ts'
import { maskDialog } from './maskDialog.ts'
import { pieces, say, sayCount, sentence, type CountWord } from './words.ts'

export class TextBox extends LightElement {
  static override properties = { parts: { attribute: false }, label: { attribute: false }, caption: { attribute: false }, direction: { attribute: false }, roles: { attribute: false }, current: { state: true }, open: { state: true } }
  declare parts: readonly TextPart[]
  declare label: string
  /** Under the text: where it stands, and the way to the whole. */
  declare caption: unknown
  declare roles: boolean
  /** Number of the mask that Tab reaches. */
  declare private current: number
  declare private open: MaskSegment | null

  constructor() {
    super()
    this.parts = []
    this.label = ''
    this.caption = nothing
    this.roles = true
    this.current = 0
    this.open = null
  }

  override render(): TemplateResult {
    let masks = 0
    const part = (one: TextPart) => html`<div class="part">${this.roles ? html`<span class="role">${say(`role.${one.role}`)}</span>` : nothing}${one.segments.map((piece) => this.#segment(piece, piece.kind === 'mask' ? masks++ : -1))}</div>`
    return html`<figure class="cs-text" aria-label=${this.label} @copy=${copyMasked} @keydown=${this.#key}>
      ${this.parts.map(part)}${this.caption === nothing ? nothing : html`<figcaption>${this.caption}</figcaption>`}
      <div class="cs-pop" popover="auto" role="dialog" tabindex="-1" aria-label=${this.open ? maskName(this.open) : ''} @toggle=${this.#toggled}>${this.open ? maskDialog(this.open) : nothing}</div>
    </figure>`
  }

  #segment(one: Segment, index: number): unknown {
    switch (one.kind) {
      case 'text':
        return inert(one.text)
      case 'inert':
        return inertBox(one.codePoint)
      case 'elided':
        return html`<span class="gap">${sayCount(GAPS[one.what], one.count, { n: number(one.count) })}</span>`
      case 'mask':
        return this.#mask(one, index)
    }
  }

  #mask(one: MaskSegment, index: number): TemplateResult {
    const swapped = one.transform === 'replace' && one.shown !== undefined && one.fate === 'masked'
    const word = one.fate === 'asIs' ? 'mask.asIs' : swapped ? 'mask.replaced' : 'mask.masked'
    const tabindex = index === Math.min(this.current, this.#masks().length - 1) || (index === 0 && this.#masks().length === 0) ? 0 : -1
    return html`<span
        class=${`cs-m ${one.fate === 'asIs' ? 'clear' : ''} ${swapped ? 'swap' : ''} ${this.open === one ? 'is-open' : ''}`}
        role="button"
        tabindex=${tabindex}
        aria-haspopup="dialog"
        data-copy=${copyForm(one)}
        @click=${(event: Event) => { this.#show(one, index, event) }}
        @focus=${() => { this.current = index }}
        >${one.fate === 'asIs' ? icon('send') : nothing}${hidden(sentence(word), swapped ? (one.shown ?? '') : maskName(one))}</span
      >${swapped ? html`<span class="cs-tag">${say('mask.tag', { type: one.type })}</span>` : nothing}`
  }

  #masks(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.cs-m')]
  }

  readonly #key = (event: KeyboardEvent): void => {
    const masks = this.#masks()
    const at = masks.findIndex((one) => one === event.target)
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === ' ') masks[at]?.click()
    else if (event.key === 'ArrowRight') masks[at + 1]?.focus()
    else if (event.key === 'ArrowLeft') masks[at - 1]?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #show(one: MaskSegment, index: number, event: Event): void {
    event.preventDefault()
    this.current = index
    this.open = one
    void this.updateComplete.then(() => {
      const pop = this.querySelector<HTMLElement>('.cs-pop')
      pop?.showPopover()
      pop?.focus()
    })
  }

  readonly #toggled = (event: ToggleEvent): void => {
    if (event.newState !== 'closed' || this.open === null) return
    this.open = null
    const within = document.activeElement === document.body || this.contains(document.activeElement)
    if (within) this.#masks()[this.current]?.focus()
  }
}
customElements.define('cs-text-box', TextBox)

const GAPS = { characters: 'gap.characters', alike: 'gap.alike', parts: 'gap.parts', tokens: 'gap.tokens' } as const satisfies Record<string, CountWord>

/** The part of the sentence that the form already says is for ears only. */
function hidden(text: string, what: string): unknown[] {
  return pieces(text).map((piece) => (piece.kind === 'slot' ? inert(what) : html`<span class="cs-vh">${piece.text}</span>`))
}

export function maskName(one: MaskSegment): string {
  return [one.type, one.ordinal, one.tail].filter((part) => part !== undefined).join(' ')
}

function copyForm(one: MaskSegment): string {
  return `[${one.type}${one.ordinal === undefined ? '' : `_${one.ordinal}`}]`
}

function copyMasked(event: ClipboardEvent): void {
  const selection = document.getSelection()
  if (!selection || selection.rangeCount === 0 || !event.clipboardData) return
  const copied = selection.getRangeAt(0).cloneContents()
  for (const mask of copied.querySelectorAll('.cs-m')) mask.replaceWith(mask.getAttribute('data-copy') ?? '')
  for (const extra of copied.querySelectorAll('.role, .cs-tag, .cs-pop, .cs-vh')) extra.remove()
  event.clipboardData.setData('text/plain', copied.textContent)
  event.preventDefault()
}
