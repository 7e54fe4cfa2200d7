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
  const offer = (literals: readonly string[] | undefined): void => {
    if (literals === undefined || literals.length > MOST) return
    if (found === undefined || shortest(literals) > shortest(found)) found = literals
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

/** @returns undefined when the pattern can match without any literal, or is not understood */
export function requiredLiterals(pattern: RegExp): readonly string[] | undefined {
  try {
    return literalsOf(parseRegex(pattern.source))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
