/**
 * Patterns that are asked again and again while a text grows: each character is read once, in a table of states that are made when a text
 * first comes to them (as in RE2, Cox 2010). The answer is the expression's own; a pattern that is too much for a table has none.
 */
import { codeAt } from '../characters.ts'
import { membersOf, type Members } from './members.ts'
import { AHEAD, DENY, END, FORK, JUMP, MATCH, Program, TAKE } from './program.ts'

/** More characters that differ, or more states, and the expression is asked itself. */
const MOST_SYMBOLS = 128
const MOST_STATES = 1500
const ASCII = 128
const SHIFT = 4
const FEW_STATES = 24
/**
 * Places of the program that may be visited to make states: some for a start, and for each question about as many as asking the expression
 * costs. A text of ever new forms is left to the expression, so that it makes nothing slower than that is.
 */
const CREDIT = 60_000
const CREDIT_OF_QUESTION = 24

/** States: one from which nothing more comes, one in which nothing matches whatever came before, the beginning. */
const DEAD = 1
const DENIED = 2
const FIRST = 3

/** Symbols that no character has: of one that is not known yet, and of the text's end. */
const END_OF_TEXT = 1

/** What the end of the text means in a state: no match ends there, or one does; or nothing matches, whatever was seen before. */
const ENDS_NOT = 1
const ENDS = 2
const NOTHING = 3

/** How far a text has been read, and what came of it. */
export class Reading {
  readonly stepwise: Stepwise
  state = FIRST
  /** Offset of the first character that is not read. */
  at: number
  /** The same in the text as received, where what is read is its plain form. */
  seen: number
  /** Where the match ends whose end has been seen, -1 while there is none. */
  end = -1
  /** Letters of other scripts are read as Latin ones. */
  isLatin = false

  constructor(stepwise: Stepwise, at: number) {
    this.stepwise = stepwise
    this.at = this.seen = at
  }

  copy(): Reading {
    const copy = new Reading(this.stepwise, this.at)
    copy.state = this.state
    copy.seen = this.seen
    copy.end = this.end
    copy.isLatin = this.isLatin
    return copy
  }

  /** What was read stands for Latin letters from now on: the first time, all is read again. */
  asLatin(start: number): void {
    if (this.isLatin) return
    this.isLatin = true
    this.state = FIRST
    this.at = start
    this.end = -1
  }
}

/** What is true of a character: whether each atom of the program matches it. */
type Traits = readonly boolean[]

export class Stepwise {
  readonly #program: Program
  readonly #flags: string
  /** Of each atom. */
  readonly #members: readonly Members[]
  /** The same for characters beyond ASCII, made on first use. */
  readonly #patterns: (RegExp | undefined)[] = []
  /**
   * One table and no wider than it must be, because what lies together is fetched together. First the symbols of ASCII; then, by state and
   * symbol, the next state twice, one more where a match ends before the character. 0 where that is not known yet.
   */
  #table = new Uint16Array(ASCII + (FEW_STATES << SHIFT))
  /** Symbols in a row of it, as a power of two. */
  #shift = SHIFT
  #isFull = false
  #credit: number
  /** Symbols beyond ASCII. */
  readonly #beyond = new Map<number, number>()
  readonly #symbolOf = new Map<string, number>()
  /** By symbol. */
  readonly #traits: Traits[] = [[], []]
  readonly #stateOf = new Map<string, number>()
  /** Places in the program from which a state goes on, by state, the preferred one first. */
  readonly #places: (readonly number[])[] = [[], [], []]

  private constructor(program: Program, flags: string, credit: number) {
    this.#credit = credit
    this.#program = program
    this.#flags = flags
    this.#members = program.atoms.map((atom) => membersOf(atom, flags))
    this.#table[this.#place(DEAD, END_OF_TEXT)] = ENDS_NOT
    this.#table[this.#place(DENIED, END_OF_TEXT)] = NOTHING
    this.#state(program.starts)
  }

  /** @param credit places that may be visited at first @returns undefined when the pattern has to be asked itself */
  static of({ source, flags }: RegExp, credit = CREDIT): Stepwise | undefined {
    if (flags !== '' && flags !== 'i') return undefined
    try {
      return new Stepwise(new Program(source), flags, credit)
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }

  /** Reads on. @param base offset of the text's first character @returns where the first match ends in the text up to `to`, -1 when there is none, undefined when the pattern has to be asked */
  run(reading: Reading, text: string, base: number, to: number): number | undefined {
    if (this.#isFull || to < reading.at) return undefined
    this.#credit += CREDIT_OF_QUESTION
    let table = this.#table
    let shift = this.#shift
    let { state, end } = reading
    const stop = to - base
    for (let i = reading.at - base; i < stop && state > DENIED; i++) {
      const code = codeAt(text, i)
      let step = code < ASCII ? (table[ASCII + (state << shift) + (table[code] ?? 0)] ?? 0) : 0
      if (step === 0) {
        step = this.#step(state, code)
        if (step === 0) return undefined
        table = this.#table
        shift = this.#shift
      }
      if (step & 1) end = base + i
      state = step >> 1
    }
    reading.state = state
    reading.at = to
    reading.end = end
    const outcome = table[ASCII + (state << shift) + END_OF_TEXT] || this.#endOf(state)
    return outcome === ENDS ? to : outcome === ENDS_NOT ? end : -1
  }

  /** Reads back to front. @returns whether there is a match that begins at the end of `to` and goes back no farther than `from`, undefined when the pattern has to be asked */
  back(text: string, from: number, to: number): boolean | undefined {
    if (this.#isFull) return undefined
    this.#credit += CREDIT_OF_QUESTION
    let table = this.#table
    let shift = this.#shift
    let state = FIRST
    for (let i = to - 1; i >= from; i--) {
      const code = codeAt(text, i)
      let step = code < ASCII ? (table[ASCII + (state << shift) + (table[code] ?? 0)] ?? 0) : 0
      if (step === 0) {
        step = this.#step(state, code)
        if (step === 0) return undefined
        table = this.#table
        shift = this.#shift
      }
      if (step & 1) return true
      state = step >> 1
      if (state <= DENIED) return false
    }
    return (table[ASCII + (state << shift) + END_OF_TEXT] || this.#endOf(state)) === ENDS
  }

  #place(state: number, symbol: number): number {
    return ASCII + (state << this.#shift) + symbol
  }

  /** @returns number of what the character is to the program */
  #learn(code: number): number {
    const traits = code < ASCII ? this.#members.map(({ ascii }) => ascii[code] === 1) : this.#traitsBeyond(code)
    const name = traits.map(Number).join('')
    let symbol = this.#symbolOf.get(name)
    if (symbol === undefined) {
      symbol = this.#traits.push(traits) - 1
      if (symbol >= MOST_SYMBOLS) {
        this.#isFull = true
        return 0
      }
      if (symbol >> this.#shift > 0) this.#widen()
      this.#symbolOf.set(name, symbol)
    }
    if (code < ASCII) this.#table[code] = symbol
    else this.#beyond.set(code, symbol)
    return symbol
  }

  #traitsBeyond(code: number): Traits {
    const char = String.fromCharCode(code)
    this.#credit -= this.#members.length
    return this.#members.map(({ isBeyond }, i) => isBeyond && this.#patternOf(i).test(char))
  }

  #patternOf(atom: number): RegExp {
    return (this.#patterns[atom] ??= new RegExp(`^(?:${this.#program.atoms[atom] ?? ''})$`, this.#flags))
  }

  /** Makes room for twice as many symbols. */
  #widen(): void {
    const narrow = this.#table
    const row = 1 << this.#shift
    const wide = new Uint16Array(ASCII + 2 * (narrow.length - ASCII))
    wide.set(narrow.subarray(0, ASCII))
    for (let from = ASCII, to = ASCII; from < narrow.length; from += row, to += 2 * row) wide.set(narrow.subarray(from, from + row), to)
    this.#table = wide
    this.#shift++
  }

  #state(places: readonly number[]): number {
    if (places.length === 0) return DEAD
    const name = places.join()
    let state = this.#stateOf.get(name)
    if (state === undefined) {
      state = this.#places.push(places) - 1
      this.#stateOf.set(name, state)
      if (state >= MOST_STATES) this.#isFull = true
      if (this.#place(state, 0) >= this.#table.length) {
        const longer = new Uint16Array(2 * this.#table.length - ASCII)
        longer.set(this.#table)
        this.#table = longer
      }
    }
    return state
  }

  /** @returns the step in the table, made where it is not there yet; 0 when that is too much */
  #step(state: number, code: number): number {
    const known = (code < ASCII ? this.#table[code] : this.#beyond.get(code)) ?? 0
    const step = known === 0 ? 0 : (this.#table[this.#place(state, known)] ?? 0)
    if (step !== 0 || this.#credit <= 0) return step
    const symbol = known || this.#learn(code)
    return symbol === 0 ? 0 : this.#table[this.#place(state, symbol)] || this.#make(state, symbol)
  }

  #make(state: number, symbol: number): number {
    const next: number[] = []
    const outcome = this.#follow(state, this.#traits[symbol], next)
    const step = (outcome === DENY ? DENIED : this.#state(next)) * 2 + (outcome === MATCH ? 1 : 0)
    this.#table[this.#place(state, symbol)] = step
    return this.#isFull ? 0 : step
  }

  #endOf(state: number): number {
    const outcome = this.#follow(state, undefined, [])
    return (this.#table[this.#place(state, END_OF_TEXT)] = outcome === DENY ? NOTHING : outcome === MATCH ? ENDS : ENDS_NOT)
  }

  /**
   * Goes from a state as far as no character is taken, and on from there where the character can be.
   * @param traits of the character that comes, undefined at the end of the text @param next filled with the places after it
   * @returns MATCH when a match ends before the character, DENY when there is none whatever comes, TAKE otherwise
   */
  #follow(state: number, traits: Traits | undefined, next: number[]): number {
    const { kinds, first, second } = this.#program
    const seen = new Set<number>()
    const taken = new Set<number>()
    const stack = [...(this.#places[state] ?? [])].reverse()
    let outcome = TAKE
    for (let place = stack.pop(); place !== undefined && outcome === TAKE; place = stack.pop()) {
      if (seen.has(place)) continue
      seen.add(place)
      const kind = kinds[place] ?? MATCH
      const to = first[place] ?? 0
      if (kind === TAKE) {
        if (traits?.[to] === true) taken.add(place + 1)
      } else if (kind === FORK) stack.push(second[place] ?? 0, to)
      else if (kind === JUMP) stack.push(to)
      else if (kind === MATCH || kind === DENY) outcome = kind
      else if (isPassed(kind, traits, to)) stack.push(place + 1)
    }
    this.#credit -= seen.size
    next.push(...taken)
    return outcome
  }
}

function isPassed(kind: number, traits: Traits | undefined, atom: number): boolean {
  if (kind === END) return traits === undefined
  return (traits?.[atom] === true) === (kind === AHEAD)
}
