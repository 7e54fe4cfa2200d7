/** Parts of the details: headline, why, approval, steps, record. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Details, Row } from '../../src/protocol/panelModels.ts'
import { inert, link, linkButton, rich } from '../element.ts'
import { clock, duration, list, moment, number, shortDigest } from '../format.ts'
import { post } from '../host.ts'
import { icon, type Icon, type Tone } from '../icons.ts'
import { placeOf } from '../sidebar/asking.ts'
import { say, sayCount, sentence, type Word } from '../words.ts'
import { took } from './lines.ts'
import { elapsed } from './waterfall.ts'

export function headline(row: Row, now: number): string {
  if (row.state === 'answered' && (row.heldMs ?? 0) > 0) return say('det.head.answeredAfter', { time: duration(row.heldMs ?? 0) })
  return say(`det.head.${row.state}`, { time: duration(Math.max(row.heldMs ?? 0, row.state === 'held' ? now - row.at : 0)) })
}

export function where({ row, source }: Details): unknown {
  const place = source ? placeOf(source) : ''
  const drawn = source?.canOpen ? link(inert(place), () => { post({ type: 'openSource', ex: row.ex }) }) : inert(place)
  const rest = { time: html`<span class="num">${clock(row.at, 'second')}</span>`, model: row.model }
  return place === '' ? rich(sentence('det.subBare'), rest) : rich(sentence('det.sub'), { place: drawn, ...rest })
}

export function why(details: Details): unknown {
  const { rule, because, effect } = details
  if (rule === null) return inert(details.why)
  const name = link(inert(rule.name), () => { post({ type: 'openRule', rule: rule.id }) })
  if (because.length === 0 || effect === 'allow') return linked(details.why, rule.name, name) ?? rich(sentence('det.rule'), { rule: name, why: details.why })
  const things = list(because.map((one) => say('ask.thing', { n: number(one.count), noun: one.noun })))
  return rich(sentence(effect === 'hold' ? 'det.why.hold' : 'det.why.deny'), { rule: name, things })
}

/** The policy's own sentence with the rule in it as a link; null when it does not name the rule. */
function linked(why: string, ruleName: string, drawn: unknown): unknown[] | null {
  const at = why.indexOf(ruleName)
  return at < 0 ? null : [inert(why.slice(0, at)), drawn, inert(why.slice(at + ruleName.length))]
}

const VERB_MARKS: Record<Details['reasons'][number]['verb'], readonly [Icon, Tone]> = {
  asked: ['person', 'quiet'], approved: ['ok', 'ok'], acknowledged: ['check', 'quiet'], denied: ['denied', 'bad'], withdrew: ['withdrawn', 'quiet'],
}

export function approval({ reasons }: Details, now: number): TemplateResult | typeof nothing {
  if (reasons.length === 0) return nothing
  return html`<section class="approval" aria-label=${say('det.approval')}>
    <h3>${say('det.approval')}</h3>
    <ul class="cs-people">
      ${reasons.map((one) => {
        const [name, tone] = VERB_MARKS[one.verb]
        const time = one.at === undefined ? '' : sameDay(one.at, now) ? clock(one.at, 'second') : moment(one.at, now)
        return html`<li>${icon(name, tone)}<span>${rich(sentence(reasonWord(one)), { name: one.self === true ? say('det.you') : one.person, time, text: one.text ?? '' })}</span></li>`
      })}
    </ul>
  </section>`
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

function reasonWord(one: Details['reasons'][number]): Word {
  if (one.verb === 'withdrew') return 'det.withdrew'
  if (one.text === undefined || one.text === '') return `det.${one.verb}Bare`
  return one.verb === 'approved' && one.freshSignIn ? 'det.approvedFresh' : `det.${one.verb}`
}

export function steps(row: Row, now: number): TemplateResult {
  const step = (word: Word, value: string) => html`<div><dt>${say(word)}</dt><dd>${value}</dd></div>`
  const ms = (value: number | undefined) => (value === undefined ? say('tl.none') : duration(value))
  const held = row.state === 'held' && row.running ? Math.max(row.heldMs ?? 0, now - row.at) : row.heldMs
  const done = row.running && elapsed(row, now) > 0 ? took(row, now) : ms(row.doneMs)
  return html`<section class="steps" aria-label=${say('det.steps')}>
    <dl class="tl-steps">
      ${step('det.received', clock(row.at, 'millisecond'))}${step('det.inspected', ms(row.inspectedMs))}${step('det.held', ms(held))}${step('det.first', ms(row.firstByteMs))}${step('det.done', done)}
    </dl>
  </section>`
}

export function record({ record: one, row, reviewFor }: Details, now: number): TemplateResult {
  if (reviewFor !== undefined) return html`<section class="record" aria-label=${say('det.record')}><h3>${say('det.record')}</h3><p class="quiet small">${rich(sentence('det.recordElsewhere'), { name: reviewFor })}</p></section>`
  const line = (name: Icon, tone: Tone, word: Word, value: unknown) => html`<dt>${icon(name, tone)} <span>${say(word)}</span></dt><dd>${value}</dd>`
  const ex = html`<span class="cs-digest">${row.ex}</span>`
  const root = html`<span class="cs-digest">${shortDigest(one.root ?? '')}</span>`
  const { waiting } = one
  return html`<section class="record" aria-label=${say('det.record')}>
    <h3>${say('det.record')} <span class="end">${linkButton(say('det.showRecords'), () => { post({ type: 'showRecords', ex: row.ex }) })}</span></h3>
    <dl class="tl-rec">
      ${one.journal === 'pending' ? line('clock', 'quiet', 'rec.pending', ex) : line('journal', 'ok', 'rec.journal', rich(say('rec.journal.d', { first: number(one.first), last: number(one.last), ex: '{ex}' }), { ex }))}
      ${waiting === undefined || waiting.records === 0
        ? nothing
        : line('clock', 'quiet', 'rec.waiting', waiting.since === undefined ? sayCount('rec.waiting.bare', waiting.records, { n: number(waiting.records) }) : sayCount('rec.waiting.d', waiting.records, { n: number(waiting.records), time: moment(waiting.since, now) }))}
      ${one.receiptAt === undefined ? nothing : line('receipt', 'ok', 'rec.hub', say('rec.hub.d', { time: clock(one.receiptAt, 'second'), size: number(one.size ?? 0) }))}
      ${one.signature === undefined ? nothing : line('key', 'ok', 'rec.signed', rich(sentence('rec.signed.d'), { issuer: one.signature.issuer, time: clock(one.signature.at, 'second') }))}
      ${one.verifiedAt === undefined ? nothing : line('seal', 'ok', 'rec.verified', rich(say(one.offline ? 'rec.verified.offline' : 'rec.verified.d', { time: moment(one.verifiedAt, now), root: '{root}' }), { root }))}
      ${one.fault === undefined ? nothing : line('warn', 'bad', 'rec.fault', inert(one.fault))}
    </dl>
  </section>`
}
