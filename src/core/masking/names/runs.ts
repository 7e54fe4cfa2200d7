/**
 * Cuts a stream of tokens into runs: words that may be (part of) a name with what may join them, and the token after.
 * Everything outside runs is settled as soon as it is read; a run is settled when its end is seen or it grows too long,
 * so what is held is bounded whatever the text is.
 */
import { emptyToken, hashWord, LONGEST_WORD, Lexer, SHAPE, SHAPES, type Token, type TokenSink } from './tokens.ts'
import type { Surroundings, Window } from './features.ts'
import { KNOWN, lexiconOf, type Lexicon } from './lexicon.ts'
import { Memory } from './memory.ts'
import type { WordList } from './wordlist.ts'

/** A run is cut before the word that would make it longer than this, in characters. */
export const LONGEST_RUN = 64
/** A run holds at most this many tokens. */
export const MOST_TOKENS = 16
/** Tokens that may stand between two words of a run. */
const MOST_JOINTS = 2
const RING = 32

/**
 * Bound on what the tagger holds, in characters: a run, two joints with their spaces, and the word that follows.
 * A gap of two spaces ends a run, so joints add at most one space each.
 */
export const LONGEST_HOLD = LONGEST_RUN + 3 * (LONGEST_WORD + 1)

const PRONOUN = hashWord('I')
/** A longer word with capitals inside is called so by a programmer: `StackOverflow`, but not `AnalyticsReport`. */
const LONGEST_CAMEL = 13

/** Added to the share of code by what is seen in code only. */
const CODE = 64

/** What a mark may do, bits of `MARKS`; the bit of a mark of code is what it adds. */
const JOINS = 1
const BEGINS_VALUE = 2
const ENDS_VALUE = 4
/** Stands before a word that is written with a capital for its place only; also marks of lists, headings and code. */
const BEFORE_CAPITAL = 8

/** By code unit; other marks than ASCII do nothing, save one. */
const MARKS = new Uint8Array(128)
const EACH_MARK: readonly (readonly [bit: number, marks: string])[] = [
  [JOINS, "-'.&,/"],
  [BEGINS_VALUE, ':='],
  [ENDS_VALUE, ',;{}&'],
  [BEFORE_CAPITAL, '.!?:"\'([{`*#->='],
  [CODE, '{}()[]<>=;_$|\\`*#+"'],
]
for (const [bit, marks] of EACH_MARK) for (const mark of marks) MARKS[mark.charCodeAt(0)] = (MARKS[mark.charCodeAt(0)] ?? 0) | bit

const CURLY_QUOTE = 0x2019
const AT = 0x40
const NEWLINE = 10

/** Own names: what is imported is checked each time that it is read. */
const { lower: LOWER, title: TITLE, initial: INITIAL, camel: CAMEL, coded: CODED, number: NUMBER, mark: MARK, gap: GAP } = SHAPE
const { listed: LISTED_BITS, joins: JOINS_NAMES, onlyName: ONLY_NAME, opens: OPENS } = KNOWN

/** What a token may be in a run: nothing, what may join names, or (part of) a name. */
const NO_PART = 0
const JOINT = 1
const NAME = 2

/** Of a word, by its shape. One in small letters depends on what is known of it. */
const ROLES = new Uint8Array(SHAPES)
for (const shape of [SHAPE.title, SHAPE.upper, SHAPE.initial, SHAPE.camel]) ROLES[shape] = NAME
/** What a word of a shape adds to the share of code. */
const CODE_SHAPES = new Uint8Array(SHAPES)
CODE_SHAPES[SHAPE.coded] = CODE_SHAPES[SHAPE.mixed] = CODE

/** A run's tokens are numbered `first` to `last` in the window; one or more tokens after `last` may be known. */
export interface Run {
  readonly window: Window
  readonly first: number
  readonly last: number
  readonly around: Surroundings
}

export type OnRun = (run: Run) => void

const NONE = emptyToken()
NONE.mark = 10

class Ring implements Window {
  readonly #tokens: Token[] = []
  /** Number of the last token accepted. */
  last = -1

  at(index: number): Token {
    return index < 0 || index > this.last || index <= this.last - RING ? NONE : (this.#tokens[index & (RING - 1)] ?? NONE)
  }

  next(): Token {
    return (this.#tokens[(this.last + 1) & (RING - 1)] ??= emptyToken())
  }
}

export class Runs implements TokenSink {
  readonly #ring = new Ring()
  readonly #lexicon: Lexicon
  readonly #onRun: OnRun
  readonly #isTraining: boolean
  readonly #lexer = new Lexer(this)
  /** Whoever tags a run writes into it, before the next token is read. */
  readonly memory = new Memory()
  #first = -1
  #lastWord = -1
  /** Number of the last token that was a word or the end of a line; all lines before the text are empty. */
  #before = -1
  #key = 0
  #previousWord = 0
  /** The token before is an `@` that begins a word: `@ada`, not `ada@example`. */
  #atHandle = false
  /** Decaying share of code marks, in 1/1024. */
  #code = 0
  #column = 0
  #around: Surroundings = { key: 0, code: 0, column: 0 }

  /** @param isTraining all runs are wanted, also those of words that are known to be no names */
  constructor(list: WordList, onRun: OnRun, isTraining = false) {
    this.#lexicon = lexiconOf(list)
    this.#isTraining = isTraining
    this.#onRun = onRun
  }

  /** Offset before which everything is decided. */
  get settled(): number {
    return this.#first >= 0 ? this.#ring.at(this.#first).start : this.#lexer.pending
  }

  push(text: string): void {
    this.#lexer.push(text)
  }

  end(): void {
    this.#lexer.end()
    this.memory.close()
  }

  slot(): Token {
    return this.#ring.next()
  }

  word(token: Token): void {
    const { shape } = token
    const known = shape === NUMBER || shape === CODED ? this.#forget(token) : this.#know(token)
    const role = this.#roleOf(token, known)
    const ring = this.#ring
    const index = ++ring.last
    token.before = this.#before
    this.#before = index
    if (this.#first >= 0) {
      if (role === NAME && token.end - ring.at(this.#first).start <= LONGEST_RUN && index - this.#first < MOST_TOKENS) this.#lastWord = index
      else if (role !== JOINT || index - this.#lastWord > MOST_JOINTS) this.#decide()
    }
    if (role === NAME && this.#first < 0 && !this.#isOpening(token, known)) this.#begin(index)
    this.#atHandle = false
    this.#column++
    this.#code += (CODE_SHAPES[shape] ?? 0) - (this.#code >> 4)
    this.#previousWord = token.hash
  }

  mark(token: Token): void {
    const { mark } = token
    const index = ++this.#ring.last
    token.before = this.#before
    if (token.shape === GAP) {
      if (this.#first >= 0) this.#decide()
      this.#atHandle = false
      if (mark === NEWLINE) {
        this.#before = index
        this.#key = this.#previousWord = this.#column = 0
      }
      return
    }
    const does = MARKS[mark] ?? (mark === CURLY_QUOTE ? JOINS : 0)
    if (this.#first >= 0 && ((does & JOINS) === 0 || index - this.#lastWord > MOST_JOINTS)) this.#decide()
    this.#atHandle = mark === AT && token.spaced
    this.#column++
    this.#code += (does & CODE) - (this.#code >> 4)
    if ((does & BEGINS_VALUE) !== 0) this.#key = this.#previousWord
    else if ((does & ENDS_VALUE) !== 0) this.#key = 0
  }

  /** Numbers and words of code are in no list and are not remembered. */
  #forget(token: Token): number {
    token.listed = token.seen = 0
    return 0
  }

  #know(token: Token): number {
    const known = this.#lexicon.of(token.hash)
    token.listed = known & LISTED_BITS
    token.seen = token.shape === LOWER ? this.memory.lower(token.hash) : this.memory.of(token.hash)
    return known
  }

  #roleOf(token: Token, known: number): number {
    const { shape } = token
    if (this.#atHandle && shape !== NUMBER && !token.spaced) return NAME
    if (shape !== LOWER) return ROLES[shape] ?? NO_PART
    return (known & JOINS_NAMES) !== 0 ? JOINT : (known & ONLY_NAME) !== 0 ? NAME : NO_PART
  }

  #begin(index: number): void {
    this.#first = this.#lastWord = index
    const code = this.#code < 24 ? 0 : this.#code < 100 ? 1 : this.#code < 220 ? 2 : 3
    this.#around = { key: this.#key, code, column: Math.min(this.#column, 3) }
  }

  /** Whether the token begins no name: a plain word at the beginning of a sentence, a line or a bracket; `I`; a name in code. */
  #isOpening(token: Token, known: number): boolean {
    if (this.#isTraining || this.#atHandle) return false
    if (token.shape === INITIAL) return token.hash === PRONOUN
    if (token.shape === CAMEL) return token.end - token.start > LONGEST_CAMEL
    if (token.shape !== TITLE || (known & OPENS) === 0) return false
    const { shape, mark } = this.#ring.at(this.#ring.last - 1)
    return shape === GAP || (shape === MARK && ((MARKS[mark] ?? 0) & BEFORE_CAPITAL) !== 0)
  }

  #decide(): void {
    const { first, last, around } = { first: this.#first, last: this.#lastWord, around: this.#around }
    this.#first = -1
    this.#onRun({ window: this.#ring, first, last, around })
  }
}
