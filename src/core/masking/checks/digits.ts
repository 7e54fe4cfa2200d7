/**
 * Check-digit schemes that several families share. All take a bare digit string (no separators) and never throw:
 * the values come from model text, which anybody may shape.
 */

let lastText = ''
let lastDigits = ''

/** The digits of a value; separators and letters are dropped. Several recognisers ask the same of a value in turn. */
export function digitsOf(text: string): string {
  if (text !== lastText) {
    lastText = text
    lastDigits = readDigits(text)
  }
  return lastDigits
}

function readDigits(text: string): string {
  let digits = ''
  let from = -1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const isDigit = code >= 48 && code <= 57
    if (isDigit && from < 0) from = i
    else if (!isDigit && from >= 0) {
      digits += text.slice(from, i)
      from = -1
    }
  }
  return from < 0 ? digits : digits + text.slice(from)
}

/** `value` at `index` as a number 0..9; anything else counts as 0, since callers have matched digits before. */
export function digitAt(value: string, index: number): number {
  const code = value.charCodeAt(index) - 48
  return code >= 0 && code <= 9 ? code : 0
}

export function isOneDigitRepeated(digits: string): boolean {
  const first = digits.charCodeAt(0)
  for (let i = 1; i < digits.length; i++) if (digits.charCodeAt(i) !== first) return false
  return digits.length > 0
}

/** Sum of digit times weight, over as many digits as there are weights. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += digitAt(digits, i) * (weights[i] ?? 0)
  return sum
}

/** Cross total of `product`, as Luhn-like schemes use it: 18 counts as 9. */
export function crossTotal(product: number): number {
  return product > 9 ? Math.floor(product / 10) + (product % 10) : product
}

/** ISO/IEC 7812-1 annex B. Finds every single wrong digit and nearly every swap of neighbours. What is no digit is passed over. */
export function isLuhn(value: string): boolean {
  let sum = 0
  let count = 0
  for (let i = value.length - 1; i >= 0; i--) {
    const digit = value.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) continue
    sum += count % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
    count++
  }
  return count > 1 && sum % 10 === 0
}

/** The same of the codes of a text from `from` to before `to`: asked of what is not worth cutting out where it does not hold. */
export function isLuhnAt(codes: Uint16Array, from: number, to: number): boolean {
  let sum = 0
  let isDoubled = false
  for (let i = to - 1; i >= from; i--) {
    const digit = (codes[i] ?? 0) - 48
    if (digit < 0 || digit > 9) continue
    sum += !isDoubled ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
    isDoubled = !isDoubled
  }
  return sum % 10 === 0
}

/** ISO 7064 MOD 11,10: German tax ids and VAT numbers, Croatian OIB. */
export function isMod11And10(digits: string): boolean {
  let product = 10
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (digitAt(digits, i) + product) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  const check = 11 - product
  return digits.length > 1 && (check === 10 ? 0 : check) === digitAt(digits, digits.length - 1)
}

/** Remainder of a long decimal number, without big integers. */
export function remainder(digits: string, modulus: number): number {
  let rest = 0
  for (let i = 0; i < digits.length; i++) rest = (rest * 10 + digitAt(digits, i)) % modulus
  return rest
}

const DIHEDRAL = ['0123456789', '1234067895', '2340178956', '3401289567', '4012395678', '5987604321', '6598710432', '7659821043', '8765932104', '9876543210']
const PERMUTATION = ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258']

/** Verhoeff's scheme over the dihedral group of order 10: finds every single wrong digit and every swap of neighbours. */
export function isVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    const permuted = PERMUTATION[i % 8]?.charCodeAt(digitAt(digits, digits.length - 1 - i)) ?? 48
    check = (DIHEDRAL[check]?.charCodeAt(permuted - 48) ?? 48) - 48
  }
  return digits.length > 1 && check === 0
}

/** ICAO 9303 part 3: weights 7, 3, 1; letters count from A = 10, the filler `<` as 0. */
export function icaoCheckDigit(value: string): number {
  let sum = 0
  for (let i = 0; i < value.length; i++) sum += alphanumericValue(value.charCodeAt(i)) * ([7, 3, 1][i % 3] ?? 0)
  return sum % 10
}

/** 0..9 for digits, 10..35 for letters of either case, 0 for anything else. */
export function alphanumericValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const upper = code & ~32
  return upper >= 65 && upper <= 90 ? upper - 55 : 0
}
