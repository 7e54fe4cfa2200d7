/** Which literals a text must hold one of, for a pattern to match anywhere in it. */
import { parseRegex, type Node } from './parse.ts'

/** More alternatives than this, or shorter ones, tell too little. */
const MOST = 400

interface Literals {
  /** In lower case. */
  readonly all: readonly string[]
  /** Most characters that the node matches before one of them begins. */
  readonly lead: number
}

/** The literals of a node, undefined when it can match without any. */
function literalsOf(node: Node): Literals | undefined {
  switch (node.kind) {
    case 'char':
      return { all: [node.char.toLowerCase()], lead: 0 }
    case 'set':
    case 'assert':
    case 'reference':
      return undefined
    case 'look':
      return node.isNegative ? undefined : literalsOf(node.body)
    case 'group':
      return literalsOf(node.body)
    case 'repeat':
      if (node.min > 1 && node.body.kind === 'char') return { all: [node.body.char.toLowerCase().repeat(node.min)], lead: 0 }
      return node.min > 0 ? literalsOf(node.body) : undefined
    case 'either': {
      const options = node.options.map(literalsOf)
      if (options.includes(undefined)) return undefined
      return { all: options.flatMap((own) => own?.all ?? []), lead: options.reduce((most, own) => Math.max(most, own?.lead ?? 0), 0) }
    }
    case 'sequence':
      return best(node.items)
  }
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((least, one) => Math.min(least, one.length), Infinity)
}

/** Of a sequence: the run of plain characters or the item whose shortest literal is longest. */
function best(items: readonly Node[]): Literals | undefined {
  let found: Literals | undefined
  let length = 0
  const offer = (own: Literals | undefined, before: number): void => {
    if (own === undefined || own.all.length > MOST) return
    const least = shortest(own.all)
    if (found !== undefined && least <= length) return
    found = { all: own.all, lead: before + own.lead }
    length = least
  }
  let run = ''
  let before = 0
  for (const item of items) {
    if (item.kind === 'char') {
      run += item.char.toLowerCase()
      continue
    }
    if (run !== '') offer({ all: [run], lead: 0 }, before)
    before += run.length
    run = ''
    offer(literalsOf(item), before)
    before += longest(item)
  }
  if (run !== '') offer({ all: [run], lead: 0 }, before)
  return found
}

/** Longest text that a node matches, Infinity when there is no end. */
export function longest(node: Node): number {
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
      return timesOf(node.max, longest(node.body))
  }
}

/** What is never there, or is empty, stays so however often. */
function timesOf(most: number, length: number): number {
  return most === 0 || length === 0 ? 0 : most * length
}

export interface Needed {
  readonly literals: readonly string[]
  /** Most characters that the pattern matches before a literal begins; Infinity when that is not bounded. */
  readonly lead: number
  /** A literal begins at most this many characters before the end of what is looked at; Infinity when that is not bounded. */
  readonly reach: number
}

/** @returns undefined when the pattern can match without any literal, or is not understood */
export function requiredLiterals(pattern: RegExp): Needed | undefined {
  try {
    const tree = parseRegex(pattern.source, pattern.flags)
    const literals = literalsOf(tree)
    // With the flag u one character may be two units.
    const width = pattern.unicode ? 2 : 1
    return literals && { literals: literals.all, lead: width * literals.lead, reach: pattern.multiline ? Infinity : width * reachOf(tree) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Only a pattern that ends with `$`, on each of its branches, says how near its words must be. Any literal of it lies within its whole length. */
function reachOf(tree: Node): number {
  if (tree.kind === 'either') return Math.max(...tree.options.map(reachOf))
  if (tree.kind !== 'sequence') return Infinity
  const last = tree.items.at(-1)
  return last?.kind === 'assert' && last.source === '$' ? tree.items.reduce((sum, item) => sum + longest(item), 0) : Infinity
}
