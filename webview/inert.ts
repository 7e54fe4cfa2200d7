/**
 * Text that somebody else wrote, made unable to deceive: characters that turn the reading direction, take no room or
 * control something are named by their code point instead of drawn, and words that mix look-alike scripts are marked.
 * Markup needs no care here: text reaches the page as text nodes only.
 */

export type Run =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mixed'; readonly text: string }
  | { readonly kind: 'inert'; readonly codePoint: number }

/**
 * First and last code points: controls (without tab and line feed), soft hyphen and other invisible joiners and fillers,
 * bidi controls, zero width, line and paragraph separators, variation selectors, tags, lone surrogates.
 */
const DECEIVERS: readonly (readonly [number, number])[] = [
  [0x00, 0x08], [0x0b, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x34f, 0x34f], [0x61c, 0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f],
  [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xd800, 0xdfff], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xffa0, 0xffa0],
  [0xfff0, 0xfffb], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a], [0xe0000, 0xe0fff],
]
const PICTOGRAPH = /\p{Extended_Pictographic}/u
const LATIN = /\p{Script=Latin}/u
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u
const WORD = /[\p{Letter}\p{Number}_'’-]+/gu

export function runs(text: string): Run[] {
  const found: Run[] = []
  let plain = ''
  let before = ''
  for (const character of text) {
    if (deceives(character.codePointAt(0) ?? 0) && !joinsPictures(character, before)) {
      if (plain) found.push(...words(plain))
      plain = ''
      found.push({ kind: 'inert', codePoint: character.codePointAt(0) ?? 0 })
    } else plain += character
    before = character
  }
  if (plain) found.push(...words(plain))
  return found
}

function deceives(codePoint: number): boolean {
  // Most text is letters, which the first two ranges decide.
  if (codePoint >= 0x20 && codePoint < 0x7f) return false
  return DECEIVERS.some(([from, to]) => codePoint >= from && codePoint <= to)
}

/** Emoji are built with these two; after anything else they hide. */
function joinsPictures(character: string, before: string): boolean {
  return (character === '\ufe0f' || character === '\u200d') && (PICTOGRAPH.test(before) || before === '\ufe0f')
}

function words(text: string): Run[] {
  if (!LOOKALIKE.test(text) || !LATIN.test(text)) return [{ kind: 'text', text }]
  const found: Run[] = []
  let from = 0
  for (const match of text.matchAll(WORD)) {
    const [word] = match
    if (!LATIN.test(word) || !LOOKALIKE.test(word)) continue
    if (match.index > from) found.push({ kind: 'text', text: text.slice(from, match.index) })
    found.push({ kind: 'mixed', text: word })
    from = match.index + word.length
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) })
  return found
}

/** `U+202E` */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}

/** For attributes, where nothing can be boxed: the same characters as `[U+202E]`. */
export function plainly(text: string): string {
  return runs(text)
    .map((run) => (run.kind === 'inert' ? `[${codePointName(run.codePoint)}]` : run.text))
    .join('')
}
