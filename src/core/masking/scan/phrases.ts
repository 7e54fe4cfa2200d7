/**
 * Windows that open at a word, a number or a capital and stay open while their `grow` pattern says that a value may still be
 * coming. Questions are put at the ends of tokens only, so every answer is a function of the text.
 */
import type { Phrase } from './dispatch.ts'
import { foldIfNeeded, fold } from './fold.ts'
import { matchWindow, type Candidate } from './match.ts'
import type { Source } from './source.ts'

/** Windows of one recogniser open at once. */
const MOST_OPEN = 4

interface Open {
  readonly phrase: Phrase
  readonly start: number
  readonly key: string
}

/** A long value has begun: everything from `start` on is part of it. */
export interface Commit {
  readonly start: number
  readonly phrase: Phrase
}

export class Phrases {
  readonly #source: Source
  readonly #found: (candidate: Candidate) => void
  #open: Open[] = []
  /** Offset at which the first of them has held as much as it may. */
  due = Infinity

  constructor(source: Source, found: (candidate: Candidate) => void) {
    this.#source = source
    this.#found = found
  }

  get any(): boolean {
    return this.#open.length > 0
  }

  /** Start of the oldest one, Infinity when none is open. */
  get start(): number {
    let least = Infinity
    for (const one of this.#open) if (one.start < least) least = one.start
    return least
  }

  open(phrase: Phrase, start: number, key: string): void {
    let same = 0
    for (const one of this.#open) {
      if (one.phrase !== phrase) continue
      if (one.start === start) return
      same++
    }
    if (same >= MOST_OPEN) return
    this.#open.push({ phrase, start, key })
    this.due = Math.min(this.due, start + phrase.compiled.recogniser.hold + 1)
  }

  /** A token ended at `at`. @returns a commit when the opening of a long value decides */
  boundary(at: number): Commit | undefined {
    let commit: Commit | undefined
    this.#each(at, (one, text) => {
      if (one.phrase.early?.test(text)) {
        commit ??= { start: one.start, phrase: one.phrase }
        return false
      }
      const { grow } = one.phrase
      return grow === undefined || grow.test(text)
    })
    return commit
  }

  /** Closes what has held as much as it may. */
  expire(at: number): void {
    this.#each(at, (one) => at - one.start <= one.phrase.compiled.recogniser.hold)
  }

  /** Closes all of them at `at`; what began later is forgotten. */
  close(at: number): void {
    const open = this.#open
    this.#open = []
    this.due = Infinity
    for (const one of open) if (one.start < at) this.#decide(one, at)
  }

  #each(at: number, stays: (one: Open, text: string) => boolean): void {
    const closing: Open[] = []
    this.#open = this.#open.filter((one) => {
      if (stays(one, foldIfNeeded(this.#source.slice(one.start, at)))) return true
      closing.push(one)
      return false
    })
    this.due = Infinity
    for (const one of this.#open) this.due = Math.min(this.due, one.start + one.phrase.compiled.recogniser.hold + 1)
    for (const one of closing) this.#decide(one, at)
  }

  #decide(one: Open, at: number): void {
    // A block whose opening never came is no value.
    if (one.phrase.compiled.recogniser.window === 'block') return
    const view = this.#source.viewOf(fold(this.#source.slice(one.start, at)), one.start, one.key)
    matchWindow(one.phrase.compiled, view, this.#found)
  }
}
