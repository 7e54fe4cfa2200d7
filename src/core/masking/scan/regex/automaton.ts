/**
 * All places where any of some literals ends, found while each character is read once (Aho, Corasick 1975): a table of the next state
 * by state and character. Case does not count.
 */
import { SYMBOLS, symbolOf } from '../characters.ts'

const SHIFT = 31 - Math.clz32(SYMBOLS)

/** A state while the table is not made: where the literals lead from it, no other step. */
interface Step {
  readonly symbol: number
  /** First of the states after this one, and the next one after the same state. */
  child: Step | undefined
  sibling: Step | undefined
  /** The longest suffix that is a state. */
  fail: Step | undefined
  /** Ids of the literals that end here. */
  says: readonly number[] | undefined
  number: number
}

function stepOf(symbol: number): Step {
  return { symbol, child: undefined, sibling: undefined, fail: undefined, says: undefined, number: 0 }
}

function after(step: Step, symbol: number): Step | undefined {
  let found = step.child
  while (found !== undefined && found.symbol !== symbol) found = found.sibling
  return found
}

export class Automaton {
  /** Next state by `(state << 7) + symbol`; state 0 is the beginning. */
  next = new Uint16Array(SYMBOLS)
  /** States from here on are those in which a literal ends. */
  loud = Infinity
  /** Ids of the literals that end in each of those, in their order. */
  says: readonly (readonly number[])[] = []
  #first: Step | undefined = stepOf(0)
  /** The first steps by symbol: there are many, and every literal begins with one. */
  #begun: (Step | undefined)[] = []

  /** @throws RangeError after `build` */
  add(literal: string, id: number): void {
    let step = this.#first
    if (step === undefined) throw new RangeError('This automaton is built: it takes no more literals.')
    for (let i = 0; i < literal.length; i++) {
      const symbol = symbolOf(literal.charCodeAt(i))
      let to: Step | undefined = i === 0 ? this.#begun[symbol] : after(step, symbol)
      if (to === undefined) {
        to = stepOf(symbol)
        to.sibling = step.child
        step.child = to
        if (i === 0) this.#begun[symbol] = to
      }
      step = to
    }
    if (step.says?.includes(id) !== true) step.says = [...(step.says ?? []), id]
  }

  /** To be called once, when all literals are known. */
  build(): void {
    const first = this.#first
    if (first === undefined) return
    this.#first = undefined
    const order = link(first, this.#begun)
    this.#begun = []
    const quiet = order.filter(({ says }) => says === undefined)
    const sorted = [...quiet, ...order.filter(({ says }) => says !== undefined)]
    sorted.forEach((step, number) => (step.number = number))
    const next = new Uint16Array(sorted.length << SHIFT)
    // Shorter prefixes first: the row of the longest suffix is complete, and this one differs from it by the steps of its own.
    for (const step of order) {
      const row = step.number << SHIFT
      const like = (step.fail?.number ?? 0) << SHIFT
      if (step !== first) next.copyWithin(row, like, like + SYMBOLS)
      for (let to = step.child; to !== undefined; to = to.sibling) next[row + to.symbol] = to.number
    }
    this.says = sorted.slice(quiet.length).map(({ says }) => says ?? [])
    this.next = next
    this.loud = quiet.length
  }
}

/** Finds each state's longest suffix that is a state, and what it says by that. @param begun those after the first, by symbol @returns states, shorter prefixes first */
function link(first: Step, begun: readonly (Step | undefined)[]): readonly Step[] {
  const next = (step: Step, symbol: number): Step | undefined => (step === first ? begun[symbol] : after(step, symbol))
  const order = [first]
  for (const step of order) {
    for (let to = step.child; to !== undefined; to = to.sibling) {
      let fail = step.fail
      let found = fail && next(fail, to.symbol)
      while (fail !== undefined && found === undefined) {
        fail = fail.fail
        found = fail && next(fail, to.symbol)
      }
      to.fail = found ?? first
      const more = to.fail.says
      if (more) to.says = to.says === undefined ? more : [...new Set([...to.says, ...more])]
      order.push(to)
    }
  }
  return order
}
