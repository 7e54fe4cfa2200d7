/**
 * Rows of a table whose cells have a mark between them. The table ends with a line that is no row, unless that is a pause, or looks like a row with a cell too
 * many or too few: one such line is passed over. Behind it nobody knows whether the table goes on: other tables are looked for in its
 * lines, too.
 */
import { WITHIN } from './fieldForms.ts'

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const ZERO = 48
const NINE = 57
const SEMICOLON = 59
const STROKE = 0x2502
/** Strokes as drawn in boxes: one frame may have several of them, and other ones around its names. */
export const BOX = '┃┆┊║'

/** A row with a quoted value over several lines. */
const LONGEST_QUOTED = 2048
/** What a line is kept of that may begin another table. */
const LONGEST_LINE = 1024
/** What may stand between rows, and how often: also where rows are left out. */
const PAUSES: ReadonlySet<string> = new Set(['', '..', '...', '…'])
const MOST_PAUSES = 2
/** What the line below the names is made of in Markdown, `psql` and boxes. */
const RULER = new Uint8Array(0x2580).fill(1, 0x2500)
for (const mark of ' \t\r|+-:=') RULER[mark.charCodeAt(0)] = 1
const IS_BOX = new Uint8Array(0x2552)
for (const mark of BOX) IS_BOX[mark.charCodeAt(0)] = 1

/** Where a cell is with quotes: one right behind the closing one goes on with the value. */
const UNQUOTED = 0
const QUOTED = 1
const CLOSED = 2

export class DelimitedRows {
  readonly #delimiter: number
  readonly #names: readonly string[]
  /** Whether a comma with a space behind it may be one of a value, where all others have none. */
  readonly #isDense: boolean
  /** Of a quoted mail, or of what was added to a file. */
  readonly #margin: string
  /** The line has not come to its first cell yet. */
  #isMargin: boolean
  #cell = 0
  /** Commas of this line that may be of values. */
  #doubts = 0
  /** Whether the rows have no spaces behind their commas: the first comma says so. */
  #isTight: boolean | undefined
  /** Nothing of the cell has come yet, nor anything but spaces. */
  #isNew = false
  #isFresh = true
  #quotes: number = UNQUOTED
  /** Nothing but what rules are made of since the line began. */
  #isRuler = true
  #length = 0
  #line = ''
  /** Lines since the last row that were none. */
  #odd = 0
  /** A line was no row, or had a cell more than there are names: the table may be over since then. */
  #isDoubted = false
  #isOver = false
  /** Here another field begins; and a cell ends. */
  isTurn = false
  isEnd = false
  /** A line that has just ended and may be the first of another table, or empty. */
  other = ''
  /** What has come of a line that is none of this table, for it does not begin as the line of the names does. */
  rest = ''
  readonly ended = ''
  /** The column of a cell is known where it begins: none waits for its end. */
  readonly run = 0
  readonly last = ''

  /** @param names empty before a stroke that begins each line @param isDense no space stands behind a mark in the line of the names @param margin what stands before each line */
  constructor(delimiter: number, names: readonly string[], isDense: boolean, margin: string) {
    this.#margin = margin
    this.#isMargin = margin !== ''
    this.#delimiter = delimiter
    this.#names = names
    this.#isDense = isDense && (delimiter === COMMA || delimiter === SEMICOLON)
  }

  /** Name of the column that is read: of both of them, where a comma may have been one of a value. */
  get name(): string {
    if (this.#isMargin) return ''
    const own = this.#names[Math.min(this.#cell, this.#names.length - 1)] ?? ''
    const other = this.#doubts === 0 ? '' : (this.#names[this.#cell - this.#doubts] ?? '')
    return other === '' || other === own ? own : own === '' ? other : `${own}${WITHIN}${other}`
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get isDoubted(): boolean {
    return this.#isDoubted
  }

  /** @returns where the next cell begins behind `from`, the end of the text where none does */
  pass(text: string, from: number): number {
    this.isTurn = this.isEnd = false
    this.other = ''
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#isMargin ? this.#endsMargin(code) : this.#isNew && this.#isDense && this.#isDoubtful(code)) return this.#keep(text, from, i)
      this.#isNew = false
      this.#length++
      if (code === NEWLINE && this.#endsLine(this.#line + text.slice(from, i))) return i + 1
      this.#readQuote(code)
      if (RULER[code] !== 1) this.#isRuler = false
      if (this.#isDelimiter(code)) {
        this.#beginCell()
        return this.#keep(text, from, i + 1)
      }
      if (code !== SPACE && code !== QUOTE && code !== RETURN) this.#isFresh = false
    }
    return this.#keep(text, from, text.length)
  }

  /** Its last blank may be missing, and all of it in an empty line. A number may begin with it, as with a plus: nothing is cut there. */
  #endsMargin(code: number): boolean {
    const left = this.#margin.slice(this.#length)
    if (code === left.charCodeAt(0)) return false
    this.#isMargin = false
    this.#isOver = left !== '' && left !== ' ' && code !== NEWLINE && code !== RETURN
    if (this.#isOver) this.rest = this.#margin.slice(0, this.#length)
    else this.isEnd = this.#length > 0 && !(code >= ZERO && code <= NINE)
    return (this.isTurn = true)
  }

  #keep(text: string, from: number, to: number): number {
    if (this.#length <= LONGEST_LINE) this.#line += text.slice(from, to)
    return to
  }

  #readQuote(code: number): void {
    if (code === QUOTE) this.#quotes = this.#quotes === QUOTED ? CLOSED : this.#quotes === CLOSED || this.#isFresh ? QUOTED : UNQUOTED
    else if (this.#quotes === CLOSED) this.#quotes = UNQUOTED
  }

  #isDelimiter(code: number): boolean {
    return (code === this.#delimiter || (this.#delimiter === STROKE && IS_BOX[code] === 1)) && this.#quotes !== QUOTED
  }

  #beginCell(): void {
    this.#cell++
    this.#quotes = UNQUOTED
    this.#isNew = this.#isFresh = this.isTurn = this.isEnd = true
  }

  /** @param code behind a comma @returns whether the comma may be one of a value: from here on another column may be read */
  #isDoubtful(code: number): boolean {
    this.#isTight ??= code !== SPACE
    if (!this.#isTight || code !== SPACE) return false
    this.#doubts++
    this.#isNew = false
    this.isTurn = true
    return true
  }

  /** Where the line was no row, it may have been none from its beginning: what began in it goes on. So does a quoted value, while it is not too long for one, nor the table doubted. */
  #endsLine(line: string): boolean {
    if (this.#goesOn()) return false
    const isWhole = this.#quotes !== QUOTED
    const isRow = isWhole && this.#isRow()
    this.isTurn = true
    this.isEnd = isRow || (isWhole && this.#isRuler && this.#length > 2)
    if ((!this.isEnd || this.#isDoubted) && this.#length <= LONGEST_LINE) this.other = line
    this.#isOver = !this.isEnd && !(isWhole && this.#mayGoOn(line))
    this.#isDoubted ||= isRow ? this.#cell + 1 !== this.#names.length : !this.isEnd
    if (isRow) this.#odd = 0
    else if (!this.isEnd) this.#odd++
    this.#beginLine()
    return true
  }

  #goesOn(): boolean {
    return this.#quotes === QUOTED && this.#length < LONGEST_QUOTED && !this.#isDoubted
  }

  #isRow(): boolean {
    const count = this.#names.length
    return this.#cell + 1 === count || this.#cell + 1 - this.#doubts === count || (this.#cell === count && this.#isFresh)
  }

  /** Prose has a space behind each of its commas. */
  #mayGoOn(line: string): boolean {
    if (this.#length <= LONGEST_LINE && PAUSES.has((line.startsWith(this.#margin.trimEnd()) ? line.slice(this.#margin.trimEnd().length) : line).trim())) return this.#odd < MOST_PAUSES
    if (this.#odd > 0 || this.#cell === 0) return false
    return this.#delimiter === COMMA || this.#delimiter === SEMICOLON ? this.#isTight === true && this.#cell > this.#doubts : true
  }

  #beginLine(): void {
    if (this.#odd > 0) this.#isTight = undefined
    this.#cell = this.#length = this.#doubts = 0
    this.#line = ''
    this.#isFresh = this.#isRuler = true
    this.#isNew = false
    this.#isMargin = this.#margin !== ''
    this.#quotes = UNQUOTED
  }
}
