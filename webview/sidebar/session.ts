/** Below the requests: grants in force, and what this session's launches do. Quiet lists; a row leads to the timeline. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Grant, Launch, Row, Source } from '../../src/protocol/panelModels.ts'
import { countdown } from '../countdown.ts'
import { linkButton, rich } from '../element.ts'
import { clock, number } from '../format.ts'
import { newAct, post } from '../host.ts'
import { icon, type Icon } from '../icons.ts'
import { STATE_MARKS } from '../stateMarks.ts'
import { say, sayCount, sentence } from '../words.ts'
import { placeOf } from './asking.ts'

export const LAUNCH_ICONS: Record<Source['kind'], Icon> = {
  notebook: 'notebook', script: 'file', debug: 'file', terminal: 'terminal', window: 'terminal', run: 'terminal', sandbox: 'terminal', headless: 'device',
}

export function grantList(grants: readonly Grant[]): TemplateResult {
  return html`<ul class="cs-list">
    ${grants.map((one) => {
      const used = one.of === undefined ? rich(say('grant.usedOpen', { n: number(one.used), name: '{name}' }), { name: one.approver }) : rich(say('grant.used', { n: number(one.used), of: number(one.of), name: '{name}' }), { name: one.approver })
      return html`<li>
        <div class="cs-row still">${icon('clock', 'ok')}<span class="t">${rich(sentence('grant.title'), { scope: one.scope, holder: one.holder })}</span>${countdown(one.endsAt, 0, 'when')}<span class="d">${used}</span></div>
        <div class="cs-after">
          ${one.canRevoke ? linkButton(say('do.revoke'), () => { post({ type: 'revoke', act: newAct(), grant: one.id }) }) : nothing}
          ${linkButton(say('do.showCalls'), () => { post({ type: 'openTimeline' }) })}
        </div>
      </li>`
    })}
  </ul>`
}

/** The newest first, as in the list of sessions: what was just started is what somebody looks for. */
export function launchList(launches: readonly Launch[], calls: readonly Row[]): TemplateResult {
  return html`<ul class="cs-list">
    ${launches.toSorted((a, b) => b.startedAt - a.startedAt).map((one) => {
      const last = calls.findLast((call) => call.launch === one.id)
      const press = () => { post({ type: 'openTimeline', ...(last ? { ex: last.ex } : {}) }) }
      return html`<li>
        <button type="button" class="cs-row" @click=${press}>
          ${icon(LAUNCH_ICONS[one.kind])}<span class="t">${rich('{place}', { place: placeOf(one) })}</span><span class="when num">${one.covered === false ? say('tl.notCovered') : sayCount('tl.calls', one.calls, { n: number(one.calls) })}</span>
          ${one.findings === undefined ? nothing : html`<span class="d">${icon('unplug', 'held', 's12')} ${sayCount('tl.findings', one.findings, { n: number(one.findings) })}</span>`}
          ${last ? html`<span class="d">${lastCall(last)}</span>` : nothing}
        </button>
      </li>`
    })}
  </ul>`
}

function lastCall(row: Row): TemplateResult {
  const mark = STATE_MARKS[row.state]
  return html`${icon(mark.icon, mark.tone, 's12')} ${say(`state.${row.state}`)}, ${rich('{model}', { model: row.model })}, <span class="num">${clock(row.at)}</span>`
}
