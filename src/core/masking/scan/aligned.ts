/**
 * Tables whose columns are held apart by spaces alone, as `print(frame)` of pandas and many commands write them. A cell belongs to the column
 * whose name ends or begins at the same place of the line: numbers mostly end with it, words often begin with it.
 */
import { alignedNames, type AlignedNames } from './alignedNames.ts'

const NEWLINE = 10
const RETURN = 13
const SPACE = 32

const LEAST_CELLS = 2
/** What the name of the rows' numbers may stand in, below those of the columns. */
const LONGEST_LINE = 1024
/** An empty line, or one for rows that are left out, with what stands before each line. */
const PAUSE = /^[>+\s.…]*$/
const AMOUNT = /^-?\d[\d.,]{0,15}(?:e[+-]\d{1,3})?$/
const LONGEST_AMOUNT = 25

export class AlignedRows {
  /** What the column is called that begins, or ends, at a place of the line; and places at which one begins that may stand a single space behind another. */
  readonly #starts: Map<number, string>
  readonly #ends: ReadonlyMap<number, string>
  readonly #close = new Set<number>()
  /** Where rows have numbers of their own, nothing stands above these, and columns end with their names or begin with them. */
  readonly #isRightward: boolean
  /** The only column: rows have a number before it. */
  readonly #isSingle: boolean
  /** The only column, and rows have a number behind it, as counts of values do. */
  readonly #isCounted: boolean
  readonly #isField: (name: string) => boolean
  readonly #margin: number
  /** Of the next character in its line. */
  #place = 0
  #spaces = 1
  /** Column of the cell that began where its name does. */
  #column: string | undefined
  /** Cells of this line that belong to a column. Each line may have one by chance. */
  #cells = 0
  /** The last token of the line behind two spaces, where rows have a number there. */
  #amount = ''
  /** The name of the rows' numbers may stand in a line of its own, below those of the columns. */
  #isFirst: boolean
  #line = ''
  #isOver = false
  /** Units since words began that stand a single space apart. */
  #run = 0
  /** Here another field begins; and a cell ends, which is one of the column `ended`. */
  isTurn = false
  isEnd = false
  ended = ''
  /** No line of these rows is asked whether another table begins. */
  readonly other = ''
  readonly rest = ''
  readonly isDoubted = false

  /** @param margin width of what stands before each line */
  constructor({ starts, ends, first, count }: AlignedNames, isField: (name: string) => boolean, margin: number) {
    this.#margin = margin
    this.#starts = starts
    this.#ends = ends
    this.#isRightward = first > margin
    this.#isSingle = count === 1 && first > 0
    this.#isCounted = count === 1 && first === 0
    this.#isFirst = !this.#isCounted
    this.#isField = isField
  }

  /** Name of the column of the cell that has begun. */
  get name(): string {
    return this.#column ?? ''
  }

  /** Name of the column of what has not ended yet, where the text ends. */
  get last(): string {
    return this.#spaces > 0 ? '' : this.#column === undefined ? (this.#endsHere() ?? '') : this.name
  }

  /** Units of what may be one cell, up to here; and two blanks behind it at most. */
  get run(): number {
    return this.#spaces > 2 ? 0 : this.#run
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** @returns where the next cell begins or ends behind `from`, the end of the text where none does */
  pass(text: string, from: number): number {
    this.isTurn = this.isEnd = false
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      const isBetween = code === SPACE || code === NEWLINE || code === RETURN
      if (isBetween ? this.#endToken() : this.#spaces > 0 && this.#beginToken()) return i
      this.#read(text, i, isBetween)
      // Words of one value have a single space between them.
      if (isBetween && this.#column !== undefined && (this.#spaces > 1 || code !== SPACE)) this.#end(this.name)
      if (code === NEWLINE) this.#endLine()
      if (this.#hasTurned()) return i + 1
    }
    return text.length
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  #read(text: string, at: number, isBetween: boolean): void {
    if (this.#isFirst && this.#line.length < LONGEST_LINE) this.#line += text.charAt(at)
    if (this.#isCounted && !isBetween && this.#amount.length < LONGEST_AMOUNT) this.#amount += text.charAt(at)
    this.#place++
    this.#run++
    this.#spaces = isBetween ? this.#spaces + 1 : 0
  }

  /** @returns whether a cell begins here that was not seen to begin */
  #beginToken(): boolean {
    const isApart = this.#spaces > 1 || this.#place === this.#margin
    this.#spaces = 0
    if (isApart) {
      this.#amount = ''
      this.#run = 0
    }
    if (this.#isSingle && this.#place === 0) this.#cells = 1
    const column = this.#starts.get(this.#place)
    if (column === undefined || (this.#isSingle && this.#cells === 0)) return false
    // In a row whose columns end together, a word of a value may begin where a name does.
    const isClose = this.#close.has(this.#place)
    if (!isClose && (this.#column !== undefined || (this.#isRightward && !isApart))) return false
    if (this.#column !== undefined) this.#end(this.#column)
    this.#column = column
    this.#cells++
    this.isTurn = true
    return true
  }

  #endsHere(): string | undefined {
    return this.#isSingle && this.#cells === 0 ? undefined : this.#ends.get(this.#place)
  }

  /** @returns whether a cell ends here of which only the end says whose it is */
  #endToken(): boolean {
    if (this.#spaces > 0 || (this.#column !== undefined && !this.#isRightward)) return false
    const column = this.#endsHere()
    if (column === undefined || (this.#column !== undefined && this.#column !== column)) return false
    this.#spaces = 1
    if (this.#column === undefined) this.#cells++
    this.#end(column)
    return true
  }

  #end(name: string): void {
    this.ended = name
    this.#column = undefined
    this.isTurn = this.isEnd = true
  }

  #endLine(): void {
    if (this.#isCounted && this.#cells > 0 && AMOUNT.test(this.#amount)) this.#cells++
    this.#isOver = this.#cells < LEAST_CELLS && (!this.#isFirst || PAUSE.test(this.#line))
    if (this.#isFirst && this.#cells < LEAST_CELLS) this.#nameRows()
    this.#isFirst = false
    this.#line = this.#amount = ''
    this.isTurn ||= this.#isOver
    this.#cells = 0
    this.#place = 0
    this.#spaces = 1
  }

  /** Below the names of the columns stand those of what is left of them. */
  #nameRows(): void {
    const names = alignedNames(this.#line.trimEnd(), this.#isField)
    if (names?.first !== 0) return
    for (const [place, name] of names.starts)
      if (this.#isField(name)) {
        this.#starts.set(place, name)
        this.#close.add(place)
      }
  }
}

/** @returns whether a line below a name that stands alone is a value and how many of them there are */
export function isCount(line: string): boolean {
  const row = line.trimEnd()
  const gap = row.lastIndexOf('  ')
  return gap > 0 && AMOUNT.test(row.slice(gap + 2))
}
