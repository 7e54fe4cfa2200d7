/**
 * Which recognisers a closed word is worth showing to. Most words are worth none, and that is where the engine's speed comes
 * from: counts and class bits first, then literals and context words that came by.
 */
import { DIGIT, LOWER, UPPER } from './characters.ts'
import { hasLiteral, hasMarks, passes } from './gates.ts'
import { matchWindow, type Candidate, type Compiled, type WindowView } from './match.ts'
import type { Phrase } from './phrase.ts'
import { isInside } from './regex/inside.ts'
import type { Source } from './source.ts'

const MOST_DIGITS = 64
/** Longer than any word that is looked at. A plain number: Infinity is none. */
const MOST_LENGTH = 1 << 20
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

/** A recogniser among those that a number of digits and some marks leave. */
interface Place {
  readonly one: Compiled
  /** Fewest characters in which it finds something. */
  readonly length: number
  /** Marks of which one must occur twice, 0 where none need. */
  readonly twice: number
  /** Place of the context that it needs among those of words, -1 where it needs none or one that is always asked. */
  readonly context: number
  /** It has a name of a field that may stand for its context. */
  readonly hasKey: boolean
}

function placeOf(one: Compiled): Place {
  const { left, isContextRequired, needs, twice, key } = one
  return { one, length: needs.length, twice, context: isContextRequired && left && !left.isAlways ? left.placeOfWords : -1, hasKey: key !== undefined }
}

/** The free recognisers of words that a number of digits and some marks leave. */
class WordRow {
  /** Those that need no context. */
  readonly bare: readonly Place[]
  /** Fewest characters with which one of them finds something. */
  readonly leastBare: number
  /** The same of those that find something whatever marks occur twice. */
  readonly least: number
  /** Those that need a context. */
  readonly spoken: readonly Place[]
  readonly leastSpoken: number
  /** The context of one of them is never known not to be near. */
  readonly isAlways: boolean
  /** Of each of those that need a context, its length and its context: by these two numbers, side by side, nearly all are passed over. */
  readonly gates: Int32Array

  constructor(places: readonly Place[]) {
    this.bare = places.filter(({ one }) => !one.isContextRequired)
    this.spoken = places.filter(({ one }) => one.isContextRequired)
    this.leastBare = leastOf(this.bare)
    this.least = leastOf(this.bare.filter(({ one }) => one.twice === 0))
    this.leastSpoken = leastOf(this.spoken)
    this.isAlways = this.spoken.some(({ one }) => one.left?.isAlways === true)
    this.gates = Int32Array.from(this.spoken.flatMap(({ length, context }) => [length, context]))
  }
}

function leastOf(places: readonly Place[]): number {
  return places.reduce((least, { length }) => Math.min(least, length), MOST_LENGTH)
}

/** Recognisers of words. Those with literals are called by their literals, the others are few. */
export class WordBench {
  readonly #free: readonly Compiled[]
  /** Many numbers and marks leave the same: what all words share stays at hand in a processor's cache. */
  readonly #rows: WordRow[] = []
  /** By number of digits and marks: one more than the place of their row, 0 where that is not known yet. */
  readonly #rowOf = new Uint16Array((MOST_DIGITS + 1) * COLUMNS)
  /** Places of rows by what they leave. */
  readonly #known = new Map<string, number>()
  readonly #places = new Map<Compiled, Place>()
  #plain: WordRow | undefined
  /** Those that were picked for a word, and how many of them count. */
  readonly #able: Compiled[] = []
  #count = 0

  /** @param all those that no literal calls */
  constructor(all: readonly Compiled[]) {
    this.#free = all
  }

  /** For words of letters alone. */
  get plain(): WordRow {
    return (this.#plain ??= this.#row(0, 0))
  }

  /**
   * Picks those that a word is worth showing to, before anything is cut out of the text. `run` shows it to them.
   * @param called recognisers whose literal came by in this word @returns whether there are any
   */
  pick(source: Source, start: number, seen: Seen, length: number, called: readonly Phrase[]): boolean {
    this.#count = 0
    const row = this.#row(seen.bits, seen.digits)
    if (length >= row.leastBare) this.#pickBare(row.bare, seen, length)
    if (length >= row.leastSpoken && (row.isAlways || start <= source.contextUntil || source.key !== '')) this.#pickSpoken(row, source, start, seen, length)
    for (let i = 0; i < called.length; i++) {
      const one = called[i]?.compiled
      if (one && passes(one, seen.bits, seen.digits, length, seen.twice) && (!one.isContextRequired || isCalledFor(one, source, start))) this.#able[this.#count++] = one
    }
    return this.#count > 0
  }

  #pickBare(bare: readonly Place[], seen: Seen, length: number): void {
    for (let i = 0; i < bare.length; i++) {
      const place = bare[i]
      if (place && length >= place.length && (place.twice === 0 || (place.twice & seen.twice) !== 0) && isMadeOf(place.one, seen)) this.#able[this.#count++] = place.one
    }
  }

  #pickSpoken({ spoken, gates }: WordRow, source: Source, start: number, seen: Seen, length: number): void {
    const isField = source.key !== ''
    for (let i = 0; i < spoken.length; i++) {
      if (length < (gates[2 * i] ?? 0)) continue
      const isSaid = source.mayBeSaid(gates[2 * i + 1] ?? -1, start)
      if (!isSaid && !isField) continue
      const place = spoken[i]
      if (place && (isSaid || place.hasKey) && isMadeOf(place.one, seen) && isCalledFor(place.one, source, start) && !lacksWords(place.one, source, start, length)) this.#able[this.#count++] = place.one
    }
  }

  /** Shows a word to those that were picked for it, or for a longer one with the same beginning. */
  run(view: WindowView, found: (candidate: Candidate) => void): void {
    const { text } = view.folded
    for (let i = 0; i < this.#count; i++) {
      const one = this.#able[i]
      if (one && text.length >= one.needs.length && (!one.isAlone || view.isAlone) && hasLiteral(one, text)) matchWindow(one, view, found)
    }
  }

  #row(bits: number, digits: number): WordRow {
    const count = digits < MOST_DIGITS ? digits : MOST_DIGITS
    const at = count * COLUMNS + ((bits >> MARKS_FROM) & (COLUMNS - 1))
    const known = this.#rowOf[at] ?? 0
    return (known === 0 ? undefined : this.#rows[known - 1]) ?? this.#make(at)
  }

  #make(at: number): WordRow {
    const count = Math.floor(at / COLUMNS)
    const bits = ((at % COLUMNS) << MARKS_FROM) | (count > 0 ? DIGIT : 0)
    const left = this.#free.filter((one) => one.leastDigits <= count && (count <= one.maxDigits || count === MOST_DIGITS) && hasMarks(one, bits) && one.needs.digits <= count)
    const name = left.map((one) => this.#free.indexOf(one)).join(' ')
    const place = this.#known.get(name) ?? this.#rows.length
    const row = this.#rows[place] ?? new WordRow(left.map((one) => this.#placeOf(one)))
    this.#rows[place] = row
    this.#known.set(name, place)
    this.#rowOf[at] = place + 1
    return row
  }

  #placeOf(one: Compiled): Place {
    const known = this.#places.get(one) ?? placeOf(one)
    this.#places.set(one, known)
    return known
  }
}

/** What the row of a word does not tell: marks that occur twice, letters, and digits beyond those that rows are made for. */
function isMadeOf(one: Compiled, { bits, twice, digits }: Seen): boolean {
  return (one.twice === 0 || (one.twice & twice) !== 0) && (!one.needsLetter || (bits & (LOWER | UPPER)) !== 0) && digits <= one.maxDigits
}

/** Whether a value can only begin where the word does, and what stands there is not what it needs. Most words that were called for are told here, and nothing is cut out for them. */
function lacksWords({ left, isAnchored, hasValue, inside, key }: Compiled, source: Source, start: number, length: number): boolean {
  if (left?.tail === undefined || hasValue || (key !== undefined && source.key !== '') || !source.isPlain(start)) return false
  const from = start - source.base
  if (!isAnchored && (inside === undefined || isInside(inside, source.text, from, from + length))) return false
  return source.isBefore(left.tail.steps, start) === false
}

/** Whether a context that it needs may be left of the word, or the name of the field says what it is. */
function isCalledFor(one: Compiled, source: Source, start: number): boolean {
  return (one.left !== undefined && source.isNear(one.left, start)) || one.isKey(source.key)
}
