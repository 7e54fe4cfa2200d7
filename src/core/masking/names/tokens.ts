/**
 * Tokens of a growing text, one character at a time: the text itself is never kept, so every cut gives the same tokens.
 * A token is a word (letters, digits, underscore), a number, one mark, or a gap (line end, tab, two spaces).
 */
import { DIGIT, fold, FOLDED, LOWER, NEWLINE, PUNCTUATION, readAll, UNDERSCORE, UPPER } from './characters.ts'

/** A word longer than this is code or noise: it is let go while it still grows. */
export const LONGEST_WORD = 32

/** Numbers of more digits are one: how long a number is says what it is only as far as a year or a code. */
const LONGEST_NUMBER = 6
/** Letters of a prefix. */
const PREFIX = 3
const TAB = 9
const NEWLINE_CODE = 10

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

/** What was read since the last token: nothing, a space, more than makes a gap, or the beginning of a line. */
const NOTHING = 0
const ONE_SPACE = 1
const WIDE = 2
const LINE = 3

/** Characters read at once, and their classes. Each is written before it is read, whatever text came before. */
const BLOCK = 1024
const classes = new Int32Array(BLOCK)

const ESCAPE = 27
const OPEN_BRACKET = 91
/** More characters are in no sequence that a terminal knows. */
const LONGEST_SEQUENCE = 20

/** Own names: what is imported is checked each time that it is read. */
const WORDLIKE = DIGIT
const LETTER = LOWER
const MARK = PUNCTUATION
const LINE_END = NEWLINE
const CHARACTER = FOLDED
const SEED = HASH_SEED | 0
const { number: NUMBER, coded: CODED, mark: MARK_SHAPE, gap: GAP } = SHAPE

function shapeAt(first: number, rest: number): number {
  return SHAPE_OF[(first >>> WORD_SHIFT) | ((rest >>> WORD_SHIFT) << WORD_BITS)] ?? 0
}

export class Lexer {
  readonly #sink: TokenSink
  /** Offset of the next character. */
  #at = 0
  /** What was read since the last token. */
  #before = LINE
  /** Start of a word whose end is not read yet, else -1. What is known of it stands in the slot that it will have. */
  #start = -1
  /** It was let go, and what is left of it is passed over. */
  #isLetGo = false
  /** How many characters were read of what colours a text in a terminal (`ESC [ 31 m`), which is shown nowhere; 0 outside. */
  #sequence = 0
  /** Class of its first character, and those of the others together. */
  #first = 0
  #rest = 0

  constructor(sink: TokenSink) {
    this.#sink = sink
  }

  /** Start of the word in progress, or the end of what was read. */
  get pending(): number {
    return this.#start >= 0 && !this.#isLetGo ? this.#start : this.#at
  }

  push(text: string): void {
    for (let from = 0; from < text.length; from += BLOCK) {
      const size = text.length - from < BLOCK ? text.length - from : BLOCK
      readAll(text, classes, from, size)
      this.#push(size)
    }
  }

  /** Reads the first classes. */
  #push(length: number): void {
    const base = this.#at
    let i = 0
    if (this.#start >= 0) i = this.#isLetGo ? this.#passRest(0, length) : this.#readWord(0, length, base)
    else if (this.#sequence > 0) i = this.#passSequence(0, length)
    while (i < length) {
      const character = classes[i] ?? 0
      if (character >= WORDLIKE) i = this.#readWord(i, length, base)
      else if ((character & CHARACTER) === ESCAPE) i = this.#passSequence(i, length)
      else {
        if (character >= MARK) this.#mark(character & CHARACTER, base + i)
        else if (character >= LINE_END) this.#endLine(base + i)
        else if (this.#before < WIDE) this.#space(character & CHARACTER, base + i)
        i++
      }
    }
    this.#at = base + length
  }

  /** @param from within a sequence, or at its escape character @returns where it ends */
  #passSequence(from: number, length: number): number {
    for (let i = from; i < length; i++) {
      const character = classes[i] ?? 0
      const code = character & CHARACTER
      const read = this.#sequence++
      if (read === 0 || (read === 1 && code === OPEN_BRACKET)) continue
      // Digits, semicolons and question marks; a letter ends it.
      if (read > 1 && read < LONGEST_SEQUENCE && code >= 48 && code <= 63) continue
      this.#sequence = 0
      return read > 1 && character >= LETTER ? i + 1 : i
    }
    return length
  }

  end(): void {
    const token = this.#sink.slot()
    if (this.#start >= 0 && !this.#isLetGo) this.#emit(token, shapeAt(this.#first, this.#rest), this.#at)
    this.#start = -1
    this.#gap(NEWLINE_CODE, this.#at)
  }

  #endLine(at: number): void {
    if (this.#before !== LINE) this.#gap(NEWLINE_CODE, at)
    this.#before = LINE
  }

  #space(code: number, at: number): void {
    const isGap = this.#before === ONE_SPACE || code === TAB
    this.#before = ONE_SPACE
    if (!isGap) return
    this.#gap(TAB, at)
    this.#before = WIDE
  }

  #gap(code: number, at: number): void {
    const token = this.#sink.slot()
    token.start = token.end = at
    token.shape = GAP
    this.#fillMark(token, code)
    this.#sink.mark(token)
  }

  #mark(code: number, at: number): void {
    const token = this.#sink.slot()
    token.start = at
    token.end = at + 1
    token.shape = MARK_SHAPE
    this.#fillMark(token, code)
    this.#before = NOTHING
    this.#sink.mark(token)
  }

  #fillMark(token: Token, code: number): void {
    token.hash = Math.imul(code + 1, 0x9e3779b1)
    token.prefix = 0
    token.suffix = 0
    token.spaced = this.#before !== NOTHING
    token.mark = code
    token.listed = 0
    token.seen = 0
  }

  /** Reads the word that begins at `from`, or goes on there. @param base offset of the first class @returns where it ends */
  #readWord(from: number, length: number, base: number): number {
    const token = this.#sink.slot()
    let { hash, prefix, suffix } = token
    let first = this.#first
    let rest = this.#rest
    let begin = this.#start - base
    let i = from
    if (this.#start < 0) {
      begin = i
      first = classes[i++] ?? 0
      hash = prefix = hashStep(SEED, first & CHARACTER)
      suffix = first & 255
      rest = 0
    }
    const stop = length < begin + LONGEST_WORD ? length : begin + LONGEST_WORD
    for (; i < stop; i++) {
      const character = classes[i] ?? 0
      if (character < WORDLIKE) break
      hash = hashStep(hash, character & CHARACTER)
      if (i - begin < PREFIX) prefix = hash
      suffix = (suffix << 8) | (character & 255)
      rest |= character
    }
    token.start = this.#start = base + begin
    token.hash = hash
    token.prefix = prefix
    token.suffix = suffix
    this.#first = first
    this.#rest = rest
    if (i === length) return i
    if (i === stop && (classes[i] ?? 0) >= WORDLIKE) return this.#letGo(token, i, length, base)
    this.#start = -1
    this.#emit(token, shapeAt(first, rest), base + i)
    return i
  }

  /** A word of the greatest length goes on. @returns where it ends */
  #letGo(token: Token, at: number, length: number, base: number): number {
    this.#emit(token, CODED, base + at)
    this.#isLetGo = true
    return this.#passRest(at, length)
  }

  #passRest(from: number, length: number): number {
    let i = from
    while (i < length && (classes[i] ?? 0) >= WORDLIKE) i++
    if (i < length) {
      this.#isLetGo = false
      this.#start = -1
    }
    return i
  }

  #emit(token: Token, shape: number, end: number): void {
    token.end = end
    token.shape = shape
    if (shape === NUMBER) token.hash = Math.min(end - token.start, LONGEST_NUMBER)
    token.suffix &= 0xffffff
    token.spaced = this.#before !== NOTHING
    token.mark = 0
    this.#before = NOTHING
    this.#sink.word(token)
  }
}
