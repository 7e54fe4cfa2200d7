/** Plain texts of what the views show, for the editor to open: a held call's preview, calls as a table, records as they are. Pure. */
import type { JournalEntry } from '../../protocol/control.ts'
import type { Request, Row, Segment } from '../../protocol/panelModels.ts'

/** The preview whole. Masks stand as `[EMAIL]`: copying or saving it brings no value anywhere. */
export function previewText(request: Request): string {
  const parts = request.parts.map((part) => `## ${part.role} (${part.index}/${part.of})\n\n${part.segments.map(textOf).join('')}`)
  return [`# ${request.requester.name}, ${request.model}`, ...parts, ''].join('\n\n')
}

function textOf(segment: Segment): string {
  switch (segment.kind) {
    case 'text':
      return segment.text
    case 'mask':
      return `[${segment.type}${segment.ordinal === undefined ? '' : `_${segment.ordinal}`}]`
    case 'inert':
      return `[U+${segment.codePoint.toString(16).toUpperCase().padStart(4, '0')}]`
    case 'elided':
      return ' … '
  }
}

const COLUMNS = ['exchange', 'received', 'state', 'provider', 'model', 'tokens_in', 'tokens_out', 'inspected_ms', 'held_ms', 'first_byte_ms', 'done_ms', 'found'] as const

export function callsTable(rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    [
      row.ex, new Date(row.at).toISOString(), row.state, row.provider ?? '', row.model, row.tokensIn ?? '', row.tokensOut ?? '', row.inspectedMs ?? '', row.heldMs ?? '', row.firstByteMs ?? '', row.doneMs ?? '',
      row.found.map((one) => `${one.type} ${one.count} ${one.fate === 'masked' ? 'masked' : 'as is'}`).join('; '),
    ]
      .map((value) => cell(String(value)))
      .join(','),
  )
  return [COLUMNS.join(','), ...lines, ''].join('\n')
}

/** A model's name is a client's choice: what a spreadsheet would take for a formula gets a quote before it. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The records of one call as they lie in the journal, without the texts that stand apart. */
export function recordsText(entries: readonly JournalEntry[], ex: string): string {
  const records = entries.map(({ record }) => record).filter(({ event }) => 'ex' in event && event.ex === ex)
  return `${JSON.stringify(records, undefined, 2)}\n`
}
