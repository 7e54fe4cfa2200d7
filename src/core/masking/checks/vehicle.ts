/** Vehicle and device numbers: the VIN's check digit of ISO 3779 as North America and China demand it, and the IMEI's Luhn. */
import { isLuhn, isOneDigitRepeated } from './digits.ts'

// Worth of A to Z; I, O and Q are not used.
const LETTERS = [1, 2, 3, 4, 5, 6, 7, 8, -1, 1, 2, 3, 4, 5, -1, 7, -1, 9, 2, 3, 4, 5, 6, 7, 8, 9]
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** Seventeen characters without I, O, Q; the ninth is the sum of all modulo 11, X for ten. European makers may ignore it. */
export function hasVinCheckDigit(vin: string): boolean {
  const value = vin.toUpperCase()
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const code = value.charCodeAt(i)
    const worth = code <= 57 ? code - 48 : (LETTERS[code - 65] ?? -1)
    if (!(worth >= 0)) return false
    sum += worth * (WEIGHTS[i] ?? 0)
  }
  return value.length === 17 && 'X0123456789'.indexOf(value.charAt(8)) === (sum % 11 === 10 ? 0 : (sum % 11) + 1)
}

/** Fifteen digits, the last by Luhn; the first two name the body that gave the number out. */
export function isImei(digits: string): boolean {
  return digits.length === 15 && isLuhn(digits) && !isOneDigitRepeated(digits) && /^(?:0[1-9]|[1-9]\d)/.test(digits)
}
