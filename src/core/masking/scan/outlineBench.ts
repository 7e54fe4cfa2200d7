/**
 * Which recognisers a closed row of numbers is worth showing to. Rows repeat their outlines a lot: what an outline tells is remembered with it,
 * and more is found out about those that come by often. Who controls the text controls the outlines, so all that is kept is bounded.
 */
import { ALNUM, BEYOND_ASCII, DIGIT, classOf, codeAt } from './characters.ts'
import { passes } from './gates.ts'
import { HeardOfSome } from './heard.ts'
import { mayHaveContext, type Candidate, type Compiled, type Listener, type WindowView } from './match.ts'
import { outlineOf, symbolCodeOf } from './regex/outline.ts'
import type { Source } from './source.ts'
import { Trials, Untold, tryOn, type Able, type Room } from './trials.ts'
import { COLUMN } from './wordBench.ts'

/** Outlines remembered. */
const MOST_OUTLINES = 8192
/** What is known of all outlines, in pieces of about 200 bytes. */
const MOST_ROOM = 100_000
/** Recognisers of a kind of outlines, of which this many are such a piece. */
const RECOGNISERS_OF_PIECE = 4
const RECENT = 8192

function needsWords({ isContextRequired, left }: Compiled): boolean {
  return isContextRequired && left !== undefined && !left.isAlways
}

/** What outlines of the same length, marks and number of digits have in common: the recognisers that need no more than these. */
class Kind {
  /** Those that need no words before them. */
  readonly free: readonly Able[]
  /** Those that need words of which no literal is known, or nothing before them. */
  readonly rest: readonly Able[]
  /** Those that need words, by what must be said. */
  readonly bySaid: readonly (readonly Able[])[]
  /** By the number of what must be said: its place among those plus one, 0 where none of these needs it. */
  readonly #places: Uint8Array
  /** Those of them that a name of a field may stand for. */
  readonly byKey: readonly Able[]

  /** @param said ids of what must be said, in the order of their numbers */
  constructor(all: readonly Compiled[], untold: Untold, said: readonly number[]) {
    const byWords = all.filter(needsWords)
    const others = all.filter((one) => !needsWords(one))
    this.free = untold.of(others.filter((one) => !one.isContextRequired && !one.isAlone))
    this.rest = untold.of(others.filter((one) => one.isContextRequired || one.isAlone))
    const bySaid = said.map((id) => untold.of(byWords.filter(({ left }) => left?.id === id)))
    this.bySaid = bySaid.filter((own) => own.length > 0)
    let place = 0
    this.#places = Uint8Array.from(bySaid, (own) => (own.length > 0 ? ++place : 0))
    this.byKey = untold.of(byWords.filter((one) => one.key !== undefined))
  }

  placeOf(number: number): number {
    return (this.#places[number] ?? 0) - 1
  }
}

/** Those whose words came by, and how many of them count; for one window at a time. */
const CALLED: Trials[] = []
let called = 0
const NONE: readonly Able[] = []

/** The row that is looked at: its characters, and their symbols in an outline, in tables as long as the longest so far; and what may be in it. */
let read = new Uint16Array(512)
let symbols = new Uint8Array(512)
let signs = 0

/** What is worth trying on all windows of one outline. */
class Row implements Listener {
  readonly outline: string
  /** The outline as codes. */
  readonly symbols: Uint8Array
  readonly free: Trials
  /** Whether there are any that are tried when words came by. */
  readonly needsWords: boolean
  /** Whether it shows each of its characters. */
  readonly isAscii: boolean
  readonly #kind: Kind
  readonly #room: Room
  #rest: Trials | undefined
  #byKey: Trials | undefined
  readonly #bySaid: (Trials | undefined)[] = []

  constructor(outline: string, kind: Kind, isAscii: boolean, room: Room) {
    this.outline = outline
    this.symbols = symbols.slice(0, outline.length)
    this.#kind = kind
    this.isAscii = isAscii
    this.#room = room
    this.needsWords = kind.bySaid.length > 0
    room.taken++
    this.free = this.#trials(kind.free)
  }

  get rest(): Trials | undefined {
    return this.#kind.rest.length === 0 ? undefined : (this.#rest ??= this.#trials(this.#kind.rest))
  }

  get byKey(): Trials {
    return (this.#byKey ??= this.#trials(this.#kind.byKey))
  }

  /** Words of this number came by: those that need them are tried. */
  near(number: number): void {
    const place = this.#kind.placeOf(number)
    if (place < 0) return
    const trials = (this.#bySaid[place] ??= this.#trials(this.#kind.bySaid[place] ?? NONE))
    for (let i = 0; i < called; i++) if (CALLED[i] === trials) return
    CALLED[called++] = trials
  }

  #trials(all: readonly Able[]): Trials {
    return new Trials(all, this.outline, this.isAscii, this.#room)
  }
}

export class OutlineBench {
  readonly #all: readonly Compiled[]
  readonly #untold: Untold
  /** Ids of what those say must be said that need words. Their numbers are their places here. */
  readonly #said: readonly number[]
  #heard: HeardOfSome | undefined
  readonly #known = new Map<string, Row>()
  readonly #kinds = new Map<number, Kind>()
  #room: Room = { taken: 0 }
  /** Rows used lately, by a hash of their outline: at its place, or at the one beside it. */
  readonly #recent = Array.from<Row | undefined>({ length: RECENT })
  /** Fewest digits and characters that any of them is declared to need. */
  readonly #leastDigits: number
  readonly #leastLength: number

  constructor(all: readonly Compiled[]) {
    this.#all = all
    this.#untold = new Untold(all)
    this.#leastDigits = all.reduce((least, one) => Math.min(least, one.leastDigits), Infinity)
    this.#leastLength = all.reduce((least, one) => Math.min(least, one.leastLength), Infinity)
    this.#said = [...new Set(all.filter(needsWords).flatMap(({ left }) => (left ? [left.id] : [])))]
  }

  wants(digits: number, length: number): boolean {
    return digits >= this.#leastDigits && length >= this.#leastLength
  }

  /**
   * Shows a row of numbers to those that may find something in it. Most rows are shown to nobody, and are not even cut out of the text.
   * @param folded the row as it is read, where something in it stands for something else
   */
  run(source: Source, start: number, end: number, folded: WindowView | undefined, found: (candidate: Candidate) => void): void {
    const row = folded ? this.#row(folded.folded.text, 0, folded.folded.text.length) : this.#row(source.text, start - source.base, end - source.base)
    called = 0
    if (row.needsWords) source.eachNear(start, (this.#heard ??= new HeardOfSome(source.heard, source.words, this.#said)), row)
    const free = row.free.able
    const rest = row.rest?.able ?? NONE
    signs = row.isAscii ? 0 : this.#untold.signs.of(read, row.outline.length)
    if (hasAny(free) || rest.length + called > 0 || source.key !== '') show(row, free, rest, folded ?? source.view(start, end, 0, source.key), found)
  }

  #row(text: string, from: number, to: number): Row {
    const length = to - from
    if (length > read.length) {
      read = new Uint16Array(2 * length)
      symbols = new Uint8Array(2 * length)
    }
    let hash = length
    for (let i = 0; i < length; i++) {
      const code = codeAt(text, from + i)
      const symbol = symbolCodeOf(code)
      read[i] = code
      symbols[i] = symbol
      hash = Math.imul(hash, 0x01000193) ^ symbol
    }
    const place = (hash ^ (hash >>> 15)) & (RECENT - 1)
    const recent = this.#recent[place]
    if (recent && isOfSymbols(recent.symbols, length)) return recent
    const other = this.#recent[place ^ 1]
    if (other && isOfSymbols(other.symbols, length)) return other
    const outline = outlineOf(text.slice(from, to))
    let row = this.#known.get(outline)
    if (row === undefined) {
      if (this.#known.size >= MOST_OUTLINES || this.#room.taken > MOST_ROOM) this.#forget()
      row = this.#make(outline)
      this.#known.set(outline, row)
    }
    this.#recent[place ^ 1] = this.#recent[place]
    this.#recent[place] = row
    return row
  }

  #forget(): void {
    this.#known.clear()
    this.#kinds.clear()
    this.#recent.fill(undefined)
    this.#room = { taken: 0 }
  }

  /** What it lets through is a function of the outline alone: letters that stand for digits, which nobody counted, are digits in it. */
  #make(outline: string): Row {
    let bits = 0
    let digits = 0
    for (let i = 0; i < outline.length; i++) {
      const own = classOf(codeAt(outline, i))
      bits |= own
      if (own & DIGIT) digits++
    }
    const { length } = outline
    // Windows are short, and so are these numbers.
    const name = (((bits & (ALNUM | COLUMN)) * 512 + Math.min(digits, 511)) * 1024) + Math.min(length, 1023)
    let kind = this.#kinds.get(name)
    if (kind === undefined) {
      const all = this.#all.filter((one) => passes(one, bits, digits, length, -1))
      this.#kinds.set(name, (kind = new Kind(all, this.#untold, this.#said)))
      this.#room.taken += 1 + all.length / RECOGNISERS_OF_PIECE
    }
    return new Row(outline, kind, (bits & BEYOND_ASCII) === 0, this.#room)
  }
}

function show(row: Row, free: readonly Able[], rest: readonly Able[], view: WindowView, found: (candidate: Candidate) => void): void {
  for (const able of free) if (mayBeIn(able)) tryOn(able, view, read, found)
  for (const able of rest) if (mayBeIn(able) && mayHaveContext(able.one, view)) tryOn(able, view, read, found)
  for (let i = 0; i < called; i++) for (const able of CALLED[i]?.able ?? NONE) if (mayBeIn(able)) tryOn(able, view, read, found)
  if (view.key !== '') for (const able of row.byKey.able) if (able.one.isKey(view.key) && !(able.one.left && view.mayBeLeft(able.one.left))) tryOn(able, view, read, found)
}

function hasAny(all: readonly Able[]): boolean {
  for (const able of all) if (mayBeIn(able)) return true
  return false
}

function mayBeIn({ sign }: Able): boolean {
  return (sign & signs) === sign
}

/** Whether the row that is looked at has these. */
function isOfSymbols(own: Uint8Array, length: number): boolean {
  if (own.length !== length) return false
  for (let i = 0; i < length; i++) if (own[i] !== symbols[i]) return false
  return true
}
