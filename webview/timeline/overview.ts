/** The stretch of time above the list: calls per minute, holds, and what the list shows now. Also as a table. */
import { html, nothing, svg, type TemplateResult } from 'lit'
import { LightElement } from '../element.ts'
import { clock, number } from '../format.ts'
import { icon } from '../icons.ts'
import { overviewOf, place, ticksBeside, type Overview } from '../state.overview.ts'
import type { Row } from '../../src/protocol/panelModels.ts'
import { say, sayCount } from '../words.ts'

export class SeekEvent extends Event {
  readonly at: number
  constructor(at: number) {
    super('cs-seek', { bubbles: true })
    this.at = at
  }
}

export class TimelineOverview extends LightElement {
  static override properties = { rows: { attribute: false }, now: { attribute: false }, first: { attribute: false }, last: { attribute: false }, table: { state: true }, wide: { state: true } }
  declare rows: readonly Row[]
  declare now: number
  /** Times of the first and last row in the window. */
  declare first: number
  declare last: number
  declare private table: boolean
  /** The plot's width in pixels. */
  declare private wide: number

  constructor() {
    super()
    this.rows = []
    this.now = 0
    this.first = 0
    this.last = 0
    this.table = false
    this.wide = 0
  }

  protected override firstUpdated(): void {
    new ResizeObserver(() => { this.wide = this.querySelector('svg')?.clientWidth ?? 0 }).observe(this)
  }

  override render(): TemplateResult {
    const overview = overviewOf(this.rows, this.now)
    return html`<div class="tl-over">
      ${overview ? this.#plot(overview) : html`<svg aria-hidden="true"></svg>`}
      <button type="button" class="cs-tool" aria-label=${say('over.table')} title=${say('over.table')} aria-haspopup="dialog" aria-expanded=${this.table} @click=${() => { this.#open() }}>${icon('rule')}</button>
      <div class="cs-pop over-table" popover="auto" role="dialog" tabindex="-1" aria-label=${say('over.table')} @toggle=${(event: ToggleEvent) => { this.table = event.newState === 'open' }}>${this.table && overview ? table(overview) : nothing}</div>
    </div>`
  }

  #open(): void {
    const pop = this.querySelector<HTMLElement>('.over-table')
    pop?.togglePopover()
    if (pop?.matches(':popover-open')) pop.focus()
  }

  #seek(event: MouseEvent, overview: Overview): void {
    const plot = event.currentTarget
    if (!(plot instanceof Element)) return
    const box = plot.getBoundingClientRect()
    this.dispatchEvent(new SeekEvent(overview.from + ((event.clientX - box.left) / box.width) * (overview.to - overview.from)))
  }

  #plot(overview: Overview): TemplateResult {
    const x = (at: number) => `${place(overview, at)}%`
    const wide = (from: number, to: number, least: number) => `${Math.max(least, place(overview, to) - place(overview, from))}%`
    const holds = overview.holds.length === 0 ? say('over.noHolds') : sayCount('over.holds', overview.holds.length, { n: number(overview.holds.length) })
    const label = say('over.label', { from: clock(overview.from), to: clock(overview.to), holds, first: clock(this.first), last: clock(this.last) })
    const now = say('over.now', { time: clock(overview.to, 'second') })
    const ticks = ticksBeside(overview, this.wide, { tick: clock(overview.from).length, now: now.length })
    return html`<svg role="img" aria-label=${label} @click=${(event: MouseEvent) => { this.#seek(event, overview) }}>
      ${svg`<line class="axis" x1="0" x2="100%" y1="32.5" y2="32.5"></line>
      ${overview.bins.map((bin) => {
        const tall = Math.max(2, Math.round((bin.calls / overview.most) * 9) * 2)
        return svg`<rect class="calls" x=${x(bin.at)} y=${32 - tall} width=${wide(bin.at, bin.at + overview.binMs * 0.7, 0.3)} height=${tall}></rect>`
      })}
      ${overview.holds.map((hold) => svg`<rect class="held-box" x=${x(hold.from)} y="3.5" width=${wide(hold.from, hold.to, 0.4)} height="8" fill="url(#p-hatch)"></rect>`)}
      ${ticks.map((at) => svg`<text x=${`${Math.max(0.4, place(overview, at))}%`} y="44">${clock(at)}</text>`)}
      <text x="99.5%" y="44" text-anchor="end">${now}</text>
      <rect class="win" x=${x(this.first)} y="1" width=${wide(this.first, this.last, 0.6)} height="31"></rect>`}
    </svg>`
  }
}
customElements.define('cs-overview', TimelineOverview)

function table(overview: Overview): TemplateResult {
  return html`<table>
    <thead>
      <tr><th scope="col">${say('over.minute')}</th><th scope="col">${say('over.calls')}</th><th scope="col">${say('over.held')}</th></tr>
    </thead>
    <tbody>
      ${overview.bins.map((bin) => html`<tr><th scope="row" class="num">${clock(bin.at)}</th><td class="num">${number(bin.calls)}</td><td class="num">${number(bin.held)}</td></tr>`)}
    </tbody>
  </table>`
}
