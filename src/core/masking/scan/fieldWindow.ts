/**
 * The window of all that stands in one field: a string of JSON, a cell of a table or a list. For values that no other window holds, because any
 * character may stand in them. Only where the name of the field speaks for it, and no longer than it may be held back.
 */
import type { Dispatch } from './dispatch.ts'
import { candidateAt, isValid, type Candidate, type Compiled } from './match.ts'
import type { Source } from './source.ts'

/** Units; a longer text is no such value. Less than what is kept left of what is undecided. */
const LONGEST = 96
const NONE: readonly Compiled[] = []

/** What may stand around a value in its field: blanks, marks and tags, and quotes of one kind. */
const AROUND = /^(?:\s|<[^<>]{0,60}>)*(?:[NEub]?(["'])(?<quoted>.*)\1[\s,;|)\]}│┆]*|(?<bare>[^"'\s](?:.*?[^\s,;|)\]}│┆])?)\s*[,;|)\]}│┆]?\s*)(?:<[^<>]{0,60}>|\s)*$/ds

export class FieldWindow {
  /** Where it began, -1 where none is open. */
  #start = -1
  #own: readonly Compiled[] = NONE
  readonly #source: Source
  readonly #dispatch: Dispatch
  readonly #found: (candidate: Candidate) => void

  constructor(source: Source, dispatch: Dispatch, found: (candidate: Candidate) => void) {
    this.#source = source
    this.#dispatch = dispatch
    this.#found = found
  }

  /** A field of another name begins. */
  open(): void {
    this.#own = this.#dispatch.fieldsOf(this.#source.key)
    this.#start = this.#own.length > 0 ? this.#at : -1
  }

  /** The field ends here, and another of the same name begins. */
  close(): void {
    const start = this.#start
    if (start < 0) return
    this.#start = this.#at
    if (this.#at - start > LONGEST) return
    const places = AROUND.exec(this.#source.slice(start, this.#at))?.indices?.groups
    const [from, to] = places?.['quoted'] ?? places?.['bare'] ?? [0, 0]
    if (from === to) return
    const view = this.#source.view(start + from, start + to, 0, this.#source.key)
    const { length } = view.folded.text
    for (const one of this.#own) if (one.firstEnd(view.folded.text) === length && isValid(one, view, 0, length)) this.#found(candidateAt(view, 0, length, one, one.certainty))
  }

  /** Where a value may begin that is not over yet, Infinity where none may. */
  get frontier(): number {
    return this.#start >= 0 && this.#at - this.#start <= LONGEST ? this.#start : Infinity
  }

  get #at(): number {
    return this.#source.base + this.#source.text.length
  }
}
