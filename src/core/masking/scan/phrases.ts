/**
 * Windows that open at a word, a number or a capital and stay open while their `grow` pattern says that a value may still be
 * coming. Questions are put at the ends of tokens only, so every answer is a function of the text.
 */
import type { Phrase } from './dispatch.ts'
import { foldIfNeeded, needsFold } from './fold.ts'
import { FOLD } from './characters.ts'
import { matchWindow, mayHaveContext, type Candidate } from './match.ts'
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

  /** @param at end of what has been read of it; the window does not open when that cannot be a beginning */
  open(phrase: Phrase, start: number, at: number): void {
    if (start < at && phrase.grow && !phrase.grow.test(foldIfNeeded(this.#source.slice(start, at)))) return
    let same = 0
    for (const one of this.#open) {
      if (one.phrase !== phrase) continue
      if (one.start === start) return
      same++
    }
    if (same >= MOST_OPEN) return
    this.#open.push({ phrase, start, key: this.#source.key })
    this.due = Math.min(this.due, start + phrase.hold + 1)
  }

  /** A token ended at `at`. @returns a commit when the opening of a long value decides */
  boundary(at: number): Commit | undefined {
    let commit: Commit | undefined
    this.#each(at, (one) => {
      const { early, grow } = one.phrase
      const text = foldIfNeeded(this.#source.slice(one.start, at))
      if (early?.test(text)) {
        commit ??= { start: one.start, phrase: one.phrase }
        return false
      }
      return grow === undefined || grow.test(text)
    })
    return commit
  }

  /** Closes what has held as much as it may. */
  expire(at: number): void {
    if (at >= this.due) this.#each(at, (one) => at - one.start <= one.phrase.hold)
  }

  /** Closes all of them at `at`; what began later is forgotten. */
  close(at: number): void {
    if (this.#open.length === 0) return
    const open = this.#open
    this.#open = []
    this.due = Infinity
    for (const one of open) if (one.start < at) this.#decide(one, at)
  }

  #each(at: number, stays: (one: Open) => boolean): void {
    const closing: Open[] = []
    const open: Open[] = []
    for (const one of this.#open) (stays(one) ? open : closing).push(one)
    if (closing.length === 0) return
    this.#open = open
    this.due = Infinity
    for (const one of open) this.due = Math.min(this.due, one.start + one.phrase.hold + 1)
    for (const one of closing) this.#decide(one, at)
  }

  #decide(one: Open, at: number): void {
    const { compiled } = one.phrase
    // A block whose opening never came is no value.
    if (compiled.recogniser.window === 'block') return
    const view = this.#source.view(one.start, at, needsFold(this.#source.slice(one.start, at)) ? FOLD : 0, one.key)
    if (mayHaveContext(compiled, view)) matchWindow(compiled, view, this.#found)
  }
}
