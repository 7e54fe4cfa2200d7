/** Whether a group of numbers goes on with the token that begins here: told from at most its first five characters. */
import { ALNUM, DIGIT, IGNORED, LOWER, UNIT, classOf, readLastUnit, readUnit, unit } from './characters.ts'

export type Joining = 'yes' | 'no' | 'unknown'

/** A digit among this many characters makes a token part of a number. */
const DIGIT_WITHIN = 3
const LONGEST_CAPITALS = 4

/** @param final nothing follows the text */
export function joins(text: string, from: number, final: boolean): Joining {
  const end = text.length
  let count = 0
  let lower = false
  for (let at = from; ; ) {
    if (at >= end) return final ? (lower ? 'no' : 'yes') : 'unknown'
    const code = text.charCodeAt(at)
    let bits = classOf(code)
    let length = 1
    if (bits & UNIT) {
      if (final) readLastUnit(text, at, end)
      else if (!readUnit(text, at, end)) return 'unknown'
      ;({ bits, length } = unit)
    }
    if ((bits & IGNORED) === 0) {
      if ((bits & ALNUM) === 0) return lower ? 'no' : 'yes'
      if (bits & DIGIT && count < DIGIT_WITHIN) return 'yes'
      if (bits & LOWER) lower = true
      count++
      if (lower && count >= DIGIT_WITHIN) return 'no'
      if (count > LONGEST_CAPITALS) return 'no'
    }
    at += length
  }
}
