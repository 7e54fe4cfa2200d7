/** Recognisers that are tried on all windows of one outline. What the outline tells of them is found out when it is asked for. */
import { MOST_MATCHES, afterToken, hasLiteral, judgePlace, matchWindow, type Candidate, type Compiled, type WindowView } from './match.ts'
import { isOfShape, shapesOf, type Shape } from './regex/shapes.ts'

/** A recogniser that an outline lets through. */
export interface Able {
  readonly one: Compiled
  /** Where its outline matches, undefined where that is not told. */
  readonly places: readonly number[] | undefined
  /** The ways in which it can match, undefined where it must be asked itself. */
  readonly shapes: readonly Shape[] | undefined
}

export class Trials {
  readonly #all: readonly Compiled[]
  readonly #outline: string
  readonly #isAscii: boolean
  #able: readonly Able[] = []
  #uses = 0

  /** @param outline of the windows @param isAscii whether it shows each of their characters */
  constructor(all: readonly Compiled[], outline: string, isAscii: boolean) {
    this.#all = all
    this.#outline = outline
    this.#isAscii = isAscii
  }

  /** Those that can match. Most outlines come by once: what takes longer to find out is found out the second time. */
  get able(): readonly Able[] {
    if (this.#uses < 2) this.#able = ++this.#uses === 1 ? this.#letThrough() : this.#able.map((able) => this.#shaped(able)).filter(({ shapes }) => shapes?.length !== 0)
    return this.#able
  }

  #letThrough(): readonly Able[] {
    const able: Able[] = []
    for (const one of this.#all) {
      const places = one.outline && placesOf(one.outline, this.#outline)
      if (places?.length !== 0) able.push({ one, places: this.#isAscii ? places : undefined, shapes: undefined })
    }
    return able
  }

  #shaped({ one, places }: Able): Able {
    return { one, places, shapes: places && shapesOf(one.recogniser.pattern, this.#outline, places, one.value) }
  }
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

/** As `matchWindow`, by what the outline tells. */
export function tryOn({ one, shapes }: Able, view: WindowView, found: (candidate: Candidate) => void): void {
  const { text } = view.folded
  if (!hasLiteral(one, text)) return
  if (shapes === undefined) {
    matchWindow(one, view, found)
    return
  }
  let at = 0
  let count = 0
  for (const shape of shapes) {
    if (shape.index < at || !isOfShape(shape, text)) continue
    const { index, end } = shape
    if (end === index) at = end + 1
    else at = !judgePlace(one, view, shape.from, shape.to, found) && end > index + 1 ? afterToken(text, index) : end
    if (++count === MOST_MATCHES) return
  }
}
