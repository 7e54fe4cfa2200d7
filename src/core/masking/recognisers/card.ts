/** Payment cards: the number in its groupings, security code, expiry date and magnetic tracks. */
import { isCalledCardNumber, isCardNumber } from '../checks/card.ts'
import { digitsOf } from '../checks/digits.ts'
import { FIELD_JOINT } from './labels.ts'
import { bounded, boundedCalled, near } from './shapes.ts'
import type { Family, Recogniser } from './recogniser.ts'

const WORDS = String.raw`card|credit|debit|visa|master|amex|american express|discover|diners|maestro|\bjcb\b|\bcc\b|\bpan\b|卡号|银行卡|信用卡|karte|carte|tarjeta|cartao|cartão|carta|kaart|kort`
const KEY = /card|(?:^|_|\.)(?:cc|pan|ccnum)(?:$|_|\.)|credit/i
const SECURITY_CODE = '(?:cvv2?|cvc2?|\\bcvn|\\bcsc|security code|card verification|verification value|sicherheitscode|安全码)'

const number = (name: string, source: string, examples: readonly string[], counterExamples: readonly string[]): Recogniser => ({
  type: 'CREDIT_CARD',
  name,
  version: 2,
  window: 'group',
  gate: { digits: 13, minLength: 13 },
  pattern: bounded(source),
  luhn: true,
  valid: (value) => isCardNumber(value),
  certainty: 'checksum',
  context: { left: near(WORDS), key: KEY },
  hold: 40,
  examples,
  counterExamples,
})

export const CARD: Family = {
  name: 'card',
  recognisers: [
    number(
      'card',
      String.raw`\d{13,19}|\d{4}([ .-])\d{4}\1\d{4}\1\d{1,4}|\d{4}([ .-])\d{6}\2\d{4,5}`,
      ['pay with «4111 1111 1111 1111» now', '«5500-0000-0000-0004»', '«378282246310005»', 'amex «3782 822463 10005»', '«4222222222222»', '«30569309025904»'],
      ['4111 1111 1111 1112', '1234567890123456', 'id 0000000000000000', '1.4111111111111111'],
    ),
    number('card-long', String.raw`\d{4}([ .-])\d{4}\1\d{4}\1\d{4}\1\d{3}`, ['UnionPay «6212 3400 0000 0000 004»'], ['6212 3400 0000 0000 005']),
    number('card-split', String.raw`\d(?:[ .\n-]{0,2}\d){12,18}`, ['«41111111\n11111111»', '«4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1»'], ['41111111\n11111112', '2024-01-02 2024-01-03']),
    {
      type: 'CREDIT_CARD',
      name: 'card-called',
      version: 2,
      window: 'group',
      gate: { digits: 12, minLength: 12 },
      pattern: boundedCalled(String.raw`\d{12,19}|\d{4}([ -])\d{4}\1\d{4}(?:\1\d{1,4}){0,2}|\d{4} \d{6} \d{5}`),
      valid: (value) => isCalledCardNumber(digitsOf(value)),
      certainty: 'checksum',
      context: { left: near(WORDS), key: KEY, required: true },
      hold: 24,
      examples: ['my card «676222165679» is lost', '卡号«6217001234567890»', 'debit card: «5038 0205 3770»'],
      counterExamples: ['my credit card number is 36168002586008', 'gift 676222165679'],
    },
    {
      type: 'CARD_CVV',
      name: 'card-cvv',
      version: 2,
      window: 'group',
      gate: { digits: 3 },
      pattern: /(?<!\d)\d{3,4}(?!\d)/,
      certainty: 'context',
      context: {
        left: new RegExp(`${SECURITY_CODE}["'\\])]{0,2}(?:\\s?(?:is|number|code|no\\.?|ist))?(?:[\\s:=#"'是为]{0,4}|${FIELD_JOINT})$`, 'i'),
        key: /(?:^|[._])(?:cvv2?|cvc2?|cvn|csc)(?:$|[._])|security_?code/i,
        required: true,
      },
      hold: 8,
      examples: ['CVV: «123»', 'cvc is «4821»', '"cvv": "«123»"'],
      counterExamples: ['code 123', 'CVV required, see page 123', '123'],
    },
    {
      type: 'CARD_EXPIRY',
      name: 'card-expiry',
      version: 2,
      window: 'group',
      gate: { digits: 3 },
      pattern: /(?<!\d)(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:20)?\d{2}(?![\d/-])/,
      certainty: 'context',
      context: {
        left: new RegExp(`(?:\\bexp(?:ir(?:y|es|ation|ing))?|valid (?:thru|through|until|to)|good thru|gültig bis|有效期)\\.?(?: ?date)?(?: is| on)?(?:[\\s至]{0,2}|${FIELD_JOINT})$`, 'i'),
        key: /exp(?:iry|iration|_|$)/i,
        required: true,
      },
      hold: 12,
      examples: ['exp «08/27»', 'valid thru «12/2029»', 'Expiry date: «1/30»'],
      counterExamples: ['08/27', 'expires 2027-08-01', 'exp 13/27'],
    },
    {
      type: 'CARD_TRACK',
      name: 'card-track',
      version: 1,
      window: 'word',
      gate: { digits: 17, minLength: 20 },
      pattern: /%?[Bb]\d{12,19}\^[^^]{2,26}\^\d{4}[^?\s]{0,60}\??|(?<!\d)\d{13,19}=\d{4}\d{3,20}\??/,
      valid: (value) => isCardNumber(/\d{12,19}/.exec(value)?.[0] ?? ''),
      certainty: 'checksum',
      hold: 96,
      examples: ['«%B4111111111111111^LOVELACE/ADA^29121010000000000?»', '«4111111111111111=29121010000012300000»'],
      counterExamples: ['4111111111111112=29121010000012300000', 'a^b^c', 'x=4111=2912'],
    },
  ],
}
