/**
 * The window of all that stands in a field, whatever it is: for types of which only the name of the field is known. A value begins at the first
 * character that no blank, mark or tag around it accounts for, and is decided there: nothing of it waits for its end but its length. What is
 * told depends on the text alone, never on how that arrived.
 */
import type { Candidate, Compiled } from './match.ts'

/** Units; what is longer is masked as several values. */
const LONGEST_VALUE = 4096
/** What is looked at for what stands behind a value. Less than what a value is cut with. */
const TAIL = 96
const LEAST_REST = 160
/** No more than this of a value is ever held. */
export const MOST_HELD = LONGEST_VALUE + LEAST_REST
/** Blanks behind a word for nothing. */
const MOST_BLANKS = 64
const NONE: readonly Compiled[] = []

const NOTHING = ['null', 'none', 'nil', 'undefined', 'nan', 'n/a']
const WORD = NOTHING.join('|')
const BEGINNING = NOTHING.flatMap((word) => Array.from(word, (_, i) => word.slice(0, i + 1))).join('|')
/** Around a value: blanks, quotes, brackets, and what rules, lists and tables are drawn with. */
const MARKS = String.raw`\s"'\x60*_~|>,;:=.()[\]{}\u2013\u2014\u2026\u2500-\u257f`
const TAG = '<[^<>]{0,60}>'
/** Before a quote, as in `N'…'` and `f"…"`. */
const LETTER = '[bfrune]|rb|br|fr|rf|[@$]{1,2}'
/** One step over what stands before a value, words for nothing among it. */
const BEFORE = new RegExp(String.raw`[${MARKS}]+|${TAG}|-(?=\D)|\\(?=["'\x60\\])|(?:${LETTER})(?=["'\x60])|(?:${WORD})(?=\s{0,${MOST_BLANKS - 1}}["'\x60<,;|)\]}]|\s{${MOST_BLANKS}})`, 'iy')
/** What may be such a step once more has come. */
const UNTOLD = new RegExp(String.raw`^(?:<[^<>]{0,60}|-|\\|${LETTER}|${BEGINNING}|(?:${WORD})\s{1,${MOST_BLANKS - 1}})$`, 'i')
const BEHIND = new RegExp(String.raw`(?:[${MARKS}\\-]|${TAG}|\]>)+$`)
/** Behind a value in quotes, by the quote. */
const BEHIND_QUOTED: Readonly<Record<string, RegExp>> = Object.fromEntries(["'", '"', '`'].map((quote) => [quote, new RegExp(String.raw`\\*${quote}[\s,;|)\]}]*(?:${TAG}|\s)*$`)]))
const LAST_QUOTE = /["'`](?=[^"'`]*$)/

export class WholeWindow {
  readonly #found: (candidate: Candidate) => void
  #own: readonly Compiled[] = NONE
  /** End of what was read. */
  #at = 0
  /** Up to there: what is not told yet, or the end of a value that has begun. */
  #text = ''
  /** The value, for each type that it is of. */
  #begun: readonly Candidate[] = []
  #quote = ''

  constructor(found: (candidate: Candidate) => void) {
    this.#found = found
  }

  /** What comes next is of these types, or of none. */
  open(own: readonly Compiled[]): void {
    this.close()
    this.#own = own
  }

  push(text: string): void {
    this.#at += text.length
    if (this.#own.length === 0) return
    this.#text += text
    if (this.#begun.length === 0) this.#skip(this.#text)
    if (this.#begun.length === 0) return
    this.#cut()
    this.#text = this.#text.slice(-LEAST_REST)
  }

  /** The value ends here, or so many units before, and another of the same types may follow. */
  close(back = 0): void {
    const text = this.#text.slice(0, this.#text.length - back)
    this.#text = text
    // What is over ends as at a comma.
    if (this.#begun.length === 0 && text !== '') this.#skip(`${text},`, back)
    for (const one of this.#begun) one.end = Math.max(one.start + 1, this.#at - back - lengthBehind(text.slice(-Math.min(TAIL, this.#at - back - one.start)), this.#quote))
    this.#begun = []
    this.#text = this.#quote = ''
  }

  /** A value that has just ended, of which only now is known what it is of. @param text all that may be of it */
  judge(text: string, own: readonly Compiled[]): void {
    this.#at -= text.length
    this.open(own)
    this.push(text)
    this.open(NONE)
  }

  /** Where a value may begin that is not told yet, Infinity where none may. */
  get frontier(): number {
    return this.#begun.length === 0 && this.#text !== '' ? this.#at - this.#text.length : Infinity
  }

  /** Goes over what stands before the value, step by step, as far as it is told. @param text with what is known to follow */
  #skip(text: string, back = 0): void {
    const { length } = this.#text
    let from = 0
    for (BEFORE.lastIndex = 0; from < length && BEFORE.test(text); BEFORE.lastIndex = from) {
      const begun = from
      from = Math.min(BEFORE.lastIndex, length)
      this.#quote = LAST_QUOTE.exec(text.slice(begun, from))?.[0] ?? this.#quote
    }
    this.#text = this.#text.slice(from)
    if (this.#text !== '' && (text.length > length || !UNTOLD.test(this.#text))) this.#begin(this.#at - back - this.#text.length)
  }

  #begin(start: number): void {
    this.#begun = this.#own.map(({ type, detector, certainty }) => ({ start, end: Infinity, type, detector, certainty, committed: true }))
    for (const one of this.#begun) this.#found(one)
  }

  /** Enough is left behind the place that there is something of the value in it. */
  #cut(): void {
    for (let start = this.#begun[0]?.start ?? 0; this.#at - start >= MOST_HELD; ) {
      start += LONGEST_VALUE
      for (const one of this.#begun) one.end = start
      this.#begin(start)
    }
  }
}

/** @param text the end of a value, with what stands behind it @param quote that it began with, if any @returns units that stand behind it */
function lengthBehind(text: string, quote: string): number {
  return ((quote === '' ? undefined : BEHIND_QUOTED[quote]?.exec(text)) ?? BEHIND.exec(text))?.[0].length ?? 0
}
