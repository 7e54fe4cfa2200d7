/** The sentence of a request: who wants what, the rest why it was held. And the words that name a request in a row. */
import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { Request, Source } from '../../src/protocol/panelModels.ts'
import { inWords } from '../chips.ts'
import { link, rich } from '../element.ts'
import { list, number } from '../format.ts'
import { post } from '../host.ts'
import { say, sayCount, sentence, type Word } from '../words.ts'

export function asking(one: Request): unknown[] {
  const things = list(one.because.map((thing) => say('ask.thing', { n: number(thing.count), noun: thing.noun })))
  return rich(sentence(wordFor(one, one.because.length > 0)), {
    name: one.requester.name,
    model: one.model,
    provider: one.provider,
    n: one.bundle?.size ?? 1,
    group: list(waitsFor(one)),
    things,
    rule: link(rich('{name}', { name: one.rule.name }), () => { post({ type: 'openRule', rule: one.rule.id }) }),
  })
}

function wordFor(one: Request, reasons: boolean): Word {
  if (one.kind === 'ownWaiting') return reasons ? 'ask.waiting' : 'ask.waiting.bare'
  if (one.bundle) return one.requester.self ? 'ask.bundle.own' : 'ask.bundle'
  if (one.kind === 'own') return reasons ? 'ask.own' : 'ask.own.bare'
  return reasons ? 'ask.review' : 'ask.review.bare'
}

/** Groups that have not decided yet. */
export function waitsFor(one: Request): string[] {
  const open = one.reviewers.filter((reviewer) => reviewer.state === 'waiting').map((reviewer) => reviewer.group)
  return open.length > 0 ? open : one.reviewers.map((reviewer) => reviewer.group)
}

export function rowTitle(one: Request): unknown {
  if (one.bundle) return rich(sayCount('card.row.bundle', one.bundle.size, { name: '{name}', n: number(one.bundle.size) }), { name: one.requester.name })
  return one.requester.self ? rich(sentence('card.row.you'), { model: one.model }) : rich(sentence('card.row.person'), { name: one.requester.name, model: one.model })
}

export function rowDetail(one: Request): string {
  const asIs = one.findings.filter((finding) => finding.fate === 'asIs' && finding.count > 0)
  if (asIs.length === 0) return say(one.findings.length === 0 ? 'card.row.nothing' : 'card.row.masked')
  return say(one.assurance === 'fresh' ? 'card.row.signIn' : 'card.row.asIs', { found: inWords(asIs) })
}

/** `customers.ipynb, cell [4]`: the number that stands beside the cell. */
export function placeOf(source: Source | { file: string; cell?: number | undefined; line?: number | undefined }): string {
  if (source.cell !== undefined) return say('source.cell', { file: source.file, n: source.cell })
  if (source.line !== undefined) return say('source.line', { file: source.file, n: source.line })
  return source.file
}

export function firstName(name: string): string {
  return name.split(/\s+/)[0] ?? name
}

/** @param one `by` is null for the reader's own words */
export function quote(one: { readonly by: string | null; readonly text: string }): TemplateResult {
  return html`<blockquote class="cs-quote"><span class="by">${one.by === null ? say('quote.you') : rich(sentence('quote.by'), { name: one.by })}</span>${rich('{text}', { text: one.text })}</blockquote>`
}
