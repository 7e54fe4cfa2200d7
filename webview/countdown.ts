/** Time left of a request. Changes in place, in the hub's time, says nothing aloud by itself. */
import { html, type TemplateResult } from 'lit'
import { LightElement } from './element.ts'
import { clock, timeLeft } from './format.ts'
import { say } from './words.ts'

const all = new Set<Countdown>()
setInterval(() => { for (const one of all) one.requestUpdate() }, 1000)

export class Countdown extends LightElement {
  static override properties = { expiresAt: { attribute: false }, hubOffsetMs: { attribute: false } }
  declare expiresAt: number
  declare hubOffsetMs: number

  constructor() {
    super()
    this.expiresAt = 0
    this.hubOffsetMs = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    all.add(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    all.delete(this)
  }

  override render(): TemplateResult {
    const left = timeLeft(this.expiresAt - (Date.now() + this.hubOffsetMs))
    return html`<span
      class=${`left num ${left.soon ? 'soon' : ''}`}
      role="timer"
      aria-live="off"
      aria-label=${say('left.endsShort', { time: clock(this.expiresAt - this.hubOffsetMs) })}
      title=${say('left.ends', { time: clock(this.expiresAt, 'second') })}
      >${left.text}</span
    >`
  }
}
customElements.define('cs-countdown', Countdown)

export function countdown(expiresAt: number, hubOffsetMs: number, more = ''): TemplateResult {
  return html`<cs-countdown class=${more} .expiresAt=${expiresAt} .hubOffsetMs=${hubOffsetMs}></cs-countdown>`
}
