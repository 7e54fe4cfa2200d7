/** What must follow a token of digits alone that opens a phrase, as tables. */
import { CJK, FOLD, FOREIGN, IGNORED, UNIT, classOf, foldedOf } from './characters.ts'
import { membersOf, type Members } from './regex/members.ts'

export class Follow {
  /** One byte for each ASCII character. */
  readonly #between = new Uint8Array(128)
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
    return folded < 128 ? this.#first.ascii[folded] === 1 : this.#first.isBeyond && (bits & CJK) === 0
  }
}
