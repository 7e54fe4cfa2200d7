/** The window of numbers in groups: cards, phones, IBANs, ids. */
import { ALNUM, DIGIT, FOLD, FOREIGN, JOIN, LEAD, LOWER, NEWLINE, classOf, codeAt } from './characters.ts'
import type { OutlineBench } from './outlineBench.ts'
import { joins } from './joining.ts'
import { LONGEST_TOKEN } from './limits.ts'
import type { Candidate } from './match.ts'
import type { Source } from './source.ts'
import { separates } from './spelled.ts'

/** Units that are looked at together; longer rows are read in overlapping halves. */
const GROUP_LIMIT = 96
/** The same where some stand for others: an escape takes six units. The longest number wholly escaped, its separators as well, has room. */
const ESCAPED_LIMIT = 3 * GROUP_LIMIT
const MOST_JOINS = 3
/** As in `+(`: a longer row is one that somebody drew. */
const MOST_LEAD = 4
const LONGEST_CAPITALS = 4
/** The same where some stand for others: each may be an escape of six units. */
const ESCAPED_CAPITALS = 6 * LONGEST_CAPITALS
/** Longest number that is written without a separator: an IBAN. A longer run is a key or noise, and no group. */
const LONGEST_RUN = 34
/** Before a number in what numpy prints: `np.int64(4829)`. */
const TYPED = /^u?(?:int|float)\d{1,3}\(/
const LONGEST_TYPE = 10

export class GroupWindow {
  start = -1
  /** First of the characters right before a token that may lead a group, -1 when there is none. */
  lead = -1
  readonly #source: Source
  readonly #bench: OutlineBench
  readonly #found: (candidate: Candidate) => void
  #end = -1
  #bits = 0
  #digits = 0
  #joins = 0
  #lines = 0
  /** Some of its separators are words. */
  #isSpelled = false

  constructor(source: Source, bench: OutlineBench, found: (candidate: Candidate) => void) {
    this.#source = source
    this.#bench = bench
    this.#found = found
  }

  get due(): number {
    if (this.start >= 0) return this.start + this.#limit + 1
    // A longer token than may follow on it is no number, and would be held to its end.
    return this.lead < 0 ? Infinity : this.lead + MOST_LEAD + LONGEST_TOKEN + 1
  }

  get #limit(): number {
    return this.#bits & FOLD ? ESCAPED_LIMIT : GROUP_LIMIT
  }

  /** A token begins. @returns false when the text ends before it is certain whether the group goes on with it */
  meets(at: number, final: boolean): boolean {
    const { text, base } = this.#source
    let verdict = joins(text, at - base, final)
    if (verdict !== 'yes' && this.#digits > 0) {
      const separation = separates(text, at - base, final)
      if (separation === 'yes') this.#isSpelled = true
      if (separation !== 'no') verdict = separation
    }
    if (verdict === 'no') this.close()
    return verdict !== 'unknown'
  }

  /** A token has ended. */
  add(start: number, at: number, bits: number, digits: number): void {
    // Invisible characters and escapes make a number look longer than it is.
    if (at - start > (bits & FOLD ? LONGEST_TOKEN : LONGEST_RUN)) {
      this.close()
      return
    }
    if (this.start < 0) {
      if ((digits === 0 && ((bits & LOWER) !== 0 || at - start > ((bits & (FOLD | FOREIGN)) === FOLD ? ESCAPED_CAPITALS : LONGEST_CAPITALS)))) return
      this.start = this.lead >= 0 ? this.lead : start
      this.#bits = 0
      this.#digits = 0
      this.#lines = 0
      this.#isSpelled = false
    }
    this.#end = at
    this.#bits |= bits
    this.#digits += digits
    this.#joins = 0
  }

  /** @returns where it will have become too long */
  separate(at: number, bits: number): number {
    if (this.start >= 0) {
      if (bits & NEWLINE) this.#lines++
      this.#bits |= bits & FOLD
      if ((bits & JOIN) === 0 || ++this.#joins > MOST_JOINS || this.#lines > 1) this.close()
    }
    if ((bits & LEAD) === 0) this.lead = -1
    else if (this.lead < 0 || at - this.lead >= MOST_LEAD) this.lead = at
    return this.due
  }

  /** Something invisible stands here. */
  hide(): void {
    this.#bits |= FOLD
  }

  close(): void {
    const { start } = this
    this.start = -1
    if (start >= 0 && this.#digits > 0) this.#run(start, this.#end)
  }

  /** A value has begun at `at` that swallows what follows. */
  cut(at: number): void {
    if (this.start >= 0 && this.#end <= at) this.close()
    this.start = this.lead = -1
  }

  /** A long row of numbers: what was seen is judged, and the latter half is seen again with what follows. Nothing leads a long token. */
  halve(): void {
    const { start } = this
    const end = this.#end
    if (start < 0) {
      this.lead = -1
      return
    }
    if (this.#digits > 0) this.#run(start, end)
    const { text, base } = this.#source
    const isAlnum = (at: number): boolean => (classOf(codeAt(text, at - base)) & ALNUM) !== 0
    let next = Math.max(start + 1, end - this.#limit / 2)
    while (next < end && (isAlnum(next - 1) || !isAlnum(next))) next++
    this.start = next < end ? next : -1
    this.#digits = 0
    for (let at = next; at < end; at++) if (classOf(codeAt(text, at - base)) & DIGIT) this.#digits++
  }

  #run(from: number, end: number): void {
    const typed = (classOf(codeAt(this.#source.text, from - this.#source.base)) & LOWER) === 0 ? undefined : TYPED.exec(this.#source.slice(from, Math.min(end, from + LONGEST_TYPE)))?.[0]
    const start = from + (typed?.length ?? 0)
    if (!this.#bench.wants(this.#digits, end - start)) return
    const { key } = this.#source
    this.#source.enterField(start, false)
    this.#bench.run(this.#source, start, end, this.#source.viewOfFolded(start, end, this.#bits, this.#isSpelled), this.#found)
    this.#source.key = key
  }
}
