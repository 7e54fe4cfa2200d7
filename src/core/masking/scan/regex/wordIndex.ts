/**
 * Where in the stream the literals occur that patterns need: an automaton (Aho, Corasick 1975) that reads each character once.
 * A context pattern none of whose words came by is not tried, and a recogniser whose literal did not come by costs
 * nothing. Case does not count, and only the first letters of a literal do: what is let through is tried properly.
 */
import { requiredLiterals } from './literals.ts'

const DEPTH = 5
/** Units of left context that are looked at, and room for invisible characters among them. */
export const FARTHEST = 96
const SLACK = 24
const MOST_SYMBOLS = 255

export class WordIndex {
  readonly #needs: { readonly id: number; readonly literal: string }[] = []
  readonly #always: boolean[] = []
  #width = 1
  /** Number of a character; 0 occurs in no literal. */
  symbols = new Uint8Array(0)
  /** Next row (state × width) by row + symbol. */
  next = new Int32Array(0)
  /** Rows from here on are those of states in which a literal ends. */
  loud = 0
  /** Ids whose literal ends in a state, by state less the first loud one: those noted at once, and those looked up when asked for. */
  #prompt: (readonly number[])[] = []
  #says: (readonly number[])[] = []
  readonly #isPrompt: boolean[] = []
  readonly #reach: number[] = []
  #isBuilt = false

  get count(): number {
    return this.#always.length
  }

  /** Ids whose literal ends where the automaton is in this row, which is a loud one. */
  idsOf(row: number): readonly number[] {
    return this.#says[(row - this.loud) / this.#width] ?? NONE
  }

  /** Those of them that are to be noted at once. */
  promptIdsOf(row: number): readonly number[] {
    return this.#prompt[(row - this.loud) / this.#width] ?? NONE
  }

  /** How far before the place where it is asked for a literal of this id still counts. */
  reachOf(id: number): number {
    return this.#reach[id] ?? FARTHEST
  }

  isPrompt(id: number): boolean {
    return this.#isPrompt[id] ?? false
  }

  /** @param isPrompt whether hits are noted at once: for what is asked at every word @returns the id under which hits are noted */
  add(literals: readonly string[] | undefined, isPrompt: boolean, reach = Infinity): number {
    const id = this.#always.length
    const isUseful = literals !== undefined && literals.length > 0 && literals.every((one) => one !== '')
    this.#always.push(!isUseful)
    this.#isPrompt.push(isPrompt)
    this.#reach.push(Math.min(reach, FARTHEST))
    if (isUseful) for (const literal of literals) this.#needs.push({ id, literal: literal.toLowerCase().slice(0, DEPTH) })
    return id
  }

  addPattern(pattern: RegExp, isPrompt: boolean): number {
    const needed = requiredLiterals(pattern)
    return this.add(needed?.literals, isPrompt, (needed?.reach ?? Infinity) + SLACK)
  }

  /** Whether this id stands for something that needs no literal. */
  isAlways(id: number): boolean {
    return this.#always[id] ?? true
  }

  /** Made on first use: start-up pays nothing. */
  build(): void {
    if (this.#isBuilt) return
    this.#isBuilt = true
    this.#number()
    this.#grow()
  }

  #number(): void {
    this.symbols = new Uint8Array(65536)
    let count = 1
    for (const { literal } of this.#needs)
      for (const char of literal) {
        if (char.length > 1 || this.symbols[char.charCodeAt(0)] !== 0) continue
        // Beyond 255 different characters some share a number: more is let through, nothing less.
        const number = Math.min(count++, MOST_SYMBOLS)
        for (const form of [char, char.toUpperCase()]) if (form.length === 1) this.symbols[form.charCodeAt(0)] = number
      }
    this.#width = Math.min(count, MOST_SYMBOLS + 1)
  }

  /** Trie, then failure links folded into it, breadth first. */
  #grow(): void {
    const width = this.#width
    const trie: Int32Array[] = [new Int32Array(width)]
    const says: Set<number>[] = [new Set()]
    for (const { id, literal } of this.#needs) {
      let row = trie[0]
      let state = 0
      for (let i = 0; row && i < literal.length; i++) {
        const symbol = this.symbols[literal.charCodeAt(i)] ?? 0
        state = row[symbol] ?? 0
        if (state === 0) {
          state = row[symbol] = trie.length
          trie.push(new Int32Array(width))
          says.push(new Set())
        }
        row = trie[state]
      }
      says[state]?.add(id)
    }
    link(trie, says, width)
    const isLoud = (state: number): boolean => (says[state]?.size ?? 0) > 0
    const order = [...trie.keys()].sort((a, b) => Number(isLoud(a)) - Number(isLoud(b)) || a - b)
    const rowOf = new Int32Array(trie.length)
    order.forEach((state, place) => {
      rowOf[state] = place * width
    })
    this.next = new Int32Array(trie.length * width)
    trie.forEach((row, state) => {
      this.next.set(row.map((to) => rowOf[to] ?? 0), rowOf[state])
    })
    const loud = order.filter(isLoud)
    this.loud = (trie.length - loud.length) * width
    this.#says = loud.map((state) => [...(says[state] ?? [])].filter((id) => !this.isPrompt(id)))
    this.#prompt = loud.map((state) => [...(says[state] ?? [])].filter((id) => this.isPrompt(id)))
  }
}

const NONE: readonly number[] = []

function link(trie: readonly Int32Array[], says: readonly Set<number>[], width: number): void {
  const fails = new Int32Array(trie.length)
  const queue = [0]
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? 0
    const row = trie[state]
    const fallback = trie[fails[state] ?? 0]
    if (!row || !fallback) continue
    for (let symbol = 0; symbol < width; symbol++) {
      const to = row[symbol] ?? 0
      const failed = state === 0 ? 0 : (fallback[symbol] ?? 0)
      if (to === 0) row[symbol] = failed
      else {
        fails[to] = failed
        for (const id of says[failed] ?? []) says[to]?.add(id)
        queue.push(to)
      }
    }
  }
}
