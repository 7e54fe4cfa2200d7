/**
 * Windows cut from the documentation and code of development packages: text full of capitals that names nobody. Lines
 * that may name a person (authors, licences, thanks, a listed given name before a listed family name) are left out.
 */
import type { Dice } from './random.ts'
import type { Lists } from './lists.ts'
import type { MarkedText } from './text.ts'

const NAMES_SOMEBODY =
  /author|copyright|©|\(c\)|contribut|maintain|sponsor|thanks|credit|licen[sc]e|created by|written by|\bby \[?[A-Z]|\bM(?:r|s|rs)\.? |twitter|mailto|\w@\w/i
const TWO_CAPITALS = /(\p{Lu}\p{Ll}+) (?:\p{Lu}\.? )?(\p{Lu}\p{Ll}+)/gu
const LONGEST_LINE = 400
/** A text gives at most one window for so many characters. */
const SPARSITY = 550

export class Windows {
  readonly #given: ReadonlySet<string>
  readonly #family: ReadonlySet<string>
  readonly #dice: Dice

  constructor(lists: Lists, dice: Dice) {
    this.#given = new Set(lists.given)
    this.#family = new Set(lists.family)
    this.#dice = dice
  }

  /** Up to `most` windows of a few lines each, spread over the text. */
  cut(text: string, most: number): MarkedText[] {
    const lines = text.split(/\r?\n/).filter((line) => line.length < LONGEST_LINE && !this.#namesSomebody(line))
    const windows: MarkedText[] = []
    for (let count = Math.min(most, Math.floor(text.length / SPARSITY)); count > 0; count--) {
      const from = this.#dice.below(lines.length)
      const window = lines.slice(from, from + 3 + this.#dice.below(14)).join('\n')
      if (window.length > 60) windows.push({ text: window, names: [] })
    }
    return windows
  }

  #namesSomebody(line: string): boolean {
    if (NAMES_SOMEBODY.test(line)) return true
    for (const [, first = '', second = ''] of line.matchAll(TWO_CAPITALS)) if (this.#given.has(first) && this.#family.has(second)) return true
    return false
  }
}
