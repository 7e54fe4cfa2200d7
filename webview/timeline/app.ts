/** The session timeline: bar, overview, list, details. Owns the state; what is below only draws and asks. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import * as z from 'zod'
import { FILTER_TABS, type ToView } from '../../src/protocol/panel.ts'
import { EVENT_KINDS, ROW_STATES } from '../../src/protocol/panelModels.ts'
import { LightElement, linkButton, rich } from '../element.ts'
import { number } from '../format.ts'
import { connect, keepState, post, savedState } from '../host.ts'
import { spinner, sprite } from '../icons.ts'
import { noticeCard } from '../sidebar/notices.ts'
import { useSizes, widest } from '../sizes.ts'
import '../speaker.ts'
import type { Speaker } from '../speaker.ts'
import { filters, NO_FILTER, type Filter } from '../state.filter.ts'
import { reduceTimeline, saveTimeline, TIMELINE_START, type TimelineAction, type TimelineState } from '../state.timeline.ts'
import { say, sayCount, sentence } from '../words.ts'
import { bar } from './bar.ts'
import './details.ts'
import { foot } from './foot.ts'
import './list.ts'
import { ListEvent, type TimelineList } from './list.ts'
import './overview.ts'
import { SeekEvent } from './overview.ts'
import './splitter.ts'
import { ResizeEvent } from './splitter.ts'

const saved = z.object({
  folded: z.array(z.string()).max(500),
  filter: z.object({ text: z.string().max(500), tab: z.enum(FILTER_TABS), launch: z.string().max(300) }),
  selected: z.string().nullable(),
  follow: z.boolean(),
  detailsOpen: z.boolean(),
  sizes: z.object({ side: z.number(), under: z.number() }),
})
/** Under this width the details stand below the list; the style sheet has the same number. */
const NARROW_PX = 900

export class TimelineApp extends LightElement {
  static override properties = { state: { state: true }, late: { state: true }, below: { state: true }, window: { state: true }, tick: { state: true } }
  declare private state: TimelineState
  declare private late: boolean
  declare private below: boolean
  /** Times of the first and last call in the window. */
  declare private window: { readonly first: number; readonly last: number }
  declare private tick: number
  /** The extension's clock minus this one. */
  #offset = 0
  #asked = ''
  #stateWidth = 92

  constructor() {
    super()
    const kept = savedState(saved)
    this.state = kept ? reduceTimeline(TIMELINE_START, { type: 'restore', saved: kept }) : TIMELINE_START
    this.late = false
    this.below = false
    this.window = { first: 0, last: 0 }
    this.tick = 0
    this.addEventListener('cs-list-action', (event) => { if (event instanceof ListEvent) this.#dispatch(event.action) })
    this.addEventListener('cs-resize', (event) => { if (event instanceof ResizeEvent) this.#dispatch({ type: 'resize', ...(event.side === undefined ? {} : { side: event.side }), ...(event.under === undefined ? {} : { under: event.under }) }) })
    this.addEventListener('cs-seek', (event) => { if (event instanceof SeekEvent) this.#seek(event.at) })
    this.addEventListener('cs-enter-details', () => { void this.updateComplete.then(() => this.querySelector<HTMLElement>('.tl-det h2')?.focus()) })
    this.addEventListener('cs-close-details', () => { this.#leaveDetails(true) })
    this.addEventListener('keydown', (event) => { this.#key(event) })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    setTimeout(() => { this.late = true }, 300)
    setInterval(() => { if ([...this.state.rows.values()].some((row) => row.running)) this.tick++ }, 500)
    new ResizeObserver(([entry]) => { this.below = (entry?.contentRect.width ?? 0) < NARROW_PX }).observe(this)
    connect('timeline', (message) => { this.#take(message) })
  }

  get #list(): TimelineList | null {
    return this.querySelector('cs-list')
  }

  #dispatch(action: TimelineAction): void {
    this.state = reduceTimeline(this.state, action)
    keepState(saveTimeline(this.state))
  }

  #take(message: ToView): void {
    switch (message.type) {
      case 'init':
        // Icon, gap and the room between columns, or what the design says if that is more.
        this.#stateWidth = Math.max(92, widest([...ROW_STATES.map((one) => say(`state.${one}`)), ...EVENT_KINDS.map((one) => say(`event.${one}`))]) + 28)
        this.requestUpdate()
        break
      case 'timeline':
        this.#offset = message.model.now - Date.now()
        this.#dispatch({ type: 'model', model: message.model })
        break
      case 'rows':
        this.#dispatch({ type: 'rows', change: message })
        break
      case 'live':
        this.#dispatch({ type: 'live', ex: message.ex, segments: message.segments })
        break
      case 'details':
        this.#dispatch({ type: 'details', details: message.details })
        break
      case 'detailsMissing':
        this.#dispatch({ type: 'missing', ex: message.ex, message: message.message })
        break
      case 'show':
        this.#show(message.ex)
        break
      default:
        break
    }
  }

  #show(ex: string): void {
    // What hides the call gives way to it.
    const row = this.state.rows.get(ex)
    if (row) this.#dispatch({ type: 'filter', filter: NO_FILTER })
    const lane = this.state.lines.findLast((line) => line.kind === 'lane' && line.folded && line.launch === row?.launch)
    if (lane) this.#dispatch({ type: 'fold', key: lane.key, folded: false })
    this.#dispatch({ type: 'follow', on: false })
    this.#dispatch({ type: 'select', ex })
    void this.updateComplete.then(() => { this.#list?.reveal(this.state.lines.findIndex((line) => line.key === ex)) })
  }

  protected override updated(_changed: PropertyValues): void {
    useSizes({ ...this.state.sizes, state: this.#stateWidth })
    const { selected, rows } = this.state
    const row = selected === null ? undefined : rows.get(selected)
    const asked = selected === null || this.state.model === null ? '' : `${selected} ${row?.state ?? ''} ${row?.running ? 'runs' : ''}`
    if (asked !== this.#asked && selected !== null && asked !== '') post({ type: 'details', ex: selected })
    this.#asked = asked
    this.#look()
  }

  /** What the list shows, for the overview's frame. */
  #look(): void {
    const shown = this.#list?.shown()
    if (!shown) return
    const times = this.state.lines.slice(shown.first, shown.last + 1).flatMap((line) => (line.kind === 'row' ? [line.row.at] : line.kind === 'event' ? [line.event.at] : []))
    const first = times[0] ?? 0
    const last = times.at(-1) ?? first
    if (first !== this.window.first || last !== this.window.last) this.window = { first, last }
  }

  #seek(at: number): void {
    const { lines } = this.state
    const index = lines.findIndex((line) => line.kind === 'row' && line.row.at >= at)
    this.#dispatch({ type: 'follow', on: false })
    this.#list?.reveal(index < 0 ? lines.length - 1 : index)
  }

  #filter(change: Partial<Filter>): void {
    this.#dispatch({ type: 'filter', filter: change })
    const found = this.state.lines.filter((line) => line.kind === 'row').length
    this.querySelector<Speaker>('cs-speaker')?.tell(sayCount('spoken.match', found, { n: number(found) }))
  }

  #key(event: KeyboardEvent): void {
    const from = event.target instanceof Element ? event.target : null
    if (event.key === '/' && !from?.closest('vscode-text-field, input, textarea') && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.querySelector<HTMLElement>('.tl-search vscode-text-field')?.focus()
      event.preventDefault()
    } else if (event.key === 'Escape' && from?.closest('.tl-det') && !from.closest('[popover]')) this.#leaveDetails(false)
    else if (event.key === 'Escape' && from?.closest('.tl-tree')) this.#dispatch({ type: 'closeDetails' })
  }

  /** Back to the row they belong to. */
  #leaveDetails(close: boolean): void {
    if (close) this.#dispatch({ type: 'closeDetails' })
    const { selected } = this.state
    if (selected !== null) this.#list?.go(selected)
    if (close) this.#dispatch({ type: 'closeDetails' })
  }

  override render(): TemplateResult {
    const { model, detailsOpen, selected, rows, details, missing, sizes } = this.state
    const now = Date.now() + this.#offset
    const show = detailsOpen && rows.size > 0
    return html`${sprite()}
      <main class=${`cs tl ${show ? '' : 'no-det'}`} aria-label=${say('tl.title')}>
        <h1 class="cs-vh">${say('tl.title')}</h1>
        ${bar(this.state, { filter: (change) => { this.#filter(change) }, follow: (on) => { this.#dispatch({ type: 'follow', on }) } })}
        <div class="tl-main">
          <div class="tl-left">
            <cs-overview .rows=${[...rows.values()]} .now=${this.state.model ? Math.max(now, model?.now ?? 0) : 0} .first=${this.window.first} .last=${this.window.last}></cs-overview>
            <div class="tl-body">
              ${(model?.notices ?? []).map((one) => noticeCard(one, now, one.kind === 'notVerified'))}${this.#without()}
              <cs-list .state=${this.state} .now=${now} @scroll=${{ handleEvent: () => { this.#look() }, capture: true }}></cs-list>
            </div>
          </div>
          ${show
            ? html`<div class="tl-side">
                <cs-splitter .side=${sizes.side} .under=${sizes.under} .below=${this.below}></cs-splitter>
                <cs-details .row=${selected === null ? undefined : rows.get(selected)} .details=${details} .missing=${missing?.message ?? null} .now=${now}></cs-details>
              </div>`
            : nothing}
        </div>
        ${foot(model?.summary)}
      </main>
      <cs-speaker></cs-speaker>`
  }

  /** Instead of rows: reading, none, none that matches. */
  #without(): unknown {
    const { model, lines, rows, filter } = this.state
    if (model === null) return this.late ? html`<p class="tl-empty" role="status">${spinner()} ${say('tl.starting')}</p>` : nothing
    if (model.loading) {
      const share = model.loading.of === 0 ? 0 : Math.round((model.loading.read / model.loading.of) * 100)
      return html`<div class="tl-empty"><p role="status">${say('tl.reading', { n: number(model.loading.of) })}</p><svg class="cs-progress" aria-hidden="true"><rect width=${`${share}%`} height="2"></rect></svg></div>`
    }
    if (rows.size === 0) return html`<div class="tl-empty"><p>${rich(sentence('tl.empty'))}</p></div>`
    if (filters(filter) && !lines.some((line) => line.kind === 'row'))
      return html`<div class="tl-empty">
        <p>${filter.text.trim() === '' ? rich(sentence('tl.noMatch.tab')) : rich(sentence('tl.noMatch'), { filter: filter.text.trim() })}</p>
        ${linkButton(say('tl.clear'), () => { this.#filter(NO_FILTER) })}
      </div>`
    return nothing
  }
}
customElements.define('cs-timeline', TimelineApp)
