/**
 * Patterns that a policy brings. They run on text that anybody may shape, in the agent of every person of an organisation, so one is refused
 * when its time may grow faster than the text, when it finds nothing at all, or when it finds everything.
 */
import { parseRegex, type Node } from '../scan/regex/parse.ts'

const LONGEST = 500
/** A bounded repetition of more than this counts as one without bound. */
const MANY = 64
const SAMPLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).concat('é', '中', '\n')
const ORDINARY = ['the', 'value', 'user', 'name', '2024', '17', 'data', 'https', 'a', 'returns', 'Monday', 'id']

/** @returns one sentence that says what is wrong with it and what to do, or nothing */
export function whyRefused(source: string, flags = ''): string | undefined {
  if (source.length > LONGEST) return `it has ${source.length} characters; ${LONGEST} are allowed`
  let pattern: RegExp
  let tree: Node
  try {
    pattern = new RegExp(source, flags)
    tree = parseRegex(source)
  } catch {
    return 'it is no regular expression of JavaScript; check its brackets and escapes'
  }
  return growth(tree) ?? reach(pattern)
}

function reach(pattern: RegExp): string | undefined {
  if (pattern.test('')) return 'it matches the empty text; ask for at least one character'
  if (ORDINARY.filter((word) => pattern.test(word)).length >= 4) return 'it matches ordinary words; add letters or digits that only these values have'
  return undefined
}

function growth(tree: Node): string | undefined {
  if (has(tree, (node) => node.kind === 'reference')) return 'it refers back to a group (\\1); write the text out'
  if (has(tree, (node) => isRepeat(node) && isLoop(node) && has(node.body, (inner) => inner.kind === 'repeat' || inner.kind === 'either')))
    return 'it repeats a group that repeats or chooses itself; write the repetition once'
  for (const path of paths(tree)) {
    const problem = chain(path)
    if (problem) return problem
  }
  return undefined
}

type Repeat = Extract<Node, { kind: 'repeat' }>

function isRepeat(node: Node): node is Repeat {
  return node.kind === 'repeat'
}

function isLoop(node: Node): boolean {
  if (!isRepeat(node)) return false
  const most = /^\{\d+,(\d*)\}/.exec(node.source)?.[1] ?? (/^\{\d+\}/.test(node.source) ? '1' : /^\?/.test(node.source) ? '1' : '')
  return most === '' || Number(most) > MANY
}

function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'sequence':
      return node.items
    case 'either':
      return node.options
    case 'group':
    case 'look':
    case 'repeat':
      return [node.body]
    case 'char':
    case 'set':
    case 'assert':
    case 'reference':
      return []
  }
}

function has(node: Node, wanted: (node: Node) => boolean): boolean {
  return wanted(node) || children(node).some((child) => has(child, wanted))
}

/** The sequences that the pattern may follow, groups opened up. */
function paths(node: Node): readonly (readonly Node[])[] {
  if (node.kind === 'either') return node.options.flatMap(paths)
  if (node.kind === 'group') return paths(node.body)
  if (node.kind !== 'sequence') return [[node]]
  let all: readonly (readonly Node[])[] = [[]]
  for (const item of node.items) {
    const next = paths(item)
    all = all.flatMap((head) => next.map((tail) => [...head, ...tail])).slice(0, 256)
  }
  return all
}

/** Two loops that can eat the same characters, with nothing between them that only one of them refuses, take time that grows with the square. */
function chain(path: readonly Node[]): string | undefined {
  if (path[0] && isLoop(path[0])) return 'it begins with a repetition; begin with a fixed character or with \\b'
  let open: ReadonlySet<string> | undefined
  for (const node of path) {
    if (node.kind === 'assert' || node.kind === 'look') continue
    const characters = charactersOf(node)
    const before = open
    const meets = before !== undefined && [...characters].some((one) => before.has(one))
    if (isRepeat(node) && isLoop(node)) {
      if (meets) return 'two of its repetitions can take the same characters; put something fixed between them'
      open = characters
    } else if (!(isRepeat(node) && node.min === 0) && !meets) {
      // A character that must come and that the loop cannot take ends it.
      open = undefined
    }
  }
  return undefined
}

function charactersOf(node: Node): ReadonlySet<string> {
  if (node.kind === 'char') return new Set([node.char])
  if (node.kind === 'set') {
    const set = new RegExp(`^${node.source}$`, node.source.includes('\\p') ? 'iu' : 'i')
    return new Set(SAMPLE.filter((one) => set.test(one)))
  }
  return new Set(children(node).flatMap((child) => [...charactersOf(child)]))
}
