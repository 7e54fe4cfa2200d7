/** Numbers of Turkey, Brazil, South Africa, Israel, Chile, Colombia, Argentina and Mexico. */
import { isDate, isShortDate } from './calendar.ts'
import { digitAt, isLuhn, isOneDigitRepeated, weightedSum } from './digits.ts'

/** Turkish identity number: two check digits. */
export function isTckn(digits: string): boolean {
  if (!/^[1-9]\d{10}$/.test(digits)) return false
  const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1])
  const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1])
  const tenth = (((odd * 7 - even) % 10) + 10) % 10
  return tenth === digitAt(digits, 9) && (odd + even + tenth) % 10 === digitAt(digits, 10)
}

const brazilian = (digits: string, weights: readonly number[]): boolean => {
  const rest = weightedSum(digits, weights) % 11
  return (rest < 2 ? 0 : 11 - rest) === digitAt(digits, weights.length)
}

/** Brazilian person's number: two check digits. */
export function isCpf(digits: string): boolean {
  return digits.length === 11 && !isOneDigitRepeated(digits) && brazilian(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) && brazilian(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
}

/** Brazilian company's number: two check digits. */
export function isCnpj(digits: string): boolean {
  const weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
  return digits.length === 14 && !isOneDigitRepeated(digits) && brazilian(digits, weights.slice(1)) && brazilian(digits, weights)
}

/** South African identity number: birth date, serial, citizenship 0 to 2, Luhn. */
export function isSouthAfricanId(digits: string): boolean {
  const year = Number(digits.slice(0, 2))
  const exists = isDate(1900 + year, Number(digits.slice(2, 4)), Number(digits.slice(4, 6))) || (year < 40 && isDate(2000 + year, Number(digits.slice(2, 4)), Number(digits.slice(4, 6))))
  return /^\d{10}[012]\d{2}$/.test(digits) && exists && isLuhn(digits)
}

/** Israeli identity number: nine digits, Luhn. */
export function isIsraeliId(digits: string): boolean {
  return digits.length === 9 && isLuhn(digits) && !isOneDigitRepeated(digits)
}

/** Chilean RUT without dots and dash: factors 2 to 7 from the right, K for ten. */
export function isRut(value: string): boolean {
  const rut = value.toUpperCase()
  if (!/^\d{7,8}[\dK]$/.test(rut)) return false
  const reversed = Array.from(rut.slice(0, -1)).reverse()
  const sum = reversed.reduce((total, digit, i) => total + Number(digit) * (2 + (i % 6)), 0)
  return '0K987654321'.charAt(sum % 11) === rut.slice(-1)
}

/** Colombian tax number: nine digits and a check digit. */
export function isNit(digits: string): boolean {
  const rest = weightedSum(digits, [41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11
  return digits.length === 10 && (rest < 2 ? rest : 11 - rest) === digitAt(digits, 9)
}

/** Argentine CUIT or CUIL: eleven digits. */
export function isCuit(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return /^(?:2[03467]|3[034])\d{9}$/.test(digits) && check === digitAt(digits, 10)
}

/** Mexican population register key: letters of the name, birth date, sex, state, letters, check. */
export function isCurp(value: string): boolean {
  return /^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d$/i.test(value) && isShortDate(value, 4)
}
