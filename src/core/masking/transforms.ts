/**
 * What stands in a value's place. Every form is a function of type, value and the keys of this installation, so that the same
 * value gets the same form in every turn of a conversation; pseudonyms are numbered by the session.
 */
import type { EntityType, Transform } from '../../protocol/masking.ts'
import { foldText } from './scan/fold.ts'
import { surrogate } from './surrogates.ts'

export interface Keys {
  /** Keyed commitment to a value, for the evidence. */
  readonly commit: (value: string, context: string) => string
  /** Short keyed hash in lower-case hexadecimal, stable over sessions. */
  readonly keyedHash: (value: string) => string
}

/** Types whose end is harmless and tells people which one is meant. */
const PARTIAL_TAIL = new Set(['CREDIT_CARD', 'IBAN', 'PHONE', 'US_BANK', 'US_SSN', 'NATIONAL_ID', 'PASSPORT', 'DRIVER_LICENSE', 'TAX_ID', 'HEALTH_ID', 'IMEI', 'VIN', 'CRYPTO'])
const SHOWN = 4
/** A value of fewer letters and digits would be told by what is shown of it. */
const LEAST_HIDDEN = 4

/** @param pseudonym number within session and type */
export function tokenFor(transform: Transform, type: EntityType, value: string, keys: Keys, pseudonym: () => string): string {
  switch (transform) {
    // A call with such a value is denied as a whole, whatever stands in the texts that are thrown away.
    case 'redact':
    case 'refuse':
      return `[${type}]`
    case 'partial':
      return partial(type, foldText(value))
    case 'replace':
      return replacement(type, value, keys.keyedHash(`${type}\n${value}`))
    case 'hash':
      return `[${type}:${keys.keyedHash(`${type}\n${value}`).slice(0, 12)}]`
    case 'pseudonym':
      return pseudonym()
    case 'keep':
      return value
  }
}

/** Whether the token is known before the value's end is. */
export function isConstant(transform: Transform, type: EntityType): boolean {
  return transform === 'redact' || transform === 'refuse' || (transform === 'partial' && type !== 'EMAIL' && !PARTIAL_TAIL.has(type))
}

/** Of the plain form: digits of other scripts and escapes would stay as they are. What comes out as it went in is no stand-in. */
function replacement(type: EntityType, value: string, hash: string): string {
  const plain = foldText(value)
  const token = surrogate(type, plain, hash)
  return token === plain ? `[${type}]` : token
}

function partial(type: EntityType, value: string): string {
  if (type === 'EMAIL') {
    const at = value.lastIndexOf('@')
    return at > 0 ? `··${value.slice(at)}` : `[${type}]`
  }
  const bare = value.replace(/[^\p{L}\p{N}]/gu, '')
  return PARTIAL_TAIL.has(type) && bare.length >= SHOWN + LEAST_HIDDEN ? `··${Array.from(bare).slice(-SHOWN).join('')}` : `[${type}]`
}
