/** A long value that is masked before its end is known: everything up to its end is swallowed, however long it is. */
import type { Early } from '../recognisers/recogniser.ts'
import { ALNUM, IGNORED, WORD, readLastUnit, readUnit, unit } from './characters.ts'
import type { Candidate } from './match.ts'

/** A block whose last line never comes is given up after this many units. */
const LONGEST_BLOCK = 65_536
const UNTIL_LENGTH = 64

/** A value that has begun and is decided, whatever follows. */
export interface Begun extends Candidate {
  readonly early: Early | undefined
}

export class Swallow {
  /** Its end is not known yet. */
  readonly candidate: Candidate
  done = false
  readonly #body: RegExp | undefined
  readonly #until: RegExp | undefined
  readonly #untilLength: number
  /** The units after the opening that may hold the beginning of the last line. */
  #tail = ''
  #length = 0

  constructor(candidate: Candidate, early: Early | undefined) {
    this.candidate = candidate
    this.#body = early?.body
    this.#until = early?.until
    this.#untilLength = early?.untilLength ?? UNTIL_LENGTH
  }

  /** @returns index of the first unit that is not swallowed; `done` says whether the value has ended there */
  run(text: string, from: number, final: boolean): number {
    return this.#until ? this.#runBlock(text, from, this.#until) : this.#runWord(text, from, final)
  }

  #runWord(text: string, from: number, final: boolean): number {
    const end = text.length
    let at = from
    while (at < end) {
      if (final) readLastUnit(text, at, end)
      else if (!readUnit(text, at, end)) return at
      const { bits, code, length } = unit
      const goes = bits & IGNORED || (bits & (ALNUM | WORD) && (this.#body === undefined || this.#body.test(String.fromCharCode(code))))
      if (!goes) {
        this.done = true
        return at
      }
      at += length
    }
    return at
  }

  #runBlock(text: string, from: number, until: RegExp): number {
    const seen = this.#tail + text.slice(from)
    const before = this.#tail.length
    // One unit at a time would be the definition; the first place where the last line ends is the same however the text is cut.
    const match = until.exec(seen)
    // None where only what follows says that it is over, and that has just come.
    const ends = match ? match.index + match[0].length - before : -1
    if (ends >= 0 && this.#length + ends <= LONGEST_BLOCK) {
      this.done = true
      return from + ends
    }
    const more = text.length - from
    if (this.#length + more >= LONGEST_BLOCK) {
      this.done = true
      return from + LONGEST_BLOCK - this.#length
    }
    this.#length += more
    this.#tail = seen.slice(-this.#untilLength)
    return text.length
  }
}
