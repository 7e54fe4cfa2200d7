/**
 * State of the session timeline, without elements. Rows keep the order in which they were received; a running row changes
 * in place; new ones join at the end. A section is an unbroken run of calls of one launch, so that nothing that is being
 * read moves when two launches call in turn.
 */
import type { TimelineModel, ToView } from '../src/protocol/panel.ts'
import type { Details, EventRow, Launch, Row, Segment, TextPart } from '../src/protocol/panelModels.ts'
import { filters, matches, NO_FILTER, type Filter } from './state.filter.ts'

export const ROW_PX = 24
export const LANE_PX = 28

export type Line =
  | { readonly kind: 'lane'; readonly key: string; readonly launch: string; readonly rows: number; readonly folded: boolean }
  | { readonly kind: 'row'; readonly key: string; readonly row: Row; readonly lane: string }
  | { readonly kind: 'event'; readonly key: string; readonly event: EventRow; readonly lane: string | null }

type Item = { readonly kind: 'row'; readonly ex: string } | { readonly kind: 'event'; readonly event: EventRow }

export interface TimelineState {
  readonly model: Omit<TimelineModel, 'rows' | 'events' | 'launches'> | null
  readonly rows: ReadonlyMap<string, Row>
  readonly launches: ReadonlyMap<string, Launch>
  readonly order: readonly Item[]
  readonly folded: ReadonlySet<string>
  readonly filter: Filter
  readonly lines: readonly Line[]
  readonly selected: string | null
  /** Line that Tab reaches. */
  readonly current: string | null
  readonly follow: boolean
  /** Rows that came while somebody read further up. */
  readonly below: number
  readonly details: Details | null
  readonly missing: { readonly ex: string; readonly message: string } | null
  readonly detailsOpen: boolean
  /** Pixels: width beside the list, height below it. */
  readonly sizes: { readonly side: number; readonly under: number }
}

export const SIZE_LIMITS = { least: 200, most: 900 } as const

export const TIMELINE_START: TimelineState = {
  model: null, rows: new Map(), launches: new Map(), order: [], folded: new Set(), filter: NO_FILTER, lines: [], selected: null, current: null,
  follow: true, below: 0, details: null, missing: null, detailsOpen: true, sizes: { side: 372, under: 372 },
}

export interface SavedTimeline {
  readonly folded: readonly string[]
  readonly filter: Filter
  readonly selected: string | null
  readonly follow: boolean
  readonly detailsOpen: boolean
  readonly sizes: { readonly side: number; readonly under: number }
}

export type TimelineAction =
  | { type: 'model'; model: TimelineModel }
  | { type: 'rows'; change: Extract<ToView, { type: 'rows' }> }
  | { type: 'live'; ex: string; segments: readonly Segment[] }
  | { type: 'details'; details: Details }
  | { type: 'missing'; ex: string; message: string }
  | { type: 'filter'; filter: Partial<Filter> }
  | { type: 'fold'; key: string; folded: boolean }
  | { type: 'current'; key: string }
  | { type: 'select'; ex: string | null }
  | { type: 'follow'; on: boolean }
  | { type: 'closeDetails' }
  | { type: 'resize'; side?: number; under?: number }
  | { type: 'restore'; saved: SavedTimeline }

export function reduceTimeline(state: TimelineState, action: TimelineAction): TimelineState {
  switch (action.type) {
    case 'model':
      return withLines(takeModel(state, action.model))
    case 'rows':
      return withLines(takeRows(state, action.change))
    case 'live':
    case 'details':
    case 'missing':
      return takeDetails(state, action)
    case 'filter':
      return withLines({ ...state, filter: { ...state.filter, ...action.filter } })
    case 'fold':
      return withLines({ ...state, folded: toggled(state.folded, action.key, action.folded) })
    case 'current':
      return { ...state, current: action.key }
    case 'select':
      return select(state, action.ex)
    case 'follow':
      return { ...state, follow: action.on, below: action.on ? 0 : state.below }
    case 'closeDetails':
      return { ...state, detailsOpen: false }
    case 'resize':
      return { ...state, sizes: resized(state, action) }
    case 'restore':
      return withLines({ ...state, ...action.saved, folded: new Set(action.saved.folded), current: action.saved.selected, sizes: resized(state, action.saved.sizes) })
  }
}

export function saveTimeline(state: TimelineState): SavedTimeline {
  const { filter, selected, follow, detailsOpen, sizes } = state
  return { folded: [...state.folded].slice(-200), filter, selected, follow, detailsOpen, sizes }
}

function takeDetails(state: TimelineState, action: Extract<TimelineAction, { type: 'live' | 'details' | 'missing' }>): TimelineState {
  if (action.type === 'live') return state.details?.row.ex === action.ex ? { ...state, details: appended(state.details, action.segments) } : state
  if (action.type === 'details') return action.details.row.ex === state.selected ? { ...state, details: action.details, missing: null } : state
  return action.ex === state.selected ? { ...state, missing: { ex: action.ex, message: action.message } } : state
}

function resized({ sizes }: TimelineState, { side = sizes.side, under = sizes.under }: { side?: number; under?: number }): TimelineState['sizes'] {
  return { side: limited(side), under: limited(under) }
}

function takeModel(state: TimelineState, model: TimelineModel): TimelineState {
  const { rows, events, launches, ...rest } = model
  const items: { at: number; item: Item }[] = [
    ...rows.map((row) => ({ at: row.at, item: { kind: 'row', ex: row.ex } as const })),
    ...events.map((event) => ({ at: event.at, item: { kind: 'event', event } as const })),
  ]
  items.sort((a, b) => a.at - b.at)
  const byEx = new Map(rows.map((row) => [row.ex, row]))
  // A call asked for by name may be in records that are still to be read, so a selection survives until they are: after a
  // reload a window draws what it has, which is nothing, before it reaches the agent.
  const isRead = model.loading === null && rows.length > 0
  const selected = state.selected !== null && (byEx.has(state.selected) || !isRead) ? state.selected : null
  return {
    ...state,
    model: rest,
    rows: byEx,
    launches: new Map(launches.map((one) => [one.id, one])),
    order: items.map(({ item }) => item),
    selected,
    details: selected === state.details?.row.ex ? state.details : null,
    below: 0,
  }
}

function takeRows(state: TimelineState, change: Extract<ToView, { type: 'rows' }>): TimelineState {
  const rows = new Map(state.rows)
  const launches = new Map(state.launches)
  const order = [...state.order]
  const events = new Set(order.flatMap((item) => (item.kind === 'event' ? [item.event.id] : [])))
  let added = 0
  for (const one of change.launches) launches.set(one.id, one)
  const fresh: { at: number; item: Item }[] = []
  for (const row of change.rows) {
    if (!rows.has(row.ex)) {
      fresh.push({ at: row.at, item: { kind: 'row', ex: row.ex } })
      if (matches(state.filter, row, launches.get(row.launch))) added++
    }
    rows.set(row.ex, row)
  }
  for (const event of change.events) if (!events.has(event.id)) fresh.push({ at: event.at, item: { kind: 'event', event } })
  fresh.sort((a, b) => a.at - b.at)
  order.push(...fresh.map(({ item }) => item))
  const model = state.model && { ...state.model, ...(change.summary ? { summary: change.summary } : {}) }
  const details = state.details && { ...state.details, row: rows.get(state.details.row.ex) ?? state.details.row }
  return { ...state, model, rows, launches, order, details, below: state.follow ? 0 : state.below + added }
}

function select(state: TimelineState, ex: string | null): TimelineState {
  const kept = state.details?.row.ex === ex ? state.details : null
  const row = ex === null ? undefined : state.lines.find((line) => line.kind === 'row' && line.key === ex)
  return withLines({ ...state, selected: ex, details: kept, missing: null, detailsOpen: ex !== null || state.detailsOpen, current: row ? row.key : (ex ?? state.current) })
}

function withLines(state: TimelineState): TimelineState {
  const lines = linesOf(state)
  const current = lines.some((line) => line.key === state.current) ? state.current : (state.selected ?? lines[0]?.key ?? null)
  return { ...state, lines, current }
}

interface Lane {
  readonly index: number
  readonly launch: string
  readonly key: string
  readonly folded: boolean
  rows: number
}

function linesOf(state: TimelineState): Line[] {
  const lines: Line[] = []
  const narrowed = filters(state.filter)
  let lane = null as Lane | null
  const close = () => {
    if (lane) lines[lane.index] = { kind: 'lane', key: lane.key, launch: lane.launch, rows: lane.rows, folded: lane.folded }
  }
  for (const item of state.order) {
    if (item.kind === 'event') {
      if (!narrowed) lines.push({ kind: 'event', key: item.event.id, event: item.event, lane: lane?.key ?? null })
      continue
    }
    const row = state.rows.get(item.ex)
    if (!row) continue
    // A filter never takes away the row that somebody looks at.
    if (row.ex !== state.selected && !matches(state.filter, row, state.launches.get(row.launch))) continue
    if (lane?.launch !== row.launch) {
      close()
      const key = `lane ${row.launch} ${row.ex}`
      lane = { index: lines.length, launch: row.launch, key, rows: 0, folded: state.folded.has(key) }
      lines.push({ kind: 'lane', key, launch: row.launch, rows: 0, folded: lane.folded })
    }
    lane.rows++
    if (!lane.folded) lines.push({ kind: 'row', key: row.ex, row, lane: lane.key })
  }
  close()
  return lines
}

/** Top of each line in pixels, and after the last the height of all. */
export function offsets(lines: readonly Line[]): Float64Array {
  const tops = new Float64Array(lines.length + 1)
  for (const [i, line] of lines.entries()) tops[i + 1] = (tops[i] ?? 0) + (line.kind === 'lane' ? LANE_PX : ROW_PX)
  return tops
}

/** Lines that a window shows, with some beyond both edges. */
export function visible(tops: Float64Array, top: number, height: number, beyond = 12): { readonly from: number; readonly to: number } {
  const count = tops.length - 1
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((tops[middle + 1] ?? 0) <= top) low = middle + 1
    else high = middle
  }
  let to = low
  while (to < count && (tops[to] ?? 0) < top + height) to++
  return { from: Math.max(0, low - beyond), to: Math.min(count, to + beyond) }
}

const NEEDS_A_LOOK = new Set(['held', 'denied', 'expired', 'failed'])

export type Move = 'up' | 'down' | 'home' | 'end' | 'pageUp' | 'pageDown' | 'nextLook' | 'previousLook'

/** Index of the line that a key leads to. */
export function moved(lines: readonly Line[], from: number, move: Move, page: number): number {
  const last = lines.length - 1
  const within = (index: number) => Math.min(last, Math.max(0, index))
  switch (move) {
    case 'up':
      return within(from - 1)
    case 'down':
      return within(from + 1)
    case 'home':
      return 0
    case 'end':
      return last
    case 'pageUp':
      return within(from - page)
    case 'pageDown':
      return within(from + page)
    case 'nextLook':
    case 'previousLook': {
      const step = move === 'nextLook' ? 1 : -1
      for (let i = from + step; i >= 0 && i <= last; i += step) {
        const line = lines[i]
        if (line?.kind === 'row' && NEEDS_A_LOOK.has(line.row.state)) return i
      }
      return from
    }
  }
}

function appended(details: Details, segments: readonly Segment[]): Details {
  const last = details.answer.parts.at(-1)
  const base: TextPart = last ?? { role: 'assistant', index: 1, of: 1, segments: [] }
  const merged = [...base.segments]
  for (const one of segments) {
    const before = merged.at(-1)
    if (one.kind === 'text' && before?.kind === 'text') merged[merged.length - 1] = { kind: 'text', text: before.text + one.text }
    else merged.push(one)
  }
  const masked = details.answer.masked + segments.filter((one) => one.kind === 'mask').length
  return { ...details, answer: { ...details.answer, masked, parts: [...details.answer.parts.slice(0, -1), { ...base, segments: merged }] } }
}

function toggled(set: ReadonlySet<string>, key: string, on: boolean): ReadonlySet<string> {
  const copy = new Set(set)
  if (on) copy.add(key)
  else copy.delete(key)
  return copy
}

function limited(px: number): number {
  return Math.round(Math.min(SIZE_LIMITS.most, Math.max(SIZE_LIMITS.least, px)))
}
