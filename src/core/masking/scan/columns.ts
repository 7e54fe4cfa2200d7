/**
 * Tables in a text: comma- or tab-separated values, columns between strokes as Markdown and `psql` write them. Their first line says what stands
 * in the columns, as the names of fields do in JSON, and each cell is a value of its own. A line begins a table when all its cells
 * could be names and one of them is known; the table ends with the first line that has another number of cells. Tables that are not written
 * in lines are read by `lists.ts` and `htmlRows.ts`.
 *
 * It walks along with the text and says where cells end. What it says depends on the text up to there, never on how that arrived.
 */
import { alignedRowsOf, type AlignedRows } from './aligned.ts'
import { COLUMN_NAME, fieldOf } from './columnName.ts'
import { HtmlRows } from './htmlRows.ts'
import { Lists } from './lists.ts'

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const DELIMITERS = ['\t', '|', '│', ';', ','] as const
const STROKES: ReadonlySet<string> = new Set(['|', '│'])

/** A first line may be this long, with this many columns. */
const LONGEST_LINE = 1024
const MOST_COLUMNS = 64
/** A row with a quoted value over several lines. */
const LONGEST_QUOTED = 2048
const MOST_WORDS = 4
/** Names of columns that may stand a single space apart. */
const MOST_APART = 12
/** In a sentence two words may stand beside a comma and a space. */
const LEAST_SPACED = 3

/** What may stand around the name of a column. */
const MARKS = /^[\s"'`*]+|[\s"'`*]+$/g

/** By unit: what stands in no line of names, and what stands between them. Most lines have one of the former soon, or none of the latter. */
const ELSE = 1
const BETWEEN = 2
const DIGIT = 3
const KINDS = new Uint8Array(0x2503)
for (const mark of '!?:=<>{}[]$&%@\\^~+') KINDS[mark.charCodeAt(0)] = ELSE
for (const mark of DELIMITERS) KINDS[mark.charCodeAt(0)] = BETWEEN
for (const digit of '0123456789') KINDS[digit.charCodeAt(0)] = DIGIT
const NO_NAMES = -1
const UNTOLD = -2
/** A name with what may stand around it. */
const LONGEST_CELL = 80
/** What the line below the names is made of in Markdown, `psql` and boxes. */
const RULER = new Uint8Array(0x2580).fill(1, 0x2500)
for (const mark of ' \t\r|+-:=') RULER[mark.charCodeAt(0)] = 1

/** Where a cell is with quotes: one right behind the closing one goes on with the value. */
const UNQUOTED = 0
const QUOTED = 1
const CLOSED = 2

interface Head {
  readonly delimiter: number
  /** Empty before a stroke that begins each line. */
  readonly names: readonly string[]
  /** Where spaces alone hold the columns apart. */
  readonly rows: AlignedRows | undefined
}

export class Columns {
  readonly #isField: (name: string) => boolean
  #head: Head | undefined
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
    this.#head = undefined
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
    const inner = this.#lists.seek(text, from, this.#html.pass(text, from, end))
    if (this.#inner) {
      // Only one of them is read, and what follows it in its line begins no table.
      if (this.#lists.isOpen) this.#html.leave()
      else this.#lists.leave()
      this.#line = ''
      this.#isOther = this.isTurn = true
      return inner
    }
    // In the middle of a line it is not known what a piece begins with: all of it is judged at its end.
    const between = this.#isOther ? NO_NAMES : this.#line === '' ? betweenNames(text, from, end) : UNTOLD
    if (newline < 0) {
      this.#isOther = between === NO_NAMES || this.#line.length + end - from > LONGEST_LINE
      this.#line = this.#isOther ? '' : this.#line + text.slice(from)
      return end
    }
    if (between !== NO_NAMES && between !== 0) this.#head = headOf(this.#line + text.slice(from, newline), this.#isField)
    this.#line = ''
    this.#isOther = false
    if (this.#head) {
      this.#lists.leave()
      this.#html.leave()
      this.isTurn = true
      this.#beginLine()
    }
    return newline + 1
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
      if (code === delimiter && this.#quotes !== QUOTED) {
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

function isOfSentence(text: string, at: number): boolean {
  return text.charCodeAt(at) === COMMA && text.charCodeAt(at + 1) === SPACE
}

/** Rows with numbers of their own have nothing above these. */
function mostWords(text: string, from: number): number {
  return text.startsWith('  ', from) ? MOST_APART : MOST_WORDS
}

/** What stands between names in a line, or in the beginning of one: 0 nothing so far, NO_NAMES where other things stand there. Most lines are told here, and nothing is cut out for them. */
function betweenNames(text: string, from: number, end: number): number {
  let last = from
  let between = 0
  let words = 0
  let spaces = 1
  const most = mostWords(text, from)
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i)
    const kind = KINDS[code] ?? 0
    if (kind === ELSE || i - last > LONGEST_CELL) return NO_NAMES
    if (kind === BETWEEN) {
      if (words > 1 && isOfSentence(text, i)) return NO_NAMES
      last = i
      between = code
      words = 0
      spaces = 1
    } else if (code === SPACE) spaces++
    else if (spaces > 0) {
      // Words two spaces apart are of two columns.
      if (spaces > 1 && words > 0) {
        last = i
        words = 0
        between ||= SPACE
      }
      if (++words > most || (kind === DIGIT && words === 1)) return NO_NAMES
      spaces = 0
    }
  }
  return between
}

function headOf(line: string, isField: (name: string) => boolean): Head | undefined {
  const mark = DELIMITERS.find((one) => line.includes(one))
  if (line.length > LONGEST_LINE || betweenNames(line, 0, line.length) === NO_NAMES) return undefined
  const whole = line.charCodeAt(line.length - 1) === RETURN ? line.slice(0, -1) : line
  const keyOf = (name: string): string => fieldOf(name, isField)
  if (mark === undefined) {
    const rows = alignedRowsOf(whole, keyOf, isField)
    return rows && { delimiter: SPACE, names: [], rows }
  }
  const names = whole.split(mark).map((cell) => cell.replace(MARKS, ''))
  if (names.length > MOST_COLUMNS) return undefined
  // Nothing stands outside of strokes, nor above the numbers of rows.
  const inner = STROKES.has(mark) ? names.filter((name) => name !== '') : names.slice(names[0] === '' && mark !== '\t' ? 1 : 0)
  if (!areNames(inner, mark === ',' && line.includes(', '))) return undefined
  const keys = names.map(keyOf)
  return keys.some(isField) ? { delimiter: mark.charCodeAt(0), names: keys, rows: undefined } : undefined
}

/** @param isSpaced a space stands behind each comma: then a name is one word */
function areNames(names: readonly string[], isSpaced: boolean): boolean {
  const most = isSpaced ? 1 : MOST_WORDS
  return names.length >= (isSpaced ? LEAST_SPACED : 2) && names.every((name) => COLUMN_NAME.test(name) && name.split(' ').length <= most)
}
