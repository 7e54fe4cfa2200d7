/**
 * Windows that open at a word, a number or a capital and stay open while their `grow` pattern says that a value may still be
 * coming. Questions are put at the ends of tokens only, so every answer is a function of the text.
 */
import { DIGIT, LOWER, UPPER, codeAt } from './characters.ts'
import { MOST_OF_MANY, type Phrase } from './phrase.ts'
import { valuesOf } from './phraseValues.ts'
import type { Candidate } from './match.ts'
import { Open, begunBy, goesOn, lacksContext, plainOf } from './openPhrase.ts'
import type { Begun } from './swallow.ts'
import type { Source } from './source.ts'

export class Phrases {
  readonly source: Source
  readonly #found: (candidate: Candidate) => void
  readonly #masks: (type: string) => boolean
  #open: Open[] = []
  #isAnyFresh = false
  /** Offset at which the first of them has held as much as it may. */
  due = Infinity

  constructor(source: Source, found: (candidate: Candidate) => void, masks: (type: string) => boolean) {
    this.source = source
    this.#found = found
    this.#masks = masks
  }

  /** One more window may make those of its recogniser too many. */
  get isCrowded(): boolean {
    return this.#open.length >= MOST_OF_MANY
  }

  get any(): boolean {
    return this.#open.length > 0
  }

  /** Those that are open, if any, are asked at the ends of tokens only, and none of them begins a long value. */
  get isSteady(): boolean {
    for (const one of this.#open) if (one.isFresh || one.row >= 0 || one.phrase.early !== undefined) return false
    return true
  }

  /** Where the oldest value may begin, Infinity when none is coming. @param at end of what has been read @param isMasked of those that are masked, or of those that are only counted */
  startAt(at: number, isMasked: boolean): number {
    let least = Infinity
    for (const one of this.#open) {
      if (one.held === Infinity) this.#hold(one, at)
      if (one.held < least && this.#masks(one.phrase.compiled.type) === isMasked) least = one.held
    }
    return least
  }

  /** Start of the oldest one, Infinity when none is open. */
  get oldest(): number {
    let least = Infinity
    for (const one of this.#open) if (one.start < least) least = one.start
    return least
  }

  /**
   * @param at end of what has been read of it; the window does not open when that cannot be a beginning
   * @param bits class bits of the opening token
   */
  open(phrase: Phrase, start: number, at: number, bits: number): void {
    const { source } = this
    if (phrase.follow && (bits & (LOWER | UPPER)) === 0) {
      this.openNumber(phrase, start, at, phrase.follow.isAt(source.text, at - source.base))
      return
    }
    if (lacksContext(phrase.compiled, source, start)) return
    const one = new Open(phrase, start, source.key, -1, bits & DIGIT ? 1 : 0)
    if ((start < at && !goesOn(one, source, at)) || !this.#hasRoom(phrase, start, at)) return
    this.#add(one)
  }

  /** The same at a number, behind which something certain must follow. @param isFollowed whether what stands there may */
  openNumber(phrase: Phrase, start: number, at: number, isFollowed: boolean): void {
    if (!this.#hasRoom(phrase, start, at) || !isFollowed || lacksContext(phrase.compiled, this.source, start)) return
    this.#add(new Open(phrase, start, this.source.key, at, 1))
  }

  #add(one: Open): void {
    this.#open.push(one)
    if (one.isFresh) this.#isAnyFresh = true
    this.due = Math.min(this.due, one.start + one.phrase.hold + 1)
  }

  /** Opens those of the blocks that begin in the word from `start` to `at`. */
  openBlocks(blocks: readonly Phrase[], start: number, at: number): void {
    if (blocks.length === 0) return
    const text = this.source.slice(start, at)
    for (const block of blocks)
      for (const literal of block.compiled.starts ?? []) {
        const found = text.indexOf(literal.split(' ', 1)[0] ?? literal)
        if (found >= 0) this.open(block, start + found, start + found, LOWER)
      }
  }

  /** Where there is no room, a window that takes turns and holds no value yet makes room for the next. */
  #hasRoom(phrase: Phrase, start: number, at: number): boolean {
    const open = this.#open
    const { takesTurns, mostOpen } = phrase
    let same = 0
    let idle = -1
    for (let i = 0; i < open.length; i++) {
      const one = open[i]
      if (one?.phrase !== phrase) continue
      if (one.start === start) return false
      if (idle < 0 && !one.begun) idle = i
      same++
    }
    if (same < mostOpen) return true
    if (!takesTurns || idle < 0) return false
    for (const one of open.splice(idle, 1)) this.#decide(one, at)
    this.#setDue()
    return true
  }

  /** A token begins at `at`: windows whose opening word it cannot follow are dropped. */
  begins(at: number): void {
    if (!this.#isAnyFresh) return
    const code = codeAt(this.source.text, at - this.source.base)
    const open = this.#open
    let kept = 0
    for (const one of open) {
      if (one.isFresh) {
        const { follow, next } = one.phrase
        if (!(follow ? follow.mayBegin(code) : (next?.test(this.source.plain(one.start, at + 1)) ?? true))) continue
        one.isFresh = false
      }
      open[kept++] = one
    }
    this.#isAnyFresh = false
    this.#keep(kept)
  }

  /** A mark or white space stands between tokens: windows that hold nothing but numbers are dropped where it cannot part them from what follows. */
  passes(at: number): void {
    const open = this.#open
    if (open.length === 0) return
    const code = codeAt(this.source.text, at - this.source.base)
    let kept = 0
    for (const one of open) if ((!one.isFresh && one.row < 0) || (one.phrase.follow?.mayPass(code) ?? true)) open[kept++] = one
    this.#keep(kept)
  }

  /** @param kept how many stay open: they stand first */
  #keep(kept: number): void {
    if (kept === this.#open.length) return
    this.#cut(kept)
    this.#setDue()
  }

  /** Setting an array's length takes longer than taking away the few that are too many. */
  #cut(kept: number): void {
    while (this.#open.length > kept) this.#open.pop()
  }

  #setDue(): void {
    this.due = Infinity
    for (const one of this.#open) this.due = Math.min(this.due, one.start + one.phrase.hold + 1)
  }

  /** A token ended at `at`. @param bits class bits of it @param from where it began @returns a long value whose opening decides */
  boundary(at: number, bits: number, from = at): Begun | undefined {
    const open = this.#open
    let begun: Begun | undefined
    let closing: Open[] | undefined
    let kept = 0
    for (const one of open) {
      if (one.row >= 0) {
        if (this.#isRow(one, from, bits)) {
          if (one.numbers >= one.phrase.numbers) continue
          one.row = at
          one.numbers++
          open[kept++] = one
          continue
        }
        one.row = -1
      }
      if (one.held === Infinity) this.#hold(one, at)
      if (bits & DIGIT) one.numbers++
      const isBegun = one.phrase.early?.test(plainOf(one, this.source, at)) === true
      if (isBegun) begun ??= begunBy(one)
      if (isBegun || !goesOn(one, this.source, at)) (closing ??= []).push(one)
      else {
        open[kept++] = one
        this.#look(one, at)
      }
    }
    if (closing) this.#closeThese(closing, kept, at)
    else this.#keep(kept)
    return begun
  }

  /** Whether one more plain number follows upon those of the window. */
  #isRow({ row, phrase }: Open, from: number, bits: number): boolean {
    return from === row + 1 && (bits & (LOWER | UPPER)) === 0 && phrase.follow?.parts(codeAt(this.source.text, row - this.source.base)) === true
  }

  /** Closes what has held as much as it may. */
  expire(at: number): void {
    if (at < this.due) return
    const open = this.#open
    let closing: Open[] | undefined
    let kept = 0
    for (const one of open) {
      if (at - one.start <= one.phrase.hold) open[kept++] = one
      else (closing ??= []).push(one)
    }
    if (closing) this.#closeThese(closing, kept, at)
  }

  /** @param kept how many stay open: they stand first */
  #closeThese(closing: readonly Open[], kept: number, at: number): void {
    this.#cut(kept)
    this.#setDue()
    for (const one of closing) this.#decide(one, at)
  }

  /** Closes all of them at `at`; what began later is forgotten. */
  close(at: number): void {
    if (this.#open.length === 0) return
    const open = this.#open
    this.#open = []
    this.due = Infinity
    for (const one of open) if (one.start < at) this.#decide(one, at)
  }

  #hold(one: Open, at: number): void {
    const { heldFrom } = one.phrase
    const from = heldFrom ? this.source.search(heldFrom, one.start, at) : -1
    if (from >= 0) one.held = from
  }

  #decide(one: Open, at: number): void {
    if (one.held === Infinity) this.#hold(one, at)
    if (one.begun) {
      this.#lookLast(one, one.begun, at)
      one.begun.end = one.end
    } else if (!one.phrase.isBlock) {
      // A block whose opening never came is no value.
      for (const value of valuesOf(one, this.source, at)) this.#found(value)
    }
  }

  /** Looks into a phrase that does not wait for its end. */
  #look(one: Open, at: number): void {
    if (!one.phrase.isLong) return
    if (one.begun) (one.unseen ??= []).push(at)
    else this.#see(one, at)
  }

  /** Whether there is a value already, and where it ends as far as can be seen. */
  #see(one: Open, at: number): void {
    for (const value of valuesOf(one, this.source, at)) {
      if (!one.begun) {
        one.begun = { ...value, end: Infinity, committed: true }
        one.end = value.end
        this.#found(one.begun)
      } else if (value.start === one.begun.start) one.end = value.end
      // A further value in the same window is part of the first one: what lies between is not worth showing.
      else if (value.start > one.begun.start) one.end = Math.max(one.end, value.end)
    }
  }

  /** The whole window says where the value ends; only when it does not, what was seen of it in turn does. */
  #lookLast(one: Open, begun: Candidate, at: number): void {
    const seen = one.matching?.copy()
    const [value, another] = valuesOf(one, this.source, at)
    if (value?.start === begun.start && another === undefined) {
      one.end = value.end
      return
    }
    one.matching = seen
    for (const place of [...(one.unseen ?? []), at]) this.#see(one, place)
  }
}
