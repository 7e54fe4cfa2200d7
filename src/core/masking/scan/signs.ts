/**
 * An outline does not tell characters beyond ASCII apart, and nearly all that is found among them needs a certain word. Which of these words can stand in a
 * text is told from their first characters: one look at each character of the text spares most patterns.
 */
import type { Compiled } from './match.ts'
import { requiredLiterals } from './regex/literals.ts'

const ASCII = 128
/** Characters with the same last bits share a place: more is let through, nothing less. */
const PLACES = 1024
/** Recognisers that are told apart: a bit for each. Those behind them are always let through. */
const MOST = 30

export class Signs {
  /** By place of a character: bits of those that it lets through. */
  readonly #table = new Int32Array(PLACES)
  readonly #bits = new Map<Compiled, number>()

  constructor(all: readonly Compiled[]) {
    for (const one of all) {
      const signs = this.#bits.size < MOST ? signsOf(one) : undefined
      if (signs === undefined) continue
      const bit = 1 << this.#bits.size
      this.#bits.set(one, bit)
      for (const sign of signs) this.#table[sign.charCodeAt(0) & (PLACES - 1)] = (this.#table[sign.charCodeAt(0) & (PLACES - 1)] ?? 0) | bit
    }
  }

  /** The bit that a text must have for a recogniser to be tried on it, 0 where it needs none. */
  bitOf(one: Compiled): number {
    return this.#bits.get(one) ?? 0
  }

  /** Bits of those that a text may concern. */
  of(text: Uint16Array, length: number): number {
    let bits = 0
    for (let i = 0; i < length; i++) {
      const code = text[i] ?? 0
      if (code >= ASCII) bits |= this.#table[code & (PLACES - 1)] ?? 0
    }
    return bits
  }
}

const BEYOND_ASCII = /[^\0-\x7f]/

/** A character of each literal that the pattern needs one of, undefined where some literal has none beyond ASCII that is the same in either case. */
function signsOf({ recogniser }: Compiled): readonly string[] | undefined {
  const literals = BEYOND_ASCII.test(recogniser.pattern.source) ? requiredLiterals(recogniser.pattern)?.literals : undefined
  const signs = literals?.map((literal) => Array.from(literal).find((char) => char > '\x7f' && char.length === 1 && char.toLowerCase() === char.toUpperCase()))
  return signs?.every((sign) => sign !== undefined) ? signs : undefined
}
