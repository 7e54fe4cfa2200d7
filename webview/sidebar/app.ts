/** The approvals view: notices, requests in their groups, grants, this session. Owns the state; elements below only draw and ask. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import * as z from 'zod'
import type { SidebarModel, ToView } from '../../src/protocol/panel.ts'
import type { Request } from '../../src/protocol/panelModels.ts'
import { LightElement, linkButton, rich } from '../element.ts'
import { number, timeLeft } from '../format.ts'
import { connect, keepState, newAct, post, savedState } from '../host.ts'
import { sprite } from '../icons.ts'
import '../speaker.ts'
import type { Speaker } from '../speaker.ts'
import { announcements } from '../state.announce.ts'
import { arrange, check, draft, find, nextWaiting, reduceSidebar, saveSidebar, SIDEBAR_START, walk, type Place, type SidebarAction, type SidebarState } from '../state.sidebar.ts'
import { passed } from '../state.speech.ts'
import { say, sentence, type Word } from '../words.ts'
import './card.ts'
import { OpenEvent, TurnEvent } from './card.ts'
import { ActEvent, TypedEvent, type Standing } from './decision.ts'
import { ChooseEvent } from './grantMenu.ts'
import { walkKey } from './keys.ts'
import { leads, noticeCard } from './notices.ts'
import { Presence } from './presence.ts'
import { grantList, launchList } from './session.ts'
import { noneWaiting, signedOut, signingIn, starting } from './welcome.ts'

const saved = z.object({ open: z.string().nullable(), drafts: z.record(z.string(), z.string().max(2000)), settledShown: z.boolean() })

export class SidebarApp extends LightElement {
  static override properties = { state: { state: true }, late: { state: true } }
  declare private state: SidebarState
  /** Nothing for the first 300 ms; then the word with its spinner. */
  declare private late: boolean
  #lookedAt = Date.now()
  #stood = ''
  /** Request whose verdict was given here: focus leads on from it. */
  #decided: string | null = null
  /** Card that the extension was told is being read. */
  #reading: string | null = null
  readonly #presence = new Presence(() => { this.#release() })

  constructor() {
    super()
    const kept = savedState(saved)
    this.state = kept ? reduceSidebar(SIDEBAR_START, { type: 'restore', saved: kept }) : SIDEBAR_START
    this.late = false
    this.addEventListener('cs-act', (event) => { if (event instanceof ActEvent) this.#act(event) })
    this.addEventListener('cs-typed', (event) => { if (event instanceof TypedEvent) this.#dispatch({ type: 'typed', id: event.id, text: event.text }) })
    this.addEventListener('cs-choose', (event) => { if (event instanceof ChooseEvent) this.#dispatch({ type: 'choose', id: event.id, grant: event.grant, at: performance.now() }) })
    this.addEventListener('cs-open', (event) => { if (event instanceof OpenEvent) this.#open(event.id, event.open) })
    this.addEventListener('cs-turn', (event) => { if (event instanceof TurnEvent) this.#turn(event.id, event.by) })
    this.addEventListener('keydown', (event) => { walkKey(this, event, walk(this.state), (id) => { this.#dispatch({ type: 'current', id }) }) })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    setTimeout(() => { this.late = true }, 300)
    setInterval(() => { this.#remind() }, 1000)
    new ResizeObserver(() => { this.#watchMoves() }).observe(this)
    this.#presence.watch()
    connect('sidebar', (message) => { this.#take(message) })
  }

  #dispatch(action: SidebarAction): void {
    this.state = reduceSidebar(this.state, action)
    keepState(saveSidebar(this.state))
  }

  #speaker(): Speaker | null {
    return this.querySelector('cs-speaker')
  }

  #take(message: ToView): void {
    const at = performance.now()
    if (message.type === 'init') this.requestUpdate()
    if (message.type === 'sidebar') this.#model(message.model, at)
    if (message.type === 'reveal') this.#reveal(message.request)
    if (message.type === 'bundlePart') this.#dispatch({ type: 'page', id: message.request, index: message.index, parts: message.parts, at })
    if (message.type === 'answer') {
      const why = message.message ?? say('refused.unknown')
      this.#dispatch({ type: 'answer', to: message.to, ok: message.ok, message: why })
      if (!message.ok) this.#speaker()?.alert(why)
    }
  }

  #model(model: SidebarModel, at: number): void {
    this.#speaker()?.hear(announcements(this.state.model, model))
    this.#dispatch({ type: 'model', model, at })
    this.#presence.changed()
    this.#tellReading()
    const decided = this.#decided
    if (decided === null || find(model, decided)?.state === 'waiting') return
    this.#decided = null
    void this.updateComplete.then(() => { this.#leadOn(decided) })
  }

  /** After a verdict: the next waiting row's head, unopened; else the heading that says that none waits. */
  #leadOn(after: string): void {
    if (!document.hasFocus()) return
    const next = nextWaiting(this.state, after)
    const target = next === null ? this.querySelector<HTMLElement>('[data-landing]') : this.#head(next)
    if (next !== null) this.#dispatch({ type: 'current', id: next })
    target?.focus()
  }

  #head(id: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-head="${CSS.escape(id)}"]`)
  }

  #reveal(id: string): void {
    if (!find(this.state.model, id)) return
    if (this.state.open !== id) this.#open(id, true, false)
    void this.updateComplete.then(() => { this.#head(id)?.scrollIntoView({ block: 'nearest' }) })
  }

  /** @param focus false when a toast asked: somebody may be writing here */
  #open(id: string, open: boolean, focus = true): void {
    this.#dispatch({ type: 'open', id: open ? id : null, at: performance.now() })
    this.#tellReading()
    if (focus) void this.updateComplete.then(() => { if (document.hasFocus()) this.#head(id)?.focus() })
  }

  /** The others see who reads, and a bundle is frozen by it. */
  #tellReading(): void {
    const { open } = this.state
    if (open === this.#reading) return
    if (this.#reading !== null) post({ type: 'reading', request: this.#reading, open: false })
    if (open !== null) post({ type: 'reading', request: open, open: true })
    this.#reading = open
  }

  #turn(id: string, by: number): void {
    const bundle = find(this.state.model, id)?.bundle
    const index = (this.state.pages[id]?.index ?? bundle?.index ?? 0) + by
    if (!bundle || index < 0 || index >= bundle.size) return
    post({ type: 'bundlePart', request: id, index })
  }

  #act({ id, verdict, trusted }: ActEvent): void {
    const act = newAct()
    const checked = check(this.state, { id, verdict, trusted, act, at: performance.now() })
    if (checked.ok) {
      this.#decided = verdict === 'giveReason' ? this.#decided : id
      this.#dispatch({ type: 'acting', id, act, verdict })
      post(checked.message)
      return
    }
    if (checked.why !== 'noReason' && checked.why !== 'noWords') return
    const message = say(checked.why === 'noReason' ? 'reason.missing' : 'reason.empty')
    this.#dispatch({ type: 'refused', id, kind: checked.why, message })
    this.#speaker()?.alert(message)
    this.querySelector<HTMLElement>('vscode-text-area.reason')?.focus()
  }

  /** Twice while a card is open: at half time, and when a minute is left. */
  #remind(): void {
    const one = this.state.open === null ? undefined : find(this.state.model, this.state.open)
    const now = Date.now()
    if (one?.state === 'waiting' && passed(this.#lookedAt + one.hubOffsetMs, now + one.hubOffsetMs, one.arrivedAt, one.expiresAt) !== null)
      this.#speaker()?.hear([say('spoken.left', { left: timeLeft(one.expiresAt - now - one.hubOffsetMs).text })])
    this.#lookedAt = now
  }

  protected override updated(_changed: PropertyValues): void {
    this.#watchMoves()
  }

  /** A card that something pushed must not be decided by a click that was on its way to something else. */
  #watchMoves(): void {
    const card = this.state.open === null ? null : this.querySelector('.cs-card:has(cs-decision)')
    const box = card?.getBoundingClientRect()
    const stands = box ? `${this.state.open ?? ''} ${Math.round(box.top + window.scrollY)} ${Math.round(box.height)} ${Math.round(box.width)}` : ''
    if (stands === this.#stood) return
    this.#stood = stands
    if (stands !== '') this.#dispatch({ type: 'moved', at: performance.now() })
  }

  override render(): TemplateResult {
    return html`${sprite()}
      <main class="cs cs-view" aria-label=${say('view.approvals')}>${this.#content()}</main>
      <cs-speaker></cs-speaker>`
  }

  #content(): unknown {
    const { model } = this.state
    if (model === null) return this.late ? starting() : nothing
    const { phase } = model
    // One primary action per view: the sign-in's own, else the first note's that has one.
    const lead = phase === 'signedOut' ? model.notices.find((one) => one.kind === 'noHub') : model.notices.find(leads)
    const notes = model.notices.map((one) => noticeCard(one, model.now, one === lead))
    if (phase === 'starting') return html`${notes}${starting()}`
    const groups = arrange(this.state)
    const body = phase === 'signedOut' ? signedOut(model, lead === undefined) : phase === 'signingIn' ? signingIn(model) : groups.mine.length + groups.others.length === 0 && phase === 'ready' ? noneWaiting(model) : nothing
    return html`${notes}${body}${this.#group('group.mine', 'mine', groups.mine)}${this.#group('group.others', 'others', groups.others)}
    ${model.grants.length === 0 ? nothing : html`<h2 class="cs-group">${rich(sentence('group.grants'), { n: number(model.grants.length) })}</h2>${grantList(model.grants)}`}
    ${this.#settled(groups.settled)}
    ${model.launches.length === 0 ? nothing : html`<h2 class="cs-group">${rich(sentence('group.session'), { n: number(model.launches.length) })}</h2>${launchList(model.launches, model.calls)}`}`
  }

  #group(word: Word, place: Place, requests: readonly Request[]): unknown {
    if (requests.length === 0) return nothing
    const waiting = requests.filter((one) => one.state === 'waiting').length
    const settledHere = requests.length > waiting
    const title = place === 'mine' && waiting === 0 ? html`<b>${say('empty.title')}</b>` : rich(sentence(word), { n: html`<span class="num">${number(waiting)}</span>` })
    return html`<h2 class="cs-group" tabindex="-1" data-landing=${place === 'mine' ? '' : nothing}>
        <span>${title}</span>${settledHere ? linkButton(say('group.clear'), () => { this.#clear(requests) }, 'end') : nothing}
      </h2>
      ${this.#list(requests)}`
  }

  #settled(requests: readonly Request[]): unknown {
    if (requests.length === 0) return nothing
    const shown = this.state.settledShown
    return html`<h2 class="cs-group">
        <span>${rich(sentence('group.settled'), { n: html`<span class="num">${number(requests.length)}</span>` })}</span>
        ${linkButton(say(shown ? 'group.hide' : 'group.show'), () => { this.#dispatch({ type: 'showSettled', shown: !shown }) }, 'end')}
        ${shown ? linkButton(say('group.clear'), () => { this.#clear(requests) }) : nothing}
      </h2>
      ${shown ? this.#list(requests) : nothing}`
  }

  #release(): void {
    this.#dispatch({ type: 'release', at: performance.now() })
    this.#tellReading()
  }

  #clear(requests: readonly Request[]): void {
    const settled = requests.filter((one) => one.state !== 'waiting').map((one) => one.id)
    this.#release()
    post({ type: 'clear', requests: settled })
  }

  #list(requests: readonly Request[]): TemplateResult {
    return html`<ul class="cs-list">
      ${repeat(
        requests,
        (one) => one.id,
        (one) => html`<li>
          <cs-request .request=${one} .standing=${this.#standing(one)} .page=${this.state.pages[one.id]} .open=${this.state.open === one.id} .reachable=${this.state.current === one.id} .now=${this.state.model?.now ?? 0}></cs-request>
        </li>`,
      )}
    </ul>`
  }

  #standing(one: Request): Standing {
    return {
      draft: draft(this.state, one.id),
      busy: this.state.acts[one.id]?.verdict ?? null,
      error: this.state.errors[one.id]?.message ?? null,
      grant: this.state.grants[one.id] ?? null,
      reasonSent: this.state.reasonsSent[one.id] === true,
    }
  }
}
customElements.define('cs-sidebar', SidebarApp)
