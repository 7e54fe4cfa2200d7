/** The part of the stream that is still needed: what is undecided, and the left context before it. Offsets are the stream's. */
import { FOLD } from './characters.ts'
import type { Dispatch } from './dispatch.ts'
import { WITHIN } from './fieldForms.ts'
import { nameBefore } from './fieldName.ts'
import { fold, foldLatin, foldText, plain } from './fold.ts'
import type { Heard, HeardOfSome } from './heard.ts'
import { LEFT, type Listener, type WindowView } from './match.ts'
import { withMarks } from './spelled.ts'
import { View } from './view.ts'
import type { Stepwise } from './regex/stepwise.ts'
import { FARTHEST, type Said, type WordIndex } from './regex/wordIndex.ts'

/** Units kept before the first undecided one: LEFT folded characters and some invisible ones. */
const KEPT = FARTHEST
/** Farther back than any text is looked at. */
const NEVER = KEPT + 1
/** Literals that are read again behind a swallowed value may begin before the left context. */
const MARGIN = 32
/** Places whose left context is remembered. */
const REMEMBERED = 8
/** What is appended in small pieces copies all that is kept, each time. */
const TRIM = 256
/** Places remembered: half of them is more than a window and its left context have. */
const MOST_LOUD = 2048

export class Source {
  /** Offset of the first unit of `text`. */
  base = 0
  text = ''
  /** Name of the field the text stands in. */
  key = ''
  readonly words: WordIndex
  readonly heard: Heard
  /** Offset of the last character that stands for another one. */
  lastFold = -1
  /** Offset of the last letter of a script whose letters may look like Latin ones. */
  lastForeign = -1
  /** Up to here a literal of any context of words is near enough to count. */
  contextUntil = -1
  /** The same of those that words of letters alone may need. */
  plainUntil = -1
  /** Up to where each context of words may count, by its place among them. All streams share the zeros until they hear something. */
  #saidUntil: number[]
  /** Offset at which a literal of each id came by last, and the time before, plus NEVER: zero is so long ago that it does not count. All streams share the zeros until they hear something. */
  #hits: number[]
  #former: number[]
  /** Where the automaton was in loud states that are of contexts, and the places of these, in their order. */
  readonly #loudAt: number[] = []
  readonly #loud: number[] = []
  /** How many of them are written down by id. */
  #noted = 0
  /** The range folded last: windows that opened together are asked for together. */
  #plain = ''
  #plainFrom = -1
  #plainTo = -1
  /** What stands left of some places: a window that grows asks each time. */
  readonly #leftAt: number[] = []
  readonly #left: string[] = []

  readonly #dispatch: Dispatch

  constructor(dispatch: Dispatch) {
    this.#dispatch = dispatch
    this.heard = dispatch.heard
    this.words = dispatch.words
    this.#hits = this.#former = this.words.silence
    this.#saidUntil = this.words.noWords
  }

  append(more: string): void {
    this.text = this.text.length === 0 ? more : this.text + more
  }

  slice(from: number, to: number): string {
    return this.text.slice(from - this.base, to - this.base)
  }

  /** Forgets what lies more than the left context before `from`. */
  trim(from: number): void {
    const cut = from - KEPT - MARGIN - this.base
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

  /** @returns offset at which something begins in a range that a pattern for single characters finds, -1 when nothing does: it stays the same as the range grows */
  search(pattern: RegExp, from: number, to: number): number {
    const raw = this.slice(from, to)
    if (this.lastFold < from) {
      const at = raw.search(pattern)
      return at < 0 ? -1 : from + at
    }
    const { text, starts } = foldLatin(raw)
    const at = text.search(pattern)
    return at < 0 ? -1 : from + (starts?.[at] ?? at)
  }

  /** What is judged now stands in the field whose name stands before an offset, if that says what it holds. @param isWord it is no row of numbers @returns whether there is one: `key` is its name then, until it is set again */
  enterField(at: number, isWord: boolean): boolean {
    const name = nameBefore(this.text, at - this.base, isWord)
    if (name === '' || !this.#dispatch.isField(name)) return false
    this.key = this.key === '' ? name : `${this.key}${WITHIN}${name}`
    return true
  }

  /** Whether nothing that is looked at left of an offset stands for anything else. */
  isPlain(at: number): boolean {
    return this.lastFold < at - KEPT
  }

  /** Folded text left of an offset. A fixed number of units is looked at, so that it is the same however the text arrived. */
  left(at: number): string {
    const slot = at % REMEMBERED
    if (this.#leftAt[slot] !== at) {
      this.#leftAt[slot] = at
      this.#left[slot] = this.plain(Math.max(this.base, at - KEPT), at).slice(-LEFT)
    }
    return this.#left[slot] ?? ''
  }

  /** Whether the left context of an offset ends in this way, where nothing in it stands for anything else. */
  isBefore(steps: Stepwise, at: number): boolean | undefined {
    return steps.back(this.text, Math.max(0, at - LEFT - this.base), at - this.base)
  }

  /** The automaton is in a loud state. @returns the place of that among those */
  note(state: number, at: number): number {
    const { heard } = this
    const place = state - this.words.automaton.loud
    if ((heard.from[place + 1] ?? 0) > (heard.from[place] ?? 0)) {
      const reach = heard.reach[place] ?? 0
      if (reach > 0) {
        this.contextUntil = Math.max(this.contextUntil, at + reach)
        this.plainUntil = Math.max(this.plainUntil, at + heard.plainReach(place))
        this.#sayAtWords(place, at)
      }
      if (this.#loudAt.length === MOST_LOUD) this.#forget()
      this.#loudAt.push(at)
      this.#loud.push(place)
    }
    return place
  }

  #sayAtWords(place: number, at: number): void {
    const { heard, words } = this
    if (this.#saidUntil === words.noWords) this.#saidUntil = words.noWords.slice()
    const until = this.#saidUntil
    const end = heard.from[place + 1] ?? 0
    for (let i = heard.from[place] ?? 0; i < end; i++) {
      const id = heard.ids[i] ?? 0
      const own = words.placeOfWords(id)
      const reach = at + words.reachOf(id, true)
      if (own >= 0 && (until[own] ?? 0) < reach) until[own] = reach
    }
  }

  /** False only when `isNear` does not hold for the context of words at this place, -1 where it is not of words: told from one number. */
  mayBeSaid(place: number, at: number): boolean {
    return place < 0 || (this.#saidUntil[place] ?? Infinity) >= at
  }

  #catchUp(): void {
    const { from, ids } = this.heard
    for (let i = this.#noted; i < this.#loudAt.length; i++) {
      const at = this.#loudAt[i] ?? 0
      const place = this.#loud[i] ?? 0
      const end = from[place + 1] ?? 0
      for (let k = from[place] ?? 0; k < end; k++) this.#hit(ids[k] ?? 0, at)
    }
    this.#noted = this.#loudAt.length
  }

  #forget(): void {
    this.#catchUp()
    this.#noted -= MOST_LOUD / 2
    this.#loudAt.splice(0, MOST_LOUD / 2)
    this.#loud.splice(0, MOST_LOUD / 2)
  }

  /** Whether a literal of this id came by so shortly before `at` that it can be in the left context of what stands there. */
  isNear({ id }: Said, at: number): boolean {
    return this.words.isAlways(id) || this.#lastHit(id) >= at - this.words.reachOf(id, this.lastFold >= at - KEPT)
  }

  /** Whether a context is said right before `at`, of which `left` is the text to the left. */
  says({ id, lead, pattern }: Said, left: string, at: number): boolean {
    const hit = this.#lastHit(id)
    const from = at - left.length
    pattern.lastIndex = 0
    // Where nothing stands for anything else, the last literal says where to begin; only when there was another one is more worth trying.
    if (this.lastFold < at - KEPT && hit < at && hit - lead > from) {
      pattern.lastIndex = hit - lead - from
      if (pattern.test(left)) return true
      if ((this.#former[id] ?? 0) - NEVER < from) return false
    }
    return pattern.test(left)
  }

  /** Tells of the number of each of some contexts for which `isNear` holds and that have literals; of some of them more than once. */
  eachNear(at: number, some: HeardOfSome, listener: Listener): void {
    const { from, numbers } = some
    const reach = this.lastFold >= at - KEPT ? some.foldedReach : some.reach
    for (let i = this.#loudAt.length - 1; i >= 0; i--) {
      const hit = this.#loudAt[i] ?? 0
      if (hit < at - KEPT) return
      const place = this.#loud[i] ?? 0
      const end = from[place + 1] ?? 0
      for (let k = from[place] ?? 0; k < end; k++) {
        const number = numbers[k] ?? 0
        if (hit >= at - (reach[number] ?? 0)) listener.near(number)
      }
    }
  }

  #lastHit(id: number): number {
    if (this.#noted < this.#loudAt.length) this.#catchUp()
    return (this.#hits[id] ?? 0) - NEVER
  }

  #hit(id: number, at: number): void {
    if (this.#hits === this.words.silence) {
      this.#hits = this.words.silence.slice()
      this.#former = this.words.silence.slice()
    }
    const now = at + NEVER
    const last = this.#hits[id] ?? 0
    if (now > last) {
      this.#former[id] = last
      this.#hits[id] = now
    } else if (now < last && now > (this.#former[id] ?? 0)) this.#former[id] = now
  }

  /** As `view`, undefined where nothing in the range stands for anything else. */
  viewOfFolded(from: number, to: number, bits: number, isSpelled = false): WindowView | undefined {
    return isSpelled || (bits & FOLD) !== 0 || this.lastFold >= from ? this.view(from, to, bits, this.key, isSpelled) : undefined
  }

  /** @param isSpelled separators are written as words */
  view(from: number, to: number, bits: number, key: string, isSpelled = false): WindowView {
    const raw = this.slice(from, to)
    const folded = bits & FOLD || this.lastFold >= from ? fold(raw) : plain(raw)
    return new View(this, isSpelled ? withMarks(folded) : folded, from, key)
  }
}
