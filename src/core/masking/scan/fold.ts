/** Folding of one window: the plain form that patterns are written for, with a map back to the offsets as received. */
import { DIGIT, FOLD, FOREIGN, IGNORED, LOWER, UNIT, UPPER, classOf, codeAt, readLastUnit, readSingle, unit } from './characters.ts'
import { lookalike } from './homoglyphs.ts'

export interface Folded {
  readonly text: string
  /** Where the folded character begins, relative to the window; undefined: the window is its own plain form. */
  readonly starts: readonly number[] | undefined
  /** Where it ends. Not the next one's start: invisible characters may lie between. */
  readonly ends: readonly number[] | undefined
}

const NOT_ITSELF = FOLD | UNIT

/** Characters that a call may take as its arguments. */
const AT_ONCE = 4096

export function plain(text: string): Folded {
  return { text, starts: undefined, ends: undefined }
}

function textOf(codes: readonly number[]): string {
  if (codes.length <= AT_ONCE) return String.fromCharCode(...codes)
  let text = ''
  for (let i = 0; i < codes.length; i += AT_ONCE) text += String.fromCharCode(...codes.slice(i, i + AT_ONCE))
  return text
}

/** Places in a window in which each character stands for one. */
const ONE_BY_ONE = 512
const STARTS = Array.from({ length: ONE_BY_ONE }, (_, at) => at)
const ENDS = Array.from({ length: ONE_BY_ONE }, (_, at) => at + 1)

/** @param text the window as received */
export function fold(text: string): Folded {
  if (isOneByOne(text)) return { text: read(text, undefined, undefined), starts: STARTS, ends: ENDS }
  const starts: number[] = []
  const ends: number[] = []
  return { text: read(text, starts, ends), starts, ends }
}

function isOneByOne(text: string): boolean {
  if (text.length > ONE_BY_ONE) return false
  for (let at = 0; at < text.length; at++) if (classOf(codeAt(text, at)) & (UNIT | IGNORED)) return false
  return true
}

const LATIN = /[A-Za-z\d]/

/** The plain form alone, where nobody asks for places. */
export function foldText(text: string): string {
  const own = foldOwn(text)
  return hasForeign && LATIN.test(own) ? lookalikes(own) : own
}

/** Whether there was a letter among what was folded last that may look like a Latin one. */
let hasForeign = false

/** As `foldText`, but for letters of other scripts, which stay: what stands for itself is taken over as it is. */
function foldOwn(text: string): string {
  let folded = ''
  let from = 0
  hasForeign = false
  for (let at = 0; at < text.length; ) {
    const code = codeAt(text, at)
    const own = classOf(code)
    if (own & FOREIGN) hasForeign = true
    if (own & FOREIGN || (own & NOT_ITSELF) === 0) {
      at++
      continue
    }
    if ((own & UNIT) === 0) readSingle(code, own)
    else readLastUnit(text, at, text.length)
    if (unit.bits & FOREIGN) hasForeign = true
    folded += text.slice(from, at)
    if ((unit.bits & IGNORED) === 0) folded += String.fromCharCode(unit.code)
    at += unit.length
    from = at
  }
  return folded + text.slice(from)
}

function lookalikes(text: string): string {
  let latin = ''
  for (let i = 0; i < text.length; i++) latin += String.fromCharCode(lookalike(codeAt(text, i)))
  return latin
}

/**
 * The plain form of a window that grows: each character is folded once, however often somebody asks. It grows by whole tokens, so that
 * nothing that stands for one character is cut.
 */
export class Growing {
  text = ''
  /** Letters of other scripts in it are read as the Latin ones they look like: what was read of it before that is to be read again. */
  isLatin = false
  #own = ''
  #hasForeign = false
  #hasLatin = false

  add(more: string): void {
    const own = foldOwn(more)
    this.#own += own
    this.#hasForeign ||= hasForeign
    this.#hasLatin ||= LATIN.test(own)
    if (this.isLatin) this.text += lookalikes(own)
    else if (this.#hasForeign && this.#hasLatin) {
      this.isLatin = true
      this.text = lookalikes(this.#own)
    } else this.text = this.#own
  }
}

/** The plain form in which each letter of another script is the Latin one that it looks like, whatever stands with it: more is read in it that way, nothing less. */
export function foldLatin(text: string): Folded {
  const { text: folded, starts, ends } = fold(text)
  return { text: lookalikes(folded), starts, ends }
}

function read(text: string, starts: number[] | undefined, ends: number[] | undefined): string {
  const codes: number[] = []
  let bits = 0
  let latin = 0
  for (let at = 0; at < text.length; at += unit.length) {
    const own = classOf(codeAt(text, at))
    if ((own & UNIT) === 0) readSingle(codeAt(text, at), own)
    else readLastUnit(text, at, text.length)
    if (unit.bits & IGNORED) continue
    bits |= unit.bits
    if (unit.code < 128) latin |= unit.bits & (LOWER | UPPER | DIGIT)
    codes.push(unit.code)
    starts?.push(at)
    ends?.push(at + unit.length)
  }
  if (bits & FOREIGN && latin !== 0) for (let i = 0; i < codes.length; i++) codes[i] = lookalike(codes[i] ?? 0)
  return textOf(codes)
}
