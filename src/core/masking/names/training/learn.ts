/**
 * Learns the weights: a linear-chain conditional random field (Lafferty, McCallum, Pereira 2001) over runs, by
 * stochastic gradient with AdaGrad steps. Only additions, multiplications, divisions and square roots of doubles are
 * used, which IEEE 754 fixes to the bit, so that every machine learns the same weights.
 */
import { features, TEMPLATES } from '../features.ts'
import { LABELS, beginOf, insideOf, mayFollow, NAME_TYPES, OUTSIDE } from '../labels.ts'
import { MOST_TOKENS, Runs, type Run } from '../runs.ts'
import type { WordList } from '../wordlist.ts'
import type { Dice } from './random.ts'
import type { MarkedText } from './text.ts'

/** Runs of a training set: features and right tags, one after the other. */
export interface Examples {
  /** First token of each run, and one more for the end. */
  readonly starts: number[]
  readonly rows: number[][]
  readonly tags: number[]
}

export interface Learned {
  readonly weights: Float64Array
  readonly transitions: Float64Array
}

export interface Settings {
  readonly rowsLog2: number
  readonly epochs: number
  readonly rate: number
  /** Pull of every weight towards zero, per use. */
  readonly decay: number
  /** What a wrongly masked and a missed token cost on top, in score. */
  readonly cost: { readonly extra: number; readonly missed: number }
}

/** 2^k · polynomial: `Math.exp` is not fixed to the bit by the language. */
export function exponential(x: number): number {
  if (x < -700) return 0
  const k = Math.floor(x * 1.4426950408889634 + 0.5)
  const r = x - k * 0.6931471805599453
  let term = 1
  let sum = 1
  for (let i = 1; i < 14; i++) {
    term *= r / i
    sum += term
  }
  return sum * 2 ** k
}

/** Tags of the tokens of a run, from the names that cover them. */
function goldTags(run: Run, text: MarkedText): number[] {
  const tags: number[] = []
  let before = -1
  for (let i = run.first; i <= run.last; i++) {
    const token = run.window.at(i)
    const at = text.names.findIndex((name) => token.start < name.end && name.start < token.end)
    const name = text.names[at]
    if (name === undefined) tags.push(OUTSIDE)
    else {
      const type = NAME_TYPES.indexOf(name.type)
      tags.push(at === before ? insideOf(type) : beginOf(type))
    }
    before = at
  }
  return tags
}

/** A joint at a name's end that the name covers in the text (`Inc.`) stays; one that begins it cannot. */
export function collect(texts: readonly MarkedText[], list: WordList, dice: Dice, forget: number, rowsLog2: number): Examples {
  const examples: Examples = { starts: [0], rows: [], tags: [] }
  const mask = 2 ** rowsLog2 - 1
  const buffer = new Int32Array(TEMPLATES)
  for (const text of texts) {
    const runs = new Runs(list, (run) => {
      const tags = goldTags(run, text)
      for (let i = run.first; i <= run.last; i++) {
        const token = run.window.at(i)
        // Half of the world's names are in no list: what the list says is forgotten now and then.
        if ((tags[i - run.first] ?? 0) !== OUTSIDE && dice.chance(forget)) token.listed = 0
      }
      for (let i = run.first; i <= run.last; i++) {
        features(run.window, i, run.around, buffer, 0, mask)
        examples.rows.push([...buffer])
        examples.tags.push(tags[i - run.first] ?? OUTSIDE)
      }
      examples.starts.push(examples.tags.length)
    })
    runs.push(text.text)
    runs.end()
  }
  return examples
}

class Learner {
  readonly weights: Float64Array
  readonly transitions = new Float64Array(LABELS * LABELS)
  readonly #squares: Float64Array
  readonly #stepSquares = new Float64Array(LABELS * LABELS)
  readonly #scores = new Float64Array(MOST_TOKENS * LABELS)
  readonly #alpha = new Float64Array(MOST_TOKENS * LABELS)
  readonly #beta = new Float64Array(MOST_TOKENS * LABELS)
  readonly #expStep = new Float64Array(LABELS * LABELS)
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
    this.weights = new Float64Array(2 ** settings.rowsLog2 * LABELS)
    this.#squares = new Float64Array(this.weights.length).fill(1e-6)
    this.#stepSquares.fill(1e-6)
  }

  /** One step on one run. */
  learn(rows: readonly (readonly number[])[], tags: readonly number[], from: number, to: number): void {
    const length = to - from
    this.#score(rows, tags, from, length)
    this.#forwardBackward(length)
    for (let i = 0; i < length; i++) this.#stepToken(rows[from + i] ?? [], tags[from + i] ?? 0, i)
    for (let i = 0; i < length; i++) this.#stepPair(i, i === 0 ? OUTSIDE : (tags[from + i - 1] ?? 0), tags[from + i] ?? 0)
  }

  #score(rows: readonly (readonly number[])[], tags: readonly number[], from: number, length: number): void {
    const { extra, missed } = this.#settings.cost
    for (let i = 0; i < length; i++) {
      const right = tags[from + i] ?? 0
      for (let label = 0; label < LABELS; label++) {
        let score = label === right ? 0 : label === OUTSIDE ? missed : right === OUTSIDE ? extra : 0.3
        for (const row of rows[from + i] ?? []) score += this.weights[row * LABELS + label] ?? 0
        this.#scores[i * LABELS + label] = score
      }
    }
    for (let a = 0; a < LABELS; a++)
      for (let b = 0; b < LABELS; b++) this.#expStep[a * LABELS + b] = mayFollow(a, b) ? exponential(this.transitions[a * LABELS + b] ?? 0) : 0
    for (let i = 0; i < length; i++) {
      let top = -Infinity
      for (let label = 0; label < LABELS; label++) top = Math.max(top, this.#scores[i * LABELS + label] ?? 0)
      for (let label = 0; label < LABELS; label++) this.#scores[i * LABELS + label] = exponential((this.#scores[i * LABELS + label] ?? 0) - top)
    }
  }

  #forwardBackward(length: number): void {
    const alpha = this.#alpha
    const beta = this.#beta
    const step = this.#expStep
    for (let i = 0; i < length; i++) {
      let sum = 0
      for (let b = 0; b < LABELS; b++) {
        let reach = 0
        if (i === 0) reach = step[OUTSIDE * LABELS + b] ?? 0
        else for (let a = 0; a < LABELS; a++) reach += (alpha[(i - 1) * LABELS + a] ?? 0) * (step[a * LABELS + b] ?? 0)
        reach *= this.#scores[i * LABELS + b] ?? 0
        alpha[i * LABELS + b] = reach
        sum += reach
      }
      for (let b = 0; b < LABELS; b++) alpha[i * LABELS + b] = (alpha[i * LABELS + b] ?? 0) / sum
    }
    for (let b = 0; b < LABELS; b++) beta[(length - 1) * LABELS + b] = 1
    for (let i = length - 2; i >= 0; i--) {
      let sum = 0
      for (let a = 0; a < LABELS; a++) {
        let reach = 0
        for (let b = 0; b < LABELS; b++) reach += (step[a * LABELS + b] ?? 0) * (this.#scores[(i + 1) * LABELS + b] ?? 0) * (beta[(i + 1) * LABELS + b] ?? 0)
        beta[i * LABELS + a] = reach
        sum += reach
      }
      for (let a = 0; a < LABELS; a++) beta[i * LABELS + a] = (beta[i * LABELS + a] ?? 0) / sum
    }
  }

  #stepToken(rows: readonly number[], right: number, i: number): void {
    const { rate, decay } = this.#settings
    let sum = 0
    for (let label = 0; label < LABELS; label++) sum += (this.#alpha[i * LABELS + label] ?? 0) * (this.#beta[i * LABELS + label] ?? 0)
    for (let label = 0; label < LABELS; label++) {
      const chance = ((this.#alpha[i * LABELS + label] ?? 0) * (this.#beta[i * LABELS + label] ?? 0)) / sum
      const slope = chance - (label === right ? 1 : 0)
      if (slope < 1e-4 && slope > -1e-4) continue
      for (const row of rows) {
        const at = row * LABELS + label
        const weight = this.weights[at] ?? 0
        const gradient = slope + decay * weight
        const squares = (this.#squares[at] ?? 0) + gradient * gradient
        this.#squares[at] = squares
        this.weights[at] = weight - (rate * gradient) / Math.sqrt(squares)
      }
    }
  }

  #stepPair(i: number, rightFrom: number, rightTo: number): void {
    const chances: number[] = []
    let sum = 0
    for (let a = 0; a < LABELS; a++) {
      const before = i === 0 ? (a === OUTSIDE ? 1 : 0) : (this.#alpha[(i - 1) * LABELS + a] ?? 0)
      for (let b = 0; b < LABELS; b++) {
        const chance =
          before * (this.#expStep[a * LABELS + b] ?? 0) * (this.#scores[i * LABELS + b] ?? 0) * (this.#beta[i * LABELS + b] ?? 0)
        chances.push(chance)
        sum += chance
      }
    }
    chances.forEach((chance, at) => {
      const gradient = chance / sum - (at === rightFrom * LABELS + rightTo ? 1 : 0)
      if (gradient === 0) return
      const squares = (this.#stepSquares[at] ?? 0) + gradient * gradient
      this.#stepSquares[at] = squares
      this.transitions[at] = (this.transitions[at] ?? 0) - (this.#settings.rate * gradient) / Math.sqrt(squares)
    })
  }
}

/** Learns from the examples in an order drawn anew for each epoch; the weights returned are the mean over the last epochs. */
export function learn(examples: Examples, settings: Settings, dice: Dice, onEpoch: (epoch: number) => void): Learned {
  const learner = new Learner(settings)
  const order = Array.from({ length: examples.starts.length - 1 }, (_, i) => i)
  const mean = new Float64Array(learner.weights.length)
  const meanSteps = new Float64Array(LABELS * LABELS)
  const averaged = Math.max(1, Math.floor(settings.epochs / 2))
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    dice.shuffle(order)
    for (const run of order) learner.learn(examples.rows, examples.tags, examples.starts[run] ?? 0, examples.starts[run + 1] ?? 0)
    if (epoch >= settings.epochs - averaged) {
      learner.weights.forEach((weight, at) => (mean[at] = (mean[at] ?? 0) + weight / averaged))
      learner.transitions.forEach((weight, at) => (meanSteps[at] = (meanSteps[at] ?? 0) + weight / averaged))
    }
    onEpoch(epoch)
  }
  return { weights: mean, transitions: meanSteps }
}

/** Weights as bytes: the unit is chosen so that all but a handful fit; those are cut at the edge. */
export function quantise(learned: Learned): { weights: Int8Array; transitions: Int16Array } {
  const sizes = Float64Array.from(learned.weights, Math.abs).sort()
  const unit = (sizes[Math.floor(sizes.length * 0.9998)] ?? 1) / 127
  const round = (value: number): number => Math.floor(value / unit + 0.5)
  return {
    weights: Int8Array.from(learned.weights, (value) => Math.max(-127, Math.min(127, round(value)))),
    transitions: Int16Array.from(learned.transitions, (value) => Math.max(-32767, Math.min(32767, round(value)))),
  }
}
