/**
 * Windows cut from the documentation and code of development packages: text full of capitals that names nobody. Lines
 * that may name a person (authors, licences, thanks) are left out with what is around them.
 */
import type { Dice } from './random.ts'
import type { MarkedText } from './text.ts'

const NAMES_SOMEBODY = /author|copyright|©|\(c\)|contribut|maintain|sponsor|thanks|credit|licen[sc]e|@[a-z]|created by|written by|\bby [A-Z]|\bMr\b|twitter|mailto/i
const LONGEST_LINE = 400

/** Up to `count` windows of a few lines each, spread over the text. */
export function windows(text: string, dice: Dice, count: number): MarkedText[] {
  const lines = text.split(/\r?\n/)
  const cut: MarkedText[] = []
  for (let tries = count * 3; tries > 0 && cut.length < count; tries--) {
    const from = dice.below(lines.length)
    const piece = lines.slice(from, from + 3 + dice.below(14)).filter((line) => line.length < LONGEST_LINE)
    const window = piece.join('\n')
    if (window.length > 60 && !NAMES_SOMEBODY.test(window)) cut.push({ text: window, names: [] })
  }
  return cut
}
