/** What must follow a token of digits alone that opens a phrase, as tables: most numbers open nothing by that. */
import { CJK, FOLD, FOREIGN, IGNORED, QUICK, UNIT, classOf, codeAt, foldedOf } from './characters.ts'
import { membersOf, type Members } from './regex/members.ts'

const ASCII = 128

export class Follow {
  /** One byte for each ASCII character. */
  readonly #between = new Uint8Array(ASCII)
  readonly #first: Members

  /** @param declared as a recogniser's `opens.follow` */
  constructor(declared: { readonly between: string; readonly first: RegExp }) {
    for (const mark of declared.between) this.#between[mark.charCodeAt(0)] = 1
    this.#first = membersOf(declared.first.source, declared.first.flags)
  }

  /** Whether a character may stand between the number and the next token. What stands for another character may. */
  mayPass(code: number): boolean {
    return this.parts(code) || (classOf(code) & (FOLD | UNIT)) !== 0
  }

  /** Whether a character is one of the marks that may stand between. */
  parts(code: number): boolean {
    return this.#between[code] === 1
  }

  /** Whether the next token may begin with a character. */
  mayBegin(code: number): boolean {
    const bits = classOf(code)
    // What it stands for is not told by this character alone.
    if (bits & (UNIT | IGNORED | FOREIGN)) return true
    const folded = foldedOf(code)
    return folded < ASCII ? this.#first.ascii[folded] === 1 : this.#first.isBeyond && (bits & CJK) === 0
  }

  /** Whether what stands at `i`, behind the number, may follow it, as far as the text has come. */
  isAt(text: string, i: number): boolean {
    if (i >= text.length) return true
    const mark = codeAt(text, i)
    if (!this.mayPass(mark)) return false
    // What stands for another character may be longer than this one.
    if (!this.parts(mark) || i + 1 >= text.length) return true
    const code = codeAt(text, i + 1)
    return (classOf(code) & QUICK) === 0 || this.mayBegin(code)
  }
}

/** A bit for each phrase that a number may open. */
const MOST = 31

/** The same for all phrases that open at a number, in one look: a bit for each of them. */
export class Follows {
  readonly #all: readonly (Follow | undefined)[]
  /** Those that a character may part from what follows, and those of which that is a mark of their own. */
  readonly #passes = new Int32Array(ASCII)
  readonly #parts = new Int32Array(ASCII)
  readonly #begins = new Int32Array(ASCII)

  /** @param all undefined where anything may follow */
  constructor(all: readonly (Follow | undefined)[]) {
    if (all.length > MOST) throw new RangeError(`${all.length} recognisers open at a number; ${MOST} can.`)
    this.#all = all
    for (let code = 0; code < ASCII; code++) {
      this.#passes[code] = this.#those((one) => one?.mayPass(code) ?? true)
      this.#parts[code] = this.#those((one) => one?.parts(code) ?? false)
      this.#begins[code] = this.#those((one) => one?.mayBegin(code) ?? true)
    }
  }

  #those(is: (one: Follow | undefined) => boolean): number {
    return this.#all.reduce((bits, one, i) => bits | (is(one) ? 1 << i : 0), 0)
  }

  /** Those for which `isAt` holds. */
  at(text: string, i: number): number {
    const mark = i < text.length ? codeAt(text, i) : ASCII
    if (mark >= ASCII) return this.#those((one) => one?.isAt(text, i) ?? true)
    const passes = this.#passes[mark] ?? 0
    if (passes === 0 || i + 1 >= text.length) return passes
    const code = codeAt(text, i + 1)
    if (code >= ASCII) return this.#those((one) => one?.isAt(text, i) ?? true)
    return (classOf(code) & QUICK) === 0 ? passes : passes & (~(this.#parts[mark] ?? 0) | (this.#begins[code] ?? 0))
  }
}
