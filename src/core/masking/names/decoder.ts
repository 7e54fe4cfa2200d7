/** The best tags of a run: exact Viterbi over integer scores, so that every machine finds the same ones. */
import { features, TEMPLATES, type RowSink } from './features.ts'
import { COLUMNS, isInside, LABELS, mayFollow, NAME_TYPES, OUTSIDE, typeOf } from './labels.ts'
import type { Model } from './model.ts'
import { MOST_TOKENS, type Run } from './runs.ts'
import { SHAPE } from './tokens.ts'
import type { NameType } from './types.ts'

/**
 * Added to the score of each type's tags, in the unit of the weights: a name let through costs more than a word masked for nothing. Chosen
 * by what it did to both in labelled text and in code: beyond this, harmless words go twice as fast as names come.
 */
const LEAN: Readonly<Record<NameType, number>> = { PERSON: 48, LOCATION: 64, ORGANIZATION: 64, ADDRESS: 32 }

/** The same by tag. */
const LEANS = Array.from({ length: LABELS }, (_, label) => {
  const type = label === OUTSIDE ? undefined : NAME_TYPES[typeOf(label)]
  return type === undefined ? 0 : LEAN[type]
})

const IMPOSSIBLE = -(2 ** 29)

export class Decoder {
  readonly #model: Model
  readonly #sink: RowSink
  /** Score of each tag of each token, from the token and what is around it. */
  readonly emissions = new Int32Array(MOST_TOKENS * LABELS)
  readonly #steps = new Int32Array(LABELS * LABELS)
  readonly #best = new Int32Array(MOST_TOKENS * LABELS)
  readonly #from = new Uint8Array(MOST_TOKENS * LABELS)
  readonly tags = new Uint8Array(MOST_TOKENS)

  constructor(model: Model) {
    this.#model = model
    this.#sink = { rows: new Int32Array(TEMPLATES), offset: 0, mask: model.mask }
    for (let from = 0; from < LABELS; from++)
      for (let to = 0; to < LABELS; to++)
        this.#steps[from * LABELS + to] = mayFollow(from, to) ? (model.transitions[from * LABELS + to] ?? 0) : IMPOSSIBLE
  }

  /** Fills `tags` for the tokens of the run. */
  decode(run: Run): void {
    const length = run.last - run.first + 1
    this.#score(run, length)
    const { emissions, tags } = this
    const best = this.#best
    for (let to = 0; to < LABELS; to++) best[to] = (emissions[to] ?? 0) + (this.#steps[OUTSIDE * LABELS + to] ?? 0)
    for (let i = 1; i < length; i++) this.#advance(i * LABELS)
    let tag = 0
    const end = (length - 1) * LABELS
    for (let label = 1; label < LABELS; label++) if ((best[end + label] ?? 0) > (best[end + tag] ?? 0)) tag = label
    for (let i = length - 1; i >= 0; i--) {
      tags[i] = tag
      tag = this.#from[i * LABELS + tag] ?? OUTSIDE
    }
  }

  #advance(row: number): void {
    const best = this.#best
    for (let to = 0; to < LABELS; to++) {
      let score = IMPOSSIBLE * 2
      let origin = 0
      // Nothing else may stand before an inside than its own type.
      const inside = isInside(to)
      const last = inside ? to + 1 : LABELS
      for (let from = inside ? to - 1 : 0; from < last; from++) {
        const candidate = (best[row - LABELS + from] ?? 0) + (this.#steps[from * LABELS + to] ?? 0)
        if (candidate > score) {
          score = candidate
          origin = from
        }
      }
      best[row + to] = Math.max(score, IMPOSSIBLE) + (this.emissions[row + to] ?? 0)
      this.#from[row + to] = origin
    }
  }

  #score(run: Run, length: number): void {
    const { emissions } = this
    for (let i = 0; i < length; i++) {
      features(run.window, run.first + i, run.around, this.#sink)
      const at = i * LABELS
      this.#sum(at)
      // In small letters, or with capitals inside, it is mostly a word of code.
      const { shape } = run.window.at(run.first + i)
      if (shape === SHAPE.title || shape === SHAPE.upper || shape === SHAPE.initial) for (let label = 1; label < LABELS; label++) emissions[at + label] = (emissions[at + label] ?? 0) + (LEANS[label] ?? 0)
    }
  }

  /** Adds up the rows of one token. Written out: this is a third of what names cost, and a loop over the columns takes three times as long. */
  #sum(at: number): void {
    const { weights } = this.#model
    const { rows } = this.#sink
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let e = 0
    let f = 0
    let g = 0
    let h = 0
    for (let k = 0; k < TEMPLATES; k++) {
      const w = (rows[k] ?? 0) * COLUMNS
      a += weights[w] ?? 0
      b += weights[w + 1] ?? 0
      c += weights[w + 2] ?? 0
      d += weights[w + 3] ?? 0
      e += weights[w + 4] ?? 0
      f += weights[w + 5] ?? 0
      g += weights[w + 6] ?? 0
      h += weights[w + 7] ?? 0
    }
    const { emissions } = this
    emissions[at] = 0
    emissions[at + 1] = a
    emissions[at + 2] = b
    emissions[at + 3] = c
    emissions[at + 4] = d
    emissions[at + 5] = e
    emissions[at + 6] = f
    emissions[at + 7] = g
    emissions[at + 8] = h
  }
}
