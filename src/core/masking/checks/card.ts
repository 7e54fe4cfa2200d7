/** Payment cards: lengths and first digits by network (ISO/IEC 7812 and the networks' own lists), then Luhn. */
import { digitAt, digitsOf, isLuhn, isOneDigitRepeated } from './digits.ts'

interface Range {
  readonly from: number
  readonly to: number
  /** Digits of the prefix. */
  readonly width: number
  readonly lengths: readonly number[]
}

const range = (from: number, to: number, lengths: readonly number[]): Range => ({ from, to, width: String(from).length, lengths })

const RANGES: readonly Range[] = [
  range(4, 4, [13, 16, 19]), // Visa
  range(51, 55, [16]), // Mastercard
  range(2221, 2720, [16]),
  range(34, 34, [15]), // American Express
  range(37, 37, [15]),
  range(300, 305, [14, 16, 19]), // Diners Club
  range(3095, 3095, [14, 16]),
  range(36, 36, [14, 15, 16, 17, 18, 19]),
  range(38, 39, [14, 16, 19]),
  range(6011, 6011, [16, 17, 18, 19]), // Discover
  range(644, 649, [16, 17, 18, 19]),
  range(65, 65, [16, 17, 18, 19]),
  range(3528, 3589, [16, 17, 18, 19]), // JCB
  range(2131, 2131, [15]),
  range(1800, 1800, [15]),
  range(62, 62, [16, 17, 18, 19]), // UnionPay
  range(81, 81, [16, 17, 18, 19]),
  range(2200, 2204, [16, 17, 18, 19]), // Mir
  range(60, 60, [16]), // RuPay
  range(508, 508, [16]),
  range(353, 353, [16]),
  range(356, 356, [16]),
  range(5018, 5018, [12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
  range(5020, 5020, [12, 13, 14, 15, 16, 17, 18, 19]),
  range(5038, 5038, [12, 13, 14, 15, 16, 17, 18, 19]),
  range(5893, 5893, [12, 13, 14, 15, 16, 17, 18, 19]),
  range(6304, 6304, [12, 13, 14, 15, 16, 17, 18, 19]),
  range(67, 67, [12, 13, 14, 15, 16, 17, 18, 19]),
  range(6390, 6390, [12, 13, 14, 15, 16, 17, 18, 19]),
  range(604, 604, [12, 13, 14, 15, 16]),
  range(1946, 1946, [16]), // bank cards of the Gulf
  range(5019, 5019, [16]), // Dankort
  range(4571, 4571, [16]),
  range(636, 639, [16, 17, 18, 19]), // InterPayment, InstaPayment
  range(9792, 9792, [16]), // Troy
  range(6506, 6507, [16]), // Verve
]

/** By first digit of the number. */
const BY_FIRST = Array.from({ length: 10 }, (_, first) => RANGES.filter(({ from, to }) => Number(String(from)[0]) <= first && first <= Number(String(to)[0])))

function hasIssuer(digits: string): boolean {
  return BY_FIRST[digitAt(digits, 0)]?.some(({ from, to, width, lengths }) => {
    if (!lengths.includes(digits.length)) return false
    const prefix = Number(digits.slice(0, width))
    return prefix >= from && prefix <= to
  }) === true
}

/** @param value with or without separators; nine of ten are told by their sum, before anything is cut out of them */
export function isCardNumber(value: string): boolean {
  if (!isLuhn(value)) return false
  const digits = digitsOf(value)
  return !isOneDigitRepeated(digits) && hasIssuer(digits)
}

/** For numbers that the words before call a card: any issuer, so only length and Luhn; UnionPay cards may lack a check digit. */
export function isCalledCardNumber(digits: string): boolean {
  if (digits.length < 12 || digits.length > 19 || isOneDigitRepeated(digits)) return false
  return isLuhn(digits) || (digits.startsWith('62') && digits.length >= 16)
}
