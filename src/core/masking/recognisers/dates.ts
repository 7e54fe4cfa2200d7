/** Dates of birth and ages, where words or a key say that it is one. A date alone is no personal data. */
import { FIELD_JOINT, NEAR_JOINT } from './labels.ts'
import type { Family, Recogniser } from './recogniser.ts'
import { POINT } from './shapes.ts'

const BORN = String.raw`(?:date[ _-]of[ _-]birth|birth[ _-]?da(?:te|y)|\b(?:dob|do\.b|d\.ob|d\.o\.b)\b\.?|\bborn\b|geboren|\bgeb\.|geburtsdatum|geburtstag|fecha de nacimiento|nacid[oa]|date de naissance|(?<![a-zà-ÿ])(?:née le|né le|nee le|ne le|né\(e\) le)|data di nascita|nato il|nata il|data de nascimento|geboortedatum|född|født|syntynyt|出生日期|出生|生日|生于|생년월일|생일)`
/** How it is to be written, as forms say it: `(dd/mm/yyyy)`. */
const PATTERN = String.raw`(?:\s?\([dmyjtag/. -]{6,12}\))?`
const BETWEEN = String.raw`["']?${PATTERN}(?:[ )\]]{0,2}(?:is|was|on|am|el|le|il|em|op|it's|its|in|是|为|：)){0,2}(?:[.?!:=：]? ?(?:it's|its|it is)?)?(?:["'\s:=(]{0,4}|${FIELD_JOINT})(?:(?:(?:datetime\.)?date(?:time)?|timestamp)\(['"]?)?`
const LEFT = new RegExp(`${BORN}${BETWEEN}$`, 'i')
const KEY = /birth|(?:^|[._])(?:dob|born|geb_?datum)(?:$|[._])|geburts|nacimiento|naissance|nascita|nascimento|geboorte|fødsels|födelse|出生/i

const MONTH = String.raw`(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|januari|februari|maart|mei|augustus)\.?`

/** Between the word and a written date: how it is to be written, marks, tags and small words. Also as far as it has come. */
const TO_DATE = String.raw`(?:_(?:date|day))?(?:\(e(?:\)|$))?(?:\s?\([dmyjtag/. -]{1,12}(?:\)|$))?[\s:.=,*_|-]{0,16}(?:</?(?:[a-z]{1,2}|strong)(?:>\s?|$)){0,3}(?:(?:is|was|on|in|am|the|el|le|il|em|it's|its) ?){0,2}[*_]{0,2}`

/** The first words of written dates, in small letters. */
const MONTHS = ['jan', 'january', 'feb', 'february', 'mar', 'march', 'apr', 'april', 'may', 'jun', 'june', 'jul', 'july', 'aug', 'august', 'sep', 'sept', 'september', 'oct', 'october', 'nov', 'november', 'dec', 'december']

const date = (name: string, rest: Omit<Recogniser, 'type' | 'name' | 'version' | 'certainty'> & { readonly version?: number }): Recogniser => ({ type: 'DATE_OF_BIRTH', name, version: 4, certainty: 'context', ...rest })

export const DATES: Family = {
  name: 'dates',
  recognisers: [
    date('birth-date', {
      window: 'group',
      gate: { digits: 4, minLength: 6 },
      pattern: /(?<![A-Za-z0-9]|\w_)(?:\d{4}([-/.]?)\d{2}\1\d{2}(?=T\d\d)|(?:\d{1,4}([-/.])\d{1,2}\2\d{1,4}|\d{8}|\d{1,2} \d{1,2} \d{4}|(?:18|19|20)\d{2})(?![A-Za-z0-9]|_\w))/,
      context: { left: LEFT, key: KEY, required: true },
      hold: 16,
      examples: ['DOB: «03/07/1990»', "Please tell me your date of birth. It's «7/5/1970»", '出生日期«1990/03/07»', '生于«1990.03.07»', 'born on «1990-03-07»', '"date_of_birth": "«19900307»"', 'Date of birth (dd/mm/yyyy): «07/03/1981»', 'Geburtstag (TT.MM.JJJJ): «07.03.1981»', 'né(e) le «07/03/1981»', "{'dob': Timestamp('«1990-03-07» 00:00:00')}", '"dob":"«1990-03-07»T00:00:00Z"', 'DOB=«19900307»T000000'],
      counterExamples: ['deadline 2024-03-07', '会议时间2024-03-07', 'born in Paris', '1990-03-07', 'cette année le 07/03/2024'],
    }),
    date('birth-date-cjk', {
      window: 'cjk',
      gate: { digits: 2 },
      pattern: /(?:\d{2}|\d{4})年\d{1,2}月(?:\d{1,2}[日号])?/,
      context: { left: new RegExp(`${BORN}[是为于：:\\s]{0,3}$`, 'i'), key: KEY, required: true },
      hold: 64,
      examples: ['出生日期«1990年03月07日»', '生日是«90年3月»'],
      counterExamples: ['会议在2024年3月7日', '1990年03月07日'],
    }),
    date('birth-date-written', {
      window: 'phrase',
      opens: { words: ['born', 'birth', 'dob', 'birthday', 'birthdate', 'geboren', 'geb', 'geburtsdatum', 'geburtstag', 'nacido', 'nacida', 'nacimiento', 'née', 'né', 'naissance', 'nato', 'nata', 'nascita', 'nascido', 'nascida', 'nascimento', 'geboortedatum'], after: true },
      grow: new RegExp(`^${TO_DATE}(?:\\d{0,4}(?:st|nd|rd|th|\\.|[-/])?[\\s,.]{0,2}(?:of |de )?[A-Za-zäéûüôç]{0,10}\\.?(?: de)?(?:[\\s,]{0,2}\\d{0,4}){0,2}(?:st|nd|rd|th)?(?:[\\s,]{0,2}\\d{0,4}))?$`, 'i'),
      pattern: new RegExp(`^${TO_DATE}(?<value>\\d{1,2}(?:st|nd|rd|th|\\.)? (?:of |de )?${MONTH},?(?: de)? \\d{2,4}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|\\d{4} ${MONTH} \\d{1,2}|\\d{1,2}-${MONTH}-\\d{2,4}|${MONTH} \\d{4})`, 'i'),
      // The alliance was founded on a date as well.
      context: { not: /NATO[^\n]{0,16}$/ },
      hold: 64,
      examples: ['born on «7th March 1990»', 'DOB «Mar 7, 1990»', 'geboren am «7. März 1990» in', 'nacido el «7 de marzo de 1981» en', 'Fecha de nacimiento: «7 de marzo de 1981»', 'born on the «7th of March 1981»', 'nato il «7 marzo 1981»', 'né(e) le «7 mars 1981»', 'Date of birth (dd/mm/yyyy): «7 March 1981»', '**Date of birth:** «7 March 1990»', '| Date of birth | «March 7, 1990» |', '<td>Born</td><td>«7 March 1990»</td>', 'Data de nascimento: «7 de março de 1981»', 'born on **«7 March 1990»**'],
      counterExamples: ['born to run', 'birth of March', 'NATO on 4 April 1949', 'born in the 7 hills of March'],
    }),
    // In JSON and in the columns of a table only the name of the field says so.
    date('birth-date-field', {
      window: 'phrase',
      opens: { words: MONTHS, capitalised: true, digit: true, longest: 4, follow: { between: ' .,-', first: /[A-Za-z\d]/ } },
      grow: new RegExp(`^(?:\\d{4}(?:, \\d{0,2}){0,2}|(?:\\d{1,4}(?:st|nd|rd|th|\\.|-)?\\s?(?:of |de )?)?(?:[A-Za-zäéûç]{1,10}(?:\\.|-)?(?:,? ?(?:de )?\\d{0,4}(?:st|nd|rd|th)?){0,2})?)$`, 'i'),
      pattern: new RegExp(`^(?:\\d{1,2}(?:st|nd|rd|th|\\.)?[ /-](?:of |de )?${MONTH}[ ,/-]{1,2}(?:de )?\\d{2,4}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|\\d{4}[ -]${MONTH}[ -]\\d{1,2}|(?:18|19|20)\\d\\d, \\d{1,2}, \\d{1,2})(?!\\d)`, 'i'),
      version: 1,
      context: { left: LEFT, key: KEY, required: true },
      hold: 32,
      examples: ['{"dob":"«7 March 1990»"}', "{'birthDate': '«Mar 7, 1990»'}", '{"date_of_birth":"«07-Mar-1990»"}', "{'dob': datetime.date(«1990, 3, 7»)}"],
      counterExamples: ['{"due":"7 March 1990"}', '{"dob":"March"}', 'datetime.date(1990, 3, 7)'],
    }),
    {
      type: 'AGE',
      name: 'age',
      version: 1,
      window: 'phrase',
      opens: { digit: true, longest: 5, follow: { between: ' -', first: /[ymwdjaå]/i } },
      grow: /^\d{1,3}(?:[ -](?:y(?:ears?|rs?|o)?|months?|weeks?|days?|jahre|ans|años|anni|anos|jaar|år)?(?:[ -](?:old|of|alt)?(?: age)?|\/o?)?|\/?y?\/?o?)?$/i,
      pattern: /^(?:\d{1,3}[ -](?:years?|yrs?\.?|months?|weeks?)[ -]old(?![a-z])|\d{1,3} ?y\/?o(?![a-z])|\d{1,3} (?:Jahre alt|años|ans|anni|anos|jaar oud|år gammal)(?![a-zé]))/i,
      certainty: 'context',
      hold: 24,
      examples: ['Mr. Baader is a «21 year old» man', 'a «35-year-old» nurse', 'Sie ist «41 Jahre alt»'],
      counterExamples: ['21 years of war', '21 days', 'in 3 years'],
    },
    {
      type: 'AGE',
      name: 'age-called',
      version: 3,
      window: 'group',
      gate: { digits: 1 },
      pattern: new RegExp(String.raw`(?<![\w.])\d{1,3}(?![\w%/:-]|${POINT}\w)`),
      valid: (value) => Number(value) <= 120,
      certainty: 'context',
      context: {
        left: new RegExp(String.raw`(?:\bage(?:d|s)?\b["']?(?: is| of)?${NEAR_JOINT}|(?:just|recently) turned |\bturn(?:s|ed|ing) |年龄[是为]?${NEAR_JOINT}?|\b(?:alter|edad)${NEAR_JOINT})$`, 'i'),
        // Backups, keys and pages have an age too.
        key: /(?:^|\.|(?:^|[._])(?:patient|customer|client|user|person|member|employee|child|student|applicant|driver|spouse|subject|participant|mother|father|parent|victim|donor|current)_)age$|年龄/i,
        required: true,
      },
      hold: 8,
      examples: ['My brother just turned «79»', 'aged «46»', 'Age: «33»', '"age": «41»'],
      counterExamples: ['79', 'page 46', 'turned 180 degrees', 'aged 4.5'],
    },
    {
      type: 'AGE',
      name: 'age-cjk',
      version: 1,
      window: 'cjk',
      gate: { digits: 1 },
      pattern: /(?<!\d)\d{1,3}(?:周?岁|歳|세)/,
      certainty: 'context',
      hold: 64,
      examples: ['宝宝«0岁»', '年龄：«32岁»'],
      counterExamples: ['32年', '岁月'],
    },
  ],
}
