/** Numbers of the Nordic countries and Poland. */
import { isDayFirstDate, isDayOfYear } from './calendar.ts'
import { digitAt, isLuhn, weightedSum } from './digits.ts'

/** Swedish personal number, ten or twelve digits; 60 is added to the day of a coordination number. */
export function isPersonnummer(digits: string): boolean {
  if (digits.length === 12 && !/^(?:18|19|20)/.test(digits)) return false
  const short = digits.slice(-10)
  const day = Number(short.slice(4, 6))
  return (digits.length === 10 || digits.length === 12) && isDayOfYear(Number(short.slice(2, 4)), day > 60 ? day - 60 : day) && isLuhn(short)
}

/** Swedish organisation number: the third digit is at least 2, so that it is no month. */
export function isSwedishOrganisation(digits: string): boolean {
  return /^[1-9]\d[2-9]\d{7}$/.test(digits) && isLuhn(digits)
}

const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY'

/** Finnish personal identity code: birth date, century sign, serial, check character by modulo 31. */
export function isHetu(value: string): boolean {
  const hetu = value.toUpperCase()
  if (!/^\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]$/.test(hetu) || !isDayFirstDate(hetu)) return false
  return FINNISH.charAt(Number(hetu.slice(0, 6) + hetu.slice(7, 10)) % 31) === hetu.charAt(10)
}

/** Norwegian birth number; 40 is added to the day of a D-number, 40 or 80 to months in test sets. */
export function isFodselsnummer(digits: string): boolean {
  const day = Number(digits.slice(0, 2)) % 40
  const first = (11 - (weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11
  const second = (11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return digits.length === 11 && isDayOfYear(Number(digits.slice(2, 4)) % 40, day) && first === digitAt(digits, 9) && second === digitAt(digits, 10)
}

/** Danish CPR number. Since 2007 numbers are given out that fail modulo 11, so only the birth date counts. */
export function isCpr(digits: string): boolean {
  return digits.length === 10 && isDayFirstDate(digits)
}

/** The sum that Danish numbers kept until 2007. */
export function hasCprCheck(digits: string): boolean {
  return isCpr(digits) && weightedSum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
}

/** Polish PESEL: the month carries the century in steps of twenty. */
export function isPesel(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20
  const sum = weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1])
  return digits.length === 11 && isDayOfYear(month, Number(digits.slice(4, 6))) && sum % 10 === 0
}

/** Polish tax number. */
export function isNip(digits: string): boolean {
  return /^[1-9]\d{9}$/.test(digits) && weightedSum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9)
}

