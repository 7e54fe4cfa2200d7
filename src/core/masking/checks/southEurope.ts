/** Numbers of Spain, Italy, Portugal, France, Belgium and the Netherlands. */
import { isDayOfYear } from './calendar.ts'
import { alphanumericValue, digitAt, isLuhn, isOneDigitRepeated, remainder, weightedSum } from './digits.ts'

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE'

/** Spanish identity number without dash: seven or eight digits, the letter by modulo 23. */
export function isNif(value: string): boolean {
  const match = /^(\d{7,8})([A-Z])$/.exec(value.toUpperCase())
  return match !== null && DNI_LETTERS.charAt(Number(match[1]) % 23) === match[2]
}

/** The foreigners' number: X, Y, Z stand for a leading 0, 1, 2. */
export function isNie(value: string): boolean {
  const match = /^([XYZ])(\d{7,8})([A-Z])$/.exec(value.toUpperCase())
  return match !== null && DNI_LETTERS.charAt(Number(`${'XYZ'.indexOf(match[1] ?? '')}${match[2] ?? ''}`) % 23) === match[3]
}

// Worth of characters at odd places of an Italian fiscal code: 0 to 9, then A to Z; digits and A to J share ten values.
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

/** Italian fiscal code; letters stand for digits where two people would have the same. */
export function isFiscalCode(value: string): boolean {
  const code = value.toUpperCase()
  if (!/^[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]$/.test(code)) return false
  let sum = 0
  for (let i = 0; i < 15; i++) {
    const worth = alphanumericValue(code.charCodeAt(i))
    const even = worth > 9 ? worth - 10 : worth
    sum += i % 2 === 1 ? even : (ODD[even] ?? 0)
  }
  return sum % 26 === code.charCodeAt(15) - 65
}

/** Italian VAT number: Luhn over eleven digits. */
export function isItalianVat(digits: string): boolean {
  return digits.length === 11 && isLuhn(digits) && !isOneDigitRepeated(digits)
}

/** Portuguese tax number. */
export function isPortugueseNif(digits: string): boolean {
  const rest = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return /^[1235689]\d{8}$/.test(digits) && (rest < 2 ? 0 : 11 - rest) === digitAt(digits, 8)
}

/** French social security number of 15 characters: sex, year, month, department (2A, 2B in Corsica), commune, serial, key. */
export function isNir(value: string): boolean {
  const nir = value.toUpperCase()
  if (!/^[1-478]\d{4}(?:\d{2}|2[AB])\d{8}$/.test(nir)) return false
  const month = Number(nir.slice(3, 5))
  const plain = nir.replace('2A', '19').replace('2B', '18')
  return ((month >= 1 && month <= 12) || month >= 20) && 97 - remainder(plain.slice(0, 13), 97) === Number(plain.slice(13))
}

/** Dutch citizen number: the eleven-test. */
export function isBsn(digits: string): boolean {
  return digits.length === 9 && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isOneDigitRepeated(digits)
}

/** Belgian national number: birth date, serial, and 97 less the rest; from 2000 on with a 2 before. */
export function isBelgianNumber(digits: string): boolean {
  const day = Number(digits.slice(4, 6))
  const month = Number(digits.slice(2, 4)) % 20
  const key = Number(digits.slice(9))
  const body = digits.slice(0, 9)
  return digits.length === 11 && isDayOfYear(month, day) && (97 - remainder(body, 97) === key || 97 - remainder(`2${body}`, 97) === key)
}
