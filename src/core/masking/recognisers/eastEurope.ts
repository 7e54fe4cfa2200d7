/** Numbers of persons in central, eastern and south-eastern Europe: one recogniser for those with a check, for each more would cost time at every number; others stand behind their label only. */
import { digitsOf, isMod11And10 } from '../checks/digits.ts'
import { isAmka, isBalticCode, isBirthNumber, isBulgarianNumber, isJmbg, isRomanianCode, isTaj } from '../checks/eastEurope.ts'
import { readLabels, readWords } from './secondScript.ts'
import { officeNumber } from './shapes.ts'
import type { Family } from './recogniser.ts'

/** A number with a slash is Czech or Slovak; nine digits were given out until 1954, without a check. */
function isOfBirth(value: string, digits: string): boolean {
  return digits.length === 9 ? /^\d{2}(?:[05]\d|[16][0-2])[0-3]\d\/\d{3}$/.test(value) : isBirthNumber(digits)
}

function isPersonal(value: string): boolean {
  const digits = digitsOf(value)
  if (value.includes('/')) return isOfBirth(value, digits)
  switch (digits.length) {
    case 9:
      return isTaj(digits)
    case 10:
      return isBirthNumber(digits) || isBulgarianNumber(digits)
    case 11:
      // Latvian numbers have a dash, and since 2017 neither date nor check.
      return value.includes('-') || isMod11And10(digits) || isBalticCode(digits) || isAmka(digits)
    default:
      return isRomanianCode(digits) || isJmbg(digits)
  }
}

const WORDS = [
  String.raw`rodn[eéá]h?o? ?č[ií]sl|rodne cislo|\br\. ?č\.|birth number`,
  String.raw`\bcnp\b|cod(?:ul)? numeric`,
  String.raw`\begn\b|${readLabels('егн')}`,
  String.raw`\boib\b|osobni identifikacijski|emšo|\bemso\b|jmbg|matični broj`,
  'isikukood|asmens kod|personas kod',
  String.raw`\bamka\b|${readLabels('αμκα')}|\btaj\b|társadalombiztosítási`,
].join('|')

export const EAST_EUROPE: Family = {
  name: 'east-europe',
  recognisers: [...officeNumber({
    type: 'NATIONAL_ID',
    name: 'east-european-id',
    source: String.raw`\d{6}[/-]?\d{3,5}|\d{13}|\d{3}([ -])\d{3}\1\d{3}`,
    gate: { digits: 9, minLength: 9 },
    check: isPersonal,
    bareCheck: (value) => (value.includes('/') || value.length === 13) && isPersonal(value),
    words: WORDS,
    distance: 20,
    key: /rodne_?cislo|birth_?number|(?:^|[._])(?:cnp|egn|oib|amka|taj)$|emso|jmbg|isikukood|asmens_?kodas|personas_?kods/i,
    bare: 'alone',
    examples: [
      'Rodné číslo: «736028/5163»', 'rodné číslo «7360285163»', 'CNP: «1630615123457»', 'ЕГН «7523169263»', 'ID 5 ЕГН «7523169263»', 'EGN: «8032056031»', 'OIB: «69435151530»', 'EMŠO «0101006500006»',
      'isikukood «37605030299»', 'asmens kodas: «33309240064»', 'personas kods «161175-19997»', 'AMKA: «01013099997»', 'ΑΜΚΑ «01013099997»', 'ID 5 ΑΜΚΑ «01013099997»', 'TAJ szám: «111 111 110»',
    ],
    bareExamples: ['«736028/5163»', '«1630615123457»', '«0101006500006»'],
    counterExamples: [
      'Rodné číslo: 736028/5164', 'dir 736028/5163', '7360285163', 'CNP: 1630615123458', 'id 1630615123457', 'EGN: 7523169264', 'OIB: 69435151531', '69435151530', 'isikukood 37605030298', '161175-19997', 'TAJ 123456789',
    ],
  }), ...officeNumber({
    type: 'NATIONAL_ID',
    name: 'ru-snils',
    source: String.raw`\d{3}[ -]?\d{3}[ -]?\d{3}[ -]?\d{2}`,
    gate: { digits: 11, minLength: 11 },
    version: 1,
    words: readLabels('снилс'),
    distance: 8,
    key: /snils|снилс/i,
    bare: 'never',
    examples: ['СНИЛС «112-233-445 95»', 'СНИЛС: «11223344595»', '7 СНИЛС «112-233-445 95»'],
    counterExamples: ['112-233-445 95'],
  }), ...officeNumber({
    type: 'TAX_ID',
    name: 'ru-inn',
    source: String.raw`\d{12}|\d{10}`,
    gate: { digits: 10, minLength: 10 },
    version: 1,
    words: readWords('инн'),
    distance: 8,
    key: /(?:^|[._])(?:inn|инн)(?:$|_)/i,
    bare: 'never',
    examples: ['ИНН «500100732259»', 'ИНН: «7707083893»'],
    counterExamples: ['500100732259', 'длинный 500100732259'],
  }), ...officeNumber({
    type: 'PASSPORT',
    name: 'ru-passport',
    source: String.raw`\d{2} ?\d{2} ?\d{6}`,
    gate: { digits: 10, minLength: 10 },
    version: 1,
    words: readLabels('паспорт'),
    distance: 16,
    key: /паспорт/i,
    bare: 'never',
    examples: ['паспорт «4510 123456»', 'Паспорт: «45 10 123456»', 'ID 5, Паспорт: «45 10 123456»'],
    counterExamples: ['4510 123456'],
  }), ...officeNumber({
    type: 'NATIONAL_ID',
    name: 'pl-identity-card',
    source: String.raw`[A-Z]{3} ?\d{6}`,
    gate: { digits: 6, minLength: 9, letters: true },
    version: 1,
    words: String.raw`dow[oó]d osobisty|dowodu osobistego|dow[oó]d to[żz]samości`,
    distance: 16,
    key: /dow[oó]d/i,
    bare: 'never',
    examples: ['dowód osobisty «ABS123456»', 'nr dowodu osobistego: «ABS 123456»'],
    counterExamples: ['ABS123456', 'dowód osobisty ABSD123456'],
  })],
}
