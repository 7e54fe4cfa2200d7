/**
 * Values that stand behind their name in plain text, for types of which only the name of the field is known: `project: Heavy one`, `project="…"`,
 * `{'project': …}`, `<project>…</project>`, and what stands farther in below `project:`. It walks along with the text, never looks ahead, and opens and
 * closes the window of whole values.
 */
import { nameBefore } from './fieldName.ts'
import type { Compiled } from './match.ts'
import { BESIDE, Bare, Below, OF_VALUE, OVER, Quoted, Tagged, type Form } from './namedForms.ts'
import type { WholeWindow } from './wholeWindow.ts'

const OPERATOR = /[:=>\uff1a\u2192]/g
/** What a name is looked for in. */
const LONGEST_LEFT = 160
const LONGEST_NAME = 60
const MOST_WORDS = 3
/** Between a name and the operator: blanks, quotes and marks, a unit, the rest of an operator, a tag that ends. */
const BETWEEN = /(?:[ \t"'`*\]?!\\~+|<>-]|\([^()\n]{1,20}\)|<\/\w{1,12}>)*$/
const OF_NAME = /[\p{L}\p{M}\p{N}_.-]/u
const ELEMENT = /(?<![\w.])<((?:[\w-]{1,16}:)?[\p{L}_][\p{L}\p{N}_.-]{0,39})(?:\s[^<>]{0,100}[^<>/])?$/u
/** Of a line, what may stand before a name that begins it. */
const BEGINNING = /^(?:[\s>#*+\x60"'$-]|\d{1,3}[.)]|(?:export|set|let|const|var|val|env|public|private|static|final|readonly)\s)*$/i
const INDENT = /^[ \t]*(?:- *)*/
const VALUE = /value["'\s]{0,4}$/i
const OF_OPERATOR = /[:=>]/
const NONE: readonly Compiled[] = []

export class NamedText {
  readonly #window: WholeWindow
  readonly #ownersOf: (name: string) => readonly Compiled[]
  /** Types of the value that is read, none outside of values. */
  #own: readonly Compiled[] = NONE
  /** How the value is written, undefined while its first character has not come. */
  #form: Form | undefined
  /** Whether the window is open. */
  #isShown = false
  /** Of the name: whether it begins its line, where in it, and whether it stands in quotes. */
  #isLine = false
  #indent = 0
  #isQuoted = false
  /** The operator, and backslashes behind it. */
  #operator = ''
  #slashes = 0
  #isFresh = true
  #left = ''

  constructor(window: WholeWindow, ownersOf: (name: string) => readonly Compiled[]) {
    this.#window = window
    this.#ownersOf = ownersOf
  }

  /** Whether the value is one in brackets, which no cell ends. */
  get isNested(): boolean {
    return this.#form instanceof Bare && this.#form.isNested
  }

  /** Another text begins. */
  restart(): void {
    if (this.#own.length > 0) this.#leave(0)
    this.#left = ''
  }

  push(text: string): void {
    for (let i = 0; i < text.length; ) i = this.#own.length === 0 ? this.#seek(text, i) : this.#read(text, i)
    this.#left = (this.#left + text).slice(-LONGEST_LEFT)
  }

  /** @returns where a value may begin, or the end */
  #seek(text: string, from: number): number {
    OPERATOR.lastIndex = from
    const found = OPERATOR.exec(text)
    const end = found ? found.index + 1 : text.length
    this.#window.push(text.slice(from, end))
    if (found) this.#enter(found[0], found.index >= LONGEST_LEFT ? text.slice(found.index - LONGEST_LEFT, found.index) : (this.#left + text.slice(0, found.index)).slice(-LONGEST_LEFT))
    return end
  }

  /** @param left what stands before the operator */
  #enter(operator: string, left: string): void {
    this.#isLine = this.#isQuoted = false
    if (operator === '>' && !left.endsWith('-')) {
      const name = ELEMENT.exec(left)?.[1]
      this.#own = name === undefined ? NONE : this.#ownersOf(name.slice(name.indexOf(':') + 1))
      if (name !== undefined && this.#own.length > 0) this.#form = new Tagged(name)
    } else {
      const to = BETWEEN.exec(left)?.index ?? left.length
      const from = this.#nameIn(left, to)
      if (from < to) this.#place(left, from, to)
      // `"name": "project", "value": …`
      else if (VALUE.test(left)) this.#own = this.#ownersOf(nameBefore(left + operator, left.length + 1, false, true))
    }
    this.#operator = operator
    this.#isFresh = true
    this.#slashes = 0
  }

  /** @returns where the name begins that says what it names, `to` where there is none */
  #nameIn(left: string, to: number): number {
    const starts: number[] = []
    let from = to
    for (; from > 0 && to - from < LONGEST_NAME; from--) {
      const char = left.charAt(from - 1)
      if (OF_NAME.test(char)) continue
      starts.push(from)
      if (char !== ' ' || starts.length === MOST_WORDS) break
    }
    // Where the text is cut, so may be a name.
    if (from === 0 && left.length < LONGEST_LEFT) starts.push(0)
    for (const start of starts.reverse()) {
      this.#own = this.#ownersOf(left.slice(start, to).replace(/^[-.]+/, ''))
      if (this.#own.length > 0) return start
    }
    this.#own = NONE
    return to
  }

  #place(left: string, from: number, to: number): void {
    const newline = left.lastIndexOf('\n', from)
    const before = left.slice(newline + 1, from)
    this.#isQuoted = /["']/.test(left.slice(to))
    // Quotes before the name alone are those of a text that ends with the next ones.
    this.#isLine = (newline >= 0 || left.length < LONGEST_LEFT) && BEGINNING.test(before) && (this.#isQuoted || !/["'`]$/.test(before))
    this.#indent = INDENT.exec(before)?.[0].length ?? 0
  }

  #read(text: string, from: number): number {
    let begun = from
    for (let i = from; i < text.length; i++) {
      const kind = this.#kindOf(text.charAt(i))
      if (kind === OVER || (kind === OF_VALUE) !== this.#isShown) {
        this.#window.push(text.slice(begun, i))
        begun = i
        if (kind === OVER) {
          this.#leave(this.#form?.back ?? 0)
          return i
        }
        this.#isShown = kind === OF_VALUE
        this.#window.open(this.#isShown ? this.#own : NONE)
      }
    }
    this.#window.push(text.slice(begun))
    return text.length
  }

  #kindOf(char: string): number {
    const kind = this.#form?.read(char) ?? this.#begin(char)
    if (kind !== OVER || char !== '\n' || !this.#isLine || this.#isPair) return kind
    const isEmpty = this.#form === undefined || (this.#form instanceof Bare && this.#form.isEmpty)
    if (!isEmpty) return kind
    this.#form = new Below(this.#indent)
    return this.#form.read(char)
  }

  /** Before the first character of a value. */
  #begin(char: string): number {
    const isFresh = this.#isFresh
    this.#isFresh = false
    if (char === '\n' && !this.#isQuoted) return OVER
    if (char.trim() === '' || char === '*') return BESIDE
    if (isFresh && OF_OPERATOR.test(char)) {
      this.#isFresh = true
      return BESIDE
    }
    if (char === '\\') {
      this.#slashes++
      return BESIDE
    }
    if (char === '"' || char === "'" || char === '`') {
      this.#form = new Quoted(char, this.#slashes, this.#isLine && !this.#isQuoted && !this.#isPair)
      return BESIDE
    }
    this.#form = new Bare(this.#isLine, this.#isPair, this.#isQuoted)
    return this.#form.read(char)
  }

  /** Whether another pair may follow in the line. */
  get #isPair(): boolean {
    return this.#operator !== ':' && this.#operator !== '\uff1a'
  }

  #leave(back: number): void {
    if (this.#isShown) this.#window.close(back)
    this.#window.open(NONE)
    this.#own = NONE
    this.#form = undefined
    this.#isShown = false
  }
}
