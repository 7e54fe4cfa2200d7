/** The session timeline as an editor panel: one at a time, restored after a reload, live while calls run. */
import * as vscode from 'vscode'
import type { FromView, TimelineModel, ToView, VIEW_IDS } from '../../protocol/panel.ts'
import type { Details, Row } from '../../protocol/panelModels.ts'
import type { Log } from '../log.ts'
import { openChannel, type Channel } from './channel.ts'
import { documentOf, webviewFolder } from './html.ts'

/** As package.json and the protocol have it; only its type is taken, so that the schemas beside it are not loaded yet. */
const VIEW_ID: (typeof VIEW_IDS)['timeline'] = 'countersign.timeline'

export interface TimelineSource {
  model(period: string): TimelineModel
  details(ex: string): Details | undefined
  onMessage(message: FromView): void
}

export class Timeline implements vscode.WebviewPanelSerializer {
  readonly #extension: vscode.Uri
  readonly #log: Log
  readonly #source: TimelineSource
  #panel: vscode.WebviewPanel | undefined
  #channel: Channel | undefined
  #ready = false
  #period = 'today'
  /** Call whose details are open: sent again when it changes. */
  #open: string | undefined
  #show: string | undefined

  constructor(extension: vscode.Uri, log: Log, source: TimelineSource) {
    this.#extension = extension
    this.#log = log
    this.#source = source
  }

  /** What of time it shows. */
  get period(): string {
    return this.#period
  }

  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(VIEW_ID, this)
  }

  /** @param ex call to select */
  open(ex?: string): void {
    this.#show = ex
    if (this.#panel) {
      this.#panel.reveal()
      if (this.#ready) this.#select()
      return
    }
    this.#adopt(vscode.window.createWebviewPanel(VIEW_ID, vscode.l10n.t('Session timeline'), vscode.ViewColumn.Active, this.#options()))
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel) panel.dispose()
    else {
      panel.webview.options = this.#options()
      this.#adopt(panel)
    }
    return Promise.resolve()
  }

  /** Everything anew. */
  reset(): void {
    if (this.#ready) this.#channel?.send({ type: 'timeline', model: this.#source.model(this.#period) })
    this.#sendDetails()
  }

  changed(update: Extract<ToView, { type: 'rows' }>): void {
    if (!this.#ready) return
    this.#channel?.send(update)
    if (update.rows.some((row: Row) => row.ex === this.#open)) this.#sendDetails()
  }

  live(message: Extract<ToView, { type: 'live' }>): void {
    if (this.#ready && message.ex === this.#open) this.#channel?.send(message)
  }

  #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [webviewFolder(this.#extension)] }
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel
    this.#ready = false
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.#extension, 'media', `countersign-${theme}.svg`)
    panel.iconPath = { light: icon('light'), dark: icon('dark') }
    this.#channel = openChannel(panel.webview, this.#log, (message) => { this.#message(message) })
    panel.webview.html = documentOf(panel.webview, this.#extension, 'timeline', vscode.l10n.t('Session timeline'))
    panel.onDidDispose(() => {
      this.#panel = undefined
      this.#channel = undefined
      this.#ready = false
      this.#open = undefined
    })
  }

  #message(message: FromView): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true
        this.reset()
        this.#select()
        return
      case 'period':
        this.#period = message.period
        this.reset()
        return
      case 'details':
        this.#open = message.ex
        this.#sendDetails()
        return
      default:
        this.#source.onMessage(message)
    }
  }

  #select(): void {
    if (this.#show === undefined) return
    this.#channel?.send({ type: 'show', ex: this.#show })
    this.#show = undefined
  }

  #sendDetails(): void {
    const ex = this.#open
    if (ex === undefined || !this.#ready) return
    const details = this.#source.details(ex)
    if (details) this.#channel?.send({ type: 'details', details })
    else this.#channel?.send({ type: 'detailsMissing', ex, message: vscode.l10n.t('This call is not in the journal of this machine any more.') })
  }
}
