/** Where a mark comes next in a text that is read line by line: it is looked for once, not once for each line. */
export class Marks {
  readonly #mark: string
  #text = ''
  #next = -1

  constructor(mark: string) {
    this.#mark = mark
  }

  /** @returns where it stands at `from` or behind, the end of the text where it does not */
  next(text: string, from: number): number {
    if (text !== this.#text) {
      this.#text = text
      this.#next = -1
    }
    if (this.#next < from) {
      const at = text.indexOf(this.#mark, from)
      this.#next = at < 0 ? text.length : at
    }
    return this.#next
  }

  /** The text is over. */
  forget(): void {
    this.#text = ''
    this.#next = -1
  }
}
