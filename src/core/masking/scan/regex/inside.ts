/**
 * Where a pattern can match in a word. Most patterns say first what must stand before a value: the beginning of the word, or some mark. A word without
 * such a mark holds a value at its beginning or nowhere.
 */
import { codeAt } from '../characters.ts'
import { membersOf } from './members.ts'
import { parseRegex, type Node } from './parse.ts'
import { sourceOf } from './program.ts'

/** By character, and at the end for all beyond ASCII: 1 where a value can begin somewhere behind it. */
export type Inside = Uint8Array

const ASCII = 128

/** Characters of which one occurs where a node matches anything. @returns whether it may match nothing */
function mark(node: Node, flags: string, into: Inside): boolean {
  switch (node.kind) {
    case 'char':
    case 'set': {
      const { ascii, isBeyond } = membersOf(sourceOf(node), flags)
      for (let code = 0; code < ASCII; code++) if (ascii[code] === 1) into[code] = 1
      if (isBeyond) into[ASCII] = 1
      return false
    }
    case 'group':
      return mark(node.body, flags, into)
    case 'either':
      return node.options.map((one) => mark(one, flags, into)).includes(true)
    case 'repeat':
      return mark(node.body, flags, into) || node.min === 0
    case 'sequence':
      return markSequence(node.items, flags, into)
    case 'assert':
    case 'look':
      return true
    case 'reference':
      throw new RangeError('What was caught is not known here.')
  }
}

/** Of what must all be there, the item that the fewest words have; of what need not be there, all. */
function markSequence(items: readonly Node[], flags: string, into: Inside): boolean {
  let fewest: Inside | undefined
  const all = new Uint8Array(ASCII + 1)
  for (const item of items) {
    const own = new Uint8Array(ASCII + 1)
    const isOptional = mark(item, flags, own)
    own.forEach((one, code) => { if (one === 1) all[code] = 1 })
    if (!isOptional && (fewest === undefined || weight(own) < weight(fewest))) fewest = own
  }
  ;(fewest ?? all).forEach((one, code) => { if (one === 1) into[code] = 1 })
  return fewest === undefined
}

/** Letters and digits are what all words have. */
function weight(own: Inside): number {
  return own.reduce((sum, one, code) => sum + (one === 1 ? (/\w/.test(String.fromCharCode(code)) ? 4 : 1) : 0), 0)
}

function isAtBeginning(node: Node): boolean {
  return node.kind === 'assert' ? node.source === '^' : node.kind === 'sequence' && node.items[0] !== undefined && isAtBeginning(node.items[0])
}

/** @returns undefined where a value can begin anywhere */
export function insideOf({ source, flags }: RegExp): Inside | undefined {
  if (flags.includes('m')) return undefined
  try {
    const tree = parseRegex(source, flags)
    const first = tree.kind === 'sequence' ? tree.items[0] : undefined
    const inside = new Uint8Array(ASCII + 1)
    if (first && isAtBeginning(first)) return inside
    if (first?.kind !== 'look' || first.open !== '(?<=') return undefined
    for (const option of first.body.kind === 'either' ? first.body.options : [first.body]) if (mark(option, flags.replace(/[gyd]/g, ''), inside) && !isAtBeginning(option)) return undefined
    return inside
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

export function isInside(inside: Inside, text: string, from = 0, to = text.length): boolean {
  for (let i = from; i < to; i++) if (inside[Math.min(codeAt(text, i), ASCII)] === 1) return true
  return false
}
