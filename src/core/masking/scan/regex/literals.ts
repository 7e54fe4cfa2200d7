/** Which literals a text must hold one of, for a pattern to match anywhere in it. */
import { parseRegex, type Node } from './parse.ts'

/** More alternatives than this, or shorter ones, tell too little. */
const MOST = 400

/** The literals of a node in lower case, undefined when it can match without any. */
function literalsOf(node: Node): readonly string[] | undefined {
  switch (node.kind) {
    case 'char':
      return [node.char.toLowerCase()]
    case 'set':
    case 'assert':
    case 'reference':
      return undefined
    case 'look':
      return node.isNegative ? undefined : literalsOf(node.body)
    case 'group':
      return literalsOf(node.body)
    case 'repeat':
      return node.min > 0 ? literalsOf(node.body) : undefined
    case 'either': {
      const all: string[] = []
      for (const option of node.options) {
        const own = literalsOf(option)
        if (own === undefined) return undefined
        all.push(...own)
      }
      return all
    }
    case 'sequence':
      return best(node.items)
  }
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((least, one) => Math.min(least, one.length), Infinity)
}

/** Of a sequence: the run of plain characters or the item whose shortest literal is longest. */
function best(items: readonly Node[]): readonly string[] | undefined {
  let found: readonly string[] | undefined
  let length = 0
  const offer = (literals: readonly string[] | undefined): void => {
    if (literals === undefined || literals.length > MOST) return
    const own = shortest(literals)
    if (found !== undefined && own <= length) return
    found = literals
    length = own
  }
  let run = ''
  for (const item of items) {
    if (item.kind === 'char') {
      run += item.char.toLowerCase()
      continue
    }
    if (run !== '') offer([run])
    run = ''
    offer(literalsOf(item))
  }
  if (run !== '') offer([run])
  return found
}

/** Longest text that a node matches, Infinity when there is no end. */
function longest(node: Node): number {
  switch (node.kind) {
    case 'char':
    case 'set':
      return 1
    case 'assert':
    case 'look':
      return 0
    case 'reference':
      return Infinity
    case 'group':
      return longest(node.body)
    case 'either':
      return Math.max(...node.options.map(longest))
    case 'sequence':
      return node.items.reduce((sum, item) => sum + longest(item), 0)
    case 'repeat':
      return node.max === 0 ? 0 : node.max * longest(node.body)
  }
}

export interface Needed {
  readonly literals: readonly string[]
  /** A literal begins at most this many characters before the end of what is looked at; Infinity when that is not bounded. */
  readonly reach: number
}

/** @returns undefined when the pattern can match without any literal, or is not understood */
export function requiredLiterals(pattern: RegExp): Needed | undefined {
  try {
    const tree = parseRegex(pattern.source)
    const literals = literalsOf(tree)
    return literals && { literals, reach: tree.kind === 'sequence' ? reachOf(tree.items) : Infinity }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Only a pattern that ends with `$` says how near its words must be. Any literal of it lies within its whole length. */
function reachOf(items: readonly Node[]): number {
  const last = items.at(-1)
  return last?.kind === 'assert' && last.source === '$' ? items.reduce((sum, item) => sum + longest(item), 0) : Infinity
}
