/** The best tags of a run: exact Viterbi over integer scores, so that every machine finds the same ones. */
import { describe, rowOf, TEMPLATE_SALTS, TEMPLATES } from './features.ts'
import { isInside, LABELS, mayFollow, NAME_TYPES, OUTSIDE, typeOf } from './labels.ts'
import { readFours, type Model } from './model.ts'
import { MOST_TOKENS, type Run } from './runs.ts'
import { SHAPE } from './tokens.ts'
import type { NameType } from './types.ts'

/**
 * Added to the score of each type's tags, in the unit of the weights: a name let through costs more than a word masked for nothing. Chosen
 * by what it did to both in labelled text and in code: beyond this, harmless words go twice as fast as names come.
 */
const LEAN: Readonly<Record<NameType, number>> = { PERSON: 64, LOCATION: 64, ORGANIZATION: 64, ADDRESS: 32 }

/** The same by tag, less what the sums of shifted weights are too great by. */
const LEANS = Int32Array.from({ length: LABELS }, (_, label) => {
  const type = label === OUTSIDE ? undefined : NAME_TYPES[typeOf(label)]
  return (type === undefined ? 0 : LEAN[type]) - 128 * TEMPLATES
})
const NO_LEANS = new Int32Array(LABELS).fill(-128 * TEMPLATES)

/** Less than any sequence of tags scores. */
const IMPOSSIBLE = -(2 ** 25)

/** A score has the tag it comes from in its last bits, the first one as the greatest: the greater of two such numbers is the better way, without a branch. */
const ORIGIN_BITS = 4
const ORIGINS = (1 << ORIGIN_BITS) - 1

/** The sign bits of four bytes: with them turned, a byte is as much greater than none as its weight is greater than -128. */
const SIGNS = 0x80808080 | 0
const LANES = 0x00ff00ff

/** Own names: what is imported is checked each time that it is read. */
const COUNT = TEMPLATES
const SALTS = TEMPLATE_SALTS
const TAGS = LABELS
const { title: TITLE, upper: UPPER, initial: INITIAL } = SHAPE

/** The tags that a tag may follow: an inside only its own type's, which stand next to each other. */
const FIRST_BEFORE = Uint8Array.from({ length: LABELS }, (_, to) => (isInside(to) ? to - 1 : 0))
const LAST_BEFORE = Uint8Array.from({ length: LABELS }, (_, to) => (isInside(to) ? to : LABELS - 1))

export class Decoder {
  readonly #mask: number
  /** Two numbers of four weights each, by row. */
  readonly #weights: Int32Array
  /** Of each template, for one token. */
  readonly #values = new Int32Array(TEMPLATES)
  /** The first half of each row of one token. */
  readonly #fetched = new Int32Array(TEMPLATES)
  /** Score of each tag of each token, from the token and what is around it. */
  readonly emissions = new Int32Array(MOST_TOKENS * LABELS)
  /** What a step between two tags adds, by the later one. */
  readonly #steps = new Int32Array(LABELS * LABELS)
  /** Score of the best way to each tag of each token, above bits for an origin. */
  readonly #best = new Int32Array(MOST_TOKENS * LABELS)
  readonly #from = new Uint8Array(MOST_TOKENS * LABELS)
  readonly tags = new Uint8Array(MOST_TOKENS)

  constructor(model: Model) {
    this.#mask = model.mask
    this.#weights = readFours(model.weights)
    for (let from = 0; from < LABELS; from++)
      for (let to = 0; to < LABELS; to++)
        this.#steps[to * LABELS + from] = ((mayFollow(from, to) ? (model.transitions[from * LABELS + to] ?? 0) : IMPOSSIBLE) << ORIGIN_BITS) + ORIGINS - from
  }

  /** Fills `tags` for the tokens of the run. */
  decode(run: Run): void {
    const length = run.last - run.first + 1
    this.#score(run, length)
    const { emissions, tags } = this
    const best = this.#best
    const steps = this.#steps
    for (let to = 0; to < TAGS; to++) best[to] = ((emissions[to] ?? 0) + ((steps[to * TAGS + OUTSIDE] ?? 0) >> ORIGIN_BITS)) << ORIGIN_BITS
    for (let i = 1; i < length; i++) this.#advance(i * TAGS)
    let end = (best[(length - 1) * TAGS] ?? 0) + ORIGINS
    for (let label = 1; label < TAGS; label++) end = Math.max(end, (best[(length - 1) * TAGS + label] ?? 0) + ORIGINS - label)
    let tag = ORIGINS - (end & ORIGINS)
    for (let i = length - 1; i >= 0; i--) {
      tags[i] = tag
      tag = this.#from[i * TAGS + tag] ?? 0
    }
  }

  #advance(row: number): void {
    const { emissions } = this
    const best = this.#best
    const steps = this.#steps
    const before = row - TAGS
    for (let to = 0; to < TAGS; to++) {
      let from = FIRST_BEFORE[to] ?? 0
      const last = LAST_BEFORE[to] ?? 0
      let way = (best[before + from] ?? 0) + (steps[to * TAGS + from] ?? 0)
      for (from++; from <= last; from++) way = Math.max(way, (best[before + from] ?? 0) + (steps[to * TAGS + from] ?? 0))
      best[row + to] = (Math.max(way >> ORIGIN_BITS, IMPOSSIBLE) + (emissions[row + to] ?? 0)) << ORIGIN_BITS
      this.#from[row + to] = ORIGINS - (way & ORIGINS)
    }
  }

  #score(run: Run, length: number): void {
    for (let i = 0; i < length; i++) {
      describe(run.window, run.first + i, run.around, this.#values)
      this.#locate()
      this.#fetch()
      // In small letters, or with capitals inside, it is mostly a word of code.
      const { shape } = run.window.at(run.first + i)
      this.#sum(i * TAGS, shape === TITLE || shape === UPPER || shape === INITIAL ? LEANS : NO_LEANS)
    }
  }

  /** Puts in the place of each value where its row is. */
  #locate(): void {
    const mask = this.#mask
    const values = this.#values
    for (let k = 0; k < COUNT; k++) values[k] = rowOf(values[k] ?? 0, SALTS[k] ?? 0, mask) << 1
  }

  /** Most rows have to come from far: nothing is done with them here, so that the processor sees all of them at once and fetches them together. */
  #fetch(): void {
    const places = this.#values
    const weights = this.#weights
    const fetched = this.#fetched
    for (let k = 0; k < COUNT; k++) fetched[k] = weights[places[k] ?? 0] ?? 0
  }

  /**
   * Adds up the rows of one token: four columns at once, two in each number, which 32 rows of bytes cannot overflow once their sign is shifted
   * away. A loop over the columns takes several times as long. What the even lanes add up to is what is left of the whole without the odd ones.
   */
  #sum(at: number, leans: Int32Array): void {
    const places = this.#values
    const weights = this.#weights
    const fetched = this.#fetched
    let all = 0
    let odd = 0
    let all4 = 0
    let odd4 = 0
    for (let k = 0; k < COUNT; k++) {
      const low = (fetched[k] ?? 0) ^ SIGNS
      const high = (weights[(places[k] ?? 0) | 1] ?? 0) ^ SIGNS
      all = (all + low) | 0
      odd = (odd + ((low >>> 8) & LANES)) | 0
      all4 = (all4 + high) | 0
      odd4 = (odd4 + ((high >>> 8) & LANES)) | 0
    }
    const even = all - (odd << 8)
    const even4 = all4 - (odd4 << 8)
    const { emissions } = this
    emissions[at] = 0
    emissions[at + 1] = (even & 0xffff) + (leans[1] ?? 0)
    emissions[at + 2] = (odd & 0xffff) + (leans[2] ?? 0)
    emissions[at + 3] = (even >>> 16) + (leans[3] ?? 0)
    emissions[at + 4] = (odd >>> 16) + (leans[4] ?? 0)
    emissions[at + 5] = (even4 & 0xffff) + (leans[5] ?? 0)
    emissions[at + 6] = (odd4 & 0xffff) + (leans[6] ?? 0)
    emissions[at + 7] = (even4 >>> 16) + (leans[7] ?? 0)
    emissions[at + 8] = (odd4 >>> 16) + (leans[8] ?? 0)
  }
}
