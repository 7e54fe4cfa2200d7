/** The window of one word: e-mail addresses, URLs, tokens, keys. */
import type { Early } from '../recognisers/recogniser.ts'
import { COLON, DIGIT, EQUALS, FOREIGN, LOWER, QUICK, SYMBOL, UPPER, classOf, codeAt } from './characters.ts'
import type { Dispatch } from './dispatch.ts'
import { readEncoded } from './encoded.ts'
import { foldText } from './fold.ts'
import { WORD_LIMIT } from './limits.ts'
import type { Seen } from './wordBench.ts'
import type { Candidate } from './match.ts'
import type { Phrase } from './phrase.ts'
import type { Begun } from './swallow.ts'
import type { Source } from './source.ts'

/** Lengths of a word at which the openings of long secrets are tried. */
const EARLY_STEPS = [40, 64, 128, 256]
/** A secret goes on over these once it is decided: what parts the fields of a URL ends it. */
const SECRET_BODY: Early = { opening: /(?!)/, body: /[^&?#|]/ }
/** A secret that matches at this many characters less as well is taken to go on. */
const STEADY = 12
/** Capitals and small letters together may be base64 from this length on. */
export const SHORTEST_ENCODED = 12
const OPERATORS = COLON | EQUALS
/** Marks at the beginning of a word that are kept: a longer row of them is a line somebody drew. */
const MOST_MARKS = 16

export class WordWindow implements Seen {
  start = -1
  bits = 0
  twice = 0
  digits = 0
  readonly #source: Source
  readonly #dispatch: Dispatch
  readonly #found: (candidate: Candidate) => void
  /** Text behind base64 is not decoded again. */
  readonly #isSide: boolean
  #step = 0
  #called: Phrase[] = []
  readonly #lone = { bits: 0, twice: 0, digits: 0 }

  constructor(source: Source, dispatch: Dispatch, found: (candidate: Candidate) => void, isSide: boolean) {
    this.#source = source
    this.#dispatch = dispatch
    this.#found = found
    this.#isSide = isSide
  }

  get due(): number {
    return this.start < 0 ? Infinity : this.start + (EARLY_STEPS[this.#step] ?? WORD_LIMIT)
  }

  open(at: number): void {
    this.start = at
    this.bits = 0
    this.twice = 0
    this.digits = 0
    this.#step = 0
    if (this.#called.length > 0) this.#called = []
  }

  /** A literal of theirs came by. */
  call(phrases: readonly Phrase[]): void {
    for (const phrase of phrases) if (!this.#called.includes(phrase)) this.#called.push(phrase)
  }

  /** The word index reads letters of other scripts as they are: in a word that mixes them it reads once more, as the patterns do. */
  #callLookalikes(start: number, at: number): void {
    const { words, heard } = this.#source
    const { next, loud } = words.automaton
    const text = foldText(this.#source.slice(start, at))
    let state = 0
    for (let i = 0; i < text.length; i++) {
      state = next[(state << 7) + (classOf(codeAt(text, i)) >>> SYMBOL)] ?? 0
      if (state >= loud) this.call(heard.calls(state - loud))
    }
  }

  /** A mark belongs to the word. */
  mark(bits: number): void {
    this.twice |= this.bits & bits
    this.bits |= bits
  }

  /** Slides over a row of marks that begins the word. */
  slide(at: number): void {
    if (this.bits !== 0 && at - this.start >= MOST_MARKS && (this.bits & (LOWER | UPPER | DIGIT)) === 0) this.start = at - MOST_MARKS / 2
  }

  close(at: number): void {
    const { start } = this
    this.start = -1
    if (this.bits & FOREIGN && this.bits & QUICK) this.#callLookalikes(start, at)
    this.#run(start, at, this)
  }

  /** A value has begun at `at` that swallows what follows: what stands before it is judged by itself. */
  cut(at: number, bits: number, digits: number): void {
    const { start } = this
    this.start = -1
    if (start >= 0 && start < at) this.#run(start, at, this.#with(bits, digits))
  }

  /**
   * The word has become long: the openings of long values are tried, then it is halved.
   * @param bits of the token being read @param digits of it @returns a value that has begun
   */
  check(at: number, bits: number, digits: number): Begun | undefined {
    const length = at - this.start
    while (length >= (EARLY_STEPS[this.#step] ?? Infinity)) {
      this.#step++
      const begun = this.#tryEarly(at, this.bits | bits) ?? this.#trySecret(at, this.#with(bits, digits))
      if (begun) return begun
    }
    return length < WORD_LIMIT ? undefined : this.#halve(at, this.#with(bits, digits))
  }

  /** What the word is made of, together with the token being read. */
  #with(bits: number, digits: number): Seen {
    return { bits: this.bits | bits, twice: this.twice, digits: this.digits + digits }
  }

  #tryEarly(at: number, bits: number): Begun | undefined {
    let view
    for (const list of [this.#called, this.#dispatch.early]) {
      for (const phrase of list) {
        if (!phrase.early) continue
        view ??= this.#source.view(this.start, at, bits, this.#source.key)
        const match = phrase.early.exec(view.folded.text)
        if (!match) continue
        const { type, detector, certainty, early } = phrase.compiled
        return { start: this.start + (view.folded.starts?.[match.index] ?? match.index), end: Infinity, type, detector, certainty, early }
      }
    }
    return undefined
  }

  /** A secret that matches up to the last character read is decided, however long it goes on. */
  #trySecret(at: number, seen: Seen): Begun | undefined {
    if (!this.#dispatch.secrets.pick(this.#source, this.start, seen, at - this.start, this.#called.filter(({ compiled }) => compiled.type === 'SECRET'))) return undefined
    const best = this.#secretUpTo(at, seen)
    // A pattern of fixed length matches at few lengths; one that goes on matched some characters earlier too.
    return best && this.#secretUpTo(at - STEADY, seen) ? { ...best, early: SECRET_BODY } : undefined
  }

  #secretUpTo(at: number, seen: Seen): Candidate | undefined {
    let best: Candidate | undefined
    this.#dispatch.secrets.run(this.#source.view(this.start, at, seen.bits, this.#source.key), (candidate) => {
      if (candidate.end >= at && (best === undefined || candidate.certainty > best.certainty)) best = candidate
    })
    return best
  }

  #halve(at: number, seen: Seen): Begun | undefined {
    const { start } = this
    let last: Candidate | undefined
    if (this.#dispatch.word.pick(this.#source, start, seen, at - start, this.#called))
      this.#dispatch.word.run(this.#source.view(start, at, seen.bits, this.#source.key), (candidate) => {
        if (candidate.end < at) this.#found(candidate)
        else if (last === undefined || candidate.certainty > last.certainty) last = candidate
      })
    if (last) return { ...last, early: undefined }
    this.start = start + WORD_LIMIT / 2
    const { text, base } = this.#source
    this.digits -= seen.digits
    for (let i = this.start; i < at; i++) if (classOf(codeAt(text, i - base)) & DIGIT) this.digits++
    return undefined
  }

  /** A whole word without digits that was read elsewhere, and that no literal calls. */
  judge(start: number, at: number, bits: number, twice: number): void {
    this.#lone.bits = bits
    this.#lone.twice = twice
    if (this.#called.length > 0) this.#called = []
    this.#run(start, at, this.#lone)
  }

  #run(start: number, at: number, seen: Seen): void {
    const from = seen.bits & OPERATORS ? this.#behindOperator(start, at) : start
    if (from > start || seen.digits === 0) this.#show(start, at, seen)
    if (seen.digits === 0) return
    const { key } = this.#source
    const isField = this.#source.enterField(from, true)
    if (from === start) this.#show(start, at, seen)
    else if (isField) this.#show(from, at, this.#seen(from, at))
    this.#source.key = key
  }

  /** Where a value begins in `member_id=XYZ12`. */
  #behindOperator(start: number, at: number): number {
    const { text, base } = this.#source
    for (let i = at - 2; i > start; i--) if (classOf(codeAt(text, i - base)) & OPERATORS) return i + 1
    return start
  }

  /** What a part of a word is made of. */
  #seen(from: number, at: number): Seen {
    const { text, base } = this.#source
    let bits = 0
    let twice = 0
    let digits = 0
    for (let i = from; i < at; i++) {
      const own = classOf(codeAt(text, i - base))
      twice |= bits & own
      bits |= own
      if (own & DIGIT) digits++
    }
    return { bits, twice, digits }
  }

  #show(start: number, at: number, seen: Seen): void {
    const { bits } = seen
    const length = at - start
    const isWanted = this.#dispatch.word.pick(this.#source, start, seen, length, this.#called)
    const mayBeEncoded = !this.#isSide && length >= SHORTEST_ENCODED && (bits & (UPPER | LOWER | QUICK)) === (UPPER | LOWER | QUICK)
    if (!isWanted && !mayBeEncoded) return
    const view = this.#source.view(start, at, bits, this.#source.key)
    if (isWanted) this.#dispatch.word.run(view, this.#found)
    if (mayBeEncoded) readEncoded(this.#dispatch, view, this.#found)
  }
}
