/**
 * One pass over a stream of text, character by character, keeping the windows that are open and closing each where its content
 * says so (`recognisers/recogniser.ts` says what windows there are). What it does at a character depends on those before it and on
 * at most a few after it, never on where a chunk ended: that is why, for every text and every chunking, the findings and their
 * order are the same. `frontier` is the start of the oldest open window: no later finding begins before it.
 */
import { ALNUM, CJK, CLASSES, DASH, DIGIT, FOLD, FOREIGN, IGNORED, LEAD, LOWER, QUICK, UNIT, WORD, classOf, codeAt, readLastUnit, readUnit, unit } from './characters.ts'
import { CjkWindow, LONGEST_LEAD } from './cjkWindow.ts'
import type { Dispatch } from './dispatch.ts'
import { GroupWindow } from './groupWindow.ts'
import type { Candidate } from './match.ts'
import { PlainWords } from './plainWords.ts'
import { Phrases } from './phrases.ts'
import { FARTHEST } from './regex/wordIndex.ts'
import { Source } from './source.ts'
import { Swallow, type Begun } from './swallow.ts'
import { WordWindow } from './wordWindow.ts'

export class Scanner {
  readonly source: Source
  readonly #dispatch: Dispatch
  readonly #found: (candidate: Candidate) => void
  readonly #masks: (type: string) => boolean
  readonly #word: WordWindow
  readonly #group: GroupWindow
  readonly #cjk: CjkWindow
  readonly #phrases: Phrases
  readonly #blocks: Phrases
  #swallow: Swallow | undefined
  #at = 0
  #token = -1
  #tokenFirst = 0
  #lastTokenDigits = 0
  readonly #plain: PlainWords
  /** Where the fast lane left a word to be read with care. */
  #careful = -1
  /** Nothing becomes too long before this. */
  #due = Infinity

  /** @param masks whether a type is masked: a phrase of another type holds nothing back */
  constructor(dispatch: Dispatch, found: (candidate: Candidate) => void, masks: (type: string) => boolean = () => true, isSide = false) {
    this.source = new Source(dispatch)
    this.#dispatch = dispatch
    this.#found = found
    this.#masks = masks
    this.#word = new WordWindow(this.source, dispatch, found, isSide)
    this.#group = new GroupWindow(this.source, dispatch.group, found)
    this.#cjk = new CjkWindow(this.source, dispatch.cjk, found)
    this.#phrases = new Phrases(this.source, found, masks)
    this.#plain = new PlainWords(this.source, dispatch, this.#word, this.#phrases)
    this.#blocks = new Phrases(this.source, found, masks)
  }

  /** Nothing is open that a plain word or a gap could close, but phrases that are asked at the ends of words only. */
  get #isIdle(): boolean {
    return this.#word.start < 0 && this.#group.start < 0 && this.#group.lead < 0 && this.#cjk.start < 0 && !this.#blocks.any && this.#phrases.isSteady
  }

  /** @param isMasked of findings that are masked, or of those that are only counted: they hold nothing back, and wait for one another all the same */
  frontier(isMasked: boolean): number {
    // Windows inside a swallowed value are forgotten: nothing else is found there.
    if (this.#swallow) return this.#masks(this.#swallow.candidate.type) === isMasked ? this.#swallow.candidate.start : this.#at
    let least = Math.min(this.#at, this.#phrases.startAt(this.#at, isMasked), this.#blocks.startAt(this.#at, isMasked))
    if (this.#word.start >= 0) least = Math.min(least, this.#word.start)
    if (this.#group.start >= 0) least = Math.min(least, this.#group.start)
    if (this.#group.lead >= 0) least = Math.min(least, this.#group.lead)
    return this.#cjk.start >= 0 ? Math.min(least, this.#cjk.start) : least
  }

  /** Whether a finding lies in a value that is being swallowed. @param isMasked as is the finding */
  covers({ start, end }: Candidate, isMasked: boolean): boolean {
    const value = this.#swallow?.candidate
    return value !== undefined && start >= value.start && end <= this.#at && this.#masks(value.type) === isMasked
  }

  push(text: string): void {
    this.source.append(text)
    this.#scan(false)
    this.source.trim(this.#swallow ? this.#at : Math.min(this.frontier(true), this.#phrases.oldest, this.#blocks.oldest))
  }

  /** A value ends here, whatever it is: nothing spans this place. @param isOfCell but what words began */
  boundary(isOfCell = false): void {
    this.#scan(true)
    const at = this.#at
    if (this.#swallow) this.#finishSwallow(at)
    if (this.#token >= 0) this.#endToken(at)
    if (this.#swallow) this.#finishSwallow(at)
    if (this.#word.start >= 0) this.#closeWord(at)
    if (this.#swallow) this.#finishSwallow(at)
    this.#group.cut(at)
    this.#cjk.close(at)
    this.#plain.tokenEnd = -1
    if (isOfCell) return
    this.#phrases.close(at)
    this.#blocks.close(at)
  }

  /** A cell of a table ends here: nothing spans this place but a long value, and what words began: a label may stand in a cell of its own, an address in lines. @returns false where a long value does */
  cell(): boolean {
    const isFree = !this.#swallow && !this.#blocks.any
    if (isFree) this.boundary(true)
    return isFree
  }

  #scan(final: boolean): void {
    const { text, base } = this.source
    const end = text.length
    for (let i = this.#at - base; i < end; i = this.#at - base) {
      if (this.#at >= this.#due) this.#check(this.#at)
      if (this.#swallow) {
        this.#at = base + this.#swallow.run(text, i, final)
        if (!this.#swallow.done) return
        this.#finishSwallow(this.#at)
        continue
      }
      if (this.#token < 0 && this.#at !== this.#careful && this.#isIdle) {
        this.#careful = this.#at = base + this.#plain.run(text, i)
        continue
      }
      const code = codeAt(text, i)
      const known = CLASSES[code] ?? 0
      const bits = known === 0 ? classOf(code) : known
      if (bits & QUICK) {
        if (this.#token < 0 && !this.#beginToken(base + i, bits, final)) return
        this.#at = base + this.#plain.letters(text, i, Math.max(i + 1, Math.min(end, this.#due - base)))
      } else if (bits & (UNIT | FOLD)) {
        if (!this.#readUnit(text, i, final)) return
      } else this.#mark(code, bits, 1)
    }
  }

  /** Something that stands for another character. @returns false when the text ends before it is certain what stands here */
  #readUnit(text: string, i: number, final: boolean): boolean {
    if (final) readLastUnit(text, i, text.length)
    else if (!readUnit(text, i, text.length)) return false
    const { bits, length, code } = unit
    if (bits & FOLD) this.source.lastFold = this.#at
    if (bits & FOREIGN) this.source.lastForeign = this.#at
    if (bits & IGNORED) {
      this.#hide()
      this.#at += length
    } else if (bits & ALNUM) {
      if (this.#token < 0 && !this.#beginToken(this.#at, bits, final)) return false
      this.#plain.bits |= bits & FOREIGN ? bits : bits | QUICK
      if (bits & DIGIT) this.#plain.digits++
      this.#plain.read(code, this.#at)
      this.#at += length
    } else this.#mark(code, bits, length)
    return true
  }

  /** A character between tokens. */
  #mark(code: number, bits: number, length: number): void {
    const at = this.#at
    if (this.#token >= 0) this.#endToken(at)
    if (this.#swallow) return
    this.#separate(at, bits)
    this.#plain.read(code, at)
    this.#at = at + length
  }

  #hide(): void {
    if (this.#token >= 0) this.#plain.bits |= FOLD
    else if (this.#word.start >= 0) this.#word.bits |= FOLD
    this.#group.hide()
    this.#cjk.add(FOLD, 0)
  }

  #beginToken(at: number, bits: number, final: boolean): boolean {
    if (this.#group.start >= 0 && !this.#group.meets(at, final)) return false
    if (this.#phrases.any) this.#phrases.begins(at)
    // A bracket before a small letter leads no number.
    if (bits & LOWER) this.#group.lead = -1
    this.#token = at
    this.#plain.bits = 0
    this.#tokenFirst = bits
    this.#plain.digits = 0
    if (this.#word.start < 0) this.#openWord(at)
    return true
  }

  #endToken(at: number): void {
    const start = this.#token
    const bits = this.#plain.bits
    const digits = this.#plain.digits
    this.#token = -1
    this.#plain.token = start
    this.#plain.tokenEnd = at
    this.#plain.tokenBits = bits
    this.#lastTokenDigits = digits
    this.#word.bits |= bits
    this.#word.digits += digits
    if (this.#cjk.start >= 0) this.#cjk.add(bits, digits)
    if (this.#group.start >= 0 || digits > 0 || (bits & LOWER) === 0) {
      this.#group.add(start, at, bits, digits)
      this.#due = Math.min(this.#due, this.#group.due)
    }
    this.#group.lead = -1
    if (this.#phrases.any) {
      const begun = this.#phrases.boundary(at, bits, start)
      if (begun) {
        this.#begin(begun)
        return
      }
    }
    this.#dispatch.triggers.open(this.#phrases, start, at, bits, this.#tokenFirst)
    if (this.#phrases.due < this.#due) this.#due = this.#phrases.due
  }

  #separate(at: number, bits: number): void {
    this.#phrases.passes(at)
    if (bits & WORD) {
      if (this.#word.start < 0) this.#openWord(at)
      this.#word.mark(bits)
      this.#word.slide(at)
    } else if (this.#word.start >= 0) {
      this.#closeWord(at)
      if (this.#swallow) return
    }
    if (this.#group.start >= 0 || this.#group.lead >= 0 || bits & LEAD) this.#due = Math.min(this.#due, this.#group.separate(at, bits))
    if (bits & CJK) {
      if (this.#cjk.start < 0) this.#openCjk(at)
      this.#cjk.add(bits, 0)
    } else if (this.#cjk.start >= 0) this.#closeCjk(at)
  }

  #closeCjk(at: number): void {
    const { start } = this.#cjk
    this.#cjk.close(at)
    this.#dispatch.triggers.openRun(this.#phrases, start, at)
    if (this.#phrases.due < this.#due) this.#due = this.#phrases.due
  }

  #openCjk(at: number): void {
    const { token, tokenEnd, tokenBits } = this.#plain
    if (tokenEnd === at && at - token <= LONGEST_LEAD) this.#cjk.open(token, tokenBits, (tokenBits & DIGIT) === 0 ? 0 : this.#lastTokenDigits)
    else this.#cjk.open(at, 0, 0)
    this.#due = Math.min(this.#due, this.#cjk.due)
  }

  #openWord(at: number): void {
    this.#word.open(at)
    if (this.#word.due < this.#due) this.#due = this.#word.due
  }

  #closeWord(at: number): void {
    const { start, twice } = this.#word
    this.#word.close(at)
    if (twice & DASH) {
      this.#blocks.openBlocks(this.#dispatch.blocks, start, at)
      if (this.#blocks.due < this.#due) this.#due = this.#blocks.due
    }
    if (!this.#blocks.any) return
    const begun = this.#blocks.boundary(at, 0)
    if (begun) this.#begin(begun)
  }

  /** Something has become as long as it may: what happens is a function of its length. */
  #check(at: number): void {
    if (at >= this.#word.due) {
      const begun =
        (this.#blocks.any ? this.#blocks.boundary(at, 0) : undefined) ??
        this.#word.check(at, this.#token >= 0 ? this.#plain.bits : 0, this.#token >= 0 ? this.#plain.digits : 0)
      if (begun) {
        this.#begin(begun)
        return
      }
    }
    if (at >= this.#group.due) this.#group.halve()
    if (at >= this.#cjk.due) this.#cjk.halve(at)
    this.#phrases.expire(at)
    this.#blocks.expire(at)
    this.#due = Math.min(this.#word.due, this.#group.due, this.#cjk.due, this.#phrases.due, this.#blocks.due)
  }

  /** A long value has begun: every window before it is closed, those inside it are forgotten. */
  #begin({ early, ...known }: Begun): void {
    const { start } = known
    const candidate: Candidate = { ...known, end: Infinity, committed: true }
    this.#phrases.close(start)
    this.#blocks.close(start)
    this.#group.cut(start)
    this.#word.cut(start, this.#plain.bits, this.#token >= 0 ? this.#plain.digits : 0)
    this.#cjk.start = -1
    this.#token = this.#plain.tokenEnd = -1
    this.#due = Infinity
    this.#plain.state = 0
    this.#swallow = new Swallow(candidate, early)
    this.#found(candidate)
  }

  #finishSwallow(at: number): void {
    if (this.#swallow) {
      this.#swallow.candidate.end = at
      this.#plain.readAgain(Math.max(this.#swallow.candidate.start, at - FARTHEST), at)
    }
    this.#swallow = undefined
  }
}
