/**
 * One window's Countersign: the agent's link, the sign-in, the ledger and the views, put together. What is shown is derived
 * here from what is known; parts never ask each other.
 */
import * as vscode from 'vscode'
import type { AgentStatus } from '../protocol/control.ts'
import type { FromView } from '../protocol/panel.ts'
import { BUILD } from '../platform/build.ts'
import { connectControl, type ControlClient } from '../platform/controlClient.ts'
import { defaultHome } from '../platform/home.ts'
import { Approvals } from './approvals.ts'
import type { BundleHashes } from './agentFiles.ts'
import { AgentLink, type LinkState } from './agentLink.ts'
import { Attachment } from './attachment.ts'
import { AccountProvider, PROVIDER_ID } from './authentication.ts'
import { CodeScan } from './codeScan.ts'
import { KeptSignIns, secretsWereLost } from './keptSignIn.ts'
import { openLog, type Log } from './log.ts'
import { capital } from './model/capital.ts'
import { reportsOf, type Mark } from './model/scan.ts'
import { recordsText } from './model/documents.ts'
import { ProviderKeys } from './providerKeys.ts'
import { withoutLinks } from './reviewToasts.ts'
import { Screen, type Facts } from './screen.ts'
import { fits, settingsName, type Settings } from './settings.ts'
import { SettingsWatch } from './settingsWatch.ts'
import { offerSignOutThere, openPage, SignIn } from './signIn.ts'
import { SignInNote } from './signInNote.ts'
import type { Phase } from './statusBar.ts'

/** Ending a sign-in may need the identity provider; other settings are not kept waiting longer than this. */
const SIGN_OUT_MS = 4000

const { t } = vscode.l10n

export class CountersignWindow implements vscode.Disposable {
  readonly log: Log = openLog()
  readonly home = defaultHome()
  readonly signIn: SignIn
  readonly link: AgentLink
  readonly screen: Screen
  readonly providerKeys: ProviderKeys
  readonly approvals: Approvals
  readonly #context: vscode.ExtensionContext
  readonly #kept: KeptSignIns
  readonly #attachment: Attachment
  readonly #signInNote: SignInNote
  readonly #account: AccountProvider
  readonly #scan = new CodeScan({ agentUrl: () => this.status?.url, onFound: (file, marks) => { this.#reportMarks(file, marks) } })
  readonly #hidden = new Set<string>()
  readonly #settings = new SettingsWatch((before) => { this.#useSettings(before).catch((error: unknown) => { this.log.error('the changed settings could not be used', error) }) })
  #secretsLost = false
  #keyState = ''

  constructor(context: vscode.ExtensionContext, hashes: BundleHashes, onMessage: (message: FromView) => void) {
    this.#context = context
    this.#kept = new KeptSignIns(context.secrets)
    this.providerKeys = new ProviderKeys(context.secrets)
    this.#attachment = new Attachment({ context, hashes, home: this.home, settings: () => this.settings, restore: (control) => this.signIn.restore(control), providerKeys: this.providerKeys, log: this.log })
    this.link = this.#makeLink()
    this.signIn = new SignIn({ control: () => this.link.attached, kept: this.#kept, servedBy: (control) => this.#attachment.servedBy(control), log: this.log, onChange: () => { this.changed() }, onRestored: (control) => this.#attachment.sendProviderKeys(control) })
    this.#signInNote = new SignInNote(this.link, () => this.signIn.waiting ?? this.#over)
    this.approvals = new Approvals({
      control: () => this.link.attached,
      operate: (control) => this.signIn.restore(control),
      onChange: () => { this.changed() },
      openPage,
      reveal: (request) => { this.screen.reveal(request) },
      log: this.log,
    })
    this.#account = new AccountProvider(() => this.signInNow(), async () => { offerSignOutThere(await this.signOutNow()) })
    this.screen = new Screen(context.extensionUri, this.log, {
      facts: () => this.#facts(),
      onMessage,
      onRefusedUnsigned: () => { this.#signInNote.tell() },
    })
  }

  /** Registers everything that must be there when activation ends. Nothing here waits. */
  register(): { dispose(): unknown }[] {
    return [
      { dispose: () => { this.dispose() } },
      ...this.screen.register(),
      ...this.#scan.register(),
      vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, 'Countersign', this.#account, { supportsMultipleAccounts: false }),
      vscode.debug.registerDebugConfigurationProvider('*', this.#attachment.environment),
      this.link.listen({
        state: (state) => { this.#linkChanged(state) },
        record: (entry) => { this.screen.feed.record(entry) },
        live: (notice) => { this.screen.feed.live(notice) },
        kept: ({ refreshToken }, by) => { this.#keep(refreshToken, by) },
      }),
      this.#settings.register(),
      vscode.workspace.onDidGrantWorkspaceTrust(() => { this.changed() }),
      // Another window signed in or renewed: the agent's notice tells; what is shown is drawn anew.
      this.#context.secrets.onDidChange(() => { this.changed() }),
    ]
  }

  /** What takes time: the key, the agent's files, the agent. Never rejects. */
  async begin(): Promise<void> {
    this.changed()
    try {
      const [lost] = await Promise.all([secretsWereLost(this.#context.secrets, this.#context.globalState), this.#attachment.begin()])
      this.#secretsLost = lost
      if (this.settings.kind === 'set') await this.link.start()
      await this.#scan.begin()
    } catch (error) {
      this.log.error('the window could not begin', error)
    }
    this.changed()
  }

  get status(): AgentStatus | undefined {
    return this.link.state.kind === 'attached' ? this.link.state.status : undefined
  }

  /** Folder with what runs before programs; undefined until it was placed. */
  get launchFolder(): string | undefined {
    return this.#attachment.launch
  }

  /** Why the last session is over, where its person did not end it. */
  get #over(): string | undefined {
    return this.status?.over == null ? this.signIn.over : capital(this.status.over)
  }

  get settings(): Settings {
    return this.#settings.current
  }

  get phase(): Phase {
    if (this.settings.kind !== 'set') return this.settings.kind
    const { state } = this.link
    if (state.kind === 'stopped') return 'stopped'
    if (state.kind !== 'attached') return 'starting'
    if (this.signIn.isUnderWay) return 'signingIn'
    return state.status.session ? 'ready' : 'signedOut'
  }

  /** @throws CountersignError with a sentence for the person */
  async signInNow(how: 'browser' | 'device' = 'browser'): Promise<void> {
    await this.signIn.run(how)
    await this.link.refresh()
    await this.#attachment.sendProviderKeys(this.link.attached)
  }

  /** @returns the provider's page that ends the sign-in there too; null when it has none */
  async signOutNow(): Promise<string | null> {
    const { attached } = this.link
    // Another window signed in: what it kept lets this one operate too.
    if (this.status?.session) await this.signIn.restore(attached)
    const page = await this.signIn.signOut(attached)
    await this.link.refresh()
    return page
  }

  /** The records of one call, as JSON. @throws CountersignError when no agent is attached */
  async recordsOf(ex: string): Promise<string> {
    const [from, to] = this.screen.placeOf(ex)
    const page = await this.link.attached.request('journal.read', { from, limit: Math.min(1000, to - from + 1) })
    return recordsText(page.entries, ex)
  }

  hideNotice(id: string): void {
    this.#hidden.add(id)
    if (id === 'staleTerminals') this.#attachment.staleTerminals = 0
    this.changed()
  }

  changed(): void {
    this.screen.changed()
  }

  dispose(): void {
    this.signIn.dispose()
    this.link.stop()
    this.#scan.dispose()
    this.#attachment.clear()
    this.#account.dispose()
    this.approvals.dispose()
    this.screen.dispose()
    this.log.dispose()
  }

  #makeLink(): AgentLink {
    return new AgentLink({
      build: BUILD,
      connect: () => connectControl(this.home, { client: `editor ${vscode.version}` }),
      spawn: () => this.#attachment.spawn(),
      fits: (status) => this.settings.kind !== 'set' || fits(this.settings.agent, status),
      onAttached: async (control) => {
        await this.#attachment.attached(control)
        this.screen.feed.catchUp(control).catch((error: unknown) => { this.log.error('the journal could not be read', error) })
      },
      log: (line) => { this.log.info(line) },
      sleep: (ms) => new Promise((resolve) => { setTimeout(resolve, ms) }),
    })
  }

  /** What the scan found goes on record for this window's launch: by name, never by value. */
  #reportMarks(file: string, marks: readonly Mark[]): void {
    const { keyHash } = this.#attachment
    const { control } = this.link
    if (keyHash === undefined || !control) return
    for (const report of reportsOf(marks, file, keyHash)) control.request('finding.report', report).catch((error: unknown) => { this.log.error('a finding could not be reported', error) })
  }

  #linkChanged(state: LinkState): void {
    const session = state.kind === 'attached' ? state.status.session : null
    // Between two agents nobody knows; the account menu keeps who was there until the next one says otherwise.
    if (state.kind !== 'starting') this.#account.update(session)
    if (state.kind === 'attached') this.#keepKey(state)
    if (state.kind === 'attached') this.approvals.refresh(state.control, session ?? undefined).catch((error: unknown) => { this.log.error('what waits could not be read', error) })
    else this.approvals.gone()
    this.changed()
  }

  #keepKey({ control, status }: Extract<LinkState, { kind: 'attached' }>): void {
    // What can spend a key, as of this state; while it stays so, nobody is asked again.
    const now = JSON.stringify([status.session?.id, status.launches.map(({ id }) => id)])
    if (now === this.#keyState) return
    this.#keyState = now
    this.#attachment.keepUsable(control).catch((error: unknown) => { this.log.error('the key of this window could not be registered', error) })
  }

  /** The agent of the old settings is ended by whoever needs the new ones. */
  async #useSettings(before: Settings): Promise<void> {
    this.changed()
    const now = this.settings
    if (nameOf(before) !== nameOf(now)) await this.#endSignIn()
    if (now.kind === 'set') {
      await this.link.refit()
      return
    }
    this.link.stop()
    this.#attachment.clear()
  }

  /** S50: what was signed in for one hub or provider ends with it, on record, and is offered to no other. */
  async #endSignIn(): Promise<void> {
    this.log.info('the settings name another hub or provider: the sign-in ends')
    this.signIn.abandon()
    const session = this.status?.session
    if (session) {
      const ended = this.signOutNow().catch((error: unknown) => { this.log.error('the sign-in at the old one could not be ended', error) })
      await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, SIGN_OUT_MS) })])
      this.#tellSignedOut(session.name ?? session.subject)
    }
    await this.#kept.forget()
  }

  #tellSignedOut(person: string): void {
    if (this.settings.kind !== 'set') return
    const signIn = t('Sign in')
    void vscode.window.showInformationMessage(withoutLinks(t('The settings name another hub or provider now, so {0} was signed out.', person)), signIn).then((choice) => {
      if (choice === signIn) void vscode.commands.executeCommand('countersign.signIn')
    })
  }

  /** Kept for what the agent serves, whatever the settings say by now. */
  #keep(refreshToken: string | null, by: ControlClient): void {
    const name = this.#attachment.servedBy(by)
    if (name === undefined) return
    this.#kept.write(name, refreshToken).then(undefined, (error: unknown) => { this.log.error('the renewed sign-in could not be kept', error) })
  }

  #facts(): Facts {
    const { settings } = this
    const { state } = this.link
    return {
      phase: this.phase,
      status: this.status,
      why: settings.kind === 'wrong' ? settings.why : state.kind === 'stopped' ? state.why : undefined,
      signInFailure: this.signIn.failure,
      signInWaits: this.signIn.waiting,
      over: this.#over,
      device: this.signIn.device,
      secretsLost: this.#secretsLost,
      restricted: !vscode.workspace.isTrusted,
      isVirtual: isVirtual(),
      staleTerminals: this.#attachment.staleTerminals,
      hidden: this.#hidden,
      requests: this.approvals.requests,
      reviews: this.approvals.reviews,
      isSetUp: settings.kind === 'set',
      wantsHub: settings.kind === 'set' && settings.agent.hub !== undefined,
    }
  }
}

function nameOf(settings: Settings): string | undefined {
  return settings.kind === 'set' ? settingsName(settings.agent) : undefined
}

function isVirtual(): boolean {
  const folders = vscode.workspace.workspaceFolders ?? []
  return folders.length > 0 && folders.every((folder) => folder.uri.scheme !== 'file')
}
