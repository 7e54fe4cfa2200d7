/** Numbers of the United States and Canada. Digits only, unless a comment says otherwise. */
import { digitAt, isLuhn, isOneDigitRepeated, weightedSum } from './digits.ts'

/** Numbers that were printed in advertisements and belong to nobody. */
const PRINTED_SSNS = new Set(['078051120'])

/** The Social Security Administration never gave out these areas, groups and serials. There is no check digit. */
export function isSsn(digits: string): boolean {
  if (digits.length !== 9 || PRINTED_SSNS.has(digits) || isOneDigitRepeated(digits)) return false
  const area = digits.slice(0, 3)
  return area !== '000' && area !== '666' && area < '900' && digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000'
}

/** Taxpayer numbers look like an SSN that starts with 9 and has one of these groups. */
export function isItin(digits: string): boolean {
  const group = Number(digits.slice(3, 5))
  const given = (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) || group >= 94
  return digits.length === 9 && digits.startsWith('9') && given
}

/** National provider identifier: Luhn over the issuer's prefix 80840 and the number. */
export function isNpi(digits: string): boolean {
  return /^[12]\d{9}$/.test(digits) && isLuhn(`80840${digits}`)
}

/** Medicare beneficiary identifier without dashes, any case: letters exclude S, L, O, I, B, Z. */
export function isMbi(value: string): boolean {
  return /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/i.test(value)
}

/** Drug Enforcement Administration number: two letters (or a letter and 9), seven digits, the last a weighted sum. */
export function isDea(value: string): boolean {
  const sum = weightedSum(value.slice(2), [1, 2, 1, 2, 1, 2])
  return /^[A-HJ-NPR-UX][A-Z9]\d{7}$/i.test(value) && sum % 10 === digitAt(value, 8)
}

/** Canadian social insurance number: Luhn; 0 and 8 are not given out as first digits. */
export function isSin(digits: string): boolean {
  return isLuhn(digits) && /^[1-79]\d{8}$/.test(digits) && !isOneDigitRepeated(digits)
}
