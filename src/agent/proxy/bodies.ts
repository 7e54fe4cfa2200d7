/** Memory that the bodies of all calls under way may take together: a program that sends many large ones at once is told to wait. */
import { CountersignError } from '../../protocol/errors.ts'

/** In bodies of the largest size that policy lets through. Reading and masking one takes several times its size. */
const MOST_LARGE = 8

export class Bodies {
  readonly #limit: () => number
  #held = 0

  /** @param limit bytes one body may have */
  constructor(limit: () => number) {
    this.#limit = limit
  }

  /** One call's share. @returns takes more of it, and gives all of it back */
  open(): { readonly take: (bytes: number) => void; readonly giveBack: () => void } {
    let mine = 0
    return {
      take: (bytes) => {
        if (this.#held + bytes > MOST_LARGE * this.#limit()) throw new CountersignError('CS_BUSY', 'the calls under way are too large together. Nothing was sent. Wait a little and try again.')
        this.#held += bytes
        mine += bytes
      },
      giveBack: () => {
        this.#held -= mine
        mine = 0
      },
    }
  }
}
