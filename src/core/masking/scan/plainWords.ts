/**
 * What reads along with the scanner, and its fast lane: whole words in which nothing can be found, and what stands between them. Most of a text is that. A word is left to the
 * scanner as soon as a digit, a capital alone, an escape, a literal of a recogniser or a trigger is seen in it, so that what the lane
 * does to the state is what the scanner would have done.
 */
import { ALNUM, CJK, CLASSES, DASH, DIGIT, FOLD, LEAD, LOWER, QUICK, SYMBOL, UNIT, UPPER, WORD, classOf } from './characters.ts'
import type { Dispatch } from './dispatch.ts'
import { FARTHEST } from './regex/wordIndex.ts'
import type { Source } from './source.ts'
import type { WordWindow } from './wordWindow.ts'

/** A longer word may be a value that is decided before its end. */
const LONGEST = 39
/** A longer one of capitals and small letters may be base64. */
const LONGEST_MIXED = 11
/** A longer row of marks is a line somebody drew. */
const LONGEST_MARKS = 15
const OF_WORDS = ALNUM | WORD | UNIT | FOLD
const OF_GAPS = OF_WORDS | LEAD | CJK
const OF_MARKS = UNIT | FOLD | LEAD

export class PlainWords {
  /** State of the prompt automaton. */
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
  /** Blocks open at rows of dashes. */
  readonly #hasBlocks: boolean

  constructor(source: Source, dispatch: Dispatch, window: WordWindow) {
    this.#source = source
    this.#window = window
    this.#dispatch = dispatch
    this.#hasBlocks = dispatch.blocks.length > 0
  }

  /** Reads letters and digits that stand for themselves, at least one. @returns index of what follows */
  letters(text: string, from: number, stop: number): number {
    const { next, loud } = this.#source.words.prompt
    const { base } = this.#source
    let { bits, digits, state } = this
    let i = from
    do {
      const own = CLASSES[text.charCodeAt(i)] ?? 0
      if ((own & QUICK) === 0) break
      bits |= own
      digits += (own >> 2) & 1
      state = next[(state << 7) + (own >>> SYMBOL)] ?? 0
      if (state >= loud) this.#note(state, base + i)
      i++
    } while (i < stop)
    this.bits = bits
    this.digits = digits
    this.state = state
    return i
  }

  /** The prompt automaton reads every character, as folded. */
  read(code: number, at: number): void {
    const { next, loud } = this.#source.words.prompt
    this.state = next[(this.state << 7) + (classOf(code) >>> SYMBOL)] ?? 0
    if (this.state >= loud) this.#note(this.state, at)
  }

  #note(state: number, at: number): void {
    const { calls } = this.#source.note(state, at)
    if (calls.length > 0) this.#window.call(calls)
  }

  /** @param from where a word or a gap may begin @returns index of the first character that is left to the scanner */
  run(text: string, from: number): number {
    const end = text.length
    const { base } = this.#source
    const { next, loud } = this.#source.words.prompt
    let state = this.state
    for (let i = from; ; ) {
      let own = 0
      for (; i < end; i++) {
        own = CLASSES[text.charCodeAt(i)] ?? 0
        if (own === 0 || own & OF_GAPS) break
        state = next[(state << 7) + (own >>> SYMBOL)] ?? 0
        if (state >= loud) this.#source.note(state, base + i)
      }
      this.state = state
      if (i >= end || own === 0 || (own & (QUICK | WORD)) === 0) return i
      const to = this.#word(text, i, Math.min(end, i + LONGEST + 1))
      if (to < 0) {
        this.state = state
        return i
      }
      state = this.state
      i = to
    }
  }

  /** @returns where the word ends, -1 when it is not plain or does not end before `stop` */
  #word(text: string, start: number, stop: number): number {
    const { base, words } = this.#source
    const { next, loud } = words.prompt
    const { token, tokenEnd, tokenBits } = this
    let { state } = this
    let from = start
    let bits = 0
    let marks = 0
    let twice = 0
    let least = Infinity
    for (let i = start; i < stop; i++) {
      const own = CLASSES[text.charCodeAt(i)] ?? 0
      if (own & QUICK) bits |= own
      else {
        if (i > from && !this.#endToken(text, from, i, bits)) break
        if (own === 0 || own & OF_MARKS) {
          if (own === 0 || own & OF_WORDS) break
        }
        if ((own & WORD) === 0) {
          const length = i - start
          const all = marks | bits
          if (length >= least || !this.#isPlain(start, length, all, twice)) break
          this.state = state
          return i
        }
        twice |= marks & own
        marks |= own | bits
        bits = 0
        from = i + 1
      }
      state = next[(state << 7) + (own >>> SYMBOL)] ?? 0
      if (state >= loud) {
        const { leastLength } = this.#source.note(state, base + i)
        if (leastLength < least) least = leastLength
      }
    }
    this.token = token
    this.tokenEnd = tokenEnd
    this.tokenBits = tokenBits
    return -1
  }

  #endToken(text: string, from: number, to: number, bits: number): boolean {
    if (bits & DIGIT || (bits & LOWER) === 0 || this.#dispatch.triggers.mayOpen(text, from, to, bits)) return false
    this.token = this.#source.base + from
    this.tokenEnd = this.#source.base + to
    this.tokenBits = bits
    return true
  }

  #isPlain(start: number, length: number, bits: number, twice: number): boolean {
    const isMixed = (bits & (UPPER | LOWER)) === (UPPER | LOWER)
    if ((isMixed && length > LONGEST_MIXED) || ((bits & ALNUM) === 0 && length > LONGEST_MARKS) || (this.#hasBlocks && twice & DASH)) return false
    const source = this.#source
    const { word } = this.#dispatch
    if (source.lastContext < source.base + start - FARTHEST && source.key === '' && !word.isOpen(bits)) return true
    return !word.wants(source, source.base + start, { bits, twice, digits: 0 }, length)
  }
}
