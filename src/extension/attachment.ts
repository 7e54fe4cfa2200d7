/**
 * What this window brings to each agent it attaches to: its files to start it from, the window's key, a kept sign-in, provider
 * keys; and where model calls of the window's programs go from then on. A new agent knows none of it.
 */
import path from 'node:path'
import * as vscode from 'vscode'
import { sessionKeyHash } from '../protocol/sessionKey.ts'
import { BUILD } from '../platform/build.ts'
import type { ControlClient } from '../platform/controlClient.ts'
import { ensureHome } from '../platform/home.ts'
import { placeAgentFiles, type BundleHashes } from './agentFiles.ts'
import { spawnAgent, type SpawnedAgent } from './agentProcess.ts'
import { LaunchEnvironment } from './environment.ts'
import type { Log } from './log.ts'
import type { ProviderKeys } from './providerKeys.ts'
import { newWindowKey, windowKey } from './sessionKeys.ts'
import { fits, settingsName, type Settings } from './settings.ts'

/** Memory of the extension (no secrets): where the agent was, so that a terminal restored before it answers is right already. */
const LAST_URL = 'lastUrl'
/** A kept sign-in may need the identity provider; the views do not wait for it longer than this. */
const RESTORE_MS = 4000

export interface AttachmentOptions {
  readonly context: vscode.ExtensionContext
  readonly hashes: BundleHashes
  readonly home: string
  readonly settings: () => Settings
  /** Takes up a kept sign-in. @returns true when this connection may operate now */
  readonly restore: (control: ControlClient) => Promise<boolean>
  readonly providerKeys: ProviderKeys
  readonly log: Log
}

export class Attachment {
  /** For debug sessions. */
  readonly environment: LaunchEnvironment
  /** Terminals that were open when the agent came back elsewhere: their calls go nowhere. */
  staleTerminals = 0
  readonly #options: AttachmentOptions
  readonly #served = new WeakMap<ControlClient, string>()
  #key: string | undefined
  #shims: string | undefined
  #launch: string | undefined

  constructor(options: AttachmentOptions) {
    this.#options = options
    this.environment = new LaunchEnvironment(options.context.environmentVariableCollection)
  }

  /** Before any agent is there: the key, and where the last one was. */
  async begin(): Promise<void> {
    const { secrets, globalState } = this.#options.context
    this.#key = await windowKey(secrets, workspaceName())
    this.#applyEnvironment(globalState.get<string>(LAST_URL))
  }

  /** Names the settings that this agent serves; undefined: none that this window ever asked it for. A sign-in of it is kept under no other name. */
  servedBy(control: ControlClient): string | undefined {
    return this.#served.get(control)
  }

  /** Folder with what runs before Node and Python programs; undefined until it was placed. */
  get launch(): string | undefined {
    return this.#launch
  }

  /** Names this window's launch to an agent. */
  get keyHash(): string | undefined {
    return this.#key === undefined ? undefined : sessionKeyHash(this.#key)
  }

  async spawn(): Promise<SpawnedAgent> {
    const { home } = this.#options
    const settings = this.#options.settings()
    if (settings.kind !== 'set') throw new Error('nothing is set up')
    ensureHome(home)
    const bundle = await this.#placeFiles()
    return spawnAgent({ execPath: process.execPath, bundle, home, settings: settings.agent })
  }

  /** Registers, restores and leads the way, before anybody is told of the agent. */
  async attached(control: ControlClient): Promise<void> {
    const { home, context, log } = this.#options
    const settings = this.#options.settings()
    ensureHome(home)
    if (this.#shims === undefined) await this.#placeFiles()
    if (settings.kind === 'set' && fits(settings.agent, await control.request('status', {}))) this.#served.set(control, settingsName(settings.agent))
    await this.#registerKey(control)
    const restored = this.#options.restore(control).then(async (operates) => { if (operates) await this.sendProviderKeys(control) })
    restored.catch((error: unknown) => { log.error('the kept sign-in could not be taken up', error) })
    await Promise.race([restored.catch(() => undefined), new Promise((resolve) => { setTimeout(resolve, RESTORE_MS) })])
    if (this.#applyEnvironment(control.agent.url)) this.staleTerminals = vscode.window.terminals.length
    await context.globalState.update(LAST_URL, control.agent.url)
  }

  /**
   * Somebody signed in, or a launch was revoked: a window whose key is spent gets another one. Terminals and kernels of before keep
   * the old one and are told to start anew.
   */
  async keepUsable(control: ControlClient): Promise<void> {
    await this.#registerKey(control)
    this.#applyEnvironment(control.agent.url)
  }

  async #registerKey(control: ControlClient): Promise<void> {
    const hash = this.keyHash
    if (hash === undefined) return
    const registered = await control.request('key.register', { hash, kind: 'window', label: windowLabel() })
    if (!registered.isSpent || this.keyHash !== hash) return
    this.#key = await newWindowKey(this.#options.context.secrets, workspaceName())
    await control.request('key.register', { hash: sessionKeyHash(this.#key), kind: 'window', label: windowLabel() })
    this.#options.log.info('this window has a new session key: the one before is spent')
  }

  /** The person's own, for an agent without a hub. */
  async sendProviderKeys(control: ControlClient): Promise<void> {
    const settings = this.#options.settings()
    if (settings.kind === 'set' && settings.agent.hub === undefined) await this.#options.providerKeys.send(control)
  }

  /** Programs of this window go their own way again. */
  clear(): void {
    this.environment.clear()
  }

  async #placeFiles(): Promise<string> {
    const { context, home, hashes } = this.#options
    const from = path.join(context.extensionUri.fsPath, 'dist')
    const files = await placeAgentFiles({ from, home, build: BUILD, hashes, execPath: process.execPath })
    this.#shims = files.shims
    this.#launch = files.launch
    return files.agent
  }

  /** @returns true when open terminals point elsewhere now */
  #applyEnvironment(url: string | undefined): boolean {
    if (url === undefined || this.#key === undefined || this.#options.settings().kind !== 'set') return false
    return this.environment.apply({ url, key: this.#key, home: this.#options.home, shims: this.#shims, launch: this.#launch })
  }
}

function workspaceName(): string | undefined {
  const { workspaceFile, workspaceFolders } = vscode.workspace
  if (workspaceFile) return workspaceFile.toString()
  return workspaceFolders && workspaceFolders.length > 0 ? workspaceFolders.map((folder) => folder.uri.toString()).join('\n') : undefined
}

function windowLabel(): string {
  return (vscode.workspace.name ?? vscode.l10n.t('a window without a folder')).slice(0, 200)
}
