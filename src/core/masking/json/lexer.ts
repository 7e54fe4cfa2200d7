/**
 * Reads JSON source as it arrives, in any pieces, and passes the decoded text on: what patterns see is what the program
 * that gets the JSON will see. It keeps where each decoded character came from, and it judges nothing: source that
 * is no JSON is passed on just as well. Holds only a cut escape.
 */
import type { Pipeline } from '../scan/pipeline.ts'

const QUOTE = 34
const BACKSLASH = 92
const SIMPLE: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
/** Nested names that count as context, the innermost last. */
const KEYS = 3
const LONGEST_KEY = 64

export class JsonLexer {
  readonly #pipeline: Pipeline
  readonly #outerKey: string
  /** Raw offset of the next unread unit, and of the escape that is being read. */
  #at = 0
  #escape = ''
  #inString = false
  #piece = ''
  /** For each decoded unit from `#base` on: where it begins and ends, and whether it is inside a string. */
  #base = 0
  #starts: number[] = []
  #ends: number[] = []
  #content: boolean[] = []
  #string = ''
  #keys: string[] = []
  #depth = 0

  constructor(pipeline: Pipeline, key = '') {
    this.#pipeline = pipeline
    this.#outerKey = key
    pipeline.key = key
  }

  push(raw: string): void {
    for (let i = 0; i < raw.length; i++) {
      const code = raw.charCodeAt(i)
      if (this.#escape !== '') this.#readEscape(raw.charAt(i))
      else if (code === QUOTE) this.#quote()
      else if (!this.#inString) this.#outside(raw.charAt(i))
      else if (code === BACKSLASH) this.#escape = '\\'
      else this.#emit(raw.charAt(i), this.#at, true)
      this.#at++
    }
    this.#pass()
  }

  /** Nothing follows: a cut escape stands for itself. */
  end(): void {
    const cut = this.#escape
    this.#escape = ''
    for (let i = 0; i < cut.length; i++) this.#emit(cut.charAt(i), this.#at - cut.length + i, false)
    this.#pass()
  }

  /** Where the decoded offset begins in the source. */
  rawStart(decoded: number): number {
    // What lies before the map is out already; nothing after it may go out for that.
    return this.#starts[Math.max(0, decoded - this.#base)] ?? this.#at - this.#escape.length
  }

  /** Where what lies before the decoded offset ends in the source. */
  rawEnd(decoded: number): number {
    return this.#ends[decoded - 1 - this.#base] ?? this.#at - this.#escape.length
  }

  /** Whether the decoded character is part of a string, and not of the JSON around it. */
  isContent(decoded: number): boolean {
    return this.#content[decoded - this.#base] ?? false
  }

  /** The map before this decoded offset is not needed any more. */
  forget(decoded: number): void {
    const count = Math.min(decoded - this.#base, this.#starts.length)
    if (count < 1024 && count < this.#starts.length) return
    this.#starts = this.#starts.slice(count)
    this.#ends = this.#ends.slice(count)
    this.#content = this.#content.slice(count)
    this.#base += count
  }

  #emit(text: string, from: number, isContent: boolean): void {
    this.#piece += text
    this.#starts.push(from)
    this.#ends.push(this.#at + 1)
    this.#content.push(isContent)
    if (isContent && this.#string.length < LONGEST_KEY) this.#string += text
  }

  #pass(): void {
    const piece = this.#piece
    this.#piece = ''
    if (piece !== '') this.#pipeline.push(piece)
  }

  #quote(): void {
    // No value spans the end of a string.
    this.#pass()
    this.#pipeline.boundary()
    this.#inString = !this.#inString
    if (this.#inString) this.#string = ''
    this.#emit('"', this.#at, false)
  }

  #readEscape(char: string): void {
    this.#escape += char
    const from = this.#at - this.#escape.length + 1
    const [, kind = ''] = this.#escape
    if (kind !== 'u') {
      const simple = SIMPLE[kind]
      this.#escape = ''
      if (simple !== undefined) this.#emit(simple, from, true)
      else {
        this.#emit('\\', from, true)
        this.#ends[this.#ends.length - 1] = from + 1
        this.#emit(char, this.#at, true)
      }
      return
    }
    if (this.#escape.length < 6) return
    const value = /^\\u[0-9a-fA-F]{4}$/.test(this.#escape) ? parseInt(this.#escape.slice(2), 16) : 0xfffd
    this.#escape = ''
    this.#emit(String.fromCharCode(value), from, true)
  }

  #outside(char: string): void {
    if (char === ':') this.#keys[this.#depth] = this.#string
    else if (char === '{' || char === '[') this.#depth++
    else if (char === '}' || char === ']') this.#depth = Math.max(0, this.#depth - 1)
    this.#emit(char, this.#at, false)
    if (char !== ':' && char !== ',' && char !== '}' && char !== ']' && char !== '{' && char !== '[') return
    this.#pass()
    this.#pipeline.boundary()
    if (char === '{' || char === '}' || char === ']') this.#keys.length = Math.min(this.#keys.length, this.#depth + (char === '{' ? 0 : 1))
    this.#pipeline.key = [this.#outerKey, ...this.#keys.slice(0, this.#depth + 1).filter((key) => key !== '')].filter((key) => key !== '').slice(-KEYS).join('.')
  }
}
