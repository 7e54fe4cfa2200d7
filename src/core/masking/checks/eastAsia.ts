/** Numbers of China, Japan, Korea, Taiwan, Thailand and the Philippines. */
import { isBirthDate, isDate, isShortDate } from './calendar.ts'
import { alphanumericValue, digitAt, isOneDigitRepeated, weightedSum } from './digits.ts'

const PROVINCES = new Set('11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91'.split(' '))

/** Chinese resident identity number: region, birth date, serial, ISO 7064 MOD 11-2. */
export function isChineseId(value: string): boolean {
  const id = value.toUpperCase()
  if (!/^\d{17}[\dX]$/.test(id) || !PROVINCES.has(id.slice(0, 2)) || !isBirthDate(id, 6)) return false
  return '10X98765432'.charAt(weightedSum(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11) === id.charAt(17)
}

const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** Chinese unified social credit code: eighteen characters, modulo 31. */
export function isCreditCode(value: string): boolean {
  const code = value.toUpperCase()
  if (!/^[1-9A-HJ-NP-RTUWXY][1-9]\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(code) || isOneDigitRepeated(code)) return false
  let sum = 0
  let weight = 1
  for (let i = 0; i < 17; i++) {
    sum += CREDIT_ALPHABET.indexOf(code.charAt(i)) * weight
    weight = (weight * 3) % 31
  }
  return (31 - (sum % 31)) % 31 === CREDIT_ALPHABET.indexOf(code.charAt(17))
}

/** Japanese individual number: twelve digits. */
export function isMyNumber(digits: string): boolean {
  const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return digits.length === 12 && (rest <= 1 ? 0 : 11 - rest) === digitAt(digits, 11) && !isOneDigitRepeated(digits)
}

/** Birth date and the digit of sex and century: 1 to 4 citizens, 5 to 8 foreigners, 9 and 0 born before 1900. */
export function isKoreanShape(digits: string): boolean {
  if (digits.length !== 13 || !isShortDate(digits)) return false
  const century = [18, 19, 19, 20, 20, 19, 19, 20, 20, 18][digitAt(digits, 6)] ?? 19
  return isDate(century * 100 + Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4, 6)))
}

const KOREAN_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]

/** The check digit of numbers given out before October 2020; later ones are random. */
export function hasKoreanCheck(digits: string): boolean {
  const foreign = digitAt(digits, 6) >= 5 && digitAt(digits, 6) <= 8
  return isKoreanShape(digits) && ((foreign ? 13 : 11) - (weightedSum(digits, KOREAN_WEIGHTS) % 11)) % 10 === digitAt(digits, 12)
}

/** Korean business number. */
export function isKoreanBusiness(digits: string): boolean {
  const sum = weightedSum(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((digitAt(digits, 8) * 5) / 10)
  return digits.length === 10 && (10 - (sum % 10)) % 10 === digitAt(digits, 9) && !isOneDigitRepeated(digits)
}

/** Taiwanese identity number: the letter as two digits. */
export function isTaiwaneseId(value: string): boolean {
  const id = value.toUpperCase()
  if (!/^[A-Z][1289]\d{8}$/.test(id)) return false
  const letter = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(id.charAt(0)) + 10
  return (Math.floor(letter / 10) + (letter % 10) * 9 + weightedSum(id.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0
}

const THAI_PROVINCE = /^[1-8](?:1\d|2[0-7]|3[0-9]|4\d|5[0-8]|6[0-7]|7[0-7]|8[0-6]|9[0-6])/

/** Thai identity number: kind of person, province, serial, modulo 11. */
export function isThaiId(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10
  return digits.length === 13 && THAI_PROVINCE.test(digits) && check === digitAt(digits, 12) && !isOneDigitRepeated(digits)
}

/** Philippine tax number: nine digits and a branch of three to five; the ninth checks eight. */
export function isPhilippineTin(digits: string): boolean {
  return /^\d{9}(?:\d{3}|\d{5})?$/.test(digits) && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === digitAt(digits, 8) && !isOneDigitRepeated(digits.slice(0, 9))
}

/** Hong Kong identity card without brackets: one or two letters, six digits, check character. */
export function isHongKongId(value: string): boolean {
  const id = value.toUpperCase()
  if (!/^[A-Z]{1,2}\d{6}[\dA]$/.test(id)) return false
  const body = id.slice(0, -1).padStart(8, ' ')
  let sum = 0
  for (let i = 0; i < 8; i++) sum += (body[i] === ' ' ? 36 : alphanumericValue(body.charCodeAt(i))) * (9 - i)
  return (11 - (sum % 11)) % 11 === alphanumericValue(id.charCodeAt(id.length - 1))
}
