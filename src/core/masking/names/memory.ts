/**
 * What the stream said of a word before: a person named in full is often named again by half the name, and a word seen in
 * lower case is seldom a name. A fixed number of places, so that a long stream costs no more than a short one.
 */
import { OUTSIDE, typeOf } from './labels.ts'

/** `SEEN.name` plus the number of a type: the word was tagged so. */
export const SEEN = { never: 0, lower: 1, outside: 2, name: 3 } as const

const PLACES = 1024

export class Memory {
  readonly #hashes = new Int32Array(PLACES)
  readonly #what = new Uint8Array(PLACES)

  of(hash: number): number {
    const at = hash & (PLACES - 1)
    return this.#hashes[at] === hash ? (this.#what[at] ?? SEEN.never) : SEEN.never
  }

  /** A word in lower case; what was tagged as a name stays one. */
  lower(hash: number): void {
    this.#put(hash, SEEN.lower)
  }

  /** The tag of a word of a run. */
  tagged(hash: number, label: number): void {
    if (label === OUTSIDE) this.#put(hash, SEEN.outside)
    else this.#put(hash, SEEN.name + typeOf(label))
  }

  #put(hash: number, what: number): void {
    const at = hash & (PLACES - 1)
    if (this.#hashes[at] === hash && (this.#what[at] ?? 0) > what) return
    this.#hashes[at] = hash
    this.#what[at] = what
  }
}
