/**
 * First lines of tables: names that commas, tabs, strokes or spaces hold apart, as `columns.ts` reads them.
 */
import { AlignedRows } from './aligned.ts'
import { alignedNames } from './alignedNames.ts'
import { COLUMN_NAME, fieldOf } from './columnName.ts'
import { BOX, DelimitedRows } from './delimited.ts'
import { LabelledRows } from './labelled.ts'

const TAB = 9
const RETURN = 13
const SPACE = 32
const COMMA = 44
const C_LARGE = 67
const A_SMALL = 97
const Z_SMALL = 122
const PLUS = 43
const GREATER = 62
const BACKSLASH = 92
const STROKE = '│'
const IN_BOX = new RegExp(`[${BOX}]`, 'g')
const DELIMITERS = ['\t', '|', STROKE, ';', ','] as const
const STROKES: ReadonlySet<string> = new Set(['|', STROKE])

/** A first line may be this long, with this many columns: tables of features have hundreds. */
export const LONGEST_LINE = 16_384
const MOST_COLUMNS = 512
const MOST_WORDS = 4
/** Names of columns that may stand a single space apart. */
const MOST_APART = 12
/** In a sentence two words may stand beside a comma and a space. */
const LEAST_SPACED = 3

/** What may stand around the name of a column. */
const MARKS = /^[\s"'`*]+|[\s"'`*:?]+$/g
/** Strokes that are doubled around names, as Jira has them. */
const DOUBLED = /(?<!\|)\|(?!\|)/

/** By unit: what stands in no line of names, and what stands between them. Most lines have one of the former soon, or none of the latter. */
const ELSE = 1
const BETWEEN = 2
const DIGIT = 3
/** What a name may end with. */
const LAST = 4
const OF_NUMBERS: ReadonlySet<number> = new Set(Array.from(' \r0123456789', (char) => char.charCodeAt(0)))
const NUMBERS_APART = /^ {2,}\d+(?: {2,}\d+)+\s*$/
const COPY = /^COPY [\w."]{1,130} ?\(([^()]*)\) FROM stdin/i
const KINDS = new Uint8Array(0x2552)
for (const mark of '!=<>{}[]@^~+') KINDS[mark.charCodeAt(0)] = ELSE
for (const mark of ':?\\') KINDS[mark.charCodeAt(0)] = LAST
for (const mark of [...DELIMITERS, ...Array.from(BOX)]) KINDS[mark.charCodeAt(0)] = BETWEEN
for (const digit of '0123456789') KINDS[digit.charCodeAt(0)] = DIGIT
/** Names that spaces alone hold apart. */
const GAP = /\S {2,}\S/
export const NO_NAMES = -1
/** A single word; numbers alone. */
export const LONE = 1
const NUMBERS = 2
/** What dumps of databases write above rows. */
const STATEMENT = 3
const COPYING = 'COPY '
const LONGEST_LONE = 32
/** A name with what may stand around it. */
const LONGEST_CELL = 80

export interface Head {
  readonly rows: AlignedRows | DelimitedRows | LabelledRows
  /** A word alone in its line names little: what stands below it says whether it is the head of a table. */
  readonly lone?: 'numbered' | 'counted' | undefined
}

function kindOf(code: number): number {
  return KINDS[code] ?? 0
}

function isOfSentence(text: string, at: number, words: number): boolean {
  return words > 1 && text.charCodeAt(at) === COMMA && text.charCodeAt(at + 1) === SPACE
}

/** What stands between names in a line, or in the beginning of one: 0 nothing so far, NO_NAMES where other things stand there. Most lines are told here, and nothing is cut out for them. */
export function betweenNames(text: string, from: number, end: number): number {
  const first = text.charCodeAt(from)
  if (first === GREATER || first === PLUS) return inLine(text, overMargin(text, from, end), end, MOST_WORDS)
  if (first === C_LARGE && text.startsWith(COPYING, from)) return STATEMENT
  // Rows with numbers of their own have nothing above these.
  return inLine(text, from, end, first === SPACE && text.charCodeAt(from + 1) === SPACE ? MOST_APART : MOST_WORDS)
}

/** What stands before each line of a quoted mail, or of what was added to a file. */
function overMargin(text: string, from: number, end: number): number {
  let i = from
  while (i < end && (text.charCodeAt(i) === GREATER || text.charCodeAt(i) === PLUS || (i > from && text.charCodeAt(i) === SPACE && text.charCodeAt(i - 1) === GREATER))) i++
  return i
}

function inLine(text: string, from: number, end: number, most: number): number {
  let last = from
  let between = 0
  let words = 0
  let spaces = 1
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i)
    const kind = kindOf(code)
    if (kind === ELSE || i - last > LONGEST_CELL || (kind === LAST && !isLast(text, i, end))) return NO_NAMES
    if (kind === BETWEEN) {
      if (isOfSentence(text, i, words)) return NO_NAMES
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
        if (between === 0) between = SPACE
      }
      if (isNoName(++words, kind, most)) return numbersIn(text, from, end)
      spaces = 0
    }
  }
  return between === 0 && words === 1 ? loneIn(text, from, end) : between
}

function isNoName(words: number, kind: number, most: number): boolean {
  return words > most || (kind === DIGIT && words === 1)
}

/** A frame on its side has numbers of rows for names. */
function numbersIn(text: string, from: number, end: number): number {
  if (text.charCodeAt(from) !== SPACE) return NO_NAMES
  for (let i = from; i < end; i++) if (!OF_NUMBERS.has(text.charCodeAt(i))) return NO_NAMES
  return NUMBERS
}

function loneIn(text: string, from: number, end: number): number {
  return mayBeLone(text, from, end) ? LONE : 0
}

/** Most words that stand alone in their lines are of programs, and end with marks. */
function mayBeLone(text: string, from: number, end: number): boolean {
  const last = text.charCodeAt(end - 1)
  return end - from <= LONGEST_CELL && (last > Z_SMALL || last === SPACE || last === RETURN || isAlphanumeric(last))
}

function isAlphanumeric(code: number): boolean {
  const small = code | SPACE
  return (small >= A_SMALL && small <= Z_SMALL) || KINDS[code] === DIGIT
}

/** A colon or a question mark may end a name; and pandas ends its lines of names with a backslash where a frame is wider than the screen and goes on below. */
function isLast(text: string, at: number, end: number): boolean {
  let i = at + 1
  while (i < end && text.charCodeAt(i) === SPACE) i++
  return i === end || (i + 1 === end && text.charCodeAt(i) === RETURN) || (text.charCodeAt(at) !== BACKSLASH && kindOf(text.charCodeAt(i)) === BETWEEN)
}

export function headOf(line: string, isField: (name: string) => boolean): Head | undefined {
  if (line.length > LONGEST_LINE) return undefined
  const between = betweenNames(line, 0, line.length)
  // A line that came in pieces is asked for here alone.
  if (between === NO_NAMES || between === 0) return undefined
  if (between === NUMBERS) return NUMBERS_APART.test(line) ? { rows: new LabelledRows((label) => fieldOf(label, isField)) } : undefined
  if (between === STATEMENT) return copyHeadOf(line, isField)
  const whole = (line.charCodeAt(line.length - 1) === RETURN ? line.slice(0, -1) : line).replace(IN_BOX, STROKE)
  const mark = DELIMITERS.find((one) => whole.includes(one))
  const margin = overMargin(whole, 0, whole.length)
  if (mark !== undefined) return delimitedHeadOf(whole.slice(margin), mark, whole.slice(0, margin), isField)
  const bare = ' '.repeat(margin) + whole.slice(margin)
  return alignedHeadOf(bare.endsWith('  \\') ? bare.slice(0, -1).trimEnd() : bare, margin, isField)
}

function delimitedHeadOf(line: string, mark: string, margin: string, isField: (name: string) => boolean): Head | undefined {
  const names = (mark === '|' && !DOUBLED.test(line) ? line.replaceAll('||', '|') : line).split(mark).map((cell) => cell.replace(MARKS, ''))
  if (names.length > MOST_COLUMNS) return undefined
  // Nothing stands outside of strokes, nor above the numbers of rows.
  const inner = STROKES.has(mark) ? names.filter((name) => name !== '') : names.slice(names[0] === '' && mark !== '\t' ? 1 : 0)
  if (!areNames(inner, mark === ',' && line.includes(', '))) return undefined
  const keys = names.map((name) => fieldOf(name, isField))
  return keys.some(isField) ? { rows: new DelimitedRows(mark.charCodeAt(0), keys, !line.includes(`${mark} `), margin) } : undefined
}

function copyHeadOf(line: string, isField: (name: string) => boolean): Head | undefined {
  const names = COPY.exec(line)?.[1]?.split(',').map((name) => fieldOf(name.replace(MARKS, ''), isField))
  return names?.some(isField) === true ? { rows: new DelimitedRows(TAB, names, false, '') } : undefined
}

function alignedHeadOf(line: string, margin: number, isField: (name: string) => boolean): Head | undefined {
  if (!GAP.test(line)) return margin === 0 ? loneHeadOf(line, isField) : undefined
  const names = alignedNames(line, isField)
  return names?.isAny === true && names.count > 1 ? { rows: new AlignedRows(names, isField, margin) } : undefined
}

/** A word alone in its line is the head of a table more often by what stands below it than by itself. Most are none, and asked for first. */
export function loneHeadOf(line: string, isField: (name: string) => boolean): Head | undefined {
  const word = line.trim()
  if (word.length > LONGEST_LONE || !mayBeLone(line, 0, line.length) || !isField(word)) return undefined
  const names = alignedNames(line, isField)
  return names?.isAny === true ? { rows: new AlignedRows(names, isField, 0), lone: names.first > 0 ? 'numbered' : 'counted' } : undefined
}

/** @param isSpaced a space stands behind each comma: then a name is one word */
function areNames(names: readonly string[], isSpaced: boolean): boolean {
  const most = isSpaced ? 1 : MOST_WORDS
  return names.length >= (isSpaced ? LEAST_SPACED : 2) && names.every((name) => COLUMN_NAME.test(name) && name.split(' ').length <= most)
}
