/**
 * Which recognisers a closed window is worth showing to. Most windows are worth none, and that is where the engine's speed comes
 * from: counts and class bits first, then literals and context words that came by, then the window's outline.
 */
import { BEYOND_ASCII, DIGIT, LOWER, UPPER, classOf } from './characters.ts'
import { hasLiteral, hasMarks, matchWindow, mayHaveContext, type Candidate, type Compiled, type WindowView } from './match.ts'
import { OUTLINE, outlineOf } from './regex/outline.ts'
import type { Phrase } from './dispatch.ts'
import type { Source } from './source.ts'
import { Trials, tryOn } from './trials.ts'

const MOST_DIGITS = 64
/** Outlines remembered; numbers repeat their forms a lot. */
const MOST_OUTLINES = 8192
const RECENT = 8192

function passes(one: Compiled, bits: number, digits: number, length: number, twice: number): boolean {
  const { needs } = one
  return (
    (one.twice === 0 || (one.twice & twice) !== 0) && digits >= needs.digits && digits <= one.maxDigits && length >= needs.length && hasMarks(one, bits) && (!one.needsLetter || (bits & (LOWER | UPPER)) !== 0)
  )
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

/** What is worth trying on all windows of one outline. */
interface Row {
  readonly outline: string
  /** Those that need no words before them. */
  readonly free: Trials
  /** Those that need words of which no literal is known, or nothing before them. */
  readonly rest: Trials
  /** Those that need words, by the id of what must be said: tried when such a word came by. */
  readonly bySaid: ReadonlyMap<number, Trials>
  /** Those of them that a name of a field may stand for. */
  readonly byKey: Trials
}

/** Those whose words came by; for one window at a time. */
const CALLED: Trials[] = []

/** Recognisers of windows whose outline says which of them can match at all. */
export class OutlineBench {
  readonly #all: readonly Compiled[]
  readonly #known = new Map<string, Row>()
  /** Rows used lately, by a hash of their outline: at its place, or at the one beside it. */
  readonly #recent = Array.from<Row | undefined>({ length: RECENT })
  /** Fewest digits and characters that any of them needs. Read off when a window is closed for the first time. */
  #leastDigits = -1
  #leastLength = 0

  constructor(all: readonly Compiled[]) {
    this.#all = all
  }

  wants(digits: number, length: number): boolean {
    if (this.#leastDigits < 0) {
      this.#leastDigits = this.#all.reduce((least, { needs }) => Math.min(least, needs.digits), Infinity)
      this.#leastLength = this.#all.reduce((least, { needs }) => Math.min(least, needs.length), Infinity)
    }
    return digits >= this.#leastDigits && length >= this.#leastLength
  }

  run(view: WindowView, digits: number, found: (candidate: Candidate) => void): void {
    const { text } = view.folded
    const row = this.#row(text, digits)
    for (const able of row.free.able) tryOn(able, view, found)
    for (const able of row.rest.able) if (mayHaveContext(able.one, view)) tryOn(able, view, found)
    if (row.bySaid.size > 0) {
      CALLED.length = 0
      view.eachNear((id) => {
        const later = row.bySaid.get(id)
        if (later && !CALLED.includes(later)) CALLED.push(later)
      })
      for (const later of CALLED) for (const able of later.able) tryOn(able, view, found)
    }
    if (view.key !== '') for (const able of row.byKey.able) if (able.one.isKey(view.key) && !(able.one.left && view.mayBeLeft(able.one.left))) tryOn(able, view, found)
  }

  #row(text: string, digits: number): Row {
    let hash = text.length
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 0x01000193) ^ (OUTLINE[Math.min(text.charCodeAt(i), 128)] ?? 0)
    const place = (hash ^ (hash >>> 15)) & (RECENT - 1)
    const recent = this.#recent[place]
    if (recent && isOutline(recent.outline, text)) return recent
    const other = this.#recent[place ^ 1]
    if (other && isOutline(other.outline, text)) return other
    const outline = outlineOf(text)
    let row = this.#known.get(outline)
    if (row === undefined) {
      row = this.#make(outline, digits)
      if (this.#known.size >= MOST_OUTLINES) this.#known.clear()
      this.#known.set(outline, row)
    }
    this.#recent[place ^ 1] = recent
    this.#recent[place] = row
    return row
  }

  #make(outline: string, digits: number): Row {
    let bits = 0
    for (let i = 0; i < outline.length; i++) bits |= classOf(outline.charCodeAt(i))
    const isAscii = (bits & BEYOND_ASCII) === 0
    const passing = this.#all.filter((one) => passes(one, bits, digits, outline.length, -1))
    const isByWords = ({ isContextRequired, left }: Compiled): boolean => isContextRequired && left !== undefined && !left.isAlways
    const bySaid = new Map<number, Compiled[]>()
    for (const one of passing) {
      if (!one.left || !isByWords(one)) continue
      const known = bySaid.get(one.left.id)
      if (known) known.push(one)
      else bySaid.set(one.left.id, [one])
    }
    const trials = (some: readonly Compiled[]): Trials => new Trials(some, outline, isAscii)
    const others = passing.filter((one) => !isByWords(one))
    return {
      outline,
      free: trials(others.filter((one) => !one.isContextRequired && !one.isAlone)),
      rest: trials(others.filter((one) => one.isContextRequired || one.isAlone)),
      bySaid: new Map([...bySaid].map(([id, some]) => [id, trials(some)])),
      byKey: trials([...bySaid.values()].flat().filter((one) => one.key !== undefined)),
    }
  }
}

function isOutline(outline: string, text: string): boolean {
  if (outline.length !== text.length) return false
  for (let i = 0; i < text.length; i++) if (OUTLINE[Math.min(text.charCodeAt(i), 128)] !== outline.charCodeAt(i)) return false
  return true
}
