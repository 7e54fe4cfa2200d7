/**
 * Rows that begin with a label and have their values behind two spaces or more: frames turned on their side, where the label names the field of all values of
 * its row, and one field of a frame, where it is a number and the line above named the field. The table ends with a line without values.
 */
const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const LONGEST_LABEL = 64

export class LabelledRows {
  readonly #nameOf: (label: string) => string
  #label = ''
  #name = ''
  #spaces = 0
  #hasValue = false
  #isOver = false
  /** Here another field begins; and a value ends. */
  isTurn = false
  isEnd = false
  readonly ended = ''
  /** The column of a cell is known where it begins: none waits for its end. */
  readonly run = 0
  readonly last = ''
  readonly other = ''
  readonly rest = ''
  readonly isDoubted = false

  constructor(nameOf: (label: string) => string) {
    this.#nameOf = nameOf
  }

  /** Name of the field of the value that is read, empty in a label. */
  get name(): string {
    return this.#name
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** @returns where the next value begins or ends behind `from`, the end of the text where none does */
  pass(text: string, from: number): number {
    this.isTurn = this.isEnd = false
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === NEWLINE) {
        this.#endLine()
        return i + 1
      }
      if (code === SPACE || code === RETURN) {
        this.#spaces++
        if (this.#spaces !== 2 || !this.#hasValue) continue
        this.isTurn = this.isEnd = true
        return i + 1
      }
      if (this.#spaces > 1 && !this.#hasValue) {
        this.#beginValues()
        return i
      }
      if (!this.#hasValue && this.#label.length < LONGEST_LABEL) this.#label += this.#spaces > 0 ? ` ${text.charAt(i)}` : text.charAt(i)
      this.#spaces = 0
    }
    return text.length
  }

  #beginValues(): void {
    this.#hasValue = this.isTurn = true
    this.#spaces = 0
    this.#name = this.#label === '' ? '' : this.#nameOf(this.#label)
  }

  #endLine(): void {
    this.isTurn = true
    this.isEnd = this.#hasValue
    this.#isOver = !this.#hasValue || this.#label === ''
    this.#label = this.#name = ''
    this.#hasValue = false
    this.#spaces = 0
  }
}
