/** Names of columns that spaces alone hold apart: two or more between columns, or one, as where pandas prints a frame with long names. */
import { fieldOf } from './columnName.ts'

/** A word of a name; also what stands for columns that are not shown. */
const WORD = /^(?:[\p{L}_#][\p{L}\p{M}\p{N}_#/%.°€$£&*:?'’-]{0,39}(?:\([^()'"]{1,20}\))?|\([^()'"]{1,20}\)|\.{2,3})$/u
/** Two spaces stand between sentences as well. */
const ENDS_SENTENCE = /\p{Ll}{4}\.$/u
const GROUP = /\S+(?: \S+)*/g
/** Words that make one name together. */
const MOST_WORDS = 4

export interface AlignedNames {
  /** What the column is called whose name begins, or ends, at a place of the line. */
  readonly starts: Map<number, string>
  readonly ends: Map<number, string>
  /** Where the first of them begins. */
  readonly first: number
  /** Words in all. */
  readonly count: number
  /** Whether any of them says what its column holds. */
  readonly isAny: boolean
}

/** @returns undefined where other things stand in the line */
export function alignedNames(line: string, isField: (name: string) => boolean): AlignedNames | undefined {
  const starts = new Map<number, string>()
  const ends = new Map<number, string>()
  let count = 0
  let isAny = false
  for (const { 0: group, index } of line.matchAll(GROUP)) {
    const words = group.split(' ')
    if (!words.every((word) => WORD.test(word)) || (words.length > 1 && ENDS_SENTENCE.test(group))) return undefined
    let place = index
    for (const [i, word] of words.entries()) {
      const left = nameOf(words.slice(Math.max(0, i + 1 - MOST_WORDS), i + 1), -1, isField)
      const right = nameOf(words.slice(i, i + MOST_WORDS), 1, isField)
      // A word within a name begins nothing but a column whose name it is.
      if (i === 0 || (isField(right) && !isField(nameOf(words, 1, isField)))) starts.set(place, right)
      ends.set(place + word.length, left)
      isAny ||= isField(left) || isField(right)
      place += word.length + 1
    }
    count += words.length
  }
  const [first] = starts.keys()
  return first === undefined ? undefined : { starts, ends, first, count, isAny }
}

/** @param toward 1: the name begins with the first of the words, -1: it ends with the last @returns all of them where that is a field, the fewest that are one, or one */
function nameOf(words: readonly string[], toward: number, isField: (name: string) => boolean): string {
  const some = (count: number): string => fieldOf((toward > 0 ? words.slice(0, count) : words.slice(-count)).join(' '), isField)
  const whole = some(words.length)
  if (isField(whole)) return whole
  for (let count = 1; count < words.length; count++) {
    const name = some(count)
    if (isField(name)) return name
  }
  return some(1)
}
