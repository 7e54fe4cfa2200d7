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
  readonly #patterns = new Map<string, number>()
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

  /** Families share patterns: the same one has the same id. */
  addPattern(pattern: RegExp, isPrompt: boolean): number {
    const name = `${isPrompt ? 'prompt' : 'late'} ${pattern.source}`
    const known = this.#patterns.get(name)
    if (known !== undefined) return known
    const needed = requiredLiterals(pattern)
    const id = this.add(needed?.literals, isPrompt, (needed?.reach ?? Infinity) + SLACK)
    this.#patterns.set(name, id)
    return id
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

  /** Trie, failure links, then the table of all steps, row by row: each is its fallback's with its own steps in it. */
  #grow(): void {
    const trie = new Trie()
    for (const { id, literal } of this.#needs) trie.add(literal, this.symbols, id)
    const order = trie.link()
    const { children, fails, says } = trie
    const loud = order.filter((state) => (says[state]?.length ?? 0) > 0)
    const quiet = order.filter((state) => (says[state]?.length ?? 0) === 0)
    const width = this.#width
    const rowOf = new Int32Array(order.length)
    let row = 0
    for (const states of [quiet, loud])
      for (const state of states) {
        rowOf[state] = row
        row += width
      }
    const next = new Int32Array(row)
    for (const state of order) {
      const own = rowOf[state] ?? 0
      const fallback = rowOf[fails[state] ?? 0] ?? 0
      if (state !== 0) next.copyWithin(own, fallback, fallback + width)
      for (const [symbol, to] of children[state] ?? NO_STEPS) next[own + symbol] = rowOf[to] ?? 0
    }
    this.next = next
    this.loud = quiet.length * width
    this.#says = loud.map((state) => says[state]?.filter((id) => !this.isPrompt(id)) ?? NONE)
    this.#prompt = loud.map((state) => says[state]?.filter((id) => this.isPrompt(id)) ?? NONE)
  }
}

const NONE: readonly number[] = []
const NO_STEPS: ReadonlyMap<number, number> = new Map()

class Trie {
  readonly children: Map<number, number>[] = [new Map<number, number>()]
  readonly says: number[][] = [[]]
  readonly fails: number[] = [0]

  add(literal: string, symbols: Uint8Array, id: number): void {
    let state = 0
    for (let i = 0; i < literal.length; i++) {
      const symbol = symbols[literal.charCodeAt(i)] ?? 0
      let to = this.children[state]?.get(symbol)
      if (to === undefined) {
        to = this.children.push(new Map()) - 1
        this.says.push([])
        this.fails.push(0)
        this.children[state]?.set(symbol, to)
      }
      state = to
    }
    const said = this.says[state]
    if (said && !said.includes(id)) said.push(id)
  }

  /** @returns the states, those of shorter prefixes first */
  link(): readonly number[] {
    const { children, fails, says } = this
    const order = [0]
    for (let at = 0; at < order.length; at++) {
      const state = order[at] ?? 0
      for (const [symbol, to] of children[state] ?? NO_STEPS) {
        let fallback = state
        let found: number | undefined
        while (fallback !== 0 && found === undefined) {
          fallback = fails[fallback] ?? 0
          found = children[fallback]?.get(symbol)
        }
        const failed = found ?? 0
        fails[to] = failed
        const said = says[to]
        for (const id of says[failed] ?? NONE) if (said && !said.includes(id)) said.push(id)
        order.push(to)
      }
    }
    return order
  }
}
