/**
 * What each character is to the engine, and what it stands for. Classes are bits, so that a window's bits are the union
 * of its characters' bits. Tables fill on first sight of a character: start-up costs nothing.
 */
import { sequenceLength } from './terminal.ts'

export const LOWER = 1
export const UPPER = 2
export const DIGIT = 4
export const ALNUM = 7
/** May stand between the groups of a number. */
export const JOIN = 8
/** Belongs to a word without being a letter or digit. */
export const WORD = 16
export const CJK = 32
/** First character of something that stands for another character: `\u0040`, `%40`, `&#64;`, a surrogate pair. */
export const UNIT = 64
/** Invisible: belongs to whatever surrounds it. */
export const IGNORED = 128
export const AT = 1 << 8
export const DOT = 1 << 9
export const COLON = 1 << 10
export const DASH = 1 << 11
export const UNDERSCORE = 1 << 12
export const SLASH = 1 << 13
export const PLUS = 1 << 14
export const EQUALS = 1 << 15
export const HASH = 1 << 16
export const PERCENT = 1 << 17
export const NEWLINE = 1 << 19
/** Stands for another character: a window with this bit is folded before it is matched. */
export const FOLD = 1 << 20
/** Cyrillic or Greek: may be a homoglyph. */
export const FOREIGN = 1 << 21
/** May lead a group: `+`, `(`, `#`. */
export const LEAD = 1 << 22
const KNOWN = 1 << 23
export const BEYOND_ASCII = 1 << 24
/** A letter or digit that stands for itself: the fast lane. Of a word: it has letters or digits that are not of a second script. */
export const QUICK = 1 << 18
/** Above these bits stands the character's number in the word index's automata: `bits >>> SYMBOL`, less than SYMBOLS. */
export const SYMBOL = 25
export const SYMBOLS = 128
const ESCAPE = 27

/** Bits that a gate may ask for. */
export const MARK_BITS: Readonly<Record<string, number>> = {
  '@': AT, '.': DOT, ':': COLON, '-': DASH, '_': UNDERSCORE, '/': SLASH, '+': PLUS, '=': EQUALS, '#': HASH, '%': PERCENT,
}

/** Also what draws a key around the digit before it. */
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\u20e3]/u
const DASHES = /[\p{Pd}\u2212]/u
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々〇]/u
const SECOND_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u

const { value: charCodeAt } = Object.getOwnPropertyDescriptor(String.prototype, 'charCodeAt') as { value: (this: string, at: number) => number }

/**
 * As `text.charCodeAt(at)`. There are ten kinds of strings inside of V8 (flat, joined, cut out, of one byte, of two, ...), and a place in the program that has seen
 * more than four of them looks the method up for every character. This one is looked up once.
 */
export function codeAt(text: string, at: number): number {
  return charCodeAt.call(text, at)
}

/** Class bits by UTF-16 unit; 0 is a character not seen yet. */
export const CLASSES = new Int32Array(65536)
/** The unit a character folds to; only valid where CLASSES is set. */
const FOLDED = new Uint16Array(65536)

const ASCII: Readonly<Record<string, number>> = {
  ' ': JOIN, '\t': JOIN, '\n': JOIN | NEWLINE, '\r': JOIN | NEWLINE,
  '@': WORD | AT, '.': WORD | JOIN | DOT, ':': WORD | JOIN | COLON, '-': WORD | JOIN | DASH, _: WORD | JOIN | UNDERSCORE, '/': WORD | JOIN | SLASH,
  '+': WORD | JOIN | PLUS | LEAD, '=': WORD | EQUALS, '#': WORD | JOIN | HASH | LEAD, '%': WORD | PERCENT | UNIT, '(': JOIN | LEAD, ')': JOIN,
  '\x1b': UNIT, '?': WORD, $: WORD, '!': WORD, '~': WORD, '*': WORD, '^': WORD, '&': WORD | UNIT, '\\': WORD | UNIT,
}

function classifyAscii(code: number): number {
  if (code >= 48 && code <= 57) return DIGIT
  if (code >= 97 && code <= 122) return LOWER
  if (code >= 65 && code <= 90) return UPPER
  return ASCII[String.fromCharCode(code)] ?? 0
}

/** Digits of a style stand for a plain one. Those of mathematics lie in one row, in which the beginning of a block is not seen. */
function plainDigit(char: string): number | undefined {
  const plain = char.normalize('NFKC')
  return /^\d$/.test(plain) ? plain.charCodeAt(0) : undefined
}

/** The value of a decimal digit of any script: its distance from the beginning of its block. */
function digitValue(code: number): number {
  let value = 0
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++
  return value
}

/** @returns class bits in which FOLD says that `folded` is another character */
function classify(point: number, char: string): { bits: number; folded: number } {
  if (IGNORABLE.test(char)) return { bits: IGNORED | FOLD, folded: point }
  if (/\p{Nd}/u.test(char)) return { bits: DIGIT | FOLD, folded: plainDigit(char) ?? 48 + digitValue(point) }
  if (/\p{Zs}|\u2028|\u2029/u.test(char)) return { bits: JOIN | FOLD, folded: 32 }
  if (DASHES.test(char)) return { bits: classifyAscii(45) | FOLD, folded: 45 }
  const plain = char.normalize('NFKC')
  const ascii = plain.length === 1 ? plain.charCodeAt(0) : 128
  if (ascii < 128) return { bits: (classifyAscii(ascii) & ~UNIT) | FOLD, folded: ascii }
  if (IDEOGRAPH.test(char)) return { bits: CJK, folded: point }
  if (/\p{L}|\p{M}/u.test(char)) {
    const letter = /\p{Lu}|\p{Lt}/u.test(char) ? UPPER : LOWER
    return { bits: letter | (SECOND_SCRIPT.test(char) ? FOREIGN | FOLD : 0), folded: point }
  }
  return { bits: 0, folded: point }
}

/** Letters of either case, digits and marks have numbers of their own; what lies beyond ASCII shares the rest: more is let through, nothing less. */
export function symbolOf(code: number): number {
  if (code > 127) {
    const lower = String.fromCharCode(code).toLowerCase()
    return 72 + ((lower.length === 1 ? lower.charCodeAt(0) : code) % 56)
  }
  if (code >= 123) return code - 56
  if (code >= 97) return code - 96
  if (code >= 91) return code - 30
  if (code >= 65) return code - 64
  if (code >= 58) return code - 4
  if (code >= 48) return code - 21
  return code >= 32 ? code + 6 : 37
}

function learn(code: number): number {
  let bits: number
  let folded = code
  if (code < 128) bits = classifyAscii(code)
  else if (code >= 0xd800 && code < 0xdc00) bits = UNIT
  else if (code >= 0xdc00 && code < 0xe000) bits = 0
  else ({ bits, folded } = classify(code, String.fromCharCode(code)))
  FOLDED[code] = folded
  if (bits & ALNUM && (bits & FOLD) === 0) bits |= QUICK
  return (CLASSES[code] = bits | KNOWN | (code < 128 ? 0 : BEYOND_ASCII) | (symbolOf(code) << SYMBOL))
}

for (let code = 0; code < 128; code++) learn(code)

export function classOf(code: number): number {
  const known = CLASSES[code] ?? 0
  return known === 0 ? learn(code) : known
}

/** What `readUnit` found. One object for all calls: nothing is allocated per character. */
export const unit = { bits: 0, code: 0, length: 1 }

function set(bits: number, code: number, length: number): void {
  unit.bits = bits
  unit.code = code
  unit.length = length
}

/** @returns value of `count` hexadecimal digits at `at`, -1 when they are none, -2 when the text ends within them */
function hexAt(text: string, at: number, count: number, end: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    if (i >= end) return -2
    const digit = parseInt(text.charAt(i), 16)
    if (Number.isNaN(digit)) return -1
    value = value * 16 + digit
  }
  return value
}

function standsFor(code: number, length: number): void {
  const bits = classOf(code)
  set((bits & ~UNIT) | FOLD, FOLDED[code] ?? code, length)
}

function readEscape(text: string, at: number, end: number): boolean {
  if (at + 1 >= end) return false
  const next = codeAt(text, at + 1)
  switch (next) {
    case 0x75: case 0x78: {
      const digits = next === 0x75 ? 4 : 2
      const value = hexAt(text, at + 2, digits, end)
      if (value === -2) return false
      if (value === ESCAPE) return readTerminal(text, at, digits + 2, end)
      if (value >= 0xd800 && value < 0xe000) set(FOLD, 0xfffd, 6)
      else if (value >= 0) standsFor(value, digits + 2)
      else set(WORD, 92, 1)
      return true
    }
    case 0x6e: case 0x72:
      set(JOIN | NEWLINE | FOLD, 10, 2)
      return true
    case 0x74:
      set(JOIN | FOLD, 32, 2)
      return true
    case 0x22: case 0x27: case 0x2f:
      standsFor(next, 2)
      return true
    default:
      set(WORD, 92, 1)
      return true
  }
}

/** @param lead units that the escape character takes */
function readTerminal(text: string, at: number, lead: number, end: number): boolean {
  const length = sequenceLength(text, at + lead, end)
  if (length > 0) set(IGNORED | FOLD, ESCAPE, lead + length)
  else if (length === 0) standsFor(ESCAPE, lead)
  return length >= 0
}

function readPercent(text: string, at: number, end: number): boolean {
  const value = hexAt(text, at + 1, 2, end)
  if (value === -2) return false
  if (value >= 32 && value < 127) standsFor(value, 3)
  else set(WORD | PERCENT, 37, 1)
  return true
}

const NAMED: Readonly<Record<string, string>> = { '&commat;': '@', '&period;': '.', '&lowbar;': '_', '&hyphen;': '-', '&colon;': ':', '&sol;': '/', '&plus;': '+', '&amp;': '&', '&nbsp;': ' ', '&quot;': '"', '&lt;': '<', '&gt;': '>' }
const ENTITY = /&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[a-z]{2,6});/y
const ENTITY_BEGUN = /&(?:#?|#\d{1,8}|#[xX][0-9a-fA-F]{0,7}|[a-z]{1,6})$/y
const LONGEST_ENTITY = 11

function readEntity(text: string, at: number, end: number): boolean {
  const ahead = text.slice(at, Math.min(end, at + LONGEST_ENTITY))
  ENTITY.lastIndex = 0
  const [entity] = ENTITY.exec(ahead) ?? []
  if (entity === undefined) {
    ENTITY_BEGUN.lastIndex = 0
    if (at + ahead.length === end && ahead.length < LONGEST_ENTITY && ENTITY_BEGUN.test(ahead)) return false
    set(WORD, 38, 1)
    return true
  }
  const named = NAMED[entity]
  const number = entity.charAt(1) !== '#' ? (named?.charCodeAt(0) ?? -1) : /^&#x/i.test(entity) ? parseInt(entity.slice(3), 16) : parseInt(entity.slice(2), 10)
  if (number > 0 && number < 0xd800) standsFor(number, entity.length)
  else set(WORD, 38, 1)
  return true
}

/** What characters beyond the first plane are, of those seen lately: asking takes microseconds. */
const PAIRS = 512
const PAIR_POINTS = new Int32Array(PAIRS)
const PAIR_BITS = new Int32Array(PAIRS)
const PAIR_FOLDED = new Uint16Array(PAIRS)

function readPair(text: string, at: number, end: number): boolean {
  if (at + 1 >= end) return false
  const point = text.codePointAt(at) ?? 0
  if (point < 0x10000) {
    set(0, 0xfffd, 1)
    return true
  }
  const place = point & (PAIRS - 1)
  if (PAIR_POINTS[place] !== point) {
    const { bits, folded } = classify(point, String.fromCodePoint(point))
    PAIR_POINTS[place] = point
    PAIR_BITS[place] = bits | BEYOND_ASCII | FOLD
    PAIR_FOLDED[place] = folded < 0x10000 ? folded : bits & CJK ? 0x4e00 : 0xfffd
  }
  set(PAIR_BITS[place] ?? 0, PAIR_FOLDED[place] ?? 0, 2)
  return true
}

/**
 * Reads the character at `at` into `unit`: its class bits, the unit it folds to and how many units it takes.
 * @returns false when the text ends before that is certain
 */
export function readUnit(text: string, at: number, end: number): boolean {
  const code = codeAt(text, at)
  const bits = classOf(code)
  if ((bits & UNIT) === 0) {
    set(bits, FOLDED[code] ?? code, 1)
    return true
  }
  if (code === 92) return readEscape(text, at, end)
  if (code === 37) return readPercent(text, at, end)
  if (code === 38) return readEntity(text, at, end)
  if (code === ESCAPE) return readTerminal(text, at, 1, end)
  return readPair(text, at, end)
}

/** As `readUnit`, for a character whose class has no UNIT bit. */
export function readSingle(code: number, bits: number): void {
  unit.bits = bits
  unit.code = foldedOf(code)
  unit.length = 1
}

/** What a character folds to whose class is known and has no UNIT bit. */
export function foldedOf(code: number): number {
  return FOLDED[code] ?? code
}

/** At the end of a text nothing follows: what could have become a longer character is itself. */
export function readLastUnit(text: string, at: number, end: number): void {
  if (!readUnit(text, at, end)) set(codeAt(text, at) < 128 && codeAt(text, at) !== ESCAPE ? WORD : 0, codeAt(text, at), 1)
}
