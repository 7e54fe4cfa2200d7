/**
 * A channel of JSON source, as the arguments of a tool call: masked inside the decoded strings, escaped again, valid
 * afterwards. Order and kind of each value stay: a number in a number's place becomes a number of the same length.
 */
import type { SpanEvidence } from '../../../protocol/masking.ts'
import { Guard, Replacer, SLICE, type ChannelParts } from '../channel.ts'
import type { MaskingStream } from '../masker.ts'
import { Outlet } from '../outlet.ts'
import type { Candidate } from '../scan/match.ts'
import type { Pipeline } from '../scan/pipeline.ts'
import { JsonLexer } from './lexer.ts'
import { asNumber } from './number.ts'

export class JsonChannel implements MaskingStream {
  readonly #pipeline: Pipeline
  readonly #lexer: JsonLexer
  readonly #replacer: Replacer
  readonly #guard = new Guard()
  readonly #outlet: Outlet
  /** Start of a value whose placeholder is out already. */
  #opened = -1

  constructor(parts: ChannelParts) {
    this.#outlet = new Outlet(parts.restores)
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

  get restored(): Readonly<Record<string, number>> {
    return this.#replacer.restored
  }

  get recorded(): string | undefined {
    return this.#replacer.hasRestored ? this.#outlet.recorded : undefined
  }

  push(text: string): string {
    return this.#guard.run(() => {
      let out = ''
      for (let at = 0; at < text.length; at += SLICE) {
        const slice = text.slice(at, at + SLICE)
        this.#outlet.take(slice)
        this.#lexer.push(slice)
        this.#release()
        out += this.#outlet.drain()
      }
      return out
    })
  }

  flush(): string {
    return this.#guard.run(() => {
      this.#lexer.end()
      this.#pipeline.end()
      this.#release()
      this.#outlet.end()
      return this.#outlet.drain()
    })
  }

  #release(): void {
    for (const one of this.#pipeline.take()) this.#replace(one)
    for (const one of this.#pipeline.takeCounted()) this.#replacer.count(one.type)
    const { limit } = this.#pipeline
    this.#outlet.copyTo(this.#lexer.rawStart(limit))
    const committed = this.#opened < 0 ? this.#pipeline.committed : undefined
    const token = committed && (this.#lexer.isContent(committed.start) || this.#lexer.isPlain(committed.start)) ? this.#replacer.early(committed) : undefined
    if (committed && token !== undefined) {
      this.#outlet.put(escaped(token), escaped(token), this.#outlet.quotesFor({ ...committed, start: this.#lexer.rawStart(committed.start) }))
      this.#opened = committed.start
    }
    this.#lexer.forget(limit)
  }

  /** The runs of a finding that lie within strings, and those in a number's place; what holds the JSON together stays. */
  #replace(one: Candidate): void {
    const isOpened = this.#opened === one.start
    this.#opened = -1
    if (this.#lexer.isPlain(one.end - 1)) {
      this.#replaceText({ ...one, start: this.#lexer.rawStart(one.start), end: this.#lexer.rawEnd(one.end) }, isOpened, AS_IT_STANDS)
      return
    }
    for (let from = one.start; from < one.end; ) {
      const isContent = this.#lexer.isContent(from)
      let to = from + 1
      while (to < one.end && this.#lexer.isContent(to) === isContent) to++
      const candidate = { ...one, start: this.#lexer.rawStart(from), end: this.#lexer.rawEnd(to) }
      const isOut = isOpened && from === one.start
      if (isContent || isOut) this.#replaceText(candidate, isOut, IN_STRING)
      else this.#replaceOutside(candidate)
      from = to
    }
  }

  /** @param isOut what stands in its place is out already @param written how texts stand there */
  #replaceText(candidate: Candidate, isOut: boolean, written: Written): void {
    const outlet = this.#outlet
    const replacer = this.#replacer
    if (!isOut) outlet.copyTo(candidate.start)
    const source = outlet.source(candidate.start, candidate.end)
    const token = replacer.replace(candidate, written.read(source), false, outlet.quotesFor(candidate))
    if (!isOut) outlet.put(written.write(token), written.write(replacer.shown), replacer.quotes)
    outlet.passTo(candidate.end)
  }

  /** Outside of strings stand numbers, words and marks: a number stays a number, a word becomes `null`. */
  #replaceOutside(candidate: Candidate): void {
    const outlet = this.#outlet
    const source = outlet.source(candidate.start, candidate.end)
    const isNumber = /\d/.test(source)
    if (!isNumber && !WORD.test(source)) return
    outlet.copyTo(candidate.start)
    const token = this.#replacer.replace(candidate, source, isNumber)
    const stand = isNumber ? asNumber(source, token, outlet.source(candidate.end, candidate.end + 1)) : 'null'
    this.#replacer.wentOut(candidate, stand)
    outlet.put(stand, stand, '')
    outlet.passTo(candidate.end)
  }
}

interface Written {
  readonly read: (source: string) => string
  readonly write: (text: string) => string
}

const same = (text: string): string => text
/** Where the text is no JSON, as in any text. */
const AS_IT_STANDS: Written = { read: same, write: same }
const IN_STRING: Written = { read: unescaped, write: escaped }

const WORD = /^(?:true|false|-?Infinity|NaN)$/

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
