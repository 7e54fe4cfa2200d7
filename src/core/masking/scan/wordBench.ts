/**
 * Which recognisers a closed word is worth showing to. Most words are worth none, and that is where the engine's speed comes
 * from: counts and class bits first, then literals and context words that came by.
 */
import { DIGIT } from './characters.ts'
import { hasLiteral, hasMarks, passes } from './gates.ts'
import { matchWindow, mayHaveContext, type Candidate, type Compiled, type WindowView } from './match.ts'
import type { Phrase } from './dispatch.ts'
import type { Source } from './source.ts'

const MOST_DIGITS = 64
/** The marks among class bits lie side by side: they number a column. */
const MARKS_FROM = 8
const COLUMNS = 1 << 10
/** Class bits of all of them. */
export const COLUMN = (COLUMNS - 1) << MARKS_FROM

/** What a word is made of. */
export interface Seen {
  /** Class bits of its characters. */
  readonly bits: number
  /** Marks that occur more than once. */
  readonly twice: number
  readonly digits: number
}

/** The free recognisers of words that a number of digits and some marks leave. */
interface WordRow {
  /** Those that need no context. */
  readonly bare: readonly Compiled[]
  /** Fewest characters with which one of these finds something whatever marks occur twice. */
  readonly least: number
  /** Those that need one. */
  readonly spoken: readonly Compiled[]
  /** The same of these. */
  readonly leastSpoken: number
}

function wordRowOf(able: readonly Compiled[]): WordRow {
  const bare = able.filter((one) => !one.isContextRequired)
  const spoken = able.filter((one) => one.isContextRequired)
  const leastOf = (some: readonly Compiled[]): number => Math.min(...some.filter((one) => one.twice === 0).map(({ needs }) => needs.length))
  return { bare, least: leastOf(bare), spoken, leastSpoken: leastOf(spoken) }
}

/** Recognisers of words. Those with literals are called by their literals, the others are few. */
export class WordBench {
  readonly #free: readonly Compiled[]
  /** By number of digits and marks: those that need no more than these. Filled on first use. */
  readonly #rows: (WordRow | undefined)[][] = []
  #plain: WordRow | undefined

  /** @param all those that no literal calls */
  constructor(all: readonly Compiled[]) {
    this.#free = all
  }

  /** For words of letters alone. */
  get plain(): WordRow {
    return (this.#plain ??= this.#row(0, 0))
  }

  /** Whether a free recogniser may find something: told before anything is cut out of the text. */
  wants(source: Source, start: number, seen: Seen, length: number): boolean {
    const { twice } = seen
    const { bare, least, spoken } = this.#row(seen.bits, seen.digits)
    if (length >= least) return true
    for (const one of bare) if (length >= one.needs.length && (one.twice & twice) !== 0) return true
    if (start > source.contextUntil && source.key === '') return false
    for (const one of spoken)
      if (length >= one.needs.length && (one.twice === 0 || (one.twice & twice) !== 0) && ((one.left !== undefined && source.isNear(one.left, start)) || one.isKey(source.key))) return true
    return false
  }

  /** @param called recognisers whose literal came by in this window */
  run(view: WindowView, { bits, digits, twice }: Seen, called: readonly Phrase[], found: (candidate: Candidate) => void): void {
    const { text } = view.folded
    const { bare, spoken } = this.#row(bits, digits)
    for (const one of bare) if (passes(one, bits, digits, text.length, twice) && mayHaveContext(one, view)) matchWindow(one, view, found)
    for (const one of spoken) if (passes(one, bits, digits, text.length, twice) && mayHaveContext(one, view)) matchWindow(one, view, found)
    for (const { compiled } of called)
      if (passes(compiled, bits, digits, text.length, twice) && mayHaveContext(compiled, view) && hasLiteral(compiled, text)) matchWindow(compiled, view, found)
  }

  #row(bits: number, digits: number): WordRow {
    const count = digits < MOST_DIGITS ? digits : MOST_DIGITS
    const rows = (this.#rows[count] ??= [])
    const column = (bits >> MARKS_FROM) & (COLUMNS - 1)
    return (rows[column] ??= wordRowOf(
      this.#free.filter((one) => one.needs.digits <= count && (count <= one.maxDigits || count === MOST_DIGITS) && hasMarks(one, (column << MARKS_FROM) | (count > 0 ? DIGIT : 0))),
    ))
  }
}
