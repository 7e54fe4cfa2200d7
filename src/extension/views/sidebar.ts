/** The approvals view: what waits for a decision, and above all else what is going on. */
import * as vscode from 'vscode'
import type { FromView, SidebarModel, ToView, VIEW_IDS } from '../../protocol/panel.ts'
import type { Log } from '../log.ts'
import { openChannel, type Channel } from './channel.ts'
import { documentOf, webviewFolder } from './html.ts'

/** As package.json and the protocol have it; only its type is taken, so that the schemas beside it are not loaded yet. */
const VIEW_ID: (typeof VIEW_IDS)['sidebar'] = 'countersign.approvals'

export class Sidebar implements vscode.WebviewViewProvider {
  readonly #extension: vscode.Uri
  readonly #log: Log
  readonly #model: () => SidebarModel
  readonly #onMessage: (message: FromView) => void
  #channel: Channel | undefined
  #view: vscode.WebviewView | undefined
  #waiting = 0

  constructor(extension: vscode.Uri, log: Log, model: () => SidebarModel, onMessage: (message: FromView) => void) {
    this.#extension = extension
    this.#log = log
    this.#model = model
    this.#onMessage = onMessage
  }

  register(): vscode.Disposable {
    return vscode.window.registerWebviewViewProvider(VIEW_ID, this)
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view
    view.webview.options = { enableScripts: true, localResourceRoots: [webviewFolder(this.#extension)] }
    this.#channel = openChannel(view.webview, this.#log, (message) => {
      if (message.type === 'ready') this.update()
      else this.#onMessage(message)
    })
    view.webview.html = documentOf(view.webview, this.#extension, 'sidebar', vscode.l10n.t('Approvals'))
    view.onDidChangeVisibility(() => { this.update() })
    view.onDidDispose(() => {
      this.#channel = undefined
      this.#view = undefined
    })
  }

  get isVisible(): boolean {
    return this.#view?.visible === true
  }

  send(message: ToView): void {
    this.#channel?.send(message)
  }

  /**
   * Sends the model as it is now. A hidden view gets it when it is shown.
   * @param waiting requests that wait for this person: the badge, and nothing else
   */
  update(waiting = this.#waiting): void {
    this.#waiting = waiting
    if (this.#view) this.#view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: waiting === 1 ? vscode.l10n.t('1 request waits for you') : vscode.l10n.t('{0} requests wait for you', waiting) }
    if (this.#view?.visible !== true) return
    this.#channel?.send({ type: 'sidebar', model: this.#model() })
  }
}
