/** One window as recognisers see it, with what stands left of it. What was cut out or asked is remembered: many recognisers look at the same window. */
import type { Folded } from './fold.ts'
import { LEFT, type WindowView } from './match.ts'
import type { Source } from './source.ts'
import type { Stepwise } from './regex/stepwise.ts'
import type { Said } from './regex/wordIndex.ts'

/** Patterns and places that a window remembers: one bit each, and two entries. */
const MOST_ASKED = 60

export class View implements WindowView {
  readonly folded: Folded
  readonly start: number
  readonly key: string
  readonly #source: Source
  #before: string | undefined
  #isAlone: boolean | undefined
  #left = ''
  #leftAt = -1
  #value = ''
  #valueFrom = -1
  #valueTo = -1
  /** What was asked, by pattern and place in turn; and the answers. */
  #asked: (Said | number)[] | undefined
  #answers = 0

  constructor(source: Source, folded: Folded, start: number, key: string) {
    this.#source = source
    this.folded = folded
    this.start = start
    this.key = key
  }

  get isAlone(): boolean {
    return (this.#isAlone ??= this.left(0).trim() === '')
  }

  value(from: number, to: number): string {
    if (from !== this.#valueFrom || to !== this.#valueTo) {
      this.#valueFrom = from
      this.#valueTo = to
      this.#value = this.folded.text.slice(from, to)
    }
    return this.#value
  }

  left(at: number): string {
    if (at === this.#leftAt) return this.#left
    const { text } = this.folded
    this.#leftAt = at
    if (at >= LEFT) return (this.#left = text.slice(at - LEFT, at))
    if (this.folded.starts === undefined && this.#source.isPlain(this.start)) return (this.#left = this.#source.slice(Math.max(this.#source.base, this.start + at - LEFT), this.start + at))
    this.#before ??= this.#source.left(this.start)
    return (this.#left = at === 0 ? this.#before : (this.#before + text.slice(0, at)).slice(-LEFT))
  }

  says(said: Said, at: number): boolean {
    const asked = this.#asked
    if (asked !== undefined) for (let i = 0; i < asked.length; i += 2) if (asked[i] === said && asked[i + 1] === at) return (this.#answers & (1 << (i / 2))) !== 0
    const { tail } = said
    const isEnd = tail && this.#isBefore(tail.steps, at)
    // Most answers are this one, and sooner told again than remembered.
    return isEnd !== false && this.#remember(said, at, (isEnd && tail.isWhole) || this.#hears(said, at))
  }

  /** Whether what stands left of an offset ends in this way. */
  #isBefore(steps: Stepwise, at: number): boolean | undefined {
    if (this.folded.starts === undefined && this.#source.isPlain(this.start)) return this.#source.isBefore(steps, this.start + at)
    const left = this.left(at)
    return steps.back(left, 0, left.length)
  }

  #hears(said: Said, at: number): boolean {
    const { starts } = this.folded
    return this.#source.says(said, this.left(at), this.start + (starts ? (starts[at] ?? at) : at))
  }

  #remember(said: Said, at: number, answer: boolean): boolean {
    const asked = (this.#asked ??= [])
    if (asked.length < MOST_ASKED) {
      if (answer) this.#answers |= 1 << (asked.length / 2)
      asked.push(said, at)
    }
    return answer
  }

  mayBeLeft(said: Said): boolean {
    return this.#source.isNear(said, this.start)
  }
}
