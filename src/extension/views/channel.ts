/** Typed messages to and from one webview: what does not parse is dropped on both sides, and told to the log by its code only. */
import * as vscode from 'vscode'
import { fromView, PANEL_PROTOCOL, toView, type FromView, type ToView } from '../../protocol/panel.ts'
import type { Log } from '../log.ts'

export interface Channel {
  send(message: ToView): void
}

export function openChannel(webview: vscode.Webview, log: Log, onMessage: (message: FromView) => void): Channel {
  const send = (message: ToView): void => {
    const parsed = toView.safeParse(message)
    if (!parsed.success) {
      log.info(`a message to a view was not sent: ${message.type}, ${parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')} ${issue.code}`).join('; ')}`)
      return
    }
    void webview.postMessage(parsed.data)
  }
  webview.onDidReceiveMessage((raw: unknown) => {
    const parsed = fromView.safeParse(raw)
    if (!parsed.success) {
      log.info(`a message from a view was dropped: ${parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')} ${issue.code}`).join('; ')}`)
      return
    }
    if (parsed.data.type === 'fault') log.info(`a view could not use something: ${parsed.data.code} at ${parsed.data.where}`)
    if (parsed.data.type === 'ready') send({ type: 'init', protocol: PANEL_PROTOCOL, locale: vscode.env.language, words: vscode.l10n.bundle ?? {} })
    onMessage(parsed.data)
  })
  return { send }
}
