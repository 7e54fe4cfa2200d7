/**
 * Tables whose columns are held apart by spaces alone, as `print(frame)` of pandas and many commands write them. A cell belongs to the column
 * whose name ends or begins at the same place of the line: numbers mostly end with it, words often begin with it.
 */
const NEWLINE = 10
const RETURN = 13
const SPACE = 32

/** Also what stands for columns that are not shown. */
const NAME = /^(?:[\p{L}_#][\p{L}\p{M}\p{N}_#/%.-]{0,39}(?:\([^()]{1,20}\))?|\.\.\.)$/u
const LEAST_CELLS = 2
const GAP = /\S {2,}\S/

export class AlignedRows {
  readonly #names: readonly string[]
  /** Number of the column that begins, or ends, at a place of the line. */
  readonly #starts = new Map<number, number>()
  readonly #ends = new Map<number, number>()
  /** Of the next character in its line. */
  #place = 0
  #spaces = 1
  /** Column of the cell that began where its name does, -1 when there is none. */
  #column = -1
  /** Cells of this line that belong to a column. Each line may have one by chance. */
  #cells = 0
  /** The name of the rows' numbers may stand in a line of its own, below those of the columns. */
  #isFirst = true
  #isOver = false
  /** Units since words began that stand a single space apart. */
  #run = 0
  /** Here another field begins; and a cell ends, which is one of the column `ended`. */
  isTurn = false
  isEnd = false
  ended = ''

  constructor(names: readonly string[], starts: readonly number[]) {
    this.#names = names
    // Where rows have numbers of their own, nothing stands above these, and all columns end together.
    const isRightward = (starts[0] ?? 0) > 0
    starts.forEach((start, i) => {
      if (!isRightward) this.#starts.set(start, i)
      this.#ends.set(start + (names[i]?.length ?? 0), i)
    })
  }

  /** Name of the column of the cell that has begun. */
  get name(): string {
    return this.#names[this.#column] ?? ''
  }

  /** Name of the column of what has not ended yet, where the text ends. */
  get last(): string {
    return this.#spaces > 0 ? '' : this.#column >= 0 ? this.name : (this.#names[this.#ends.get(this.#place) ?? -1] ?? '')
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
      this.#place++
      this.#run++
      this.#spaces = isBetween ? this.#spaces + 1 : 0
      // Words of one value have a single space between them.
      if (isBetween && this.#column >= 0 && (this.#spaces > 1 || code !== SPACE)) this.#end(this.name)
      if (code === NEWLINE) this.#endLine()
      if (this.#hasTurned()) return i + 1
    }
    return text.length
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  /** @returns whether a cell begins here that was not seen to begin */
  #beginToken(): boolean {
    if (this.#spaces > 1 || this.#place === 0) this.#run = 0
    this.#spaces = 0
    const column = this.#starts.get(this.#place)
    if (column === undefined || this.#column >= 0) return false
    this.#column = column
    this.#cells++
    this.isTurn = true
    return true
  }

  /** @returns whether a cell ends here of which only the end says whose it is */
  #endToken(): boolean {
    if (this.#spaces > 0 || this.#column >= 0) return false
    const column = this.#ends.get(this.#place)
    if (column === undefined) return false
    this.#spaces = 1
    this.#cells++
    this.#end(this.#names[column] ?? '')
    return true
  }

  #end(name: string): void {
    this.ended = name
    this.#column = -1
    this.isTurn = this.isEnd = true
  }

  #endLine(): void {
    this.#isOver = this.#cells < LEAST_CELLS && !(this.#isFirst && this.#place > 1)
    this.#isFirst = false
    this.isTurn ||= this.#isOver
    this.#cells = 0
    this.#place = 0
    this.#spaces = 1
  }
}

/** @returns the rows below a line of names that stand apart, undefined where it is none */
export function alignedRowsOf(line: string, keyOf: (name: string) => string, isField: (name: string) => boolean): AlignedRows | undefined {
  if (!GAP.test(line)) return undefined
  const words = [...line.matchAll(/\S+/g)]
  if (words.length < 2 || !words.every(([word]) => NAME.test(word))) return undefined
  const names = words.map(([word]) => word)
  return names.some((name) => isField(keyOf(name))) ? new AlignedRows(names, words.map(({ index }) => index)) : undefined
}
