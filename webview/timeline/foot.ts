/** The line below: what the forms of the waterfall mean, and the state of the journal. */
import { html, type TemplateResult } from 'lit'
import type { TimelineModel } from '../../src/protocol/panel.ts'
import { number } from '../format.ts'
import { icon } from '../icons.ts'
import { say, sayCount } from '../words.ts'

export function foot(summary: TimelineModel['summary'] | undefined): TemplateResult {
  const key = (drawing: TemplateResult, text: string) => html`<span class="key">${drawing}${text}</span>`
  return html`<footer class="tl-foot">
    ${key(html`<svg class="wf" aria-hidden="true"><rect class="insp" x="8" y="2" width="4" height="8"></rect></svg>`, say('key.inspected'))}
    ${key(html`<svg class="wf" aria-hidden="true"><rect class="held-box" x="0.5" y="2.5" width="19" height="7" fill="url(#p-hatch)"></rect></svg>`, say('key.held'))}
    ${key(html`<svg class="wf" aria-hidden="true"><line x1="10" x2="10" y1="0" y2="12" stroke="currentColor"></line></svg>`, say('key.sent'))}
    ${key(html`<svg class="wf" aria-hidden="true"><rect class="wait" x="0.5" y="2.5" width="19" height="7"></rect></svg>`, say('key.waiting'))}
    ${key(html`<svg class="wf" aria-hidden="true"><rect class="flow" x="0" y="2" width="18" height="8"></rect><line class="end" x1="18" x2="18" y1="0" y2="12"></line></svg>`, say('key.streaming'))}
    ${summary ? html`<span class="end opt">${state(summary)}</span>` : ''}
  </footer>`
}

function state({ records, verified, waiting, hub }: TimelineModel['summary']): unknown {
  const n = number(records)
  if (verified === 'fault') return html`${icon('warn', 'bad')} ${sayCount('foot.fault', records, { n })}`
  const waits = waiting === 0 ? say('foot.noneWaits') : number(waiting)
  if (verified === 'all') return html`${icon('seal', 'ok')} ${sayCount('foot.verified', records, { n, waiting: waits })}`
  if (!hub) return html`${icon('journal')} ${sayCount('foot.local', records, { n })}`
  return html`${icon('journal')} ${sayCount('foot.unverified', records, { n, waiting: waits })}`
}
