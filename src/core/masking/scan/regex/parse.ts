/**
 * A pattern as a tree, as far as the engine has to understand it: to know from a window's outline, or from the words before
 * it, that a pattern cannot match. What it does not understand it says so, and the pattern is then always tried: nothing may be read
 * otherwise than an expression reads it, or values would be passed over in silence.
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

/** What the reader does not understand; the message says what, and what to write in its place, as the end of a sentence. */
export class NotUnderstood extends RangeError {}

const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }
const ESCAPE = /\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|k<[^>]*>|0\d*|[1-9]\d*|[\s\S])/y
/** The escapes that a set understands. */
const IN_SET = /^\\(?:[dDwWsSbnrtfv0]|u[^{]{4}|x..|c.|[^A-Za-z0-9])$/
const QUANTIFIER = /(?:[*+?]|\{(\d+)(,)?(\d*)?\})\??/y
const OPEN = /\((?:\?(?::|=|!|<=|<!|<[A-Za-z_]\w*>))?/y

function meansNothing(escape: string): NotUnderstood {
  return new NotUnderstood(`it has ${escape}, which means nothing special in JavaScript without the flag u; write the characters themselves`)
}

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
  /** One character may be two units, and some escapes are read otherwise. */
  readonly #isUnicode: boolean
  #at = 0
  /** Groups that catch something, those of them that have names, and what refers to either. */
  #groups = 0
  readonly #names = new Set<string>()
  readonly #references: string[] = []

  constructor(source: string, flags: string) {
    if (flags.includes('v')) throw new NotUnderstood('it has the flag v')
    this.#source = source
    this.#isUnicode = flags.includes('u')
    if (this.#isUnicode && /[\ud800-\udfff]/.test(source)) throw new NotUnderstood('it has characters beyond the first plane')
  }

  whole(): Node {
    const node = this.#either()
    if (this.#at < this.#source.length) throw new NotUnderstood('it has an end too many')
    // Without such a group it is a character by its number, or stands for itself.
    for (const one of this.#references) if (!this.#names.has(one) && !(Number(one) <= this.#groups)) throw new NotUnderstood(`it refers to a group that is not there (${one}); write the text out`)
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
    if (open === '(' && this.#source[this.#at] === '?') throw new NotUnderstood('it sets flags within (such as (?i:…)), or names a group with other than the letters A to Z; use ignoreCase, or write both letters ([Pp])')
    if (open === '(' || /^\(\?<\w/.test(open)) this.#count(open.slice(3, -1))
    const body = this.#either()
    if (this.#source[this.#at] !== ')') throw new NotUnderstood('it has a group without end')
    this.#at++
    if (/^\(\?<?[=!]$/.test(open)) return { kind: 'look', open, isNegative: open.endsWith('!'), body }
    return { kind: 'group', open, body }
  }

  #count(name: string): void {
    this.#groups++
    if (name === '') return
    if (this.#names.has(name)) throw new NotUnderstood(`two of its groups are named ${name}; write what they have in common once`)
    this.#names.add(name)
  }

  #set(): string {
    const from = this.#at++
    for (let char = this.#source[this.#at]; char !== ']'; char = this.#source[this.#at]) {
      if (char === undefined) throw new NotUnderstood('it has a set without end')
      if (char === '\\') this.#escapeInSet()
      else this.#at++
    }
    return this.#source.slice(from, ++this.#at)
  }

  #escapeInSet(): void {
    const [source = '\\'] = this.#take(ESCAPE) ?? []
    if (!IN_SET.test(source) && !(this.#isUnicode && /^\\(?:[pP]|u)\{/.test(source))) throw meansNothing(source)
  }

  #escape(): Node {
    const [source = '\\'] = this.#take(ESCAPE) ?? []
    const letter = source.charAt(1)
    if (/[dDwWsS]/.test(letter)) return { kind: 'set', source }
    if (letter === 'b' || letter === 'B') return { kind: 'assert', source }
    if (/^\\(?:u[^{]{4}|x..)$/.test(source)) return this.#numbered(source.slice(2))
    if (/^\\c./.test(source)) return character(String.fromCharCode(source.charCodeAt(2) % 32))
    if (/^\\(?:k<|[1-9])/.test(source)) return this.#reference(source)
    if (this.#isUnicode && /^\\[pP]\{/.test(source)) return { kind: 'set', source }
    if (this.#isUnicode && /^\\u\{0*[0-9a-fA-F]{1,4}\}$/.test(source)) return this.#numbered(source.slice(3, -1))
    if (source === '\\0') return character('\0')
    const plain = CONTROL[letter] ?? letter
    // Such an escape stands for the letter itself, which nobody writes it for.
    if (/[A-Za-z0-9]/.test(plain)) throw meansNothing(source)
    return character(plain)
  }

  #reference(source: string): Node {
    this.#references.push(source.startsWith('\\k') ? source.slice(3, -1) : source.slice(1))
    return { kind: 'reference', source }
  }

  #numbered(digits: string): Node {
    const char = String.fromCharCode(parseInt(digits, 16))
    if (this.#isUnicode && char >= '\ud800' && char <= '\udfff') throw new NotUnderstood('it has halves of characters')
    return character(char)
  }
}

/** @throws NotUnderstood when it is more than this reader understands @param flags those of the pattern: some of them change what is read */
export function parseRegex(source: string, flags: string): Node {
  return new Reader(source, flags).whole()
}
