/**
 * What it means that the automaton is in a loud state, by the place of the state among those. In tables and not in an object for each state: they are read
 * all along a text, and objects lie far from one another.
 */
import type { Phrase } from './phrase.ts'
import type { WordIndex } from './regex/wordIndex.ts'

/** Longer than any word: nothing is called. */
export const NOTHING_CALLED = 0xffff
const NONE: readonly Phrase[] = []

export class Heard {
  /** Where the contexts of a state begin among `ids`; those of the next one begin where they end. */
  readonly from: Uint32Array
  /** Ids of contexts whose literal ends in the state. */
  readonly ids: Uint32Array
  /** How far behind its literal the farthest of those may be asked for that are asked at words, 0 where none is. */
  readonly reach: Uint8Array
  readonly #calls: readonly (readonly Phrase[] | undefined)[]
  readonly #words: WordIndex
  readonly #isOfPlain: (id: number) => boolean
  /** One more than the reach, 0 where it is not read off yet. */
  readonly #plainReach: Uint8Array
  /** 0 where it is not read off yet. */
  readonly #least: Uint16Array

  /** @param says ids of the literals that end in each loud state @param callOf what such an id calls, undefined for a context @param isOfPlain whether words of letters alone may need a context */
  constructor(says: readonly (readonly number[])[], words: WordIndex, callOf: (id: number) => Phrase | undefined, isOfPlain: (id: number) => boolean) {
    const contexts = says.map((ids) => ids.filter((id) => callOf(id) === undefined))
    this.#words = words
    this.#isOfPlain = isOfPlain
    this.#calls = says.map((ids, place) => (ids.length === contexts[place]?.length ? undefined : ids.map(callOf).filter((one) => one !== undefined)))
    this.ids = Uint32Array.from(contexts.flat())
    this.from = new Uint32Array(says.length + 1)
    this.reach = new Uint8Array(says.length)
    this.#plainReach = new Uint8Array(says.length)
    this.#least = new Uint16Array(says.length)
    for (const [place, own] of contexts.entries()) {
      this.from[place + 1] = (this.from[place] ?? 0) + own.length
      this.reach[place] = this.#reachOf(own.filter((id) => words.placeOfWords(id) >= 0))
    }
  }

  /** With room for invisible characters, whether there are any or not. */
  #reachOf(contexts: readonly number[]): number {
    return contexts.reduce((most, id) => Math.max(most, this.#words.reachOf(id, true)), 0)
  }

  /** Recognisers of words that are called by a literal that ends in the state. */
  calls(place: number): readonly Phrase[] {
    return this.#calls[place] ?? NONE
  }

  /** As `reach`, of those that words of letters alone may need. Read off on first use, as is the next one. */
  plainReach(place: number): number {
    const known = this.#plainReach[place] ?? 0
    return (known === 0 ? this.#readPlainReach(place) : known) - 1
  }

  #readPlainReach(place: number): number {
    const own = [...this.ids.subarray(this.from[place], this.from[place + 1])]
    return (this.#plainReach[place] = this.#reachOf(own.filter(this.#isOfPlain)) + 1)
  }

  /** Shortest word in which one of those can match that are called, NOTHING_CALLED where none is. */
  leastLength(place: number): number {
    const known = this.#least[place] ?? NOTHING_CALLED
    return known === 0 ? this.#readLeast(place) : known
  }

  #readLeast(place: number): number {
    return (this.#least[place] = this.calls(place).reduce((least, { compiled }) => Math.min(least, Math.max(1, compiled.needs.length)), NOTHING_CALLED))
  }
}

/** The same of some contexts alone, which are told apart by their numbers among these. */
export class HeardOfSome {
  /** As in `Heard`. */
  readonly from: Uint32Array
  readonly numbers: Uint16Array
  /** How far behind its literal each of them may be asked for: where all that is looked at stands for itself, and where something does not. */
  readonly reach: Uint8Array
  readonly foldedReach: Uint8Array

  /** @param ids of the contexts, in the order of their numbers */
  constructor(heard: Heard, words: WordIndex, ids: readonly number[]) {
    const numberOf = new Map(ids.map((id, number) => [id, number]))
    const numbers: number[] = []
    this.from = new Uint32Array(heard.from.length)
    for (let place = 0; place + 1 < heard.from.length; place++) {
      for (const id of heard.ids.subarray(heard.from[place], heard.from[place + 1])) {
        const number = numberOf.get(id)
        if (number !== undefined) numbers.push(number)
      }
      this.from[place + 1] = numbers.length
    }
    this.numbers = Uint16Array.from(numbers)
    this.reach = Uint8Array.from(ids, (id) => words.reachOf(id, false))
    this.foldedReach = Uint8Array.from(ids, (id) => words.reachOf(id, true))
  }
}
