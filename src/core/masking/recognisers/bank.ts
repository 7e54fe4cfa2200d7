/** Bank accounts: IBAN, BIC, and account and routing numbers of the United States, the United Kingdom and India. */
import { isAbaRouting, isBic } from '../checks/bank.ts'
import { IBAN_COUNTRIES_BY_LENGTH, isIban } from '../checks/iban.ts'
import { ACCOUNTS } from './documentWords.ts'
import { FIELD_JOINT } from './labels.ts'
import { bounded, boundedCalled, near, officeNumber } from './shapes.ts'
import type { Family } from './recogniser.ts'

// One alternative per length, so that what stands behind an IBAN is not taken in. What they all begin with is asked before them.
const IBAN_SOURCE = IBAN_COUNTRIES_BY_LENGTH.map(([length, countries]) => String.raw`(?:${countries.join('|')}) ?\d\d(?:[ .\n-]?[A-Z0-9]){${length - 4}}`).join('|')

const ACCOUNT = String.raw`\b(?:account|acct|acc|a/c|checking|savings|kontonummer|konto|kto|blz|bankleitzahl|cuenta|compte|conto|conta|rekening|sort code)(?:\.?[ _-]?(?:number|num|no|nr|#|id))?\.?(?: is| ist| es)?`

export const BANK: Family = {
  name: 'bank',
  recognisers: [
    {
      type: 'IBAN',
      name: 'iban',
      version: 1,
      window: 'group',
      gate: { digits: 8, minLength: 15, letters: true },
      pattern: bounded(String.raw`(?=[A-Z]{2} ?\d\d)(?:${IBAN_SOURCE})`, 'i'),
      valid: (value) => isIban(value.replace(/[ .\n-]/g, '')),
      certainty: 'checksum',
      hold: 48,
      examples: ['to «DE89 3704 0044 0532 0130 00» please', '«GB29NWBK60161331926819»', 'IBAN «AL47-2121-1009-0000-0002-3569-8741»', 'iban: «DE 89 3704 0044 0532 0130 00»', '«FR14 2004 1010 0505 0001 3M02 606» X'],
      counterExamples: ['DE89 3704 0044 0532 0130 01', 'ZZ89370400440532013000', 'GB29NWBK6016133192681', 'DE89'],
    },
    {
      type: 'BIC',
      name: 'bic',
      version: 2,
      window: 'word',
      gate: { minLength: 8, letters: true },
      pattern: /(?<![A-Za-z0-9.-]|\w_)[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9-]|_\w)/,
      valid: (value) => isBic(value),
      certainty: 'context',
      context: { left: new RegExp(`(?:\\bbic\\b|swift)(?:[ /-]?(?:code|bic|swift))?(?: is| ist)?${FIELD_JOINT}$`, 'i'), key: /bic|swift/i, required: true },
      hold: 16,
      examples: ['BIC: «DEUTDEFF»', 'swift code «NEDSZAJJXXX»', '"bic": "«COBADEFFXXX»"'],
      counterExamples: ['DEUTDEFF', 'BIC: DEUTZZFF', 'swift REFERENCE'],
    },
    {
      type: 'US_BANK',
      name: 'aba-routing',
      version: 1,
      window: 'group',
      gate: { digits: 9, minLength: 9 },
      pattern: boundedCalled(String.raw`\d{9}|\d{4}-\d{4}-\d`),
      valid: (value) => isAbaRouting(value.replaceAll('-', '')),
      certainty: 'checksum',
      context: { left: near(String.raw`routing|\baba\b|\brtn\b|\bach\b|wire|bank`), key: /routing|(?:^|[._])(?:aba|rtn)/i, required: true },
      hold: 16,
      examples: ['Routing: «021000021»', 'ABA «1210-0035-8»'],
      counterExamples: ['Routing: 421042111', 'build 021000021'],
    },
    {
      type: 'US_BANK',
      name: 'bank-account',
      version: 5,
      window: 'group',
      gate: { digits: 8, minLength: 8 },
      pattern: boundedCalled(String.raw`(?:\d{1,6}-)?\d{2,10}/\d{4}|\d{8}(?:-\d{8}){1,2}|\d{1,6}-\d{9,10}|\d{8,17}|\d{20}|\d{26}|\d{2,6}(?:-\d{2,8}){1,3}|\d{3} \d{3} \d{2,4}|\d{4} \d{4}(?: \d{2,4}){0,2}`),
      valid: (value) => !/^(?:19|20)\d\d-\d\d-\d\d$/.test(value) && value.replace(/\D/g, '').length >= 8,
      certainty: 'context',
      context: {
        left: new RegExp(`(?:${ACCOUNT}(?:\\s?#\\s{0,3}|${FIELD_JOINT})|账号[是为：:]?\\s?|(?:${ACCOUNTS})(?:(?: |-)?(?:番号|번호|number|no\\.?|nr\\.?|№))?\\.?${FIELD_JOINT})$`, 'i'),
        key: /(?:account|acct)_?(?:number|no|num)$|(?:^|[._])(?:account|acct|konto|cuenta|compte|rekening)$|kontonummer|rekeningnummer|bank_?account|routing_?account/i,
        required: true,
        not: /(?:github|twitter|user|email|e-mail|aws|azure) (?:account|acct)/i,
      },
      hold: 24,
      examples: ['Account: «123456789012»', 'acct # «00412-345678»', 'account number is «9876543210»', 'Account no. «1234 5678»', 'Account number # «9876543210»', 'Konto-Nr. «0532013000», BLZ «370 400 44»', 'Kto. «532013000»', 'Kto.-Nr.: «532 013 000»', 'BSB 062-000 acc «12345678»', 'р/с «40817810099910004312»', 'ID 5, номер счета: «40817810099910004312»', 'αριθμός λογαριασμού: «123456789012»', 'nr konta «123456789012»', 'číslo účtu: «19-2000145399/0800»', 'számlaszám: «11773016-11111018»', 'رقم الحساب: «123456789012»', 'מספר חשבון «12345678»', 'số tài khoản: «0123456789»', '계좌번호 «110-234-567890»'],
      counterExamples: ['Account: 1234567', '123456789012', 'account created 2024-01-02', 'счет № 12 от 12.05.2024', 'счет 3:2', 'rachunek za 12345678'],
    },
    ...officeNumber({
      type: 'US_BANK',
      name: 'uk-sort-code',
      source: String.raw`\d\d([ -]?)\d\d\1\d\d`,
      gate: { digits: 6 },
      words: 'sort[ -]?code',
      distance: 8,
      key: /sort_?code/i,
      bare: 'never',
      examples: ['Sort code: «20-00-00»', 'sort-code «200000»'],
      counterExamples: ['20-00-00', 'sort by code 200000'],
    }),
    ...officeNumber({
      type: 'US_BANK',
      name: 'bank-account-local',
      source: String.raw`\d{7,18}|\d{2,6}(?:-\d{2,8}){1,3}`,
      gate: { digits: 6 },
      version: 1,
      words: String.raw`口座番号|계좌 ?번호|\bclabe\b|\bbsb\b`,
      distance: 8,
      key: /clabe|(?:^|[._])bsb/i,
      bare: 'never',
      examples: ['CLABE «032180000118359719»', '口座番号 «1234567»', '계좌번호: «110-234-567890»', 'BSB: «062-000»'],
      counterExamples: ['1234567', '110-234-567890'],
    }),
    ...officeNumber({
      type: 'US_BANK',
      name: 'in-ifsc',
      source: String.raw`[A-Z]{4}0[A-Z0-9]{6}`,
      gate: { digits: 1, minLength: 11, letters: true },
      words: 'ifsc',
      distance: 12,
      key: /ifsc/i,
      bare: 'never',
      examples: ['IFSC: «HDFC0001234»'],
      counterExamples: ['HDFC0001234'],
    }),
  ],
}
