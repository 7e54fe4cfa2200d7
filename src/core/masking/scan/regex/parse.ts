/**
 * A pattern as a tree, as far as the engine has to understand it: to know from a window's outline, or from the words before
 * it, that a pattern cannot match. What it does not understand it says so, and the pattern is then always tried.
 */
export type Node =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'assert'; readonly source: string }
  | { readonly kind: 'reference'; readonly source: string }
  | { readonly kind: 'look'; readonly open: string; readonly isNegative: boolean; readonly body: Node }
  | { readonly kind: 'group'; readonly open: string; readonly body: Node }
  | { readonly kind: 'either'; readonly options: readonly Node[] }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max: number; readonly source: string }

const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', '0': '\0' }
const ESCAPE = /\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[^}]*\}|k<[^>]*>|[1-9]\d?|[\s\S])/y
const QUANTIFIER = /(?:[*+?]|\{(\d+)(,)?(\d*)?\})\??/y
const OPEN = /\((?:\?(?::|=|!|<=|<!|<[A-Za-z_]\w*>))?/y

function maxOf([source, min, comma, max]: RegExpExecArray): number {
  if (source.startsWith('?')) return 1
  if (!source.startsWith('{')) return Infinity
  return comma === undefined ? Number(min) : max ? Number(max) : Infinity
}

/** One node for all places where a character stands: most of all patterns is that, and making them ready makes less garbage. */
const characters = new Map<string, Node>()

function character(char: string): Node {
  let node = characters.get(char)
  if (!node) characters.set(char, (node = { kind: 'char', char }))
  return node
}

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  whole(): Node {
    const node = this.#either()
    if (this.#at < this.#source.length) throw new RangeError('This pattern has an end too many.')
    return node
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#source)
    if (match) this.#at += match[0].length
    return match
  }

  #either(): Node {
    const options = [this.#sequence()]
    while (this.#source[this.#at] === '|') {
      this.#at++
      options.push(this.#sequence())
    }
    return options.length === 1 ? (options[0] ?? { kind: 'sequence', items: [] }) : { kind: 'either', options }
  }

  #sequence(): Node {
    const items: Node[] = []
    for (let next = this.#source[this.#at]; next !== undefined && next !== '|' && next !== ')'; next = this.#source[this.#at]) {
      const atom = this.#atom(next)
      const mark = this.#source[this.#at]
      // Asked only where one may stand: nearly everything in a pattern is a plain character.
      const quantifier = mark === '*' || mark === '+' || mark === '?' || mark === '{' ? this.#take(QUANTIFIER) : null
      if (!quantifier) items.push(atom)
      else {
        const [source] = quantifier
        const min = source.startsWith('+') ? 1 : source.startsWith('{') ? Number(quantifier[1]) : 0
        items.push({ kind: 'repeat', body: atom, min, max: maxOf(quantifier), source })
      }
    }
    return { kind: 'sequence', items }
  }

  #atom(next: string): Node {
    if (next === '(') return this.#group()
    if (next === '[') return { kind: 'set', source: this.#set() }
    if (next === '\\') return this.#escape()
    this.#at++
    if (next === '^' || next === '$') return { kind: 'assert', source: next }
    if (next === '.') return { kind: 'set', source: '.' }
    return character(next)
  }

  #group(): Node {
    const [open = '('] = this.#take(OPEN) ?? []
    const body = this.#either()
    if (this.#source[this.#at] !== ')') throw new RangeError('This pattern has a group without end.')
    this.#at++
    if (/^\(\?<?[=!]$/.test(open)) return { kind: 'look', open, isNegative: open.endsWith('!'), body }
    return { kind: 'group', open, body }
  }

  #set(): string {
    const from = this.#at++
    for (let depth = 1; depth > 0; this.#at++) {
      const char = this.#source[this.#at]
      if (char === undefined) throw new RangeError('This pattern has a set without end.')
      if (char === '\\') this.#at++
      else if (char === ']') depth--
    }
    return this.#source.slice(from, this.#at)
  }

  #escape(): Node {
    const [source = '\\'] = this.#take(ESCAPE) ?? []
    const letter = source.charAt(1)
    if (/^\\(?:u|x)/.test(source) && source.length > 2) return character(String.fromCodePoint(parseInt(source.replace(/[\\ux{}]/g, ''), 16)))
    if (/[dDwWsSpP]/.test(letter)) return { kind: 'set', source }
    if (letter === 'b' || letter === 'B') return { kind: 'assert', source }
    if (letter === 'k' || /[1-9]/.test(letter)) return { kind: 'reference', source }
    return character(CONTROL[letter] ?? letter)
  }
}

/** @throws RangeError when it is more than this reader understands */
export function parseRegex(source: string): Node {
  return new Reader(source).whole()
}
