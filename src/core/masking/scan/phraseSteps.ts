/** The patterns of a phrase, read along with it as it grows. */
import type { Recogniser } from '../recognisers/recogniser.ts'
import { Stepwise } from './regex/stepwise.ts'

export class PhraseSteps {
  readonly #recogniser: Recogniser
  #grow: Stepwise | undefined
  #match: Stepwise | undefined
  #hasGrow = false
  #hasMatch = false

  constructor(recogniser: Recogniser) {
    this.#recogniser = recogniser
  }

  /** Undefined where the pattern has to be asked itself. Made on first use, as is the next one. */
  get grow(): Stepwise | undefined {
    if (this.#hasGrow) return this.#grow
    this.#hasGrow = true
    const { grow } = this.#recogniser
    return (this.#grow = grow && Stepwise.of(grow))
  }

  get match(): Stepwise | undefined {
    if (this.#hasMatch) return this.#match
    this.#hasMatch = true
    return (this.#match = Stepwise.of(this.#recogniser.pattern))
  }
}
