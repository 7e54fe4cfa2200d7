/**
 * What goes out of a channel: the text as received, in order, with what stands in the place of its values. It keeps as much of what is out as is looked
 * at left of a value. Where the place is one of a bare number in JSON, quotes go out around it: they end behind the last digit, which need not be of
 * the value.
 */
import { isBare, LEFT, quotesBefore } from './bareValue.ts'
import type { Candidate } from './scan/match.ts'

/** What follows on a value in quotes and is of the same number. */
const OF_NUMBER = /^[\d.eE+-]*/

export class Outlet {
  /** Text as received from `#base` on. */
  #raw = ''
  #base = 0
  #released = 0
  #out = ''
  /** The same as a record may hold it, where values may be given back; and all of that which was let out before. */
  #shown = ''
  #recorded = ''
  readonly #recordsApart: boolean
  /** Quotes that are open. */
  #quotes = ''
  /** The end of the last value in a list, and the quotes of the name of that: it may be farther away than is looked. */
  #listed = -LEFT
  #listQuotes = ''

  constructor(recordsApart: boolean) {
    this.#recordsApart = recordsApart
  }

  get recorded(): string {
    return this.#recorded
  }

  take(text: string): void {
    this.#raw += text
  }

  /** A part of the text as received. */
  source(start: number, end: number): string {
    return this.#raw.slice(Math.max(0, start - this.#base), end - this.#base)
  }

  /** Lets out the text up to there, as far as it is not out. */
  copyTo(at: number): void {
    if (at <= this.#released) return
    const text = this.source(this.#released, at)
    this.#released = at
    if (this.#quotes === '') this.#emit(text)
    else this.#emitQuoted(text)
  }

  #emitQuoted(text: string): void {
    const [rest = ''] = OF_NUMBER.exec(text) ?? []
    this.#emit(rest)
    if (rest.length === text.length) return
    this.end()
    this.#emit(text.slice(rest.length))
  }

  /** Lets something out where a value begins. @param quotes that it stands in */
  put(text: string, shown: string, quotes: string): void {
    if (quotes !== '') {
      this.end()
      this.#quotes = quotes
      this.#emit(quotes)
    }
    this.#emit(text, shown)
  }

  /** What stands before this is not let out. */
  passTo(at: number): void {
    this.#released = Math.max(this.#released, at)
  }

  /** Ends quotes that are open. */
  end(): void {
    this.#emit(this.#quotes)
    this.#quotes = ''
  }

  /** Quotes for what stands in a value's place, empty where none belong there. @param value offsets of the text as received */
  quotesFor({ start, end, committed }: Candidate): string {
    if (!isBare(this.#raw.charAt(start - this.#base), committed === true)) return ''
    const isNear = start - this.#listed < LEFT
    const left = isNear ? `${this.#listQuotes}a${this.#listQuotes}:[${this.source(this.#listed, start)}` : this.source(start - LEFT, start)
    const quotes = quotesBefore(left)
    if (quotes?.isListed === true && end < Infinity) {
      this.#listed = end
      this.#listQuotes = quotes.text
    }
    return quotes?.text ?? ''
  }

  /** @returns what was let out since the last time */
  drain(): string {
    const out = this.#out
    this.#recorded += this.#shown
    this.#out = this.#shown = ''
    // A copy of what is kept, each time, would cost more than what comes in small pieces.
    const cut = this.#released - LEFT - this.#base
    if (cut >= LEFT) {
      this.#raw = this.#raw.slice(cut)
      this.#base += cut
    }
    return out
  }

  #emit(text: string, shown = text): void {
    this.#out += text
    if (this.#recordsApart) this.#shown += shown
  }
}
