/**
 * The field that a value in plain text belongs to, as programs print records, dictionaries and settings: `member_id: XYZ12`, `'sort_code':
 * '20-00-00'`, `licensePlate="7ABC123"`, `atm_pin | 4829`, `<accountNumber>12345678`. Only a name of several words made one counts, or one that
 * nothing but its place makes one. Single words are what people write too: recognisers know those by what stands left of a value.
 */
import { codeAt } from './characters.ts'

const NEWLINE = 10
const SPACE = 32
const EXCLAMATION = 33
const QUOTE = 34
const APOSTROPHE = 39
const COMMA = 44
const DASH = 45
const DOT = 46
const COLON = 58
const LESS = 60
const EQUALS = 61
const GREATER = 62
const UNDERSCORE = 95
const BAR = 124

/** Blanks and marks on either side of the operator. At most 120 units before a value are looked at, and more than that is kept. */
const MOST_AROUND = 24
const MOST_BLANKS = 40
const MOST_OPERATORS = 3
const LONGEST_NAME = 40
/** So far apart are names and values that nothing but blanks hold apart. */
const FAR = 3

const OTHER = 0
/** Of a name: letters, also those beyond ASCII, digits, and what stands between its words. */
const SMALL = 1
const CAPITAL = 2
const DIGIT = 3
const PART = 4
/** Blanks, quotes, escaped ones too, marks of Markdown; brackets before a value; brackets behind a name. */
const AROUND = 5
const OPENING = 6
const CLOSING = 7
const OPERATOR = 8
const KINDS = new Uint8Array(128)
for (let code = 0; code < 26; code++) {
  KINDS[0x61 + code] = SMALL
  KINDS[0x41 + code] = CAPITAL
  if (code < 10) KINDS[0x30 + code] = DIGIT
}
const MARKS: readonly (readonly [string, number])[] = [['_-.', PART], [' \t"\'`\\*', AROUND], ['[(', OPENING], ['])', CLOSING], [':=>|,', OPERATOR]]
for (const [marks, kind] of MARKS) for (const mark of marks) KINDS[mark.charCodeAt(0)] = kind
const ARROW = 0x2192
const WIDE_COLON = 0xff1a

function kindAt(text: string, at: number): number {
  const code = codeAt(text, at)
  if (code < 128) return KINDS[code] ?? OTHER
  return code === ARROW || code === WIDE_COLON ? OPERATOR : code < 0xc0 ? OTHER : SMALL
}

function isOfName(kind: number): boolean {
  return kind !== OTHER && kind <= PART
}

/** @param bracket kind of the brackets that may stand there @returns index behind which the marks begin that end at `at`, going back over only so many */
function backOver(text: string, at: number, bracket: number): number {
  const least = at > MOST_AROUND ? at - MOST_AROUND : 0
  let i = at
  while (i > least) {
    const kind = kindAt(text, i - 1)
    if (kind !== AROUND && kind !== bracket) break
    i--
  }
  return i
}

/** @param at where a value begins in the text @param isWord it is no row of numbers @param isAny one word is enough for a name @returns the name, with underscores between its words; empty where there is none */
export function nameBefore(text: string, at: number, isWord: boolean, isAny = false): string {
  const end = overPrefix(text, backOver(text, at, OPENING), at)
  if (end === 0) return ''
  // Nearly all that is asked for ends here.
  if (kindAt(text, end - 1) === OPERATOR) return nameAt(text, end - 1, at, isWord, isAny)
  if (text.charAt(end) === '(') return nameOfWrapped(text, end)
  return at - end >= FAR && isBlank(text, end, at) ? nameOfLine(text, overBlanks(text, end)) : ''
}

/** A record is as wide as its longest value. */
function overBlanks(text: string, at: number): number {
  const least = Math.max(0, at - MOST_BLANKS)
  let i = at
  while (i > least && codeAt(text, i - 1) === SPACE) i--
  return i
}

/** What programs print around a value: `np.int64(4821)`, `Decimal('12')`. */
const WRAPPER = /(?<![\w.])(?:np\.\w{3,10}|Decimal|UUID|Some|Optional|Just|Number(?:Long|Int|Decimal)|ObjectId|str|int)$/
const LONGEST_WRAPPER = 16

function nameOfWrapped(text: string, bracket: number): string {
  const wrapper = WRAPPER.exec(text.slice(Math.max(0, bracket - LONGEST_WRAPPER), bracket))
  if (!wrapper) return ''
  const at = bracket - wrapper[0].length
  const blank = at > 0 && codeAt(text, at - 1) === SPACE ? at - 1 : at
  return blank > 0 && kindAt(text, blank - 1) === OPERATOR ? nameAt(text, blank - 1, at, false, true) : ''
}

/** The letter in `N'…'`, `u'…'` and `b'…'`. */
function overPrefix(text: string, end: number, at: number): number {
  if (end === at || end === 0 || !isQuote(codeAt(text, end)) || !/[ubrnUN]/.test(text.charAt(end - 1))) return end
  const before = backOver(text, end - 1, OPENING)
  return before > 0 && kindAt(text, before - 1) === OPERATOR ? before : end
}

/** @param operator where it ends */
function nameAt(text: string, operator: number, at: number, isWord: boolean, isAny: boolean): string {
  const code = codeAt(text, operator)
  if (code === COMMA) return nameOfPair(text, operator, at)
  let i = operator
  while (i > 0 && operator - i < MOST_OPERATORS && isOperator(codeAt(text, i - 1))) i--
  if (code === GREATER && i === operator) return tagBefore(text, i)
  // `user_name = fetched` is a program, and `fetched` a name in it.
  if (code === EQUALS && isWord && codeAt(text, i - 1) === SPACE && codeAt(text, at - 1) === SPACE) return ''
  // A union of types in a program.
  return code === BAR && isQuote(codeAt(text, i - 2)) ? '' : nameLeftOf(text, i, isAny)
}

function nameLeftOf(text: string, operator: number, isAny: boolean): string {
  const end = backOver(text, operator, CLOSING)
  if (text.slice(Math.max(0, end - VALUE.length), end).toLowerCase() === VALUE) return nameBeside(text, end - VALUE.length)
  // In brackets a word is a name: `[pin] => 4821`.
  return nameUpTo(text, end, isAny || text.charAt(end) === ']')
}

/** `('member_id', 'XYZ12')`. */
function nameOfPair(text: string, comma: number, at: number): string {
  return isQuote(codeAt(text, comma - 1)) && isQuote(codeAt(text, at - 1)) ? nameUpTo(text, backOver(text, comma, CLOSING), true) : ''
}

/** As in `:=`, `=>`, `->`, `!=` and `<>`. */
function isOperator(code: number): boolean {
  return code === COLON || code === EQUALS || code === DASH || code === LESS || code === EXCLAMATION
}

function isQuote(code: number): boolean {
  return code === QUOTE || code === APOSTROPHE
}

const VALUE = 'value'
const LONGEST_BESIDE = 56
/** `"name": "member_id", "value": "XYZ12"`, as lists of settings and forms have it. */
const BESIDE = /(?:name|key|label|field)["']?\s{0,2}[:=]\s{0,2}["']?([\p{L}_][\p{L}\p{N}_. -]{1,39})["']?[,\s]{1,16}["']?$/iu

function nameBeside(text: string, at: number): string {
  return BESIDE.exec(text.slice(Math.max(0, at - LONGEST_BESIDE), at))?.[1]?.replace(/[ -]/g, '_') ?? ''
}

/** As in `<member_id>` and `<pin type="text">`, with or without a prefix. */
const TAG = /<(?:[\w-]{1,16}:)?([\p{L}_][\p{L}\p{N}_.-]{1,39})(?:\s{1,4}[\w:.-]{1,24}=(?:"[^"<>]{0,40}"|'[^'<>]{0,40}')){1,3}\s?$/u

const LONGEST_TAG = 88

function tagBefore(text: string, end: number): string {
  if (end > 0 && isQuote(codeAt(text, end - 1))) return TAG.exec(text.slice(Math.max(0, end - LONGEST_TAG), end))?.[1]?.replaceAll('-', '_') ?? ''
  const name = nameUpTo(text, end)
  const before = codeAt(text, end - name.length - 1)
  return before === LESS || before === COLON ? name : ''
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (codeAt(text, i) !== SPACE) return false
  return true
}

/** Alone in the beginning of its line, as frames print one record. */
function nameOfLine(text: string, end: number): string {
  if (!isOfName(kindAt(text, end - 1))) return ''
  const name = nameUpTo(text, end, true)
  return name !== '' && (end === name.length || codeAt(text, end - name.length - 1) === NEWLINE) ? name : ''
}

/** Several words: with what parts them, or a capital behind a small letter. @param isAny one word is enough */
function nameUpTo(text: string, end: number, isAny = false): string {
  const least = Math.max(0, end - LONGEST_NAME)
  let from = end
  let isName = isAny
  let after = OTHER
  for (; from > least; from--) {
    const kind = kindAt(text, from - 1)
    if (!isOfName(kind)) break
    if (kind === PART ? after !== OTHER && after !== PART && codeAt(text, from - 1) !== DOT : kind === SMALL && after === CAPITAL) isName = true
    after = kind
  }
  if (!isName || from === end || (from > 0 && isOfName(kindAt(text, from - 1)))) return ''
  // `--member-id=…`
  while (kindAt(text, from) === PART && codeAt(text, from) !== UNDERSCORE) from++
  return text.slice(from, end).replaceAll('-', '_')
}
