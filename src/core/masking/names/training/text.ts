/** Text with names marked in it, as the learner takes it. */
import type { NameType } from '../types.ts'

export interface Marked {
  readonly start: number
  readonly end: number
  readonly type: NameType
}

export interface MarkedText {
  readonly text: string
  readonly names: readonly Marked[]
}

/** Puts a marked text together piece by piece. */
export class Scribe {
  #text = ''
  readonly #names: Marked[] = []

  get length(): number {
    return this.#text.length
  }

  write(text: string): void {
    this.#text += text
  }

  name(text: string, type: NameType): void {
    this.#names.push({ start: this.#text.length, end: this.#text.length + text.length, type })
    this.#text += text
  }

  append(other: MarkedText): void {
    const by = this.#text.length
    for (const name of other.names) this.#names.push({ start: name.start + by, end: name.end + by, type: name.type })
    this.#text += other.text
  }

  finish(): MarkedText {
    return { text: this.#text, names: this.#names }
  }
}
