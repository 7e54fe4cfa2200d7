/** Entity types as nouns of a sentence, in the editor's language. Types of a policy's own keep their name. */
import type { FindingCount } from '../../protocol/panelModels.ts'
import type { Translate } from './rows.ts'

/** One, and many. */
type Nouns = Readonly<Record<string, readonly [one: string, many: string]>>

/** As many kinds as a sentence names before it sums up. */
const MOST_NAMED = 6

/** @returns each type once, with the noun in the right number; the last of a long list stands for all others */
export function becauseOf(findings: readonly FindingCount[], t: Translate): { count: number; noun: string }[] {
  const counts = new Map<string, number>()
  for (const { type, count } of findings) counts.set(type, (counts.get(type) ?? 0) + count)
  const named = [...counts].slice(0, counts.size > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED).map(([type, count]) => ({ count, noun: nounOf(type, count, t) }))
  const others = [...counts.values()].slice(named.length).reduce((sum, count) => sum + count, 0)
  return others === 0 ? named : [...named, { count: others, noun: t('values of other types') }]
}

function nounOf(type: string, count: number, t: Translate): string {
  const nouns: Nouns = { ...ofPeople(t), ...ofNumbers(t), ...ofAccounts(t) }
  const known = Object.hasOwn(nouns, type) ? nouns[type] : [t('value of type {0}', type), t('values of type {0}', type)]
  return known?.[count === 1 ? 0 : 1] ?? type
}

/** Who somebody is, and where they are reached. */
function ofPeople(t: Translate): Nouns {
  return {
    EMAIL: [t('e-mail address'), t('e-mail addresses')],
    PHONE: [t('phone number'), t('phone numbers')],
    ADDRESS: [t('street address'), t('street addresses')],
    POSTAL_CODE: [t('postal code'), t('postal codes')],
    DATE_OF_BIRTH: [t('date of birth'), t('dates of birth')],
    AGE: [t('age'), t('ages')],
    PERSON: [t('name of a person'), t('names of people')],
    LOCATION: [t('place'), t('places')],
    TITLE: [t('title of a person'), t('titles of people')],
    ORGANIZATION: [t('name of an organisation'), t('names of organisations')],
    NRP: [t('nationality or religion'), t('nationalities or religions')],
    SPECIAL: [t('specially protected statement'), t('specially protected statements')],
  }
}

/** Numbers that an office or a body gives. */
function ofNumbers(t: Translate): Nouns {
  return {
    US_SSN: [t('US social security number'), t('US social security numbers')],
    US_ITIN: [t('US taxpayer number'), t('US taxpayer numbers')],
    US_MBI: [t('Medicare number'), t('Medicare numbers')],
    US_NPI: [t('US provider number'), t('US provider numbers')],
    US_DEA: [t('DEA number'), t('DEA numbers')],
    DRIVER_LICENSE: [t('driver licence number'), t('driver licence numbers')],
    PASSPORT: [t('passport number'), t('passport numbers')],
    NATIONAL_ID: [t('national id number'), t('national id numbers')],
    TAX_ID: [t('tax number'), t('tax numbers')],
    BUSINESS_ID: [t('business number'), t('business numbers')],
    HEALTH_ID: [t('health id'), t('health ids')],
    MEDICAL_RECORD: [t('medical record number'), t('medical record numbers')],
  }
}

/** Money, machines and accounts. */
function ofAccounts(t: Translate): Nouns {
  return {
    CREDIT_CARD: [t('card number'), t('card numbers')],
    CARD_CVV: [t('card security code'), t('card security codes')],
    CARD_EXPIRY: [t('card expiry date'), t('card expiry dates')],
    CARD_TRACK: [t('card track'), t('card tracks')],
    IBAN: [t('IBAN'), t('IBANs')],
    BIC: [t('BIC'), t('BICs')],
    US_BANK: [t('bank account number'), t('bank account numbers')],
    CRYPTO: [t('crypto address'), t('crypto addresses')],
    IP: [t('IP address'), t('IP addresses')],
    MAC: [t('MAC address'), t('MAC addresses')],
    URL: [t('web address with personal data'), t('web addresses with personal data')],
    LICENSE_PLATE: [t('number plate'), t('number plates')],
    VIN: [t('vehicle number'), t('vehicle numbers')],
    IMEI: [t('device number'), t('device numbers')],
    USERNAME: [t('user name'), t('user names')],
    SECRET: [t('secret'), t('secrets')],
  }
}
