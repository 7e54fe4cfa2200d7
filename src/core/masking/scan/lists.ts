/**
 * Rows that are lists, as programs print and databases read them: `INSERT INTO t (id, dob) VALUES (1, '1990-03-07')`, `["id", "dob"], [[1,
 * "1990-03-07"]]`, lists of one field, `'pin': [4821, 4822]`, and columns of frames, `'pin': {0: 4821, 1: 4822}`. A list of names, one of which
 * says what a field holds, names what stands at each place of the lists right behind it. In JSON that is read as such, `json/rows.ts` does
 * the same.
 *
 * It walks along with the text, as `columns.ts` does, and never looks ahead.
 */
import { COLUMN_NAME, fieldOf } from './columnName.ts'
import { Before, nameOfList } from './listName.ts'
import { Marks } from './marks.ts'

const MOST_COLUMNS = 512
const LONGEST_NAMES = 16_384
const LONGEST_ROW = 65_536
/** Between the names and the first row. */
const LONGEST_GAP = 48
const LETTER = /[\p{L}_]/u
const DIGIT = /\d/
const OPENING: ReadonlySet<string> = new Set('[({')
const CLOSING: ReadonlySet<string> = new Set('])}')
const OF_NUMBER = /[\d\s"']/
const OF_BETWEEN = /[\w\s,"':]/
const BETWEEN_ROWS = /^[\s,]*(?:row\s*)?$|^\s*,\s*["']?(?:data|rows?|values|records|results?)["']?\s*:\s*$/i
/** Looking for a list; in what may be one of names; between these and the rows; in a row; between rows. */
const [SEEKING, NAMES, GAP, ROW, BETWEEN] = [0, 1, 2, 3, 4]

/** A run of what names are written with, no half of a character among it, and of what stands behind them. */
const OF_NAMES = /[\w \t\r,."'`#/\u00c0-\ud7ff-]*/y
const OF_GAP = /[\w\s"',:=]*/y
const QUOTED = /^(["'`])(.*)\1$/s
/** Between names with quotes and the rows: at most the name of these. */
const TO_ROWS = /^\s*(?:[,:=]\s*(?:["']?\w+["']?\s*[:=]\s*)?|\w+\s*=\s*)$/
const TO_VALUES = /^\s*(?:overriding\s+\w+\s+value\s+)?values?\s*(?:row\s*)?$/i

export class Lists {
  readonly #isField: (name: string) => boolean
  #state: number = SEEKING
  /** Of the list that is read: whether it is in round brackets, what was read of it, and of what follows it. */
  #isRound = false
  #read = ''
  #gap = ''
  #names: readonly string[] = []
  /** All values are of one field. */
  #isOneField = false
  #cell = 0
  #length = 0
  /** Brackets within a value. */
  #nested = 0
  #quote = ''
  #isEscaped = false
  /** Rows of a statement; letters in a row, and whether what stands there is no value but computes one. */
  #isStatement = false
  #letters = 0
  #isProgram = false
  /** Each value has a number before it, as columns of a frame do: `'pin': {0: 4821, 1: 4822}`. And whether that was read. */
  #isNumbered = false
  #isValue = false
  /** Nothing of the value has come but blanks. */
  #isFresh = true
  readonly before = new Before()
  readonly #square = new Marks('[')
  readonly #round = new Marks('(')
  readonly #curly = new Marks('{')
  isTurn = false
  isEnd = false

  constructor(isField: (name: string) => boolean) {
    this.#isField = isField
  }

  /** Whether rows are read. */
  get isOpen(): boolean {
    return this.#state >= ROW
  }

  /** Name of the field that is read, empty where it is none. */
  get name(): string {
    return this.#state === ROW && !this.#isProgram && this.#isValue === this.#isNumbered ? (this.#names[this.#isOneField ? 0 : this.#cell] ?? '') : ''
  }

  leave(): void {
    this.#state = SEEKING
  }

  restart(): void {
    this.leave()
    this.before.restart()
  }

  /** The text is over. */
  passed(text: string): void {
    this.before.passed(text)
    this.#square.forget()
    this.#round.forget()
    this.#curly.forget()
  }

  /** Outside of rows. @returns where the first row begins, or the end */
  seek(text: string, from: number, end: number): number {
    let i = from
    while (i < end && !this.isOpen) {
      if (this.#state === SEEKING) {
        i = this.#bracket(text, i)
        if (i < end) this.#open(text, i++)
      } else i = this.#state === NAMES ? this.#readNames(text, i, end) : this.#readGap(text, i, end)
    }
    return Math.min(i, end)
  }

  #bracket(text: string, from: number): number {
    return Math.min(this.#square.next(text, from), this.#round.next(text, from), this.#curly.next(text, from))
  }

  #open(text: string, at: number): void {
    const bracket = text.charAt(at)
    this.#isRound = bracket === '('
    this.#read = ''
    // Curly ones hold no names.
    this.#state = bracket === '{' ? SEEKING : NAMES
    const name = nameOfList(text, at, this.before)
    if (name === '' || !this.#isField(name)) return
    this.#isStatement = false
    this.#names = [name]
    this.#beginRow(true)
    this.#isNumbered = bracket === '{'
  }

  #readNames(text: string, from: number, end: number): number {
    const to = runOf(OF_NAMES, text, from, end)
    this.#read += text.slice(from, to)
    if (this.#read.length > LONGEST_NAMES) this.#state = SEEKING
    if (to === end || this.#state === SEEKING) return to
    const char = text.charAt(to)
    if (OPENING.has(char)) this.#open(text, to)
    else {
      this.#gap = ''
      this.#state = char === (this.#isRound ? ')' : ']') && this.#read.includes(',') ? GAP : SEEKING
    }
    return to + 1
  }

  #readGap(text: string, from: number, end: number): number {
    const to = runOf(OF_GAP, text, from, end)
    this.#gap += text.slice(from, to)
    if (this.#gap.length > LONGEST_GAP) this.#state = SEEKING
    if (to === end || this.#state === SEEKING) return to
    const char = text.charAt(to)
    if (char !== '[' && char !== '(') this.#state = SEEKING
    else if (this.#isHead()) this.#beginRow(false)
    else this.#open(text, to)
    return to + 1
  }

  /** Whether rows begin behind what was read. Asked where one may begin, for few lists are lists of names. */
  #isHead(): boolean {
    if (!TO_ROWS.test(this.#gap) && !(this.#isRound && TO_VALUES.test(this.#gap))) return false
    const parts = this.#read.split(',').map((part) => part.trim())
    // Names without quotes are those of a statement.
    if (!TO_VALUES.test(this.#gap) && !parts.every((part) => QUOTED.test(part))) return false
    const names = parts.map((part) => QUOTED.exec(part)?.[2] ?? part)
    if (names.length > MOST_COLUMNS || !names.every((name) => COLUMN_NAME.test(name))) return false
    this.#isStatement = TO_VALUES.test(this.#gap)
    this.#names = names.map((name) => fieldOf(name, this.#isField))
    return this.#names.some(this.#isField)
  }

  #beginRow(isOneField: boolean): void {
    this.#state = ROW
    this.#isOneField = isOneField
    this.#cell = this.#length = this.#nested = this.#letters = 0
    this.#isProgram = this.#isNumbered = this.#isValue = false
    this.#quote = ''
    this.#isEscaped = false
    this.#isFresh = true
  }

  /** In rows and between them. @returns where the next field begins behind `from`, or the end */
  pass(text: string, from: number, end: number): number {
    this.isTurn = this.isEnd = false
    for (let i = from; i < end; i++) {
      if (this.#state === ROW) this.#readCell(text.charAt(i))
      else this.#readBetween(text.charAt(i))
      if (this.#hasTurned()) return i + 1
    }
    return end
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  #readBetween(char: string): void {
    const isRow = (char === '[' || char === '(') && BETWEEN_ROWS.test(this.#gap)
    if (isRow) {
      this.#beginRow(false)
      this.isTurn = true
    } else if (this.#gap.length < LONGEST_GAP && OF_BETWEEN.test(char)) this.#gap += char
    else this.#leaveRow()
  }

  #leaveRow(): void {
    this.leave()
    this.isTurn = true
  }

  #readCell(char: string): void {
    if (++this.#length > LONGEST_ROW) this.#leaveRow()
    else if (this.#isNumbered && !this.#isValue && char !== '}') this.#readNumber(char)
    else if (this.#quote !== '') this.#readQuoted(char)
    else if (char === '"' || char === "'") this.#beginQuoted(char)
    else if (OPENING.has(char)) this.#nest(char)
    else if (CLOSING.has(char)) this.#close()
    else if (char === ',' && this.#nested === 0) this.#turn(this.#cell + 1)
    else if (char.trim() !== '') this.#readBare(char)
  }

  #readNumber(char: string): void {
    if (char === ':') this.#isValue = this.isTurn = true
    else if (!OF_NUMBER.test(char)) this.#leaveRow()
  }

  #beginQuoted(quote: string): void {
    this.#quote = quote
    this.isTurn = this.#isProgram
    this.#isProgram = false
  }

  /** In a statement, words without quotes are variables and functions: `VALUES (p_user, hash(p_pass1))`. */
  #readBare(char: string): void {
    this.#isFresh = false
    const isDigit = DIGIT.test(char)
    const isNumber = isDigit && this.#letters === 0
    this.#letters = LETTER.test(char) || (isDigit && this.#letters > 0) ? this.#letters + 1 : 0
    const isProgram = this.#letters > 1 || (this.#isProgram && !isNumber)
    if (!this.#isStatement || isProgram === this.#isProgram) return
    this.#isProgram = isProgram
    this.isTurn = true
  }

  #readQuoted(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (char === '\\') this.#isEscaped = true
    // A doubled quote begins the value once more.
    else if (char === this.#quote) this.#quote = ''
  }

  /** Rows may stand in one more list; a list of lists or of records is not of one field. */
  #nest(char: string): void {
    if (this.#isOneField && char !== '(') this.#leaveRow()
    else if (this.#isFresh && this.#cell === 0 && this.#nested === 0 && !this.#isOneField) this.#length = 0
    else this.#nested++
  }

  #close(): void {
    if (this.#nested > 0) {
      this.#nested--
      return
    }
    this.#turn(0)
    if (this.#isOneField) this.leave()
    else {
      this.#state = BETWEEN
      this.#gap = ''
    }
  }

  #turn(cell: number): void {
    this.#cell = cell
    this.#letters = 0
    this.#isProgram = this.#isValue = false
    this.#isFresh = this.isTurn = this.isEnd = true
  }
}

/** @returns where a run ends */
function runOf(pattern: RegExp, text: string, from: number, end: number): number {
  pattern.lastIndex = from
  pattern.test(text)
  return Math.min(pattern.lastIndex, end)
}
