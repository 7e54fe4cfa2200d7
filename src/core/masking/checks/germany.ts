/** Numbers of Germany, Austria and Switzerland. */
import { isDayFirstDate, isDayOfYear } from './calendar.ts'
import { crossTotal, digitAt, icaoCheckDigit, isMod11And10, weightedSum } from './digits.ts'

/** Tax id: eleven digits, MOD 11,10. */
export function isGermanTaxId(digits: string): boolean {
  return /^[1-9]\d{10}$/.test(digits) && isMod11And10(digits)
}

/** Among the first ten digits of every tax id given out, one stands two or three times and no other more than once. */
export function isIssuedGermanTaxId(digits: string): boolean {
  if (!isGermanTaxId(digits)) return false
  const counts = '0,1,2,3,4,5,6,7,8,9'.split(',').map((digit) => digits.slice(0, 10).split(digit).length - 1).filter((count) => count > 1)
  return counts.length === 1 && (counts[0] === 2 || counts[0] === 3)
}

/** The letter as two digits (A = 01), then weights and cross totals, as pension and health numbers use it. */
function letterSum(before: string, letter: string, after: string, weights: readonly number[]): number {
  const digits = before + String(letter.toUpperCase().charCodeAt(0) - 64).padStart(2, '0') + after
  return weights.reduce((sum, weight, i) => sum + crossTotal(digitAt(digits, i) * weight), 0)
}

/** Pension number: area, birth date (a second run of the same day adds 50), initial, serial, check digit. */
export function isPensionNumber(value: string): boolean {
  if (!/^\d{8}[A-Z]\d{3}$/i.test(value)) return false
  const day = Number(value.slice(2, 4))
  const sum = letterSum(value.slice(0, 8), value.charAt(8), value.slice(9, 11), [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
  return isDayOfYear(Number(value.slice(4, 6)), day > 50 ? day - 50 : day) && sum % 10 === digitAt(value, 11)
}

/** Health insurance number: a letter, eight digits, check digit. */
export function isHealthInsuranceNumber(value: string): boolean {
  return /^[A-Z]\d{9}$/i.test(value) && letterSum('', value.charAt(0), value.slice(1, 9), [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 === digitAt(value, 9)
}

/** Identity card or passport: eight characters without vowels and the ICAO check digit; cards also print ten. */
export function isGermanDocument(value: string): boolean {
  const last = value.length - 1
  return /^[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7,8}\d$/i.test(value) && icaoCheckDigit(value.slice(0, last)) === digitAt(value, last)
}

/** Physician number: the seventh digit checks six; two more name the field. */
export function isPhysicianNumber(digits: string): boolean {
  return digits.length === 9 && (10 - (weightedSum(digits, [4, 9, 4, 9, 4, 9]) % 10)) % 10 === digitAt(digits, 6)
}

const DISTRICTS = new Set('01 02 03 17 20 21 24 25 27 28 31 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 77 78 79 80 81 82 83 84 85 86 87 88 93 94 95 96 98 99'.split(' '))

/** Practice number: nine digits, the first two a district; no check digit. */
export function isPracticeNumber(digits: string): boolean {
  return digits.length === 9 && DISTRICTS.has(digits.slice(0, 2))
}

/** Austrian social insurance number: serial, check digit, birth date. */
export function isAustrianSvnr(digits: string): boolean {
  const sum = weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6])
  const date = isDayFirstDate(digits, 4) || /^1[345]$/.test(digits.slice(6, 8))
  return /^[1-9]\d{9}$/.test(digits) && date && sum % 11 === digitAt(digits, 3)
}

/** Swiss social insurance number: 756 and EAN-13. */
export function isSwissAhv(digits: string): boolean {
  const sum = weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1])
  return /^756\d{10}$/.test(digits) && sum % 10 === 0
}
