import type { CustomType } from '../../protocol/policy.ts'
import { ALIASES, ownTypeOf } from '../masking/aliases.ts'
import { nearestName } from './nearestName.ts'

/** Entity types that a policy may name, with the words they have in a sentence: one, many. `CUSTOM_…` comes from policies. */
export const ENTITY_WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  EMAIL: ['e-mail address', 'e-mail addresses'],
  PHONE: ['phone number', 'phone numbers'],
  CREDIT_CARD: ['card number', 'card numbers'],
  CARD_CVV: ['card security code', 'card security codes'],
  CARD_EXPIRY: ['card expiry date', 'card expiry dates'],
  CARD_TRACK: ['card track', 'card tracks'],
  IBAN: ['IBAN', 'IBANs'],
  BIC: ['BIC', 'BICs'],
  US_BANK: ['bank account number', 'bank account numbers'],
  CRYPTO: ['crypto address', 'crypto addresses'],
  IP: ['IP address', 'IP addresses'],
  MAC: ['MAC address', 'MAC addresses'],
  URL: ['web address with personal data', 'web addresses with personal data'],
  US_SSN: ['US social security number', 'US social security numbers'],
  US_ITIN: ['US taxpayer number', 'US taxpayer numbers'],
  US_MBI: ['Medicare number', 'Medicare numbers'],
  US_NPI: ['US provider number', 'US provider numbers'],
  US_DEA: ['DEA number', 'DEA numbers'],
  DRIVER_LICENSE: ['driver licence number', 'driver licence numbers'],
  PASSPORT: ['passport number', 'passport numbers'],
  NATIONAL_ID: ['national id number', 'national id numbers'],
  TAX_ID: ['tax number', 'tax numbers'],
  BUSINESS_ID: ['business number', 'business numbers'],
  HEALTH_ID: ['health id', 'health ids'],
  MEDICAL_RECORD: ['medical record number', 'medical record numbers'],
  LICENSE_PLATE: ['number plate', 'number plates'],
  VIN: ['vehicle number', 'vehicle numbers'],
  IMEI: ['device number', 'device numbers'],
  ADDRESS: ['street address', 'street addresses'],
  POSTAL_CODE: ['postal code', 'postal codes'],
  DATE_OF_BIRTH: ['date of birth', 'dates of birth'],
  AGE: ['age', 'ages'],
  PERSON: ['name of a person', 'names of people'],
  LOCATION: ['place', 'places'],
  TITLE: ['title of a person', 'titles of people'],
  ORGANIZATION: ['name of an organisation', 'names of organisations'],
  NRP: ['nationality or religion', 'nationalities or religions'],
  USERNAME: ['user name', 'user names'],
  SECRET: ['secret', 'secrets'],
  SPECIAL: ['specially protected statement', 'specially protected statements'],
}

/** @param name ours, or one that others use for the same type */
export function isEntityType(name: string): boolean {
  return Object.hasOwn(ENTITY_WORDS, ownTypeOf(name)) || /^CUSTOM_[A-Z0-9_]{1,60}$/.test(name)
}

/** Why a name is refused, and which was meant. */
export function unknownType(name: string): string {
  const near = nearestName(name, [...Object.keys(ENTITY_WORDS), ...Object.keys(ALIASES)])
  return `"${name}" is no entity type${near === undefined ? '' : `; did you mean ${near}?`} (countersign mask --types lists them all; a name of your own begins with CUSTOM_)`
}

/** What a type is called, one and many; a type of the policy's own by the words that the policy gives it. */
function wordsFor(type: string, own: readonly CustomType[] = []): readonly [one: string, many: string] {
  const words = Object.hasOwn(ENTITY_WORDS, type) ? ENTITY_WORDS[type] : own.find(({ name }) => name === type)?.words
  return words ?? [`value of type ${type}`, `values of type ${type}`]
}

/** `3 card numbers`, `1 secret`. @param own types of the policy's own */
export function countWords(type: string, count: number, own?: readonly CustomType[]): string {
  return `${count} ${wordsFor(type, own)[count === 1 ? 0 : 1]}`
}

/** `card numbers`. @param own types of the policy's own */
export function manyWords(type: string, own?: readonly CustomType[]): string {
  return wordsFor(type, own)[1]
}
