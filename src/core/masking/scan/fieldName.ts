/**
 * The field that a value in plain text belongs to, as programs print records, dictionaries and settings: `member_id: XYZ12`, `'sort_code':
 * '20-00-00'`, `licensePlate="7ABC123"`, `atm_pin | 4829`, `<accountNumber>12345678`. Only a name of several words made one counts, or one of a pair. Single
 * words are what people write too: recognisers know those by what stands left of a value.
 */
import { codeAt } from './characters.ts'

const SPACE = 32
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

/** Quotes, escaped ones too, and blanks on either side of the operator. */
const MOST_AROUND = 4
const MOST_BLANKS = 24
const LONGEST_NAME = 40

const OTHER = 0
/** Of a name: letters, also those beyond ASCII, digits, and what stands between its words. */
const SMALL = 1
const CAPITAL = 2
const DIGIT = 3
const PART = 4
const AROUND = 5
const OPERATOR = 6
const KINDS = new Uint8Array(128)
for (let code = 0; code < 26; code++) {
  KINDS[0x61 + code] = SMALL
  KINDS[0x41 + code] = CAPITAL
  if (code < 10) KINDS[0x30 + code] = DIGIT
}
for (const mark of '_-.') KINDS[mark.charCodeAt(0)] = PART
for (const mark of ' "\'`\\') KINDS[mark.charCodeAt(0)] = AROUND
for (const mark of ':=>|,') KINDS[mark.charCodeAt(0)] = OPERATOR

function kindAt(text: string, at: number): number {
  const code = codeAt(text, at)
  return code < 128 ? (KINDS[code] ?? OTHER) : code < 0xc0 ? OTHER : SMALL
}

function isOfName(kind: number): boolean {
  return kind !== OTHER && kind <= PART
}

/** @returns index behind which the marks begin that end at `at`, going back over only so many */
function backOver(text: string, at: number): number {
  const least = at > MOST_AROUND ? at - MOST_AROUND : 0
  let i = at
  while (i > least && kindAt(text, i - 1) === AROUND) i--
  return i
}

/** @param at where a value begins in the text; at most 80 units before it are looked at @param isWord it is no row of numbers @param isAny one word is enough for a name @returns the name, with underscores between its words; empty where there is none */
export function nameBefore(text: string, at: number, isWord: boolean, isAny = false): string {
  const i = backOver(text, at) - 1
  // Nearly all that is asked for ends here.
  return i >= 0 && kindAt(text, i) === OPERATOR ? nameAt(text, i, at, isWord, isAny) : ''
}

/** @param operator where it ends */
function nameAt(text: string, operator: number, at: number, isWord: boolean, isAny: boolean): string {
  const code = codeAt(text, operator)
  if (code === BAR) return nameUpTo(text, overBlanks(text, operator))
  // A pair: `('member_id', 'XYZ12')`.
  if (code === COMMA) return isQuote(codeAt(text, operator - 1)) && isQuote(codeAt(text, at - 1)) ? nameUpTo(text, backOver(text, operator), true) : ''
  let i = operator
  if (code !== COLON && i > 0 && isOperator(codeAt(text, i - 1))) i--
  else if (code === GREATER) return tagBefore(text, i)
  // `user_name = fetched` is a program, and `fetched` a name in it.
  if (code === EQUALS && isWord && codeAt(text, i - 1) === SPACE && codeAt(text, at - 1) === SPACE) return ''
  return nameUpTo(text, backOver(text, i), isAny)
}

/** As in `:=`, `=>` and `->`. */
function isOperator(code: number): boolean {
  return code === COLON || code === EQUALS || code === DASH
}

function isQuote(code: number): boolean {
  return code === QUOTE || code === APOSTROPHE
}

/** As in `<member_id>`, with or without a prefix. */
function tagBefore(text: string, end: number): string {
  const name = nameUpTo(text, end)
  const before = codeAt(text, end - name.length - 1)
  return before === LESS || before === COLON ? name : ''
}

/** Names are set evenly before the bars that part them from their values. */
function overBlanks(text: string, at: number): number {
  const least = Math.max(0, at - MOST_BLANKS)
  let i = at
  while (i > least && codeAt(text, i - 1) === SPACE) i--
  return i
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
  if (!isName || (from > 0 && isOfName(kindAt(text, from - 1)))) return ''
  // `--member-id=…`
  while (kindAt(text, from) === PART && codeAt(text, from) !== UNDERSCORE) from++
  return text.slice(from, end).replaceAll('-', '_')
}
