/** Numbers of the United Kingdom. */
import { isDayOfYear } from './calendar.ts'
import { digitAt, isOneDigitRepeated, weightedSum } from './digits.ts'

/** National insurance number without spaces: letters that are never used, and prefixes set aside. */
export function isNino(value: string): boolean {
  const nino = value.toUpperCase()
  return /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]?$/.test(nino) && !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(nino)
}

/** NHS number: weights 10 to 2, modulo 11. */
export function isNhsNumber(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return digits.length === 10 && check === digitAt(digits, 9) && !isOneDigitRepeated(digits)
}

/** First digits that England and Wales, and Scotland's neighbours, have given out: others are more likely a time or a count. */
export function isIssuedNhsNumber(digits: string): boolean {
  return isNhsNumber(digits) && /^[467]/.test(digits)
}

/** Unique taxpayer reference: the first digit checks the other nine. */
export function isUtr(digits: string): boolean {
  const check = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][weightedSum(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11]
  return digits.length === 10 && check === digitAt(digits, 0)
}

/** Sixteen characters: five of the name, a birth date with the year's digits apart and 5 added to a woman's month, then a check. */
export function isBritishDrivingLicence(value: string): boolean {
  const licence = value.toUpperCase()
  const month = (digitAt(licence, 6) % 5) * 10 + digitAt(licence, 7)
  return /^[A-Z]{1,5}9{0,4}\d{6}[A-Z9]{2}[A-Z0-9][A-Z]{2}$/.test(licence) && licence.length === 16 && isDayOfYear(month, Number(licence.slice(8, 10)))
}

/** Postcode with or without its space: areas and inward letters that exist as shapes. */
export function isPostcode(value: string): boolean {
  const postcode = value.toUpperCase().replace(/\s/g, '')
  return /^(?:GIR0AA|[A-PR-UWYZ](?:\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d{1,2}|[A-HK-Y]\d[ABEHMNPRV-Y])\d[ABD-HJLNP-UW-Z]{2})$/.test(postcode)
}

/** Plates since 2001 (area, age, three letters), without space. The age counts years: 02–29 from March, 51–79 from September. */
export function isCurrentPlate(value: string): boolean {
  const plate = value.toUpperCase()
  const age = Number(plate.slice(2, 4))
  return /^[A-HK-PRSV-Y][A-HJ-PR-Y]\d{2}[A-HJ-PR-Z]{3}$/.test(plate) && ((age >= 2 && age <= 29) || (age >= 51 && age <= 79))
}

/** Plates of 1963 to 2001, where a letter told the year before or after the number. */
export function isFormerPlate(value: string): boolean {
  return /^(?:[A-HJ-NPR-TV-Y]\d{1,3}[A-HJ-PR-Y]{3}|[A-HJ-PR-Y]{3}\d{1,3}[A-HJ-NPR-TV-Y])$/i.test(value)
}
