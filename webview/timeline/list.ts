/**
 * The list of calls as a treegrid. Only what the window shows is in the document; two empty drawings stand for the rest, so
 * that ten thousand calls scroll like ten. Follow keeps the lower end in view until somebody scrolls up.
 */
import { html, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { LightElement } from '../element.ts'
import { duration } from '../format.ts'
import { icon } from '../icons.ts'
import { moved, offsets, ROW_PX, visible, type Line, type Move, type TimelineAction, type TimelineState } from '../state.timeline.ts'
import { scaleOf } from '../state.waterfall.ts'
import { say, sayCount } from '../words.ts'
import { lineRow } from './lines.ts'

export class ListEvent extends Event {
  readonly action: TimelineAction
  constructor(action: TimelineAction) {
    super('cs-list-action', { bubbles: true })
    this.action = action
  }
}

const MOVES: Readonly<Record<string, Move>> = { ArrowUp: 'up', ArrowDown: 'down', Home: 'home', End: 'end', PageUp: 'pageUp', PageDown: 'pageDown' }
const LOOKS: Readonly<Record<string, Move>> = { ArrowUp: 'previousLook', ArrowDown: 'nextLook' }
const HEAD_PX = 24

export class TimelineList extends LightElement {
  static override properties = { state: { attribute: false }, now: { attribute: false }, top: { state: true }, height: { state: true } }
  declare state: TimelineState
  declare now: number
  declare private top: number
  declare private height: number
  #tops: Float64Array = new Float64Array(1)
  #lastTop = 0
  #followed = -1
  #focusKey: string | null = null

  constructor() {
    super()
    this.now = 0
    this.top = 0
    this.height = 600
  }

  get #scroller(): HTMLElement | null {
    return this.querySelector('.tl-scroll')
  }

  protected override firstUpdated(): void {
    const scroller = this.#scroller
    if (scroller) new ResizeObserver(() => { this.height = scroller.clientHeight }).observe(scroller)
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('state')) this.#tops = offsets(this.state.lines)
  }

  protected override updated(changed: PropertyValues): void {
    const scroller = this.#scroller
    // Only what grew is followed: selecting a row further up moves nothing.
    const all = this.#tops.at(-1) ?? 0
    const before = changed.get('state') as TimelineState | undefined
    const turnedOn = this.state.follow && before?.follow === false
    if (scroller && this.state.follow && (all !== this.#followed || turnedOn || changed.has('height'))) scroller.scrollTop = scroller.scrollHeight
    this.#followed = all
    if (this.#focusKey === null) return
    const row = this.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.#focusKey)}"]`)
    if (!row) return
    this.#focusKey = null
    row.focus({ preventScroll: true })
  }

  override render(): TemplateResult {
    const { lines, current, selected, launches, below, follow } = this.state
    const { from, to } = visible(this.#tops, this.top, this.height)
    const scale = scaleOf(this.state.rows.values())
    const all = this.#tops[lines.length] ?? 0
    const shown = lines.slice(from, to)
    // A line that Tab should reach is always in the document.
    const reachable = shown.some((line) => line.key === current) ? current : (shown.find((line) => line.kind === 'row') ?? shown[0])?.key
    return html`<div class="tl-scroll" @scroll=${this.#scrolled}>
        <div class="tl-tree" role="treegrid" aria-label=${say('tl.tree')} aria-rowcount=${lines.length + 1} @keydown=${this.#key} @click=${this.#click}>
          <div role="rowgroup" class="tl-headgroup">${header(scale)}</div>
          <div class="tl-list" role="rowgroup">
            ${spacer(this.#tops[from] ?? 0)}
            ${repeat(
              shown,
              (line) => line.key,
              (line, i) => lineRow(line, { index: from + i, current: line.key === reachable, selected: line.key === selected, scale, now: this.now, launch: launches.get(line.kind === 'lane' ? line.launch : '') }),
            )}
            ${spacer(all - (this.#tops[to] ?? all))}
          </div>
        </div>
      </div>
      ${below > 0 && !follow ? html`<button type="button" class="tl-new" @click=${() => { this.#act({ type: 'follow', on: true }) }}>${icon('down', '', 's12')} ${sayCount('tl.below', below)}</button>` : ''}`
  }

  #act(action: TimelineAction): void {
    this.dispatchEvent(new ListEvent(action))
  }

  readonly #scrolled = (): void => {
    const scroller = this.#scroller
    if (!scroller) return
    const { scrollTop, scrollHeight, clientHeight } = scroller
    const atEnd = scrollTop + clientHeight >= scrollHeight - 4
    if (scrollTop < this.#lastTop - 1 && !atEnd && this.state.follow) this.#act({ type: 'follow', on: false })
    else if (scrollTop > this.#lastTop + 1 && atEnd && !this.state.follow) this.#act({ type: 'follow', on: true })
    this.#lastTop = scrollTop
    this.top = scrollTop
  }

  readonly #click = (event: Event): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]') : null
    const key = row?.dataset['key']
    const line = this.state.lines.find((one) => one.key === key)
    if (!row || !line) return
    if (line.kind === 'lane') this.#act({ type: 'fold', key: line.key, folded: !line.folded })
    this.go(line.key)
  }

  readonly #key = (event: KeyboardEvent): void => {
    const { lines } = this.state
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined
    const at = Math.max(0, lines.findIndex((line) => line.key === (key ?? this.state.current)))
    const line = lines[at]
    if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return
    const move = (event.altKey ? LOOKS : MOVES)[event.key]
    const page = Math.max(1, Math.floor((this.height - HEAD_PX) / ROW_PX) - 1)
    if (move) this.go(lines[moved(lines, at, move, page)]?.key ?? line.key)
    else if (event.altKey || !this.#open(line, event.key)) return
    event.preventDefault()
  }

  #open(line: Line, key: string): boolean {
    if (key === 'ArrowLeft') this.#fold(line.kind === 'lane' ? line.key : line.lane, true)
    else if (key === 'ArrowRight' && line.kind === 'lane') this.#fold(line.key, false)
    else if (key === 'Enter' || key === ' ') this.#enter(line.key, line.kind)
    else return false
    return true
  }

  #fold(key: string | null, folded: boolean): void {
    if (key === null) return
    this.#act({ type: 'fold', key, folded })
    this.go(key)
  }

  #enter(key: string, kind: 'lane' | 'row' | 'event'): void {
    if (kind === 'lane') this.#fold(key, !this.state.folded.has(key))
    if (kind !== 'row') return
    this.#act({ type: 'select', ex: key })
    this.dispatchEvent(new Event('cs-enter-details', { bubbles: true }))
  }

  /** Moves focus to a line, and selects it if it is a call. */
  go(key: string): void {
    const index = this.state.lines.findIndex((line) => line.key === key)
    if (index < 0) return
    this.#act(this.state.lines[index]?.kind === 'row' ? { type: 'select', ex: key } : { type: 'current', key })
    this.reveal(index)
    this.#focusKey = key
    this.requestUpdate()
  }

  /** Scrolls as little as needed. */
  reveal(index: number): void {
    const scroller = this.#scroller
    const from = this.#tops[index] ?? 0
    const to = this.#tops[index + 1] ?? from
    if (!scroller) return
    const room = scroller.clientHeight - HEAD_PX
    if (from < scroller.scrollTop) scroller.scrollTop = from
    else if (to > scroller.scrollTop + room) scroller.scrollTop = to - room
  }

  /** First and last line that the window shows, for the overview. */
  shown(): { first: number; last: number } {
    const { from, to } = visible(this.#tops, this.top, this.height - HEAD_PX, 0)
    return { first: from, last: Math.max(from, to - 1) }
  }
}
customElements.define('cs-list', TimelineList)

function spacer(height: number): TemplateResult {
  return html`<svg class="tl-space" aria-hidden="true" width="1" height=${Math.max(0, height)}></svg>`
}

function header(scale: number): TemplateResult {
  const cell = (text: string, more = '') => html`<span role="columnheader" class=${more}>${text}</span>`
  return html`<div class="tl-head" role="row" aria-rowindex="1">
    ${cell(say('tl.col.state'))}${cell(say('tl.col.time'), 'time')}${cell(say('tl.col.model'), 'model')}${cell(say('tl.col.tokens'), 'r tok')}${cell(say('tl.col.found'), 'r found')}${cell(say('tl.col.took'), 'r took')}
    <span role="columnheader" class="wfc"><span class="wf-a r">${say('tl.col.held')}</span><span class="scale"><span>${say('tl.col.sent')}</span><span>${duration(scale / 2)}</span><span>${duration(scale)}</span></span></span>
  </div>`
}
