/** Postal codes where a word, a key or a state says so. British and German ones are with their countries. */
import { STATES, isZipOf } from '../checks/northAmerica.ts'
import { bounded, officeNumber } from './shapes.ts'
import type { Family } from './recogniser.ts'

/** Codes of states that are words, or short for something else, in capitals. */
const WORD = /^(?:AL|CO|DE|HI|ID|IN|LA|MA|MD|ME|MS|MT|OH|OK|OR|PA|PR)$/
const STATE = /(?:(?<town>[A-Z][\w.'-]*)(?<comma>,)?\s{1,3})?(?<state>[A-Z]{2}) {1,2}$/

/** Either the state has the code, or a town stands before; of a state whose code is a word both, or the town with a comma. */
function isOfState(zip: string, left: string): boolean {
  const { town, comma, state = '' } = STATE.exec(left)?.groups ?? {}
  if (town !== undefined && comma !== undefined) return true
  return WORD.test(state) ? town !== undefined && isZipOf(state, zip) : town !== undefined || isZipOf(state, zip)
}

export const POSTAL_CODE: Family = {
  name: 'postal-code',
  recognisers: [
    ...officeNumber({
      type: 'POSTAL_CODE',
      name: 'postal-code',
      source: String.raw`\d{4} ?[A-Z]{2}|\d{2}-\d{3}|\d{3} \d{2}|\d{3,6}(?:-\d{3,4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d`,
      gate: { digits: 3 },
      words: String.raw`\bzip(?! ?(?:file|ped|ping|arch|folder|it|the))(?:[ -]?codes?)?|post(?:al)?[ -]?codes?|code postal|codice postale|c[oó]digo postal|postnummer|postinumero|kod pocztowy|irányítószám|\bcep\b|pincode|pin code|邮编|邮政编码|우편번호|郵便番号`,
      distance: 6,
      key: /(?:^|[._])zip|post(?:al)?_?code|(?:^|[._])(?:plz|cep|pincode)$/i,
      bare: 'never',
      examples: ['My zip code is «880»', 'zip: «90010-1704»', 'postal code «53-320»', 'postcode: «1012 AB»', '"zip": "«62704»"', '邮编«266071»'],
      counterExamples: ['880', 'zip file 12345 bytes of', 'a zipped 4096'],
    }),
    {
      type: 'POSTAL_CODE',
      name: 'us-state-zip',
      version: 2,
      window: 'group',
      gate: { digits: 5, minLength: 8, letters: true },
      pattern: bounded(`(?:${STATES}) {1,2}(?<value>\\d{5}(?:-\\d{4})?)`),
      valid: (value, _window, left) => isOfState(value, left),
      certainty: 'shape',
      hold: 16,
      examples: ['Springfield, IL «62704»', 'NY «10001-1234»', 'Portland OR «97201»', 'PORTLAND, OR «97201»', 'Lake Ada, ID «48213»', 'Boise\nID «83702»', 'San Juan PR «00901»'],
      counterExamples: ['IL 6270', 'XX 62704', 'OR 1234', 'user ID 48213 failed', 'User ID 48213', 'order ID 10012', 'PR 48213 merged', 'build OK 73112', 'a = 1 OR 12345', 'IN 12345', 'exit 1, OR 12345', 'tag DE 10115', 'CA 12345'],
    },
    {
      // Behind the lines of town and country that follow a street with a flat.
      type: 'POSTAL_CODE',
      name: 'postal-code-below',
      version: 1,
      window: 'group',
      gate: { digits: 3 },
      pattern: bounded(String.raw`\d{3,5}(?:-\d{3,4})?|\d{2}-\d{3}|\d{3} \d{2}`),
      // The end of its context, which can be told without looking for the street's flat.
      valid: (_value, _window, left) => /\n[> \t]*[^\n\d,]{2,40}[\s>]*$/.test(left),
      certainty: 'context',
      context: { left: /\b(?:apt|apartment|suite|ste|unit|flat|floor|room)\b\.? ?#?\d{1,5}[a-z]?(?:\s*\n[> \t]*[^\n\d,]{2,40}){1,2}[\s>]*$/i, required: true },
      hold: 12,
      examples: ['Ada\n35 Kromwater 38\n Apt. 705\n Zoetermeer\n Tanzania «53144»\n06', '71 Suite 838\n   Tujetsch\n    nan\n    «7188»'],
      counterExamples: ['Apt. 705\n 53144', 'Tanzania 53144'],
    },
    {
      type: 'POSTAL_CODE',
      name: 'ca-postal-code',
      version: 1,
      window: 'group',
      gate: { digits: 3, minLength: 7, letters: true },
      pattern: bounded(String.raw`[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d`),
      certainty: 'shape',
      hold: 12,
      examples: ['Ottawa «K1A 0B1»'],
      counterExamples: ['K1A0B1', 'D1A 0B1', 'k1a 0b1'],
    },
  ],
}
