/** The part of the stream that is still needed: what is undecided, and the left context before it. Offsets are the stream's. */
import { FOLD } from './characters.ts'
import { fold, foldIfNeeded, plain, type Folded } from './fold.ts'
import { LEFT, type WindowView } from './match.ts'
import type { WordIndex } from './regex/wordIndex.ts'

/** Units kept before the first undecided one: LEFT folded characters and some invisible ones. */
const KEPT = 96
const TRIM = 4096

export class Source {
  /** Offset of the first unit of `text`. */
  base = 0
  text = ''
  /** Name of the field the text stands in. */
  key = ''
  readonly words: WordIndex
  /** Offset at which a literal of each id came by last. */
  readonly hits: Float64Array

  constructor(words: WordIndex) {
    words.build()
    this.words = words
    this.hits = new Float64Array(words.count).fill(-KEPT - 1)
  }

  append(more: string): void {
    this.text = this.text.length === 0 ? more : this.text + more
  }

  slice(from: number, to: number): string {
    return this.text.slice(from - this.base, to - this.base)
  }

  /** Forgets what lies more than the left context before `from`. */
  trim(from: number): void {
    const cut = from - KEPT - this.base
    if (cut < TRIM) return
    this.text = this.text.slice(cut)
    this.base += cut
  }

  /** Folded text left of an offset. A fixed number of units is looked at, so that it is the same however the text arrived. */
  left(at: number): string {
    return foldIfNeeded(this.slice(Math.max(this.base, at - KEPT), at)).slice(-LEFT)
  }

  /** Whether a literal of this id came by so shortly before `at` that it can be in the left context. */
  isNear(id: number, at: number): boolean {
    return id >= 0 && ((this.hits[id] ?? 0) >= at - KEPT || this.words.isAlways(id))
  }

  view(from: number, to: number, bits: number, key: string): WindowView {
    const raw = this.slice(from, to)
    return new View(this, bits & FOLD ? fold(raw) : plain(raw), from, key)
  }
}

class View implements WindowView {
  readonly folded: Folded
  readonly start: number
  readonly key: string
  readonly #source: Source
  #before: string | undefined

  constructor(source: Source, folded: Folded, start: number, key: string) {
    this.#source = source
    this.folded = folded
    this.start = start
    this.key = key
  }

  left(at: number): string {
    const { text } = this.folded
    if (at >= LEFT) return text.slice(at - LEFT, at)
    this.#before ??= this.#source.left(this.start)
    return at === 0 ? this.#before : (this.#before + text.slice(0, at)).slice(-LEFT)
  }

  mayBeLeft(id: number): boolean {
    return this.#source.isNear(id, this.start)
  }
}
