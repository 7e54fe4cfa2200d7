/** Icons: one drawing each, 16 x 16, from one sprite in the document, so that a list of a thousand rows carries none twice. */
import { svg, html, nothing, type TemplateResult } from 'lit'

const DRAWINGS = {
  'check': svg`<path d="M3 8.6l3.2 3.1L13 4.8"/>`,
  'ok': svg`<circle cx="8" cy="8" r="6"/><path d="M5.2 8.3l1.9 1.9 3.7-4.2"/>`,
  'denied': svg`<circle cx="8" cy="8" r="6"/><path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"/>`,
  'held': svg`<circle cx="8" cy="8" r="6"/><path d="M6.4 5.6v4.8M9.6 5.6v4.8"/>`,
  'expired': svg`<path d="M4.2 2.2h7.6M4.2 13.8h7.6M5 2.2C5 5.6 8 6 8 8s-3 2.4-3 5.8M11 2.2C11 5.6 8 6 8 8s3 2.4 3 5.8"/>`,
  'withdrawn': svg`<circle cx="8" cy="8" r="6"/><path d="M3.8 12.2l8.4-8.4"/>`,
  'stream': svg`<circle cx="8" cy="8" r="6"/><path d="M8 4.8v6M5.6 8.6L8 11l2.4-2.4"/>`,
  'stopped': svg`<circle cx="8" cy="8" r="6"/><path d="M5.9 5.9h4.2v4.2H5.9z"/>`,
  'warn': svg`<path d="M8 2.2l6.2 11.3H1.8z"/><path d="M8 6.4v3.4M8 11.4v.3"/>`,
  'info': svg`<circle cx="8" cy="8" r="6"/><path d="M8 7.3v3.9M8 4.9v.3"/>`,
  'shield': svg`<path d="M8 1.6l5 1.9v4.1c0 3.2-2.1 5.5-5 6.7-2.9-1.2-5-3.5-5-6.7V3.5z"/>`,
  'shield-ok': svg`<path d="M8 1.6l5 1.9v4.1c0 3.2-2.1 5.5-5 6.7-2.9-1.2-5-3.5-5-6.7V3.5z"/><path d="M5.6 7.9l1.7 1.7 3.1-3.5"/>`,
  'shield-off': svg`<path d="M4.6 2.9L8 1.6l5 1.9v4.1c0 1.3-.4 2.5-1 3.5M10.4 12.8c-.7.6-1.5 1.1-2.4 1.5-2.9-1.2-5-3.5-5-6.7V5M2.2 2.2l11.6 11.6"/>`,
  'person': svg`<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.8c.4-2.9 2.5-4.4 5.2-4.4s4.8 1.5 5.2 4.4"/>`,
  'people': svg`<circle cx="6" cy="5.6" r="2.4"/><path d="M1.6 13.4c.3-2.6 2.1-4 4.4-4s4.1 1.4 4.4 4M10.4 3.4a2.4 2.4 0 0 1 0 4.5M12 9.8c1.4.6 2.2 1.9 2.4 3.6"/>`,
  'key': svg`<circle cx="5" cy="11" r="2.8"/><path d="M7 9l6.2-6.2M10.6 5.4l2 2"/>`,
  'mask': svg`<rect x="1.8" y="4.8" width="12.4" height="6.4" rx="1.6" stroke-dasharray="1.5 1.7"/><path d="M5 8h6"/>`,
  'send': svg`<path d="M4.6 11.4l6.8-6.8M5.8 4.6h5.6v5.6"/>`,
  'notebook': svg`<rect x="4" y="2.2" width="9" height="11.6" rx="1"/><path d="M6.4 2.2v11.6M2.4 5H4M2.4 8H4M2.4 11H4"/>`,
  'file': svg`<path d="M3.8 1.8h5.4l3.2 3.2v9.2H3.8zM9 1.8v3.4h3.4"/>`,
  'terminal': svg`<rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1"/><path d="M4.4 5.8l2.2 2.2-2.2 2.2M8.2 10.2h3.2"/>`,
  'play': svg`<path d="M4.8 3v10l8-5z"/>`,
  'right': svg`<path d="M6 3.6L10.4 8 6 12.4"/>`,
  'left': svg`<path d="M10 3.6L5.6 8l4.4 4.4"/>`,
  'down': svg`<path d="M3.6 6L8 10.4 12.4 6"/>`,
  'search': svg`<circle cx="6.8" cy="6.8" r="4.2"/><path d="M10 10l3.8 3.8"/>`,
  'filter': svg`<path d="M2.4 4h11.2M4.4 8h7.2M6.4 12h3.2"/>`,
  'close': svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  'out': svg`<path d="M9.2 2.8h4v4M13 3L7.6 8.4M11.2 9.6v3.6H2.8V4.8h3.6"/>`,
  'copy': svg`<rect x="5.4" y="5.4" width="8" height="8" rx="1"/><path d="M3.4 10.6h-.8v-8h8v.8"/>`,
  'download': svg`<path d="M8 2.4v7.8M4.8 7L8 10.2 11.2 7M2.8 13.4h10.4"/>`,
  'cloud-off': svg`<path d="M6 4.3a3.8 3.8 0 0 1 5.7 2.8 2.7 2.7 0 0 1 1.6 4.4M10.6 12.4h-6a3 3 0 0 1-.3-6M2.2 2.2l11.6 11.6"/>`,
  'journal': svg`<path d="M2.6 3h3.8C7.3 3 8 3.6 8 4.5V13c0-.6-.6-1-1.4-1h-4zM13.4 3H9.6C8.7 3 8 3.6 8 4.5V13c0-.6.6-1 1.4-1h4z"/>`,
  'receipt': svg`<path d="M3.8 1.8v12.4l1.4-1 1.4 1 1.4-1 1.4 1 1.4-1 1.4 1V1.8zM6 5.4h4M6 8.4h4"/>`,
  'seal': svg`<circle cx="8" cy="6.4" r="4.4"/><path d="M6 6.6l1.4 1.4L10 5M5.4 10.2l-.8 4L8 12.6l3.4 1.6-.8-4"/>`,
  'clock': svg`<circle cx="8" cy="8" r="6"/><path d="M8 4.6V8l2.4 1.6"/>`,
  'refresh': svg`<path d="M13 8a5 5 0 1 1-1.6-3.7M13.2 2.4v3.2H10"/>`,
  'more': svg`<path d="M3 8h.1M8 8h.1M13 8h.1" stroke-width="2"/>`,
  'unplug': svg`<path d="M1.8 8h3M11.2 8h3M4.8 5.6h1.6a2.4 2.4 0 0 1 0 4.8H4.8zM11.2 5.6H9.9M11.2 10.4H9.9M11.2 5.6v4.8"/>`,
  'bell': svg`<path d="M4 10.8V7a4 4 0 0 1 8 0v3.8l1.2 1.4H2.8zM6.6 14h2.8"/>`,
  'waterfall': svg`<path d="M2.4 3.6h4.4M5.2 8h5M9 12.4h4.6"/>`,
  'lock': svg`<rect x="3.4" y="7" width="9.2" height="6.8" rx="1"/><path d="M5.4 7V5a2.6 2.6 0 0 1 5.2 0v2"/>`,
  'hub': svg`<rect x="2.4" y="2.8" width="11.2" height="4.4" rx="1"/><rect x="2.4" y="8.8" width="11.2" height="4.4" rx="1"/><path d="M4.8 5h.1M4.8 11h.1"/>`,
  'spinner': svg`<path d="M8 2.2A5.8 5.8 0 1 1 2.2 8"/>`,
  'history': svg`<path d="M2.6 8a5.4 5.4 0 1 0 1.8-4M2.6 2.6v3h3M8 5v3l2.2 1.4"/>`,
  'stack': svg`<path d="M8 2.2l6 3-6 3-6-3zM2.4 8.2L8 11l5.6-2.8M2.4 11L8 13.8l5.6-2.8"/>`,
  'calendar': svg`<rect x="2.4" y="3.4" width="11.2" height="10.2" rx="1"/><path d="M2.4 6.6h11.2M5.4 1.8v3M10.6 1.8v3"/>`,
  'device': svg`<rect x="2.6" y="3" width="10.8" height="7.6" rx="1"/><path d="M1.4 13.2h13.2"/>`,
  'rule': svg`<path d="M2.6 3.4h10.8M2.6 7h6M2.6 10.6h4M9.4 11l1.8 1.8 3-3.4"/>`,
  'flag': svg`<path d="M3.6 14V2.4h8.8l-1.8 3 1.8 3H3.6"/>`,
} as const
export type Icon = keyof typeof DRAWINGS
export type Tone = 'ok' | 'bad' | 'held' | 'info' | 'masked' | 'quiet' | ''

/** Once per document, before anything that uses it. Patterns are attributes' targets: in a style sheet their address would be the sheet's. */
export function sprite(): TemplateResult {
  return html`<svg class="sprite" aria-hidden="true" focusable="false">
    <defs>
      <pattern id="p-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="p-back" width="6" height="6" />
        <rect class="p-line" width="2.4" height="6" />
      </pattern>
    </defs>
    ${Object.entries(DRAWINGS).map(([name, drawing]) => svg`<symbol id=${`i-${name}`} viewBox="0 0 16 16">${drawing}</symbol>`)}
  </svg>`
}

/** Drawn beside a word that says the same, so it has no name of its own. */
export function icon(name: Icon, tone: Tone = '', more = ''): TemplateResult {
  return html`<svg class=${`cs-i ${tone === '' ? '' : `c-${tone}`} ${more}`} aria-hidden="true"><use href=${`#i-${name}`}></use></svg>`
}

export function spinner(): TemplateResult {
  return html`<svg class="cs-i cs-spin" aria-hidden="true"><use href="#i-spinner"></use></svg>`
}

/** For a slot of a toolkit element. */
export function slotted(name: Icon, slot: string): TemplateResult {
  return html`<svg class="cs-i" slot=${slot || nothing} aria-hidden="true"><use href=${`#i-${name}`}></use></svg>`
}
