/**
 * Reads JSON without losing a character: every value knows where it stands in the source, so that an edit touches the edited
 * value only and all other bytes (spacing, escapes, spelling of numbers, order of members) stay as they were. Stricter than
 * JSON.parse on purpose: what two parsers could read in two ways (members given twice, half surrogates, bytes that are not
 * UTF-8) is refused, because an inspector and a provider must not disagree on what a body says. Linear in the source's length.
 */
import { CountersignError, type ErrorCode } from '../../protocol/errors.ts'

interface Span {
  /** UTF-16 offsets in the source, end exclusive. */
  readonly start: number
  readonly end: number
}
export interface JsonString extends Span {
  readonly type: 'string'
  /** Decoded. */
  readonly text: string
}
export interface JsonScalar extends Span {
  readonly type: 'number' | 'boolean' | 'null'
  readonly value: number | boolean | null
}
export interface JsonMember {
  readonly key: string
  /** Where the key's opening quote stands. */
  readonly start: number
  readonly value: JsonNode
}
export interface JsonObject extends Span {
  readonly type: 'object'
  readonly members: readonly JsonMember[]
}
export interface JsonArray extends Span {
  readonly type: 'array'
  readonly items: readonly JsonNode[]
  /** Set when there is nothing but numbers in it: a vector, token ids. Its items are made only when somebody asks for them. */
  readonly numbers?: readonly number[]
}
export type JsonNode = JsonObject | JsonArray | JsonString | JsonScalar

export interface ReadOptions {
  /** What unreadable source is called: a client's body or an upstream's answer. */
  readonly code: Extract<ErrorCode, 'CS_MALFORMED' | 'CS_UPSTREAM_NONSENSE'>
  /** Subject of the error's sentence: `the body`. */
  readonly what: string
  /** Half surrogates pass in answers: a stream may cut a pair in two. */
  readonly halves?: boolean
}

const REQUEST: ReadOptions = { code: 'CS_MALFORMED', what: 'the body' }
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const DEPTH = 128
const NODES = 2_000_000
const WHITE = /[\t\n\r ]*/y
// eslint-disable-next-line no-control-regex -- JSON strings hold no control characters
const PLAIN = /[^"\\\u0000-\u001f]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const NUMBERS = /\[[\t\n\r ]*-?\d[\d.eE+\-,\t\n\r ]*\]/y
const SHORT = 16
const HALF = /\p{Surrogate}/u

/** @throws CountersignError with options.code: bytes that are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, options: ReadOptions = REQUEST): string {
  try {
    return UTF8.decode(bytes)
  } catch (error) {
    throw new CountersignError(options.code, `${options.what} is not UTF-8. ${advice(options)}`, { cause: error })
  }
}

/** @throws CountersignError with options.code, naming line and column */
export function readJson(source: string, options: ReadOptions = REQUEST): JsonNode {
  return new Reader(source, options).document()
}

function advice(options: ReadOptions): string {
  return options.code === 'CS_MALFORMED' ? 'Correct it and send it again; nothing was sent.' : 'None of it was passed on.'
}

class Vector implements JsonArray {
  readonly type = 'array'
  readonly start: number
  readonly end: number
  readonly numbers: readonly number[]
  readonly #source: string
  #items: readonly JsonNode[] | undefined

  constructor(source: string, start: number, end: number, numbers: readonly number[]) {
    this.#source = source
    this.start = start
    this.end = end
    this.numbers = numbers
  }

  /** The same nodes every time: who reads one and who leaves it out mean the same one. */
  get items(): readonly JsonNode[] {
    return (this.#items ??= this.#spelled())
  }

  #spelled(): JsonNode[] {
    const items: JsonNode[] = []
    let at = this.start + 1
    for (const value of this.numbers) {
      while (!/[-\d]/.test(this.#source[at] ?? '0')) at++
      NUMBER.lastIndex = at
      NUMBER.test(this.#source)
      items.push({ type: 'number', value, start: at, end: NUMBER.lastIndex })
      at = NUMBER.lastIndex
    }
    return items
  }
}

class Reader {
  readonly #source: string
  readonly #options: ReadOptions
  #at = 0
  #nodes = 0

  constructor(source: string, options: ReadOptions) {
    this.#source = source
    this.#options = options
  }

  document(): JsonNode {
    this.#white()
    const node = this.#value(0)
    this.#white()
    if (this.#at < this.#source.length) this.#fail('something follows the end of the JSON value')
    return node
  }

  #value(depth: number): JsonNode {
    if (depth > DEPTH) this.#fail(`values are nested more than ${DEPTH} deep`)
    if (++this.#nodes > NODES) this.#fail(`there are more than ${NODES} values`)
    const start = this.#at
    switch (this.#source[start]) {
      case '{':
        return this.#object(start, depth)
      case '[':
        return this.#array(start, depth)
      case '"':
        return { type: 'string', text: this.#string(), start, end: this.#at }
      default:
        return this.#scalar(start)
    }
  }

  #object(start: number, depth: number): JsonObject {
    const members: JsonMember[] = []
    const seen = new Set<string>()
    this.#at++
    this.#white()
    if (!this.#take('}'))
      for (;;) {
        const at = this.#at
        if (this.#source[at] !== '"') this.#fail('a member name in double quotes is expected')
        const key = this.#string()
        if (seen.has(key)) this.#fail('a member is given twice in one object', at)
        seen.add(key)
        this.#white()
        if (!this.#take(':')) this.#fail('":" is expected')
        this.#white()
        members.push({ key, start: at, value: this.#value(depth + 1) })
        this.#white()
        if (this.#take('}')) break
        if (!this.#take(',')) this.#fail('"," or "}" is expected')
        this.#white()
      }
    return { type: 'object', members, start, end: this.#at }
  }

  /** Vectors come by the million: they are read at once where they are well formed, and item by item to say where not. */
  #vector(start: number): JsonArray | undefined {
    NUMBERS.lastIndex = start
    if (!NUMBERS.test(this.#source)) return undefined
    const end = NUMBERS.lastIndex
    if (end - start < SHORT) return undefined
    try {
      const numbers = JSON.parse(this.#source.slice(start, end)) as number[]
      this.#at = end
      return new Vector(this.#source, start, end, numbers)
    } catch {
      // The slow way names the place.
      return undefined
    }
  }

  #array(start: number, depth: number): JsonArray {
    const vector = this.#vector(start)
    if (vector) return vector
    const items: JsonNode[] = []
    this.#at++
    this.#white()
    if (!this.#take(']'))
      for (;;) {
        items.push(this.#value(depth + 1))
        this.#white()
        if (this.#take(']')) break
        if (!this.#take(',')) this.#fail('"," or "]" is expected')
        this.#white()
      }
    return { type: 'array', items, start, end: this.#at }
  }

  #string(): string {
    const start = this.#at
    let escaped = false
    let at = start + 1
    for (;;) {
      PLAIN.lastIndex = at
      PLAIN.test(this.#source)
      at = PLAIN.lastIndex
      const next = this.#source[at]
      if (next === '"') break
      if (next !== '\\') this.#fail(next === undefined ? 'a string is not closed' : 'a control character stands in a string', at)
      escaped = true
      at += 2
    }
    this.#at = at + 1
    const text = escaped ? this.#unescape(start) : this.#source.slice(start + 1, at)
    if (!this.#options.halves && HALF.test(text)) this.#fail('a string holds half of a surrogate pair', start)
    return text
  }

  #unescape(start: number): string {
    try {
      return JSON.parse(this.#source.slice(start, this.#at)) as string
    } catch {
      // JSON.parse says no more than that: an escape it does not know.
      return this.#fail('a string holds an unknown escape', start)
    }
  }

  #scalar(start: number): JsonScalar {
    NUMBER.lastIndex = start
    if (NUMBER.test(this.#source)) {
      this.#at = NUMBER.lastIndex
      return { type: 'number', value: Number(this.#source.slice(start, this.#at)), start, end: this.#at }
    }
    WORD.lastIndex = start
    const word = WORD.exec(this.#source)?.[0]
    if (word === undefined) this.#fail(start < this.#source.length ? 'a value is expected' : 'it ends in the middle')
    this.#at = start + word.length
    return { type: word === 'null' ? 'null' : 'boolean', value: word === 'null' ? null : word === 'true', start, end: this.#at }
  }

  #white(): void {
    WHITE.lastIndex = this.#at
    WHITE.test(this.#source)
    this.#at = WHITE.lastIndex
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false
    this.#at++
    return true
  }

  #fail(why: string, at = this.#at): never {
    const before = this.#source.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    throw new CountersignError(this.#options.code, `${this.#options.what} cannot be read at line ${line}, column ${column}: ${why}. ${advice(this.#options)}`)
  }
}
