/** Separators that somebody wrote as words between the groups of a number: `123 dash 45 dash 6789`. */
import { DIGIT, classOf, codeAt } from './characters.ts'
import type { Folded } from './fold.ts'

const WORDS: Readonly<Record<string, string>> = { dash: '-', hyphen: '-', minus: '-', dot: '.', point: '.', slash: '/', space: ' ' }
const NAMES = Object.keys(WORDS)
/** First letters of them, by code: nearly every other word is told by its own. */
const FIRST = new Uint8Array(128)
for (const name of NAMES) FIRST[name.charCodeAt(0)] = FIRST[name.charCodeAt(0) & ~32] = 1
const BETWEEN = new RegExp(`(?<=\\d) (${NAMES.join('|')}) (?=\\d)`, 'gi')

/** Whether the word at `from` is such a separator: it, a space, and a digit. 'unknown' when the text ends before that is certain. */
export function separates(text: string, from: number, final: boolean): 'yes' | 'no' | 'unknown' {
  if (FIRST[codeAt(text, from)] !== 1) return 'no'
  for (const name of NAMES) {
    const ahead = text.slice(from, from + name.length + 1).toLowerCase()
    if (ahead === `${name} `) {
      const after = from + ahead.length
      if (after < text.length) return classOf(codeAt(text, after)) & DIGIT ? 'yes' : 'no'
      return final ? 'no' : 'unknown'
    }
    if (!final && from + ahead.length === text.length && `${name} `.startsWith(ahead)) return 'unknown'
  }
  return 'no'
}

/** The window with the marks instead of the words, and the way back to its offsets. */
export function withMarks({ text, starts, ends }: Folded): Folded {
  let out = ''
  const from: number[] = []
  const to: number[] = []
  const copy = (begin: number, end: number): void => {
    out += text.slice(begin, end)
    for (let i = begin; i < end; i++) {
      from.push(starts?.[i] ?? i)
      to.push(ends?.[i] ?? i + 1)
    }
  }
  let done = 0
  for (const match of text.matchAll(BETWEEN)) {
    copy(done, match.index)
    done = match.index + match[0].length
    out += WORDS[(match[1] ?? '').toLowerCase()] ?? ' '
    from.push(starts?.[match.index] ?? match.index)
    to.push(ends?.[done - 1] ?? done)
  }
  copy(done, text.length)
  return { text: out, starts: from, ends: to }
}
