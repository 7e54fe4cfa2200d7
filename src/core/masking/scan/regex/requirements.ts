/**
 * What any text must have for a pattern to match in it: a least length, a least number of digits, and marks. Read off the
 * pattern itself, so that a gate that was not declared is there all the same.
 */
import { ALNUM, DIGIT, MARK_BITS, classOf } from '../characters.ts'
import { membersOf } from './members.ts'
import { parseRegex, type Node } from './parse.ts'

export interface Requirements {
  readonly length: number
  readonly digits: number
  /** Sets of class bits (marks and DIGIT): all bits of at least one of them must occur. */
  readonly anyOf: readonly number[]
}

const NOTHING: Requirements = { length: 0, digits: 0, anyOf: [0] }
const MARKS = Object.values(MARK_BITS).reduce((all, bit) => all | bit, DIGIT)
/** More alternatives than this are not worth asking. */
const MOST = 6

/** A character that is neither a mark nor a digit. */
const OTHER: Requirements = { length: 1, digits: 0, anyOf: NOTHING.anyOf }

/** Told without a look at a set: most of a pattern is that. */
function isLetter(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z')
}

const sets = new Map<string, Requirements>()

/** A set needs a mark or a digit when it holds nothing else. */
function ofSet(source: string, flags: string): Requirements {
  const name = `${flags}/${source}`
  const known = sets.get(name)
  if (known) return known
  const { ascii, isBeyond } = membersOf(source, flags)
  const anyOf = new Set<number>()
  let isOther = isBeyond
  let onlyDigits = !isOther
  for (let code = 0; code < 128; code++) {
    if (!ascii[code]) continue
    const bit = classOf(code) & MARKS
    if (bit === 0) isOther = true
    else anyOf.add(bit)
    if ((classOf(code) & ALNUM) !== DIGIT) onlyDigits = false
  }
  const found: Requirements = { length: 1, digits: onlyDigits && anyOf.size > 0 ? 1 : 0, anyOf: isOther || anyOf.size > MOST ? [0] : [...anyOf] }
  sets.set(name, found)
  return found
}

function reduce(masks: readonly number[]): readonly number[] {
  const unique = [...new Set(masks)].filter((one, _, all) => !all.some((other) => other !== one && (one & other) === other))
  return unique.length > MOST ? [0] : unique
}

/** No mark is needed. */
function isFree({ anyOf }: Requirements): boolean {
  return anyOf.length === 1 && anyOf[0] === 0
}

function either(a: Requirements, b: Requirements): Requirements {
  if (isFree(a) || isFree(b)) return { length: Math.min(a.length, b.length), digits: Math.min(a.digits, b.digits), anyOf: NOTHING.anyOf }
  return { length: Math.min(a.length, b.length), digits: Math.min(a.digits, b.digits), anyOf: reduce([...a.anyOf, ...b.anyOf]) }
}

/** Of one after the other. */
function all(items: readonly Node[], flags: string): Requirements {
  let length = 0
  let digits = 0
  let { anyOf } = NOTHING
  for (const item of items) {
    const own = of(item, flags)
    length += own.length
    digits += own.digits
    if (isFree(own)) continue
    const before = anyOf
    anyOf = before.length === 1 && before[0] === 0 ? own.anyOf : before.length === 1 && own.anyOf.length === 1 ? [(before[0] ?? 0) | (own.anyOf[0] ?? 0)] : reduce(before.flatMap((one) => own.anyOf.map((other) => one | other)))
  }
  return { length, digits, anyOf }
}

function of(node: Node, flags: string): Requirements {
  switch (node.kind) {
    case 'char':
      if (isLetter(node.char)) return OTHER
      return ofSet(/[\w\s]/.test(node.char) || node.char > '\x7f' ? node.char : `\\${node.char}`, flags)
    case 'set':
      return ofSet(node.source, flags)
    case 'assert':
    case 'reference':
    case 'look':
      return NOTHING
    case 'group':
      return of(node.body, flags)
    case 'either':
      return node.options.map((option) => of(option, flags)).reduce(either)
    case 'sequence':
      return all(node.items, flags)
    case 'repeat': {
      const once = of(node.body, flags)
      return node.min === 0 ? NOTHING : { length: once.length * node.min, digits: once.digits * node.min, anyOf: once.anyOf }
    }
  }
}

export function requirementsOf(pattern: RegExp): Requirements {
  try {
    return of(parseRegex(pattern.source, pattern.flags), pattern.flags.replace(/[gyd]/g, ''))
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return NOTHING
    throw error
  }
}
