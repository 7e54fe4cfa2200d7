/** Which recognisers the name of a field speaks for: the same few names come again and again, and many recognisers ask for each. */
import { formsOf } from './fieldForms.ts'

/** Names remembered. Who writes the text chooses them. */
const MOST_NAMES = 512
/** Recognisers that are numbered; of any others nothing is remembered. */
const MOST_RECOGNISERS = 1024

const YES = 1
const NO = 2

export class KnownKeys {
  readonly #answers = new Map<string, Uint8Array>()
  #count = 0
  #name = ''
  #own: Uint8Array = new Uint8Array(MOST_RECOGNISERS)

  /** @returns the number under which one recogniser's answers are remembered */
  enlist(): number {
    return this.#count++
  }

  /** Whether one of the forms of a name matches. @param number of the recogniser whose pattern it is */
  speaksFor(number: number, pattern: RegExp, name: string): boolean {
    if (name !== this.#name) this.#turnTo(name)
    const known = this.#own[number]
    if (known === YES || known === NO) return known === YES
    const answer = formsOf(name).some((form) => pattern.test(form))
    this.#own[number] = answer ? YES : NO
    return answer
  }

  #turnTo(name: string): void {
    this.#name = name
    const own = this.#answers.get(name)
    if (own) {
      this.#own = own
      return
    }
    if (this.#answers.size >= MOST_NAMES) this.#answers.clear()
    this.#own = new Uint8Array(MOST_RECOGNISERS)
    this.#answers.set(name, this.#own)
  }
}
