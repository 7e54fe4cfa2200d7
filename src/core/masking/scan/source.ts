/** The part of the stream that is still needed: what is undecided, and the left context before it. Offsets are the stream's. */
import { FOLD } from './characters.ts'
import { fold, foldText, plain, type Folded } from './fold.ts'
import { LEFT, type WindowView } from './match.ts'
import { FARTHEST, type WordIndex } from './regex/wordIndex.ts'

/** Units kept before the first undecided one: LEFT folded characters and some invisible ones. */
const KEPT = FARTHEST
const TRIM = 4096
const RING = 256
/** Patterns and places that a window remembers: one bit each, and two entries. */
const MOST_ASKED = 60

export class Source {
  /** Offset of the first unit of `text`. */
  base = 0
  text = ''
  /** Name of the field the text stands in. */
  key = ''
  readonly words: WordIndex
  /** Offset at which a literal of each id came by last. */
  readonly hits: Float64Array
  /** Offset of the last character that stands for another one. */
  lastFold = -1
  /** What came by and is not in `hits` yet: rows of the index and offsets, in a ring. More than a window and its left context hold. */
  readonly #rows = new Int32Array(RING)
  readonly #places = new Float64Array(RING)
  #noted = 0
  #told = 0
  /** The range folded last: windows that opened together are asked for together. */
  #plain = ''
  #plainFrom = -1
  #plainTo = -1

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

  /** The folded form of a range. */
  plain(from: number, to: number): string {
    if (from === this.#plainFrom && to === this.#plainTo) return this.#plain
    const raw = this.slice(from, to)
    this.#plainFrom = from
    this.#plainTo = to
    return (this.#plain = this.lastFold >= from ? foldText(raw) : raw)
  }

  /** Folded text left of an offset. A fixed number of units is looked at, so that it is the same however the text arrived. */
  left(at: number): string {
    return this.plain(Math.max(this.base, at - KEPT), at).slice(-LEFT)
  }

  /** A literal came by. */
  note(row: number, at: number): void {
    this.#rows[this.#noted % RING] = row
    this.#places[this.#noted % RING] = at
    this.#noted++
  }

  /** Whether a literal of this id came by so shortly before `at` that it can be in the left context. */
  isNear(id: number, at: number): boolean {
    if (id < 0) return false
    if (this.words.isAlways(id)) return true
    if (this.#told < this.#noted && !this.words.isPrompt(id)) this.#tell()
    return (this.hits[id] ?? 0) >= at - this.words.reachOf(id)
  }

  #tell(): void {
    for (let i = Math.max(this.#told, this.#noted - RING); i < this.#noted; i++)
      for (const id of this.words.idsOf(this.#rows[i % RING] ?? 0)) this.hits[id] = this.#places[i % RING] ?? 0
    this.#told = this.#noted
  }

  view(from: number, to: number, bits: number, key: string): WindowView {
    const raw = this.slice(from, to)
    return new View(this, bits & FOLD || this.lastFold >= from ? fold(raw) : plain(raw), from, key)
  }
}

class View implements WindowView {
  readonly folded: Folded
  readonly start: number
  readonly key: string
  readonly #source: Source
  #before: string | undefined
  #isAlone: boolean | undefined
  #left = ''
  #leftAt = -1
  /** What was asked, by pattern and place in turn; and the answers. */
  #asked: (RegExp | number)[] | undefined
  #answers = 0

  constructor(source: Source, folded: Folded, start: number, key: string) {
    this.#source = source
    this.folded = folded
    this.start = start
    this.key = key
  }

  get isAlone(): boolean {
    return (this.#isAlone ??= this.left(0).trim() === '')
  }

  left(at: number): string {
    if (at === this.#leftAt) return this.#left
    const { text } = this.folded
    this.#leftAt = at
    if (at >= LEFT) return (this.#left = text.slice(at - LEFT, at))
    this.#before ??= this.#source.left(this.start)
    return (this.#left = at === 0 ? this.#before : (this.#before + text.slice(0, at)).slice(-LEFT))
  }

  says(pattern: RegExp, at: number): boolean {
    const asked = (this.#asked ??= [])
    for (let i = 0; i < asked.length; i += 2) if (asked[i] === pattern && asked[i + 1] === at) return (this.#answers & (1 << (i / 2))) !== 0
    const answer = pattern.test(this.left(at))
    if (asked.length < MOST_ASKED) {
      if (answer) this.#answers |= 1 << (asked.length / 2)
      asked.push(pattern, at)
    }
    return answer
  }

  mayBeLeft(id: number): boolean {
    return this.#source.isNear(id, this.start)
  }
}
