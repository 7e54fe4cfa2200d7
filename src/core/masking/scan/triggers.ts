/** Which phrases a token opens. Nearly all tokens open none, and that is told from five numbers. */
import { CJK, DIGIT, FOLD, FOREIGN, LOWER, UPPER, classOf, codeAt } from './characters.ts'
import type { Opens } from '../recognisers/recogniser.ts'
import { LONGEST_TOKEN } from './limits.ts'
import { NumberTriggers } from './numberTriggers.ts'
import type { Phrase } from './phrase.ts'
import type { Phrases } from './phrases.ts'

/** Bits of a place. */
const PLACE = 15
/** The second half of the places is for words that begin with a small letter: most words do, and few of them open anything. */
const SMALL = 1 << PLACE
const NONE: readonly Phrase[] = []

/** Case does not count but in the first letter: marks that differ in the same bit are no letters. */
function placeOf(text: string, from: number, to: number): number {
  const length = to - from
  const begin = codeAt(text, from)
  const last = codeAt(text, to - 1) | 32
  const second = codeAt(text, length > 1 ? from + 1 : from) | 32
  return (Math.imul((begin << 14) ^ (second << 7) ^ last ^ (length << 21), 0x9e3779b1) >>> (32 - PLACE)) | ((begin & 32) << (PLACE - 5))
}

function byLength(phrases: readonly Phrase[]): readonly (readonly Phrase[])[] {
  if (phrases.length === 0) return [NONE]
  const limits = phrases.map(({ compiled }) => compiled.recogniser.opens?.longest ?? Infinity)
  const longest = Math.max(0, ...limits.filter((limit) => limit !== Infinity))
  return Array.from({ length: longest + 2 }, (_, length) => phrases.filter((_one, i) => length <= (limits[i] ?? Infinity)))
}

function ofLength(lists: readonly (readonly Phrase[])[], length: number): readonly Phrase[] {
  return lists[Math.min(length, lists.length - 1)] ?? NONE
}

/** What a word opens. */
interface Trigger {
  readonly phrases: Phrase[]
  /** Those that it opens where it begins with a small letter, too. */
  readonly small: Phrase[]
}

export class Triggers {
  readonly #byWord = new Map<string, Trigger>()
  /** By length of the token; the last ones are for all longer tokens. */
  readonly #byDigit: readonly (readonly Phrase[])[]
  readonly #byCapital: readonly (readonly Phrase[])[]
  readonly #byNumber: NumberTriggers
  /** A bit for each place, 1 where any word may stand that opens something: all that most tokens ask, and small enough to stay at hand. */
  readonly #taken = new Uint8Array((2 * SMALL) >> 3)
  /** The longest word written without spaces, in characters. */
  #longestRun = 0

  constructor(phrases: readonly Phrase[]) {
    const opensOf = (one: Phrase): Opens | undefined => one.compiled.recogniser.opens
    const digit = phrases.filter((one) => opensOf(one)?.digit)
    this.#byDigit = byLength(digit)
    this.#byNumber = new NumberTriggers(digit)
    this.#byCapital = byLength(phrases.filter((one) => opensOf(one)?.capital))
    for (const one of phrases)
      for (const word of opensOf(one)?.words ?? []) {
        const known = this.#byWord.get(word) ?? this.#add(word)
        known.phrases.push(one)
        if (opensOf(one)?.capitalised === true) continue
        known.small.push(one)
        this.#take(word)
      }
  }

  #add(word: string): Trigger {
    const trigger = { phrases: [], small: [] }
    this.#byWord.set(word, trigger)
    this.#take(word.toUpperCase())
    this.#take(word.charAt(0).toUpperCase() + word.slice(1))
    if (classOf(word.charCodeAt(0)) & CJK) this.#longestRun = Math.max(this.#longestRun, word.length)
    return trigger
  }

  #take(form: string): void {
    const place = placeOf(form, 0, form.length)
    this.#taken[place >> 3] = (this.#taken[place >> 3] ?? 0) | (1 << (place & 7))
  }

  /** False only when the letters there open nothing. @param text as received @param bits class bits of all of them */
  mayOpen(text: string, from: number, to: number, bits: number): boolean {
    if (bits & FOREIGN) return ((bits & UPPER) !== 0 && this.#byCapital.length > 1) || this.#byWord.has(text.slice(from, to).toLowerCase())
    return (bits & FOLD) !== 0 || this.#writtenAt(text, from, to).length > 0 || ((bits & UPPER) !== 0 && this.#byCapital.length > 1)
  }

  /** Opens what the token from `start` to `at` opens. @param bits class bits of all of it @param first of its first character */
  open(phrases: Phrases, start: number, at: number, bits: number, first: number): void {
    if (at - start > LONGEST_TOKEN) return
    const { source } = phrases
    const { text, base } = source
    const byWord = bits & FOLD ? (this.#byWord.get(source.plain(start, at).toLowerCase())?.phrases ?? NONE) : this.#writtenAt(text, start - base, at - base)
    for (const phrase of byWord) phrases.open(phrase, phrase.isBehind ? at : start, at, bits)
    if ((first & (DIGIT | UPPER)) === 0) return
    // What stands for other characters is longer than what it stands for.
    const length = bits & FOLD ? 0 : at - start
    if ((bits & (LOWER | UPPER)) === 0) this.#byNumber.open(phrases, start, at, length)
    else for (const phrase of ofLength(first & DIGIT ? this.#byDigit : this.#byCapital, length)) phrases.open(phrase, phrase.isBehind ? at : start, at, bits)
  }

  /** Opens what a run of letters that are written without spaces opens, when all of it is one of the words. */
  openRun(phrases: Phrases, start: number, at: number): void {
    if (at - start > this.#longestRun) return
    for (const phrase of this.#byWord.get(phrases.source.plain(start, at))?.phrases ?? NONE) phrases.open(phrase, start, at, 0)
  }

  /** What the word there opens, where nothing in it stands for anything else. */
  #writtenAt(text: string, from: number, to: number): readonly Phrase[] {
    const place = placeOf(text, from, to)
    return ((this.#taken[place >> 3] ?? 0) & (1 << (place & 7))) === 0 ? NONE : this.#listedAt(text, from, to)
  }

  #listedAt(text: string, from: number, to: number): readonly Phrase[] {
    const known = this.#byWord.get(text.slice(from, to).toLowerCase())
    if (known === undefined) return NONE
    return classOf(codeAt(text, from)) & LOWER ? known.small : known.phrases
  }
}
