import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rulesByType } from '../../../src/core/masking/aliases.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { parsePolicy } from '../../../src/core/policy/parse.ts'

test('a policy written with the names of Presidio or Google masks what our recognisers call otherwise', () => {
  const types = new Set(FAMILIES.flatMap((family) => family.recognisers.map((one) => one.type)))
  const names = ['EMAIL_ADDRESS', 'PHONE_NUMBER', 'IBAN_CODE', 'US_BANK_NUMBER', 'MEDICAL_LICENSE', 'AU_ABN', 'AU_ACN', 'AU_TFN', 'IN_GSTIN', 'IT_VAT_CODE', 'SG_UEN', 'KR_BRN', 'KR_FRN', 'CA_SIN', 'TH_TNIN', 'ZA_ID_NUMBER', 'DE_PASSPORT', 'DE_KFZ', 'DE_LANR', 'PH_TIN', 'UK_NHS', 'ZIP_CODE', 'DOB', 'AWS_ACCESS_KEY', 'CHINA_RESIDENT_ID_NUMBER', 'FIRST_NAME', 'SOUTH_AFRICA_ID_NUMBER', 'GERMANY_PASSPORT', 'BASIC_AUTH_HEADER', 'VAT_NUMBER', 'CREDIT_CARD_EXPIRATION_DATE', 'GENDER']
  for (const name of names) {
    const [type] = [...rulesByType({ [name]: 'redact' }).keys()]
    assert.ok(type !== undefined && type !== name && types.has(type), `${name} became ${type ?? 'nothing'}`)
  }
})

test('a rule under our own name wins over one under an alias', () => {
  assert.equal(rulesByType({ EMAIL_ADDRESS: 'redact', EMAIL: 'hash' }).get('EMAIL'), 'hash')
  assert.equal(rulesByType({ EMAIL: 'hash', EMAIL_ADDRESS: 'redact' }).get('EMAIL'), 'hash')
})

test('a policy document may be written with those names, in masks and in conditions', () => {
  const policy = parsePolicy('version: 1\ndefault: deny\nupstreams: {}\nmask: { prompt: { EMAIL_ADDRESS: redact, AU_ABN: hash } }\nrules: [{ id: a, when: { prompt: { finds: [IBAN_CODE] } }, effect: deny }]\n')
  assert.deepEqual(policy.mask.prompt, { EMAIL: 'redact', BUSINESS_ID: 'hash' })
  assert.deepEqual(policy.rules[0]?.when.prompt?.finds, ['IBAN'])
})
