/**
 * Reads JSON source as it arrives, in any pieces, and passes the decoded text on: what patterns see is what the program
 * that gets the JSON will see. It keeps where each decoded character came from. From the place where a text turns out to be
 * no JSON it is passed on as it stands, so that no value is cut at marks that mean nothing there. Holds only a cut escape.
 */
import { CountersignError } from '../../../protocol/errors.ts'
import type { Pipeline } from '../scan/pipeline.ts'
import { Grammar } from './grammar.ts'
import { Origins } from './origins.ts'
import { Rows } from './rows.ts'

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const COMMA = 44
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const SIMPLE: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
/** Nested names that count as context, the innermost last. */
const KEYS = 3
const LONGEST_KEY = 64
/** Names within one another that are remembered: whoever writes the text says how deep it goes, and memory must not grow with that. */
const MOST_KEYS = 1024
const FORGOTTEN_AT_ONCE = 1024

function isStructure(code: number): boolean {
  return code === COLON || code === COMMA || code === OPEN_BRACE || code === CLOSE_BRACE || code === OPEN_BRACKET || code === CLOSE_BRACKET
}

/** A copy: what was cut out of a text keeps all of it in memory, and names are kept as long as what they name is open. */
function detached(text: string): string {
  return text.split('').join('')
}

export class JsonLexer {
  readonly #pipeline: Pipeline
  readonly #outerKey: string
  /** Raw offset of the next unread unit, and of the escape that is being read. */
  #at = 0
  #escape = ''
  #inString = false
  readonly #grammar = new Grammar()
  /** Decoded offset from which on the text is no JSON. */
  #plainFrom = Infinity
  #piece = ''
  readonly #origins = new Origins()
  #string = ''
  /** Names of what is open, each one inside the one before it, and how deep each stands. */
  readonly #keys: string[] = []
  readonly #depths: number[] = []
  #depth = 0
  /** Place of the outermost name that says what all below it is, Infinity while there is none; and the path to it. */
  #over = Infinity
  #overPath = ''
  readonly #rows: Rows

  constructor(pipeline: Pipeline, key = '') {
    this.#pipeline = pipeline
    this.#rows = new Rows((name) => pipeline.isField(name))
    this.#outerKey = key
    pipeline.key = key
  }

  push(raw: string): void {
    const begun = this.#at
    for (let i = 0; i < raw.length; i = this.#at - begun) {
      const code = raw.charCodeAt(i)
      if (this.#plainFrom < Infinity) this.#copy(i === 0 ? raw : raw.slice(i))
      else if (this.#escape !== '') this.#readEscape(raw.charAt(i))
      else if (this.#inString) this.#inside(raw, i)
      else if (!this.#grammar.accepts(code)) this.#becomePlain()
      else if (code === QUOTE) this.#quote()
      else if (isStructure(code)) this.#structure(code)
      else this.#outside(raw, i)
    }
    this.#pass()
  }

  /** Nothing follows: a cut escape stands for itself. */
  end(): void {
    const cut = this.#escape
    this.#escape = ''
    for (let i = 0; i < cut.length; i++) this.#emit(cut.charAt(i), this.#at - cut.length + i, cut.length - i + 1, false)
    this.#pass()
  }

  /** Where the decoded offset begins in the source. */
  rawStart(decoded: number): number {
    // What lies before the map is out already; nothing after it may go out for that.
    const from = Math.max(this.#origins.base, decoded)
    return this.#origins.has(from) ? this.#origins.startOf(from) : this.#at - this.#escape.length
  }

  /** Where what lies before the decoded offset ends in the source. */
  rawEnd(decoded: number): number {
    return this.#origins.has(decoded - 1) ? this.#origins.endOf(decoded - 1) : this.#at - this.#escape.length
  }

  /** Whether the decoded character is part of a string, and not of the JSON around it. */
  isContent(decoded: number): boolean {
    return this.#origins.has(decoded) && this.#origins.isContent(decoded)
  }

  /** Whether the decoded character stands where the text is no JSON any more. */
  isPlain(decoded: number): boolean {
    return decoded >= this.#plainFrom
  }

  /** The map before this decoded offset is not needed any more. */
  forget(decoded: number): void {
    const { base, length } = this.#origins
    const count = Math.min(decoded - base, length)
    if (count >= FORGOTTEN_AT_ONCE || count >= length) this.#origins.forget(count)
  }

  #emit(text: string, from: number, width: number, isContent: boolean): void {
    this.#piece += text
    this.#origins.add(text.length, from, width, isContent)
    if (isContent && this.#string.length < LONGEST_KEY) this.#string += text.slice(0, LONGEST_KEY - this.#string.length)
  }

  #pass(): void {
    const piece = this.#piece
    this.#piece = ''
    if (piece !== '') this.#pipeline.push(piece)
  }

  #quote(): void {
    this.#inString = !this.#inString
    if (this.#inString) {
      this.#string = ''
      this.#cut()
    } else this.#rows.string(detached(this.#string), this.#ownKey)
    this.#emit('"', this.#at++, 1, false)
  }

  /** Nothing spans this place. */
  #cut(): void {
    this.#pass()
    this.#pipeline.boundary()
  }

  /** Characters of a string that stand for themselves. */
  #inside(raw: string, from: number): void {
    const first = raw.charCodeAt(from)
    if (first === QUOTE) {
      this.#quote()
      return
    }
    if (first === BACKSLASH) {
      this.#escape = '\\'
      this.#at++
      return
    }
    let i = from + 1
    for (; i < raw.length; i++) {
      const code = raw.charCodeAt(i)
      if (code === QUOTE || code === BACKSLASH) break
    }
    this.#emit(raw.slice(from, i), this.#at, 1, true)
    this.#at += i - from
  }

  /** Numbers, names and spaces between strings. @param from a character that the grammar has accepted */
  #outside(raw: string, from: number): void {
    let i = from + 1
    let isAccepted = true
    for (; i < raw.length; i++) {
      const code = raw.charCodeAt(i)
      if (code === QUOTE || isStructure(code)) break
      isAccepted = this.#grammar.accepts(code)
      if (!isAccepted) break
    }
    this.#copy(raw.slice(from, i))
    if (!isAccepted) this.#becomePlain()
  }

  /** What stands outside of strings, as it stands. */
  #copy(text: string): void {
    this.#emit(text, this.#at, 1, false)
    this.#at += text.length
  }

  /** From here on the text is no JSON: its marks end nothing, and no name stands over it. */
  #becomePlain(): void {
    this.#pass()
    this.#plainFrom = this.#origins.base + this.#origins.length
    this.#pipeline.key = this.#outerKey
  }

  #readEscape(char: string): void {
    this.#escape += char
    const from = this.#at++ - this.#escape.length + 1
    const [, kind = ''] = this.#escape
    if (kind !== 'u') {
      const simple = SIMPLE[kind]
      this.#escape = ''
      if (simple !== undefined) this.#emit(simple, from, 2, true)
      else this.#emit(`\\${char}`, from, 1, true)
    } else if (this.#escape.length > 2 && !/[0-9a-fA-F]/.test(char)) {
      const cut = this.#escape
      this.#escape = ''
      this.#at = from
      this.#becomePlain()
      this.#copy(cut)
    } else if (this.#escape.length === 6) {
      const value = parseInt(this.#escape.slice(2), 16)
      this.#escape = ''
      this.#emit(String.fromCharCode(value), from, 6, true)
    }
  }

  #structure(code: number): void {
    if (code === COLON) this.#name(detached(this.#string))
    else this.#nest(code)
    // No value spans the end of a string, which is none before what follows says so.
    this.#cut()
    this.#emit(String.fromCharCode(code), this.#at++, 1, false)
    this.#cut()
    if (code === COMMA && this.#depths.at(-1) !== this.#depth) {
      this.#stand()
      return
    }
    // What follows a comma in an object is a name, of which nothing is known yet.
    if (code === OPEN_BRACE || code === COMMA) this.#forgetFrom(this.#depth)
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#forgetFrom(this.#depth + 1)
    const path = this.#path()
    // A name is no value of the names above it: what ends with one of them must not hold.
    if (path !== '' && (code === OPEN_BRACE || code === COMMA)) this.#pipeline.key = `${path}.`
    else this.#stand(path)
  }

  /** Name of the value that is read, empty where it has none of its own. */
  get #ownKey(): string {
    return this.#depths.at(-1) === this.#depth ? (this.#keys.at(-1) ?? '') : ''
  }

  #nest(code: number): void {
    if (code === COMMA) this.#rows.comma()
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      this.#rows.open(code === OPEN_BRACKET, this.#ownKey)
      this.#depth++
    } else {
      this.#rows.close()
      this.#depth = Math.max(0, this.#depth - 1)
    }
  }

  /** What comes next is a value of the names above it, and of its place in a row. */
  #stand(path = this.#path()): void {
    const { name } = this.#rows
    this.#pipeline.key = name === '' || path === '' ? path + name : `${path}.${name}`
  }

  /** @throws CountersignError CS_MASKING_FAILED where so many names are open that some would have to be forgotten while they still say what a value is */
  #name(key: string): void {
    this.#forgetFrom(this.#depth)
    if (key === '') return
    if (this.#keys.length >= MOST_KEYS)
      throw new CountersignError('CS_MASKING_FAILED', `this JSON has more than ${MOST_KEYS} names within one another, so nothing more of it is let through. Nest it less deeply.`)
    this.#keys.push(key)
    this.#depths.push(this.#depth)
    const path = this.#path()
    if (this.#over < Infinity || !this.#pipeline.holdsBelow(path)) return
    this.#over = this.#keys.length - 1
    this.#overPath = path
  }

  /** Names that stand this deep or deeper name nothing any more. */
  #forgetFrom(depth: number): void {
    while ((this.#depths.at(-1) ?? -1) >= depth) {
      this.#keys.pop()
      this.#depths.pop()
    }
    if (this.#keys.length <= this.#over) this.#over = Infinity
  }

  /** The last names, the innermost at the end. Lists have none. */
  #path(): string {
    const from = this.#keys.length - KEYS
    const names = this.#keys.slice(-KEYS)
    // What all below a name is it is however deep it stands.
    if (this.#over < from) return [this.#overPath, ...names].join('.')
    if (names.length < KEYS && this.#outerKey !== '') names.unshift(this.#outerKey)
    return names.join('.')
  }
}
