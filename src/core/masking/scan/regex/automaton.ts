/**
 * All places where any of some literals ends, found while each character is read once (Aho, Corasick 1975): a table of the next state
 * by state and character. Case does not count.
 */
import { SYMBOLS, symbolOf } from '../characters.ts'

const SHIFT = 31 - Math.clz32(SYMBOLS)
const FIRST_STATES = 256

export class Automaton {
  /** Next state by `(state << 7) + symbol`; state 0 is the beginning. */
  next = new Uint16Array(FIRST_STATES << SHIFT)
  /** States from here on are those in which a literal ends. */
  loud = Infinity
  #count = 1
  /** Ids of the literals that end in a state. */
  #says: (number[] | undefined)[] = []
  #literals: { readonly literal: string; readonly id: number }[] = []

  add(literal: string, id: number): void {
    this.#literals.push({ literal, id })
  }

  /** Ids of the literals that end where the automaton is in this state, which is a loud one. */
  idsOf(state: number): readonly number[] {
    return this.#says[state] ?? []
  }

  /** To be called once, when all literals are known. */
  build(): void {
    for (const { literal, id } of this.#literals) this.#grow(literal, id)
    this.#literals = []
    const order = this.#link()
    this.#sort(order)
  }

  #grow(literal: string, id: number): void {
    let state = 0
    for (let i = 0; i < literal.length; i++) {
      const at = (state << SHIFT) + symbolOf(literal.charCodeAt(i))
      let to = this.next[at] ?? 0
      if (to === 0) {
        to = this.#count++
        if (to << SHIFT >= this.next.length) {
          const larger = new Uint16Array(this.next.length * 2)
          larger.set(this.next)
          this.next = larger
        }
        this.next[at] = to
      }
      state = to
    }
    const said = (this.#says[state] ??= [])
    if (!said.includes(id)) said.push(id)
  }

  /** Fills each state's row: where it has no step of its own, the step of the longest suffix that is a state. @returns states, shorter prefixes first */
  #link(): readonly number[] {
    const { next } = this
    const fails = new Uint16Array(this.#count)
    const order = [0]
    for (let i = 0; i < order.length; i++) {
      const state = order[i] ?? 0
      const row = state << SHIFT
      const fallback = (fails[state] ?? 0) << SHIFT
      for (let symbol = 0; symbol < SYMBOLS; symbol++) {
        const to = next[row + symbol] ?? 0
        const failed = state === 0 ? 0 : (next[fallback + symbol] ?? 0)
        if (to === 0) next[row + symbol] = failed
        else {
          fails[to] = failed
          const more = this.#says[failed]
          if (more) this.#says[to] = [...new Set([...(this.#says[to] ?? []), ...more])]
          order.push(to)
        }
      }
    }
    return order
  }

  /** Numbers the states anew, those in which a literal ends last. */
  #sort(order: readonly number[]): void {
    const quiet = order.filter((state) => this.#says[state] === undefined)
    const sorted = [...quiet, ...order.filter((state) => this.#says[state] !== undefined)]
    const numbers = new Uint16Array(sorted.length)
    sorted.forEach((state, number) => (numbers[state] = number))
    const next = new Uint16Array(sorted.length << SHIFT)
    sorted.forEach((state, number) => {
      for (let symbol = 0; symbol < SYMBOLS; symbol++) next[(number << SHIFT) + symbol] = numbers[this.next[(state << SHIFT) + symbol] ?? 0] ?? 0
    })
    this.#says = sorted.map((state) => this.#says[state])
    this.next = next
    this.loud = quiet.length
  }
}
