/** Whether a group of numbers goes on with the token that begins here: told from at most its first five characters. */
import { ALNUM, DIGIT, IGNORED, LOWER, readLastUnit, readUnit, unit } from './characters.ts'

export type Joining = 'yes' | 'no' | 'unknown'

/** A digit among this many characters makes a token part of a number. */
const DIGIT_WITHIN = 3
const LONGEST_CAPITALS = 4

/** @param final nothing follows the text */
export function joins(text: string, from: number, final: boolean): Joining {
  let count = 0
  let isLower = false
  for (let at = from; at < text.length; at += unit.length) {
    if (final) readLastUnit(text, at, text.length)
    else if (!readUnit(text, at, text.length)) return 'unknown'
    const { bits } = unit
    if (bits & IGNORED) continue
    if ((bits & ALNUM) === 0) return isLower ? 'no' : 'yes'
    if (bits & DIGIT && count < DIGIT_WITHIN) return 'yes'
    if (bits & LOWER) isLower = true
    count++
    if (count > LONGEST_CAPITALS || (isLower && count >= DIGIT_WITHIN)) return 'no'
  }
  return !final ? 'unknown' : isLower ? 'no' : 'yes'
}
