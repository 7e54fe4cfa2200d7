/** Entity types as nouns of a sentence, in the editor's language. Types of a policy's own keep their name. */
import type { FindingCount } from '../../protocol/panelModels.ts'
import type { Translate } from './rows.ts'

/** @returns each type once, with the noun in the right number */
export function becauseOf(findings: readonly FindingCount[], t: Translate): { count: number; noun: string }[] {
  const counts = new Map<string, number>()
  for (const { type, count } of findings) counts.set(type, (counts.get(type) ?? 0) + count)
  return [...counts].slice(0, 12).map(([type, count]) => ({ count, noun: nounOf(type, count, t) }))
}

function nounOf(type: string, count: number, t: Translate): string {
  const nouns: Readonly<Record<string, readonly [one: string, many: string]>> = {
    EMAIL: [t('e-mail address'), t('e-mail addresses')],
    PHONE: [t('phone number'), t('phone numbers')],
    CREDIT_CARD: [t('card number'), t('card numbers')],
    US_SSN: [t('US social security number'), t('US social security numbers')],
    IBAN: [t('IBAN'), t('IBANs')],
    IP: [t('IP address'), t('IP addresses')],
    PERSON: [t('name of a person'), t('names of people')],
    ADDRESS: [t('street address'), t('street addresses')],
    DATE_OF_BIRTH: [t('date of birth'), t('dates of birth')],
    MEDICAL_RECORD: [t('medical record number'), t('medical record numbers')],
    SECRET: [t('secret'), t('secrets')],
  }
  const known = Object.hasOwn(nouns, type) ? nouns[type] : undefined
  return known ? (count === 1 ? known[0] : known[1]) : t('of type {0}', type)
}
