/**
 * Tables in a text: comma- or tab-separated values, columns between strokes as Markdown and `psql` write them, frames. Their first line says what
 * stands in the columns, as the names of fields do in JSON, and each cell is a value of its own. A line begins a table when all its cells could
 * be names and one of them is known (`heads.ts`); `delimited.ts` and `aligned.ts` read the rows below it. Tables that are not written in lines
 * are read by `lists.ts` and `htmlRows.ts`, and messages whose fields have their places by `messages.ts`.
 *
 * It walks along with the text and says where cells end. What it says depends on the text up to there, never on how that arrived.
 */
import { accessedIn } from './accessed.ts'
import { isCount } from './aligned.ts'
import { LONE, LONGEST_LINE, NO_NAMES, betweenNames, headOf, loneHeadOf, type Head } from './heads.ts'
import { HtmlRows } from './htmlRows.ts'
import { LabelledRows } from './labelled.ts'
import { Lists } from './lists.ts'
import { Messages } from './messages.ts'

const NEWLINE = 10
const ZERO = 48
const NINE = 57

const UNTOLD = -2
export class Columns {
  readonly #isField: (name: string) => boolean
  #head: Head | undefined
  /** What the line above may have been the head of. */
  #lone: Head | undefined
  /** The line so far, while it may be the first of a table. */
  #line = ''
  #isOther = false
  /** What `pass` came to is where another field begins; and a cell ends there, which a value may not span. */
  isTurn = false
  isEnd = false
  readonly #lists: Lists
  readonly #html: HtmlRows
  readonly #messages: Messages
  /** What is read of tables that are not written in lines, and of messages. */
  #inner: Lists | HtmlRows | Messages | undefined

  /** @param isField whether the name of a field says what it holds */
  constructor(isField: (name: string) => boolean) {
    this.#isField = isField
    this.#lists = new Lists(isField)
    this.#html = new HtmlRows(isField)
    this.#messages = new Messages(this.#lists.before)
  }

  /** Name of the column that is read, empty outside of tables. */
  get name(): string {
    const inner = this.#inner
    if (inner) return inner.name
    return this.#head?.rows.name ?? ''
  }

  /** Name of the column whose cell has ended, where that is known at its end only. */
  get ended(): string {
    return this.#head?.rows.ended ?? ''
  }

  /** Name of the column of what ends with the text, where that is known at its end only. */
  get last(): string {
    return this.#head?.rows.last ?? ''
  }

  /** Units up to here of what may be a cell whose column is known at its end only. */
  get run(): number {
    return this.#inner ? 0 : (this.#head?.rows.run ?? 0)
  }

  /** The table is over: another value begins, or one that spans its cells. */
  leave(): void {
    this.#head = this.#lone = this.#inner = undefined
    this.#line = ''
    this.#isOther = false
    this.#lists.leave()
    this.#html.leave()
    this.#messages.leave()
  }

  /** Another text begins. */
  restart(): void {
    this.leave()
    this.#lists.restart()
    this.#messages.restart()
  }

  /** @returns where the next field begins behind `from`, the end of the text where none does */
  pass(text: string, from: number): number {
    this.isTurn = this.isEnd = false
    let i = from
    while (i < text.length && !this.#hasTurned()) {
      const rows = this.#head?.rows
      i = this.#inner ? this.#passInner(this.#inner, text, i) : rows ? this.#passRows(rows, text, i) : this.#passLine(text, i)
    }
    if (i === text.length) this.#passed(text)
    return i
  }

  #passed(text: string): void {
    this.#lists.passed(text)
    this.#html.passed()
    this.#messages.passed()
  }

  #passInner(inner: Lists | HtmlRows | Messages, text: string, from: number): number {
    const at = inner.pass(text, from, text.length)
    if (!inner.isOpen) this.#inner = undefined
    this.isTurn = inner.isTurn || !inner.isOpen
    this.isEnd = inner.isEnd
    return at
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  /** Outside of tables: a line, or what has come of it. */
  #passLine(text: string, from: number): number {
    const newline = text.indexOf('\n', from)
    const end = newline < 0 ? text.length : newline
    if (isDigit(text.charCodeAt(from)) && this.#isNumbered(text, from)) {
      this.#begin()
      return from
    }
    const inner = this.#seekInner(text, from, end)
    if (this.#inner) return inner
    if (newline >= 0) return this.#passEnd(text, from, newline)
    const between = this.#betweenNames(text, from, end)
    this.#isOther = between === NO_NAMES || this.#line.length + end - from > LONGEST_LINE
    this.#line = this.#isOther ? '' : this.#line + text.slice(from)
    return end
  }

  /** @returns where a table begins that is not written in lines, or the end */
  #seekInner(text: string, from: number, end: number): number {
    const at = this.#messages.seek(text, from, this.#lists.seek(text, from, this.#html.pass(text, from, end)))
    const inner = this.#messages.isOpen ? this.#messages : this.#lists.isOpen ? this.#lists : this.#html.isOpen ? this.#html : undefined
    if (!inner) return end
    // Only the first of them is read, and what follows it in its line begins no table.
    for (const one of [this.#lists, this.#html, this.#messages]) if (one !== inner) one.leave()
    this.#inner = inner
    this.#head = undefined
    this.#line = ''
    this.#isOther = this.isTurn = true
    this.isEnd = this.#messages.name !== ''
    return at
  }

  /** Whether a row with a number before its value begins here, below a name that stands alone or what gives out one field of a frame. */
  #isNumbered(text: string, from: number): boolean {
    if (this.#lists.before.unit(text, from, 1) !== NEWLINE) return false
    if (this.#lone?.lone === 'numbered') this.#head = this.#lone
    else {
      const name = accessedIn(this.#lists.before.text(text, from))
      if (name !== '' && this.#isField(name)) this.#head = { rows: new LabelledRows(() => name) }
    }
    return this.#head !== undefined
  }

  /** In the middle of a line it is not known what a piece begins with: all of it is judged at its end. */
  #betweenNames(text: string, from: number, end: number): number {
    return this.#isOther ? NO_NAMES : this.#line === '' && !this.#lone ? betweenNames(text, from, end) : UNTOLD
  }

  /** A line is over that may be the first of a table. */
  #passEnd(text: string, from: number, newline: number): number {
    const between = this.#betweenNames(text, from, newline)
    const above = this.#lone
    this.#lone = undefined
    if (between === LONE) this.#lone = loneHeadOf(text.slice(from, newline), this.#isField)
    else if (between !== NO_NAMES && between !== 0) {
      const line = this.#line + text.slice(from, newline)
      const isRow = above?.lone === 'counted' && isCount(line)
      this.#head = isRow ? above : this.#headOf(line)
    }
    this.#line = ''
    this.#isOther = false
    if (this.#head) this.#begin()
    return newline + 1
  }

  /** @returns undefined also where the line below must be seen first */
  #headOf(line: string): Head | undefined {
    const head = headOf(line, this.#isField)
    if (!head?.lone) return head
    this.#lone = head
    return undefined
  }

  #begin(): void {
    this.#lone = undefined
    this.#lists.leave()
    this.#html.leave()
    this.isTurn = true
  }

  #passRows(rows: Head['rows'], text: string, from: number): number {
    const { isDoubted } = rows
    const at = rows.pass(text, from)
    // Where the table may be over, another one may begin within the line.
    const inner = isDoubted ? this.#seekInner(text, from, at) : at
    if (this.#inner) return inner
    this.isTurn = rows.isTurn
    this.isEnd = rows.isEnd
    if (rows.isOver) {
      this.leave()
      this.#line = rows.rest
    }
    if (rows.other !== '') this.#head = this.#headOf(rows.other) ?? this.#head
    return at
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}
