/** Numbers of India. Letters in any case, no separators. */
import { alphanumericValue, isVerhoeff } from './digits.ts'

/** Aadhaar: twelve digits, not starting with 0 or 1, Verhoeff; palindromes are not given out. */
export function isAadhaar(digits: string): boolean {
  return /^[2-9]\d{11}$/.test(digits) && isVerhoeff(digits) && !isPalindrome(digits)
}

function isPalindrome(digits: string): boolean {
  for (let i = 0, j = digits.length - 1; i < j; i++, j--) if (digits.charCodeAt(i) !== digits.charCodeAt(j)) return false
  return true
}

/** Permanent account number: the fourth letter tells the kind of holder. */
export function isPan(value: string): boolean {
  return /^[A-Z]{3}[ABCFGHJKLPT][A-Z]\d{4}[A-Z]$/i.test(value)
}

/** Tax registration of a business: state, PAN, entity, Z, check character. */
export function isGstin(value: string): boolean {
  const state = Number(value.slice(0, 2))
  return /^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]$/i.test(value) && ((state >= 1 && state <= 38) || state === 97 || state === 99)
}

/** The check character of a GSTIN: factors 1 and 2 in turn, digits of the product in base 36 added. */
export function hasGstinCheck(value: string): boolean {
  let sum = 0
  for (let i = 0; i < 14; i++) {
    const product = alphanumericValue(value.charCodeAt(i)) * (1 + (i % 2))
    sum += Math.floor(product / 36) + (product % 36)
  }
  return isGstin(value) && (36 - (sum % 36)) % 36 === alphanumericValue(value.charCodeAt(14))
}

const STATES = new Set('AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS TG UK UP UT WB'.split(' '))

/** Number plate: state, district, letters of the series, number; and the all-India series that starts with the year. */
export function isIndianPlate(value: string): boolean {
  const plate = value.toUpperCase()
  if (/^\d{2}BH\d{4}[A-HJ-NP-Z]{1,2}$/.test(plate)) return true
  return /^[A-Z]{2}\d{1,2}[A-Z]{1,3}\d{4}$/.test(plate) && STATES.has(plate.slice(0, 2))
}
