/**
 * All words of the views come through here: whole sentences with `{values}`, `**bold**` for the fact in it, and two forms
 * where a number decides. A translation is looked up by the English sentence, as vscode.l10n's bundles are keyed.
 */
import { SIDEBAR_WORDS } from './wordsSidebar.ts'
import { TIMELINE_WORDS } from './wordsTimeline.ts'

export const WORDS = { ...SIDEBAR_WORDS, ...TIMELINE_WORDS }

type Table = typeof WORDS
export type Word = { [K in keyof Table]: Table[K] extends string ? K : never }[keyof Table]
export type CountWord = { [K in keyof Table]: Table[K] extends string ? never : K }[keyof Table]
export type Values = Readonly<Record<string, string | number>>

let bundle: Readonly<Record<string, string>> = {}
let plural = new Intl.PluralRules('en')

export function useTranslation(words: Readonly<Record<string, string>>, locale: string): void {
  bundle = words
  try {
    plural = new Intl.PluralRules(Object.keys(words).length > 0 ? locale : 'en')
  } catch {
    plural = new Intl.PluralRules('en')
  }
}

/** The sentence as it stands in the table or its translation, placeholders and all. */
export function sentence(key: Word): string {
  return bundle[WORDS[key]] ?? WORDS[key]
}

export function countSentence(key: CountWord, count: number): string {
  const forms = WORDS[key]
  const english = plural.select(count) === 'one' ? forms.one : forms.other
  return bundle[english] ?? english
}

export function say(key: Word, values: Values = {}): string {
  return fill(sentence(key), values)
}

export function sayCount(key: CountWord, count: number, values: Values = {}): string {
  return fill(countSentence(key, count), { n: count, ...values })
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

export type Piece = { readonly kind: 'text'; readonly text: string; readonly strong: boolean } | { readonly kind: 'slot'; readonly name: string; readonly strong: boolean }

/** Takes a sentence apart for drawing: text, bold text and places for values. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  text.split('**').forEach((stretch, i) => {
    const strong = i % 2 === 1
    for (const [k, part] of stretch.split(/\{(\w+)\}/).entries()) {
      if (k % 2 === 1) found.push({ kind: 'slot', name: part, strong })
      else if (part) found.push({ kind: 'text', text: part, strong })
    }
  })
  return found
}
