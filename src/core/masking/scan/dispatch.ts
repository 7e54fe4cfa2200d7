/**
 * Which recognisers a closed window is worth showing to. Made once per set of recognisers; most windows are worth none, and
 * that is where the engine's speed comes from.
 */
import type { Family, Recogniser } from '../recognisers/recogniser.ts'
import { DIGIT, LOWER, MARK_BITS, UPPER } from './characters.ts'
import { matchWindow, type Candidate, type Compiled, type WindowView } from './match.ts'

const MOST_DIGITS = 64

function compile(recogniser: Recogniser): Compiled {
  const { gate = {}, pattern, context } = recogniser
  const hasValue = pattern.source.includes('(?<value>')
  let mask = (gate.digits ?? 0) > 0 ? DIGIT : 0
  for (const mark of gate.has ?? '') {
    const bit = MARK_BITS[mark]
    if (bit === undefined) throw new RangeError(`Recogniser ${recogniser.name}: a gate knows no character "${mark}".`)
    mask |= bit
  }
  return {
    recogniser,
    detector: `${recogniser.name}@${recogniser.version}`,
    pattern: new RegExp(pattern.source, `${pattern.flags.replace(/[gyd]/g, '')}g${hasValue ? 'd' : ''}`),
    hasValue,
    usesLeft: context !== undefined || (recogniser.valid?.length ?? 0) > 2,
    mask,
    minDigits: gate.digits ?? 0,
    maxDigits: gate.maxDigits ?? Infinity,
    minLength: gate.minLength ?? 1,
    needsLetter: gate.letters ?? false,
  }
}

export interface Phrase {
  readonly compiled: Compiled
  readonly grow: RegExp | undefined
  readonly early: RegExp | undefined
  readonly number: number
}

/** Recognisers of one kind of window, by how many digits the window has. */
class Bench {
  readonly #byDigits: readonly (readonly Compiled[])[]
  readonly #anchored: readonly (readonly Compiled[])[]
  readonly #literals: RegExp | undefined
  readonly #byLiteral = new Map<string, readonly Compiled[]>()
  /** Shortest window that any recogniser with a literal wants. */
  readonly #shortest: number
  readonly #anchorMask: number
  readonly #anchorDigits: number

  constructor(all: readonly Compiled[]) {
    const free = all.filter((one) => !one.recogniser.starts)
    const anchored = all.filter((one) => one.recogniser.starts)
    const fits = (one: Compiled, digits: number): boolean => one.minDigits <= digits && (digits <= one.maxDigits || digits === MOST_DIGITS)
    const rows = (list: readonly Compiled[]): readonly (readonly Compiled[])[] =>
      Array.from({ length: MOST_DIGITS + 1 }, (_, digits) => list.filter((one) => fits(one, digits)))
    this.#byDigits = rows(free)
    this.#anchored = rows(anchored)
    const literals = [...new Set(anchored.flatMap((one) => one.recogniser.starts ?? []))].sort((a, b) => b.length - a.length)
    for (const literal of literals) this.#byLiteral.set(literal, anchored.filter((one) => one.recogniser.starts?.includes(literal)))
    this.#literals = literals.length > 0 ? new RegExp(literals.map((one) => one.replace(/[^\w]/g, '\\$&')).join('|'), 'g') : undefined
    this.#shortest = anchored.reduce((least, one) => Math.min(least, Math.max(one.minLength, shortestLiteral(one))), Infinity)
    this.#anchorMask = anchored.reduce((mask, one) => mask & one.mask, -1)
    this.#anchorDigits = anchored.reduce((least, one) => Math.min(least, one.minDigits), Infinity)
  }

  /** Cheap answer before anything is cut out of the text. */
  wants(bits: number, digits: number, length: number): boolean {
    const count = digits < MOST_DIGITS ? digits : MOST_DIGITS
    const row = this.#byDigits[count] ?? []
    for (const one of row) if ((bits & one.mask) === one.mask && length >= one.minLength && passes(one, bits)) return true
    return length >= this.#shortest && digits >= this.#anchorDigits && (bits & this.#anchorMask) === this.#anchorMask && (this.#anchored[count] ?? []).length > 0
  }

  run(view: WindowView, bits: number, digits: number, found: (candidate: Candidate) => void): void {
    const count = digits < MOST_DIGITS ? digits : MOST_DIGITS
    const { length } = view.folded.text
    for (const one of this.#byDigits[count] ?? [])
      if ((bits & one.mask) === one.mask && length >= one.minLength && passes(one, bits)) matchWindow(one, view, found)
    if (length < this.#shortest || digits < this.#anchorDigits || !this.#literals) return
    for (const one of this.#hit(view.folded.text))
      if (fits(one, digits) && (bits & one.mask) === one.mask && length >= one.minLength && passes(one, bits)) matchWindow(one, view, found)
  }

  #hit(text: string): Iterable<Compiled> {
    const literals = this.#literals
    if (!literals) return NOTHING
    literals.lastIndex = 0
    let hit: Set<Compiled> | undefined
    for (let match = literals.exec(text); match !== null; match = literals.exec(text)) {
      hit ??= new Set()
      for (const one of this.#byLiteral.get(match[0]) ?? []) hit.add(one)
      // A shorter literal may begin inside a longer one.
      literals.lastIndex = match.index + 1
    }
    return hit ?? NOTHING
  }
}

const NOTHING: readonly Compiled[] = []

function passes(one: Compiled, bits: number): boolean {
  return !one.needsLetter || (bits & (LOWER | UPPER)) !== 0
}

function fits(one: Compiled, digits: number): boolean {
  return digits >= one.minDigits && digits <= one.maxDigits
}

function shortestLiteral(one: Compiled): number {
  return (one.recogniser.starts ?? ['']).reduce((least, literal) => Math.min(least, literal.length), Infinity)
}

/** Seed and step of the hash by which trigger words are told from others while they are read. Case is dropped by bit 5. */
export const HASH_SEED = 0x811c9dc5
export const HASH_BITS = 0xfff

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ (code | 32), 0x01000193)
}

export class Dispatch {
  readonly word: Bench
  readonly group: Bench
  readonly cjk: Bench
  readonly phrases: readonly Phrase[]
  readonly blocks: readonly Phrase[]
  readonly early: readonly Phrase[]
  readonly byWord = new Map<string, readonly Phrase[]>()
  readonly byDigit: readonly Phrase[]
  readonly byCapital: readonly Phrase[]
  /** 1 where a trigger word hashes to. */
  readonly triggers = new Uint8Array(HASH_BITS + 1)

  /** @throws RangeError when a family is declared wrongly: a build error, never a caller's */
  constructor(families: readonly Family[]) {
    const all = families.flatMap((family) => family.recognisers).map(compile)
    const of = (kind: Recogniser['window']): Compiled[] => all.filter((one) => one.recogniser.window === kind)
    this.word = new Bench(of('word'))
    this.group = new Bench(of('group'))
    this.cjk = new Bench(of('cjk'))
    const phrase = (compiled: Compiled, number: number): Phrase => ({
      compiled,
      grow: compiled.recogniser.grow,
      early: compiled.recogniser.early?.opening,
      number,
    })
    this.phrases = of('phrase').map(phrase)
    this.blocks = of('block').map((compiled, i) => phrase(compiled, this.phrases.length + i))
    this.early = of('word').filter((one) => one.recogniser.early).map(phrase)
    this.byDigit = this.phrases.filter((one) => one.compiled.recogniser.opens?.digit)
    this.byCapital = this.phrases.filter((one) => one.compiled.recogniser.opens?.capital)
    for (const one of this.phrases) for (const word of one.compiled.recogniser.opens?.words ?? []) this.#trigger(word, one)
  }

  #trigger(word: string, phrase: Phrase): void {
    this.byWord.set(word, [...(this.byWord.get(word) ?? []), phrase])
    let hash = HASH_SEED
    for (let i = 0; i < word.length; i++) hash = hashStep(hash, word.charCodeAt(i))
    this.triggers[hash & HASH_BITS] = 1
  }
}
