/** One window of a phrase while it is open. */
import type { Phrase } from './dispatch.ts'
import type { Candidate } from './match.ts'
import type { Begun } from './swallow.ts'

/** Its changing parts are the business of `phrases.ts` alone. */
export interface Open {
  readonly phrase: Phrase
  readonly start: number
  readonly key: string
  /** The value, once it is decided that there is one; its end is Infinity until the window closes. */
  begun?: Candidate
  /** Where it ended when it was seen last. */
  end: number
  /** Ends of tokens that came since: where it ends is asked when the window closes. */
  unseen?: number[]
  /** Length of the last match that was no value: the same match is not judged again. */
  failed: number
  /** From here on text is held: Infinity while nothing that can begin a value has come. */
  held: number
  /** The token after the opening one must be a certain one, and has not begun. */
  isFresh: boolean
  /** Tokens with digits. */
  numbers: number
  /** Where the last of some plain numbers in a row ends, -1 when there is more in it. */
  row: number
}

/** The value of a phrase whose opening decides. */
export function begunBy({ start, phrase }: Open): Begun {
  const { type, detector, certainty, early } = phrase.compiled
  return { start, end: Infinity, type, detector, certainty, early }
}

/** Whether a value may still be coming. @param text of the window so far */
export function goesOn({ phrase, numbers }: Open, text: string): boolean {
  return numbers <= (phrase.compiled.opens?.mostNumbers ?? Infinity) && (phrase.grow?.test(text) ?? true)
}
