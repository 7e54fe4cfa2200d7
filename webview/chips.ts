/** Chips: what was found. Dotted: masked before it leaves. Solid with an arrow: leaves as it is. */
import { html, nothing, type TemplateResult } from 'lit'
import type { FindingCount } from '../src/protocol/panelModels.ts'
import { list, number } from './format.ts'
import { icon } from './icons.ts'
import { say } from './words.ts'

export function chips(findings: readonly FindingCount[]): TemplateResult[] {
  return findings.map(
    (one) =>
      html`<span class=${`cs-chip ${one.fate === 'asIs' ? 'clear' : ''}`}
        >${one.fate === 'asIs' ? icon('send', '', 's12') : nothing}<span>${one.type.split(/(?<=_)/).map((word) => html`${word}<wbr />`)}</span> <span class="x">${say('effect.times', { n: number(one.count) })}</span></span
      >`,
  )
}

/** `CREDIT_CARD ×3` in a row's second line. */
export function inWords(findings: readonly FindingCount[]): string {
  return list(findings.map((one) => `${one.type} ${say('effect.times', { n: number(one.count) })}`))
}
