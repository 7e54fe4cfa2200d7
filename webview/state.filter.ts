/** The timeline's filter: words that must all hold. `found:EMAIL model:gpt state:denied launch:ask`, or any part of a name. */
import type { Launch, Row } from '../src/protocol/panelModels.ts'

export type Tab = 'all' | 'held' | 'denied' | 'masked' | 'failed'

export interface Filter {
  readonly text: string
  readonly tab: Tab
  /** Launch id, or the empty string for all. */
  readonly launch: string
}

export const NO_FILTER: Filter = { text: '', tab: 'all', launch: '' }

export function filters(filter: Filter): boolean {
  return filter.text.trim() !== '' || filter.tab !== 'all' || filter.launch !== ''
}

export function matches(filter: Filter, row: Row, launch: Launch | undefined): boolean {
  if (filter.launch !== '' && row.launch !== filter.launch) return false
  return inTab(filter.tab, row) && words(filter.text).every((word) => holds(word, row, launch))
}

export function inTab(tab: Tab, row: Row): boolean {
  switch (tab) {
    case 'all':
      return true
    case 'held':
      return row.state === 'held' || (row.heldMs ?? 0) > 0
    case 'denied':
      return row.state === 'denied' || row.state === 'expired' || row.state === 'withdrawn'
    case 'masked':
      return row.found.some((one) => one.fate === 'masked' && one.count > 0)
    case 'failed':
      return row.state === 'failed'
  }
}

function words(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 20)
}

function holds(word: string, row: Row, launch: Launch | undefined): boolean {
  const colon = word.indexOf(':')
  const field = colon > 0 ? word.slice(0, colon) : ''
  const value = colon > 0 ? word.slice(colon + 1) : word
  switch (field) {
    case 'found':
      return row.found.some((one) => one.count > 0 && one.type.toLowerCase().includes(value))
    case 'model':
      return row.model.toLowerCase().includes(value)
    case 'state':
      return row.state.includes(value)
    case 'launch':
      return (launch?.file ?? '').toLowerCase().includes(value)
    case 'provider':
      return (row.provider ?? '').toLowerCase().includes(value)
    case 'ex':
      return row.ex.toLowerCase().includes(value)
    default:
      return [row.model, row.provider ?? '', row.ex, row.state, launch?.file ?? '', ...row.found.map((one) => one.type)].some((text) => text.toLowerCase().includes(word))
  }
}
