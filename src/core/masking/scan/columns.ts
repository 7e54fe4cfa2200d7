/**
 * Tables in a text: comma- or tab-separated values, columns between strokes as Markdown and `psql` write them. Their first line says what stands
 * in the columns, as the names of fields do in JSON, and each cell is a value of its own. A line begins a table when all its cells
 * could be names and one of them is known (`heads.ts`); the table ends with the first line that has another number of cells. Tables that are not written
 * in lines are read by `lists.ts` and `htmlRows.ts`.
 *
 * It walks along with the text and says where cells end. What it says depends on the text up to there, never on how that arrived.
 */
import { isCount, type AlignedRows } from './aligned.ts'
import { LONE, LONGEST_LINE, NO_NAMES, betweenNames, delimiterAt, headOf, loneHeadOf, type Head } from './heads.ts'
import { HtmlRows } from './htmlRows.ts'
import { Lists } from './lists.ts'

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const ZERO = 48
const NINE = 57

const UNTOLD = -2
/** A row with a quoted value over several lines. */
const LONGEST_QUOTED = 2048
/** What the line below the names is made of in Markdown, `psql` and boxes. */
const RULER = new Uint8Array(0x2580).fill(1, 0x2500)
for (const mark of ' \t\r|+-:=') RULER[mark.charCodeAt(0)] = 1

/** Where a cell is with quotes: one right behind the closing one goes on with the value. */
const UNQUOTED = 0
const QUOTED = 1
const CLOSED = 2

export class Columns {
  readonly #isField: (name: string) => boolean
  #head: Head | undefined
  /** What the line above may have been the head of. */
  #lone: Head | undefined
  /** The line so far, while it may be the first of a table. */
  #line = ''
  #isOther = false
  #cell = 0
  /** Nothing but spaces since the cell began. */
  #isFresh = true
  #quotes: number = UNQUOTED
  /** Nothing but what rules are made of since the line began. */
  #isRuler = true
  #length = 0
  /** What `pass` came to is where another field begins; and a cell ends there, which a value may not span. */
  isTurn = false
  isEnd = false
  readonly #lists: Lists
  readonly #html: HtmlRows

  /** @param isField whether the name of a field says what it holds */
  constructor(isField: (name: string) => boolean) {
    this.#isField = isField
    this.#lists = new Lists(isField)
    this.#html = new HtmlRows(isField)
  }

  /** Name of the column that is read, empty outside of tables. */
  get name(): string {
    const inner = this.#inner
    if (inner) return inner.name
    return this.#head?.rows ? this.#head.rows.name : (this.#head?.names[this.#cell] ?? '')
  }

  /** Name of the column whose cell has ended, where that is known at its end only. */
  get ended(): string {
    return this.#head?.rows?.ended ?? ''
  }

  /** Name of the column of what ends with the text, where that is known at its end only. */
  get last(): string {
    return this.#head?.rows?.last ?? ''
  }

  /** Units up to here of what may be a cell whose column is known at its end only. */
  get run(): number {
    return this.#inner ? 0 : (this.#head?.rows?.run ?? 0)
  }

  /** The table is over: another value begins, or one that spans its cells. */
  leave(): void {
    this.#head = this.#lone = undefined
    this.#line = ''
    this.#isOther = false
    this.#lists.leave()
    this.#html.leave()
  }

  /** Another text begins. */
  restart(): void {
    this.leave()
    this.#lists.restart()
  }

  /** @returns where the next field begins behind `from`, the end of the text where none does */
  pass(text: string, from: number): number {
    this.isTurn = this.isEnd = false
    let i = from
    while (i < text.length && !this.#hasTurned()) {
      const rows = this.#head?.rows
      i = this.#inner ? this.#passInner(this.#inner, text, i) : rows ? this.#passAligned(rows, text, i) : this.#head ? this.#passCell(text, i) : this.#passLine(text, i)
    }
    if (i === text.length) this.#passed(text)
    return i
  }

  #passed(text: string): void {
    this.#lists.passed(text)
    this.#html.passed()
  }

  /** What is read of tables that are not written in lines. */
  get #inner(): Lists | HtmlRows | undefined {
    return this.#lists.isOpen ? this.#lists : this.#html.isOpen ? this.#html : undefined
  }

  #passInner(inner: Lists | HtmlRows, text: string, from: number): number {
    const at = inner.pass(text, from, text.length)
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
    if (this.#lone?.lone === 'numbered' && this.#line === '' && !this.#isOther && isDigit(text.charCodeAt(from))) {
      this.#head = this.#lone
      this.#begin()
      return from
    }
    const inner = this.#lists.seek(text, from, this.#html.pass(text, from, end))
    if (this.#inner) {
      // Only one of them is read, and what follows it in its line begins no table.
      if (this.#lists.isOpen) this.#html.leave()
      else this.#lists.leave()
      this.#line = ''
      this.#isOther = this.isTurn = true
      return inner
    }
    if (newline >= 0) return this.#passEnd(text, from, newline)
    const between = this.#betweenNames(text, from, end)
    this.#isOther = between === NO_NAMES || this.#line.length + end - from > LONGEST_LINE
    this.#line = this.#isOther ? '' : this.#line + text.slice(from)
    return end
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
      const head = above?.lone === 'counted' && isCount(line) ? above : headOf(line, this.#isField)
      if (head === above || !head?.lone) this.#head = head
      else this.#lone = head
    }
    this.#line = ''
    this.#isOther = false
    if (this.#head) this.#begin()
    return newline + 1
  }

  #begin(): void {
    this.#lone = undefined
    this.#lists.leave()
    this.#html.leave()
    this.isTurn = true
    this.#beginLine()
  }

  #passAligned(rows: AlignedRows, text: string, from: number): number {
    const at = rows.pass(text, from)
    this.isTurn = rows.isTurn
    this.isEnd = rows.isEnd
    if (rows.isOver) this.leave()
    return at
  }

  #passCell(text: string, from: number): number {
    const delimiter = this.#head?.delimiter
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      this.#length++
      if (code === NEWLINE) {
        this.#endLine()
        if (this.#hasTurned()) return i + 1
      }
      if (code === QUOTE) this.#quotes = this.#quotes === QUOTED ? CLOSED : this.#quotes === CLOSED || this.#isFresh ? QUOTED : UNQUOTED
      else if (this.#quotes === CLOSED) this.#quotes = UNQUOTED
      if (RULER[code] !== 1) this.#isRuler = false
      if (delimiterAt(code) === delimiter && this.#quotes !== QUOTED) {
        this.#cell++
        this.#quotes = UNQUOTED
        this.#isFresh = this.isTurn = this.isEnd = true
        return i + 1
      }
      if (code !== SPACE && code !== QUOTE) this.#isFresh = false
    }
    return text.length
  }

  /** Where the line was no row, it may have been none from its beginning: what began in it goes on. So does a quoted value, while it is not too long for one. */
  #endLine(): void {
    if (this.#quotes === QUOTED && this.#length < LONGEST_QUOTED) return
    this.isTurn = true
    this.isEnd = this.#quotes !== QUOTED && (this.#cell + 1 === this.#head?.names.length || (this.#isRuler && this.#length > 2))
    if (this.isEnd) this.#beginLine()
    else this.leave()
  }

  #beginLine(): void {
    this.#cell = this.#length = 0
    this.#isFresh = this.#isRuler = true
    this.#quotes = UNQUOTED
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}
