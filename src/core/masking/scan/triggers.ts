/** Which phrases a token opens. Nearly all tokens open none, and that is told from four numbers. */
import { DIGIT, FOLD, UPPER } from './characters.ts'
import type { Phrase } from './dispatch.ts'
import type { Phrases } from './phrases.ts'
import type { Source } from './source.ts'

const PLACES = 1 << 13
const NONE: readonly Phrase[] = []

/** Case does not count: marks that differ in the same bit are no letters. */
function placeOf(text: string, from: number, to: number): number {
  const length = to - from
  const first = text.charCodeAt(from) | 32
  const last = text.charCodeAt(to - 1) | 32
  const second = text.charCodeAt(length > 1 ? from + 1 : from) | 32
  return (first + (second << 3) + (last << 6) + length * 977) & (PLACES - 1)
}

function byLength(phrases: readonly Phrase[]): readonly (readonly Phrase[])[] {
  if (phrases.length === 0) return [NONE]
  const limits = phrases.map(({ compiled }) => compiled.opens?.longest ?? Infinity)
  const longest = Math.max(0, ...limits.filter((limit) => limit !== Infinity))
  return Array.from({ length: longest + 2 }, (_, length) => phrases.filter((_one, i) => length <= (limits[i] ?? Infinity)))
}

function ofLength(lists: readonly (readonly Phrase[])[], length: number): readonly Phrase[] {
  return lists[Math.min(length, lists.length - 1)] ?? NONE
}

export class Triggers {
  /** Phrases that a word opens, by that word. */
  readonly #byWord = new Map<string, Phrase[]>()
  /** By length of the token; the last ones are for all longer tokens. */
  readonly #byDigit: readonly (readonly Phrase[])[]
  readonly #byCapital: readonly (readonly Phrase[])[]
  readonly #places = new Uint8Array(PLACES)

  constructor(phrases: readonly Phrase[]) {
    const opensOf = (one: Phrase): Phrase['compiled']['opens'] => one.compiled.opens
    this.#byDigit = byLength(phrases.filter((one) => opensOf(one)?.digit))
    this.#byCapital = byLength(phrases.filter((one) => opensOf(one)?.capital))
    for (const one of phrases)
      for (const word of opensOf(one)?.words ?? []) {
        const known = this.#byWord.get(word)
        if (known) known.push(one)
        else this.#byWord.set(word, [one])
        for (const form of [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])
           this.#places[placeOf(form, 0, form.length)] = 1
      }
  }

  /** False only when the letters there open nothing. @param text as received @param bits class bits of all of them */
  mayOpen(text: string, from: number, to: number, bits: number): boolean {
    if (bits & FOLD) return true
    return this.#places[placeOf(text, from, to)] === 1 || ((bits & UPPER) !== 0 && this.#byCapital.length > 1)
  }

  /** Opens what the token from `start` to `at` opens. @param bits class bits of all of it @param first of its first character */
  open(phrases: Phrases, start: number, at: number, bits: number, first: number): void {
    const { source } = phrases
    const { text, base } = source
    if ((first & DIGIT) === 0 && !this.mayOpen(text, start - base, at - base, bits)) return
    for (const phrase of this.#of(source, start, at, bits, first)) phrases.open(phrase, phrase.compiled.opens?.after ? at : start, at, bits)
  }

  #of(source: Source, from: number, to: number, bits: number, first: number): readonly Phrase[] {
    const { text, base } = source
    const isWord = (bits & FOLD) !== 0 || this.#places[placeOf(text, from - base, to - base)] === 1
    const byWord = isWord ? (this.#byWord.get(source.plain(from, to).toLowerCase()) ?? NONE) : NONE
    // What stands for other characters is longer than what it stands for.
    const length = bits & FOLD ? 0 : to - from
    const opened = first & DIGIT ? ofLength(this.#byDigit, length) : first & UPPER ? ofLength(this.#byCapital, length) : NONE
    if (opened.length === 0) return byWord
    return byWord.length === 0 ? opened : [...byWord, ...opened]
  }
}
