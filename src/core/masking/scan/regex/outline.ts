/**
 * Outlines: a text with every digit as 0, capital as A and small letter as a. A pattern's own outline matches the outline of
 * every text that the pattern matches (and of some more), so one look at an outline, which repeat a lot, spares most patterns.
 */
import { membersOf } from './members.ts'
import { parseRegex, type Node } from './parse.ts'

const sets = new Map<string, string>()

function symbol(code: number): string {
  if (code >= 48 && code <= 57) return '0'
  if (code >= 65 && code <= 90) return 'A'
  if (code >= 97 && code <= 122) return 'a'
  return String.fromCharCode(code)
}

/** What stands for each ASCII character, and for all others: beyond ASCII all are one, as they are to the outline of a pattern. */
export const OUTLINE = Uint16Array.from({ length: 129 }, (_, code) => (code < 128 ? symbol(code).charCodeAt(0) : 0x4e00))

export function outlineOf(text: string): string {
  let outline = ''
  for (let i = 0; i < text.length; i++) outline += String.fromCharCode(OUTLINE[Math.min(text.charCodeAt(i), 128)] ?? 0)
  return outline
}

/** The outline of a set or character: which symbols it can be, found by asking the set itself. */
function setOutline(source: string, flags: string): string {
  const name = `${flags}/${source}`
  const known = sets.get(name)
  if (known !== undefined) return known
  const { ascii, isBeyond } = membersOf(source, flags)
  const symbols = new Set<string>()
  for (let code = 0; code < 128; code++) if (ascii[code]) symbols.add(symbol(code))
  let inside = ''
  for (const one of symbols) inside += /\w/.test(one) ? one : `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`
  if (isBeyond) inside += '\\x80-\\uffff'
  const outline = inside === '' ? '(?!)' : `[${inside}]`
  sets.set(name, outline)
  return outline
}

function write(node: Node, flags: string): string {
  switch (node.kind) {
    case 'char':
      if (node.char.length > 1) throw new RangeError('Characters beyond the first plane have no outline.')
      return setOutline(/[\w\s]/.test(node.char) || node.char > '\x7f' ? node.char : `\\${node.char}`, flags)
    case 'set':
      return setOutline(node.source, flags)
    case 'assert':
    case 'reference':
      return node.source
    case 'look':
      if (!node.isNegative) return `${node.open}${write(node.body, flags)})`
      if (/\((?!\?)/.test(write(node.body, flags))) throw new RangeError('A group inside a negative look has no outline.')
      return ''
    case 'group':
      return `${node.open}${write(node.body, flags)})`
    case 'either':
      return node.options.map((option) => write(option, flags)).join('|')
    case 'sequence':
      return node.items.map((item) => write(item, flags)).join('')
    case 'repeat': {
      const body = write(node.body, flags)
      return body === '' ? '' : `${body}${node.source}`
    }
  }
}

/** The outline of a pattern; undefined when it has none, and must always be tried. */
export function outlinePattern(pattern: RegExp): RegExp | undefined {
  const flags = pattern.flags.replace(/[gyd]/g, '')
  try {
    return new RegExp(write(parseRegex(pattern.source), flags), flags.replace(/[uvi]/g, ''))
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

const DIGITS = [[48, 57]]
const ALL = [[48, 57], [65, 90], [97, 122]]

interface Kind {
  readonly flags: string
  /** It has groups that are referred to. */
  readonly isReferring: boolean
  /** Ranges that an outline shows as one character. */
  readonly ranges: readonly (readonly number[])[]
}

/** Whether a set tells digits, capitals or small letters apart: all of each belong to it, or none. */
function isWhole(source: string, { flags, ranges }: Kind): boolean {
  const { ascii } = membersOf(source, flags)
  return ranges.every(([from = 0, to = 0]) => {
    for (let code = from; code <= to; code++) if (ascii[code] !== ascii[from]) return false
    return true
  })
}

function hasAlnum(node: Node, flags: string): boolean {
  switch (node.kind) {
    case 'char':
    case 'set': {
      const { ascii } = membersOf(node.kind === 'set' || /[\w\s]/.test(node.char) ? (node.kind === 'set' ? node.source : node.char) : `\\${node.char}`, flags)
      return ascii.some((one, code) => one !== 0 && /[A-Za-z0-9]/.test(String.fromCharCode(code)))
    }
    case 'group':
    case 'look':
    case 'repeat':
      return hasAlnum(node.body, flags)
    case 'either':
      return node.options.some((one) => hasAlnum(one, flags))
    case 'sequence':
      return node.items.some((one) => hasAlnum(one, flags))
    default:
      return false
  }
}

function decides(node: Node, kind: Kind): boolean {
  switch (node.kind) {
    case 'char':
      return !(kind.ranges === DIGITS ? /\d/ : /[A-Za-z0-9]/).test(node.char) && node.char <= '\x7f'
    case 'set':
      return isWhole(node.source, kind)
    case 'group':
      return decides(node.body, kind) && !(kind.isReferring && node.open === '(' && hasAlnum(node.body, kind.flags))
    case 'look':
    case 'repeat':
      return decides(node.body, kind)
    case 'either':
      return node.options.every((one) => decides(one, kind))
    case 'sequence':
      return node.items.every((one) => decides(one, kind))
    default:
      return true
  }
}

/** Whether a pattern matches in the same places in any two ASCII texts of the same outline. @param hasLetters whether the outline has any: letters make no difference where there are none */
export function isDecidedByOutline(pattern: RegExp, hasLetters: boolean): boolean {
  const flags = pattern.flags.replace(/[gyd]/g, '')
  try {
    return decides(parseRegex(pattern.source), { flags, isReferring: /\\(?:[1-9]|k<)/.test(pattern.source), ranges: hasLetters ? ALL : DIGITS })
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return false
    throw error
  }
}
