/** What the overview draws: calls per minute, when people were waited for, and which stretch the list shows now. */
import type { Row } from '../src/protocol/panelModels.ts'

export interface Overview {
  /** Milliseconds since 1970 at the left and right edge. */
  readonly from: number
  readonly to: number
  readonly bins: readonly { readonly at: number; readonly calls: number; readonly held: number }[]
  readonly binMs: number
  readonly most: number
  readonly holds: readonly { readonly from: number; readonly to: number }[]
  readonly ticks: readonly number[]
}

const MINUTE = 60_000
/** A session of two minutes is not stretched over the whole width. */
const LEAST = 10 * MINUTE
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440].map((minutes) => minutes * MINUTE)

export function overviewOf(rows: readonly Row[], now: number): Overview | null {
  const [first] = rows
  if (!first) return null
  let from = first.at
  let to = now
  for (const row of rows) {
    from = Math.min(from, row.at)
    to = Math.max(to, row.at)
  }
  from = Math.min(from, to - LEAST)
  const binMs = STEPS.find((step) => (to - from) / step <= 60) ?? 1440 * MINUTE
  from = Math.floor(from / binMs) * binMs
  const counts = new Map<number, { calls: number; held: number }>()
  const holds: { from: number; to: number }[] = []
  for (const row of rows) {
    const at = Math.floor(row.at / binMs) * binMs
    const bin = counts.get(at) ?? { calls: 0, held: 0 }
    bin.calls++
    const heldMs = row.heldMs ?? 0
    if (heldMs > 0 || row.state === 'held') {
      bin.held++
      holds.push({ from: row.at, to: Math.min(to, row.at + heldMs) })
    }
    counts.set(at, bin)
  }
  const bins = [...counts].map(([at, bin]) => ({ at, ...bin })).sort((a, b) => a.at - b.at)
  const tick = STEPS.find((step) => (to - from) / step <= 6) ?? 1440 * MINUTE
  const ticks: number[] = []
  for (let at = Math.ceil(from / tick) * tick; at < to; at += tick) ticks.push(at)
  return { from, to: Math.max(to, from + binMs), bins, binMs, most: Math.max(...bins.map((bin) => bin.calls)), holds, ticks }
}

/** A character of the labels is drawn no wider than this. */
const CHARACTER_PX = 7

/** Ticks whose words end before the words at the right edge begin. @param words how long each is, in characters */
export function ticksBeside(overview: Overview, widthPx: number, words: { readonly tick: number; readonly now: number }): readonly number[] {
  const room = widthPx - (words.tick + words.now + 1) * CHARACTER_PX
  return overview.ticks.filter((at) => (place(overview, at) / 100) * widthPx <= room)
}

/** Percent from the left edge. */
export function place(overview: Overview, at: number): number {
  return Math.round(Math.min(1, Math.max(0, (at - overview.from) / (overview.to - overview.from))) * 10_000) / 100
}
