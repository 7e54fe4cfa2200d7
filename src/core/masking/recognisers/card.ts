/** Payment cards: the number in its groupings, security code, expiry date and magnetic tracks. */
import { isCalledCardNumber, isCardNumber } from '../checks/card.ts'
import { digitsOf } from '../checks/digits.ts'
import { CODE_OR_NUMBER, EXPIRES, SECURITY_CODES } from './documentWords.ts'
import { FIELD_JOINT } from './labels.ts'
import { isProductCode } from './programNumbers.ts'
import { bounded, boundedCalled, near } from './shapes.ts'
import type { Family, Recogniser } from './recogniser.ts'

const WORDS = String.raw`card|credit|debit|visa|master|amex|american express|discover|diners|maestro|\bjcb\b|\bcc\b|\bpan\b|卡号|银行卡|信用卡|karte|carte|tarjeta|cartao|cartão|carta|kaart|kort`
const KEY = /card|(?:^|_|\.)(?:cc|pan|ccnum)(?:$|_|\.)|credit/i
const SECURITY_CODE = `(?:cvv2?|cvc2?|\\bcvn|\\bcsc|security code|card verification|verification value|sicherheitscode|安全码|${SECURITY_CODES})`

const BREAK = String.raw`(?:[ -]?\n|[ -])`
/** No other number of its row beside it. */
const [ROW_BEGIN, ROW_END] = [String.raw`(?<!\d[ .\n-])`, String.raw`(?![ .\n-]\d)`]
/**
 * A card in other groups than a card has, or broken into lines. The groups have one length: numbers of different lengths are the cells of a table, and
 * one point in a number is that of a fraction. Groups of one, two and eight digits are all that there is in their row: others are beside numbers of a table.
 */
const SPLIT = [
  String.raw`\d{4}(?:${BREAK}\d{4}){2}${BREAK}\d{1,4}(?:${BREAK}\d{3})?`,
  String.raw`\d{4}${BREAK}\d{6}${BREAK}\d{4,5}`,
  `${ROW_BEGIN}(?:${[
    String.raw`\d{8}${BREAK}\d{8}`,
    String.raw`\d(?:(?:[ -]|\n)\d){12,18}`,
    String.raw`\d(?:\.\d){12,18}`,
    String.raw`\d(?: \d){3}(?:(?: {2}| - )\d(?: \d){3}){3}`,
    String.raw`\d\d(?:(?:[ -]|\n)\d\d){6,8}(?:[ -]\d)?`,
    String.raw`\d\d(?:\.\d\d){6,8}(?:\.\d)?`,
  ].join('|')})${ROW_END}`,
].join('|')
/** A line of nothing but eight digits before: one more of a column. */
const COLUMN = /(?:^|\n)[ \t]*\d{8}[ \t]*\n[ \t]*$/
/** A point of a fraction, or a gap between two columns. */
const PARTS = /(?:^|[ \n-])\d+\.\d+(?:$|[ \n-])|\d {2}\d/
/** In the groups of a card, as a page that was set in columns gives them. */
const WIDE = /^\d{4} {2}(?:\d{4} {2}\d{4} {2}\d{1,4}|\d{6} {2}\d{4,5})$/

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
  context: { left: near(WORDS), key: KEY, unless: isProductCode },
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
    {
      ...number(
        'card-split',
        SPLIT,
        ['«41111111\n11111111»', '«4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1»', '«4111 1111\n1111 1111»', '«41 11 11 11 11 11 11 11»', '«3782\n822463 10005»', '«4 1 1 1  1 1 1 1  1 1 1 1  1 1 1 1»', '«4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1»', '«41-11-11-11-11-11-11-11»', '«4111-1111 1111-1111»', '«6212 3400\n0000 0000 004»'],
        [
          '41111111\n11111112', '2024-01-02 2024-01-03', 'loss=4.061253067311954', '35.640514275254375', '{"metric": 4.318316253325657}', '0  353932078  29891204', '37830773 758775\n1 612665272', '4 93 94 91 52 27 31', '4.85764966 0.588426541',
          '12 41 11 11 11 11 11 11 11', '41 11 11 11 11 11 11 11 25', '4.1 1.1 1.1 1.1 1.1 1.1 1.1 1.1', '4111.1111 1111.1111', '4111  1111  1111  1111', 'id\n40000002\n41111111\n11111111',
        ],
      ),
      version: 3,
      valid: (value, _window, left) => isCardNumber(value) && !(value.includes('\n') && COLUMN.test(left)),
    },
    {
      // In groups of any length where words say that it is a card.
      ...number('card-apart', String.raw`\d(?:[ .\n-]{0,2}\d){12,18}`, ['card: «411111 1111111111»', 'Karte «4111111111\n111111»', 'visa «411 111 111 111 111 1»', 'card: «4111  1111  1111  1111»', 'Amex «3782  822463  10005»'], ['411111 1111111111', 'card loss 4.061253067311954', 'card balance\n0  353932078  29891204', 'card 411111 1111111112']),
      version: 1,
      valid: (value) => isCardNumber(value) && (!PARTS.test(value) || WIDE.test(value)),
      context: { left: near(WORDS), key: KEY, required: true },
    },
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
      version: 3,
      window: 'group',
      gate: { digits: 3 },
      pattern: /(?<!\d)\d{3,4}(?!\d)/,
      certainty: 'context',
      context: {
        left: new RegExp(`${SECURITY_CODE}["'\\])]{0,2}(?:\\s?(?:is|number|code|no\\.?|ist|${CODE_OR_NUMBER}))?(?:[\\s:=#"'是为]{0,4}|${FIELD_JOINT})$`, 'i'),
        key: /(?:^|[._])(?:cvv2?|cvc2?|cvn|csc)(?:$|[._])|security_?code/i,
        required: true,
      },
      hold: 8,
      examples: ['CVV: «123»', 'cvc is «4821»', '"cvv": "«123»"', 'код безопасности: «123»', 'ID 5, код безопасности «123»', 'CVV kodu: «123»', 'cryptogramme : «123»', 'código de segurança: «123»', '보안코드: «123»', 'セキュリティコード «123»'],
      counterExamples: ['code 123', 'CVV required, see page 123', '123'],
    },
    {
      type: 'CARD_EXPIRY',
      name: 'card-expiry',
      version: 3,
      window: 'group',
      gate: { digits: 3 },
      pattern: /(?<!\d)(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:20)?\d{2}(?![\d/-])/,
      certainty: 'context',
      context: {
        left: new RegExp(`(?:\\bexp(?:ir(?:y|es|ation|ing|ă|e le))?|valid (?:thru|through|until|to)|good thru|有效期|${EXPIRES})\\.?(?: ?date)?(?: is| on)?(?:[\\s至]{0,2}|${FIELD_JOINT})$`, 'i'),
        key: /exp(?:iry|iration|_|$)/i,
        required: true,
      },
      hold: 12,
      examples: ['exp «08/27»', 'valid thru «12/2029»', 'Expiry date: «1/30»', 'срок действия: «08/27»', 'ID 5, годна до «08/27»', 'λήξη: «08/27»', 'ważna do «08/27»', 'geldig tot «08/27»', 'scadenza: «08/27»', 'válida hasta «08/2027»', 'תוקף: «08/27»', '유효기간: «08/27»', '有効期限 «08/27»'],
      counterExamples: ['08/27', 'expires 2027-08-01', 'exp 13/27', 'срок 08/27', 'voimassa 1.8.2027'],
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
