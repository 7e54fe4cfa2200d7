/**
 * What the stream said of a word before: a person named in full is often named again by half the name, and a word seen in
 * lower case is seldom a name. A fixed number of places, so that a long stream costs no more than a short one.
 */
import { OUTSIDE, typeOf } from './labels.ts'

/** `SEEN.name` plus the number of a type: the word was tagged so. */
export const SEEN = { never: 0, lower: 1, outside: 2, name: 3 } as const

/** Own names: what is imported or asked of an object is looked at each time. */
const { never: NEVER, lower: LOWER, outside: OUTSIDE_SEEN, name: NAME } = SEEN

const PLACE_BITS = 10
const PLACES = 1 << PLACE_BITS
const BITS = 3
const WHAT = (1 << BITS) - 1

/** Places of streams that ended, all empty: to make them costs as much as to tag a line. */
const idle: Int32Array[] = []
const MOST_IDLE = 8
const NONE = new Int32Array(0)

export class Memory {
  /** The rest of a word's hash and what was said of it, at the place that its hash says. */
  #places = idle.pop() ?? new Int32Array(PLACES)

  /** The stream is over: nothing is known any more, and nothing is remembered. */
  close(): void {
    const places = this.#places
    this.#places = NONE
    places.fill(0)
    if (places !== NONE && idle.length < MOST_IDLE) idle.push(places)
  }

  of(hash: number): number {
    const place = this.#places[hash & (PLACES - 1)] ?? 0
    return place >>> BITS === hash >>> PLACE_BITS ? place & WHAT : NEVER
  }

  /** A word in lower case; what was tagged as a name stays one. @returns what was said of it before */
  lower(hash: number): number {
    const before = this.of(hash)
    if (before <= LOWER) this.#put(hash, LOWER)
    return before
  }

  /** The tag of a word of a run. */
  tagged(hash: number, label: number): void {
    const what = label === OUTSIDE ? OUTSIDE_SEEN : NAME + typeOf(label)
    if (this.of(hash) <= what) this.#put(hash, what)
  }

  #put(hash: number, what: number): void {
    this.#places[hash & (PLACES - 1)] = ((hash >>> PLACE_BITS) << BITS) | what
  }
}
