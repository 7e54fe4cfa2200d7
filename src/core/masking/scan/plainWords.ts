/**
 * What reads along with the scanner, and its fast lane: whole words without a digit, and what stands between them. Most of a text is that. A word is left to the
 * scanner as soon as a digit, a capital alone, an escape, a literal of a recogniser or a trigger is seen in it, so that what the lane
 * does to the state is what the scanner would have done.
 */
import { ALNUM, CJK, CLASSES, DASH, DIGIT, FOLD, FOREIGN, IGNORED, LEAD, LOWER, QUICK, SYMBOL, UNIT, UPPER, WORD, classOf, codeAt, readLastUnit, unit } from './characters.ts'
import type { Dispatch } from './dispatch.ts'
import { NOTHING_CALLED } from './heard.ts'
import type { Phrases } from './phrases.ts'
import type { Source } from './source.ts'
import { SHORTEST_ENCODED, type WordWindow } from './wordWindow.ts'

/** A longer word may be a value that is decided before its end. */
const LONGEST = 39
/** A longer row of marks is a line somebody drew. */
const LONGEST_MARKS = 15
/** Characters in which the automaton reads a literal, and some that are invisible. */
const LONGEST_LITERAL = 8
const LONGEST_CAPITALS = 4
/** Letters of a second script stand for themselves in a word that has no others. */
const LETTER = QUICK | FOREIGN
const OF_WORDS = ALNUM | WORD | UNIT | FOLD
const OF_GAPS = OF_WORDS | LEAD | CJK
const OF_MARKS = UNIT | FOLD | LEAD

/** Small enough to be read where it is called: in a loop of its own each of these costs a tenth of the engine's speed. */
function classAt(text: string, at: number): number {
  return CLASSES[codeAt(text, at)] ?? 0
}

function after(next: Uint16Array, state: number, own: number): number {
  return next[(state << 7) + (own >>> SYMBOL)] ?? 0
}

function beginsWord(own: number): boolean {
  return own !== 0 && (own & (LETTER | WORD)) !== 0
}

/** A bracket: it may lead a number, and means nothing before a word. */
function leadsWord(own: number): boolean {
  return (own & (LEAD | OF_WORDS | CJK)) === LEAD
}

function beginsWithLetter(own: number): boolean {
  return (own & LETTER) !== 0 && (own & DIGIT) === 0
}

function endsWord(own: number): boolean {
  return own !== 0 && (own & OF_WORDS) === 0
}

/** Letters of a second script beside others may stand for these. */
function isMixed(bits: number): boolean {
  return (bits & LETTER) === LETTER
}

export class PlainWords {
  /** State of the automaton. */
  state = 0
  /** Of the token being read: class bits, and how many digits. */
  bits = 0
  digits = 0
  /** The last token, and what it was made of. */
  token = -1
  tokenEnd = -1
  tokenBits = 0
  readonly #source: Source
  readonly #dispatch: Dispatch
  readonly #window: WordWindow
  readonly #phrases: Phrases
  /** Blocks open at rows of dashes. */
  readonly #hasBlocks: boolean

  constructor(source: Source, dispatch: Dispatch, window: WordWindow, phrases: Phrases) {
    this.#source = source
    this.#window = window
    this.#phrases = phrases
    this.#dispatch = dispatch
    this.#hasBlocks = dispatch.blocks.length > 0
  }

  /** Reads letters and digits that stand for themselves, at least one. @returns index of what follows */
  letters(text: string, from: number, stop: number): number {
    const { next, loud } = this.#source.words.automaton
    const { base } = this.#source
    let { bits, digits, state } = this
    let i = from
    do {
      const own = classAt(text, i)
      if ((own & QUICK) === 0) break
      bits |= own
      digits += (own >> 2) & 1
      state = after(next, state, own)
      if (state >= loud) this.#note(state, base + i)
      i++
    } while (i < stop)
    this.bits = bits
    this.digits = digits
    this.state = state
    return i
  }

  /** The automaton reads every character, as folded. */
  read(code: number, at: number): void {
    const { next, loud } = this.#source.words.automaton
    this.state = after(next, this.state, classOf(code))
    if (this.state >= loud) this.#note(this.state, at)
  }

  /** Reads along where the scanner did not: what is said at the end of a value that was swallowed counts for the next one. */
  readAgain(from: number, to: number): void {
    const { text, base } = this.#source
    const { next, loud } = this.#source.words.automaton
    let state = 0
    // What is said may begin before the value.
    for (let i = Math.max(0, from - base - LONGEST_LITERAL); i < to - base; i += unit.length) {
      readLastUnit(text, i, to - base)
      if (unit.bits & IGNORED) continue
      state = after(next, state, classOf(unit.code))
      if (state >= loud && base + i >= from) this.#source.note(state, base + i)
    }
    // A word that begins in the value may need what follows it to be heard.
    this.state = state
  }

  #note(state: number, at: number): void {
    const calls = this.#source.heard.calls(this.#source.note(state, at))
    if (calls.length > 0) this.#window.call(calls)
  }

  /** @param from where a word or a gap may begin @returns index of the first character that is left to the scanner */
  run(text: string, from: number): number {
    const { base } = this.#source
    const { next, loud } = this.#source.words.automaton
    const end = Math.min(text.length, this.#phrases.due - base)
    for (let i = from; ; ) {
      let own = 0
      let { state } = this
      for (; i < end; i++) {
        own = classAt(text, i)
        if (own === 0 || own & OF_GAPS) break
        state = after(next, state, own)
        if (state >= loud) this.#source.note(state, base + i)
      }
      this.state = state
      if (i >= end) return i
      let start = i
      if (leadsWord(own) && i + 1 < end && beginsWithLetter(classAt(text, i + 1))) {
        state = after(next, state, own)
        if (state >= loud) this.#source.note(state, base + i)
        start++
      } else if (!beginsWord(own)) return i
      const past = this.#one(text, start, end, state)
      if (past < 0) return i
      i = past
    }
  }

  /** @param begun state of the automaton before the word @returns where the word ends, -1 when it is left to the scanner */
  #one(text: string, start: number, end: number, begun: number): number {
    const { base } = this.#source
    const { next, loud } = this.#source.words.automaton
    const stop = Math.min(end, start + LONGEST + 1)
    let state = begun
    let bits = 0
    let least = NOTHING_CALLED
    let i = start
    let own = classAt(text, i)
    while (own & LETTER) {
      bits |= own
      state = after(next, state, own)
      if (state >= loud) least = Math.min(least, this.#source.heard.leastLength(this.#source.note(state, base + i)))
      if (++i === stop) return -1
      own = classAt(text, i)
    }
    // A phrase is asked at the ends of all tokens, and not twice.
    if (!endsWord(own)) return this.#phrases.any ? -1 : this.#word(text, start, stop, begun)
    // Most words have no marks: nothing more needs to be known of them.
    if (i - start >= least || isMixed(bits) || !this.#endToken(text, start, i, bits)) return -1
    this.state = state
    this.#noteScript(bits)
    if (this.#phrases.any) this.#phrases.boundary(base + i, bits, base + start)
    if (this.#mayBeValue(start, i - start, bits)) this.#window.judge(base + start, base + i, bits, 0)
    return i
  }

  /** Whether a word of letters alone is worth a look. */
  #mayBeValue(start: number, length: number, bits: number): boolean {
    const { plain } = this.#dispatch.word
    if (length >= plain.least || (length >= SHORTEST_ENCODED && (bits & (UPPER | LOWER)) === (UPPER | LOWER))) return true
    return length >= plain.leastSpoken && (plain.isAlways || this.#source.key !== '' || this.#source.base + start <= this.#source.plainUntil)
  }

  /** @returns where the word ends, -1 when it is not plain or does not end before `stop` */
  #word(text: string, start: number, stop: number, begun: number): number {
    const { base, words } = this.#source
    const { next, loud } = words.automaton
    const { token, tokenEnd, tokenBits } = this
    let state = begun
    let from = start
    let bits = 0
    let marks = 0
    let twice = 0
    let least = NOTHING_CALLED
    for (let i = start; i < stop; i++) {
      const own = classAt(text, i)
      if (own & LETTER) bits |= own
      else {
        if (i > from && ((from - start > LONGEST_MARKS && (marks & ALNUM) === 0) || !this.#endToken(text, from, i, bits))) break
        if (own === 0 || own & OF_MARKS) {
          if (own === 0 || own & OF_WORDS) break
        }
        if ((own & WORD) === 0) {
          const length = i - start
          const all = marks | bits
          if (length >= least || this.#isOdd(length, all, twice)) break
          this.state = state
          this.#noteScript(all)
          this.#window.judge(base + start, base + i, all, twice)
          return i
        }
        twice |= marks & own
        marks |= own | bits
        bits = 0
        from = i + 1
      }
      state = after(next, state, own)
      if (state >= loud) {
        least = Math.min(least, this.#source.heard.leastLength(this.#source.note(state, base + i)))
      }
    }
    this.token = token
    this.tokenEnd = tokenEnd
    this.tokenBits = tokenBits
    return -1
  }

  #endToken(text: string, from: number, to: number, bits: number): boolean {
    // A few capitals may begin a number.
    if (bits & DIGIT || ((bits & LOWER) === 0 && to - from <= LONGEST_CAPITALS) || this.#dispatch.triggers.mayOpen(text, from, to, bits)) return false
    this.token = this.#source.base + from
    this.tokenEnd = this.#source.base + to
    this.tokenBits = bits
    return true
  }

  /** The word ends with the last token but for marks, and stands for itself. */
  #noteScript(bits: number): void {
    if (bits & FOREIGN) this.#source.lastFold = this.#source.lastForeign = this.tokenEnd - 1
  }

  /** Whether letters are of two scripts, or a row of marks is longer than in any word, or may open a block. */
  #isOdd(length: number, bits: number, twice: number): boolean {
    return isMixed(bits) || ((bits & ALNUM) === 0 && length > LONGEST_MARKS) || (this.#hasBlocks && (twice & DASH) !== 0)
  }
}
