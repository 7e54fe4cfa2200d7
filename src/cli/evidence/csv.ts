/** Tables that are safe to open in a spreadsheet: a cell that would be taken for a formula is made text, whoever wrote it. */
import { inert } from '../../core/words/inert.ts'

export type Cell = string | number | boolean | null | undefined

/** What spreadsheets take for the beginning of a formula, full-width forms included; a tab or line end in front of one is cut by some. */
const FORMULA = /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/

/** One cell, quoted always, so that a separator of another country's settings does not split it. */
export function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number' && cell >= 0) return String(cell)
  const raw = String(cell)
  // Seen before the control characters in front of it are made visible.
  const guarded = FORMULA.test(raw) ? `'${inert(raw, 4000)}` : inert(raw, 4000)
  return `"${guarded.replaceAll('"', '""')}"`
}

/** A whole table: RFC 4180 with a byte order mark, without which spreadsheets guess the encoding wrong. */
export function csvTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${[columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`
}
