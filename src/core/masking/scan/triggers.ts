/** Which phrases a token opens. Nearly all tokens open none, and that is told from four numbers. */
import { CJK, DIGIT, FOLD, LOWER, UPPER, classOf } from './characters.ts'
import type { Phrase } from './dispatch.ts'
import type { Phrases } from './phrases.ts'

/** Bits of a place. */
const PLACE = 15
const NONE: readonly Phrase[] = []

/** Case does not count: marks that differ in the same bit are no letters. */
function placeOf(text: string, from: number, to: number): number {
  const length = to - from
  const first = text.charCodeAt(from) | 32
  const last = text.charCodeAt(to - 1) | 32
  const second = text.charCodeAt(length > 1 ? from + 1 : from) | 32
  return Math.imul((first << 14) ^ (second << 7) ^ last ^ (length << 21), 0x9e3779b1) >>> (32 - PLACE)
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

/** A word and the phrases that it opens. */
interface Trigger {
  readonly word: string
  readonly phrases: Phrase[]
  /** Those that it opens where it begins with a small letter, too. */
  readonly small: Phrase[]
}

/** Whether a word of small letters stands there, in any case. */
function isWritten(word: string, text: string, from: number, to: number): boolean {
  if (to - from !== word.length) return false
  for (let i = 0; i < word.length; i++) {
    const code = text.charCodeAt(from + i)
    if (code > 127) return text.slice(from, to).toLowerCase() === word
    if (code !== word.charCodeAt(i) && (code < 65 || code > 90 || code + 32 !== word.charCodeAt(i))) return false
  }
  return true
}

export class Triggers {
  readonly #byWord = new Map<string, Trigger>()
  /** By length of the token; the last ones are for all longer tokens. */
  readonly #byDigit: readonly (readonly Phrase[])[]
  readonly #byCapital: readonly (readonly Phrase[])[]
  /** Numbers of lists of the words that may stand at such a place, 0 where none does. */
  readonly #places = new Uint16Array(1 << PLACE)
  /** A bit for each place, 1 where any word may stand there: all that most tokens ask, and small enough to stay at hand. */
  readonly #taken = new Uint8Array(1 << (PLACE - 3))
  readonly #lists: Trigger[][] = [[]]
  /** The longest word written without spaces, in characters. */
  #longestRun = 0

  constructor(phrases: readonly Phrase[]) {
    const opensOf = (one: Phrase): Phrase['compiled']['opens'] => one.compiled.opens
    this.#byDigit = byLength(phrases.filter((one) => opensOf(one)?.digit))
    this.#byCapital = byLength(phrases.filter((one) => opensOf(one)?.capital))
    for (const one of phrases)
      for (const word of opensOf(one)?.words ?? []) {
        const known = this.#byWord.get(word) ?? this.#add({ word, phrases: [], small: [] })
        known.phrases.push(one)
        if (opensOf(one)?.capitalised !== true) known.small.push(one)
      }
  }

  #add(trigger: Trigger): Trigger {
    const { word } = trigger
    this.#byWord.set(word, trigger)
    if (classOf(word.charCodeAt(0)) & CJK) this.#longestRun = Math.max(this.#longestRun, word.length)
    for (const form of [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]) {
      const place = placeOf(form, 0, form.length)
      this.#taken[place >> 3] = (this.#taken[place >> 3] ?? 0) | (1 << (place & 7))
      const list = this.#lists[this.#places[place] ?? 0]
      if (list === undefined || list.length === 0) this.#places[place] = this.#lists.push([trigger]) - 1
      else if (!list.includes(trigger)) list.push(trigger)
    }
    return trigger
  }

  /** False only when the letters there open nothing. @param text as received @param bits class bits of all of them */
  mayOpen(text: string, from: number, to: number, bits: number): boolean {
    return (bits & FOLD) !== 0 || this.#writtenAt(text, from, to).length > 0 || ((bits & UPPER) !== 0 && this.#byCapital.length > 1)
  }

  /** Opens what the token from `start` to `at` opens. @param bits class bits of all of it @param first of its first character */
  open(phrases: Phrases, start: number, at: number, bits: number, first: number): void {
    const { source } = phrases
    const { text, base } = source
    const byWord = bits & FOLD ? (this.#byWord.get(source.plain(start, at).toLowerCase())?.phrases ?? NONE) : this.#writtenAt(text, start - base, at - base)
    for (const phrase of byWord) phrases.open(phrase, phrase.compiled.opens?.after ? at : start, at, bits)
    if ((first & (DIGIT | UPPER)) === 0) return
    // What stands for other characters is longer than what it stands for.
    const length = bits & FOLD ? 0 : at - start
    for (const phrase of ofLength(first & DIGIT ? this.#byDigit : this.#byCapital, length)) phrases.open(phrase, phrase.compiled.opens?.after ? at : start, at, bits)
  }

  /** Opens what a run of letters that are written without spaces opens, when all of it is one of the words. */
  openRun(phrases: Phrases, start: number, at: number): void {
    if (at - start > this.#longestRun) return
    for (const phrase of this.#byWord.get(phrases.source.plain(start, at))?.phrases ?? NONE) phrases.open(phrase, start, at, 0)
  }

  /** What the word there opens, where nothing in it stands for anything else. */
  #writtenAt(text: string, from: number, to: number): readonly Phrase[] {
    const place = placeOf(text, from, to)
    return ((this.#taken[place >> 3] ?? 0) & (1 << (place & 7))) === 0 ? NONE : this.#listedAt(place, text, from, to)
  }

  #listedAt(place: number, text: string, from: number, to: number): readonly Phrase[] {
    for (const { word, phrases, small } of this.#lists[this.#places[place] ?? 0] ?? []) if (isWritten(word, text, from, to)) return classOf(text.charCodeAt(from)) & LOWER ? small : phrases
    return NONE
  }
}
