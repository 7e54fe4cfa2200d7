/** The movable edge of the details: a separator that the arrow keys move too. Beside the list when wide, below it when narrow. */
import { html, type TemplateResult } from 'lit'
import { LightElement } from '../element.ts'
import { SIZE_LIMITS } from '../state.timeline.ts'
import { say } from '../words.ts'

export class ResizeEvent extends Event {
  readonly side: number | undefined
  readonly under: number | undefined
  constructor(size: { side?: number; under?: number }) {
    super('cs-resize', { bubbles: true })
    this.side = size.side
    this.under = size.under
  }
}

const STEP_PX = 16

export class Splitter extends LightElement {
  static override properties = { side: { attribute: false }, under: { attribute: false }, below: { attribute: false } }
  declare side: number
  declare under: number
  /** Are the details below the list now? */
  declare below: boolean

  constructor() {
    super()
    this.side = 0
    this.under = 0
    this.below = false
  }

  override render(): TemplateResult {
    return html`<div
      class="tl-split"
      role="separator"
      tabindex="0"
      aria-label=${say('det.splitter')}
      aria-orientation=${this.below ? 'horizontal' : 'vertical'}
      aria-valuenow=${this.below ? this.under : this.side}
      aria-valuemin=${SIZE_LIMITS.least}
      aria-valuemax=${SIZE_LIMITS.most}
      @pointerdown=${this.#grab}
      @keydown=${this.#key}
    ></div>`
  }

  readonly #grab = (event: PointerEvent): void => {
    const handle = event.currentTarget
    if (!(handle instanceof HTMLElement)) return
    handle.setPointerCapture(event.pointerId)
    const start = { x: event.clientX, y: event.clientY, side: this.side, under: this.under }
    const move = (now: PointerEvent) => {
      const turn = getComputedStyle(this).direction === 'rtl' ? -1 : 1
      this.#size(this.below ? { under: start.under + start.y - now.clientY } : { side: start.side + turn * (start.x - now.clientX) })
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => { handle.removeEventListener('pointermove', move) }, { once: true })
  }

  readonly #key = (event: KeyboardEvent): void => {
    const larger = this.below ? 'ArrowUp' : 'ArrowLeft'
    const smaller = this.below ? 'ArrowDown' : 'ArrowRight'
    if (event.key !== larger && event.key !== smaller) return
    const by = event.key === larger ? STEP_PX : -STEP_PX
    this.#size(this.below ? { under: this.under + by } : { side: this.side + by })
    event.preventDefault()
  }

  #size(size: { side?: number; under?: number }): void {
    this.dispatchEvent(new ResizeEvent(size))
  }
}
customElements.define('cs-splitter', Splitter)
