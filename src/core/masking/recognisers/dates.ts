/** Dates of birth and ages, where words or a key say that it is one. A date alone is no personal data. */
import { FIELD_JOINT, NEAR_JOINT } from './labels.ts'
import type { Family, Recogniser } from './recogniser.ts'
import { readLabels } from './secondScript.ts'
import { POINT } from './shapes.ts'

/** The label in other languages. */
const LABELS = String.raw`生年月日|data urodzenia|${readLabels('рождения|народження|раждане|рођења|γέννησης')}|do[ğg]um tarihi|datum na(?:rozen[íi]|rodenia)|dátum narodenia|datum rođenja|születési (?:idő|ideje|dátum)|födelsedatum|fødselsdato|syntymäaika|जन्म ?तिथि|जन्म ?दिनांक|تاريخ الميلاد|تاريخ الولادة|תאריך לידה|วันเกิด|data na[sșş]terii|tanggal lahir|tarikh lahir|ngày sinh|\bgeb\.? ?-?dat(?:um)?\b\.?`
/** With the place between: `nato a Belluno il`. */
const BORN_IN = String.raw`(?:\b(?:born in|born at|geboren in|geb\. in|nato a|nata a|nacid[oa] en|nascid[oa] em|geboren te)|(?<![a-zà-ÿ])(?:née à|né à|née en|né en))(?: [a-zÀ-ɏ'’.-]{2,24}){1,3},? (?:on|il|am|le|el|em|op)(?: the)?`
const BORN = String.raw`(?:date[ _-]of[ _-]birth|birth[ _-]?da(?:te|y)|(?<![a-z])(?:dob|do\.b|d\.ob|d\.o\.b)\b\.?|\bbday\b(?:;[\w=-]{1,24}){0,3}|\bdmg\*d8\*|<birthtime value=|\bborn\b|geboren|\bgeb\.|geburtsdatum|geburtstag|fecha de nacimiento|nacid[oa]|date de naissance|(?<![a-zà-ÿ])(?:née le|né le|nee le|ne le|né\(e\) le)|data di nascita|nato il|nata il|data de nascimento|geboortedatum|född|født|syntynyt|出生日期|出生|生日|生于|생년월일|생일|${LABELS}|${BORN_IN})`
/** How it is to be written, as forms say it: `(dd/mm/yyyy)`. */
const PATTERN = String.raw`(?:\s?\([dmyjtag/. -]{6,12}\))?`
/** As programs put one together: `new Date("`, `LocalDate.of(`. */
const CALL = String.raw`(?:new )?(?:[a-z]{1,10}\.)?(?:(?:iso|local|to_)?date(?:time)?|timestamp)(?:\.(?:of|new|parse))?\(['"]?`
const BETWEEN = String.raw`["']?${PATTERN}(?:[ )\]]{0,2}(?:is|was|on|am|el|le|il|em|op|it's|its|in|是|为|：)){0,2}(?:[.?!:=：]? ?(?:it's|its|it is)?)?(?:["'\s:=(]{0,4}|${FIELD_JOINT})(?:${CALL}|\{ ?"\$date": ?")?`
const LEFT = new RegExp(`${BORN}${BETWEEN}$`, 'i')
const KEY = /birth|(?:^|[._])bday(?:$|[._])|生年月日|생년월일|urodzenia|narozeni|narodenia|syntym|do[ğg]um_?tarihi|lahir|(?:^|[._])(?:dob|born|geb_?datum)(?:$|[._])|geburts|nacimiento|naissance|nascita|nascimento|geboorte|fødsels|födelse|出生/i

const MONTH = String.raw`(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|januari|februari|maart|mei|augustus)\.?`

/** Between the word and a written date: how it is to be written, marks, tags and small words. Also as far as it has come. */
const TO_DATE = String.raw`(?:_(?:date|day))?(?:\(e(?:\)|$))?(?:\s?\([dmyjtag/. -]{1,12}(?:\)|$))?[\s:.=,*_|-]{0,16}(?:</?(?:[a-z]{1,2}|strong)(?:>\s?|$)){0,3}(?:(?:is|was|on|in|am|the|el|le|il|em|it's|its) ?){0,2}[*_]{0,2}`

/** The first words of written dates, in small letters. */
const MONTHS = ['jan', 'january', 'feb', 'february', 'mar', 'march', 'apr', 'april', 'may', 'jun', 'june', 'jul', 'july', 'aug', 'august', 'sep', 'sept', 'september', 'oct', 'october', 'nov', 'november', 'dec', 'december']

const date = (name: string, rest: Omit<Recogniser, 'type' | 'name' | 'version' | 'certainty'> & { readonly version?: number }): Recogniser => ({ type: 'DATE_OF_BIRTH', name, version: 6, certainty: 'context', ...rest })

export const DATES: Family = {
  name: 'dates',
  recognisers: [
    date('birth-date', {
      window: 'group',
      gate: { digits: 4, minLength: 6 },
      pattern: /(?<![A-Za-z0-9]|\w_)(?:\d{4}([-/.]?)\d{2}\1\d{2}(?=T\d\d)|(?:\d{1,4}([-/.])\d{1,2}\2\d{1,4}|\d{8}|\d{1,2} \d{1,2} \d{4}|\d{1,2}(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(?:\d{4}|\d{2})|(?:18|19|20)\d{2})(?![A-Za-z0-9]|_\w))/i,
      context: { left: LEFT, key: KEY, required: true },
      hold: 16,
      examples: ['DOB: «03/07/1990»', "Please tell me your date of birth. It's «7/5/1970»", '出生日期«1990/03/07»', '生于«1990.03.07»', 'born on «1990-03-07»', '"date_of_birth": "«19900307»"', 'Date of birth (dd/mm/yyyy): «07/03/1981»', 'Geburtstag (TT.MM.JJJJ): «07.03.1981»', 'né(e) le «07/03/1981»', "{'dob': Timestamp('«1990-03-07» 00:00:00')}", '"dob":"«1990-03-07»T00:00:00Z"', 'DOB=«19900307»T000000', 'DOB «07MAR1990»', 'data urodzenia: «07.03.1990»', 'Дата рождения: «07.03.1990»', 'ID 5, дата народження «07.03.1990»', 'ID 5, ДАТА РОЖДЕНИЯ: «07.03.1990»', 'датум рођења «07.03.1990»', 'ID 5, ημερομηνία γέννησης «07.03.1990»', 'doğum tarihi: «07/03/1990»', 'datum narození: «7.3.1990»', 'Születési idő: «1990.03.07».', 'fødselsdato «07.03.1990»', 'जन्म तिथि: «07/03/1990»', 'تاريخ الميلاد: «07/03/1990»', 'tanggal lahir: «07-03-1990»', 'ngày sinh: «07/03/1990»', '生年月日：«1990/03/07»', 'Geb.-Dat.: «07.03.1990»', 'Geb.Dat. «07.03.1990»', 'nato a Belluno il «10/12/1985»', 'geboren in Kassel am «12.04.1987»', 'née à Saint-Étienne le «07/03/1990»', 'born in New York on «03/07/1990»', 'dob: ISODate("«1990-03-07»T00:00:00Z")', 'dob: new Date("«1990-03-07»")', '"dob": {"$date": "«1990-03-07»T00:00:00Z"}', 'BDAY:«19800101»', 'BDAY;VALUE=date:«1980-01-01»', 'DMG*D8*«19800101»*F', '{"bday": "«1980-01-01»"}', '<birthTime value="«19710423»"/>'],
      counterExamples: ['deadline 2024-03-07', '会议时间2024-03-07', 'born in Paris', '1990-03-07', 'cette année le 07/03/2024', 'born in the house and sold on 03/07/1990', 'created: new Date("2024-03-07")', 'seen in Boston on 03/07/1990', 'ANNIVERSARY:20200101'],
    }),
    date('birth-date-cjk', {
      window: 'cjk',
      gate: { digits: 2 },
      pattern: /(?:\d{2}|\d{4})年\d{1,2}月(?:\d{1,2}[日号])?/,
      context: { left: new RegExp(`${BORN}[是为于：:\\s]{0,3}$`, 'i'), key: KEY, required: true },
      hold: 64,
      examples: ['出生日期«1990年03月07日»', '生日是«90年3月»', '生年月日：«1990年3月7日»'],
      counterExamples: ['会议在2024年3月7日', '1990年03月07日'],
    }),
    date('birth-date-korean', {
      window: 'phrase',
      opens: { words: ['생년월일', '생일', '출생일'] },
      grow: /^(?:생년월일|생일|출생일)[:=|*\s]{0,6}(?:\d{1,4}(?:년\s?(?:\d{1,2}(?:월\s?(?:\d{1,2}일?)?)?)?)?)?$/,
      pattern: /^[^\d]{2,12}(?<value>\d{2,4}년\s?\d{1,2}월(?:\s?\d{1,2}일)?)/,
      version: 1,
      hold: 32,
      examples: ['생년월일: «1990년 3월 7일»', '| 생일 | «90년 12월 31일» |', '생년월일 «1990년3월7일»'],
      counterExamples: ['생년월일: 없음', '회의는 2024년 3월 7일'],
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
      version: 2,
      context: { left: LEFT, key: KEY, required: true },
      hold: 32,
      examples: ['{"dob":"«7 March 1990»"}', "{'birthDate': '«Mar 7, 1990»'}", '{"date_of_birth":"«07-Mar-1990»"}', "{'dob': datetime.date(«1990, 3, 7»)}", 'customer_dob = date(«1990, 3, 7»)', "'MIN_DOB': datetime.date(«1990, 3, 7»)", 'born in Boston on «March 7, 1990»', 'nato a Belluno il «7 marzo 1985»', 'birth_date: LocalDate.of(«1990, 3, 7»)'],
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
