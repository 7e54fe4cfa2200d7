/** The window of Chinese, Japanese and Korean letters, with the Latin letters and digits between them. */
import type { OutlineBench } from './outlineBench.ts'
import type { Candidate } from './match.ts'
import type { Source } from './source.ts'

/** Units that are looked at together; longer runs are read in overlapping halves. */
const CJK_LIMIT = 64
/** Units of the Latin letters and digits that may lead such a run. More of them begin no value, and may be out already. */
export const LONGEST_LEAD = CJK_LIMIT / 2

export class CjkWindow {
  start = -1
  readonly #source: Source
  readonly #bench: OutlineBench
  readonly #found: (candidate: Candidate) => void
  #bits = 0
  #digits = 0

  constructor(source: Source, bench: OutlineBench, found: (candidate: Candidate) => void) {
    this.#source = source
    this.#bench = bench
    this.#found = found
  }

  get due(): number {
    return this.start < 0 ? Infinity : this.start + CJK_LIMIT
  }

  open(at: number, bits: number, digits: number): void {
    this.start = at
    this.#bits = bits
    this.#digits = digits
  }

  add(bits: number, digits: number): void {
    this.#bits |= bits
    this.#digits += digits
  }

  close(at: number): void {
    const { start } = this
    this.start = -1
    if (start >= 0 && this.#bench.wants(this.#digits, at - start)) this.#bench.run(this.#source, start, at, this.#source.viewOfFolded(start, at, this.#bits), this.#found)
  }

  halve(at: number): void {
    const next = this.start + CJK_LIMIT / 2
    this.close(at)
    this.start = next
  }
}
