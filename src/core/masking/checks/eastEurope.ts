/** Numbers of central, eastern and south-eastern Europe. */
import { isDayFirstDate, isDayOfYear } from './calendar.ts'
import { digitAt, isLuhn, isOneDigitRepeated, remainder, weightedSum } from './digits.ts'

/** Czech and Slovak birth number, ten digits: 50 is added to a woman's month, 20 where a day's numbers ran out; eleven divides it. */
export function isBirthNumber(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 50
  const exists = isDayOfYear(month > 20 ? month - 20 : month, Number(digits.slice(4, 6)))
  // Until 1985 a remainder of ten was written as zero.
  return digits.length === 10 && exists && (remainder(digits, 11) === 0 || (remainder(digits.slice(0, 9), 11) === 10 && digits.endsWith('0')))
}

/** Romanian personal code: sex and century, birth date, county, serial, check digit. */
export function isRomanianCode(digits: string): boolean {
  const rest = weightedSum(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  const county = Number(digits.slice(7, 9))
  const exists = isDayOfYear(Number(digits.slice(3, 5)), Number(digits.slice(5, 7)))
  return /^[1-9]\d{12}$/.test(digits) && exists && county >= 1 && county <= 52 && (rest === 10 ? 1 : rest) === digitAt(digits, 12)
}

/** Bulgarian number: 20 is added to the month before 1900, 40 from 2000 on. */
export function isBulgarianNumber(digits: string): boolean {
  const exists = isDayOfYear(Number(digits.slice(2, 4)) % 20, Number(digits.slice(4, 6)))
  return digits.length === 10 && exists && (weightedSum(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(digits, 9)
}

/** Citizens' number of Slovenia and the other states that were Yugoslavia. */
export function isJmbg(digits: string): boolean {
  const rest = weightedSum(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  const isYear = /^(?:9\d\d|0\d\d)$/.test(digits.slice(4, 7))
  return digits.length === 13 && isYear && isDayFirstDate(digits) && (rest === 0 ? 0 : 11 - rest) === digitAt(digits, 12)
}

/** Estonian and Lithuanian personal code: sex and century, birth date, serial, check digit by one of two rows of weights. */
export function isBalticCode(digits: string): boolean {
  if (!/^[1-6]\d{10}$/.test(digits) || !isDayOfYear(Number(digits.slice(3, 5)), Number(digits.slice(5, 7)))) return false
  const first = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  const second = weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11
  return (first < 10 ? first : second % 10) === digitAt(digits, 10)
}

/** Greek insurance number: birth date, serial, Luhn. */
export function isAmka(digits: string): boolean {
  return digits.length === 11 && isDayFirstDate(digits) && isLuhn(digits)
}

/** Hungarian insurance number. */
export function isTaj(digits: string): boolean {
  return digits.length === 9 && !isOneDigitRepeated(digits) && weightedSum(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(digits, 8)
}
