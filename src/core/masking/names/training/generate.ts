/** Makes training text: every kind of template in its share, now and then as sloppy as people write. */
import { Draw } from './draw.ts'
import { expand } from './grammar.ts'
import type { Home, Lists } from './lists.ts'
import type { Dice } from './random.ts'
import { PLAIN_RECORD_LINES, RECORD_LINES } from './records.ts'
import { ADDRESS_LINES, LOOSE_LINES, ORG_LINES, PEOPLE_LINES, PLACE_LINES, PLAIN_LINES, STREET_LINES } from './sentences.ts'
import { BESIDE_LINES, PLAIN_TABLE_LINES, TABLE_LINES } from './tables.ts'
import { Scribe, type MarkedText } from './text.ts'

/** Templates with their share of the text. */
const KINDS: readonly (readonly [share: number, lines: readonly string[]])[] = [
  [26, PEOPLE_LINES],
  [26, LOOSE_LINES],
  [14, PLACE_LINES],
  [10, ORG_LINES],
  [7, ADDRESS_LINES],
  [7, STREET_LINES],
  [16, PLAIN_LINES],
  [16, RECORD_LINES],
  [14, PLAIN_RECORD_LINES],
  [14, TABLE_LINES],
  [6, PLAIN_TABLE_LINES],
  [12, BESIDE_LINES],
]
const TOTAL = KINDS.reduce((sum, [share]) => sum + share, 0)

function pickLines(dice: Dice): readonly string[] {
  let roll = dice.next() * TOTAL
  for (const [share, lines] of KINDS) {
    roll -= share
    if (roll < 0) return lines
  }
  return PLAIN_LINES
}

/** The text in another case, where that keeps every offset. */
function recased(marked: MarkedText, change: (text: string) => string): MarkedText {
  const text = change(marked.text)
  return text.length === marked.text.length ? { text, names: marked.names } : marked
}

const WRAPS: readonly (readonly [string, string])[] = [
  ['{"messages":[{"role":"user","content":"', '"}],"stream":true}'],
  ['{"input": "', '"}'],
  ['> ', ''],
  ['"""', '"""'],
  ['prompt = "', '"'],
  ['- ', '\n'],
  ['User: ', '\nAssistant: '],
  ['Question: ', '\nAnswer:'],
  ['# ', '\n'],
  ['<p>', '</p>'],
  ['“', '”'],
  ['(', ')'],
  ['**', '**'],
]

function wrapped(marked: MarkedText, dice: Dice): MarkedText {
  const [before, after] = dice.pick(WRAPS)
  const scribe = new Scribe()
  scribe.write(before)
  scribe.append(marked)
  scribe.write(after)
  return scribe.finish()
}

function sloppy(marked: MarkedText, dice: Dice): MarkedText {
  const roll = dice.next()
  if (roll < 0.09) return recased(marked, (text) => text.toLowerCase())
  if (roll < 0.105) return recased(marked, (text) => text.toUpperCase())
  return marked
}

/** `lines` texts one below or beside the other. */
function joined(lines: number, dice: Dice, next: () => MarkedText): MarkedText {
  const scribe = new Scribe()
  for (let n = lines; n > 0; n--) {
    scribe.append(sloppy(next(), dice))
    if (n > 1) scribe.write(dice.pick([' ', ' ', '\n', '\n\n']))
  }
  const text = scribe.finish()
  return dice.chance(0.1) ? wrapped(text, dice) : text
}

/** `count` texts of one to four lines each. */
export function generate(lists: Lists, dice: Dice, count: number): MarkedText[] {
  const draw = new Draw(lists, dice)
  return Array.from({ length: count }, () => joined(dice.chance(0.55) ? 1 : 2 + dice.below(3), dice, () => expand(dice.pick(pickLines(dice)), draw)))
}

/** What texts in other languages consist of. */
const FOREIGN_LINES = ['<plain>', '<plain>', '<plain>', '<plain>', '<named>', '<named>', '<named>', '<mail>', '<mail>']

/** `count` texts, each in one of the languages besides English. */
export function generateForeign(lists: Lists, dice: Dice, count: number): MarkedText[] {
  const draw = new Draw(lists, dice)
  const homes = lists.homes.flatMap((home) => Array.from<Home>({ length: home.share }).fill(home))
  return Array.from({ length: count }, () => {
    draw.home = dice.pick(homes)
    return joined(dice.chance(0.6) ? 1 : 2, dice, () => expand(dice.pick(FOREIGN_LINES), draw))
  })
}
