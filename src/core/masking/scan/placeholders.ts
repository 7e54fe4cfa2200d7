/**
 * Placeholders that this session gave out (`[EMAIL_1]`), found in what comes back, also as models write them in Markdown (`\\[EMAIL\\_1\\]`) or in
 * small letters. Holds only after `[`, or a `\\` that may stand before one, at most a placeholder's length.
 */
import { codeAt } from './characters.ts'
import { RESTORED, type Candidate } from './match.ts'

const LONGEST = 80
const OPEN = 91
const ESCAPE = 92
const CLOSE = 93
const UNDERSCORE = 95

export class Placeholders {
  readonly #known: ReadonlyMap<string, unknown>
  readonly #found: (candidate: Candidate) => void
  #at = 0
  #begun = ''
  #start = -1
  /** Nothing has come but the escape of what may be an opening bracket. */
  #isEscape = false
  /** The bracket that opened it is escaped; so is the character that comes. */
  #isEscaped = false
  #isNextEscaped = false

  constructor(known: ReadonlyMap<string, unknown>, found: (candidate: Candidate) => void) {
    this.#known = known
    this.#found = found
  }

  get frontier(): number {
    return this.#start >= 0 ? this.#start : this.#isEscape ? this.#at - 1 : this.#at
  }

  push(text: string): void {
    if (this.#start < 0 && !this.#isEscape && !text.includes('[') && !text.endsWith('\\')) {
      this.#at += text.length
      return
    }
    for (let i = 0; i < text.length; i++, this.#at++) {
      const code = codeAt(text, i)
      if (code === OPEN) this.#open()
      else if (this.#start >= 0) this.#grow(code)
      else this.#isEscape = code === ESCAPE
    }
  }

  boundary(): void {
    this.#start = -1
    this.#isEscape = false
  }

  #open(): void {
    // Within another one it is no escape of its own: that one is over.
    this.#isEscaped = this.#start < 0 ? this.#isEscape : this.#isNextEscaped
    this.#start = this.#isEscaped ? this.#at - 1 : this.#at
    this.#begun = '['
    this.#isEscape = this.#isNextEscaped = false
  }

  #grow(code: number): void {
    const isEscaped = this.#isNextEscaped
    this.#isNextEscaped = code === ESCAPE && !isEscaped
    if (this.#isNextEscaped) return
    const capital = code >= 97 && code <= 122 ? code - 32 : code
    this.#begun += String.fromCharCode(capital)
    const isBody = isEscaped ? code === UNDERSCORE : (capital >= 65 && capital <= 90) || (code >= 48 && code <= 57) || code === UNDERSCORE
    if (code === CLOSE && this.#known.has(this.#begun)) this.#found({ start: this.#isEscaped && !isEscaped ? this.#start + 1 : this.#start, end: this.#at + 1, type: RESTORED, detector: this.#begun, certainty: 1, committed: true })
    if (isBody && this.#begun.length <= LONGEST) return
    this.#start = -1
    this.#isEscape = code === ESCAPE
  }
}
