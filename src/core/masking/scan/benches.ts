/**
 * Which recognisers a closed window is worth showing to. Most windows are worth none, and that is where the engine's speed comes
 * from: counts and class bits first, then literals and context words that came by, then the window's outline.
 */
import { DIGIT, LOWER, UPPER, classOf } from './characters.ts'
import { hasMarks, matchWindow, mayHaveContext, type Candidate, type Compiled, type WindowView } from './match.ts'
import { outlineOf, outlinePattern } from './regex/outline.ts'
import type { Phrase } from './dispatch.ts'
import type { Source } from './source.ts'

const MOST_DIGITS = 64
/** Outlines remembered; numbers repeat their forms a lot. */
const MOST_OUTLINES = 8192

function passes(one: Compiled, bits: number, digits: number, length: number, twice: number): boolean {
  return (
    (one.twice === 0 || (one.twice & twice) !== 0) && digits >= one.minDigits && digits <= one.maxDigits && length >= one.minLength && hasMarks(one, bits) && (!one.needsLetter || (bits & (LOWER | UPPER)) !== 0)
  )
}

function hasLiteral(one: Compiled, text: string): boolean {
  return one.starts === undefined || one.starts.some((literal) => text.includes(literal))
}

/** The marks among class bits lie side by side: they number a column. */
const MARKS_FROM = 8
const COLUMNS = 1 << 10

/** What a word is made of. */
export interface Seen {
  /** Class bits of its characters. */
  readonly bits: number
  /** Marks that occur more than once. */
  readonly twice: number
  readonly digits: number
}

/** Recognisers of words. Those with literals are called by their literals, the others are few. */
export class WordBench {
  readonly #free: readonly Compiled[]
  /** By number of digits and marks: those that need no more than these. Filled on first use. */
  readonly #rows: (readonly Compiled[] | undefined)[][] = []
  readonly #open = new Uint8Array(COLUMNS)

  /** @param all those that no literal calls */
  constructor(all: readonly Compiled[]) {
    this.#free = all
  }

  /** Whether a free recogniser may find something: told before anything is cut out of the text. */
  wants(source: Source, start: number, seen: Seen, length: number): boolean {
    const { twice } = seen
    for (const one of this.#able(seen.bits, seen.digits)) {
      if (length < one.minLength || (one.twice !== 0 && (one.twice & twice) === 0)) continue
      if (!one.isContextRequired || source.isNear(one.leftId, start, start) || one.isKey(source.key)) return true
    }
    return false
  }

  /** Whether a word with these marks and no digit may be worth showing to a recogniser that needs no context. */
  isOpen(bits: number): boolean {
    const column = (bits >> MARKS_FROM) & (COLUMNS - 1)
    const known = this.#open[column] ?? 0
    if (known !== 0) return known === 2
    const isOpen = this.#able(bits, 0).some((one) => !one.isContextRequired)
    this.#open[column] = isOpen ? 2 : 1
    return isOpen
  }

  /** @param called recognisers whose literal came by in this window */
  run(view: WindowView, { bits, digits, twice }: Seen, called: readonly Phrase[], found: (candidate: Candidate) => void): void {
    const { text } = view.folded
    for (const one of this.#able(bits, digits)) if (passes(one, bits, digits, text.length, twice) && mayHaveContext(one, view)) matchWindow(one, view, found)
    for (const { compiled } of called)
      if (passes(compiled, bits, digits, text.length, twice) && mayHaveContext(compiled, view) && hasLiteral(compiled, text)) matchWindow(compiled, view, found)
  }

  #able(bits: number, digits: number): readonly Compiled[] {
    const count = digits < MOST_DIGITS ? digits : MOST_DIGITS
    const row = (this.#rows[count] ??= [])
    const column = (bits >> MARKS_FROM) & (COLUMNS - 1)
    return (row[column] ??= this.#free.filter(
      (one) => one.minDigits <= count && (count <= one.maxDigits || count === MOST_DIGITS) && hasMarks(one, (column << MARKS_FROM) | (count > 0 ? DIGIT : 0)),
    ))
  }
}

/** Recognisers of windows whose outline says which of them can match at all. */
export class OutlineBench {
  readonly #all: readonly Compiled[]
  /** By recogniser, made when first needed: null where a pattern has no outline. */
  readonly #outlines = new Map<Compiled, RegExp | null>()
  readonly #known = new Map<string, readonly Compiled[]>()
  readonly #leastDigits: number
  readonly #leastLength: number

  constructor(all: readonly Compiled[]) {
    this.#all = all
    this.#leastDigits = all.reduce((least, one) => Math.min(least, one.minDigits), Infinity)
    this.#leastLength = all.reduce((least, one) => Math.min(least, one.minLength), Infinity)
  }

  wants(digits: number, length: number): boolean {
    return digits >= this.#leastDigits && length >= this.#leastLength
  }

  run(view: WindowView, digits: number, found: (candidate: Candidate) => void): void {
    const { text } = view.folded
    const outline = outlineOf(text)
    let able = this.#known.get(outline)
    if (able === undefined) {
      able = this.#able(outline, digits)
      if (this.#known.size >= MOST_OUTLINES) this.#known.clear()
      this.#known.set(outline, able)
    }
    for (const one of able) if (mayHaveContext(one, view) && hasLiteral(one, text)) matchWindow(one, view, found)
  }

  #able(outline: string, digits: number): readonly Compiled[] {
    let bits = 0
    for (let i = 0; i < outline.length; i++) bits |= classOf(outline.charCodeAt(i))
    return this.#all.filter((one) => passes(one, bits, digits, outline.length, -1) && (this.#outlineFor(one)?.test(outline) ?? true))
  }

  #outlineFor(one: Compiled): RegExp | null {
    let outline = this.#outlines.get(one)
    if (outline === undefined) this.#outlines.set(one, (outline = outlinePattern(one.recogniser.pattern) ?? null))
    return outline
  }
}
