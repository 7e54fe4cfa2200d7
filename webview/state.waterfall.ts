/**
 * The geometry of a waterfall. Left of the line is our side and people's time, 72 px, not to scale; right of it the
 * model's time, in percent of one scale for all rows. A call that was not sent never crosses the line.
 */
import type { Row } from '../src/protocol/panelModels.ts'

export interface Bars {
  /** Where the small block of the inspection begins, px. */
  readonly inspectedAt: number
  /** Held, with the time to be written in; null when it was not. */
  readonly heldMs: number | null
  /** Percent: outline from the line to the first byte. */
  readonly wait: { readonly x: number; readonly width: number } | null
  readonly flow: { readonly x: number; readonly width: number } | null
  readonly end: { readonly kind: 'done' | 'failed' | 'stopped' | 'running'; readonly x: number } | null
}

const STEPS = [1, 2, 4, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600]

/** Milliseconds at the right edge: the next step above the longest call, so that it seldom changes. */
export function scaleOf(rows: Iterable<Row>): number {
  let longest = 0
  for (const row of rows) longest = Math.max(longest, row.doneMs ?? row.firstByteMs ?? 0)
  const seconds = longest / 1000
  return (STEPS.find((step) => step >= seconds) ?? Math.ceil(seconds / 3600) * 3600) * 1000
}

/** @param elapsedMs for a running call: milliseconds since it was sent, so that a reload draws what a stream drew */
export function barsOf(row: Row, scale: number, elapsedMs = 0): Bars {
  const held = row.heldMs ?? (row.state === 'held' ? 0 : undefined)
  const wasSent = !['inspecting', 'held', 'denied', 'expired', 'withdrawn'].includes(row.state)
  const percent = (ms: number) => Math.round(Math.min(1, Math.max(0, ms / scale)) * 1000) / 10
  const last = row.doneMs ?? (row.running ? Math.max(elapsedMs, row.firstByteMs ?? 0) : row.firstByteMs)
  const base = { inspectedAt: held === undefined ? 64 : 0, heldMs: held ?? null }
  if (!wasSent || last === undefined) return { ...base, wait: null, flow: null, end: null }
  const first = percent(row.firstByteMs ?? last)
  const stop = percent(last)
  const streamed = row.firstByteMs !== undefined && last > row.firstByteMs
  return {
    ...base,
    wait: { x: 0.4, width: Math.max(0.4, first - 0.4) },
    flow: streamed ? { x: first + 0.3, width: Math.max(0.4, stop - first - 0.3) } : null,
    end: { kind: endOf(row), x: stop },
  }
}

function endOf(row: Row): 'done' | 'failed' | 'stopped' | 'running' {
  if (row.running) return 'running'
  if (row.state === 'failed') return 'failed'
  return row.state === 'stopped' ? 'stopped' : 'done'
}
