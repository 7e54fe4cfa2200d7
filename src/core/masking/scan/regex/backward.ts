/**
 * Patterns that end where the text ends, read from there. Tried forward, such a pattern is begun at every place of the text; backward it
 * fails, nearly always, at the last characters. What would take many states backward is left out, and so is what is no character: the rest is
 * what the pattern cannot do without.
 */
import { membersOf } from './members.ts'
import { parseRegex, type Node } from './parse.ts'
import { sourceOf } from './program.ts'
import { Stepwise } from './stepwise.ts'

export interface Tail {
  /** Reads backward: false where the pattern does not match. */
  readonly steps: Stepwise
  /** Nothing was left out: true where the pattern matches, and only there. */
  readonly isWhole: boolean
}

/** The end of what a node matches. */
interface End {
  /** Back to front. */
  readonly source: string
  /** All that the node matches, and nothing that it does not. */
  readonly isWhole: boolean
  /** Nothing is left out at its beginning: what stands before the node can be put before it. */
  readonly isJoined: boolean
  /** Fewest characters of it. */
  readonly least: number
  /** It goes over many characters of nearly any kind. */
  readonly isWide: boolean
}

/** A repeated set of more characters than this, more often than that, goes over most texts. */
const MANY_MEMBERS = 20
const OFTEN = 4
/** As many words are not worth looking for at each of the places that such a set leads to. */
const MANY_OPTIONS = 8

const EMPTY: End = { source: '', isWhole: true, isJoined: true, least: 0, isWide: false }
const CUT: End = { ...EMPTY, isWhole: false, isJoined: false }

/** Reads patterns of the same flags from their end. */
class Reader {
  readonly #flags: string

  constructor(flags: string) {
    this.#flags = flags
  }

  /** @param after what stands behind the node: how much of it there is, and how wide it is */
  end(node: Node, after: End): End {
    switch (node.kind) {
      case 'char':
      case 'set':
        return { ...EMPTY, source: sourceOf(node), least: 1 }
      case 'assert':
        return node.source === '^' ? { ...EMPTY, source: '$' } : { ...EMPTY, isWhole: false }
      case 'look':
        return { ...EMPTY, isWhole: false }
      case 'group':
        return this.end(node.body, after)
      case 'either':
        return this.#either(node.options, after)
      case 'sequence':
        return this.#sequence(node.items, after)
      case 'repeat':
        return this.#repeat(node, after)
      case 'reference':
        return CUT
    }
  }

  #either(options: readonly Node[], after: End): End {
    if (after.isWide && options.length > MANY_OPTIONS) return CUT
    const ends = options.map((one) => this.end(one, after))
    return {
      source: `(?:${ends.map(({ source }) => source).join('|')})`,
      isWhole: ends.every((one) => one.isWhole),
      isJoined: ends.every((one) => one.isJoined),
      least: Math.min(...ends.map((one) => one.least)),
      isWide: ends.some((one) => one.isWide),
    }
  }

  #sequence(items: readonly Node[], after: End): End {
    const ends: End[] = []
    let { least, isWide } = after
    for (const item of [...items].reverse()) {
      const own = this.end(item, { ...EMPTY, least, isWide })
      ends.push(own)
      least += own.least
      isWide ||= own.isWide
      if (!own.isJoined) break
    }
    const isJoined = ends.every((one) => one.isJoined)
    // What may be there or not tells nothing where nothing stands before it.
    if (!isJoined) while (ends.at(-1)?.least === 0) ends.pop()
    return { source: ends.map(({ source }) => source).join(''), isWhole: isJoined && ends.every((one) => one.isWhole), isJoined, least: least - after.least, isWide }
  }

  #repeat(node: Node & { readonly kind: 'repeat' }, after: End): End {
    const { body, min, max, source } = node
    const isWide = body.kind === 'set' && max > OFTEN && membersOf(body.source, this.#flags).ascii.reduce((sum, one) => sum + one, 0) > MANY_MEMBERS
    // What goes over anything tells something only where something must follow it.
    if (isWide && after.least === 0) return CUT
    const own = this.end(body, after)
    if (!own.isJoined || (own.isWide && max > 1)) return CUT
    return { ...own, source: `(?:${own.source})${source}`, least: min * own.least, isWide: isWide || own.isWide }
  }
}

function endsTheText(node: Node): boolean {
  if (node.kind === 'either') return node.options.every(endsTheText)
  const last = node.kind === 'sequence' ? node.items.at(-1) : node
  return last?.kind === 'assert' && last.source === '$'
}

/** A look back from the end of the text: what it looks for is what the text ends with. */
function lookedForAtEnd(tree: Node): Node {
  const [end, look] = tree.kind === 'sequence' && tree.items.length === 2 ? tree.items : []
  return end?.kind === 'assert' && end.source === '$' && look?.kind === 'look' && look.open === '(?<=' ? look.body : tree
}

/** The same without that end. */
function untilTheEnd(node: Node): Node {
  if (node.kind === 'either') return { kind: 'either', options: node.options.map(untilTheEnd) }
  return { kind: 'sequence', items: node.kind === 'sequence' ? node.items.slice(0, -1) : [] }
}

/** @returns undefined where nothing is told from the end of the text */
export function tailOf({ source, flags }: RegExp): Tail | undefined {
  if (flags !== '' && flags !== 'i') return undefined
  try {
    const tree = lookedForAtEnd(parseRegex(source, flags))
    if (!endsTheText(tree)) return undefined
    const end = new Reader(flags).end(untilTheEnd(tree), EMPTY)
    if (end.least === 0) return undefined
    const steps = Stepwise.of(new RegExp(`^(?:${end.source})`, flags))
    return steps && { steps, isWhole: end.isWhole }
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}
