/**
 * Where in the stream the literals occur that patterns need. A context pattern none of whose words came by is not tried, and a recogniser
 * whose literal did not come by costs nothing. Only the first letters of a literal count: what is let through is tried properly.
 */
import { Automaton } from './automaton.ts'
import { requiredLiterals } from './literals.ts'

const DEPTH = 5
/** Units of left context that are looked at, and room for invisible characters among them. */
export const FARTHEST = 96
/** How much longer invisible characters and escapes may make a context. */
const SLACK = 24

/** Longest part of a literal that lies before the place where it is noted. */
const NOTED_AT = DEPTH - 1

/** A context pattern made ready. */
export class Said {
  readonly #declared: RegExp
  #pattern: RegExp | undefined
  /** Id of its literals. */
  readonly id: number
  /** It needs no literal: it is always tried. */
  readonly isAlways: boolean
  /** How long before the place where its literal is noted a match may begin. */
  readonly lead: number

  constructor(declared: RegExp, id: number, isAlways: boolean, lead: number) {
    this.#declared = declared
    this.id = id
    this.isAlways = isAlways
    this.lead = lead
  }

  /** With the flag g, so that it can be tried from a place on. Made on first use. */
  get pattern(): RegExp {
    return (this.#pattern ??= new RegExp(this.#declared.source, `${this.#declared.flags}g`))
  }
}

export class WordIndex {
  /** What is asked at every word: read along with the text. */
  readonly prompt = new Automaton()
  /** What is asked where a number stands: read when asked for. */
  readonly late = new Automaton()
  readonly #always: boolean[] = []
  readonly #isPrompt: boolean[] = []
  readonly #reach: number[] = []
  readonly #patterns = new Map<string, Said>()
  #isBuilt = false
  #silence: readonly number[] = []

  get count(): number {
    return this.#always.length
  }

  /** A zero for each id: plain numbers, which are cheaper to make than a typed array of that size. */
  silence(): number[] {
    return this.#silence.slice()
  }

  /** How far before the place where it is asked for a literal of this id still counts. */
  reachOf(id: number, isFolded: boolean): number {
    const reach = this.#reach[id] ?? FARTHEST
    return isFolded ? Math.min(reach + SLACK, FARTHEST) : reach
  }

  isPrompt(id: number): boolean {
    return this.#isPrompt[id] ?? false
  }

  /** @param isPrompt whether hits are noted at once: for what is asked at every word @returns the id under which hits are noted */
  add(literals: readonly string[] | undefined, isPrompt: boolean, reach = FARTHEST): number {
    const id = this.#always.length
    const isUseful = literals !== undefined && literals.length > 0 && literals.every((one) => one !== '')
    this.#always.push(!isUseful)
    this.#isPrompt.push(isPrompt)
    this.#reach.push(Math.min(reach, FARTHEST))
    const automaton = isPrompt ? this.prompt : this.late
    if (isUseful) for (const literal of literals) automaton.add(literal.slice(0, DEPTH), id)
    return id
  }

  /** Families share patterns: the same one is asked once for a place. */
  addPattern(pattern: RegExp, isPrompt: boolean): Said {
    const name = `${isPrompt ? 'prompt' : 'late'} ${pattern.flags} ${pattern.source}`
    const known = this.#patterns.get(name)
    if (known !== undefined) return known
    const needed = requiredLiterals(pattern)
    const id = this.add(needed?.literals, isPrompt, needed?.reach)
    const said = new Said(pattern, id, this.isAlways(id), (needed?.lead ?? Infinity) + NOTED_AT)
    this.#patterns.set(name, said)
    return said
  }

  /** Whether this id stands for something that needs no literal. */
  isAlways(id: number): boolean {
    return this.#always[id] ?? true
  }

  /** Made on first use: start-up pays nothing. */
  build(): void {
    if (this.#isBuilt) return
    this.#isBuilt = true
    this.#silence = Array.from({ length: this.count }, () => 0)
    this.prompt.build()
    this.late.build()
  }
}
