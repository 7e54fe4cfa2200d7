/**
 * Where a pattern matches in texts of one outline, found once for all of them: the pattern is followed over the outline, and every way it
 * can take there is written down, in the order in which the pattern itself tries them, with what the outline leaves open (which digit,
 * which letter). In a text of that outline the first way whose open questions are answered with yes is the pattern's match.
 */
import { longest } from './literals.ts'
import { membersOf, type Members } from './members.ts'
import { parseRegex, type Node } from './parse.ts'
import type { Shapes } from './shapeRow.ts'

/** More ways than these are not worth asking in turn, nor to be followed for longer from one place. */
const MOST_SHAPES = 256
const MOST_STEPS = 800

/** How much may be spent on some patterns together: who controls the text controls how many outlines there are, and what they cost. */
export interface Allowance {
  steps: number
}

/** First and last of the characters that an outline shows as one. */
const RANGES = new Map([['0', [48, 57]], ['A', [65, 90]], ['a', [97, 122]]] as const)

interface Parsed {
  readonly node: Node
  readonly flags: string
  /** Number of each group that catches something. */
  readonly groups: ReadonlyMap<Node, number>
}

const parsed = new WeakMap<RegExp, Parsed>()
const members = new Map<string, WeakMap<Node, Members>>()

function parse(pattern: RegExp): Parsed {
  let known = parsed.get(pattern)
  if (!known) {
    const groups = new Map<Node, number>()
    const node = parseRegex(pattern.source, pattern.flags)
    number(node, groups, false)
    parsed.set(pattern, (known = { node, flags: pattern.flags.replace(/[gyd]/g, ''), groups }))
  }
  return known
}

function number(node: Node, groups: Map<Node, number>, isRepeated: boolean): void {
  switch (node.kind) {
    case 'group':
      if (node.open !== '(?:') {
        if (isRepeated) throw new RangeError('A group that is caught more than once has no single place.')
        groups.set(node, groups.size + 1)
      }
      number(node.body, groups, isRepeated)
      return
    case 'look':
      number(node.body, groups, isRepeated)
      return
    case 'repeat':
      number(node.body, groups, isRepeated || node.max > 1)
      return
    case 'either':
      for (const option of node.options) number(option, groups, isRepeated)
      return
    case 'sequence':
      for (const item of node.items) number(item, groups, isRepeated)
      return
    default:
  }
}

function membersAt(node: Node & { readonly kind: 'char' | 'set' }, flags: string): Uint8Array {
  let own = members.get(flags)
  if (!own) members.set(flags, (own = new WeakMap()))
  let known = own.get(node)
  if (!known) {
    const source = node.kind === 'set' ? node.source : /[\w\s]/.test(node.char) || node.char > '\x7f' ? node.char : `\\${node.char}`
    own.set(node, (known = membersOf(source, flags)))
  }
  return known.ascii
}

type Next = (at: number) => void

/** What the outline leaves open: a place and a set of characters in turn. */
type Questions = readonly number[]

class Walk {
  readonly #shapes: number[] = []
  #count = 0
  readonly #outline: string
  readonly #parsed: Parsed
  readonly #value: number
  readonly #questions: number[] = []
  readonly #caught: (readonly [number, number] | undefined)[] = []
  readonly #allowance: Allowance
  /** Least that is left of the allowance when the place is done. */
  #least = 0
  /** A way was found that every text of the outline goes: the pattern never tries another from there. */
  #isCertain = false

  constructor(outline: string, of: Parsed, value: number, allowance: Allowance) {
    this.#allowance = allowance
    this.#outline = outline
    this.#parsed = of
    this.#value = value
  }

  /** @throws RangeError where that is more than can be told */
  from(places: readonly number[]): Shapes {
    for (const index of places) {
      this.#isCertain = false
      this.#least = Math.max(0, this.#allowance.steps - MOST_STEPS)
      this.#follow(this.#parsed.node, index, (end) => {
        if (this.#isCertain) return
        this.#isCertain = this.#questions.length === 0
        const [from, to] = this.#value === 0 ? [index, end] : (this.#caught[this.#value] ?? [0, 0])
        if (++this.#count > MOST_SHAPES) throw new RangeError('There are too many ways.')
        this.#shapes.push(index, end, from, to, this.#questions.length / 2, ...this.#questions)
      })
    }
    return this.#shapes
  }

  #follow(node: Node, at: number, next: Next): void {
    if (this.#isCertain) return
    if (--this.#allowance.steps < this.#least) throw new RangeError('The ways are too long.')
    switch (node.kind) {
      case 'char':
      case 'set':
        this.#character(membersAt(node, this.#parsed.flags), at, next)
        return
      case 'sequence':
        this.#sequence(node.items, 0, at, next)
        return
      case 'either':
        for (const option of node.options) this.#follow(option, at, next)
        return
      case 'repeat':
        this.#repeat(node, 0, at, next)
        return
      case 'group':
        this.#group(node, at, next)
        return
      case 'look':
        this.#look(node, at, next)
        return
      case 'assert':
        if (this.#holds(node.source, at)) next(at)
        return
      case 'reference':
        this.#again(node.source, at, next)
    }
  }

  #character(own: Uint8Array, at: number, next: Next): void {
    if (at >= this.#outline.length) return
    const [from, to] = RANGES.get(this.#outline.charAt(at) as '0') ?? [this.#outline.charCodeAt(at), this.#outline.charCodeAt(at)]
    let count = 0
    let set = 0
    for (let code = from; code <= to; code++)
      if (own[code] === 1) {
        count++
        set |= 1 << code
      }
    if (count === 0) return
    const isOpen = count <= to - from
    if (isOpen) this.#questions.push(at, set)
    next(at + 1)
    if (isOpen) this.#forget(1)
  }

  #forget(count: number): void {
    for (let i = 0; i < 2 * count; i++) this.#questions.pop()
  }

  #sequence(items: readonly Node[], index: number, at: number, next: Next): void {
    const item = items[index]
    if (item) this.#follow(item, at, (to) => { this.#sequence(items, index + 1, to, next) })
    else next(at)
  }

  #repeat(node: Node & { readonly kind: 'repeat' }, count: number, at: number, next: Next): void {
    const isLazy = node.source.length > 1 && node.source.endsWith('?')
    if (isLazy && count >= node.min) next(at)
    if (count < node.max)
      this.#follow(node.body, at, (to) => {
        if (to > at || count < node.min) this.#repeat(node, count + 1, to, next)
      })
    if (!isLazy && count >= node.min) next(at)
  }

  #group(node: Node & { readonly kind: 'group' }, at: number, next: Next): void {
    const own = this.#parsed.groups.get(node)
    if (own === undefined) {
      this.#follow(node.body, at, next)
      return
    }
    const before = this.#caught[own]
    this.#follow(node.body, at, (to) => {
      this.#caught[own] = [at, to]
      next(to)
    })
    this.#caught[own] = before
  }

  /** What must follow or stand before, or must not. */
  #look(node: Node & { readonly kind: 'look' }, at: number, next: Next): void {
    const ways = node.open.startsWith('(?<') ? this.#before(node.body, at) : this.#ahead(node.body, at)
    if (!node.isNegative) {
      for (const questions of ways) {
        this.#questions.push(...questions)
        next(at)
        this.#forget(questions.length / 2)
      }
      return
    }
    if (ways.some((questions) => questions.length === 0)) return
    if (ways.some((questions) => questions.length > 2)) throw new RangeError('What must not follow is more than one open question.')
    for (const [place = 0, set = 0] of ways) this.#questions.push(place, ~set)
    next(at)
    this.#forget(ways.length)
  }

  #ahead(body: Node, at: number): Questions[] {
    const ways: Questions[] = []
    const begun = this.#questions.length
    this.#follow(body, at, () => ways.push(this.#questions.slice(begun)))
    return ways
  }

  #before(body: Node, at: number): Questions[] {
    const ways: Questions[] = []
    const begun = this.#questions.length
    const first = Math.max(0, at - longest(body))
    for (let from = at; from >= first; from--)
      this.#follow(body, from, (to) => {
        if (to === at) ways.push(this.#questions.slice(begun))
      })
    return ways
  }

  #holds(assertion: string, at: number): boolean {
    if (assertion === '^') return at === 0
    if (assertion === '$') return at === this.#outline.length
    const isEdge = /\w/.test(this.#outline.charAt(at - 1)) !== /\w/.test(this.#outline.charAt(at))
    return isEdge === (assertion === '\\b')
  }

  #again(source: string, at: number, next: Next): void {
    const own = Number(source.slice(1))
    if (!Number.isInteger(own)) throw new RangeError('Groups are referred to by number here.')
    const [from, to] = this.#caught[own] ?? [0, 0]
    const text = this.#outline.slice(from, to)
    if (/[A-Za-z0-9]/.test(text)) throw new RangeError('An outline does not tell letters and digits apart.')
    if (this.#outline.startsWith(text, at)) next(at + text.length)
  }
}

/**
 * @param places at which the outline of the pattern matches, in order
 * @param value number of the group that is the value, 0 where the whole match is
 * @returns undefined where the pattern itself must be asked
 */
export function shapesOf(pattern: RegExp, outline: string, places: readonly number[], value: number, allowance: Allowance): Shapes | undefined {
  if (pattern.flags.includes('m')) return undefined
  try {
    return new Walk(outline, parse(pattern), value, allowance).from(places)
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}
