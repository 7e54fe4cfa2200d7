/** Placeholders that this session gave out (`[EMAIL_1]`), found in what comes back. Holds only after `[`, at most a placeholder's length. */
import { codeAt } from './characters.ts'
import type { Candidate } from './match.ts'

const LONGEST = 80
const OPEN = 91
const CLOSE = 93

export class Placeholders {
  readonly #known: ReadonlyMap<string, unknown>
  readonly #found: (candidate: Candidate) => void
  #at = 0
  #begun = ''
  #start = -1

  constructor(known: ReadonlyMap<string, unknown>, found: (candidate: Candidate) => void) {
    this.#known = known
    this.#found = found
  }

  get frontier(): number {
    return this.#start >= 0 ? this.#start : this.#at
  }

  push(text: string): void {
    if (this.#start < 0 && !text.includes('[')) {
      this.#at += text.length
      return
    }
    for (let i = 0; i < text.length; i++, this.#at++) {
      const code = codeAt(text, i)
      if (code === OPEN) {
        this.#start = this.#at
        this.#begun = '['
      } else if (this.#start >= 0) this.#grow(code)
    }
  }

  boundary(): void {
    this.#start = -1
  }

  #grow(code: number): void {
    this.#begun += String.fromCharCode(code)
    const isBody = (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
    if (code === CLOSE && this.#known.has(this.#begun))
      this.#found({ start: this.#start, end: this.#at + 1, type: 'restored', detector: this.#begun, certainty: 1, committed: true })
    if (!isBody || this.#begun.length > LONGEST) this.#start = -1
  }
}
