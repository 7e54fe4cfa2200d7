/**
 * Patterns that a policy brings. They run on text that anybody may shape, in the agent of every person of an organisation, so one is refused
 * when its time may grow faster than the text, when it is not understood as it is meant, or when it finds everything.
 */
import { NotUnderstood, parseRegex, type Node } from '../scan/regex/parse.ts'
import { mayBeEmpty } from '../scan/regex/program.ts'
import { notReached } from './patternReach.ts'
import { isLinear } from './patternWork.ts'

const LONGEST = 500
/** A bounded repetition of more than this counts as one without bound. */
const MANY = 64
const ORDINARY = ['the', 'value', 'user', 'name', '2024', '17', 'data', 'https', 'a', 'returns', 'Monday', 'id']

/** @returns one sentence that says what is wrong with it and what to do, or nothing */
export function whyRefused(source: string, flags = ''): string | undefined {
  if (source.length > LONGEST) return `it has ${source.length} characters; ${LONGEST} are allowed`
  let pattern: RegExp
  let tree: Node
  try {
    pattern = new RegExp(source, flags)
    tree = parseRegex(source, flags)
  } catch (error) {
    return error instanceof NotUnderstood ? error.message : 'it is no regular expression of JavaScript; check its brackets and escapes'
  }
  return growth(tree, flags) ?? tooMuch(pattern) ?? tooLittle(notReached(tree, source, flags))
}

function tooMuch(pattern: RegExp): string | undefined {
  if (pattern.test('')) return 'it matches the empty text; ask for at least one character'
  if (ORDINARY.filter((word) => pattern.test(word)).length >= 4) return 'it matches ordinary words; add letters or digits that only these values have'
  return undefined
}

function tooLittle(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  return `${JSON.stringify(text)} would not be found: a value has no quotes, brackets, commas, semicolons, bars or signs of currency, spaces only between numbers, and plain forms of letters, digits and dashes`
}

function growth(tree: Node, flags: string): string | undefined {
  if (has(tree, (node) => node.kind === 'reference')) return 'it refers back to a group (\\1); write the text out'
  if (!isLinear(tree, flags) || !looksOf(tree).every((look) => isLinear(look.open.startsWith('(?<') ? reversed(look.body) : look.body, flags))) return ambiguity(tree)
  if (beginsWithLoop(tree)) return 'it begins with a repetition; begin with a fixed character or with \\b'
  if (looksFar(tree, true, false)) return 'it looks around over a repetition at many places; give the repetition an end: {0,20}'
  return undefined
}

function ambiguity(tree: Node): string {
  const isNested = has(tree, (node) => node.kind === 'repeat' && node.max > 1 && has(node.body, (inner) => inner.kind === 'repeat' || inner.kind === 'either'))
  return isNested ? 'it repeats a group that repeats or chooses itself; write the repetition once' : 'two of its repetitions can take the same characters; put something fixed between them'
}

function isLoop(node: Node): boolean {
  return node.kind === 'repeat' && node.max > MANY
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

/** It would be tried to its end at every place of a text. */
function beginsWithLoop(node: Node): boolean {
  if (node.kind === 'assert' || node.kind === 'look') return false
  if (node.kind !== 'sequence') return isLoop(node) || children(node).some(beginsWithLoop)
  for (const item of node.items) {
    if (beginsWithLoop(item)) return true
    if (item.kind === 'assert' || item.kind === 'look' || !mayBeEmpty(item)) return false
  }
  return false
}

type Look = Extract<Node, { kind: 'look' }>

function looksOf(node: Node): readonly Look[] {
  return [...(node.kind === 'look' ? [node] : []), ...children(node).flatMap(looksOf)]
}

/** A look over a repetition that is taken at many places of a text. @param isFirst whether the pattern begins with the node @param isOften whether one attempt comes to the node at many places */
function looksFar(node: Node, isFirst: boolean, isOften: boolean): boolean {
  if (node.kind === 'look') return (has(node.body, isLoop) && (isFirst || isOften || node.open.startsWith('(?<'))) || looksFar(node.body, false, isOften)
  if (node.kind !== 'sequence') return children(node).some((child) => looksFar(child, isFirst, isOften || isLoop(node)))
  let first = isFirst
  let often = isOften
  for (const item of node.items) {
    if (looksFar(item, first, often)) return true
    if (isEdge(item) || !mayBeEmpty(item)) first = false
    // A repetition gives back what it took, piece by piece.
    if (has(item, isLoop)) often = true
  }
  return false
}

/** Few places of a text are one. */
function isEdge(node: Node): boolean {
  return node.kind === 'assert' && (node.source === '^' || node.source === '\\b')
}

/** As a look back reads it. */
function reversed(node: Node): Node {
  switch (node.kind) {
    case 'sequence':
      return { ...node, items: node.items.map(reversed).reverse() }
    case 'either':
      return { ...node, options: node.options.map(reversed) }
    case 'group':
    case 'repeat':
      return { ...node, body: reversed(node.body) }
    default:
      return node
  }
}
