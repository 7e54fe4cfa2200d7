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
const OTHERS = [...FIRST, '.', '_', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(126 - i)), 'é', '\n', '\t', '\r', '\0']

/** @returns a text that the pattern matches and that the engine does not find, undefined when there is none of those that are tried */
export function notReached(tree: Node, source: string, flags: string): string | undefined {
  const families = [customFamily([{ name: 'CUSTOM_X', ignoreCase: flags.includes('i'), pattern: source }])]
  const whole = new RegExp(`^(?:${source})$`, flags)
  for (let way = 0; way < WAYS; way++) {
    const texts = [...new Set(FIRST.map((_, taste) => textOf(tree, { way, taste, flags })))].filter((text) => text !== '' && whole.test(text))
    const [first] = texts
    if (first !== undefined && !texts.some((text) => findAll(text, families).length > 0)) return first
  }
  return undefined
}

interface Choice {
  readonly way: number
  readonly taste: number
  readonly flags: string
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
    case 'assert':
    case 'look':
    case 'reference':
      return ''
  }
}

function charOf(source: string, { taste, flags }: Choice): string {
  const pattern = new RegExp(`^${source}$`, flags)
  const plain = [...FIRST.slice(taste), ...OTHERS].find((one) => pattern.test(one))
  if (plain !== undefined) return plain
  for (let code = 128; code < 65_536; code++) if (pattern.test(String.fromCharCode(code))) return String.fromCharCode(code)
  return ''
}
