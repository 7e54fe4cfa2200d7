/**
 * Cuts a stream of tokens into runs: words that may be (part of) a name with what may join them, and the token after.
 * Everything outside runs is settled as soon as it is read; a run is settled when its end is seen or it grows too long,
 * so what is held is bounded whatever the text is.
 */
import { emptyToken, hashWord, LONGEST_WORD, Lexer, SHAPE, WORD, type Token, type TokenSink } from './tokens.ts'
import { LISTED, lookUp, type WordList } from './wordlist.ts'
import type { Surroundings, Window } from './features.ts'
import { Memory } from './memory.ts'

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

const JOINT_WORDS = new Set(
  'of and the for in on at upon de da do dos das del della di der den van von zu zum zur la le las los el al bin ibn ben bint e y i und et du des af av ten ter op sur sous am an d o'
    .split(' ')
    .map(hashWord),
)
/** One byte for each ASCII character; one more, which is 0, for all others. */
function codesOf(marks: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const mark of marks) table[mark.charCodeAt(0)] = 1
  return table
}

/** Words that begin many sentences and no name: a run need not wait for what follows them. Not for training, which sees all runs. */
const OPENING_WORDS = new Set(
  'the a an this that these those there here then it its he she they we you your our his her their my and but or nor so yet if when while what where which who whom whose why how as because since although though unless until after before during please thanks thank hello hi hey dear yes no not is are was were be been do does did done have has had can could would should shall must might also just only even such each every both all any some most more many much for from to of with without by at in on into onto over under about between through against upon per via than like once now today however therefore thus moreover finally first second third next last another other others'
    .split(' ')
    .map(hashWord),
)

/** Known in lower case, and in no list of names. */
function isPlain(listed: number): boolean {
  return (listed & LISTED.common) !== 0 && (listed & (15 | LISTED.strong | LISTED.proper)) === 0
}

const PRONOUN = hashWord('I')
/** A longer word with capitals inside is called so by a programmer: `StackOverflow`, but not `AnalyticsReport`. */
const LONGEST_CAMEL = 13

/** The few words that may join names, by a hash of their hash: nearly every other word is told from one byte. */
const MAY_JOIN = new Uint8Array(1024)
for (const hash of JOINT_WORDS) MAY_JOIN[hash & 1023] = 1

const JOINT_MARKS = codesOf("-'.&,/")
const CURLY_QUOTE = 0x2019
const CODE_MARKS = codesOf('{}()[]<>=;_$|\\`*#+"')
const AT = 0x40
const COLON = 0x3a
const EQUALS = 0x3d
/** What stands before a word that is written with a capital for its place only; also marks of lists, headings and code. */
const BEFORE_CAPITAL = codesOf('.!?:"\'([{`*#->=')
const ENDS_KEY = codesOf(',;{}&')

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
  readonly #tokens: Token[] = Array.from({ length: RING }, emptyToken)
  /** Number of the last token accepted. */
  last = -1

  at(index: number): Token {
    return index < 0 || index > this.last || index <= this.last - RING ? NONE : (this.#tokens[index & (RING - 1)] ?? NONE)
  }

  next(): Token {
    return this.#tokens[(this.last + 1) & (RING - 1)] ?? NONE
  }
}

export class Runs implements TokenSink {
  readonly #ring = new Ring()
  readonly #list: WordList
  readonly #onRun: OnRun
  readonly #isTraining: boolean
  readonly #lexer = new Lexer(this)
  /** Whoever tags a run writes into it, before the next token is read. */
  readonly memory = new Memory()
  #first = -1
  #lastWord = -1
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
    this.#list = list
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
  }

  slot(): Token {
    return this.#ring.next()
  }

  accept(token: Token): void {
    if (token.kind === WORD && token.shape !== SHAPE.coded) {
      token.listed = lookUp(this.#list, token.hash)
      token.seen = this.memory.of(token.hash)
      if (token.shape === SHAPE.lower) this.memory.lower(token.hash)
    }
    const ring = this.#ring
    const index = ++ring.last
    if (this.#first >= 0) {
      const role = this.#role(token)
      const start = ring.at(this.#first).start
      if (role === 2 && token.end - start <= LONGEST_RUN && index - this.#first < MOST_TOKENS) {
        this.#lastWord = index
      } else if (role !== 1 || index - this.#lastWord > MOST_JOINTS) {
        this.#decide()
      }
    }
    if (this.#first < 0 && this.#role(token) === 2 && !this.#isOpening(token)) {
      this.#first = this.#lastWord = index
      const code = this.#code < 24 ? 0 : this.#code < 100 ? 1 : this.#code < 220 ? 2 : 3
      this.#around = { key: this.#key, code, column: Math.min(this.#column, 3) }
    }
    this.#note(token)
  }

  /** Whether the token begins no name: a plain word at the beginning of a sentence, a line or a bracket; `I`; a name in code. */
  #isOpening(token: Token): boolean {
    if (this.#isTraining || this.#atHandle) return false
    if (token.shape === SHAPE.initial) return token.hash === PRONOUN
    if (token.shape === SHAPE.camel) return token.end - token.start > LONGEST_CAMEL
    if (token.shape !== SHAPE.title || !(OPENING_WORDS.has(token.hash) || isPlain(token.listed))) return false
    const { shape, mark } = this.#ring.at(this.#ring.last - 1)
    return shape === SHAPE.gap || (shape === SHAPE.mark && BEFORE_CAPITAL[mark] === 1)
  }

  #decide(): void {
    const { first, last, around } = { first: this.#first, last: this.#lastWord, around: this.#around }
    this.#first = -1
    this.#onRun({ window: this.#ring, first, last, around })
  }

  /** 2 may be a name, 1 may join names, 0 neither. */
  #role(token: Token): number {
    if (token.kind === WORD && !token.spaced && this.#atHandle) return 2
    switch (token.shape) {
      case SHAPE.mark:
        return JOINT_MARKS[token.mark] === 1 || token.mark === CURLY_QUOTE ? 1 : 0
      case SHAPE.title:
      case SHAPE.upper:
      case SHAPE.initial:
      case SHAPE.camel:
        return 2
      case SHAPE.lower:
        if (MAY_JOIN[token.hash & 1023] === 1 && JOINT_WORDS.has(token.hash)) return 1
        return (token.listed & 15) !== 0 && (token.listed & LISTED.common) === 0 ? 2 : 0
      default:
        return 0
    }
  }

  #note(token: Token): void {
    this.#atHandle = token.mark === AT && token.spaced
    if (token.shape === SHAPE.gap) {
      if (token.mark === 10) {
        this.#key = this.#previousWord = this.#column = 0
      }
      return
    }
    this.#column++
    this.#code -= this.#code >> 4
    if (token.shape === SHAPE.mark) {
      if (CODE_MARKS[token.mark] === 1) this.#code += 64
      if (token.mark === COLON || token.mark === EQUALS) this.#key = this.#previousWord
      else if (ENDS_KEY[token.mark] === 1) this.#key = 0
    } else {
      if (token.shape === SHAPE.coded || token.shape === SHAPE.mixed) this.#code += 64
      this.#previousWord = token.hash
    }
  }
}
