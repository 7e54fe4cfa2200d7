/**
 * How much work a pattern may make. An expression that goes back and tries again follows, in the worst case, every way in which the beginning
 * of a text can be read by it: while the ways of every beginning are few, its time grows with the text. So they are counted, for all texts at
 * once, over the pattern written out as single steps.
 */
import type { Node } from '../scan/regex/parse.ts'
import { sourceOf } from '../scan/regex/program.ts'

/** More ways at once than these are too many. */
const MOST_WAYS = 16
/** The same of the ways between two characters, among which those of an alternative are. */
const MOST_BRANCHES = 1000
/** A pattern of more steps, or whose readings differ in more manners, is not followed to its end. */
const MOST_STEPS = 2000
const MOST_READINGS = 4000
/** Characters that patterns tell apart, besides those of ASCII and those that the pattern itself names. */
const BEYOND = ['é', 'ß', 'Ä', 'я', 'Я', 'ω', '中', 'か', '한', '．', '€', '·', '\u00a0', '\u2028']

type Condition = (before: number | undefined, coming: number | undefined) => boolean

/** One step: takes a character, or goes on at other steps on some condition, the last of which is the end of the pattern. */
interface Step {
  /** Characters that are taken, by the number of their kind; undefined where none is taken. */
  readonly takes?: readonly boolean[]
  /** Holds between the character before and the one that comes; undefined before the beginning and at the end. */
  readonly holds?: Condition
  readonly next: Step[]
  readonly id: number
}

/** Characters that a pattern does not tell apart are of one kind. */
class Kinds {
  readonly chars: readonly string[]
  readonly #isWord: readonly boolean[]
  readonly #flags: string

  constructor(tree: Node, flags: string) {
    this.#flags = flags
    const atoms = new Set<string>()
    const named = new Set<string>()
    visit(tree, (node) => {
      if (node.kind !== 'char' && node.kind !== 'set') return
      const source = sourceOf(node)
      atoms.add(source)
      for (const char of source) if (char > '\x7f') for (const step of [-1, 0, 1]) named.add(String.fromCharCode(char.charCodeAt(0) + step))
      for (const [, code = ''] of source.matchAll(/\\(?:u|x)([0-9a-fA-F]{2,4})/g)) for (const step of [-1, 0, 1]) named.add(String.fromCharCode(Math.max(0, parseInt(code, 16) + step)))
    })
    const patterns = [...atoms, '\\w'].map((source) => new RegExp(`^(?:${source})$`, flags))
    const byTraits = new Map<string, string>()
    for (const char of [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), ...BEYOND, ...named]) {
      const traits = patterns.map((one) => Number(one.test(char))).join('')
      if (!byTraits.has(traits)) byTraits.set(traits, char)
    }
    this.chars = [...byTraits.values()]
    this.#isWord = this.takenBy('\\w')
  }

  takenBy(source: string): readonly boolean[] {
    const pattern = new RegExp(`^(?:${source})$`, this.#flags)
    return this.chars.map((char) => pattern.test(char))
  }

  isWord(kind: number | undefined): boolean {
    return kind !== undefined && this.#isWord[kind] === true
  }
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node)
  if (node.kind === 'sequence') for (const item of node.items) visit(item, look)
  else if (node.kind === 'either') for (const option of node.options) visit(option, look)
  else if ('body' in node) visit(node.body, look)
}

/** The pattern as steps, written from its end. */
class Writer {
  readonly #kinds: Kinds
  #count = 0

  constructor(kinds: Kinds) {
    this.#kinds = kinds
  }

  step(rest: Omit<Step, 'id'>): Step {
    if (++this.#count > MOST_STEPS) throw new RangeError('The pattern is too long when it is written out.')
    return { ...rest, id: this.#count }
  }

  write(node: Node, then: Step): Step {
    switch (node.kind) {
      case 'char':
      case 'set':
        return this.step({ takes: this.#kinds.takenBy(sourceOf(node)), next: [then] })
      case 'sequence':
        return node.items.reduceRight((next, item) => this.write(item, next), then)
      case 'either':
        return this.step({ next: node.options.map((option) => this.write(option, then)) })
      case 'group':
        return this.write(node.body, then)
      case 'repeat':
        return this.#repeat(node, then)
      case 'assert':
        return this.step({ holds: this.#edge(node.source), next: [then] })
      case 'look':
        return this.#look(node, then)
      case 'reference':
        throw new RangeError('What was caught is not known here.')
    }
  }

  #repeat({ body, min, max }: Node & { readonly kind: 'repeat' }, then: Step): Step {
    let next = then
    if (max === Infinity) {
      const again: Step = this.step({ next: [] })
      again.next.push(this.write(body, again), then)
      next = again
    } else for (let i = min; i < max; i++) next = this.step({ next: [this.write(body, next), then] })
    for (let i = 0; i < min; i++) next = this.write(body, next)
    return next
  }

  #edge(source: string): Condition {
    if (source === '^') return (before) => before === undefined
    if (source === '$') return (_, coming) => coming === undefined
    return (before, coming) => (this.#kinds.isWord(before) !== this.#kinds.isWord(coming)) === (source === '\\b')
  }

  /** A look at one character is told exactly; any other is taken to hold, which makes the ways more. */
  #look({ body, open, isNegative }: Node & { readonly kind: 'look' }, then: Step): Step {
    const items = body.kind === 'sequence' ? body.items : [body]
    const [only] = items
    if (items.length !== 1 || (only?.kind !== 'char' && only?.kind !== 'set')) return then
    const takes = this.#kinds.takenBy(sourceOf(only))
    const isBack = open.startsWith('(?<')
    return this.step({
      holds: (before, coming) => {
        const kind = isBack ? before : coming
        return (kind !== undefined && takes[kind] === true) !== isNegative
      },
      next: [then],
    })
  }
}

/** A reading: how many ways stand before each step, and the kind of the character before. */
interface Reading {
  readonly ways: ReadonlyMap<Step, number>
  readonly before: number | undefined
}

class Counter {
  #branches = 0

  /** Adds the ways behind a character, @throws RangeError when there are too many of them between two characters */
  follow(step: Step, before: number | undefined, coming: number, found: (step: Step) => void): void {
    if (++this.#branches > MOST_BRANCHES) throw new RangeError('There are too many branches.')
    if (step.takes) {
      const [next] = step.next
      if (step.takes[coming] === true && next) found(next)
    } else if (step.holds?.(before, coming) !== false) for (const next of step.next) this.follow(next, before, coming, found)
  }
}

function readOn({ ways, before }: Reading, coming: number): ReadonlyMap<Step, number> {
  const after = new Map<Step, number>()
  for (const [step, count] of ways) new Counter().follow(step, before, coming, (next) => { after.set(next, (after.get(next) ?? 0) + count) })
  return after
}

/** @returns whether an attempt of the pattern at one place takes a time that grows with the text at most; looks around are to be asked for themselves */
export function isLinear(tree: Node, flags: string): boolean {
  try {
    return hasFewWays(tree, flags)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function hasFewWays(tree: Node, flags: string): boolean {
  const kinds = new Kinds(tree, flags)
  const writer = new Writer(kinds)
  const first = writer.write(tree, writer.step({ next: [] }))
  const known = new Set<string>()
  // The beginning of the text, and any place in it.
  const befores = [undefined, ...kinds.chars.keys()]
  const open: Reading[] = befores.map((before) => ({ ways: new Map([[first, 1]]), before }))
  for (let reading = open.pop(); reading; reading = open.pop()) {
    for (const coming of kinds.chars.keys()) {
      const ways = readOn(reading, coming)
      if (ways.size === 0) continue
      let sum = 0
      for (const count of ways.values()) sum += count
      if (sum > MOST_WAYS) return false
      const name = `${kinds.isWord(coming) ? 'w' : ''}${coming} ${[...ways].map(([step, count]) => `${step.id}:${count}`).sort().join(' ')}`
      if (known.has(name)) continue
      if (known.size >= MOST_READINGS) return false
      known.add(name)
      open.push({ ways, before: coming })
    }
  }
  return true
}
