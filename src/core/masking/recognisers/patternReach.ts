/**
 * Whether the engine finds what a pattern says. It looks at windows of folded text: words, and groups of numbers. A pattern of what is in
 * neither would be accepted and never find anything, so texts are made of the pattern, and tried.
 */
import { findAll } from '../findAll.ts'
import type { Node } from '../scan/regex/parse.ts'
import { sourceOf } from '../scan/regex/program.ts'
import { customFamily } from './custom.ts'

/** Ways through the alternatives of a pattern that are tried. */
const WAYS = 8
/** What is taken of a set, if it has it: one of these, in turn, or the first of all others. */
const FIRST = ['a', 'A', '7', '-']
/** Which of them each set takes: the same as the one before it, the next, and so on. `[-x]\b.` matches no text in which all take the same. */
const TASTES = FIRST.flatMap((_, taste) => FIRST.map((_, step) => ({ taste, step })))
const OTHERS = [...FIRST, '.', '_', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(126 - i)), 'é', '\n', '\t', '\r', '\0']

/** @returns a text that the pattern matches and that the engine does not find, undefined when there is none of those that are tried */
export function notReached(tree: Node, source: string, flags: string): string | undefined {
  const families = [customFamily([{ name: 'CUSTOM_X', ignoreCase: flags.includes('i'), pattern: source }])]
  const whole = new RegExp(`^(?:${source})$`, flags)
  const within = new RegExp(source, flags)
  for (let way = 0; way < WAYS; way++) {
    for (const isLooking of [false, true]) {
      const fits = isLooking ? within : whole
      const texts = [...new Set(TASTES.map(({ taste, step }) => textOf(tree, { way, flags, isLooking, step, taste })))].filter((text) => text !== '' && fits.test(text))
      const [first] = texts
      if (first !== undefined && !texts.some((text) => findAll(text, families).length > 0)) return first
    }
  }
  return undefined
}

interface Choice {
  readonly way: number
  /** What the next set takes. */
  taste: number
  readonly step: number
  readonly flags: string
  /** Whether what the pattern looks for around a value stands there too: without it, a pattern that looks around matches none of its own texts. */
  readonly isLooking: boolean
}

function textOf(node: Node, choice: Choice): string {
  switch (node.kind) {
    case 'char':
      return node.char
    case 'set':
      return charOf(sourceOf(node), choice)
    case 'sequence':
      return node.items.map((item) => textOf(item, choice)).join('')
    case 'either': {
      const option = node.options[choice.way % node.options.length]
      return option ? textOf(option, choice) : ''
    }
    case 'group':
      return textOf(node.body, choice)
    case 'repeat':
      return textOf(node.body, choice).repeat(node.min === 0 ? Math.min(choice.way % 2, node.max) : node.min)
    case 'look':
      return choice.isLooking && !node.isNegative ? textOf(node.body, choice) : ''
    case 'assert':
    case 'reference':
      return ''
  }
}

function charOf(source: string, choice: Choice): string {
  const pattern = new RegExp(`^${source}$`, choice.flags)
  const taste = choice.taste % FIRST.length
  choice.taste += choice.step
  const plain = [...FIRST.slice(taste), ...OTHERS].find((one) => pattern.test(one))
  if (plain !== undefined) return plain
  for (let code = 128; code < 65_536; code++) if (pattern.test(String.fromCharCode(code))) return String.fromCharCode(code)
  return ''
}
