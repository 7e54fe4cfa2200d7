/**
 * A channel of JSON source, as the arguments of a tool call: masked inside the decoded strings, escaped again, valid
 * afterwards. Order and kind of each value stay: a number in a number's place becomes a number of the same length.
 */
import type { SpanEvidence } from '../../../protocol/masking.ts'
import { Guard, Replacer, SLICE, type ChannelParts } from '../channel.ts'
import type { MaskingStream } from '../masker.ts'
import type { Candidate } from '../scan/match.ts'
import type { Pipeline } from '../scan/pipeline.ts'
import { JsonLexer } from './lexer.ts'

export class JsonChannel implements MaskingStream {
  readonly #pipeline: Pipeline
  readonly #lexer: JsonLexer
  readonly #replacer: Replacer
  readonly #guard = new Guard()
  #raw = ''
  #released = 0
  /** Start of a value whose placeholder is out already. */
  #opened = -1
  /** Values may be given back here: what a record may hold is kept apart. */
  readonly #recordsApart: boolean
  #recorded = ''

  constructor(parts: ChannelParts) {
    this.#recordsApart = parts.restores
    this.#pipeline = parts.pipeline
    this.#lexer = new JsonLexer(parts.pipeline, parts.options.key)
    this.#replacer = new Replacer(parts)
  }

  get spans(): readonly SpanEvidence[] {
    return this.#replacer.spans
  }

  get found(): Readonly<Record<string, number>> {
    return this.#replacer.found
  }

  get recorded(): string | undefined {
    return this.#replacer.hasRestored ? this.#recorded : undefined
  }

  push(text: string): string {
    return this.#guard.run(() => {
      let out = ''
      for (let at = 0; at < text.length; at += SLICE) {
        const slice = text.slice(at, at + SLICE)
        this.#raw += slice
        this.#lexer.push(slice)
        out += this.#release()
      }
      return out
    })
  }

  flush(): string {
    return this.#guard.run(() => {
      this.#lexer.end()
      this.#pipeline.end()
      return this.#release()
    })
  }

  #release(): string {
    const out: string[] = []
    const base = this.#released
    for (const one of this.#pipeline.take()) this.#replace(one, out, base)
    for (const one of this.#pipeline.takeCounted()) this.#replacer.count(one.type)
    const { limit } = this.#pipeline
    this.#copyTo(this.#lexer.rawStart(limit), out, base)
    const committed = this.#opened < 0 ? this.#pipeline.committed : undefined
    const token = committed && (this.#lexer.isContent(committed.start) || this.#lexer.isPlain(committed.start)) ? this.#replacer.early(committed) : undefined
    if (committed && token !== undefined) {
      this.#emit(out, escaped(token))
      this.#opened = committed.start
    }
    this.#lexer.forget(limit)
    this.#raw = this.#raw.slice(this.#released - base)
    return out.join('')
  }

  #emit(out: string[], text: string, forRecord = text): void {
    out.push(text)
    if (this.#recordsApart) this.#recorded += forRecord
  }

  #copyTo(rawEnd: number, out: string[], base: number): void {
    if (rawEnd <= this.#released) return
    this.#emit(out, this.#raw.slice(this.#released - base, rawEnd - base))
    this.#released = rawEnd
  }

  /** The runs of a finding that lie within strings, and those in a number's place; what holds the JSON together stays. */
  #replace(one: Candidate, out: string[], base: number): void {
    const isOpened = this.#opened === one.start
    this.#opened = -1
    if (this.#lexer.isPlain(one.end - 1)) {
      this.#replacePlain(one, isOpened, out, base)
      return
    }
    for (let from = one.start; from < one.end; ) {
      const isContent = this.#lexer.isContent(from)
      let to = from + 1
      while (to < one.end && this.#lexer.isContent(to) === isContent) to++
      const start = this.#lexer.rawStart(from)
      const end = this.#lexer.rawEnd(to)
      const source = this.#raw.slice(start - base, end - base)
      const candidate = { ...one, start, end }
      if (isOpened && from === one.start) {
        this.#replacer.replace(candidate, unescaped(source))
        this.#released = end
      } else if (isContent) {
        this.#copyTo(start, out, base)
        const token = this.#replacer.replace(candidate, unescaped(source))
        this.#emit(out, escaped(token), escaped(this.#replacer.shown))
        this.#released = end
      } else this.#replaceOutside(candidate, source, out, base)
      from = to
    }
  }

  /** A finding where the text is no JSON, as in any text. */
  #replacePlain(one: Candidate, isOpened: boolean, out: string[], base: number): void {
    const start = this.#lexer.rawStart(one.start)
    const end = this.#lexer.rawEnd(one.end)
    if (!isOpened) this.#copyTo(start, out, base)
    const token = this.#replacer.replace({ ...one, start, end }, this.#raw.slice(start - base, end - base))
    if (!isOpened) this.#emit(out, token, this.#replacer.shown)
    this.#released = end
  }

  /** Outside of strings stand numbers, words and marks: a number stays a number, a word becomes `null`. */
  #replaceOutside(candidate: Candidate, source: string, out: string[], base: number): void {
    const isNumber = /\d/.test(source)
    if (!isNumber && !WORD.test(source)) return
    this.#copyTo(candidate.start, out, base)
    const token = this.#replacer.replace(candidate, source, isNumber)
    const stand = isNumber ? asNumber(source, token, this.#raw.charAt(candidate.end - base)) : 'null'
    this.#replacer.wentOut(candidate, stand)
    this.#emit(out, stand)
    this.#released = candidate.end
  }
}

const WORD = /^(?:true|false|-?Infinity|NaN)$/
const LONGEST_EXPONENT = 3

/**
 * A number, or a part of one, of the same shape: the token where it is one but for noughts before it (`replace`) and longer than an exponent, else what
 * all numbers of that shape become, a 0 and a 1 alike. It is never the greater of the two, so that what could be read before can be read
 * afterwards, whatever exponent stands behind it.
 * @param next the character behind it, which may be a digit of it
 */
function asNumber(source: string, token: string, next: string): string {
  const number = token.replace(/^(-?)0(?=\d)/, '$11')
  const isShaped = number.length === source.length && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(number)
  if (isShaped && number.length > LONGEST_EXPONENT + 1) return number
  const [mantissa = '', ...exponent] = source.split(/(?<=[eE])/)
  const noughts = mantissa.replace(/\d/g, '0')
  return (/^-?[1-9]\d/.test(mantissa + next) ? noughts.replace('0', '1') : noughts) + exponent.map((part) => part.replace(/\d/g, part.startsWith('-') ? '9' : '0')).join('')
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** @param source part of a JSON string's source, whole escapes only */
function unescaped(source: string): string {
  if (!source.includes('\\')) return source
  try {
    const value: unknown = JSON.parse(`"${source}"`)
    return typeof value === 'string' ? value : source
  } catch {
    // Source that is no JSON is taken as it stands.
    return source
  }
}
