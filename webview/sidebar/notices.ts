/** Notes that stay in the view: what is true of the calls, then one action. None when all is well. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Notice } from '../../src/protocol/panelModels.ts'
import { linkButton, rich } from '../element.ts'
import { moment, number } from '../format.ts'
import { post } from '../host.ts'
import { icon, type Icon, type Tone } from '../icons.ts'
import { button } from '../toolkit.ts'
import { say, sayCount, sentence } from '../words.ts'

const MARKS: Record<Notice['kind'], readonly [Icon, Tone]> = {
  hubAway: ['cloud-off', 'held'],
  notCovered: ['unplug', 'held'],
  agentStopped: ['warn', 'bad'],
  notVerified: ['warn', 'bad'],
  notRecorded: ['warn', 'bad'],
  restricted: ['lock', 'held'],
  noHub: ['hub', 'held'],
  noPolicy: ['rule', 'held'],
  memoryOnly: ['key', 'held'],
  staleTerminals: ['terminal', 'held'],
  signInFailed: ['warn', 'bad'],
  signInWaits: ['cloud-off', 'held'],
  problem: ['warn', 'bad'],
}
/** One primary action per view at most: these states have nothing else to offer. */
const PRIMARY = new Set(['startAgent', 'reportProblem', 'openSettings'])

/** May its button be the view's primary one? */
export function leads(one: Notice): boolean {
  return one.actions[0] !== undefined && PRIMARY.has(one.actions[0])
}

export function noticeCard(one: Notice, now: number, primary: boolean): TemplateResult {
  const [name, tone] = MARKS[one.kind]
  const title = titleOf(one, now)
  return html`<section class="cs-note" aria-label=${title}>
    ${icon(name, tone)}
    <div>
      <h3>${title}</h3>
      <p>${textOf(one)}</p>
      ${one.kind === 'notRecorded' && one.message !== undefined ? html`<p>${say('notice.notRecorded.text')}</p>` : nothing}
      ${one.actions.length === 0 ? nothing : html`<div class="cs-actions">${one.actions.map((action, i) => act(one, action, i === 0, primary))}</div>`}
    </div>
  </section>`
}

function act(one: Notice, action: Notice['actions'][number], first: boolean, primary: boolean): TemplateResult {
  const press = () => { post({ type: 'notice', notice: one.id, action }) }
  const text = say(`action.${action}`)
  if (action === 'tryHub' || action === 'showLog' || action === 'why' || !first) return linkButton(text, press)
  return button({ text, primary: primary && PRIMARY.has(action), press })
}

function titleOf(one: Notice, now: number): string {
  switch (one.kind) {
    case 'hubAway':
      return say('notice.hubAway', { time: one.since === undefined ? '' : moment(one.since, now) })
    case 'notCovered':
    case 'staleTerminals':
      return sayCount(`notice.${one.kind}`, one.count ?? 1, { n: number(one.count ?? 1) })
    default:
      return say(`notice.${one.kind}`)
  }
}

function textOf(one: Notice): unknown {
  const n = number(one.count ?? 0)
  switch (one.kind) {
    case 'hubAway':
      return sayCount('notice.hubAway.text', one.count ?? 0, { n })
    case 'agentStopped':
      return stoppedText(one.count ?? 0)
    case 'notCovered':
      return rich(sentence('notice.notCovered.text'), { file: one.file ?? '' })
    case 'notVerified':
      return one.message === undefined ? say('notice.notVerified.text', { n }) : rich('{text}', { text: one.message })
    case 'signInFailed':
    case 'signInWaits':
    case 'problem':
      return rich('{text}', { text: one.message ?? '' })
    case 'notRecorded':
      return one.message === undefined ? say('notice.notRecorded.text') : rich('{text}', { text: one.message })
    default:
      return say(`notice.${one.kind}.text`)
  }
}

function stoppedText(held: number): string {
  return held === 0 ? say('notice.agentStopped.text') : sayCount('notice.agentStopped.held', held, { n: number(held) })
}
