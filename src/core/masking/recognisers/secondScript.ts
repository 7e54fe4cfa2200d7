/**
 * Labels in Cyrillic and Greek letters. A left context that also has Latin letters or digits is read with the Latin letters that theirs look
 * like, so each label has more than one form: `тел` is `teл` behind `ID 5`. Which letters have a look-alike differs between small and capital ones.
 */
import { lookalike } from '../scan/homoglyphs.ts'

const SECOND_SCRIPT = /[Ͱ-ϿЀ-ӿἀ-῿]/
/** Letters that a label may not touch, in the form in which it is read, too: no `\b` stands beside those of a second script. */
const LETTERS = 'a-zͰ-ϿЀ-ӿἀ-῿'

const asLatin = (text: string): string => text.replace(/[^ -~]/g, (letter) => String.fromCharCode(lookalike(letter.charCodeAt(0)))).toLowerCase()

/** How a label may be read: as it is, and in small letters, with a capital and in capitals beside Latin letters. */
function formsOf(label: string): readonly string[] {
  if (!SECOND_SCRIPT.test(label)) return [label]
  return [label, asLatin(label), asLatin(label.charAt(0).toUpperCase() + label.slice(1)), asLatin(label.toUpperCase())]
}

/**
 * @param labels in small letters, with `|` between, without classes and groups: those would be read as labels
 * @returns source of a pattern with the flag i that finds them in whichever form they are read
 */
export function readLabels(labels: string): string {
  return [...new Set(labels.split('|').flatMap(formsOf))].join('|')
}

/** The same of whole words: short labels are the beginning or end of many words. */
export function readWords(labels: string): string {
  return `(?<![${LETTERS}])(?:${readLabels(labels)})(?![${LETTERS}])`
}
