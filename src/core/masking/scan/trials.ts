/** Recognisers that are tried on all windows of one outline. What the outline tells of them is found out when it is asked for. */
import { isLuhnAt } from '../checks/digits.ts'
import { ALNUM, classOf } from './characters.ts'
import { hasLiteral } from './gates.ts'
import { MOST_MATCHES, judgePlace, matchWindow, type Candidate, type Compiled, type WindowView } from './match.ts'
import { END, FROM, INDEX, TO, behind, firstShape, type Shapes } from './regex/shapeRow.ts'
import { shapesOf, type Allowance } from './regex/shapes.ts'
import { Signs } from './signs.ts'

/** A recogniser that an outline lets through. */
export interface Able {
  readonly one: Compiled
  /** A bit that a text must have among its signs, 0 where it needs none. */
  readonly sign: number
  /** The ways in which it can match, undefined where it must be asked itself. */
  readonly shapes: Shapes | undefined
}

const NONE: readonly Able[] = []

/** Makes those of which no shapes are known, one for each recogniser: thousands of outlines share them, so that they stay at hand in a processor's cache. */
export class Untold {
  readonly #all: readonly Compiled[]
  readonly #known = new Map<Compiled, Able>()
  #signs: Signs | undefined

  /** @param all of which any will be made */
  constructor(all: readonly Compiled[]) {
    this.#all = all
  }

  /** Read off on first use. */
  get signs(): Signs {
    return (this.#signs ??= new Signs(this.#all))
  }

  of(all: readonly Compiled[]): readonly Able[] {
    return all.length === 0 ? NONE : all.map((one) => this.#one(one))
  }

  #one(one: Compiled): Able {
    const known = this.#known.get(one) ?? { one, sign: this.signs.bitOf(one), shapes: undefined }
    this.#known.set(one, known)
    return known
  }
}

/** An outline that has come by before may come again: what it lets through is told by a look at it. */
const AGAIN = 2
/** Uses after which it is worth following the patterns, and once more those that were not followed to their end; and steps for each use. */
const OFTEN = 32
const VERY_OFTEN = 128
const STEPS = 512

/** What all outlines of a bench take up, in pieces of about 200 bytes. */
export interface Room {
  taken: number
}

/** Recognisers that are let through, of which this many are such a piece; and the same of numbers that shapes are written down in. */
const ABLE_OF_PIECE = 16
const NUMBERS_OF_PIECE = 25

export class Trials {
  readonly #all: readonly Able[]
  readonly #room: Room
  readonly #outline: string
  readonly #isAscii: boolean
  #able: readonly Able[]
  #uses = 0

  /** @param outline of the windows @param isAscii whether it shows each of their characters */
  constructor(all: readonly Able[], outline: string, isAscii: boolean, room: Room) {
    this.#room = room
    room.taken++
    this.#all = this.#able = all
    this.#outline = outline
    this.#isAscii = isAscii
  }

  /** Those that can match. Most outlines come by once or twice: what takes longer to find out is found out for those that come by often. */
  get able(): readonly Able[] {
    if (this.#uses < VERY_OFTEN) this.#count()
    return this.#able
  }

  #count(): void {
    const uses = ++this.#uses
    if (uses === AGAIN) this.#able = this.#letThrough()
    else if (uses === OFTEN || uses === VERY_OFTEN) this.#able = this.#followed({ steps: uses * STEPS })
  }

  #letThrough(): readonly Able[] {
    const able = this.#all.filter(({ one }) => one.outline === undefined || matches(one.outline, this.#outline))
    this.#room.taken += able.length / ABLE_OF_PIECE
    return able.length === 0 ? NONE : able
  }

  #followed(allowance: Allowance): readonly Able[] {
    if (!this.#isAscii) return this.#able
    const able: Able[] = []
    for (const known of this.#able) {
      const { one, sign } = known
      const shapes = known.shapes ?? (one.outline && shapesOf(one.recogniser.pattern, this.#outline, placesOf(one.outline, this.#outline), one.value, allowance))
      if (shapes?.length !== 0) able.push(shapes ? { one, sign, shapes } : known)
      if (!known.shapes) this.#room.taken += (shapes?.length ?? 0) / NUMBERS_OF_PIECE
    }
    return able.length === 0 ? NONE : able
  }
}

function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(text)
}

/** All places at which a pattern matches, also those inside of a match. */
function placesOf(pattern: RegExp, text: string): readonly number[] {
  const places: number[] = []
  for (let at = 0; ; ) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) break
    places.push(match.index)
    at = match.index + 1
  }
  return places
}

/** As `matchWindow`, by what the outline tells. @param read the window's text as codes */
export function tryOn({ one, shapes }: Able, view: WindowView, read: Uint16Array, found: (candidate: Candidate) => void): void {
  if (shapes === undefined) {
    if (hasLiteral(one, view.folded.text)) matchWindow(one, view, found)
    return
  }
  let shape = firstShape(shapes, 0, 0, read)
  if (shape === shapes.length || !hasLiteral(one, view.folded.text)) return
  for (let count = 1; shape < shapes.length; count++) {
    const index = shapes[shape + INDEX] ?? 0
    const end = shapes[shape + END] ?? 0
    const from = shapes[shape + FROM] ?? 0
    const to = shapes[shape + TO] ?? 0
    let at = end
    if (end === index) at = end + 1
    else if (!((!one.isLuhn || isLuhnAt(read, from, to)) && judgePlace(one, view, from, to, found)) && end > index + 1) at = afterToken(read, index, view.folded.text.length)
    if (count === MOST_MATCHES) return
    shape = firstShape(shapes, behind(shapes, shape), at, read)
  }
}

/** What is no value from here on may be one from the next token on. */
function afterToken(read: Uint16Array, from: number, end: number): number {
  let at = from
  while (at < end && (classOf(read[at] ?? 0) & ALNUM) !== 0) at++
  return at > from ? at : from + 1
}
