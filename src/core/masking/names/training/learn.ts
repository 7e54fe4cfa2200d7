/**
 * Learns the weights: a linear-chain conditional random field (Lafferty, McCallum, Pereira 2001) over runs, by
 * stochastic gradient with AdaGrad steps. Only additions, multiplications, divisions and square roots of doubles are
 * used, which IEEE 754 fixes to the bit, so that every machine learns the same weights.
 */
import { features, TEMPLATES, type RowSink } from '../features.ts'
import { beginOf, COLUMNS, insideOf, LABELS, mayFollow, NAME_TYPES, OUTSIDE } from '../labels.ts'
import { MOST_TOKENS, Runs, type Run } from '../runs.ts'
import { SHAPE } from '../tokens.ts'
import type { WordList } from '../wordlist.ts'
import { costOf, COSTS, type Cost } from './costs.ts'
import type { Dice } from './random.ts'
import type { MarkedText } from './text.ts'

/** Runs of a training set: feature rows and right tags, one after the other. */
export class Examples implements RowSink {
  rows = new Int32Array(1 << 20)
  offset = 0
  readonly mask: number
  readonly tags: number[] = []
  /** First token of each run, and one more for the end. */
  readonly starts: number[] = [0]
  /** Of each run. */
  readonly costs: Cost[] = []

  constructor(rowsLog2: number) {
    this.mask = 2 ** rowsLog2 - 1
  }

  /** Adds one token of the run. */
  add(run: Run, index: number, tag: number): void {
    this.offset = this.tags.length * TEMPLATES
    if (this.offset + TEMPLATES > this.rows.length) {
      const larger = new Int32Array(this.rows.length * 2)
      larger.set(this.rows)
      this.rows = larger
    }
    features(run.window, index, run.around, this)
    this.tags.push(tag)
  }
}

export type Learned = Readonly<Record<'weights' | 'transitions', Float64Array>>

export interface Settings {
  readonly rowsLog2: number
  readonly epochs: number
  readonly rate: number
  /** Pull of every weight towards zero, per use. */
  readonly decay: number
}

/** Powers of two from -1024 to 1023, by doubling and halving: `Math.exp` and `**` are not fixed to the bit by the language. */
const POWERS = new Float64Array(2048)
POWERS[1024] = 1
for (let k = 1; k < 1024; k++) {
  POWERS[1024 + k] = (POWERS[1023 + k] ?? 0) * 2
  POWERS[1024 - k] = (POWERS[1025 - k] ?? 0) / 2
}

/** 2^k times a polynomial. */
export function exponential(x: number): number {
  if (x < -700) return 0
  if (x > 700) return Infinity
  const k = Math.floor(x * 1.4426950408889634 + 0.5)
  const r = x - k * 0.6931471805599453
  let term = 1
  let sum = 1
  for (let i = 1; i < 14; i++) {
    term *= r / i
    sum += term
  }
  return sum * (POWERS[1024 + k] ?? 0)
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

/** How texts are to be learnt. */
export interface Lesson {
  readonly cost: Cost
  /** The same in runs that stand among the marks of code. */
  readonly codeCost?: Cost
  /** The shares of names and of other words of which the lists are made to know nothing. */
  readonly forget?: { readonly dice: Dice; readonly names: number; readonly others: number }
}

/** Adds the runs of the texts. */
export function collect(examples: Examples, texts: readonly MarkedText[], list: WordList, { cost, codeCost = cost, forget }: Lesson): void {
  for (const text of texts) {
    const runs = new Runs(list, (run) => {
      const tags = goldTags(run, text)
      for (let i = run.first; i <= run.last; i++) {
        const token = run.window.at(i)
        // Half of the world's names are in no list, nor are most words of some languages: what the list says is forgotten now and then.
        const share = forget === undefined ? 0 : (tags[i - run.first] ?? 0) === OUTSIDE ? forget.others : forget.names
        if (share > 0 && forget?.dice.chance(share) === true) token.listed = 0
      }
      for (let i = run.first; i <= run.last; i++) examples.add(run, i, tags[i - run.first] ?? OUTSIDE)
      for (let i = run.first; i <= run.last; i++) {
        const token = run.window.at(i)
        if (token.shape !== SHAPE.mark && token.shape !== SHAPE.lower) runs.memory.tagged(token.hash, tags[i - run.first] ?? OUTSIDE)
      }
      examples.starts.push(examples.tags.length)
      examples.costs.push(run.around.code > 0 ? codeCost : cost)
    }, true)
    runs.push(text.text)
    runs.end()
  }
}

class Learner {
  readonly weights: Float64Array
  readonly transitions = new Float64Array(LABELS * LABELS)
  readonly #squares: Float64Array
  readonly #stepSquares = new Float64Array(LABELS * LABELS)
  readonly #scores = new Float64Array(MOST_TOKENS * LABELS)
  readonly #alpha = new Float64Array(MOST_TOKENS * LABELS)
  readonly #beta = new Float64Array(MOST_TOKENS * LABELS)
  readonly #step = new Float64Array(LABELS * LABELS)
  readonly #chances = new Float64Array(LABELS * LABELS)
  readonly #settings: Settings
  readonly #examples: Examples

  constructor(examples: Examples, settings: Settings) {
    this.#examples = examples
    this.#settings = settings
    this.weights = new Float64Array(2 ** settings.rowsLog2 * LABELS)
    this.#squares = new Float64Array(this.weights.length).fill(1e-6)
    this.#stepSquares.fill(1e-6)
    this.#refreshSteps()
  }

  /** One step on a run. */
  learn(run: number): void {
    const { tags, starts, costs } = this.#examples
    const from = starts[run] ?? 0
    const length = (starts[run + 1] ?? 0) - from
    this.#score(from, length, costs[run] ?? COSTS.english)
    this.#forward(length)
    this.#backward(length)
    for (let i = 0; i < length; i++) this.#stepToken(from + i, i)
    for (let i = 0; i < length; i++) this.#stepPair(i, (i === 0 ? OUTSIDE : (tags[from + i - 1] ?? 0)) * LABELS + (tags[from + i] ?? 0))
    this.#refreshSteps()
  }

  #refreshSteps(): void {
    for (let a = 0; a < LABELS; a++)
      for (let b = 0; b < LABELS; b++) this.#step[a * LABELS + b] = mayFollow(a, b) ? exponential(this.transitions[a * LABELS + b] ?? 0) : 0
  }

  #score(from: number, length: number, cost: Cost): void {
    const { rows, tags } = this.#examples
    const scores = this.#scores
    const weights = this.weights
    for (let i = 0; i < length; i++) {
      const right = tags[from + i] ?? 0
      const at = i * LABELS
      for (let label = 0; label < LABELS; label++) scores[at + label] = costOf(label, right, cost)
      const first = (from + i) * TEMPLATES
      for (let k = first; k < first + TEMPLATES; k++) {
        const row = (rows[k] ?? 0) * LABELS
        for (let label = 0; label < LABELS; label++) scores[at + label] = (scores[at + label] ?? 0) + (weights[row + label] ?? 0)
      }
      let top = -Infinity
      for (let label = 0; label < LABELS; label++) top = Math.max(top, scores[at + label] ?? 0)
      for (let label = 0; label < LABELS; label++) scores[at + label] = exponential((scores[at + label] ?? 0) - top)
    }
  }

  #forward(length: number): void {
    const alpha = this.#alpha
    const step = this.#step
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
  }

  #backward(length: number): void {
    const beta = this.#beta
    const step = this.#step
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

  #stepToken(token: number, i: number): void {
    const { rate, decay } = this.#settings
    const { rows, tags } = this.#examples
    const weights = this.weights
    const all = this.#squares
    const right = tags[token] ?? 0
    const first = token * TEMPLATES
    let sum = 0
    for (let label = 0; label < LABELS; label++) sum += (this.#alpha[i * LABELS + label] ?? 0) * (this.#beta[i * LABELS + label] ?? 0)
    for (let label = 0; label < LABELS; label++) {
      const chance = ((this.#alpha[i * LABELS + label] ?? 0) * (this.#beta[i * LABELS + label] ?? 0)) / sum
      const slope = chance - (label === right ? 1 : 0)
      if (slope < 2e-3 && slope > -2e-3) continue
      for (let k = first; k < first + TEMPLATES; k++) {
        const at = (rows[k] ?? 0) * LABELS + label
        const weight = weights[at] ?? 0
        const gradient = slope + decay * weight
        const squares = (all[at] ?? 0) + gradient * gradient
        all[at] = squares
        weights[at] = weight - (rate * gradient) / Math.sqrt(squares)
      }
    }
  }

  #stepPair(i: number, right: number): void {
    const chances = this.#chances
    let sum = 0
    for (let a = 0; a < LABELS; a++) {
      const before = i === 0 ? (a === OUTSIDE ? 1 : 0) : (this.#alpha[(i - 1) * LABELS + a] ?? 0)
      for (let b = 0; b < LABELS; b++) {
        const at = a * LABELS + b
        const chance = before * (this.#step[at] ?? 0) * (this.#scores[i * LABELS + b] ?? 0) * (this.#beta[i * LABELS + b] ?? 0)
        chances[at] = chance
        sum += chance
      }
    }
    for (let at = 0; at < chances.length; at++) {
      const gradient = (chances[at] ?? 0) / sum - (at === right ? 1 : 0)
      if (gradient < 1e-3 && gradient > -1e-3) continue
      const squares = (this.#stepSquares[at] ?? 0) + gradient * gradient
      this.#stepSquares[at] = squares
      this.transitions[at] = (this.transitions[at] ?? 0) - (this.#settings.rate * gradient) / Math.sqrt(squares)
    }
  }
}

/** Learns from the examples in an order drawn anew for each epoch; the weights returned are the mean over the last epochs. */
export function learn(examples: Examples, settings: Settings, dice: Dice, onEpoch: (epoch: number) => void): Learned {
  const learner = new Learner(examples, settings)
  const order = Array.from({ length: examples.starts.length - 1 }, (_, i) => i)
  const mean = new Float64Array(learner.weights.length)
  const meanSteps = new Float64Array(LABELS * LABELS)
  const averaged = Math.max(1, Math.floor(settings.epochs / 2))
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    dice.shuffle(order)
    for (const run of order) learner.learn(run)
    if (epoch >= settings.epochs - averaged) {
      for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) + (learner.weights[at] ?? 0) / averaged
      for (let at = 0; at < meanSteps.length; at++) meanSteps[at] = (meanSteps[at] ?? 0) + (learner.transitions[at] ?? 0) / averaged
    }
    onEpoch(epoch)
  }
  return { weights: mean, transitions: meanSteps }
}

/** Weights as bytes, without the column of OUTSIDE: the unit is chosen so that all but a handful fit; those are cut at the edge. */
export function quantise(learned: Learned): { weights: Int8Array; transitions: Int16Array } {
  const rows = learned.weights.length / LABELS
  const differences = new Float64Array(rows * COLUMNS)
  for (let row = 0; row < rows; row++)
    for (let label = 1; label < LABELS; label++)
      differences[row * COLUMNS + label - 1] = (learned.weights[row * LABELS + label] ?? 0) - (learned.weights[row * LABELS] ?? 0)
  const sizes = differences.map(Math.abs).sort()
  const unit = (sizes[Math.floor(sizes.length * 0.9998)] ?? 1) / 127
  const round = (value: number): number => Math.floor(value / unit + 0.5)
  return {
    weights: Int8Array.from(differences, (value) => Math.max(-127, Math.min(127, round(value)))),
    transitions: Int16Array.from(learned.transitions, (value) => Math.max(-32767, Math.min(32767, round(value)))),
  }
}
