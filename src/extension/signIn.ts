/** One sign-in at a time: begun at the agent, done in the person's own browser, kept in SecretStorage. Never in a webview. */
import * as vscode from 'vscode'
import type { ControlClient } from '../platform/controlClient.ts'
import { CountersignError, describeError } from '../protocol/errors.ts'
import type { KeptSignIns } from './keptSignIn.ts'
import type { Log } from './log.ts'
import { capital } from './model/capital.ts'

export interface SignInOptions {
  /** @throws CountersignError when no agent is attached */
  readonly control: () => ControlClient
  readonly kept: KeptSignIns
  /** Names what an agent serves: a sign-in is kept under it, and only one that was kept under it is taken up there. */
  readonly servedBy: (control: ControlClient) => string | undefined
  readonly log: Log
  readonly onChange: () => void
  /** A kept sign-in was taken up after all: what whoever may operate brings along. */
  readonly onRestored: (control: ControlClient) => Promise<unknown>
}

/** What is shown while a code is to be entered on another device. */
export interface DeviceCode {
  readonly code: string
  readonly page: string
  readonly origin: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** How soon a kept sign-in is tried again while provider or hub are away: doubled each time. */
const RETRY_MS = 3_000
const LONGEST_RETRY_MS = 60_000

/** What an identity provider says when a kept token is good for nothing any more. */
const SPENT = /it said: (?:invalid_grant|invalid_client|unauthorized_client)/

export class SignIn {
  readonly #options: SignInOptions
  #underWay: { readonly done: Promise<void>; attempt: string | undefined; url: string | undefined; device: DeviceCode | undefined; cancelled: boolean } | undefined
  /** Agent that was asked last to take up the kept sign-in. */
  #asked: ControlClient | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = RETRY_MS
  /** Why the last one did not succeed, as a sentence. */
  failure: string | undefined
  /** Why the kept sign-in is not taken up yet, as a sentence; it is tried again by itself. */
  waiting: string | undefined
  /** Why a kept sign-in is over, as a sentence. */
  over: string | undefined

  constructor(options: SignInOptions) {
    this.#options = options
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined
  }

  get device(): DeviceCode | undefined {
    return this.#underWay?.device
  }

  /** Begins, or opens the page of the one under way again. Resolves when somebody is signed in. @throws CountersignError */
  async run(how: 'browser' | 'device' = 'browser'): Promise<void> {
    const under = this.#underWay
    if (under) {
      if (under.url !== undefined) await openPage(under.url)
      await under.done
      return
    }
    const done = how === 'browser' ? this.#once() : this.#withCode()
    this.#underWay = { done, attempt: undefined, url: undefined, device: undefined, cancelled: false }
    this.failure = undefined
    this.#options.onChange()
    try {
      await done
      this.#settled()
    } catch (error) {
      if (!this.#underWay.cancelled) this.failure = error instanceof CountersignError ? error.message : vscode.l10n.t('the sign-in did not succeed. The log has the detail.')
      throw error
    } finally {
      this.#underWay = undefined
      this.#options.onChange()
    }
  }

  async cancel(): Promise<void> {
    const under = this.#underWay
    if (under?.attempt === undefined) return
    under.cancelled = true
    await this.#options.control().request('signIn.cancel', { attempt: under.attempt })
  }

  /** The agent it is under way at goes: that it comes to nothing is nobody's news. */
  abandon(): void {
    if (this.#underWay) this.#underWay.cancelled = true
    this.#settled()
  }

  dispose(): void {
    clearTimeout(this.#retry)
  }

  #settled(): void {
    clearTimeout(this.#retry)
    this.#retryMs = RETRY_MS
    this.failure = undefined
    this.waiting = undefined
    this.over = undefined
  }

  async #once(): Promise<void> {
    const control = this.#options.control()
    // The first sign-in of an editor asks who it is, even where the browser still knows somebody: it may be somebody else.
    const { attempt, authorizeUrl } = await control.request('signIn.begin', { prompt: 'login' })
    const under = this.#underWay
    if (under) {
      under.attempt = attempt
      under.url = authorizeUrl
    }
    await openPage(authorizeUrl)
    this.#options.onChange()
    await control.request('signIn.wait', { attempt })
    await this.keep(control)
    this.#options.log.info('signed in')
  }

  /** Where no browser can come back to this machine: the person enters a code elsewhere, and sees at whose page. */
  async #withCode(): Promise<void> {
    const control = this.#options.control()
    const { attempt, userCode, verificationUri, origin, expiresAt } = await control.request('signIn.beginDevice', {})
    const under = this.#underWay
    if (under) {
      under.attempt = attempt
      under.url = verificationUri
      under.device = { code: userCode, page: verificationUri, origin, expiresAt }
    }
    this.#options.onChange()
    const title = vscode.l10n.t('To sign in at {0}, open [{1}]({1}) on any device and enter the code {2}. Enter it only because you asked for it here; never a code that somebody sent you.', origin, verificationUri, userCode)
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (_progress, cancelled) => {
      cancelled.onCancellationRequested(() => { this.cancel().catch((error: unknown) => { this.#options.log.error('the sign-in could not be cancelled', error) }) })
      await control.request('signIn.wait', { attempt })
    })
    await this.keep(control)
    this.#options.log.info('signed in with a code')
  }

  /** Puts the agent's newest refresh token into SecretStorage. */
  async keep(control: ControlClient): Promise<void> {
    const name = this.#options.servedBy(control)
    if (name === undefined) return
    const { refreshToken } = await control.request('signIn.keep', {})
    await this.#options.kept.write(name, refreshToken)
  }

  /**
   * Takes up a sign-in that was kept. Failing is no error: the person signs in again.
   * @returns true when this connection may operate now
   */
  async restore(control: ControlClient): Promise<boolean> {
    const name = this.#options.servedBy(control)
    const refreshToken = name === undefined ? undefined : await this.#options.kept.read(name)
    this.#asked = control
    if (refreshToken === undefined) return false
    try {
      await control.request('signIn.restore', { refreshToken })
      await this.keep(control)
      this.#options.log.info('the kept sign-in was taken up')
      this.#settled()
      return true
    } catch (error) {
      this.#options.log.info(`the kept sign-in was not taken up: ${describeError(error)}`)
      if (!(error instanceof CountersignError)) return false
      const isOver = error.code === 'CS_SESSION_EXPIRED' || SPENT.test(error.message)
      clearTimeout(this.#retry)
      this.waiting = undefined
      if (isOver) await this.#options.kept.forget()
      if (error.code === 'CS_SESSION_EXPIRED') this.over = capital(error.message)
      // An agent that went is followed by another, which is asked anew.
      if (!isOver && error.code !== 'CS_STATE') this.#tryAgain(control, error)
      this.#options.onChange()
      return false
    }
  }

  /** The kept token is good as far as anybody knows, and provider or hub could not say so: asked again until they can. */
  #tryAgain(control: ControlClient, error: CountersignError): void {
    // The first sentence says what is so; the next one, what a person who signs in would do.
    this.waiting = capital(/^.*?\.(?= |$)/.exec(error.message)?.[0] ?? error.message)
    const after = this.#retryMs
    this.#retry = setTimeout(() => {
      void (async () => {
        if (this.#asked !== control) return
        if (this.isUnderWay) {
          this.#tryAgain(control, error)
          return
        }
        this.#retryMs = Math.min(after * 2, LONGEST_RETRY_MS)
        if (await this.restore(control)) await this.#options.onRestored(control)
        this.#options.onChange()
      })().catch((failed: unknown) => { this.#options.log.error('the kept sign-in could not be tried again', failed) })
    }, after)
  }

  /** Ends the session at the agent and forgets what was kept, in this order: what is kept must not outlive a failure to end. @returns the provider's page that ends the sign-in there */
  async signOut(control: ControlClient): Promise<string | null> {
    this.#settled()
    await this.#options.kept.forget()
    const { logoutUrl } = await control.request('signOut', {})
    this.#options.log.info('signed out')
    this.#options.onChange()
    return logoutUrl
  }
}

/** The browser may still know the person; whoever wants that to end too is led to the provider's own page. @param page null: it has none */
export function offerSignOutThere(page: string | null): void {
  if (page === null) return
  const there = vscode.l10n.t('Sign out there too')
  void vscode.window.showInformationMessage(vscode.l10n.t('You are signed out of Countersign. Your browser may still be signed in at your identity provider.'), there).then((choice) => (choice === there ? openPage(page) : undefined))
}

export async function openPage(url: string): Promise<void> {
  // On a remote, the browser's way back to the agent's listener needs a forwarded port; asking for one makes it. Where the
  // answer is another address (a proxy's), the page still comes back to the plain one.
  const redirect = new URL(url).searchParams.get('redirect_uri')
  if (redirect !== null && vscode.env.remoteName !== undefined && vscode.env.uiKind === vscode.UIKind.Desktop) await vscode.env.asExternalUri(vscode.Uri.parse(redirect))
  // As a string: a Uri decodes the query on its way, and a redirect_uri with a decoded query is another one.
  const opened = await vscode.env.openExternal(url as unknown as vscode.Uri)
  if (!opened) throw new CountersignError('CS_SIGN_IN_FAILED', vscode.l10n.t('the browser was not opened. Sign in again, and allow the page to open.'))
}
