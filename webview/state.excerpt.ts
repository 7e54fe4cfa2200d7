/**
 * The preview of a card: the text around the first findings, at most eight lines. It never scrolls, so what does not fit is
 * counted, and the whole is one link away.
 */
import type { Segment, TextPart } from '../src/protocol/panelModels.ts'
import { segmentUnits } from '../src/protocol/panelModels.ts'

const LINES = 7
const LINE_UNITS = 38
/** A mask is drawn about so wide. */
const MASK_UNITS = 14
const AROUND = 60

/** The part to show first: one with something that leaves as it is, else with any mask, else the last. */
export function firstPart(parts: readonly TextPart[]): TextPart | undefined {
  const has = (part: TextPart, asIs: boolean) => part.segments.some((one) => one.kind === 'mask' && (!asIs || one.fate === 'asIs'))
  return parts.find((part) => has(part, true)) ?? parts.find((part) => has(part, false)) ?? parts.at(-1)
}

export function excerpt(segments: readonly Segment[]): Segment[] {
  const shown: Segment[] = []
  let room = LINES * LINE_UNITS
  for (const [i, one] of segments.entries()) {
    const short = one.kind === 'text' ? shorten(one.text, i === 0, i === segments.length - 1) : [one]
    for (const piece of short) {
      const cost = costOf(piece)
      if (cost <= room) {
        shown.push(piece)
        room -= cost
        continue
      }
      const fits = piece.kind === 'text' ? cut(piece.text, room) : ''
      if (fits) shown.push({ kind: 'text', text: fits })
      const total = units(segments)
      return [...shown, { kind: 'elided', what: 'characters', count: Math.max(1, total - units(shown)) }]
    }
  }
  return shown
}

function units(segments: readonly Segment[]): number {
  return segments.reduce((sum, one) => sum + (one.kind === 'elided' ? (one.what === 'characters' ? one.count : 0) : segmentUnits(one)), 0)
}

function costOf(one: Segment): number {
  if (one.kind === 'mask') return MASK_UNITS
  if (one.kind !== 'text') return 8
  const lines = one.text.split('\n')
  return lines.reduce((sum, line, i) => sum + (i < lines.length - 1 ? Math.max(1, Math.ceil(line.length / LINE_UNITS)) * LINE_UNITS : line.length), 0)
}

function cut(text: string, room: number): string {
  let end = Math.min(text.length, room)
  while (end > 0 && costOf({ kind: 'text', text: text.slice(0, end) }) > room) end = Math.floor(end * 0.8)
  // A character of two units is not cut in half.
  const half = text.charCodeAt(end - 1)
  return text.slice(0, half >= 0xd800 && half <= 0xdbff ? end - 1 : end)
}

/** Long stretches between findings shrink to what stands beside them. */
function shorten(text: string, first: boolean, last: boolean): Segment[] {
  if (text.length <= 2 * AROUND + 20) return [{ kind: 'text', text }]
  const head = first && !last ? '' : text.slice(0, first ? 4 * AROUND : AROUND)
  const tail = last ? '' : text.slice(-AROUND)
  const left = text.length - head.length - tail.length
  if (left <= 0) return [{ kind: 'text', text }]
  return [
    ...(head ? [{ kind: 'text', text: head } as const] : []),
    { kind: 'elided', what: 'characters', count: left } as const,
    ...(tail ? [{ kind: 'text', text: tail } as const] : []),
  ]
}

/** First `upTo` units of an answer, for replay. */
export function released(segments: readonly Segment[], upTo: number): Segment[] {
  const shown: Segment[] = []
  let room = upTo
  for (const one of segments) {
    if (room <= 0) break
    const size = segmentUnits(one)
    shown.push(one.kind === 'text' && size > room ? { kind: 'text', text: one.text.slice(0, room) } : one)
    room -= size
  }
  return shown
}
