/**
 * Same-shape stand-ins that nobody can take for real: reserved domains and address ranges, area codes that are never given
 * out, test ranges; check digits hold, so that programs that check them go on working.
 */
import type { EntityType } from '../../protocol/masking.ts'
import { isEntityType } from '../policy/entityTypes.ts'
import { ownTypeOf } from './aliases.ts'

const DIGITS = /\d/g

/** Digits from a hexadecimal hash, as many as wanted. */
function digitsOf(hash: string, count: number): string {
  let digits = ''
  for (let i = 0; digits.length < count; i++) digits += String((parseInt(hash.charAt(i % hash.length), 16) + i) % 10)
  return digits
}

/** The value with its digits replaced in order; separators stay. */
function withDigits(value: string, digits: string): string {
  let at = 0
  return value.replace(DIGITS, () => digits.charAt(at++) || '0')
}

function luhnDigit(body: string): string {
  let sum = 0
  for (let i = body.length - 1, twice = true; i >= 0; i--, twice = !twice) {
    const digit = Number(body.charAt(i)) * (twice ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** The value where it is a number of so many digits; where it is encoded or spelled, which its letters show, so many noughts. */
function numberOf(value: string, least: number): string {
  const count = value.replace(/\D/g, '').length
  return count >= least && !/\p{L}/u.test(value) ? value : '0'.repeat(Math.max(least, count))
}

function card(value: string, hash: string): string {
  const length = value.replace(/\D/g, '').length
  const body = `4000${'0'.repeat(Math.max(0, length - 9))}${digitsOf(hash, 4)}`.slice(0, length - 1)
  return withDigits(value, body + luhnDigit(body))
}

function iban(hash: string): string {
  const account = digitsOf(hash, 12)
  const number = `TEST${account}XX00`.replace(/[A-Z]/g, (char) => String(char.charCodeAt(0) - 55))
  let rest = 0
  for (let i = 0; i < number.length; i++) rest = (rest * 10 + Number(number.charAt(i))) % 97
  return `XX${String(98 - rest).padStart(2, '0')}TEST${account}`
}

function phone(value: string, hash: string): string {
  const length = value.replace(/\D/g, '').length
  return withDigits(value, `${'0'.repeat(Math.max(0, length - 7))}55501${digitsOf(hash, 2)}`.slice(-length))
}

/** So many noughts begin a number that nobody has. */
const NOUGHTS = 6

/** Letters keep their kind and become X, digits become 0; of long numbers the last four tell values apart. A short one could be somebody's. */
function shape(value: string, hash: string): string {
  const count = value.replace(/\D/g, '').length
  const told = Math.max(0, Math.min(4, count - NOUGHTS))
  const digits = '0'.repeat(count - told) + digitsOf(hash, told)
  return withDigits(value, digits).replace(/(?!\d)\p{N}/gu, '0').replace(/\p{Lu}/gu, 'X').replace(/\p{L}/gu, (letter) => (letter === 'X' ? 'X' : 'x'))
}

/** @param value in its plain form @param hash keyed hash of the value, hexadecimal, at least eight characters */
export function surrogate(type: EntityType, value: string, hash: string): string {
  const byte = (parseInt(hash.slice(0, 4), 16) % 254) + 1
  const tag = hash.slice(0, 6)
  switch (type) {
    case 'EMAIL':
      return `user-${tag}@masked.invalid`
    case 'CREDIT_CARD':
      return card(numberOf(value, 12), hash)
    case 'IBAN':
      return iban(hash)
    case 'PHONE':
      return phone(numberOf(value, 7), hash)
    case 'IP':
      return value.includes(':') ? `2001:db8::${tag.slice(0, 4)}` : `192.0.2.${byte}`
    case 'MAC':
      return `00-00-5E-00-53-${(byte % 256).toString(16).padStart(2, '0').toUpperCase()}`
    case 'URL':
      return `https://masked.invalid/${tag}`
    case 'US_SSN':
      return withDigits(numberOf(value, 9), `00000${digitsOf(hash, 4)}`)
    case 'PERSON':
      return `Person ${tag.toUpperCase()}`
    case 'LOCATION':
    case 'ADDRESS':
      return `Place ${tag.toUpperCase()}`
    case 'ORGANIZATION':
      return `Company ${tag.toUpperCase()}`
    case 'DATE_OF_BIRTH':
      return '1900-01-01'
    case 'SECRET':
      return `masked-secret-${tag}`
    default:
      return shape(value, hash)
  }
}

/** With its brackets: without them it could be a password that somebody chose. */
const PLACEHOLDER = /^\[([A-Z][A-Z\d_]*?)(?:_\d{1,9}|:[\da-f]{12})?\]$/
const STAND_IN = /^(?:user-[\da-f]{6}@masked\.invalid|https:\/\/masked\.invalid\/[\da-f]{6}|masked-secret-[\da-f]{6})$/

/** Whether a text says by itself that it is what stands in a value's place, in whichever session it was put there: a client sends it back after the session is over. */
export function isStandIn(text: string): boolean {
  const type = PLACEHOLDER.exec(text)?.[1] ?? ''
  return STAND_IN.test(text) || (isEntityType(type) && ownTypeOf(type) === type)
}
