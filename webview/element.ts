/**
 * Base of our elements. They draw into the document itself, not into shadow roots: descriptions, labels and the icon sprite
 * are found by id, and the one linked style sheet of the view reaches everything.
 */
import { LitElement, html, nothing, type TemplateResult } from 'lit'
import { codePointName, runs } from './inert.ts'
import { pieces, say } from './words.ts'

export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this
  }
}

/** Somebody else's text, unable to deceive. */
export function inert(text: string): unknown {
  const found = runs(text)
  if (found.length === 1 && found[0]?.kind === 'text') return text
  return found.map((run) => {
    if (run.kind === 'text') return run.text
    return run.kind === 'mixed' ? html`<span class="cs-mixed">${run.text}</span>` : inertBox(run.codePoint)
  })
}

export function inertBox(codePoint: number): TemplateResult {
  const name = codePointName(codePoint)
  return html`<span class="cs-inert" role="img" aria-label=${say('mask.inert', { name })}>${name}</span>`
}

/** A sentence with bold parts and values; values that are text are made inert. */
export function rich(sentence: string, values: Readonly<Record<string, unknown>> = {}): unknown[] {
  return pieces(sentence).map((piece) => {
    const value = piece.kind === 'text' ? piece.text : drawn(values[piece.name])
    return piece.strong ? html`<b>${value}</b>` : value
  })
}

function drawn(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? inert(value) : (value ?? nothing)
}

/** A link that does something here. Without an address: a webview would try to open one. */
export function link(text: unknown, press: (event: Event) => void): TemplateResult {
  return html`<a role="link" tabindex="0" @click=${press} @keydown=${(event: KeyboardEvent) => { onEnter(event, press) }}>${text}</a>`
}

function onEnter(event: KeyboardEvent, press: (event: Event) => void): void {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  press(event)
}

export function linkButton(text: unknown, press: (event: Event) => void, more = ''): TemplateResult {
  return html`<button type="button" class=${`cs-link ${more}`} @click=${press}>${text}</button>`
}
