/**
 * Which of the overlapping candidates become findings: certainty first, then the earlier start, then the longer. What sticks
 * out of a winner stays a finding of its own, so that nothing once found is lost to an overlap. A decision about a
 * candidate is taken when nothing new can begin before its end.
 */
import { RESTORED, type Candidate } from './match.ts'

function stronger(a: Candidate, b: Candidate): boolean {
  return (a.committed ?? false) || a.certainty > b.certainty
}

function before(a: Candidate, b: Candidate): boolean {
  if (a.start !== b.start) return a.start < b.start
  if (a.committed !== b.committed) return a.committed ?? false
  if (a.certainty !== b.certainty) return a.certainty > b.certainty
  const [reach, other] = [a.reach ?? a.end, b.reach ?? b.end]
  if (reach !== other) return reach > other
  return a.detector < b.detector
}

/** More new candidates than these are sorted together. Up to these, which come nearly in order, each is put in its place. */
const FEW = 64

function compare(a: Candidate, b: Candidate): number {
  return before(a, b) ? -1 : before(b, a) ? 1 : 0
}

export class Resolver {
  /** In the order of `before`. */
  #open: Candidate[] = []
  /** Added since, in the order of their coming. */
  #fresh: Candidate[] = []
  /** One was added whose end was not known: its place may have changed since. */
  #isOpenEnded = false

  /** Whether any are not decided. */
  get any(): boolean {
    return this.#open.length > 0 || this.#fresh.length > 0
  }

  add(candidate: Candidate): void {
    this.#fresh.push(candidate)
    if (candidate.end === Infinity) this.#isOpenEnded = true
  }

  /** Puts in their places what was added, and what has moved. */
  #merge(): void {
    const fresh = this.#fresh
    if (fresh.length > 0) {
      this.#fresh = []
      if (fresh.length <= FEW) for (const one of fresh) this.#insert(one)
      else this.#open = [...this.#open, ...fresh].sort(compare)
    }
    if (this.#isOpenEnded) this.#sort()
  }

  #insert(candidate: Candidate): void {
    this.#open.push(candidate)
    this.#moveBack(this.#open.length - 1, 0)
  }

  /** The same of one that stands not far behind `at`: there may be many behind it. */
  #insertBehind(at: number, candidate: Candidate): void {
    const open = this.#open
    let to = at + 1
    for (let next = open[to]; next !== undefined && !before(candidate, next); next = open[++to]);
    open.splice(to, 0, candidate)
  }

  /** Start of the first candidate that is not decided, Infinity when there is none. */
  get pending(): number {
    this.#merge()
    return this.#open[0]?.start ?? Infinity
  }

  /** The first undecided candidate when it has begun to be swallowed and everything before `frontier` is known. */
  committed(frontier: number): Candidate | undefined {
    this.#merge()
    const [first] = this.#open
    return first?.end === Infinity && first.isCut !== true && first.start <= frontier ? first : undefined
  }

  /** @param frontier no candidate will be added that begins before it @returns what is decided now, in order */
  settle(frontier: number): readonly Candidate[] {
    this.#merge()
    if (this.#open.length === 0) {
      this.#isOpenEnded = false
      return NONE
    }
    const decided: Candidate[] = []
    let head = 0
    for (let first = this.#open[head]; first !== undefined; first = this.#open[head]) {
      // Its end came before that of one that took its beginning.
      if (first.end <= first.start) {
        head++
        continue
      }
      const cut = this.#stronger(head, first, first.end > frontier)
      if (cut === undefined) {
        if (first.end > frontier) break
        decided.push(first)
        head = this.#drop(head, first)
      } else {
        const { end } = first
        first.reach ??= end
        first.end = cut.start
        if (cut.type === RESTORED) first.isRest = true
        // In a stream the end of a committed value is not known yet: what is left behind it is told when it is.
        const start = cut.committed ? cut.start : cut.end
        if (end > start) this.#insertBehind(head, { ...first, start, end, isCut: true })
      }
    }
    if (head > 0) this.#open = this.#open.slice(head)
    return decided
  }

  /** The end of a committed value becomes known after it was added, and with it its place among those that begin with it. */
  #sort(): void {
    const open = this.#open
    for (let i = 1; i < open.length; i++) this.#moveBack(i, 0)
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
  #drop(at: number, { end: settled, type }: Candidate): number {
    const open = this.#open
    let next = at + 1
    let cut: Candidate[] | undefined
    for (let one = open[next]; one !== undefined && one.start < settled; one = open[++next]) if (one.end > settled) (cut ??= []).push(one)
    if (cut === undefined) return next
    const from = next - cut.length
    for (const [i, one] of cut.entries()) {
      one.start = settled
      one.isCut = true
      if (type === RESTORED) one.isRest = true
      open[from + i] = one
    }
    // What begins there as well stands right behind them.
    while (open[next]?.start === settled) next++
    for (let i = from + 1; i < next; i++) this.#moveBack(i, from)
    return from
  }

  /** Moves a candidate before those it precedes, as far as `from`. */
  #moveBack(at: number, from: number): void {
    const open = this.#open
    const one = open[at]
    if (one === undefined) return
    let to = at
    for (let last = open[to - 1]; to > from && last !== undefined && before(one, last); last = open[to - 1]) {
      open[to] = last
      to--
    }
    open[to] = one
  }
}

const NONE: readonly Candidate[] = []
