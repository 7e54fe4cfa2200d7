/** The bar above: period, filter, what to show, which launch, follow, export. */
import { html, type TemplateResult } from 'lit'
import { FILTER_TABS } from '../../src/protocol/panel.ts'
import { number } from '../format.ts'
import { post } from '../host.ts'
import { icon, slotted } from '../icons.ts'
import { inTab, type Filter } from '../state.filter.ts'
import type { TimelineState } from '../state.timeline.ts'
import { plainly } from '../inert.ts'
import { placeOf } from '../sidebar/asking.ts'
import { valueOf } from '../toolkit.ts'
import { say } from '../words.ts'

export interface BarActions {
  filter(change: Partial<Filter>): void
  follow(on: boolean): void
}

export function bar(state: TimelineState, actions: BarActions): TemplateResult {
  const { model, filter, follow } = state
  return html`<div class="tl-bar">
    <vscode-dropdown class="period" aria-label=${say('tl.period')} .value=${model?.period ?? ''} @change=${(event: Event) => { post({ type: 'period', period: valueOf(event) }) }}>
      ${slotted('calendar', 'start')}${slotted('down', 'indicator')}${(model?.periods ?? []).map((one) => html`<vscode-option value=${one.id} ?selected=${one.id === model?.period}>${plainly(one.label)}</vscode-option>`)}
    </vscode-dropdown>
    <span class="tl-search" role="search">
      <vscode-text-field placeholder=${say('tl.filter.example')} maxlength="200" .value=${filter.text} @input=${(event: Event) => { actions.filter({ text: valueOf(event) }) }}>${slotted('search', 'start')}${say('tl.filter')}</vscode-text-field>
    </span>
    <span class="tl-tabs" role="group" aria-label=${say('tl.show')}>
      ${FILTER_TABS.map((tab) => html`<button type="button" class="tl-tog" aria-pressed=${filter.tab === tab} @click=${() => { actions.filter({ tab }) }}>${say(`tl.tab.${tab}`, { n: number(countIn(state, tab)) })}</button>`)}
    </span>
    ${launches(state, actions)}
    <span class="end">
      <button type="button" class="tl-tog" aria-pressed=${follow} @click=${() => { actions.follow(!follow) }}>${icon('stream')} ${say('tl.follow')}</button>
      <button type="button" class="cs-tool" aria-label=${say('tl.export')} title=${say('tl.export')} @click=${() => { post({ type: 'export' }) }}>${icon('download')}</button>
    </span>
  </div>`
}

function launches({ launches: all, filter }: TimelineState, actions: BarActions): TemplateResult {
  return html`<vscode-dropdown class="launch" aria-label=${say('tl.launch')} .value=${filter.launch} @change=${(event: Event) => { actions.filter({ launch: valueOf(event) }) }}>
    ${slotted('down', 'indicator')}<vscode-option value="" ?selected=${filter.launch === ''}>${say('tl.launch.all')}</vscode-option>
    ${[...all.values()].slice(-100).map((one) => html`<vscode-option value=${one.id} ?selected=${filter.launch === one.id}>${plainly(placeOf(one))}</vscode-option>`)}
  </vscode-dropdown>`
}

function countIn({ rows }: TimelineState, tab: Filter['tab']): number {
  if (tab === 'all') return rows.size
  let count = 0
  for (const row of rows.values()) if (inTab(tab, row)) count++
  return count
}
