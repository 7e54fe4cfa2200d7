/**
 * Tokens of a growing text, one character at a time: the text itself is never kept, so every cut gives the same tokens.
 * A token is a word (letters, digits, underscore), a number, one mark, or a gap (line end, tab, two spaces).
 */
import { DIGIT, fold, FOLDED, LOWER, NEWLINE, PUNCTUATION, read, UNDERSCORE, UPPER } from './characters.ts'

/** A word longer than this is code or noise: it is let go while it still grows. */
export const LONGEST_WORD = 32

/** Numbers of more digits are one: how long a number is says what it is only as far as a year or a code. */
const LONGEST_NUMBER = 6
const TAB = 9
const NEWLINE_CODE = 10
/** More spaces than a line has: they have made their gap. */
const WIDE = 100

export const SHAPE = { none: 0, lower: 1, title: 2, upper: 3, initial: 4, camel: 5, mixed: 6, coded: 7, caseless: 8, number: 9, mark: 10, gap: 11 } as const
/** How many shapes there are. */
export const SHAPES = 12

export interface Token {
  start: number
  end: number
  /** One of `SHAPE`; what is less than a mark is a word or a number. */
  shape: number
  /** Hash of the folded word, or of the mark. */
  hash: number
  /** Hash of the first three letters. */
  prefix: number
  /** Low bytes of the last three letters. */
  suffix: number
  /** Whether the character before it is a space or the line's beginning. */
  spaced: boolean
  /** Code unit of a mark, else 0. */
  mark: number
  /** Number of the last word before it or, when that is nearer, of the line's beginning. */
  before: number
  /** Class bits of the word lists. */
  listed: number
  /** What the stream said of the word before (`memory.ts`). */
  seen: number
}

export function emptyToken(): Token {
  return { start: 0, end: 0, shape: SHAPE.gap, hash: 0, prefix: 0, suffix: 0, spaced: true, mark: 0, before: -1, listed: 0, seen: 0 }
}

export const HASH_SEED = 0x811c9dc5

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

/** Hash of a whole word, as the lexer computes it while the word grows. */
export function hashWord(word: string): number {
  let hash = HASH_SEED
  for (let i = 0; i < word.length; i++) hash = hashStep(hash, fold(word.charCodeAt(i)))
  return hash | 0
}

export interface TokenSink {
  /** A token to be filled in place, so that a long text makes no garbage. */
  slot(): Token
  /** The slot handed out last is a complete word or number. */
  word(token: Token): void
  /** The slot handed out last is a complete mark or gap. */
  mark(token: Token): void
}

/** @param first class of the first character @param rest classes of the others, together */
function shapeOf(first: number, rest: number): number {
  const all = first | rest
  if (all === DIGIT) return SHAPE.number
  if ((all & (DIGIT | UNDERSCORE)) !== 0) return SHAPE.coded
  if ((all & (LOWER | UPPER)) === 0) return SHAPE.caseless
  if ((all & UPPER) === 0) return SHAPE.lower
  if ((first & UPPER) === 0) return SHAPE.mixed
  if (rest === 0) return SHAPE.initial
  if ((rest & UPPER) === 0) return SHAPE.title
  return (all & LOWER) === 0 ? SHAPE.upper : SHAPE.camel
}

/** Bits of the classes that words are made of. */
const WORD_BITS = 5
const WORD_SHIFT = 31 - Math.clz32(DIGIT)
/** The same by the class bits of the first character and, above them, of the others: every word asks, and no branch could be foreseen. */
const SHAPE_OF = Uint8Array.from({ length: 1 << (2 * WORD_BITS) }, (_, i) => shapeOf((i & ((1 << WORD_BITS) - 1)) << WORD_SHIFT, (i >> WORD_BITS) << WORD_SHIFT))

export class Lexer {
  readonly #sink: TokenSink
  /** Offset of the next character. */
  #at = 0
  /** Spaces since the last token of the line; more than any line has once they made a gap. */
  #spaces = 0
  #lineStart = true
  /** A space or the beginning of a line was read since the last token. */
  #spaced = true
  /** Start of a word whose end is not read yet, else -1. */
  #start = -1
  // What is known of that word.
  #length = 0
  #hash = 0
  #prefix = 0
  #tail = 0
  #first = 0
  #rest = 0

  constructor(sink: TokenSink) {
    this.#sink = sink
  }

  /** Start of the word in progress, or the end of what was read. */
  get pending(): number {
    return this.#start >= 0 && this.#length <= LONGEST_WORD ? this.#start : this.#at
  }

  push(text: string): void {
    const base = this.#at
    let i = this.#start >= 0 ? this.#readWord(text, 0, base) : 0
    while (i < text.length) {
      const code = text.charCodeAt(i)
      const character = read(code)
      if (character >= DIGIT) {
        this.#beginWord(character, base + i)
        i = this.#readWord(text, i + 1, base)
      } else {
        this.#between(code, character, base + i)
        i++
      }
    }
    this.#at = base + text.length
  }

  end(): void {
    if (this.#start >= 0) this.#closeWord(this.#at)
    this.#gap(NEWLINE_CODE, this.#at)
  }

  #between(code: number, character: number, at: number): void {
    if (character >= PUNCTUATION) this.#mark(code, at)
    else if (character >= NEWLINE) {
      if (!this.#lineStart) this.#gap(NEWLINE_CODE, at)
      this.#lineStart = this.#spaced = true
      this.#spaces = 0
    } else {
      this.#spaced = true
      if ((++this.#spaces > 1 || code === TAB) && !this.#lineStart) this.#widen(code, at)
    }
  }

  #widen(code: number, at: number): void {
    if (code === TAB ? this.#spaces >= WIDE : this.#spaces !== 2) return
    this.#gap(TAB, at)
    this.#spaces = WIDE
  }

  #gap(code: number, at: number): void {
    const token = this.#sink.slot()
    token.start = token.end = at
    token.shape = SHAPE.gap
    this.#fillMark(token, code)
    this.#sink.mark(token)
  }

  #mark(code: number, at: number): void {
    const token = this.#sink.slot()
    token.start = at
    token.end = at + 1
    token.shape = SHAPE.mark
    this.#fillMark(token, code)
    this.#spaces = 0
    this.#lineStart = this.#spaced = false
    this.#sink.mark(token)
  }

  #fillMark(token: Token, code: number): void {
    token.hash = Math.imul(code + 1, 0x9e3779b1)
    token.prefix = 0
    token.suffix = 0
    token.spaced = this.#spaced
    token.mark = code
    token.listed = 0
    token.seen = 0
  }

  #beginWord(character: number, at: number): void {
    this.#start = at
    this.#length = 1
    this.#hash = this.#prefix = hashStep(HASH_SEED, character & FOLDED)
    this.#tail = character & 255
    this.#first = character
    this.#rest = 0
  }

  /** Reads the letters of the word in progress from `from` on. @param base offset of the text @returns where they end */
  #readWord(text: string, from: number, base: number): number {
    let length = this.#length
    let hash = this.#hash
    let prefix = this.#prefix
    let tail = this.#tail
    let rest = this.#rest
    let i = from
    const stop = Math.min(text.length, from + LONGEST_WORD - length)
    for (; i < stop; i++) {
      const character = read(text.charCodeAt(i))
      if (character < DIGIT) break
      hash = hashStep(hash, character & FOLDED)
      if (++length < 4) prefix = hash
      tail = (tail << 8) | (character & 255)
      rest |= character
    }
    this.#length = length
    this.#hash = hash
    this.#prefix = prefix
    this.#tail = tail
    this.#rest = rest
    if (i < stop) this.#closeWord(base + i)
    else if (i < text.length) return this.#passRest(text, i, base)
    return i
  }

  /** A word of the greatest length is let go when it goes on, and what is left of it is passed over. @returns where it ends */
  #passRest(text: string, from: number, base: number): number {
    let i = from
    for (; i < text.length && read(text.charCodeAt(i)) >= DIGIT; i++)
      if (this.#length === LONGEST_WORD) {
        this.#emit(SHAPE.coded, base + i)
        this.#length++
      }
    if (i < text.length) this.#closeWord(base + i)
    return i
  }

  #closeWord(at: number): void {
    if (this.#length <= LONGEST_WORD) this.#emit(SHAPE_OF[(this.#first >>> WORD_SHIFT) | ((this.#rest >>> WORD_SHIFT) << WORD_BITS)] ?? SHAPE.none, at)
    this.#start = -1
  }

  #emit(shape: number, end: number): void {
    const token = this.#sink.slot()
    token.start = this.#start
    token.end = end
    token.shape = shape
    token.hash = shape === SHAPE.number ? Math.min(this.#length, LONGEST_NUMBER) : this.#hash
    token.prefix = this.#prefix
    token.suffix = this.#tail & 0xffffff
    token.spaced = this.#spaced
    token.mark = 0
    this.#spaces = 0
    this.#lineStart = this.#spaced = false
    this.#sink.word(token)
  }
}
