/**
 * Text that somebody else wrote, made unable to deceive: characters that turn the reading direction, take no room or
 * control something are named by their code point instead of drawn, and words that mix look-alike scripts are marked.
 * Markup needs no care here: text reaches the page as text nodes only.
 */

export type Run =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mixed'; readonly text: string }
  | { readonly kind: 'inert'; readonly codePoint: number }

/** Bidi controls, zero width, fillers, controls without tab and line feed, tags, variation selectors, lone surrogates. */
const DECEIVES =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Surrogate}]/u
const PICTOGRAPH = /\p{Extended_Pictographic}/u
const LATIN = /\p{Script=Latin}/u
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u
const WORD = /[\p{Letter}\p{Mark}\p{Number}_'’-]+/gu

export function runs(text: string): Run[] {
  if (!DECEIVES.test(text)) return words(text)
  const found: Run[] = []
  let plain = ''
  let before = ''
  for (const character of text) {
    if (DECEIVES.test(character) && !joinsPictures(character, before)) {
      if (plain) found.push(...words(plain))
      plain = ''
      found.push({ kind: 'inert', codePoint: character.codePointAt(0) ?? 0 })
    } else plain += character
    before = character
  }
  if (plain) found.push(...words(plain))
  return found
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
