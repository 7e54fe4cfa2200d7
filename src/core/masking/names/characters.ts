/**
 * Character classes and folding for the tagger, as tables over the alphabets that have capitals. Filled from the language's
 * own Unicode data on first sight of a character; what lies outside is caseless and never begins a name here.
 */

export const SPACE = 0
export const NEWLINE = 1
export const PUNCTUATION = 2
export const DIGIT = 3
export const UNDERSCORE = 4
export const LOWER = 5
export const UPPER = 6
/** A letter without case, or a combining mark. */
export const CASELESS = 7

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

const UNSEEN = 255
const CLASSES = new Uint8Array(SIZE).fill(UNSEEN)
/** 0 is a character not seen yet. */
const FOLDED = new Uint16Array(SIZE)

export function classOf(code: number): number {
  if (code < SIZE) {
    const known = CLASSES[code] ?? PUNCTUATION
    return known === UNSEEN ? (CLASSES[code] = classify(code)) : known
  }
  if (code === 0x2028 || code === 0x2029) return NEWLINE
  if (code <= 0x200a || code === 0x3000 || code === 0x202f) return SPACE
  // General punctuation, symbols, surrogates, private use and full-width marks; everything else up there is caseless script.
  if (code < 0x2c00 || (code >= 0x3001 && code <= 0x303f) || (code >= 0xd800 && code < 0xf900) || code >= 0xfe00) return PUNCTUATION
  return CASELESS
}

export function fold(code: number): number {
  if (code >= SIZE) return code
  const known = FOLDED[code] ?? code
  return known === 0 ? (FOLDED[code] = foldOne(code)) : known
}
