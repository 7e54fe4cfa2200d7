/**
 * Outlines: a text with every digit as 0, capital as A and small letter as a. A pattern's own outline matches the outline of
 * every text that the pattern matches (and of some more), so one look at an outline, which repeat a lot, spares most patterns.
 */
import { codeAt } from '../characters.ts'
import { membersOf } from './members.ts'
import { parseRegex, type Node } from './parse.ts'

const sets = new Map<string, string>()

function symbol(code: number): string {
  if (code >= 48 && code <= 57) return '0'
  if (code >= 65 && code <= 90) return 'A'
  if (code >= 97 && code <= 122) return 'a'
  return String.fromCharCode(code)
}

/** Beyond ASCII all characters are one, as they are to the outline of a pattern. */
const BEYOND = 128
const BEYOND_SYMBOL = '\u4e00'

/** The symbol of each ASCII character as its code, and at the end that of all others. */
const SYMBOLS = Uint8Array.from({ length: BEYOND + 1 }, (_, code) => (code < BEYOND ? symbol(code).charCodeAt(0) : BEYOND))

/** @returns BEYOND for all characters beyond ASCII */
export function symbolCodeOf(code: number): number {
  return SYMBOLS[code < BEYOND ? code : BEYOND] ?? 0
}

export function outlineOf(text: string): string {
  let outline = ''
  for (let i = 0; i < text.length; i++) {
    const code = symbolCodeOf(codeAt(text, i))
    outline += code === BEYOND ? BEYOND_SYMBOL : String.fromCharCode(code)
  }
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

const RANGES = [[48, 57], [65, 90], [97, 122]] as const

/** Whether a node matches a text exactly where its outline matches that of the text: of digits, capitals and small letters it takes all or none. */
function isWhole(node: Node, flags: string): boolean {
  switch (node.kind) {
    case 'char':
      return node.char <= '\x7f' && !/[A-Za-z0-9]/.test(node.char)
    case 'set': {
      const { ascii, isBeyond } = membersOf(node.source, flags)
      return !isBeyond && RANGES.every(([from, to]) => ascii.subarray(from, to + 1).every((one) => one === ascii[from]))
    }
    case 'either':
      return node.options.every((one) => isWhole(one, flags))
    case 'sequence':
      return node.items.every((one) => isWhole(one, flags))
    case 'repeat':
      return isWhole(node.body, flags)
    case 'assert':
      return true
    default:
      return false
  }
}

function write(node: Node, flags: string): string {
  switch (node.kind) {
    case 'char':
      if (node.char.length > 1) throw new RangeError('Characters beyond the first plane have no outline.')
      return setOutline(/[\w\s]/.test(node.char) || node.char > '\x7f' ? node.char : `\\${node.char}`, flags)
    case 'set':
      return setOutline(node.source, flags)
    case 'assert':
      return node.source
    case 'reference':
      // The other case of a letter has another outline.
      if (flags.includes('i')) throw new RangeError('A letter of either case has no outline.')
      return node.source
    case 'look':
      return writeLook(node, flags)
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

function writeLook({ open, isNegative, body }: Node & { readonly kind: 'look' }, flags: string): string {
  const inside = write(body, flags)
  if (!isNegative || isWhole(body, flags)) return `${open}${inside})`
  if (/\((?!\?)/.test(inside)) throw new RangeError('A group inside a negative look has no outline.')
  return ''
}

/** The outline of a pattern, with the flag g; undefined when it has none, and must always be tried. */
export function outlinePattern(pattern: RegExp): RegExp | undefined {
  const flags = pattern.flags.replace(/[gyd]/g, '')
  // A character beyond the first plane is one to such a pattern, and two in an outline.
  if (pattern.unicode) return undefined
  try {
    return new RegExp(write(parseRegex(pattern.source, flags), flags), `${flags.replace('i', '')}g`)
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}
