/** One recogniser on one closed window. Everything it may look at is here: the folded window, the text left of it, the field's name. */
import { CERTAINTY, type Context, type Recogniser } from '../recognisers/recogniser.ts'
import { ALNUM, DIGIT, MARK_BITS, classOf, codeAt } from './characters.ts'
import type { Folded } from './fold.ts'
import type { KnownKeys } from './knownKeys.ts'
import { outlinePattern } from './regex/outline.ts'
import { isAnchored, valueGroup, withFlag } from './regex/forms.ts'
import { insideOf, isInside, type Inside } from './regex/inside.ts'
import { requirementsOf, type Requirements } from './regex/requirements.ts'
import type { Said, WordIndex } from './regex/wordIndex.ts'
import { isSomethingElse } from './somethingElse.ts'

/** Type of a placeholder of this session, which becomes its value again. */
export const RESTORED = 'restored'

/** Where a value stands, in offsets of the stream, and what says so. */
export interface Candidate {
  start: number
  /** Exclusive. */
  end: number
  /** Where it ended before a stronger one took its end: its place among those that begin with it stays what it was. */
  reach?: number
  readonly type: string
  readonly detector: string
  readonly certainty: number
  /** Decided by its opening: begins here and wins over everything that overlaps it; its end is Infinity until it is seen. */
  readonly committed?: boolean
  /** Its beginning belongs to another one: whether anything of it is left is seen at its end. */
  isCut?: boolean
  /** It is what a placeholder of this session left of a value: `ada:` of `ada:[SECRET_1]`. */
  isRest?: boolean
}

/** Is told of contexts whose words came by, by their numbers. */
export interface Listener {
  near(number: number): void
}

export interface WindowView {
  readonly folded: Folded
  /** Offset of the window's first character in the stream. */
  readonly start: number
  /** A part of the folded window. Several recognisers ask for the same one in turn. */
  value(from: number, to: number): string
  /** Folded text left of an offset of the window (folded, relative), at most LEFT characters. */
  left(at: number): string
  /** Whether a pattern matches that text. Asked for the same pattern and place it answers from memory. */
  says(said: Said, at: number): boolean
  /** False only when no literal of the pattern came by shortly before the window or in it. */
  mayBeLeft(said: Said): boolean
  readonly key: string
  /** Nothing but white space is left of it. */
  readonly isAlone: boolean
}

/** Characters of left context. */
export const LEFT = 64
/** More than this many matches of one recogniser in one window, values or not, are noise. */
export const MOST_MATCHES = 24

/** A recogniser made ready. One shape for all of them: the engine reads these fields for every window. */
export class Compiled {
  readonly recogniser: Recogniser
  readonly type: string
  readonly detector: string
  /** Number of the group that is the value, 0 where the whole match is. */
  readonly value: number
  /** Whether the value is judged before its context: arithmetic takes less time than looking around. */
  readonly isValidFirst: boolean
  #pattern: RegExp | undefined
  #indexed: RegExp | undefined
  #outline: RegExp | null | undefined
  #first: RegExp | undefined
  #inside: Inside | null | undefined
  #needs: Requirements | undefined
  readonly #keys: KnownKeys
  readonly #number: number
  readonly isLuhn: boolean
  readonly valid: Recogniser['valid']
  readonly early: Recogniser['early']
  readonly usesLeft: boolean
  /** Class bits that must all occur. */
  readonly mask: number
  /** Fewest digits and characters as declared: what the pattern itself needs takes longer to tell. */
  readonly leastDigits: number
  readonly leastLength: number
  readonly maxDigits: number
  /** Marks of which one must occur twice; 0: none need. */
  readonly twice: number
  readonly needsLetter: boolean
  readonly starts: readonly string[] | undefined
  readonly certainty: number
  readonly left: Said | undefined
  readonly key: RegExp | undefined
  readonly not: Said | undefined
  readonly isContextRequired: boolean
  readonly unless: Context['unless']
  /** A match can begin at the window's start only. */
  readonly isAnchored: boolean
  readonly isAlone: boolean

  /** @throws RangeError when the declaration is wrong: a build error, never a caller's */
  constructor(recogniser: Recogniser, words: WordIndex, keys: KnownKeys) {
    this.#keys = keys
    this.#number = keys.enlist()
    const { gate = {}, pattern, context = {} } = recogniser
    this.recogniser = recogniser
    this.type = recogniser.type
    this.detector = `${recogniser.name}@${recogniser.version}`
    this.value = valueGroup(pattern.source)
    this.isLuhn = recogniser.luhn === true
    this.valid = recogniser.valid
    this.early = recogniser.early
    this.usesLeft = (recogniser.valid?.length ?? 0) > 2
    this.isValidFirst = recogniser.window === 'group' || recogniser.window === 'cjk' || context.required !== true
    this.mask = maskOf(recogniser.name, gate.has) | (gate.digits === undefined ? 0 : DIGIT)
    this.leastDigits = gate.digits ?? 0
    this.leastLength = gate.minLength ?? 1
    this.maxDigits = gate.maxDigits ?? Infinity
    this.twice = maskOf(recogniser.name, gate.twice)
    this.needsLetter = gate.letters === true
    this.starts = recogniser.starts
    this.certainty = CERTAINTY[recogniser.certainty]
    const { left, key } = surerBy(context, this.certainty)
    this.left = left && words.addPattern(left, recogniser.window === 'word', context.required === true)
    this.key = key
    this.not = context.not && words.addPattern(context.not, false, false)
    this.isAlone = recogniser.alone === true
    this.isAnchored = isAnchored(pattern)
    this.isContextRequired = context.required === true
    this.unless = context.unless
  }

  /** The gate, and what the pattern itself needs. Read off on first use. */
  get needs(): Requirements {
    return (this.#needs ??= this.#readNeeds())
  }

  #readNeeds(): Requirements {
    const { length, digits, anyOf } = requirementsOf(this.recogniser.pattern)
    return { length: Math.max(this.leastLength, length), digits: Math.max(this.leastDigits, digits), anyOf }
  }

  /** Whether the name of the field says what it is. */
  isKey(key: string): boolean {
    return this.key !== undefined && key !== '' && this.#keys.speaksFor(this.#number, this.key, key)
  }

  /** Made on first use, as is the next one: most recognisers are never asked in a short life. */
  get pattern(): RegExp {
    return (this.#pattern ??= withFlag(this.recogniser.pattern, 'g'))
  }

  /** The pattern's outline, undefined where it has none. */
  get outline(): RegExp | undefined {
    if (this.#outline === undefined) this.#outline = outlinePattern(this.recogniser.pattern) ?? null
    return this.#outline ?? undefined
  }

  get hasValue(): boolean {
    return this.value > 0
  }

  /** The pattern once more, for a value that begins where the text begins. */
  get first(): RegExp {
    return (this.#first ??= withFlag(this.recogniser.pattern, 'y'))
  }

  /** What a text holds in which a value begins elsewhere than at its beginning, undefined where that is not told. */
  get inside(): Inside | undefined {
    if (this.#inside === undefined) this.#inside = (this.isValidFirst || this.hasValue ? undefined : insideOf(this.recogniser.pattern)) ?? null
    return this.#inside ?? undefined
  }

  /** Where the first match ends, -1 when there is none. */
  firstEnd(text: string): number {
    const { pattern } = this
    pattern.lastIndex = 0
    return pattern.test(text) ? pattern.lastIndex : -1
  }

  /** The pattern once more, for the places of a value that does not end the match. */
  get indexed(): RegExp {
    return (this.#indexed ??= withFlag(this.recogniser.pattern, 'yd'))
  }
}

/** Where words make nothing surer nobody asks for them. */
function surerBy(context: Context, certainty: number): Context {
  return context.required === true || certainty < CERTAINTY.context ? context : {}
}

function maskOf(name: string, marks = ''): number {
  let mask = 0
  for (const mark of marks) {
    const bit = MARK_BITS[mark]
    if (bit === undefined) throw new RangeError(`Recogniser ${name}: a gate knows no character "${mark}".`)
    mask |= bit
  }
  return mask
}

/** False when a context is needed and nothing of it came by: the pattern need not be run. */
export function mayHaveContext(compiled: Compiled, view: WindowView): boolean {
  if (compiled.isAlone && !view.isAlone) return false
  if (!compiled.isContextRequired) return true
  return (compiled.left !== undefined && view.mayBeLeft(compiled.left)) || compiled.isKey(view.key)
}

/** Calls `found` with each value. A recogniser that throws ends the channel: nothing is caught here. */
export function matchWindow(compiled: Compiled, view: WindowView, found: (candidate: Candidate) => void): void {
  const { text } = view.folded
  const { inside } = compiled
  if (inside !== undefined && !isInside(inside, text)) {
    matchFirst(compiled, view, text, found)
    return
  }
  const { pattern } = compiled
  pattern.lastIndex = 0
  for (let count = 0; count < MOST_MATCHES; count++) {
    const match = pattern.exec(text)
    if (match === null) return
    const { length } = match[0]
    if (length === 0) pattern.lastIndex++
    else if (!judge(compiled, view, match, found) && length > 1) pattern.lastIndex = afterToken(text, match.index)
  }
}

/** The same of a value that can only begin where its window begins. What must be said before it is asked first: all else of it is what most words are made of. */
function matchFirst(compiled: Compiled, view: WindowView, text: string, found: (candidate: Candidate) => void): void {
  if (!(compiled.left !== undefined && view.says(compiled.left, 0)) && !compiled.isKey(view.key)) return
  const { first } = compiled
  first.lastIndex = 0
  if (first.test(text)) judgePlace(compiled, view, 0, first.lastIndex, found)
}

/** What is no value from here on may be one from the next token on. */
function afterToken(text: string, from: number): number {
  let at = from
  while (at < text.length && (classOf(codeAt(text, at)) & ALNUM) !== 0) at++
  return at > from ? at : from + 1
}

/** @returns whether the match is a value */
function judge(compiled: Compiled, view: WindowView, match: RegExpExecArray, found: (candidate: Candidate) => void): boolean {
  if (!compiled.hasValue) return judgePlace(compiled, view, match.index, match.index + match[0].length, found)
  const [from, to] = placeOf(compiled, match)
  return judgePlace(compiled, view, from, to, found)
}

/** @param from of the value in the window @returns whether it is one */
export function judgePlace(compiled: Compiled, view: WindowView, from: number, to: number, found: (candidate: Candidate) => void): boolean {
  if (to <= from) return false
  if (compiled.isValidFirst && !isValid(compiled, view, from, to)) return false
  const certainty = certaintyOf(compiled, view, from)
  if (certainty === 0) return false
  const { unless, recogniser } = compiled
  if (unless !== undefined && certainty === compiled.certainty && isSomethingElse(recogniser.context ?? {}, unless, view, from, to)) return false
  if (!compiled.isValidFirst && !isValid(compiled, view, from, to)) return false
  found(candidateAt(view, from, to, compiled, certainty))
  return true
}

/** @param from of the value in the window */
export function candidateAt(view: WindowView, from: number, to: number, { type, detector }: Compiled, certainty: number): Candidate {
  const { starts, ends } = view.folded
  const start = starts ? (starts[from] ?? from) : from
  const end = ends ? (ends[to - 1] ?? to) : to
  return { start: view.start + start, end: view.start + end, type, detector, certainty }
}

export function isValid({ valid, usesLeft }: Compiled, view: WindowView, from: number, to: number): boolean {
  return valid === undefined || valid(view.value(from, to), view.folded.text, usesLeft ? view.left(from) : '')
}

/** Where the value stands. The places are asked for only where it is not the end of the match, because telling them makes a pattern slow. */
export function placeOf(compiled: Compiled, match: RegExpExecArray): readonly [number, number] {
  const end = match.index + match[0].length
  if (!compiled.hasValue) return [match.index, end]
  const value = match[compiled.value]
  if (value === undefined) return [0, 0]
  if (match[0].endsWith(value)) return [end - value.length, end]
  const { indexed } = compiled
  indexed.lastIndex = match.index
  return indexed.exec(match.input)?.indices?.[compiled.value] ?? [0, 0]
}

/** The name of its own field says more than words that stand near. */
const OF_FIELD = CERTAINTY.context + 0.03

/** 0: context forbids it, or is needed and absent. */
export function certaintyOf(compiled: Compiled, view: WindowView, at: number): number {
  const { left, not, certainty } = compiled
  if (not !== undefined && view.mayBeLeft(not) && view.says(not, at)) return 0
  if (compiled.isKey(view.key)) return Math.max(certainty, OF_FIELD)
  if (left !== undefined && view.mayBeLeft(left) && view.says(left, at)) return Math.max(certainty, CERTAINTY.context)
  return compiled.isContextRequired ? 0 : certainty
}
