/**
 * The decision about one request: reason, buttons, what they cover. Approving is a trusted event on this element's button
 * (or Ctrl/Cmd+Enter in its field) and nothing else; whether it counts is decided by `check` in state.sidebar.ts.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { GrantOffer, Request } from '../../src/protocol/panelModels.ts'
import { inert, LightElement, linkButton, rich } from '../element.ts'
import { clock, number, shortDigest } from '../format.ts'
import { post } from '../host.ts'
import { icon, spinner, type Icon } from '../icons.ts'
import type { Verdict } from '../state.sidebar.ts'
import { aria, button, valueOf } from '../toolkit.ts'
import { say, sentence } from '../words.ts'
import { firstName } from './asking.ts'
import './grantMenu.ts'

export class ActEvent extends Event {
  readonly id: string
  readonly verdict: Verdict
  /** Did a person's own hand cause it? Only the browser can say so. */
  readonly trusted: boolean

  constructor(id: string, verdict: Verdict, cause: Event) {
    super('cs-act', { bubbles: true })
    this.id = id
    this.verdict = verdict
    this.trusted = cause.isTrusted
  }
}

export class TypedEvent extends Event {
  readonly id: string
  readonly text: string
  constructor(id: string, text: string) {
    super('cs-typed', { bubbles: true })
    this.id = id
    this.text = text
  }
}

export interface Standing {
  readonly draft: string
  readonly busy: Verdict | null
  readonly error: string | null
  readonly grant: string | null
  readonly reasonSent: boolean
}

export class Decision extends LightElement {
  static override properties = { request: { attribute: false }, standing: { attribute: false } }
  declare request: Request
  declare standing: Standing

  override render(): TemplateResult | typeof nothing {
    const one = this.request
    if (one.signingIn) return this.#signingIn(one)
    if (one.kind === 'ownWaiting') return this.#waiting(one)
    return html`<div class="decide">
      ${one.decidable === true ? this.#field(this.#label(one), '') : nothing}${this.#verdicts(one)}${this.#foot(one)}
    </div>`
  }

  #label(one: Request): unknown {
    const why = one.kind === 'own' || one.bundle ? say('reason.record') : say('reason.read', { name: firstName(one.requester.name) })
    return rich(sentence('reason.yours'), { why: html`<span>${inert(why)}</span>` })
  }

  #field(label: unknown, placeholder: string): TemplateResult {
    const { id } = this.request
    const { error, draft, busy } = this.standing
    return html`<div class="cs-field">
      <vscode-text-area
        class="reason"
        rows="2"
        resize="vertical"
        maxlength="2000"
        placeholder=${placeholder}
        .value=${draft}
        ?readonly=${busy !== null}
        @input=${(event: Event) => { this.dispatchEvent(new TypedEvent(id, valueOf(event))) }}
        @keydown=${this.#keys}
        ${aria({ invalid: error === null ? null : 'true', describedBy: error === null ? null : `error-${id}` })}
        >${label}</vscode-text-area
      >
      ${error === null ? nothing : html`<p class="err" id=${`error-${id}`}>${icon('warn', 'bad')}<span>${inert(error)}</span></p>`}
    </div>`
  }

  readonly #keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return
    event.preventDefault()
    event.stopPropagation()
    this.#act(this.#sends(), event)
  }

  #sends(): Verdict {
    if (this.request.kind === 'ownWaiting') return 'giveReason'
    return this.request.kind === 'own' ? 'acknowledge' : 'approve'
  }

  #act(verdict: Verdict, cause: Event): void {
    this.dispatchEvent(new ActEvent(this.request.id, verdict, cause))
  }

  #verdicts(one: Request): TemplateResult {
    const { busy } = this.standing
    const able = one.decidable === true && busy === null
    const disabled = able ? null : 'true'
    const describedBy = one.decidable === true ? null : `foot-${one.id}`
    const send = button({ text: this.#sendText(one), primary: true, more: 'send', busy: busy === 'approve' || busy === 'acknowledge', disabled, describedBy, press: (event) => { this.#act(this.#sends(), event) } })
    const split = able && one.grants.length > 1
    return html`<div class="cs-actions">
      ${split ? html`<span class="cs-split">${send}<cs-grant-menu .offers=${one.grants} .chosen=${this.standing.grant} .requester=${one.requester.self ? '' : firstName(one.requester.name)} .request=${one.id}></cs-grant-menu></span>` : send}
      ${button({ text: busy === 'deny' ? say('do.recording') : say(one.bundle ? 'do.denyAll' : 'do.deny'), more: 'deny', busy: busy === 'deny', disabled, describedBy, press: (event) => { this.#act('deny', event) } })}
    </div>`
  }

  #sendText(one: Request): string {
    if (this.standing.busy === 'approve' || this.standing.busy === 'acknowledge') return say('do.recording')
    const chosen = one.grants.find((grant) => grant.id === this.standing.grant)
    if (one.kind === 'own') return say('do.acknowledge')
    if (chosen && chosen.scope !== 'once') return grantText(chosen)
    if (one.bundle) return say('do.bundle', { n: number(one.bundle.size) })
    return say(one.assurance === 'fresh' ? 'do.signIn' : 'do.once')
  }

  #foot(one: Request): TemplateResult {
    const line = (name: Icon, text: unknown) => html`<p class="foot" id=${`foot-${one.id}`}>${icon(name)}<span>${text}</span></p>`
    if (one.decidable !== true) return line('info', say(`cannot.${one.decidable.reason}`))
    const digest = html`<span class="cs-digest">${shortDigest(one.digests[0] ?? '')}</span>`
    if (one.bundle) return line('lock', say('foot.bundle', { n: number(one.bundle.size) }))
    if (one.kind === 'own') return line('lock', rich(sentence('foot.own'), { digest }))
    if (one.assurance === 'fresh') return line('key', rich(sentence('foot.signIn'), { digest, idp: one.identityProvider ?? one.host }))
    return line('lock', rich(sentence('foot.bytes'), { digest }))
  }

  /** My own call, others decide: it may say why, or take the call back. Approving is not offered at all. */
  #waiting(one: Request): TemplateResult {
    const { busy, reasonSent } = this.standing
    const asks = one.requesterReasonRule !== 'none' && one.requesterReason === undefined && !reasonSent
    const label = rich(sentence('reason.why'), { why: html`<span>${say('reason.they')}</span>` })
    return html`<div class="decide">
      ${asks ? this.#field(label, say('reason.example')) : nothing}
      ${!asks && this.standing.error !== null ? html`<p class="err" id=${`error-${one.id}`}>${icon('warn', 'bad')}<span>${inert(this.standing.error)}</span></p>` : nothing}
      ${reasonSent ? html`<p class="foot">${icon('check')}<span>${say('foot.reasonSent')}</span></p>` : nothing}
      <div class="cs-actions">
        ${asks ? button({ text: say('do.sendReason'), primary: true, more: 'send', busy: busy === 'giveReason', disabled: busy === null ? null : 'true', press: (event) => { this.#act('giveReason', event) } }) : nothing}
        ${button({ text: busy === 'withdraw' ? say('do.recording') : say('do.withdraw'), more: 'deny', busy: busy === 'withdraw', disabled: busy === null ? null : 'true', press: (event) => { this.#act('withdraw', event) } })}
      </div>
      <p class="foot" id=${`foot-${one.id}`}>${icon('clock')}<span>${say(one.source?.kind === 'notebook' ? 'foot.waits.cell' : 'foot.waits', { time: clock(one.expiresAt - one.hubOffsetMs) })}</span></p>
    </div>`
  }

  #signingIn(one: Request): TemplateResult {
    return html`<div class="decide" role="status">
      <p class="foot">${spinner()}<span>${rich(sentence('foot.signingIn'), { idp: one.identityProvider ?? one.host })}</span></p>
      <div class="cs-actions">
        ${button({ text: say('do.cancel'), press: () => { post({ type: 'cancelDecision', request: one.id }) } })}
        ${linkButton(say('do.again'), () => { post({ type: 'openSignInPage', request: one.id }) })}
      </div>
    </div>`
  }
}
customElements.define('cs-decision', Decision)

function grantText(grant: GrantOffer): string {
  if (grant.scope === 'time') return say('do.minutes', { n: number(grant.minutes ?? 0) })
  return grant.scope === 'calls' ? say('do.calls', { n: number(grant.calls ?? 0) }) : say('do.session')
}
