/** What a mask tells when it is opened: rule, who saw it and how surely, where, and the proof. Never the value. */
import { html, nothing, type TemplateResult } from 'lit'
import type { MaskSegment } from '../src/protocol/panelModels.ts'
import { rich } from './element.ts'
import { number, shortDigest } from './format.ts'
import { say, sentence } from './words.ts'

export function maskDialog(one: MaskSegment): TemplateResult {
  const seen = one.evidence ?? {}
  const what = html`<b>${[one.type, one.ordinal].filter((part) => part !== undefined).join(' ')}</b>`
  const fact = (label: string, value: unknown) => html`<dt>${label}</dt><dd>${value}</dd>`
  const certainty = seen.certainty === undefined ? '' : certaintyWord(seen.certainty)
  return html`<p>${rich(sentence(one.fate === 'asIs' ? 'mask.clear' : 'mask.inText'), { what })}</p>
    <dl class="cs-facts">
      ${seen.rule === undefined ? nothing : fact(say('mask.rule'), rich('{rule}', { rule: seen.rule }))}
      ${seen.recogniser === undefined ? nothing : fact(say('mask.seen'), certainty ? say('mask.seen.text', { recogniser: seen.recogniser, certainty }) : seen.recogniser)}
      ${seen.part === undefined || seen.start === undefined || seen.end === undefined
        ? nothing
        : fact(say('mask.where'), say('mask.where.text', { part: number(seen.part), start: number(seen.start), end: number(seen.end) }))}
      ${seen.proof === undefined ? nothing : fact(say('mask.proof'), html`<span class="cs-digest">${shortDigest(seen.proof)}</span>`)}
    </dl>`
}

function certaintyWord(certainty: number): string {
  if (certainty >= 0.9) return say('mask.certain')
  return certainty >= 0.6 ? say('mask.likely') : say('mask.possible')
}
