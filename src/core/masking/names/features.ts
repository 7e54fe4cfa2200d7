/**
 * What the tagger sees of a token: itself, two tokens and two words to the left, what is known to the right, and how
 * much the line looks like code. Each feature is hashed to a row of the weights.
 */
import { LISTED } from './wordlist.ts'
import { SHAPE, type Token } from './tokens.ts'

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

/** What tells equal values of two templates apart. */
export const TEMPLATE_SALTS = Int32Array.from({ length: TEMPLATES }, (_, i) => Math.imul((i + 1) * 0x27d4eb2f, 0x85ebca6b))

/** Row of a template's value; `mask` is the number of rows less one, a power of two less one. */
export function rowOf(value: number, salt: number, mask: number): number {
  const h = Math.imul(value ^ salt, 0xc2b2ae35)
  return (h ^ (h >>> 15)) & mask
}

/** The lists' word on a token, without the finer shades: for combinations that would be rare otherwise. */
const COARSE = Uint8Array.from({ length: 256 }, (_, listed) => (listed & LISTED.names) | ((listed & LISTED.common) > 16 ? 16 : 0) | (listed & LISTED.strong ? 32 : 0))

function coarse(token: Token): number {
  return COARSE[token.listed] ?? 0
}

/** An own name: what is imported is checked each time that it is read. */
const MARK = SHAPE.mark

/** Words further left are as good as none. */
const FURTHEST = 5

function wordBefore(token: Token, index: number): number {
  return Math.max(token.before, index - FURTHEST)
}

function wordAfter(window: Window, index: number): Token | undefined {
  for (let i = index + 1; i <= window.last && i <= index + 3; i++) {
    const token = window.at(i)
    if (token.shape < MARK) return token
  }
  return undefined
}

/** Where the rows of a token go. */
export interface RowSink {
  rows: Int32Array
  offset: number
  readonly mask: number
}

const values = new Int32Array(TEMPLATES)

/** Writes the rows of token `index` into the sink, from its offset. */
export function features(window: Window, index: number, around: Surroundings, sink: RowSink): void {
  describe(window, index, around, values)
  for (let i = 0; i < TEMPLATES; i++) sink.rows[sink.offset + i] = rowOf(values[i] ?? 0, TEMPLATE_SALTS[i] ?? 0, sink.mask)
}

/** Writes the value of each template for token `index`. */
export function describe(window: Window, index: number, around: Surroundings, values: Int32Array): void {
  const t = window.at(index)
  const p1 = window.at(index - 1)
  const p2 = window.at(index - 2)
  const n1 = window.at(index + 1)
  const n2 = window.at(index + 2)
  const w1at = wordBefore(t, index)
  const w1 = window.at(w1at)
  const w2 = window.at(wordBefore(w1, w1at))
  const after = wordAfter(window, index)
  const next = after?.hash ?? 0
  const list = t.listed
  const rough = coarse(t)
  const roughShape = rough * 16 + t.shape
  const shape = t.shape | (t.spaced ? 16 : 0)
  const joined = (t.spaced ? 0 : p1.mark || 1) * 256 + (n1.spaced ? 0 : n1.mark || 1)
  const { code } = around
  values[0] = 1
  values[1] = t.hash
  values[2] = list
  values[3] = shape
  values[4] = t.suffix
  values[5] = (t.suffix & 0xffff) * 64 + rough
  values[6] = t.prefix
  values[7] = p1.hash
  values[8] = n1.hash
  values[9] = mix(w1.hash, index - w1at)
  values[10] = mix(next, 7)
  values[11] = list * 64 + shape
  values[12] = (p1.listed * 16 + p1.shape) * 256 + list
  values[13] = (n1.listed * 16 + n1.shape) * 256 + list
  values[14] = ((coarse(p1) * 64 + coarse(n1)) * 64 + rough) * 4 + code
  values[15] = mix(p1.hash, rough + 1)
  values[16] = mix(n1.hash, rough + 1)
  values[17] = mix(p1.hash, p2.hash)
  values[18] = mix(n1.hash, n2.hash)
  values[19] = ((p1.shape * 16 + t.shape) * 16 + n1.shape) * 16 + n2.shape
  values[20] = mix(w1.hash, w2.hash)
  values[21] = mix(around.key, rough + 3)
  values[22] = (code * 4 + around.column) * 64 + shape
  values[23] = joined * 4 + code
  values[24] = mix(w1.hash, roughShape)
  values[25] = mix(next, roughShape)
  values[26] = (coarse(w1) * 64 + rough) * 64 + (after === undefined ? 0 : coarse(after))
  values[27] = t.suffix * 32 + shape
  values[28] = (p2.shape * 16 + p1.shape) * 1024 + roughShape
  values[29] = mix(mix(t.hash, 5), p1.hash)
  values[30] = (t.seen * 16 + shape) * 64 + rough
  values[31] = ((p1.seen * 8 + t.seen) * 8 + n1.seen) * 32 + shape
}
