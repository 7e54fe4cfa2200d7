/**
 * Tokens of a growing text, one character at a time: the text itself is never kept, so every cut gives the same tokens.
 * A token is a word (letters, digits, underscore), a number, one mark, or a gap (line end, tab, two spaces).
 */
import { CASELESS, classOf, DIGIT, fold, LOWER, NEWLINE, PUNCTUATION, SPACE, UNDERSCORE, UPPER } from './characters.ts'

export const WORD = 1
export const NUMBER = 2
export const MARK = 3
export const GAP = 4

/** A word longer than this is code or noise: it is let go while it still grows. */
export const LONGEST_WORD = 32

export const SHAPE = { none: 0, lower: 1, title: 2, upper: 3, initial: 4, camel: 5, mixed: 6, coded: 7, caseless: 8, number: 9, mark: 10, gap: 11 } as const

export interface Token {
  start: number
  end: number
  kind: number
  /** Hash of the folded word, or of the mark. */
  hash: number
  prefix: number
  suffix2: number
  suffix3: number
  shape: number
  /** Whether the character before it is a space or the line's beginning. */
  spaced: boolean
  /** Code unit of a mark, else 0. */
  mark: number
  /** Class bits of the word lists. */
  listed: number
  /** What the stream said of the word before (`memory.ts`). */
  seen: number
}

export function emptyToken(): Token {
  return { start: 0, end: 0, kind: GAP, hash: 0, prefix: 0, suffix2: 0, suffix3: 0, shape: SHAPE.gap, spaced: true, mark: 0, listed: 0, seen: 0 }
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
  /** The slot handed out last is complete. */
  accept(token: Token): void
}

export class Lexer {
  readonly #sink: TokenSink
  /** Offset of the next character. */
  #at = 0
  #wordStart = -1
  #skipping = false
  #spaces = 0
  #lineStart = true
  #hash = 0
  #prefix = 0
  #last4 = 0
  #last2 = 0
  #length = 0
  #uppers = 0
  #lowers = 0
  #others = 0
  #firstUpper = false
  #digits = 0

  constructor(sink: TokenSink) {
    this.#sink = sink
  }

  /** Start of the word in progress, or the end of what was read. */
  get pending(): number {
    return this.#wordStart >= 0 && !this.#skipping ? this.#wordStart : this.#at
  }

  push(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      const kind = classOf(code)
      if (kind >= DIGIT) this.#letter(code, kind)
      else this.#between(code, kind)
      this.#at++
    }
  }

  end(): void {
    this.#closeWord()
    this.#mark(10, GAP)
  }

  #between(code: number, kind: number): void {
    this.#closeWord()
    if (kind === PUNCTUATION) this.#mark(code, MARK)
    else if (kind === NEWLINE) {
      if (!this.#lineStart) this.#mark(10, GAP)
      this.#lineStart = true
      this.#spaces = 0
    } else if (kind === SPACE) {
      this.#spaces++
      if (!this.#lineStart && (code === 9 ? this.#spaces < 100 : this.#spaces === 2)) {
        this.#mark(9, GAP)
        this.#spaces = 100
      }
    }
  }

  #mark(code: number, kind: number): void {
    const token = this.#sink.slot()
    token.start = this.#at
    token.end = this.#at + (kind === MARK ? 1 : 0)
    token.kind = kind
    token.hash = Math.imul(code + 1, 0x9e3779b1) | 0
    token.prefix = 0
    token.suffix2 = 0
    token.suffix3 = 0
    token.shape = kind === MARK ? SHAPE.mark : SHAPE.gap
    token.spaced = this.#spaces > 0 || this.#lineStart
    token.mark = code
    token.listed = 0
    token.seen = 0
    if (kind === MARK) {
      this.#spaces = 0
      this.#lineStart = false
    }
    this.#sink.accept(token)
  }

  #letter(code: number, kind: number): void {
    const folded = fold(code)
    if (this.#wordStart < 0) {
      this.#wordStart = this.#at
      this.#skipping = false
      this.#hash = HASH_SEED
      this.#prefix = 0
      this.#last4 = 0
      this.#last2 = 0
      this.#length = this.#uppers = this.#lowers = this.#others = this.#digits = 0
      this.#firstUpper = kind === UPPER
    } else if (this.#skipping) return
    if (this.#length === LONGEST_WORD) {
      this.#emitWord(SHAPE.coded)
      this.#skipping = true
      return
    }
    this.#length++
    this.#hash = hashStep(this.#hash, folded)
    if (this.#length === 3) this.#prefix = this.#hash
    this.#last4 = ((this.#last4 << 8) | (folded & 255)) | 0
    this.#last2 = this.#last4 & 0xffff
    if (kind === UPPER) this.#uppers++
    else if (kind === LOWER) this.#lowers++
    else if (kind === DIGIT) this.#digits++
    else if (kind === UNDERSCORE) this.#others += 100
    else if (kind === CASELESS) this.#others++
  }

  #closeWord(): void {
    if (this.#wordStart < 0) return
    if (!this.#skipping) this.#emitWord(this.#shape())
    this.#wordStart = -1
    this.#skipping = false
  }

  #emitWord(shape: number): void {
    const token = this.#sink.slot()
    token.start = this.#wordStart
    token.end = this.#at
    token.kind = shape === SHAPE.number ? NUMBER : WORD
    token.hash = shape === SHAPE.number ? Math.min(this.#length, 6) : this.#hash | 0
    token.prefix = this.#length >= 3 ? this.#prefix | 0 : this.#hash | 0
    token.suffix2 = this.#last2
    token.suffix3 = this.#last4 & 0xffffff
    token.shape = shape
    token.spaced = this.#spaces > 0 || this.#lineStart
    token.mark = 0
    token.listed = 0
    token.seen = 0
    this.#spaces = 0
    this.#lineStart = false
    this.#sink.accept(token)
  }

  #shape(): number {
    if (this.#digits === this.#length) return SHAPE.number
    if (this.#digits > 0 || this.#others >= 100) return SHAPE.coded
    if (this.#lowers + this.#uppers === 0) return SHAPE.caseless
    if (this.#uppers === 0) return SHAPE.lower
    if (!this.#firstUpper) return SHAPE.mixed
    if (this.#length === 1) return SHAPE.initial
    if (this.#uppers === 1) return SHAPE.title
    return this.#lowers === 0 ? SHAPE.upper : SHAPE.camel
  }
}
