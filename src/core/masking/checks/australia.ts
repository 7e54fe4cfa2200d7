/** Numbers of Australia: weighted sums published by the offices that give them out. Digits only. */
import { digitAt, isOneDigitRepeated, weightedSum } from './digits.ts'

/** Tax file number. */
export function isTfn(digits: string): boolean {
  return digits.length === 9 && weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isOneDigitRepeated(digits)
}

/** Business number: the first digit counts one less; it is never 0. */
export function isAbn(digits: string): boolean {
  const sum = weightedSum(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10
  return /^[1-9]\d{10}$/.test(digits) && sum % 89 === 0
}

/** Company number. */
export function isAcn(digits: string): boolean {
  const check = (10 - (weightedSum(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10
  return digits.length === 9 && check === digitAt(digits, 8) && !isOneDigitRepeated(digits)
}

/** Medicare card: ten digits, the ninth checks the first eight; an eleventh names the person on the card. */
export function isAustralianMedicare(digits: string): boolean {
  return /^[2-6]\d{9,10}$/.test(digits) && weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(digits, 8)
}
