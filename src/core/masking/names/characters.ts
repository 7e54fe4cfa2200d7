/**
 * Character classes and folding for the tagger, as one table over the alphabets that have capitals. Filled from the language's
 * own Unicode data on first sight of a character; what lies outside is caseless and never begins a name here.
 */

/** Classes, one bit each above the folded character; what is not less than a digit belongs to a word. */
export const SPACE = 1 << 16
export const NEWLINE = 1 << 17
export const PUNCTUATION = 1 << 18
export const DIGIT = 1 << 19
export const UNDERSCORE = 1 << 20
export const LOWER = 1 << 21
export const UPPER = 1 << 22
/** A letter without case, or a combining mark. */
export const CASELESS = 1 << 23

/** The folded character in what `read` returns. */
export const FOLDED = 0xffff

const SIZE = 0x2000

function classify(code: number): number {
  if (code === 0x0a || code === 0x0d) return NEWLINE
  if (code === 0x5f) return UNDERSCORE
  const char = String.fromCharCode(code)
  if (/\s/.test(char)) return SPACE
  if (/\p{Nd}/u.test(char)) return DIGIT
  if (/\p{Lu}|\p{Lt}/u.test(char)) return UPPER
  if (/\p{Ll}/u.test(char)) return LOWER
  return /\p{L}|\p{M}/u.test(char) ? CASELESS : PUNCTUATION
}

const LIGATURES: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ß: 's', æ: 'a', œ: 'o', ı: 'i', ð: 'd' }

/** Lower case without accents: `É` and `e` are one letter, because people leave accents out. */
function foldOne(code: number): number {
  const lower = String.fromCharCode(code).toLowerCase()
  const base = lower.normalize('NFD').charAt(0)
  return (LIGATURES[base] ?? base).charCodeAt(0)
}

function classBeyond(code: number): number {
  if (code === 0x2028 || code === 0x2029) return NEWLINE
  if (code <= 0x200a || code === 0x3000 || code === 0x202f) return SPACE
  // General punctuation, symbols, surrogates, private use and full-width marks; everything else up there is caseless script.
  if (code < 0x2c00 || (code >= 0x3001 && code <= 0x303f) || (code >= 0xd800 && code < 0xf900) || code >= 0xfe00) return PUNCTUATION
  return CASELESS
}

/** 0 is a character not seen yet. */
const CHARACTERS = new Int32Array(SIZE)

/** A mark is not folded: it is known by its own character. */
function readNew(code: number): number {
  const kind = classify(code)
  return (CHARACTERS[code] = kind | (kind === PUNCTUATION ? code : foldOne(code)))
}

/** The class of a character and what it is folded to. */
export function read(code: number): number {
  if (code >= SIZE) return classBeyond(code) | code
  const known = CHARACTERS[code] ?? 0
  return known === 0 ? readNew(code) : known
}

export function fold(code: number): number {
  return read(code) & FOLDED
}

/** Reads the characters that were seen before, from `at` on; a loop that may call something takes several times as long. @returns the first other one */
function readKnown(text: string, out: Int32Array, from: number, at: number, size: number): number {
  let i = at
  for (; i < size; i++) {
    const code = text.charCodeAt(from + i)
    const known = code < SIZE ? (CHARACTERS[code] ?? 0) : 0
    if (known === 0) break
    out[i] = known
  }
  return i
}

/** Writes what `read` says of `size` characters into `out`. @param from where in the text they begin */
export function readAll(text: string, out: Int32Array, from: number, size: number): void {
  for (let i = readKnown(text, out, from, 0, size); i < size; i = readKnown(text, out, from, i + 1, size)) out[i] = read(text.charCodeAt(from + i))
}
