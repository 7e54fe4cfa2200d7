/**
 * Where what stands in a field is masked whole: what the field is called is told by JSON, by a table or a list, by whoever asks, or by the name before
 * it in a text. While one of them says so, nothing else is looked for.
 */
import type { Dispatch } from './dispatch.ts'
import type { Candidate, Compiled } from './match.ts'
import { NamedText } from './namedText.ts'
import { WholeWindow } from './wholeWindow.ts'

/** Units; frames cut what is longer. */
const LONGEST_CELL = 256
const NONE: readonly Compiled[] = []

export class WholeFields {
  readonly #ownersOf: (name: string) => readonly Compiled[]
  readonly #window: WholeWindow
  readonly #named: NamedText
  /** Types of the field that is read, none where only a name before it may say so. */
  #own: readonly Compiled[] = NONE
  /** The end of what was read. */
  #recent = ''
  #at = 0

  /** @param known placeholders that are given back */
  constructor(dispatch: Dispatch, found: (candidate: Candidate) => void, known: ReadonlyMap<string, unknown> | undefined) {
    this.#ownersOf = (name): readonly Compiled[] => dispatch.ownersOf(name)
    this.#window = new WholeWindow(found, known)
    this.#named = new NamedText(this.#window, this.#ownersOf)
  }

  push(text: string): void {
    this.#at += text.length
    this.#recent = (this.#recent + text).slice(-LONGEST_CELL)
    if (this.#own.length > 0) this.#window.push(text)
    else this.#named.push(text)
  }

  /** A field of this name begins, empty where it has none. */
  stand(name: string): void {
    if (this.#named.isNested) return
    const own = this.#ownersOf(name)
    if (own.length === 0 && this.#own.length === 0) return
    this.#named.restart()
    this.#window.open(own)
    this.#own = own
  }

  /** A cell ends, and another may follow. */
  cell(): void {
    if (this.#named.isNested) return
    this.#named.restart()
    this.#window.close()
  }

  /** A cell ends of which only now its name is known. @param length of it */
  judge(name: string, length: number): void {
    if (this.#own.length > 0 || length === 0 || length > LONGEST_CELL) return
    const own = this.#ownersOf(name)
    if (own.length === 0) return
    this.#named.restart()
    this.#window.judge(this.#recent.slice(-length), this.#recent.slice(-length - 1, -length), own)
  }

  /** Nothing spans this place. */
  boundary(): void {
    this.#named.restart()
    this.#window.close()
  }

  /** Where a value may begin that is not told yet. @param run units of what may be a cell whose name is not known */
  frontier(run: number): number {
    return Math.min(this.#window.frontier, run > 0 && run <= LONGEST_CELL && this.#own.length === 0 ? this.#at - run : Infinity)
  }
}
