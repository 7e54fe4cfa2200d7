/**
 * Where in the stream the literals occur that patterns need. A context pattern none of whose words came by is not tried, and a recogniser
 * whose literal did not come by costs nothing. Only the first letters of a literal count: what is let through is tried properly.
 */
import { Automaton } from './automaton.ts'
import { tailOf, type Tail } from './backward.ts'
import { requiredLiterals } from './literals.ts'

const DEPTH = 5
/** Units of left context that are looked at, and room for invisible characters among them. */
export const FARTHEST = 96
/** How much longer invisible characters and escapes may make a context. */
const SLACK = 24

/** A letter, digit or space alone comes by so often that noting it costs more than asking; so do two letters for what is asked of few values. */
const COMMON = /^[a-z\d\s]?$/
const RATHER_COMMON = /^[a-z]{0,2}$|^\d?$|^\s$/

/** Longest part of a literal that lies before the place where it is noted. */
const NOTED_AT = DEPTH - 1

/** A context pattern made ready. */
export class Said {
  readonly #declared: RegExp
  #pattern: RegExp | undefined
  #tail: Tail | null | undefined
  /** Id of its literals. */
  readonly id: number
  /** Its place among what is asked at words, -1 where it is not. */
  readonly placeOfWords: number
  /** It needs no literal: it is always tried. */
  readonly isAlways: boolean
  /** How long before the place where its literal is noted a match may begin. */
  readonly lead: number

  constructor(declared: RegExp, id: number, placeOfWords: number, isAlways: boolean, lead: number) {
    this.#declared = declared
    this.id = id
    this.placeOfWords = placeOfWords
    this.isAlways = isAlways
    this.lead = lead
  }

  /** With the flag g, so that it can be tried from a place on. Made on first use. */
  get pattern(): RegExp {
    return (this.#pattern ??= new RegExp(this.#declared.source, `${this.#declared.flags}g`))
  }

  /** What must stand at the end of a text, undefined where that is not told. */
  get tail(): Tail | undefined {
    if (this.#tail === undefined) this.#tail = tailOf(this.#declared) ?? null
    return this.#tail ?? undefined
  }
}

export class WordIndex {
  /** Reads along with the text. */
  readonly automaton = new Automaton()
  readonly #always: boolean[] = []
  readonly #reach: number[] = []
  readonly #patterns = new Map<string, Said>()
  #isBuilt = false
  /** A zero for each id, not to be changed: plain numbers, a copy of which is cheaper to make than a typed array of that size. */
  silence: number[] = []
  /** Places of the ids that are asked at words among themselves, -1 for the others. */
  readonly #placeOfWords: number[] = []
  /** A zero for each of those. */
  readonly noWords: number[] = []

  get count(): number {
    return this.#always.length
  }

  /** How far before the place where it is asked for a literal of this id still counts. */
  reachOf(id: number, isFolded: boolean): number {
    const reach = this.#reach[id] ?? FARTHEST
    return isFolded ? Math.min(reach + SLACK, FARTHEST) : reach
  }

  /** The place of an id among those that are asked at words, -1 where it is not. */
  placeOfWords(id: number): number {
    return this.#placeOfWords[id] ?? -1
  }

  /** @returns the id under which hits are noted */
  add(literals: readonly string[] | undefined, isOfWords: boolean, reach = FARTHEST, common = COMMON): number {
    const id = this.#always.length
    const isUseful = literals !== undefined && literals.length > 0 && literals.every((one) => !common.test(one))
    this.#always.push(!isUseful)
    this.#placeOfWords.push(isOfWords ? this.noWords.push(0) - 1 : -1)
    this.#reach.push(Math.min(reach, FARTHEST))
    if (isUseful) for (const literal of literals) this.automaton.add(literal.slice(0, DEPTH), id)
    return id
  }

  /** Families share patterns: the same one is asked once for a place. @param isRequired whether values are passed over where it is not near */
  addPattern(pattern: RegExp, isOfWords: boolean, isRequired: boolean): Said {
    const name = `${isOfWords ? 'word' : 'number'} ${isRequired ? 'required' : ''} ${pattern.flags} ${pattern.source}`
    const known = this.#patterns.get(name)
    if (known !== undefined) return known
    const needed = requiredLiterals(pattern)
    const id = this.add(needed?.literals, isOfWords, needed?.reach, isRequired ? COMMON : RATHER_COMMON)
    const said = new Said(pattern, id, this.placeOfWords(id), this.isAlways(id), (needed?.lead ?? Infinity) + NOTED_AT)
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
    this.silence = Array.from({ length: this.count }, () => 0)
    this.automaton.build()
  }
}
