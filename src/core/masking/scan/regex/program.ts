/**
 * A pattern as a program of single steps (Thompson 1968), for patterns that begin where the text begins. Where two steps are possible, the one
 * that an expression would try first stands first, so that the first match is the expression's own.
 */
import { parseRegex, type Node } from './parse.ts'

/** Takes one character of an atom. */
export const TAKE = 0
/** Goes on at two places, the first of them preferred. */
export const FORK = 1
/** Goes on elsewhere. */
export const JUMP = 2
/** Goes on where the next character is of an atom. */
export const AHEAD = 3
/** Goes on where it is not, or nothing comes. */
export const NOT_AHEAD = 4
/** Goes on at the end of the text. */
export const END = 5
export const MATCH = 6
/** Whatever else is possible: nothing matches. */
export const DENY = 7

/** A longer program is not worth its steps. */
const LONGEST = 12_000

export class Program {
  readonly kinds: number[] = []
  /** Of a step: its atom, or where it goes on. */
  readonly first: number[] = []
  /** Of a fork: the other place. */
  readonly second: number[] = []
  /** Sets and characters as they stand in the pattern. */
  readonly atoms: string[] = []
  /** Where it begins, what denies first. */
  readonly starts: number[] = []

  /** @throws RangeError when the pattern is more than these steps can tell */
  constructor(source: string) {
    const tree = parseRegex(source, '')
    const options = tree.kind === 'either' ? tree.options : [tree]
    const bodies = options.map(anchored)
    const [first] = bodies
    if (first && bodies.length === 1 && first[0]?.kind === 'look' && first[0].isNegative && !isAtom(first[0].body)) {
      this.starts.push(0)
      this.#write(first[0].body)
      this.#add(DENY)
      first.shift()
    }
    this.starts.push(this.kinds.length)
    this.#either(bodies.map((items) => ({ kind: 'sequence', items })))
    this.#add(MATCH)
  }

  #add(kind: number, first = 0, second = 0): number {
    if (this.kinds.length > LONGEST) throw new RangeError('This pattern has too many steps.')
    this.first.push(first)
    this.second.push(second)
    return this.kinds.push(kind) - 1
  }

  get #here(): number {
    return this.kinds.length
  }

  #atom(source: string): number {
    const known = this.atoms.indexOf(source)
    return known >= 0 ? known : this.atoms.push(source) - 1
  }

  #write(node: Node): void {
    switch (node.kind) {
      case 'char':
      case 'set':
        this.#add(TAKE, this.#atom(sourceOf(node)))
        return
      case 'assert':
        if (node.source !== '$') throw new RangeError('Only an end has a step.')
        this.#add(END)
        return
      case 'group':
        this.#write(node.body)
        return
      case 'sequence':
        for (const item of node.items) this.#write(item)
        return
      case 'either':
        this.#either(node.options)
        return
      case 'repeat':
        this.#repeat(node)
        return
      case 'look':
        this.#look(node.body, node.open, node.isNegative)
        return
      case 'reference':
        throw new RangeError('A reference has no step.')
    }
  }

  #either(options: readonly Node[]): void {
    const jumps: number[] = []
    options.forEach((option, i) => {
      const isLast = i === options.length - 1
      const fork = isLast ? -1 : this.#add(FORK, this.#here + 1)
      this.#write(option)
      if (isLast) return
      jumps.push(this.#add(JUMP))
      this.second[fork] = this.#here
    })
    for (const jump of jumps) this.first[jump] = this.#here
  }

  #repeat({ body, min, max, source }: Node & { readonly kind: 'repeat' }): void {
    const isLazy = source.length > 1 && source.endsWith('?')
    const fork = (): number => this.#add(FORK)
    const lead = (at: number, into: number, past: number): void => {
      this.first[at] = isLazy ? past : into
      this.second[at] = isLazy ? into : past
    }
    for (let i = 0; i < min; i++) this.#write(body)
    if (max === Infinity) {
      if (mayBeEmpty(body)) throw new RangeError('An empty turn has no step.')
      const at = fork()
      this.#write(body)
      this.#add(JUMP, at)
      lead(at, at + 1, this.#here)
      return
    }
    const forks: number[] = []
    for (let i = min; i < max; i++) {
      forks.push(fork())
      this.#write(body)
    }
    for (const at of forks) lead(at, at + 1, this.#here)
  }

  #look(body: Node, open: string, isNegative: boolean): void {
    if (open.startsWith('(?<')) throw new RangeError('A look back has no step.')
    const atoms = atomsOf(body)
    if (atoms === undefined) throw new RangeError('A look at more than a character has no step.')
    if (isNegative) for (const one of atoms) this.#add(NOT_AHEAD, this.#atom(one))
    else if (atoms.length > 1) throw new RangeError('A look for several characters has no step.')
    else for (const one of atoms) this.#add(AHEAD, this.#atom(one))
  }
}

/** What follows the beginning of the text, which stands first. */
function anchored(option: Node): Node[] {
  const items = option.kind === 'sequence' ? option.items : [option]
  const [first, ...rest] = items
  if (first?.kind !== 'assert' || first.source !== '^') throw new RangeError('This pattern may begin anywhere.')
  return rest
}

/** A character or a set as it stands in a pattern. @throws RangeError where it is two characters of a text */
export function sourceOf(node: Node & { readonly kind: 'char' | 'set' }): string {
  if (node.kind === 'set') return node.source
  if (node.char.length > 1) throw new RangeError('A character beyond the first plane has no step.')
  return /[\w\s]/.test(node.char) || node.char > '\x7f' ? node.char : `\\${node.char}`
}

/** The sets and characters of which one is looked for, undefined where it is more than one character. */
function atomsOf(node: Node): readonly string[] | undefined {
  switch (node.kind) {
    case 'char':
    case 'set':
      return [sourceOf(node)]
    case 'group':
      return atomsOf(node.body)
    case 'sequence':
      return node.items.length === 1 && node.items[0] ? atomsOf(node.items[0]) : undefined
    case 'either': {
      const all = node.options.map(atomsOf)
      return all.includes(undefined) ? undefined : all.flatMap((one) => one ?? [])
    }
    default:
      return undefined
  }
}

function isAtom(node: Node): boolean {
  return atomsOf(node) !== undefined
}

export function mayBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'char':
    case 'set':
      return false
    case 'group':
      return mayBeEmpty(node.body)
    case 'sequence':
      return node.items.every(mayBeEmpty)
    case 'either':
      return node.options.some(mayBeEmpty)
    case 'repeat':
      return node.min === 0 || mayBeEmpty(node.body)
    default:
      return true
  }
}
