/**
 * Which of the overlapping candidates become findings: certainty first, then the earlier start, then the longer. What sticks
 * out of a winner stays a finding of its own, so that nothing once found is lost to an overlap. A decision about a
 * candidate is taken when nothing new can begin before its end.
 */
import type { Candidate } from './match.ts'

function stronger(a: Candidate, b: Candidate): boolean {
  return (a.committed ?? false) || a.certainty > b.certainty
}

function before(a: Candidate, b: Candidate): boolean {
  if (a.start !== b.start) return a.start < b.start
  if (a.committed !== b.committed) return a.committed ?? false
  if (a.certainty !== b.certainty) return a.certainty > b.certainty
  if (a.end !== b.end) return a.end > b.end
  return a.detector < b.detector
}

export class Resolver {
  #open: Candidate[] = []
  /** Findings overlap nothing before this. */
  #settled = 0

  add(candidate: Candidate): void {
    this.#open.push(candidate)
  }

  /** Start of the first candidate that is not decided, Infinity when there is none. */
  get pending(): number {
    let least = Infinity
    for (const one of this.#open) if (one.start < least) least = one.start
    return least
  }

  /** The first undecided candidate when it has begun to be swallowed and everything before `frontier` is known. */
  committed(frontier: number): Candidate | undefined {
    const first = this.#first()
    return first?.end === Infinity && first.start <= frontier ? first : undefined
  }

  /** @param frontier no candidate will be added that begins before it @returns what is decided now, in order */
  settle(frontier: number): readonly Candidate[] {
    if (this.#open.length === 0) return NONE
    const decided: Candidate[] = []
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const cut = this.#stronger(first, first.end > frontier)
      if (cut === undefined) {
        if (first.end > frontier) break
        decided.push(first)
        this.#drop(first)
      } else {
        // Behind a committed value nothing of the loser is left: in a stream its end is not known yet.
        if (!cut.committed && first.end > cut.end) this.#open.push({ ...first, start: cut.end })
        first.end = cut.start
      }
    }
    return decided
  }

  #first(): Candidate | undefined {
    let first: Candidate | undefined
    for (const one of this.#open) if (first === undefined || before(one, first)) first = one
    return first
  }

  /** The earliest stronger candidate that begins inside `one`. While others may still come, only a committed one is certain to win. */
  #stronger(one: Candidate, early: boolean): Candidate | undefined {
    let found: Candidate | undefined
    for (const other of this.#open) {
      if (other.start <= one.start || other.start >= one.end || one.committed) continue
      if (early ? !other.committed : !stronger(other, one)) continue
      if (found === undefined || before(other, found)) found = other
    }
    return found
  }

  /** Takes a decided candidate out, and out of all others what it covers. */
  #drop(decided: Candidate): void {
    this.#settled = decided.end
    this.#open = this.#open.filter((one) => {
      if (one === decided || one.end <= this.#settled) return false
      if (one.start < this.#settled) one.start = this.#settled
      return true
    })
  }
}

const NONE: readonly Candidate[] = []
