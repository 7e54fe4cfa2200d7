/**
 * What the tagger sees of a token: itself, two tokens and two words to the left, what is known to the right, and how
 * much the line looks like code. Each feature is hashed to a row of the weights.
 */
import { LISTED } from './wordlist.ts'
import { NUMBER, SHAPE, WORD, type Token } from './tokens.ts'

export const TEMPLATES = 32

export interface Surroundings {
  /** Hash of the word before the last `:` or `=` of the line, 0 when there is none. */
  readonly key: number
  /** 0 prose to 3 code. */
  readonly code: number
  /** Tokens of the line before the run, at most 3. */
  readonly column: number
}

export interface Window {
  /** Token by its number; a line end beyond what is known. */
  at(index: number): Token
  /** Number of the last token known. */
  readonly last: number
}

function mix(a: number, b: number): number {
  const h = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35)
  return h ^ (h >>> 15)
}

/** The lists' word on a token, without the finer shades: for combinations that would be rare otherwise. */
function coarse(token: Token): number {
  const common = token.listed & LISTED.common
  return (token.listed & 15) | (common > 16 ? 16 : 0) | (token.listed & LISTED.strong ? 32 : 0)
}

function wordBefore(window: Window, index: number): number {
  for (let i = index - 1; i >= index - 4; i--) {
    const token = window.at(i)
    if (token.shape === SHAPE.gap && token.mark === 10) return i
    if (token.kind === WORD || token.kind === NUMBER) return i
  }
  return index - 5
}

function wordAfter(window: Window, index: number): Token | undefined {
  for (let i = index + 1; i <= window.last && i <= index + 3; i++) {
    const token = window.at(i)
    if (token.kind === WORD || token.kind === NUMBER) return token
  }
  return undefined
}

/** Where the rows of a token go; `mask` is the number of rows less one, a power of two less one. */
export interface RowSink {
  rows: Int32Array
  offset: number
  readonly mask: number
}

/** Writes the rows of token `index` into the sink, from its offset. */
export function features(window: Window, index: number, around: Surroundings, sink: RowSink): void {
  const { rows, offset, mask } = sink
  const t = window.at(index)
  const p1 = window.at(index - 1)
  const p2 = window.at(index - 2)
  const n1 = window.at(index + 1)
  const n2 = window.at(index + 2)
  const w1at = wordBefore(window, index)
  const w1 = window.at(w1at)
  const w2 = window.at(wordBefore(window, w1at))
  const after = wordAfter(window, index)
  const next = after?.hash ?? 0
  const list = t.listed
  const rough = coarse(t)
  const shape = t.shape | (t.spaced ? 16 : 0)
  const p1rough = coarse(p1)
  const n1rough = coarse(n1)
  const joined = (t.spaced ? 0 : p1.mark || 1) * 256 + (n1.spaced ? 0 : n1.mark || 1)
  let n = offset
  const put = (value: number): void => {
    rows[n] = mix(value, (n - offset + 1) * 0x27d4eb2f) & mask
    n++
  }
  put(1)
  put(t.hash)
  put(list)
  put(shape)
  put(t.suffix3)
  put(t.suffix2 * 64 + rough)
  put(t.prefix)
  put(p1.hash)
  put(n1.hash)
  put(mix(w1.hash, index - w1at))
  put(mix(next, 7))
  put(list * 64 + shape)
  put((p1.listed * 16 + p1.shape) * 256 + list)
  put((n1.listed * 16 + n1.shape) * 256 + list)
  put(((p1rough * 64 + n1rough) * 64 + rough) * 4 + around.code)
  put(mix(p1.hash, rough + 1))
  put(mix(n1.hash, rough + 1))
  put(mix(p1.hash, p2.hash))
  put(mix(n1.hash, n2.hash))
  put(((p1.shape * 16 + t.shape) * 16 + n1.shape) * 16 + n2.shape)
  put(mix(w1.hash, w2.hash))
  put(mix(around.key, rough + 3))
  put((around.code * 4 + around.column) * 64 + shape)
  put(joined * 4 + around.code)
  put(mix(w1.hash, rough * 16 + t.shape))
  put(mix(next, rough * 16 + t.shape))
  put((coarse(w1) * 64 + rough) * 64 + (after === undefined ? 0 : coarse(after)))
  put(t.suffix3 * 32 + shape)
  put((p2.shape * 16 + p1.shape) * 1024 + rough * 16 + t.shape)
  put(mix(mix(t.hash, 5), p1.hash))
  put((t.seen * 16 + shape) * 64 + rough)
  put(((p1.seen * 8 + t.seen) * 8 + n1.seen) * 32 + shape)
}
