/** A row's waterfall as SVG: places are attributes, so that no style attribute is needed. Its words stand beside it, hidden. */
import { html, nothing, svg, type TemplateResult } from 'lit'
import type { Row } from '../../src/protocol/panelModels.ts'
import { linkButton } from '../element.ts'
import { duration, list } from '../format.ts'
import { post } from '../host.ts'
import { barsOf, type Bars } from '../state.waterfall.ts'
import { say, type Word } from '../words.ts'

export function waterfall(row: Row, scale: number, now: number): TemplateResult {
  const bars = barsOf(row, scale, elapsed(row, now))
  const held = bars.heldMs === null ? null : heldUntil(row, now)
  return html`<span class="wf-a"><svg class="wf" aria-hidden="true"><rect class="insp" x=${bars.inspectedAt} y="8" width="4" height="8"></rect>${held === null ? nothing : hold(held)}</svg></span
    ><span>${row.state === 'held' && row.request !== undefined ? linkButton(say('tl.review'), (event) => { review(event, row.request ?? '') }, 'in-row') : nothing}<svg class="wf" aria-hidden="true">${model(bars)}</svg></span
    ><span class="cs-vh">${inWords(row, now)}</span>`
}

function review(event: Event, request: string): void {
  event.stopPropagation()
  post({ type: 'review', request })
}

/** Milliseconds since it was sent, as far as this is still going on. */
export function elapsed(row: Row, now: number): number {
  return row.running ? Math.max(0, now - row.at - (row.inspectedMs ?? 0) - (row.heldMs ?? 0)) : 0
}

function heldUntil(row: Row, now: number): number {
  return row.state === 'held' && row.running ? Math.max(row.heldMs ?? 0, now - row.at) : (row.heldMs ?? 0)
}

function hold(ms: number): unknown {
  const label = duration(ms)
  const width = Math.min(58, 8 + label.length * 6)
  return svg`<rect class="held-box" x="8" y="7.5" width="60" height="9" fill="url(#p-hatch)"></rect><rect class="lab-bg" x=${38 - width / 2} y="5" width=${width} height="14" rx="2"></rect><text x="38" y="16">${label}</text>`
}

function model({ wait, flow, end }: Bars): unknown {
  return svg`${wait ? svg`<rect class="wait" x=${`${wait.x}%`} y="8.5" width=${`${wait.width}%`} height="7"></rect>` : nothing}${flow ? svg`<rect class="flow" x=${`${flow.x}%`} y="8" width=${`${flow.width}%`} height="8"></rect>` : nothing}${end ? mark(end.kind, `${end.x}%`) : nothing}`
}

function mark(kind: 'done' | 'failed' | 'stopped' | 'running', x: string): unknown {
  if (kind === 'done') return svg`<line class="end" x1=${x} x2=${x} y1="5" y2="19"></line>`
  const paths = { failed: 'M2 0l8 8M10 0l-8 8', stopped: 'M3 0h8v8H3z', running: 'M3 0l4 4-4 4M8 0l4 4-4 4' }
  return svg`<svg x=${x} y="8" width="8" height="8" overflow="visible"><path class=${kind === 'running' ? 'end' : 'bad'} fill="none" d=${paths[kind]}></path></svg>`
}

/** `inspected, held 48 s, first byte after 0.7 s, done after 3.1 s` */
export function inWords(row: Row, now: number): string {
  const said = [say('wf.inspected')]
  if (row.heldMs !== undefined || row.state === 'held') said.push(say(row.state === 'held' ? 'wf.heldNow' : 'wf.held', { time: duration(heldUntil(row, now)) }))
  if (['denied', 'expired', 'withdrawn'].includes(row.state)) said.push(say('wf.notSent'))
  if (row.firstByteMs !== undefined && row.state !== 'failed') said.push(say('wf.first', { time: duration(row.firstByteMs) }))
  return list([...said, ...endInWords(row, now)])
}

const ENDS: Partial<Record<Row['state'], Word>> = { answered: 'wf.done', failed: 'wf.failed', stopped: 'wf.stopped' }

function endInWords(row: Row, now: number): string[] {
  if (row.state === 'sent') return [say('wf.waits')]
  if (row.state === 'streaming') return [say('wf.until', { time: duration(row.doneMs ?? elapsed(row, now)) })]
  const word = ENDS[row.state]
  const last = row.doneMs ?? row.firstByteMs
  return word === undefined || last === undefined ? [] : [say(word, { time: duration(last) })]
}
