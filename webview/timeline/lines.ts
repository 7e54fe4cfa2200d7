/** The three kinds of lines of the list: a launch, a call, an event. Cells are gridcells, in the order of the columns. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Launch, Row } from '../../src/protocol/panelModels.ts'
import { inert } from '../element.ts'
import { clock, duration, number } from '../format.ts'
import { icon } from '../icons.ts'
import { LAUNCH_ICONS } from '../sidebar/session.ts'
import { placeOf } from '../sidebar/asking.ts'
import { plainly } from '../inert.ts'
import type { Line } from '../state.timeline.ts'
import { EVENT_ICONS, STATE_MARKS } from '../stateMarks.ts'
import { say, sayCount } from '../words.ts'
import { elapsed, waterfall } from './waterfall.ts'

export interface Drawn {
  readonly index: number
  readonly current: boolean
  readonly selected: boolean
  readonly scale: number
  readonly now: number
  readonly launch: Launch | undefined
}

export function lineRow(line: Line, drawn: Drawn): TemplateResult {
  switch (line.kind) {
    case 'lane':
      return lane(line, drawn)
    case 'row':
      return call(line.row, line.key, drawn)
    case 'event':
      return event(line, drawn)
  }
}

function lane(line: Extract<Line, { kind: 'lane' }>, { index, current, launch }: Drawn): TemplateResult {
  return html`<div role="row" class="tl-lane" aria-level="1" aria-rowindex=${index + 2} aria-expanded=${!line.folded} tabindex=${current ? 0 : -1} data-key=${line.key}>
    <span role="gridcell" class="t"
      >${icon(line.folded ? 'right' : 'down')}${icon(launch ? LAUNCH_ICONS[launch.kind] : 'terminal')} <b>${launch ? inert(placeOf(launch)) : nothing}</b> <span class="quiet">${launch ? extra(launch) : nothing}</span>${launch?.findings === undefined ? nothing : html` ${icon('unplug', 'held')} ${sayCount('tl.findings', launch.findings, { n: number(launch.findings) })}`}</span
    ><span role="gridcell" class="n num">${launch?.heldAsOne ? sayCount('tl.callsAsOne', launch.calls, { n: number(launch.calls) }) : sayCount('tl.calls', line.rows, { n: number(line.rows) })}</span>
  </div>`
}

function extra(launch: Launch): string {
  if (launch.run !== undefined) return say('tl.run', { n: number(launch.run) })
  return launch.kind === 'notebook' || launch.kind === 'script' ? '' : say(`tl.kind.${launch.kind}`)
}

function call(row: Row, key: string, { index, current, selected, scale, now }: Drawn): TemplateResult {
  const mark = STATE_MARKS[row.state]
  const found = row.found.reduce((sum, one) => sum + one.count, 0)
  return html`<div role="row" class="tl-row" aria-level="2" aria-rowindex=${index + 2} aria-selected=${selected} tabindex=${current ? 0 : -1} data-key=${key}>
    <span role="gridcell" class="st">${icon(mark.icon, mark.tone)} ${say(`state.${row.state}`)}</span
    ><span role="gridcell" class="num time">${clock(row.at, 'second')}</span><span role="gridcell" class="model">${inert(row.model)}</span
    ><span role="gridcell" class="num r tok quiet">${tokens(row)}</span><span role="gridcell" class="num r found">${number(found)}</span
    ><span role="gridcell" class="num r took">${took(row, now)}</span><span role="gridcell" class="wfc">${waterfall(row, scale, now)}</span>
  </div>`
}

function tokens(row: Row): string {
  if (row.tokensIn === undefined) return row.tokensOut === undefined ? '' : number(row.tokensOut)
  return row.tokensOut === undefined ? number(row.tokensIn) : say('tl.tokens', { in: number(row.tokensIn), out: number(row.tokensOut) })
}

export function took(row: Row, now: number): string {
  const ms = row.doneMs ?? row.firstByteMs ?? (row.state === 'streaming' || row.state === 'sent' ? elapsed(row, now) : undefined)
  return ms === undefined ? say('tl.none') : duration(ms)
}

function event({ key, event: one, lane: within }: Extract<Line, { kind: 'event' }>, { index, current }: Drawn): TemplateResult {
  return html`<div role="row" class="tl-row event" aria-level=${within === null ? 1 : 2} aria-rowindex=${index + 2} tabindex=${current ? 0 : -1} data-key=${key}>
    <span role="gridcell" class="st">${icon(EVENT_ICONS[one.what])} ${say(`event.${one.what}`)}</span><span role="gridcell" class="num time">${clock(one.at, 'second')}</span><span role="gridcell" class="model" title=${plainly(one.sentence)}>${inert(one.sentence)}</span>
  </div>`
}
