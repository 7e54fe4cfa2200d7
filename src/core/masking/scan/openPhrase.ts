/** One window of a phrase while it is open. */
import type { Phrase } from './phrase.ts'
import { Growing, foldText } from './fold.ts'
import type { Candidate, Compiled } from './match.ts'
import { Reading } from './regex/stepwise.ts'
import type { Source } from './source.ts'
import type { Begun } from './swallow.ts'

/** Its changing parts are the business of `phrases.ts` alone. One shape for all of them, whatever comes of them. */
export class Open {
  readonly phrase: Phrase
  readonly start: number
  readonly key: string
  /** The value, once it is decided that there is one; its end is Infinity until the window closes. */
  begun: Candidate | undefined = undefined
  /** Where it ended when it was seen last. */
  end = 0
  /** Ends of tokens that came since: where it ends is asked when the window closes. */
  unseen: number[] | undefined = undefined
  /** Length of the last match that was no value: the same match is not judged again. */
  failed = -1
  /** Of a value that begins the window, -1 while that has not been asked; 0 where the context forbids it. */
  certainty = -1
  /** From here on text is held: Infinity while nothing that can begin a value has come. */
  held: number
  /** The token after the opening one must be a certain one, and has not begun. */
  isFresh: boolean
  /** Tokens with digits. */
  numbers: number
  /** Where the last of some plain numbers in a row ends, -1 when there is more in it. */
  row: number
  /** How far its patterns have read it. */
  growing: Reading | undefined = undefined
  matching: Reading | undefined = undefined
  /** Its plain form up to here, once something in it stands for something else. */
  folded: Growing | undefined = undefined
  foldedTo = 0

  /** @param row where the number ends that opens it, -1 when something else does @param numbers tokens with digits so far */
  constructor(phrase: Phrase, start: number, key: string, row: number, numbers: number) {
    this.phrase = phrase
    this.start = start
    this.key = key
    this.held = phrase.heldFrom ? Infinity : start
    this.isFresh = row >= 0 || phrase.next !== undefined
    this.row = phrase.numbers > 0 ? row : -1
    this.numbers = numbers
  }
}

/** The value of a phrase whose opening decides. */
export function begunBy({ start, phrase }: Open): Begun {
  const { type, detector, certainty, early } = phrase.compiled
  return { start, end: Infinity, type, detector, certainty, early }
}

/** Whether a value may still be coming. @param at end of the window so far */
export function goesOn(one: Open, source: Source, at: number): boolean {
  const { grow, growing, mostNumbers } = one.phrase
  if (one.numbers > mostNumbers) return false
  if (grow === undefined) return true
  if (one.growing === undefined && growing) one.growing = new Reading(growing, one.start)
  const end = read(one, one.growing, source, at)
  return end === undefined ? grow.test(plainOf(one, source, at)) : end >= 0
}

/** Length of the first match in the window so far, -1 when there is none. */
export function firstLength(one: Open, source: Source, at: number): number {
  const { compiled, matching } = one.phrase
  const { start } = one
  if (one.matching === undefined && matching) one.matching = new Reading(matching, start)
  const end = read(one, one.matching, source, at)
  return end === undefined ? compiled.firstEnd(plainOf(one, source, at)) : end < 0 ? end : end - start
}

/** The window so far, as patterns read it. */
export function plainOf(one: Open, source: Source, at: number): string {
  if (source.lastFold < one.start) return source.slice(one.start, at)
  return growingOf(one, source, at)?.text ?? foldText(source.slice(one.start, at))
}

/** @returns undefined where more than that has been folded already */
function growingOf(one: Open, source: Source, at: number): Growing | undefined {
  const { folded = (one.folded = new Growing()), foldedTo: seen } = one
  const from = Math.max(seen, one.start)
  if (at < from) return undefined
  if (at > from) folded.add(source.slice(from, at))
  one.foldedTo = at
  return folded
}

/** @returns undefined where the pattern has to be asked */
function read(one: Open, reading: Reading | undefined, source: Source, at: number): number | undefined {
  if (reading === undefined || at < reading.seen) return undefined
  const { seen, stepwise } = reading
  let end: number | undefined
  const isOwn = source.lastForeign < one.start || reading.isLatin
  if (isOwn && source.lastFold < seen && reading.at === seen) end = stepwise.run(reading, source.text, source.base, at)
  else {
    const folded = growingOf(one, source, at)
    if (folded === undefined) return undefined
    if (folded.isLatin) reading.asLatin(one.start)
    end = stepwise.run(reading, folded.text, one.start, one.start + folded.text.length)
  }
  if (end !== undefined) reading.seen = at
  return end
}

/** Whether a value that can only begin the window lacks the context it needs. What stands left is the same at its end: nothing is held for it. */
export function lacksContext(compiled: Compiled, source: Source, start: number): boolean {
  if (!compiled.isContextRequired || !compiled.isAnchored || compiled.hasValue) return false
  const { left } = compiled
  if (compiled.isKey(source.key)) return false
  if (!left || !source.isNear(left, start)) return true
  // Nearly always the last characters tell.
  if (left.tail && source.isPlain(start) && source.isBefore(left.tail.steps, start) === false) return true
  return !source.says(left, source.left(start), start)
}
