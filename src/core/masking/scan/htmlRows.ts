/**
 * Tables in HTML: the cells of the first row name what stands in those of the others, whichever of `th` and `td` they are. It walks along with the
 * text, as `columns.ts` does, and never looks ahead.
 */
import { COLUMN_NAME, fieldOf } from './columnName.ts'
import { Marks } from './marks.ts'

const MOST_COLUMNS = 512
const LONGEST_NAME = 80
/** The longest of the tags that count, with its stroke. */
const LONGEST_TAG = 7

/** Text; the name of a tag; what stands in a tag behind its name. */
const [TEXT, TAG, REST] = [0, 1, 2]

/** Rows before that of the names. */
const MOST_TITLES = 3
const AROUND_NAME = /^(?:\s|&nbsp;)+|(?:\s|&nbsp;|[:*])+$/g

const OF_TAG = /[a-z/]/i
const BEGINS_TAG: ReadonlySet<string> = new Set('tT/')

export class HtmlRows {
  readonly #isField: (name: string) => boolean
  readonly #marks = new Marks('<')
  #state: number = TEXT
  #tag = ''
  #isTable = false
  /** Of the first row, as they come; then those of all. */
  #names: string[] = []
  #isFirst = true
  #rows = 0
  #cell = -1
  #isInCell = false
  isTurn = false
  isEnd = false

  constructor(isField: (name: string) => boolean) {
    this.#isField = isField
  }

  /** Whether a table is read. */
  get isOpen(): boolean {
    return this.#isTable
  }

  /** Name of the field that is read, empty where it is none. */
  get name(): string {
    return this.#isInCell && !this.#isFirst ? (this.#names[this.#cell] ?? '') : ''
  }

  leave(): void {
    this.#isTable = this.#isInCell = false
    this.#state = TEXT
  }

  /** The text is over. */
  passed(): void {
    this.#marks.forget()
  }

  /** @returns where a table begins or its next cell begins or ends, behind `from`, or the end */
  pass(text: string, from: number, end: number): number {
    this.isTurn = this.isEnd = false
    const wasTable = this.#isTable
    let i = from
    while (i < end && !this.#hasTurned() && this.#isTable === wasTable) i = this.#state === TEXT ? this.#readText(text, i, end) : this.#readTag(text.charAt(i), i)
    return i
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  #readText(text: string, from: number, end: number): number {
    const to = Math.min(end, this.#marks.next(text, from))
    if (this.#isInCell && this.#isFirst) this.#names[this.#cell] = ((this.#names[this.#cell] ?? '') + text.slice(from, to)).slice(0, LONGEST_NAME)
    if (to === end) return end
    // Few marks begin a tag that counts.
    if (!this.#isTable && to + 1 < end && !BEGINS_TAG.has(text.charAt(to + 1))) return to + 1
    this.#state = TAG
    this.#tag = ''
    return to + 1
  }

  #readTag(char: string, at: number): number {
    if (!this.#isTable && this.#state === TAG && this.#tag === '' && !BEGINS_TAG.has(char)) {
      this.#state = TEXT
      return at
    }
    if (this.#state === TAG && OF_TAG.test(char) && this.#tag.length <= LONGEST_TAG) {
      this.#tag += char
      return at + 1
    }
    this.#state = char === '>' || char === '<' ? TEXT : REST
    if (char === '>') this.#end(this.#tag.toLowerCase())
    // A mark that began no tag is followed by one that may.
    return char === '<' ? at : at + 1
  }

  /** A tag is over. */
  #end(tag: string): void {
    if (tag === 'table') this.#begin()
    else if (!this.#isTable) return
    else if (tag === '/table') this.#endTable()
    else if (tag === 'tr' || tag === '/tr') this.#row()
    else if (tag === 'td' || tag === 'th') this.#enterCell()
    else if (tag === '/td' || tag === '/th') this.#leaveCell()
  }

  #begin(): void {
    this.#isTable = this.#isFirst = true
    this.#rows = 0
    this.#names = []
    this.#cell = -1
    this.#isInCell = false
  }

  #endTable(): void {
    this.#leaveCell()
    this.leave()
  }

  #row(): void {
    this.#leaveCell()
    this.#cell = -1
    if (!this.#isFirst || this.#names.length === 0) return
    const names = this.#names.map((name) => name.replace(AROUND_NAME, ''))
    const fields = names.every((name) => name === '' || COLUMN_NAME.test(name)) ? names.map((name) => fieldOf(name, this.#isField)) : []
    this.#isFirst = !fields.some(this.#isField)
    this.#names = this.#isFirst ? [] : fields
    // A title may stand above the names.
    if (this.#isFirst && ++this.#rows === MOST_TITLES) this.leave()
  }

  #enterCell(): void {
    this.#leaveCell()
    this.#isInCell = true
    if (++this.#cell >= MOST_COLUMNS) this.leave()
    this.isTurn = true
  }

  #leaveCell(): void {
    if (!this.#isInCell) return
    this.#isInCell = false
    this.isTurn = true
    this.isEnd = !this.#isFirst
  }
}
