/** One recogniser on one closed window. Everything it may look at is here: the folded window, the text left of it, the field's name. */
import { CERTAINTY, type Recogniser } from '../recognisers/recogniser.ts'
import type { Folded } from './fold.ts'

/** A recogniser made ready: its pattern with the flags the engine needs. */
export interface Compiled {
  readonly recogniser: Recogniser
  readonly detector: string
  readonly pattern: RegExp
  readonly hasValue: boolean
  readonly usesLeft: boolean
  /** Class bits that must all occur. */
  readonly mask: number
  readonly minDigits: number
  readonly maxDigits: number
  readonly minLength: number
  readonly needsLetter: boolean
}

/** Where a value stands, in offsets of the stream, and what says so. */
export interface Candidate {
  start: number
  /** Exclusive. */
  end: number
  readonly type: string
  readonly detector: string
  readonly certainty: number
  /** Decided by its opening: begins here and wins over everything that overlaps it; its end is Infinity until it is seen. */
  readonly committed?: boolean
}

export interface WindowView {
  readonly folded: Folded
  /** Offset of the window's first character in the stream. */
  readonly start: number
  /** Folded text left of an offset of the window (folded, relative), at most LEFT characters. */
  left(at: number): string
  readonly key: string
}

/** Characters of left context. */
export const LEFT = 64
/** More than this many values of one recogniser in one window are noise. */
const MOST_MATCHES = 64

/** Calls `found` with each value. A recogniser that throws ends the channel: nothing is caught here. */
export function matchWindow(compiled: Compiled, view: WindowView, found: (candidate: Candidate) => void): void {
  const { pattern } = compiled
  const { text } = view.folded
  pattern.lastIndex = 0
  for (let count = 0; count < MOST_MATCHES; count++) {
    const match = pattern.exec(text)
    if (match === null) return
    if (match[0].length === 0) {
      pattern.lastIndex++
      continue
    }
    const candidate = judge(compiled, view, match)
    if (candidate) found(candidate)
    else if (match[0].length > 1) pattern.lastIndex = match.index + 1
  }
}

function judge(compiled: Compiled, view: WindowView, match: RegExpExecArray): Candidate | undefined {
  const { recogniser } = compiled
  let from = match.index
  let to = from + match[0].length
  if (compiled.hasValue) {
    const span = match.indices?.groups?.['value']
    if (span === undefined) return undefined
    ;[from, to] = span
  }
  if (to <= from) return undefined
  const left = compiled.usesLeft ? view.left(from) : ''
  const certainty = certaintyOf(recogniser, left, view.key)
  if (certainty === 0) return undefined
  if (recogniser.valid && !recogniser.valid(view.folded.text.slice(from, to), match, left)) return undefined
  const { starts, ends } = view.folded
  const start = starts ? (starts[from] ?? from) : from
  const end = ends ? (ends[to - 1] ?? to) : to
  return { start: view.start + start, end: view.start + end, type: recogniser.type, detector: compiled.detector, certainty }
}

/** 0: context forbids it, or is needed and absent. */
function certaintyOf(recogniser: Recogniser, left: string, key: string): number {
  const { context } = recogniser
  const own = CERTAINTY[recogniser.certainty]
  if (!context) return own
  if (context.not?.test(left)) return 0
  const said = (context.left?.test(left) ?? false) || (key !== '' && (context.key?.test(key) ?? false))
  if (said) return Math.max(own, CERTAINTY.context)
  return context.required ? 0 : own
}
