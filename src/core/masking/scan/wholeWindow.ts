/**
 * The window of all that stands in a field, whatever it is: for types of which only the name of the field is known. A value begins at the first
 * character that no blank, mark or tag around it accounts for, and is decided there: nothing of it waits for its end but its length. What is
 * told depends on the text alone, never on how that arrived.
 */
import { isStandIn } from '../surrogates.ts'
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
const MARKS = String.raw`\s"'\x60*_~|>,;:=.()\]{}\u2013\u2014\u2026\u2500-\u257f`
/** Tags that texts are set with, and ends of any: in other angle brackets stands a value. */
const TAG = String.raw`<(?:/?(?:a|b|br|code|div|em|font|h\d|i|li|mark|p|pre|s|small|span|strong|su[bp]|t[dhr]|table|tbody|thead|tt|u)(?![\w:.-])[^<>]{0,60}|/[\w:.-]{1,60})>`
/** Before a quote, as in `N'…'` and `f"…"`. */
const LETTER = '[bfrune]|rb|br|fr|rf|[@$]{1,2}'
/** One step over what stands before a value, words for nothing among it. */
const BEFORE = new RegExp(String.raw`[${MARKS}]+|\[|${TAG}|-(?=\D)|\\(?=["'\x60\\])|(?:${LETTER})(?=["'\x60])|(?:${WORD})(?=\s{0,${MOST_BLANKS - 1}}["'\x60<,;|)\]}]|\s{${MOST_BLANKS}})`, 'iy')
/** What may be such a step once more has come. */
const UNTOLD = new RegExp(String.raw`^(?:<[^<>]{0,60}|-|\\|${LETTER}|${BEGINNING}|(?:${WORD})\s{1,${MOST_BLANKS - 1}})$`, 'i')
const BEHIND = new RegExp(String.raw`(?:[${MARKS}[\\-]|${TAG}|\]>)+$`)
/** Behind a value in quotes, by the quote. */
const BEHIND_QUOTED: Readonly<Record<string, RegExp>> = Object.fromEntries(["'", '"', '`'].map((quote) => [quote, new RegExp(String.raw`\\*${quote}[\s,;|)\]}]*(?:${TAG}|\s)*$`)]))
const LAST_QUOTE = /["'`](?=[^"'`]*$)/

/** What stands for a value, also as models write it in Markdown (`\\[EMAIL\\_1\\]`) or in small letters. */
const PLACEHOLDER = /^\\?(\[(?:\\_|[\w:]){1,80})\\?\]/
const OF_PLACEHOLDER = /^\\?\[(?:\\_|[\w:]){0,80}\\?$/
const LAST_PLACEHOLDER = /\[(?:\\_|\w)+$/
const OF_CLOSING = /^\\?\]/
/** What stands before the text, as far as it may be of a placeholder: a cell of a list begins behind its bracket. */
const OUTSIDE = ['']
const IN_BRACKET = ['[', '']

export class WholeWindow {
  readonly #found: (candidate: Candidate) => void
  /** Placeholders that are no values, but stand for one. */
  readonly #known: ReadonlyMap<string, unknown> | undefined
  #own: readonly Compiled[] = NONE
  /** End of what was read. */
  #at = 0
  /** Up to there: what is not told yet, or the end of a value that has begun. */
  #text = ''
  /** The value, for each type that it is of. */
  #begun: readonly Candidate[] = []
  #start = 0
  #quote = ''
  #last = ''
  #brackets = OUTSIDE

  constructor(found: (candidate: Candidate) => void, known: ReadonlyMap<string, unknown> | undefined) {
    this.#found = found
    this.#known = known
  }

  /** What comes next is of these types, or of none. */
  open(own: readonly Compiled[]): void {
    this.close()
    this.#own = own
  }

  push(text: string): void {
    this.#at += text.length
    this.#last = text.slice(-1)
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
    const end = this.#at - back - this.#lengthBehind(text.slice(-Math.min(TAIL, this.#at - back - this.#start)))
    // Where its candidate begins is not asked: what began before it may have taken its beginning.
    for (const one of this.#begun) one.end = Math.max(this.#start + 1, end)
    this.#begun = []
    this.#text = this.#quote = ''
    this.#brackets = this.#last === '[' ? IN_BRACKET : OUTSIDE
  }

  /** A value that has just ended, of which only now is known what it is of. @param text all that may be of it @param before the character before that */
  judge(text: string, before: string, own: readonly Compiled[]): void {
    this.#at -= text.length
    this.#last = before
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
    const isOver = text.length > length
    let from = 0
    for (let to = this.#step(text, 0, isOver); from < length && to > from; to = this.#step(text, from, isOver)) {
      this.#quote = LAST_QUOTE.exec(text.slice(from, to))?.[0] ?? this.#quote
      from = Math.min(to, length)
    }
    if (from > 0) this.#brackets = OUTSIDE
    this.#text = this.#text.slice(from)
    if (this.#text !== '' && (isOver || !this.#isUntold(this.#text))) this.#begin(this.#at - back - this.#text.length)
  }

  /** @returns where one step over what stands there ends, `from` where that is the value or not told yet */
  #step(text: string, from: number, isOver: boolean): number {
    for (const bracket of from === 0 ? this.#brackets : OUTSIDE) {
      const rest = bracket + text.slice(from)
      const [placeholder = '', body = ''] = PLACEHOLDER.exec(rest) ?? []
      if (placeholder !== '' && (this.#isKnown(body) || isStandIn(placeholder))) return from + placeholder.length - bracket.length
      if (!isOver && OF_PLACEHOLDER.test(rest)) return from
    }
    BEFORE.lastIndex = from
    return BEFORE.test(text) ? BEFORE.lastIndex : from
  }

  /** @param body of a placeholder as it is written, without the bracket that closes it */
  #isKnown(body: string): boolean {
    return this.#known?.has(`${body.replaceAll('\\', '').toUpperCase()}]`) === true
  }

  #isUntold(text: string): boolean {
    return UNTOLD.test(text) || this.#brackets.some((bracket) => OF_PLACEHOLDER.test(bracket + text))
  }

  #begin(start: number): void {
    this.#start = start
    this.#begun = this.#own.map(({ type, detector, certainty }) => ({ start, end: Infinity, type, detector, certainty, committed: true }))
    for (const one of this.#begun) this.#found(one)
  }

  /** Enough is left behind the place that there is something of the value in it. */
  #cut(): void {
    for (let start = this.#start; this.#at - start >= MOST_HELD; ) {
      start += LONGEST_VALUE
      for (const one of this.#begun) one.end = start
      this.#begin(start)
    }
  }

  /** @param text the end of a value, with what stands behind it @returns units that stand behind it */
  #lengthBehind(text: string): number {
    const [behind = ''] = BEHIND_QUOTED[this.#quote]?.exec(text) ?? BEHIND.exec(text) ?? []
    const [closing = ''] = OF_CLOSING.exec(behind) ?? []
    // All of a placeholder is of the value, or what it stands for would be given back beside it.
    const [body = ''] = (closing !== '' && LAST_PLACEHOLDER.exec(text.slice(0, text.length - behind.length))) || []
    return this.#isKnown(body) ? behind.length - closing.length : behind.length
  }
}
