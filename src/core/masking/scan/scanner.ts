/**
 * One pass over a stream of text, character by character, keeping the windows that are open and closing each where its content
 * says so (`recognisers/recogniser.ts` says what windows there are). What it does at a character depends on the
 * characters before it and on at most a few after it, never on where a chunk ended: that is why
 *
 *   for every text and every chunking, the findings and their order are the same.
 *
 * `frontier` is the start of the oldest open window: no later finding begins before it.
 */
import {
  ALNUM, BEYOND_ASCII, CJK, CLASSES, DASH, DIGIT, FOLD, IGNORED, JOIN, LEAD, LOWER, NEWLINE, UNIT, UPPER, WORD, classOf, readLastUnit, readUnit, unit,
} from './characters.ts'
import { HASH_BITS, HASH_SEED, hashStep, type Dispatch, type Phrase } from './dispatch.ts'
import { readEncoded } from './encoded.ts'
import { foldIfNeeded } from './fold.ts'
import { joins, type Joining } from './joining.ts'
import type { Candidate } from './match.ts'
import { CERTAINTY } from '../recognisers/recogniser.ts'
import { Phrases, type Commit } from './phrases.ts'
import { Source } from './source.ts'
import { Swallow } from './swallow.ts'

/** Units of a word, a group and a run of ideographs that are looked at together; longer ones are read in overlapping halves. */
export const WORD_LIMIT = 512
export const GROUP_LIMIT = 96
export const CJK_LIMIT = 64
/** Lengths of a word at which the openings of long secrets are tried. */
const EARLY_STEPS = [32, 64, 128, 256]
const MOST_JOINS = 3

export class Scanner {
  readonly source = new Source()
  /** Name of the field the text stands in; may change between pushes. */
  key = ''
  readonly #dispatch: Dispatch
  readonly #found: (candidate: Candidate) => void
  readonly #phrases: Phrases
  readonly #blocks: Phrases
  /** Side texts are not decoded again. */
  readonly #side: boolean
  #at = 0
  #word = -1
  #wordBits = 0
  #wordDigits = 0
  #earlyStep = 0
  #token = -1
  #tokenBits = 0
  #tokenFirst = 0
  #tokenDigits = 0
  #hash = HASH_SEED
  #lastToken = -1
  #lastTokenEnd = -1
  #group = -1
  #groupEnd = -1
  #groupBits = 0
  #groupDigits = 0
  #joins = 0
  #lines = 0
  #lead = -1
  #leadBits = 0
  #cjk = -1
  #cjkBits = 0
  #cjkDigits = 0
  #checkAt = Infinity
  #swallow: Swallow | undefined

  constructor(dispatch: Dispatch, found: (candidate: Candidate) => void, side = false) {
    this.#dispatch = dispatch
    this.#found = found
    this.#side = side
    this.#phrases = new Phrases(this.source, found)
    this.#blocks = new Phrases(this.source, found)
  }

  push(text: string): void {
    this.source.append(text)
    this.#scan(false)
    this.source.trim(this.#swallow ? this.#at - 64 : this.frontier)
  }

  /** A value ends here, whatever it is: nothing spans this place. */
  boundary(): void {
    this.#scan(true)
    const at = this.#at
    if (this.#swallow) this.#finishSwallow(at)
    if (this.#token >= 0) this.#endToken(at)
    if (this.#word >= 0) this.#closeWord(at)
    if (this.#group >= 0) this.#closeGroup()
    if (this.#cjk >= 0) this.#closeCjk(at)
    this.#phrases.close(at)
    this.#blocks.close(at)
    this.#lead = -1
    this.#lastTokenEnd = -1
  }

  /** Offset of the first character that is not read yet. */
  get at(): number {
    return this.#at
  }

  get frontier(): number {
    if (this.#swallow) return this.#swallow.candidate.start
    let least = this.#at
    if (this.#word >= 0 && this.#word < least) least = this.#word
    if (this.#group >= 0 && this.#group < least) least = this.#group
    if (this.#lead >= 0 && this.#lead < least) least = this.#lead
    if (this.#cjk >= 0 && this.#cjk < least) least = this.#cjk
    return Math.min(least, this.#phrases.start, this.#blocks.start)
  }

  #scan(final: boolean): void {
    const { text, base } = this.source
    const end = text.length
    let i = this.#at - base
    while (i < end) {
      if (base + i >= this.#checkAt) this.#check(base + i)
      if (this.#swallow) {
        i = this.#swallow.run(text, i, final)
        this.#at = base + i
        if (!this.#swallow.done) return
        this.#finishSwallow(this.#at)
        continue
      }
      const code = text.charCodeAt(i)
      let bits = CLASSES[code] ?? 0
      if (bits === 0) bits = classOf(code)
      let length = 1
      let folded = code
      if (bits & UNIT) {
        if (final) readLastUnit(text, i, end)
        else if (!readUnit(text, i, end)) break
        ;({ bits, length, code: folded } = unit)
      }
      if (bits & ALNUM) {
        if (this.#token < 0 && !this.#beginToken(base + i, bits, final)) break
        if (length === 1 && (bits & FOLD) === 0) {
          i = this.#run(text, i, end, Math.min(end, this.#checkAt - base))
        } else {
          this.#tokenBits |= bits
          if (bits & DIGIT) this.#tokenDigits++
          this.#hash = hashStep(this.#hash, folded)
          i += length
        }
      } else if (bits & IGNORED) {
        if (this.#token >= 0) this.#tokenBits |= bits & FOLD
        else if (this.#word >= 0) this.#wordBits |= bits & FOLD
        if (this.#group >= 0) this.#groupBits |= FOLD
        if (this.#cjk >= 0) this.#cjkBits |= FOLD
        i += length
      } else {
        this.#at = base + i
        if (this.#token >= 0) this.#endToken(base + i)
        if (!this.#swallow) {
          this.#separate(base + i, bits)
          i += length
        }
      }
      this.#at = base + i
    }
  }

  /** The fast lane: letters and digits that stand for themselves. */
  #run(text: string, from: number, end: number, stop: number): number {
    let i = from
    let bits = this.#tokenBits
    let hash = this.#hash
    let digits = this.#tokenDigits
    do {
      const code = text.charCodeAt(i)
      const own = CLASSES[code] ?? 0
      if ((own & ALNUM) === 0 || own & (FOLD | UNIT)) break
      bits |= own
      digits += (own >> 2) & 1
      hash = hashStep(hash, code)
      i++
    } while (i < stop && i < end)
    this.#tokenBits = bits
    this.#hash = hash
    this.#tokenDigits = digits
    return i
  }

  /** @returns false when the text ends before it is certain whether an open group goes on with this token */
  #beginToken(at: number, bits: number, final: boolean): boolean {
    if (this.#group >= 0) {
      const verdict: Joining = joins(this.source.text, at - this.source.base, final)
      if (verdict === 'unknown') return false
      if (verdict === 'no') this.#closeGroup()
    }
    this.#token = at
    this.#tokenBits = 0
    this.#tokenFirst = bits
    this.#tokenDigits = 0
    this.#hash = HASH_SEED
    if (this.#word < 0) this.#openWord(at)
    return true
  }

  #endToken(at: number): void {
    const start = this.#token
    const bits = this.#tokenBits
    const digits = this.#tokenDigits
    this.#token = -1
    this.#lastToken = start
    this.#lastTokenEnd = at
    this.#wordBits |= bits
    this.#wordDigits += digits
    if (this.#cjk >= 0) {
      this.#cjkBits |= bits
      this.#cjkDigits += digits
    }
    if (this.#group >= 0 || digits > 0 || ((bits & LOWER) === 0 && at - start <= 4)) this.#addToGroup(start, at, bits, digits)
    this.#lead = -1
    if (this.#phrases.any) {
      const commit = this.#phrases.boundary(at)
      if (commit) {
        this.#commit(commit)
        return
      }
    }
    const { byDigit, byCapital, triggers } = this.#dispatch
    if (triggers[this.#hash & HASH_BITS] === 1 || bits & (FOLD | BEYOND_ASCII)) this.#trigger(start, at)
    if (this.#tokenFirst & DIGIT) for (const phrase of byDigit) this.#openPhrase(phrase, start, at)
    else if (this.#tokenFirst & UPPER) for (const phrase of byCapital) this.#openPhrase(phrase, start, at)
  }

  #trigger(start: number, at: number): void {
    const word = foldIfNeeded(this.source.slice(start, at)).toLowerCase()
    for (const phrase of this.#dispatch.byWord.get(word) ?? []) this.#openPhrase(phrase, phrase.compiled.recogniser.opens?.after ? at : start, at)
  }

  #openPhrase(phrase: Phrase, start: number, at: number): void {
    if (start < at && phrase.grow && !phrase.grow.test(foldIfNeeded(this.source.slice(start, at)))) return
    this.#phrases.open(phrase, start, this.key)
    this.#checkAt = Math.min(this.#checkAt, this.#phrases.due)
  }

  #addToGroup(start: number, at: number, bits: number, digits: number): void {
    if (this.#group < 0) {
      if (at - start > GROUP_LIMIT) return
      this.#group = this.#lead >= 0 ? this.#lead : start
      this.#groupBits = this.#lead >= 0 ? this.#leadBits : 0
      this.#groupDigits = 0
      this.#checkAt = Math.min(this.#checkAt, this.#group + GROUP_LIMIT + 1)
    }
    this.#groupEnd = at
    this.#groupBits |= bits
    this.#groupDigits += digits
    this.#joins = 0
    this.#lines = 0
  }

  #separate(at: number, bits: number): void {
    if (bits & WORD) {
      if (this.#word < 0) this.#openWord(at)
      this.#wordBits |= bits
    } else if (this.#word >= 0) {
      this.#closeWord(at)
      if (this.#swallow) return
    }
    if (this.#group >= 0) {
      if (bits & NEWLINE) this.#lines++
      this.#groupBits |= bits & ~ALNUM
      if ((bits & JOIN) === 0 || ++this.#joins > MOST_JOINS || this.#lines > 1) this.#closeGroup()
    }
    if (bits & LEAD) {
      this.#leadBits = this.#lead < 0 ? bits : this.#leadBits | bits
      if (this.#lead < 0) this.#lead = at
    } else this.#lead = -1
    if (bits & CJK) {
      if (this.#cjk < 0) {
        this.#cjk = this.#lastTokenEnd === at ? this.#lastToken : at
        this.#cjkBits = CJK
        this.#cjkDigits = 0
        this.#checkAt = Math.min(this.#checkAt, this.#cjk + CJK_LIMIT)
      }
      this.#cjkBits |= bits & FOLD
    } else if (this.#cjk >= 0) this.#closeCjk(at)
  }

  #openWord(at: number): void {
    this.#word = at
    this.#wordBits = 0
    this.#wordDigits = 0
    this.#earlyStep = 0
    if (at + 32 < this.#checkAt) this.#checkAt = at + 32
  }

  #closeWord(at: number): void {
    const start = this.#word
    const bits = this.#wordBits
    this.#word = -1
    this.#runWord(start, at, bits, this.#wordDigits)
    if (bits & DASH && this.#dispatch.blocks.length > 0) this.#openBlocks(start, at)
    if (this.#blocks.any) {
      const commit = this.#blocks.boundary(at)
      if (commit) this.#commit(commit)
    }
  }

  #runWord(start: number, at: number, bits: number, digits: number): void {
    if (this.#dispatch.word.wants(bits, digits, at - start)) {
      this.#dispatch.word.run(this.source.view(start, at, bits, this.key), bits, digits, this.#found)
    }
    if (!this.#side && at - start >= 12 && (bits & (UPPER | LOWER)) === (UPPER | LOWER))
      readEncoded(this.#dispatch, this.source.view(start, at, bits, this.key), this.#found)
  }

  #openBlocks(start: number, at: number): void {
    const text = this.source.slice(start, at)
    for (const block of this.#dispatch.blocks) {
      for (const literal of block.compiled.recogniser.starts ?? []) {
        const found = text.indexOf(literal.split(' ', 1)[0] ?? literal)
        if (found < 0) continue
        this.#blocks.open(block, start + found, this.key)
        this.#checkAt = Math.min(this.#checkAt, this.#blocks.due)
      }
    }
  }

  #closeGroup(): void {
    const start = this.#group
    this.#group = -1
    if (this.#groupDigits > 0) this.#runGroup(start, this.#groupEnd)
  }

  #runGroup(start: number, end: number): void {
    const bits = this.#groupBits
    if (this.#dispatch.group.wants(bits, this.#groupDigits, end - start))
      this.#dispatch.group.run(this.source.view(start, end, bits, this.key), bits, this.#groupDigits, this.#found)
  }

  #closeCjk(at: number): void {
    const start = this.#cjk
    this.#cjk = -1
    const bits = this.#cjkBits
    if (this.#dispatch.cjk.wants(bits, this.#cjkDigits, at - start))
      this.#dispatch.cjk.run(this.source.view(start, at, bits | FOLD, this.key), bits, this.#cjkDigits, this.#found)
  }

  /** Something has become as long as it may: what happens is a function of its length. */
  #check(at: number): void {
    if (this.#word >= 0) this.#checkWord(at)
    if (this.#swallow) return
    if (this.#group >= 0 && at - this.#group > GROUP_LIMIT) this.#halveGroup()
    if (this.#cjk >= 0 && at - this.#cjk >= CJK_LIMIT) {
      const next = this.#cjk + CJK_LIMIT / 2
      const bits = this.#cjkBits
      const digits = this.#cjkDigits
      this.#closeCjk(at)
      this.#cjk = next
      this.#cjkBits = bits
      this.#cjkDigits = digits
    }
    if (at >= this.#phrases.due) this.#phrases.expire(at)
    if (at >= this.#blocks.due) this.#blocks.expire(at)
    let next = Math.min(this.#phrases.due, this.#blocks.due)
    if (this.#word >= 0) next = Math.min(next, this.#word + (EARLY_STEPS[this.#earlyStep] ?? WORD_LIMIT))
    if (this.#group >= 0) next = Math.min(next, this.#group + GROUP_LIMIT + 1)
    if (this.#cjk >= 0) next = Math.min(next, this.#cjk + CJK_LIMIT)
    this.#checkAt = next
  }

  #checkWord(at: number): void {
    const start = this.#word
    const length = at - start
    while (length >= (EARLY_STEPS[this.#earlyStep] ?? Infinity)) {
      this.#earlyStep++
      const commit = this.#tryEarly(start, at)
      if (commit) {
        this.#commit(commit)
        return
      }
    }
    if (length < WORD_LIMIT) return
    const bits = this.#wordBits | this.#tokenBits
    const digits = this.#wordDigits + this.#tokenDigits
    let last: Candidate | undefined
    this.#dispatch.word.run(this.source.view(start, at, bits, this.key), bits, digits, (candidate) => {
      if (candidate.end < at) this.#found(candidate)
      else if (last === undefined || candidate.certainty > last.certainty) last = candidate
    })
    if (last) {
      this.#swallowFrom(last, undefined)
      return
    }
    this.#word = start + WORD_LIMIT / 2
    this.#wordDigits = this.#countDigits(this.#word, this.#token >= 0 ? Math.max(this.#token, this.#word) : at)
  }

  #countDigits(from: number, to: number): number {
    const { text, base } = this.source
    let count = 0
    for (let at = from; at < to; at++) if (classOf(text.charCodeAt(at - base)) & DIGIT) count++
    return count
  }

  #tryEarly(start: number, at: number): Commit | undefined {
    if (this.#dispatch.early.length === 0) return undefined
    const bits = this.#wordBits | this.#tokenBits
    const view = this.source.view(start, at, bits, this.key)
    for (const phrase of this.#dispatch.early) {
      const match = phrase.early?.exec(view.folded.text)
      if (match) return { start: start + (view.folded.starts?.[match.index] ?? match.index), phrase }
    }
    return undefined
  }

  #commit({ start, phrase }: Commit): void {
    const { recogniser, detector } = phrase.compiled
    this.#swallowFrom({ start, end: Infinity, type: recogniser.type, detector, certainty: CERTAINTY[recogniser.certainty] }, phrase)
  }

  /** Closes every window before the value and forgets those inside it. */
  #swallowFrom(known: Candidate, phrase: Phrase | undefined): void {
    const candidate = { ...known, end: Infinity, committed: true }
    const { start } = candidate
    this.#phrases.close(start)
    this.#blocks.close(start)
    if (this.#group >= 0 && this.#groupEnd <= start) this.#closeGroup()
    if (this.#word >= 0 && this.#word < start) this.#runWord(this.#word, start, this.#wordBits | this.#tokenBits, this.#wordDigits + this.#tokenDigits)
    this.#word = this.#token = this.#group = this.#cjk = this.#lead = -1
    this.#checkAt = Infinity
    this.#swallow = new Swallow(candidate, phrase?.compiled.recogniser.early)
    this.#found(candidate)
  }

  #finishSwallow(at: number): void {
    if (this.#swallow) this.#swallow.candidate.end = at
    this.#swallow = undefined
  }

  /** A long row of numbers: what was seen is judged, and the latter half is seen again with what follows. */
  #halveGroup(): void {
    const start = this.#group
    const end = this.#groupEnd
    if (this.#groupDigits > 0) this.#runGroup(start, end)
    const { text, base } = this.source
    let next = Math.max(start + 1, end - GROUP_LIMIT / 2)
    while (next < end && (classOf(text.charCodeAt(next - 1 - base)) & ALNUM || (classOf(text.charCodeAt(next - base)) & ALNUM) === 0)) next++
    this.#group = next < end ? next : -1
    if (next < end) this.#groupDigits = this.#countDigits(next, end)
  }
}
