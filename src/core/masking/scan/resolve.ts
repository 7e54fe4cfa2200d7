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
  /** In the order of `before`. */
  #open: Candidate[] = []

  add(candidate: Candidate): void {
    const open = this.#open
    let at = open.length
    for (let last = open[at - 1]; last !== undefined && before(candidate, last); last = open[at - 1]) at--
    if (at === open.length) open.push(candidate)
    else open.splice(at, 0, candidate)
  }

  /** Start of the first candidate that is not decided, Infinity when there is none. */
  get pending(): number {
    return this.#open[0]?.start ?? Infinity
  }

  /** The first undecided candidate when it has begun to be swallowed and everything before `frontier` is known. */
  committed(frontier: number): Candidate | undefined {
    const [first] = this.#open
    return first?.end === Infinity && first.start <= frontier ? first : undefined
  }

  /** @param frontier no candidate will be added that begins before it @returns what is decided now, in order */
  settle(frontier: number): readonly Candidate[] {
    if (this.#open.length === 0) return NONE
    this.#sort()
    const decided: Candidate[] = []
    let head = 0
    for (let first = this.#open[head]; first !== undefined; first = this.#open[head]) {
      const cut = this.#stronger(head, first, first.end > frontier)
      if (cut === undefined) {
        if (first.end > frontier) break
        decided.push(first)
        head = this.#drop(head, first.end)
      } else {
        const { end } = first
        first.end = cut.start
        // Behind a committed value nothing of the loser is left: in a stream its end is not known yet.
        if (!cut.committed && end > cut.end) this.add({ ...first, start: cut.end, end })
      }
    }
    if (head > 0) this.#open = this.#open.slice(head)
    return decided
  }

  /** The end of a committed value becomes known after it was added, and with it its place among those that begin with it. */
  #sort(): void {
    const open = this.#open
    for (let i = 1; i < open.length; i++) {
      const one = open[i]
      const last = open[i - 1]
      if (one === undefined || last === undefined || !before(one, last)) continue
      open.splice(i, 1)
      let at = i - 1
      for (let other = open[at - 1]; other !== undefined && before(one, other); other = open[at - 1]) at--
      open.splice(at, 0, one)
    }
  }

  /** The earliest stronger candidate that begins inside `one`. While others may still come, only a committed one is certain to win. */
  #stronger(at: number, one: Candidate, early: boolean): Candidate | undefined {
    if (one.committed) return undefined
    for (let i = at + 1; i < this.#open.length; i++) {
      const other = this.#open[i]
      if (other === undefined || other.start >= one.end) return undefined
      if (other.start > one.start && (early ? other.committed : stronger(other, one))) return other
    }
    return undefined
  }

  /** Passes over a decided candidate, and takes out of all others what it covers. @returns place of the next one */
  #drop(at: number, settled: number): number {
    const open = this.#open
    let next = at + 1
    let cut: Candidate[] | undefined
    for (let one = open[next]; one !== undefined && one.start < settled; one = open[++next]) if (one.end > settled) (cut ??= []).push(one)
    if (cut === undefined) return next
    this.#open = open.slice(next)
    for (const one of cut) {
      one.start = settled
      this.add(one)
    }
    return 0
  }
}

const NONE: readonly Candidate[] = []
