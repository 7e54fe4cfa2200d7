/**
 * Telephone numbers. Shapes that only telephones have are taken as they stand; others need a word (`call`, `Tel.`, `fax`) or a key.
 * Lengths after a country code come from a small table of our own: loading a numbering-plan library would cost more time and memory
 * at start than the rest of the engine.
 */
import { digitsOf } from '../checks/digits.ts'
import { internationalShape, isDateLike, isInternationalNumber } from '../checks/phone.ts'
import { CLOSE_PHONE, NO_PHONE, PHONE_WORDS } from './phoneWords.ts'
import { isProgramsOrRows } from './programNumbers.ts'
import { POINT, near, standsAlone } from './shapes.ts'
import type { Family, Recogniser } from './recogniser.ts'

const EXTENSION = String.raw`(?: ?(?:x|ext\.?|#) ?\d{1,6})?`
const BEGIN = String.raw`(?<![A-Za-z0-9+.]|\w[-/_])`
/** A label may follow with a dash: `…-Office`. */
const FINISH = String.raw`(?![A-Za-z0-9]|_\w|[-.]\d|/\d)`
const CALLED_FINISH = String.raw`(?![A-Za-z0-9]|_\w|(?:[-/]|${POINT})\d)`
const KEY = /phone|mobile|(?:^|[._])(?:tel|cell|fax|msisdn|sms)(?:$|[._])|telef|handy|whatsapp|contact_?(?:no|num)/i
/** Of what is called one all the same: a social security number, an amount, a post code, years from and until, hours. */
const NO_CALLED = /^\d{3}-\d{2}-\d{4}$|\.\d{1,2}$|^\d{5}-\d{4}$|^(?:19|20)\d\d ?[/-] ?(?:19|20)\d\d$|^[1-9]\d(?: [/-] \d\d)+$/

/** As millions are written in most languages: `12 345 678`. */
const QUANTITY = /^[1-9]\d(?: \d{3}){2}$|^[1-9]\d{2}(?: \d{3})+ 000$/

/** As long as a post code of California, and grouped as one. */
const BRAZILIAN_MOBILE = /^9\d{4}-\d{4}$/
const OF_MOBILE = /(?:tel|fone|cel|contat|liga|ligue|whats|zap)[^\n\d]{0,14}$/i

const phone = (name: string, source: string, rest: Partial<Recogniser> & Pick<Recogniser, 'examples' | 'counterExamples'>): Recogniser => ({
  type: 'PHONE',
  name,
  version: 5,
  window: 'group',
  gate: { digits: 7, minLength: 7 },
  pattern: new RegExp(`${BEGIN}(?:${source})${rest.context?.required === true ? CALLED_FINISH : FINISH}`),
  certainty: 'shape',
  context: { left: near(PHONE_WORDS, 48), key: KEY, unless: isProgramsOrRows },
  hold: 40,
  ...rest,
})

const international = (value: string): boolean => isInternationalNumber(digitsOf(value.replace(/\(0\)|(?:x|ext\.?|#).*$/g, '')).replace(/^00/, ''))

/** Seconds or milliseconds since 1970, from 2014 on, as fields of programs have them: `"created":1762214663`. An American number of ten digits begins with none of a 1. */
const MOMENT = /^1[4-9]\d{8}(?:\d{3})?$/
const OF_MOMENT = /(?:created|updated|modified|expires|timestamp)(?:_?(?:at|on|in))?["']?\s?[:=]\s?$/i

function isCalled(value: string, left: string): boolean {
  if (!isCalledLength(value) || isDateLike(value)) return false
  if (NO_CALLED.test(value)) return BRAZILIAN_MOBILE.test(value) && OF_MOBILE.test(left)
  if (QUANTITY.test(value)) return CLOSE_PHONE.test(left)
  return !(MOMENT.test(value) && OF_MOMENT.test(left))
}

/** Longer than any without its country code, it begins with that. */
function isCalledLength(value: string): boolean {
  const digits = digitsOf(value)
  const most = digits === value ? 12 : 13
  return digits.length >= 7 && (digits.length <= most || isInternationalNumber(digits))
}

export const PHONE: Family = {
  name: 'phone',
  recognisers: [
    phone('phone-international', String.raw`\(?\+\(?\d{1,3}\)?(?:(?: - | ?/ ?|[ .\n-]{0,2})\(?\d{1,5}\)?){2,7}${EXTENSION}`, {
      gate: { digits: 8, has: '+', minLength: 9 },
      valid: international,
      certainty: 'plan',
      examples: ['ring «+41 (0)85 806 98 67» today', '«+905321234567»', '«+1-604-696-5272x565»', '«+447700 921 916»', 'WhatsApp «+65 9123 4567»', '«+49 (0)171 / 23 45 678»', '«+49/89/123456»', '«+1 - 415 - 555 - 2671»', '«+1 (646) 555-0312»'],
      counterExamples: ['+12', 'a+1234567', '+999 12 34', '+1 23 45'],
    }),
    // In a row of a table other numbers follow after a blank: the country says where this one ends.
    phone('phone-international-row', String.raw`\(?\+${internationalShape()}`, {
      gate: { digits: 8, has: '+', minLength: 9 },
      certainty: 'plan',
      examples: ['1 Ada «+46 70 174 06 35» 219-09-9431 Lund', '«+44 7700 900123» 457-55-5462', '«+359 88 812 3456» 504-72-3390 Varna'],
      counterExamples: ['+12', 'a+1234567', '+999 12 34', '+1 23 45', '+1 2345678901234'],
    }),
    phone('phone-double-zero', String.raw`(?:(?:00[1-9]\d{0,2}|011)[ .-](?:\(?\d{1,5}\)?[ .-]?){2,6}\d{2,4}${EXTENSION}|00[1-9]\d{8,13})`, {
      gate: { digits: 10, minLength: 11 },
      starts: ['00', '011'],
      valid: (value) => value.startsWith('011') || international(value),
      examples: ['fax «001-748-088-2851x818»', '«0049 30 1234567»', '«0041443643535»'],
      counterExamples: ['00 11 22', '0000000000000', '0.0049 30 1234567', 'EAN 4006381333931'],
    }),
    phone('phone-north-american', String.raw`(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-. ]\d{4}${EXTENSION}`, {
      gate: { digits: 10, minLength: 12 },
      context: { left: near(PHONE_WORDS, 48), key: KEY, not: NO_PHONE, unless: isProgramsOrRows },
      examples: ['Call «(555) 123-4567»', 'Updated phone: «415-555-2671»', '«312-555-0147»', '«202.555.0198»', 'desk «(227)664-8546x506»', '«1-800-555-0199x4»'],
      counterExamples: ['555-1234', '2024-01-02', '123-45-6789', '1.312.555.0147.2', 'order no. 312-555-0147'],
    }),
    phone('phone-area-code', String.raw`\(0?\d{1,4}\) ?\d{2,4}(?:[ .-]?\d{2,4}){1,3}`, {
      gate: { digits: 8, minLength: 9 },
      valid: (value) => digitsOf(value).length <= 12,
      examples: ['«(21) 3456-7890»', '«(69) 948-538»', '«(030) 12345678»', '(«(11) 4706-6184»)'],
      counterExamples: ['(2) 345', '(1) 2024', 'f(12) 34'],
    }),
    // Behind the 8 that leads out of town in Russia and Kazakhstan; where nothing but blanks part the groups, a word must say what it is.
    phone('phone-russian', String.raw`[78][ -]?\(\d{3,5}\)[ -]?\d{1,3}[ -]?\d\d[ -]?\d\d|8[ -]\d{3}[ -]\d{3}-\d\d-\d\d|8 \d{3} \d{3}-\d{4}`, {
      version: 1,
      gate: { digits: 11, minLength: 13 },
      valid: (value) => digitsOf(value).length === 11,
      examples: ['Телефон: «8 (916) 123-45-67»', 'тел. «8(916)1234567»', 'Пишите: «8-800-555-35-35»', '«8 916 123-45-67» ответит', '«8 (4012) 12-34-56»'],
      counterExamples: ['8 916 123 45 67', '18 (916) 123-45-67', '8 (916) 12-34', 'версия 8.800.555.35.35', '9-800-555-35-35'],
    }),
    phone('phone-trunk', String.raw`0[1-9]\d{0,3}(?:[ ./-]\d{6,8}|[ -]\d{2,4}[ -]\d{3,4}|(?:[ .-]\d{2}){4}|[ .-]\d{3}(?:[ .-]\d{2}){2}|[ -]\d{3}[ -]\d{3}[ -]?\d{0,3})|0[1-9]\d{3}[ -]\d{3}[ -]?\d{3}`, {
      gate: { digits: 9, minLength: 10 },
      valid: (value) => digitsOf(value).length >= 9 && digitsOf(value).length <= 12 && !isDateLike(value),
      context: { left: near(PHONE_WORDS, 48), key: KEY, not: NO_PHONE, unless: isProgramsOrRows },
      examples: ['on «020 7946 0321» please', '«01.84.17.61.18»', '«04.20.11.73.68»', '«0176 34567890»', '«032 696 10 69»', '«010-3456-7890»', 'Mobile: «0341 8387176»', '«030/12345678»'],
      counterExamples: ['01-02-2024', '0000 6080 1016', '0.123 456 789', '00 11 22 33', '05 06 2024 10'],
    }),
    phone('phone-east-asian', String.raw`(?:1[3-9]\d{9}|1[3-9]\d[ -]\d{4}[ -]\d{4}|01[016789]\d{7,8}|0[789]0\d{8})`, {
      gate: { digits: 10, minLength: 10 },
      context: { left: near(PHONE_WORDS, 48), key: KEY, not: NO_PHONE, unless: isProgramsOrRows },
      examples: ['手机号是«13912345678»，谢谢', '«01012345678»', '«138-1234-5678»', '«09012345678»'],
      counterExamples: ['1381234567', 'run_id: 13912345678', '1712345678901', '订单号13912345678', '12012345678'],
    }),
    phone('phone-turkish-philippine', String.raw`(?:05\d{9}|05\d\d[ -]\d{3}[ -]?\d{2}[ -]?\d{2}|09\d{9}|09\d\d[ -]\d{3}[ -]\d{4}|07\d{9}|07\d{3}[ -]\d{6})`, {
      gate: { digits: 11, minLength: 11 },
      examples: ['«05359876543»', 'ara: «0532 123 45 67»', '«0917-123-4567»', '«07700900123»'],
      counterExamples: ['0917123456', '15053212345678', '9123456789'],
    }),
    phone('phone-called', String.raw`(?:[08][ -]?)?\(?\d{2,5}\)?(?:(?: [/-] |[ ./-]{1,2})\(?\d{1,8}\)?){1,5}${EXTENSION}|0\d{1,4}\(\d{1,4}\)\d{4}|\d{7,15}`, {
      version: 6,
      valid: (value, _, left) => isCalled(value, left),
      context: { left: near(PHONE_WORDS, 32), key: KEY, required: true, not: NO_PHONE },
      certainty: 'context',
      examples: ['You can call «9469 9966»', 'on my registered «668 5702»', 'Mobile: «99 577450»', 'phone «2025550134»', 'Contact: «9876012345»', '"mobile": "«723 813 266»"', 'Tel. «030 / 901820-12»', 'Telefax: «0711 - 123 456»', 'Phone: «415 - 555 - 2671»', 'Móvil: «612 34 56 78»', 'Tfno. «91 234 56 78»', 'Portable : «06-12-34-56-78»', 'phone: «4915120007919»', 'whatsapp: «8613812345678»', 'Mobile «5511987654321»', 'phone updated: «4155552671»',
        'тел. «8 916 123-45-67»', 'ID 5, тел. «8 916 123 45 67»', 'моб. «89161234567»', 'Звоните «8 (916) 123-45-67»', 'ТЕЛ: «123-45-67», «765-43-21»', '7 Звоните «9161234567»', 'Мій номер «0671234567»', 'Обадете се на «0888123456»', 'τηλ. «210 123 4567»', 'ID 5, Τηλέφωνο: «6912345678»', 'ΤΗΛ. «2101234567»', 'Zadzwoń «600123456»', 'Zavolejte «602 123 456»', 'Hívjon «06 30 123 4567»', 'Sunați la «0722123456»', 'Nazovite «0911234567»', 'beni ara «0 532 123 45 67»', 'Puh. «0401234567»', 'Tfn: «0701234567»', 'Natel «079 123 45 67»', 'chiamami al «347 123 4567»', 'Contato: «91234-5678»', 'جوال «0551234567»', 'נייד «0501234567»', 'تماس «09121234567»', 'मोबाइल «98765 43210»', 'ফোন «01712345678»', 'โทร. «0812345678»', 'SĐT: «0912345678»', 'No. HP «081234567890»', 'Tawagan «09171234567»', '핸드폰: «01012345678»', '電話: «03(1234)5678»', '傳真 «23456789»', 'тел. «12 345 678»',
      ],
      counterExamples: ['9469 9966', 'mobile users in the country: 12 345 678', 'call me on 2024-03-15', 'phone order no. 1234567', 'contact id 12345', 'call 911', 'registered 2019 - 2023', 'office 10 - 12 / 14 - 18', 'Contact **Order no.:** 1234567', 'call 0x80000000', 'fax 1234567abc', 'call 1700000000000', 'phone 12345678901234', 'Fax unbekannt. Ihre Bestellung 987654321 kommt', '"id":"chatcmpl-aTLFx","created":1762214663'],
    }),
    phone('phone-apart', String.raw`\+?\d(?:[ .-]{1,3}\d){6,13}`, {
      gate: { digits: 7, minLength: 13 },
      context: { left: near(PHONE_WORDS, 16), key: KEY, required: true, not: NO_PHONE },
      certainty: 'context',
      examples: ['call me at «4 1 5 - 5 5 5 - 2 6 7 1»', 'phone: «0 2 0 7 9 4 6 0 3 2 1»'],
      counterExamples: ['4 1 5 5 5 5 2 6 7 1', 'call steps 1 2 3'],
    }),
    phone('phone-alone', String.raw`[2-7]\d{9}`, {
      gate: { digits: 10, minLength: 10 },
      valid: (value, window, left) => standsAlone(value, window, left),
      examples: ['«5551234567»'],
      counterExamples: ['8123456789', '9123456789', '1234567890', 'n 5551234567'],
    }),
    {
      type: 'PHONE',
      name: 'phone-labelled',
      version: 1,
      window: 'phrase',
      opens: { digit: true, longest: 5, follow: { between: ' .-', first: /\d/ }, numbers: 5 },
      grow: /^\d{2,5}[ .-](?:\d[\d .-]{0,18})?(?:[A-Z][a-z]{0,6})?$|^\d{2,5}$/,
      pattern: /^(?<value>\d{2,5}(?:[ .-]\d{1,8}){1,4})-(?:Office|Fax|Home|Work|Mobile|Cell|Desk|Main|Direct)/,
      valid: (value) => digitsOf(value).length >= 7,
      certainty: 'context',
      hold: 32,
      examples: ['«975 97 287»-Office', '«0910-5877671»-Home', '12 «34 56 78 90 12»-Office', '«975 97 287»-Officeandmoreletterswithoutanend'],
      counterExamples: ['12-Office', '2024-03-15-Draft', '975, 97 287 Office'],
    },
  ],
}
