/** The few drawings of the hub's pages, 16 x 16. A word stands beside each: shape and colour only help. */
import { Html } from './html.ts'

const DRAWINGS = {
  check: '<path d="M3 8.6l3.2 3.1L13 4.8"/>',
  ok: '<circle cx="8" cy="8" r="6"/><path d="M5.2 8.3l1.9 1.9 3.7-4.2"/>',
  denied: '<circle cx="8" cy="8" r="6"/><path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"/>',
  held: '<circle cx="8" cy="8" r="6"/><path d="M6.4 5.6v4.8M9.6 5.6v4.8"/>',
  warn: '<path d="M8 2.2l6.2 11.3H1.8z"/><path d="M8 6.4v3.4M8 11.4v.3"/>',
  info: '<circle cx="8" cy="8" r="6"/><path d="M8 7.3v3.9M8 4.9v.3"/>',
  flag: '<path d="M3.6 14V2.4h8.8l-1.8 3 1.8 3H3.6"/>',
  shield: '<path d="M8 1.6l5 1.9v4.1c0 3.2-2.1 5.5-5 6.7-2.9-1.2-5-3.5-5-6.7V3.5z"/><path d="M5.6 7.9l1.7 1.7 3.1-3.5"/>',
  person: '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.8c.4-2.9 2.5-4.4 5.2-4.4s4.8 1.5 5.2 4.4"/>',
  device: '<rect x="2.6" y="3" width="10.8" height="7.6" rx="1"/><path d="M1.4 13.2h13.2"/>',
  seal: '<circle cx="8" cy="6.4" r="4.4"/><path d="M6 6.6l1.4 1.4L10 5M5.4 10.2l-.8 4L8 12.6l3.4 1.6-.8-4"/>',
  rule: '<path d="M2.6 3.4h10.8M2.6 7h6M2.6 10.6h4M9.4 11l1.8 1.8 3-3.4"/>',
  search: '<circle cx="6.8" cy="6.8" r="4.2"/><path d="M10 10l3.8 3.8"/>',
} as const

export type IconName = keyof typeof DRAWINGS
export type Tone = 'ok' | 'bad' | 'held' | 'info' | 'quiet'

export function icon(name: IconName, tone?: Tone): Html {
  return new Html(`<svg class="cs-i${tone === undefined ? '' : ` c-${tone}`}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${DRAWINGS[name]}</svg>`)
}
