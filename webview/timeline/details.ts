/** All about one call on one page: why, who, when, the texts as they were sent and released, and its records. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Details, Row, Texts } from '../../src/protocol/panelModels.ts'
import { inert, LightElement, linkButton, rich } from '../element.ts'
import { list, number } from '../format.ts'
import { post } from '../host.ts'
import { icon, spinner } from '../icons.ts'
import { released } from '../state.excerpt.ts'
import { STATE_MARKS } from '../stateMarks.ts'
import '../textBox.ts'
import { say, sentence, type Word } from '../words.ts'
import { approval, headline, record, steps, where, why } from './detailParts.ts'

/** What leaves, or would have left, is one text; only the words over it differ. */
const NOT_SENT: ReadonlySet<Row['state']> = new Set(['inspecting', 'held', 'approved', 'denied', 'expired', 'withdrawn'])

export class TimelineDetails extends LightElement {
  static override properties = { row: { attribute: false }, details: { attribute: false }, missing: { attribute: false }, now: { attribute: false }, replayed: { state: true } }
  declare row: Row | undefined
  declare details: Details | null
  declare missing: string | null
  declare now: number
  /** Units of the answer that a replay has released; null: no replay runs. */
  declare private replayed: number | null
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.row = undefined
    this.details = null
    this.missing = null
    this.now = 0
    this.replayed = null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('details')
    if (changed.has('details') && before?.row.ex !== this.details?.row.ex) this.#stop()
  }

  override render(): TemplateResult {
    const row = this.details?.row ?? this.row
    if (!row) return html`<aside class="tl-det" aria-label=${say('det.label')}><p class="quiet">${say('det.none')}</p></aside>`
    const mark = STATE_MARKS[row.state]
    return html`<aside class="tl-det" aria-label=${say('det.label')}>
      <header>
        ${icon(mark.icon, mark.tone)}
        <h2 tabindex="-1">${headline(row, this.now)}</h2>
        <span>${tool('copy', say('det.copy'), () => { post({ type: 'copyCall', ex: row.ex }) })}${tool('close', say('det.close'), () => { this.#leave(true) })}</span>
        ${this.details ? html`<p class="sub small quiet">${where(this.details)}</p>` : nothing}
      </header>
      ${this.details ? this.#all(this.details) : this.missing === null ? html`<p class="quiet loading">${spinner()} ${say('det.loading')}</p>` : html`<p>${inert(this.missing)}</p>`}
    </aside>`
  }

  #all(details: Details): TemplateResult {
    return html`<p class="why">${why(details)}${details.error === undefined ? nothing : html`<br /><span>${inert(details.error)}</span>`}</p>
      ${approval(details, this.now)}${steps(details.row, this.now)}
      <section class="texts" aria-label=${say('det.texts')}>
        ${this.#text(say(NOT_SENT.has(details.row.state) ? 'det.promptHeld' : 'det.prompt'), details.prompt, promptCounts(details), nothing, wasRead(details.row) ? 'det.noText' : 'det.notRead')}
        ${this.#answer(details)}
      </section>
      ${record(details, this.now)}`
  }

  #answer(details: Details): TemplateResult {
    const { answer, replay, row } = details
    const { masked, restored = 0 } = answer
    const counts = restored === 0 ? say('det.answerCounts', { masked: number(masked) }) : say('det.answerCountsBack', { masked: number(masked), back: number(restored) })
    const playing = this.replayed !== null
    const play = replay.length > 1 && !row.running ? linkButton(html`${icon(playing ? 'stopped' : 'play', '', 's12')} ${say(playing ? 'det.stopReplay' : 'det.replay')}`, () => { this.#replay(details) }) : nothing
    if (answer.parts.length === 0) return html`<h3>${say('det.answer')}</h3><p class="quiet small">${details.reviewFor === undefined ? say('det.noAnswer') : rich(sentence('det.answerElsewhere'), { name: details.reviewFor })}</p>${opaque(answer)}`
    const shown = this.replayed === null ? answer : { ...answer, parts: partsUpTo(answer, this.replayed) }
    return this.#text(say('det.answer'), shown, counts, play)
  }

  #text(title: string, texts: Texts, counts: string, more: unknown, without: Word = 'det.noText'): TemplateResult {
    const { parts, moreParts = 0 } = texts
    const last = parts.at(-1)
    const shown = moreParts > 0 && last ? [...parts.slice(0, -1), { ...last, segments: [...last.segments, { kind: 'text', text: ' ' } as const, { kind: 'elided', what: 'parts', count: moreParts } as const] }] : parts
    return html`<h3>${title} <span class="end">${counts} ${more}</span></h3>
      ${parts.length === 0 ? html`<p class="quiet small">${say(without)}</p>` : html`<cs-text-box .parts=${shown} .label=${title} .roles=${parts.length > 1}></cs-text-box>`}${opaque(texts)}`
  }

  /** As it was released, in its own time. */
  #replay({ replay }: Details): void {
    if (this.replayed !== null) {
      this.#stop()
      return
    }
    const started = performance.now()
    this.replayed = 0
    this.#timer = setInterval(() => {
      const past = performance.now() - started
      const due = replay.findLast((step) => step.ms <= past)
      const last = replay.at(-1)
      if (last === undefined || past > last.ms + 300) this.#stop()
      else if (due) this.replayed = due.upTo
    }, 40)
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.replayed = null
  }

  #leave(close: boolean): void {
    this.dispatchEvent(new Event(close ? 'cs-close-details' : 'cs-leave-details', { bubbles: true }))
  }
}
customElements.define('cs-details', TimelineDetails)

/** Refused calls alone have no inspection on record. */
function wasRead({ state, inspectedMs }: Row): boolean {
  return state !== 'denied' || inspectedMs !== undefined
}

/** Of a text that nobody read nothing was counted; of a decided review what was found is kept, and not what of it was masked. */
function promptCounts({ row, prompt, reviewFor }: Details): string {
  if (!wasRead(row)) return ''
  const found = number(prompt.found)
  return reviewFor !== undefined && prompt.parts.length === 0 ? say('det.promptFound', { found }) : say('det.promptCounts', { found, masked: number(prompt.masked) })
}

/** What nobody could look into is said, not passed over. */
function opaque({ opaque: kinds = [] }: Texts): TemplateResult | typeof nothing {
  return kinds.length === 0 ? nothing : html`<p class="small opaque">${icon('warn', 'held')} ${rich(sentence('det.opaque'), { what: list(kinds) })}</p>`
}

function tool(name: 'copy' | 'close', label: string, press: () => void): TemplateResult {
  return html`<button type="button" class="cs-tool" aria-label=${label} title=${label} @click=${press}>${icon(name)}</button>`
}

function partsUpTo(answer: Texts, upTo: number): Texts['parts'] {
  let left = upTo
  return answer.parts.flatMap((part, i) => {
    if (left <= 0 && i > 0) return []
    const segments = released(part.segments, left)
    left -= part.segments.reduce((sum, one) => sum + (one.kind === 'text' ? one.text.length : 1), 0)
    return [{ ...part, segments }]
  })
}
