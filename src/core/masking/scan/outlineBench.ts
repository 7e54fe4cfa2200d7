/**
 * Which recognisers a closed row of numbers is worth showing to. Rows repeat their outlines a lot: what an outline tells is remembered with it,
 * and more is found out about those that come by often. Who controls the text controls the outlines, so all that is kept is bounded.
 */
import { ALNUM, BEYOND_ASCII, DIGIT, classOf, codeAt } from './characters.ts'
import { passes } from './gates.ts'
import { mayHaveContext, type Candidate, type Compiled, type Listener, type WindowView } from './match.ts'
import { OUTLINE, outlineOf } from './regex/outline.ts'
import type { Source } from './source.ts'
import { Trials, tryOn, untold, type Able, type Room } from './trials.ts'
import { COLUMN } from './wordBench.ts'

/** Outlines remembered. */
const MOST_OUTLINES = 8192
/** What is known of all outlines, in pieces of about 200 bytes. */
const MOST_ROOM = 100_000
/** Recognisers of a kind of outlines, of which this many are such a piece. */
const RECOGNISERS_OF_PIECE = 4
const RECENT = 8192

/** What outlines of the same length, marks and number of digits have in common: the recognisers that need no more than these. */
class Kind {
  /** Those that need no words before them. */
  readonly free: readonly Able[]
  /** Those that need words of which no literal is known, or nothing before them. */
  readonly rest: readonly Able[]
  /** Those that need words, by what must be said. */
  readonly bySaid: readonly (readonly Able[])[] = []
  /** By the id of what must be said: its place among those plus one, 0 where none of these needs it. */
  readonly #places: Uint8Array
  /** Those of them that a name of a field may stand for. */
  readonly byKey: readonly Able[]

  constructor(all: readonly Compiled[]) {
    const byWords = all.filter(({ isContextRequired, left }) => isContextRequired && left !== undefined && !left.isAlways)
    const others = all.filter((one) => !byWords.includes(one))
    this.free = untold(others.filter((one) => !one.isContextRequired && !one.isAlone))
    this.rest = untold(others.filter((one) => one.isContextRequired || one.isAlone))
    const bySaid = new Map<number, Able[]>()
    for (const able of untold(byWords)) {
      const id = able.one.left?.id ?? 0
      const known = bySaid.get(id)
      if (known) known.push(able)
      else bySaid.set(id, [able])
    }
    this.bySaid = [...bySaid.values()]
    this.#places = new Uint8Array(Math.max(-1, ...bySaid.keys()) + 1)
    let place = 0
    for (const id of bySaid.keys()) this.#places[id] = ++place
    this.byKey = untold(byWords.filter((one) => one.key !== undefined))
  }

  placeOf(id: number): number {
    return (this.#places[id] ?? 0) - 1
  }
}

/** Those whose words came by; for one window at a time. */
const CALLED: Trials[] = []
const NONE: readonly Able[] = []

/** What is worth trying on all windows of one outline. */
class Row implements Listener {
  readonly outline: string
  readonly free: Trials
  readonly #kind: Kind
  readonly #isAscii: boolean
  readonly #room: Room
  #rest: Trials | undefined
  #byKey: Trials | undefined
  readonly #bySaid: (Trials | undefined)[] = []

  constructor(outline: string, kind: Kind, isAscii: boolean, room: Room) {
    this.outline = outline
    this.#kind = kind
    this.#isAscii = isAscii
    this.#room = room
    this.free = this.#trials(kind.free)
  }

  get rest(): Trials | undefined {
    return this.#kind.rest.length === 0 ? undefined : (this.#rest ??= this.#trials(this.#kind.rest))
  }

  get byKey(): Trials {
    return (this.#byKey ??= this.#trials(this.#kind.byKey))
  }

  /** Whether there are any that are tried when words came by. */
  get needsWords(): boolean {
    return this.#kind.bySaid.length > 0
  }

  /** Words of this id came by: those that need them are tried. */
  near(id: number): void {
    const place = this.#kind.placeOf(id)
    if (place < 0) return
    const trials = (this.#bySaid[place] ??= this.#trials(this.#kind.bySaid[place] ?? NONE))
    if (!CALLED.includes(trials)) CALLED.push(trials)
  }

  #trials(all: readonly Able[]): Trials {
    return new Trials(all, this.outline, this.#isAscii, this.#room)
  }
}

export class OutlineBench {
  readonly #all: readonly Compiled[]
  readonly #known = new Map<string, Row>()
  readonly #kinds = new Map<number, Kind>()
  #room: Room = { taken: 0 }
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

  /**
   * Shows a row of numbers to those that may find something in it. Most rows are shown to nobody, and are not even cut out of the text.
   * @param folded the row as it is read, where something in it stands for something else
   */
  run(source: Source, start: number, end: number, folded: WindowView | undefined, found: (candidate: Candidate) => void): void {
    const row = folded ? this.#row(folded.folded.text, 0, folded.folded.text.length) : this.#row(source.text, start - source.base, end - source.base)
    CALLED.length = 0
    if (row.needsWords) source.eachNear(start, row)
    const free = row.free.able
    const rest = row.rest?.able ?? NONE
    if (free.length + rest.length + CALLED.length > 0 || source.key !== '') show(row, free, rest, folded ?? source.view(start, end, 0, source.key), found)
  }

  #row(text: string, from: number, to: number): Row {
    let hash = to - from
    for (let i = from; i < to; i++) hash = Math.imul(hash, 0x01000193) ^ (OUTLINE[Math.min(codeAt(text, i), 128)] ?? 0)
    const place = (hash ^ (hash >>> 15)) & (RECENT - 1)
    const recent = this.#recent[place]
    if (recent && isOutline(recent.outline, text, from, to)) return recent
    const other = this.#recent[place ^ 1]
    if (other && isOutline(other.outline, text, from, to)) return other
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
      this.#kinds.set(name, (kind = new Kind(all)))
      this.#room.taken += 1 + all.length / RECOGNISERS_OF_PIECE
    }
    return new Row(outline, kind, (bits & BEYOND_ASCII) === 0, this.#room)
  }
}

function show(row: Row, free: readonly Able[], rest: readonly Able[], view: WindowView, found: (candidate: Candidate) => void): void {
  for (const able of free) tryOn(able, view, found)
  for (const able of rest) if (mayHaveContext(able.one, view)) tryOn(able, view, found)
  for (const called of CALLED) for (const able of called.able) tryOn(able, view, found)
  if (view.key !== '') for (const able of row.byKey.able) if (able.one.isKey(view.key) && !(able.one.left && view.mayBeLeft(able.one.left))) tryOn(able, view, found)
}

function isOutline(outline: string, text: string, from: number, to: number): boolean {
  if (outline.length !== to - from) return false
  for (let i = from; i < to; i++) if (OUTLINE[Math.min(codeAt(text, i), 128)] !== codeAt(outline, i - from)) return false
  return true
}
