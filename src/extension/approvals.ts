/**
 * Approvals in the editor: what waits, told once, and what a person did in the view. A verdict reaches the agent only from the
 * view's own messages: there is no command, no URI and no setting for it, because any other extension could use those.
 */
import * as vscode from 'vscode'
import type { ApprovalsList, SharedRequest } from '../protocol/approval.ts'
import { describeError, CountersignError } from '../protocol/errors.ts'
import type { FromView } from '../protocol/panel.ts'
import type { Request } from '../protocol/panelModels.ts'
import type { ControlClient } from '../platform/controlClient.ts'
import type { Log } from './log.ts'
import type { Me } from './model/me.ts'
import { requestsOf, waitingForMe } from './model/requests.ts'
import { ReviewToasts, withoutLinks } from './reviewToasts.ts'

export interface ApprovalsOptions {
  readonly control: () => ControlClient
  /** Makes this window one that may operate, when another one signed the person in. */
  readonly operate: (control: ControlClient) => Promise<boolean>
  readonly onChange: () => void
  /** Opens a page of the identity provider in the person's own browser. */
  readonly openPage: (url: string) => Promise<void>
  /** Opens the card of a request in the view. */
  readonly reveal: (request: string) => void
  readonly log: Log
}

const NOTHING: ApprovalsList = { requests: [], acknowledge: [], relay: 'off', hubOffsetMs: 0 }
/** The hub shows a request for an hour after its end; the timeline of a window remembers this many for longer. */
const MOST_REVIEWS = 500

export class Approvals implements vscode.Disposable {
  readonly #options: ApprovalsOptions
  readonly #cleared = new Set<string>()
  /** Last state of each request that was told. */
  readonly #told = new Map<string, Request['state']>()
  readonly #toasts: ReviewToasts
  /** What this person was asked about since the window opened. */
  readonly #asked = new Map<string, SharedRequest>()
  /** Sign-ins under way for one decision, by request. */
  readonly #confirming = new Map<string, { readonly attempt: string; readonly url: string }>()
  #me: Me | undefined
  #list: ApprovalsList = NOTHING
  #isFirst = true

  constructor(options: ApprovalsOptions) {
    this.#options = options
    this.#toasts = new ReviewToasts(options.reveal)
  }

  get requests(): Request[] {
    const shown = requestsOf(this.#list, this.#cleared, vscode.l10n.t, this.#me)
    return shown.map((one) => {
      const host = one.assurance === 'fresh' && this.#me ? { identityProvider: new URL(this.#me.issuer).host } : {}
      return { ...one, ...host, signingIn: this.#confirming.has(one.id) && one.state === 'waiting' }
    })
  }

  /** Calls of others that this person was asked about, in the order they came: for the timeline. */
  get reviews(): Request[] {
    return requestsOf({ ...this.#list, requests: [...this.#asked.values()], acknowledge: [] }, new Set(), vscode.l10n.t, this.#me)
  }

  /** Reads anew after each notice of the agent. @param me who is signed in: what one was asked is not shown to the next */
  async refresh(control: ControlClient, me: Me | undefined): Promise<void> {
    this.#list = await control.request('approvals.list', {})
    if (me?.issuer !== this.#me?.issuer || me?.subject !== this.#me?.subject) this.#asked.clear()
    this.#me = me
    for (const one of this.#list.requests) if (one.role === 'review') this.#asked.set(one.ap, one)
    for (const ap of this.#asked.keys()) if (this.#asked.size > MOST_REVIEWS) this.#asked.delete(ap)
    this.#tell()
    this.#options.onChange()
  }

  gone(): void {
    this.#list = NOTHING
    this.#isFirst = true
    this.#toasts.keepOnly([])
  }

  dispose(): void {
    this.#toasts.dispose()
  }

  /** @returns the answer for the view, or undefined when the message is not about approvals */
  async act(message: FromView): Promise<{ readonly to: string; readonly ok: boolean; readonly message?: string } | undefined> {
    switch (message.type) {
      case 'decide':
        return this.#answered(message.act, () => this.#decide(message))
      case 'withdraw':
        return this.#answered(message.act, (control) => control.request('approval.withdraw', { ap: message.request }))
      case 'giveReason':
        return this.#answered(message.act, (control) => control.request('approval.reason', { ap: message.request, reason: message.reason }))
      case 'cancelDecision':
        await this.#answered(message.request, (control) => control.request('signIn.cancel', { attempt: this.#confirming.get(message.request)?.attempt ?? '' }))
        return undefined
      case 'openSignInPage':
        await this.#answered(message.request, () => this.#options.openPage(this.#confirming.get(message.request)?.url ?? ''))
        return undefined
      case 'clear':
        for (const id of message.requests) this.#cleared.add(id)
        this.#options.onChange()
        return undefined
      default:
        return undefined
    }
  }

  async #decide({ request, verdict, reason, digests }: Extract<FromView, { type: 'decide' }>): Promise<unknown> {
    const control = this.#options.control()
    const shown = this.requests.find((one) => one.id === request)
    // What was on the screen is what is approved: another digest is another request.
    if (!shown || shown.digests.join() !== digests.join()) throw new CountersignError('CS_STATE', vscode.l10n.t('this request has changed or ended. Nothing was sent.'))
    const given = { ap: request, digest: digests[0], verdict: verdict === 'deny' ? 'deny' : 'approve', reason }
    if (shown.kind === 'own') return this.#operating(control, () => control.request('approval.acknowledge', given))
    // A denial needs no more than the group: it only keeps a call back.
    if (shown.assurance === 'fresh' && verdict !== 'deny') return this.#confirm(control, given)
    return this.#operating(control, () => control.request('approval.review', given))
  }

  /** The person signs in for this decision in their own browser; the agent decides when they come back. */
  async #confirm(control: ControlClient, given: { readonly ap: string }): Promise<unknown> {
    const { attempt, authorizeUrl } = await this.#operating(control, () => control.request('approval.confirm', given))
    this.#confirming.set(given.ap, { attempt, url: authorizeUrl })
    this.#options.onChange()
    try {
      await this.#options.openPage(authorizeUrl)
      return await control.request('approval.confirmed', { attempt })
    } finally {
      this.#confirming.delete(given.ap)
      this.#options.onChange()
    }
  }

  /** Another window may have signed the person in: what it kept lets this one operate too. */
  async #operating<T>(control: ControlClient, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code !== 'CS_SIGN_IN_FAILED' || !(await this.#options.operate(control))) throw error
      return run()
    }
  }

  async #answered(act: string, run: (control: ControlClient) => Promise<unknown>): Promise<{ to: string; ok: boolean; message?: string }> {
    try {
      await run(this.#options.control())
      return { to: act, ok: true }
    } catch (error) {
      this.#options.log.error('a decision did not succeed', error)
      const sentence = error instanceof CountersignError ? error.message : vscode.l10n.t('something went wrong ({0}). Nothing was sent.', describeError(error))
      return { to: act, ok: false, message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}` }
    }
  }

  /** Toasts for what is new since the last time. What was there when the window opened is in the view and its badge. */
  #tell(): void {
    const { requests } = this
    this.#toasts.keepOnly(waitingForMe(requests))
    for (const one of requests) {
      const before = this.#told.get(one.id)
      this.#told.set(one.id, one.state)
      if (this.#isFirst || before === one.state) continue
      if (one.state === 'waiting' && one.kind === 'review') this.#toasts.ask(one)
      else if (before === 'waiting' && one.kind === 'ownWaiting') this.#tellEnding(one)
    }
    this.#isFirst = false
  }

  #tellEnding(one: Request): void {
    const file = one.source?.file ?? one.model
    const text =
      one.state === 'denied'
        ? vscode.l10n.t('{0} denied your call in {1}. Nothing was sent.', one.outcome?.by ?? '', file)
        : one.state === 'expired'
          ? vscode.l10n.t('Nobody decided on your call in {0}. Nothing was sent.', file)
          : undefined
    if (text === undefined) return
    const show = one.state === 'denied' ? vscode.l10n.t('Show reason') : vscode.l10n.t('Show')
    void vscode.window.showInformationMessage(withoutLinks(text), show).then((choice) => { if (choice === show) this.#options.reveal(one.id) })
  }

  get waiting(): readonly Request[] {
    return waitingForMe(this.requests)
  }
}
