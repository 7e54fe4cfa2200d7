/** Vehicle and device numbers: the VIN's check digit of ISO 3779 as North America and China demand it, and the IMEI's Luhn. */
import { isLuhn, isOneDigitRepeated } from './digits.ts'

const VALUES: Readonly<Record<string, number>> = Object.fromEntries(
  [...'0123456789'].map((digit, i): [string, number] => [digit, i]).concat(
    [...'ABCDEFGH'].map((letter, i): [string, number] => [letter, i + 1]),
    [...'JKLMN'].map((letter, i): [string, number] => [letter, i + 1]),
    [['P', 7], ['R', 9]],
    [...'STUVWXYZ'].map((letter, i): [string, number] => [letter, i + 2]),
  ),
)
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** Seventeen characters without I, O, Q; the ninth is the sum of all modulo 11, X for ten. European makers may ignore it. */
export function hasVinCheckDigit(vin: string): boolean {
  const value = vin.toUpperCase()
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const worth = VALUES[value.charAt(i)]
    if (worth === undefined) return false
    sum += worth * (WEIGHTS[i] ?? 0)
  }
  return value.length === 17 && 'X0123456789'.indexOf(value.charAt(8)) === (sum % 11 === 10 ? 0 : (sum % 11) + 1)
}

/** Fifteen digits, the last by Luhn; the first two name the body that gave the number out. */
export function isImei(digits: string): boolean {
  return digits.length === 15 && isLuhn(digits) && !isOneDigitRepeated(digits) && /^(?:0[1-9]|[1-9]\d)/.test(digits)
}
