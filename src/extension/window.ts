/**
 * One window's Countersign: the agent's link, the sign-in, the ledger and the views, put together. What is shown is derived
 * here from what is known; parts never ask each other.
 */
import path from 'node:path'
import * as vscode from 'vscode'
import type { AgentStatus } from '../protocol/control.ts'
import { describeError } from '../protocol/errors.ts'
import type { FromView } from '../protocol/panel.ts'
import { sessionKeyHash } from '../protocol/sessionKey.ts'
import { BUILD } from '../platform/build.ts'
import { connectControl, type ControlClient } from '../platform/controlClient.ts'
import { defaultHome, ensureHome } from '../platform/home.ts'
import { Approvals } from './approvals.ts'
import { placeAgentFiles, type BundleHashes } from './agentFiles.ts'
import { AgentLink, type LinkState } from './agentLink.ts'
import { spawnAgent } from './agentProcess.ts'
import { AccountProvider, PROVIDER_ID } from './authentication.ts'
import { CodeScan } from './codeScan.ts'
import { LaunchEnvironment } from './environment.ts'
import { KeptSignIns, secretsWereLost } from './keptSignIn.ts'
import { openLog, type Log } from './log.ts'
import { reportsOf, type Mark } from './model/scan.ts'
import { recordsText } from './model/documents.ts'
import { ProviderKeys } from './providerKeys.ts'
import { Screen, type Facts } from './screen.ts'
import { windowKey } from './sessionKeys.ts'
import { fits, readSettings, settingsName, type Settings } from './settings.ts'
import { openPage, SignIn } from './signIn.ts'
import type { Phase } from './statusBar.ts'

/** Memory of the extension (no secrets): where the agent was, so that a terminal restored before it answers is right already. */
const LAST_URL = 'lastUrl'
/** A kept sign-in may need the identity provider; the views do not wait for it longer than this. */
const RESTORE_MS = 4000
/** The sidebar and the status bar go on saying it. */
const TOAST_MS = 20_000

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
  readonly #hashes: BundleHashes
  readonly #kept: KeptSignIns
  readonly #environment: LaunchEnvironment
  readonly #account: AccountProvider
  readonly #scan = new CodeScan({ agentUrl: () => this.status?.url, onFound: (file, marks) => { this.#reportMarks(file, marks) } })
  readonly #hidden = new Set<string>()
  #settings: Settings = readSettings()
  #key: string | undefined
  #shims: string | undefined
  #launch: string | undefined
  #secretsLost = false
  #staleTerminals = 0
  /** Told on the first call that is refused because nobody is signed in, once per window. */
  #toldToSignIn = false

  constructor(context: vscode.ExtensionContext, hashes: BundleHashes, onMessage: (message: FromView) => void) {
    this.#context = context
    this.#hashes = hashes
    this.#kept = new KeptSignIns(context.secrets)
    this.#environment = new LaunchEnvironment(context.environmentVariableCollection)
    this.link = this.#makeLink()
    this.signIn = new SignIn({ control: () => this.link.attached, kept: this.#kept, settingsName: () => this.settingsName, log: this.log, onChange: () => { this.changed() } })
    this.providerKeys = new ProviderKeys(context.secrets)
    this.approvals = new Approvals({
      control: () => this.link.attached,
      operate: (control) => this.signIn.restore(control),
      onChange: () => { this.changed() },
      openPage,
      reveal: (request) => { this.screen.reveal(request) },
      log: this.log,
    })
    this.#account = new AccountProvider(() => this.signInNow(), () => this.signOutNow())
    this.screen = new Screen(context.extensionUri, this.log, {
      facts: () => this.#facts(),
      onMessage,
      onRefusedUnsigned: () => { this.#tellToSignIn() },
    })
  }

  /** Registers everything that must be there when activation ends. Nothing here waits. */
  register(): { dispose(): unknown }[] {
    return [
      { dispose: () => { this.dispose() } },
      ...this.screen.register(),
      ...this.#scan.register(),
      vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, 'Countersign', this.#account, { supportsMultipleAccounts: false }),
      vscode.debug.registerDebugConfigurationProvider('*', this.#environment),
      this.link.listen({
        state: (state) => { this.#linkChanged(state) },
        record: (entry) => { this.screen.feed.record(entry) },
        live: (notice) => { this.screen.feed.live(notice) },
        kept: ({ refreshToken }) => { this.#keep(refreshToken) },
      }),
      vscode.workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration('countersign')) this.#settingsChanged() }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => { this.changed() }),
      this.#context.secrets.onDidChange(() => { this.#secretChanged() }),
    ]
  }

  /** What takes time: the key, the agent's files, the agent. Never rejects. */
  async begin(): Promise<void> {
    this.changed()
    try {
      const [key, lost] = await Promise.all([windowKey(this.#context.secrets, this.#workspaceName()), secretsWereLost(this.#context.secrets, this.#context.globalState)])
      this.#key = key
      this.#secretsLost = lost
      this.#applyEnvironment(this.#context.globalState.get<string>(LAST_URL))
      if (this.#settings.kind === 'set') await this.link.start()
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
    return this.#launch
  }

  get settings(): Settings {
    return this.#settings
  }

  get settingsName(): string | undefined {
    return this.#settings.kind === 'set' ? settingsName(this.#settings.agent) : undefined
  }

  get phase(): Phase {
    if (this.#settings.kind === 'unset') return 'unset'
    if (this.#settings.kind === 'wrong') return 'wrong'
    const { state } = this.link
    if (state.kind === 'stopped') return 'stopped'
    if (state.kind !== 'attached') return 'starting'
    if (this.signIn.isUnderWay) return 'signingIn'
    return state.status.session ? 'ready' : 'signedOut'
  }

  /** @throws CountersignError with a sentence for the person */
  async signInNow(): Promise<void> {
    await this.signIn.run()
    await this.link.refresh()
    await this.#sendProviderKeys(this.link.attached)
  }

  async signOutNow(): Promise<void> {
    const { attached } = this.link
    // Another window signed in: what it kept lets this one operate too.
    if (this.status?.session) await this.signIn.restore(attached)
    await this.signIn.signOut(attached)
    await this.link.refresh()
  }

  /** The records of one call, as JSON. @throws CountersignError when no agent is attached */
  async recordsOf(ex: string): Promise<string> {
    const [from, to] = this.screen.placeOf(ex)
    const page = await this.link.attached.request('journal.read', { from, limit: Math.min(1000, to - from + 1) })
    return recordsText(page.entries, ex)
  }

  hideNotice(id: string): void {
    this.#hidden.add(id)
    if (id === 'staleTerminals') this.#staleTerminals = 0
    this.changed()
  }

  changed(): void {
    this.screen.changed()
  }

  dispose(): void {
    this.link.stop()
    this.#scan.dispose()
    this.#environment.clear()
    this.#account.dispose()
    this.approvals.dispose()
    this.screen.dispose()
    this.log.dispose()
  }

  #makeLink(): AgentLink {
    return new AgentLink({
      build: BUILD,
      connect: () => connectControl(this.home, { client: `editor ${vscode.version}` }),
      spawn: async () => {
        if (this.#settings.kind !== 'set') throw new Error('nothing is set up')
        ensureHome(this.home)
        const files = await this.#placeFiles()
        return spawnAgent({ execPath: process.execPath, bundle: files.agent, home: this.home, settings: this.#settings.agent })
      },
      fits: (status) => this.#settings.kind !== 'set' || fits(this.#settings.agent, status),
      onAttached: (control) => this.#attached(control),
      log: (line) => { this.log.info(line) },
      sleep: (ms) => new Promise((resolve) => { setTimeout(resolve, ms) }),
    })
  }

  async #placeFiles(): Promise<Awaited<ReturnType<typeof placeAgentFiles>>> {
    const from = path.join(this.#context.extensionUri.fsPath, 'dist')
    const files = await placeAgentFiles({ from, home: this.home, build: BUILD, hashes: this.#hashes, execPath: process.execPath })
    this.#shims = files.shims
    this.#launch = files.launch
    return files
  }

  /** A new agent knows neither our key nor who was signed in. */
  async #attached(control: ControlClient): Promise<void> {
    ensureHome(this.home)
    if (this.#shims === undefined) await this.#placeFiles()
    if (this.#key !== undefined) await control.request('key.register', { hash: sessionKeyHash(this.#key), kind: 'window', label: this.#windowLabel() })
    const restored = this.signIn.restore(control).then(async (operates) => {
      if (operates) await this.#sendProviderKeys(control)
    })
    restored.catch((error: unknown) => { this.log.error('the kept sign-in could not be taken up', error) })
    await Promise.race([restored.catch(() => undefined), new Promise((resolve) => { setTimeout(resolve, RESTORE_MS) })])
    if (this.#applyEnvironment(control.agent.url)) this.#staleTerminals = vscode.window.terminals.length
    await this.#context.globalState.update(LAST_URL, control.agent.url)
    this.screen.feed.catchUp(control).catch((error: unknown) => { this.log.error('the journal could not be read', error) })
  }

  /** What the scan found goes on record for this window's launch: by name, never by value. */
  #reportMarks(file: string, marks: readonly Mark[]): void {
    if (this.#key === undefined || this.link.state.kind !== 'attached') return
    const { control } = this.link.state
    for (const report of reportsOf(marks, file, sessionKeyHash(this.#key))) control.request('finding.report', report).catch((error: unknown) => { this.log.error('a finding could not be reported', error) })
  }

  async #sendProviderKeys(control: ControlClient): Promise<void> {
    if (this.#settings.kind === 'set' && this.#settings.agent.hub === undefined) await this.providerKeys.send(control)
  }

  /** @returns true when open terminals point elsewhere now */
  #applyEnvironment(url: string | undefined): boolean {
    if (url === undefined || this.#key === undefined || this.#settings.kind !== 'set') return false
    return this.#environment.apply({ url, key: this.#key, home: this.home, shims: this.#shims, launch: this.#launch })
  }

  #linkChanged(state: LinkState): void {
    const session = state.kind === 'attached' ? state.status.session : null
    // Between two agents nobody knows; the account menu keeps who was there until the next one says otherwise.
    if (state.kind !== 'starting') this.#account.update(session)
    if (state.kind === 'attached') this.approvals.refresh(state.control, session ?? undefined).catch((error: unknown) => { this.log.error('what waits could not be read', error) })
    else this.approvals.gone()
    this.changed()
  }

  #settingsChanged(): void {
    const before = this.settingsName
    this.#settings = readSettings()
    this.changed()
    if (this.settingsName === before) return
    this.log.info('the settings name another hub or provider: the sign-in ends')
    void this.#useSettings().catch((error: unknown) => { this.log.error('the changed settings could not be used', error) })
  }

  /** What was kept is bound to the settings it was kept for; the agent of the old ones is ended by whoever needs the new ones. */
  async #useSettings(): Promise<void> {
    await this.#kept.forget()
    if (this.#settings.kind === 'set') {
      await this.link.restart()
      return
    }
    this.link.stop()
    this.#environment.clear()
  }

  #keep(refreshToken: string | null): void {
    const name = this.settingsName
    if (name === undefined) return
    this.#kept.write(name, refreshToken).then(undefined, (error: unknown) => { this.log.error('the renewed sign-in could not be kept', error) })
  }

  /** Another window signed in or renewed: its state shows in ours by the agent's notice; nothing to do but draw. */
  #secretChanged(): void {
    this.changed()
  }

  #tellToSignIn(): void {
    if (this.#toldToSignIn || this.status?.session) return
    this.#toldToSignIn = true
    // A message box cannot be taken back; a progress note ends by itself, once somebody is signed in or it was there to be read.
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: t('Sign in to send calls to models. [Sign in](command:countersign.signIn)'), cancellable: false }, (progress) => {
      // Nothing is under way: the line stands still.
      progress.report({ increment: 100 })
      return new Promise<void>((resolve) => {
        const listening = this.link.listen({ state: (state) => { if (state.kind === 'attached' && state.status.session) end() } })
        const end = (): void => {
          listening.dispose()
          clearTimeout(read)
          resolve()
        }
        const read = setTimeout(end, TOAST_MS)
      })
    })
  }

  #facts(): Facts {
    const { state } = this.link
    return {
      phase: this.phase,
      status: this.status,
      why: this.#settings.kind === 'wrong' ? this.#settings.why : state.kind === 'stopped' ? state.why : undefined,
      signInFailure: this.signIn.failure,
      secretsLost: this.#secretsLost,
      restricted: !vscode.workspace.isTrusted,
      isVirtual: isVirtual(),
      staleTerminals: this.#staleTerminals,
      hidden: this.#hidden,
      requests: this.approvals.requests,
      reviews: this.approvals.reviews,
      isSetUp: this.#settings.kind === 'set',
      wantsHub: this.#settings.kind === 'set' && this.#settings.agent.hub !== undefined,
    }
  }

  #workspaceName(): string | undefined {
    const { workspaceFile, workspaceFolders } = vscode.workspace
    if (workspaceFile) return workspaceFile.toString()
    return workspaceFolders && workspaceFolders.length > 0 ? workspaceFolders.map((folder) => folder.uri.toString()).join('\n') : undefined
  }

  #windowLabel(): string {
    return (vscode.workspace.name ?? t('a window without a folder')).slice(0, 200)
  }
}

function isVirtual(): boolean {
  const folders = vscode.workspace.workspaceFolders ?? []
  return folders.length > 0 && folders.every((folder) => folder.uri.scheme !== 'file')
}

/** For a message box: what is true and what to do, as the agent or we wrote it; anything else by its name only. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || !error.code.startsWith('CS_')) return t('Something went wrong ({0}). The log has the detail.', describeError(error))
  return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`
}
