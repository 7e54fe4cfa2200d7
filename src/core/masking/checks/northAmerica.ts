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

/** First and last of the first three digits that the postal service gives out in a state (USPS, Labeling List L002). */
const ZIP_RANGES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  AL: [[350, 369]], AK: [[995, 999]], AZ: [[850, 865]], AR: [[716, 729]], CA: [[900, 961]], CO: [[800, 816]], CT: [[60, 69]], DC: [[200, 205], [569, 569]], DE: [[197, 199]], FL: [[320, 349]],
  GA: [[300, 319], [398, 399]], HI: [[967, 968]], IA: [[500, 528]], ID: [[832, 838]], IL: [[600, 629]], IN: [[460, 479]], KS: [[660, 679]], KY: [[400, 427]], LA: [[700, 714]], MA: [[10, 27], [55, 55]],
  MD: [[206, 219]], ME: [[39, 49]], MI: [[480, 499]], MN: [[550, 567]], MO: [[630, 658]], MS: [[386, 397]], MT: [[590, 599]], NC: [[270, 289]], ND: [[580, 588]], NE: [[680, 693]],
  NH: [[30, 38]], NJ: [[70, 89]], NM: [[870, 884]], NV: [[889, 898]], NY: [[5, 5], [63, 63], [100, 149]], OH: [[430, 459]], OK: [[730, 749]], OR: [[970, 979]], PA: [[150, 196]], PR: [[6, 7], [9, 9]],
  RI: [[28, 29]], SC: [[290, 299]], SD: [[570, 577]], TN: [[370, 385]], TX: [[750, 799], [885, 885]], UT: [[840, 847]], VA: [[201, 201], [220, 246]], VT: [[50, 59]], WA: [[980, 994]], WI: [[530, 549]],
  WV: [[247, 268]], WY: [[820, 831]],
}

/** The two letters of the states, as a regular expression has alternatives. */
export const STATES = Object.keys(ZIP_RANGES).join('|')

/** @param state two capitals */
export function isZipOf(state: string, zip: string): boolean {
  const area = Number(zip.slice(0, 3))
  return ZIP_RANGES[state]?.some(([from, to]) => from <= area && area <= to) === true
}
