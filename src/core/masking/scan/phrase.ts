/** A recogniser of phrases made ready. One shape for all of them: what is asked at every token is read from here and not from what was declared, of which no two look alike. */
import type { Compiled } from './match.ts'
import { Follow } from './follow.ts'
import { Stepwise } from './regex/stepwise.ts'

/**
 * Phrases that may hold more than this do not wait for their end: their placeholder goes out when the pattern matches first. Secrets
 * do wait: whether one is a placeholder is seen at its end.
 */
const LONG = 64
/** Windows of one recogniser open at once. Those of many numbers take turns, or each of a row would be read with all before it. */
const MOST_OPEN = 4
export const MOST_OF_MANY = 2

export class Phrase {
  readonly compiled: Compiled
  readonly hold: number
  readonly grow: RegExp | undefined
  readonly early: RegExp | undefined
  readonly isBlock: boolean
  /** Opens behind the word and not at it. */
  readonly isBehind: boolean
  /** What must follow a token of digits alone that opens it. */
  readonly follow: Follow | undefined
  /** What must follow the opening word. */
  readonly next: RegExp | undefined
  readonly heldFrom: RegExp | undefined
  /** Plain numbers in a row that may begin a value, 0 where that is asked of the text. */
  readonly numbers: number
  readonly mostNumbers: number
  /** Windows open at once, at most; and whether one of them makes room for the next. */
  readonly mostOpen: number
  readonly takesTurns: boolean
  /** Its placeholder goes out before its end is seen. */
  readonly isLong: boolean
  #growing: Stepwise | null | undefined
  #matching: Stepwise | null | undefined

  constructor(compiled: Compiled) {
    const { grow, early, hold, window, opens = {} } = compiled.recogniser
    const { after, follow, next, heldFrom, numbers = 0, mostNumbers = Infinity, digit } = opens
    this.compiled = compiled
    this.hold = hold
    this.grow = grow
    this.early = early?.opening
    this.isBlock = window === 'block'
    this.isBehind = after === true
    this.follow = follow && new Follow(follow)
    this.next = next
    this.heldFrom = heldFrom
    this.numbers = numbers
    this.mostNumbers = mostNumbers
    this.takesTurns = digit === true && mostNumbers !== Infinity
    this.mostOpen = this.takesTurns ? MOST_OF_MANY : MOST_OPEN
    this.isLong = hold > LONG && compiled.type !== 'SECRET'
  }

  /** Reads `grow` along with a text, undefined where it has to be asked itself. Made on first use, as is the next one. */
  get growing(): Stepwise | undefined {
    if (this.#growing === undefined) this.#growing = (this.grow && Stepwise.of(this.grow)) ?? null
    return this.#growing ?? undefined
  }

  get matching(): Stepwise | undefined {
    if (this.#matching === undefined) this.#matching = Stepwise.of(this.compiled.recogniser.pattern) ?? null
    return this.#matching ?? undefined
  }
}
