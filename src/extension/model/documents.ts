/** Plain texts of what the views show, for the editor to open: a held call's preview, calls as a table, records as they are. Pure. */
import type { JournalEntry } from '../../protocol/control.ts'
import type { Request, Row, Segment } from '../../protocol/panelModels.ts'
import { whoAsks } from './requests.ts'
import type { Translate } from './rows.ts'

/** The preview whole. Masks stand as `[EMAIL]`: copying or saving it brings no value anywhere. */
export function previewText(request: Request): string {
  const parts = request.parts.map((part) => `## ${part.role} (${part.index}/${part.of})\n\n${part.segments.map(textOf).join('')}`)
  return [`# ${whoAsks(request.requester)}, ${request.model}`, ...parts, ''].join('\n\n')
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

/** Answers "What is recorded about me?". @param hub where records are copied to; null: nowhere */
export function recordedText(t: Translate, hub: string | null): string {
  const lines = [
    t('Who called: you, as your identity provider names you, your groups, and when you signed in.'),
    t('What was called: time, file or cell, provider, model, and how large prompt and answer were.'),
    t('What was found: kinds of values and how often, never the values.'),
    t('What was decided: the rule, its reason, and who approved or denied, with what they wrote.'),
  ]
  const after = [
    t('The texts of prompt and answer are kept on this machine, encrypted, with every value that was found hidden. What is masked is kept nowhere in clear.'),
    hub === null ? t('Nothing is copied to another machine: no hub is set.') : t('The records, not those texts, are copied to your organisation\'s hub ({0}), where its auditors can read them. A call that waits for somebody else is shown to them with its values hidden.', hub),
    t('Refused calls are recorded too. What does not go through Countersign is not recorded, except that a provider key or a direct address in your files is noted by its name.'),
  ]
  return [`# ${t('What is recorded about you')}`, t('Each call of this window leaves a record:'), lines.map((line) => `- ${line}`).join('\n'), ...after, ''].join('\n\n')
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
