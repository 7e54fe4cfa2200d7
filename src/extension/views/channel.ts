/** Typed messages to and from one webview: what does not parse is dropped on both sides, and told to the log by its code only. */
import * as vscode from 'vscode'
import type * as panel from '../../protocol/panel.ts'
import type { FromView, ToView } from '../../protocol/panel.ts'
import type { Log } from '../log.ts'

export interface Channel {
  send(message: ToView): void
}

/** The schemas are many and needed only when a view opens: building them would be half of the extension's activation. */
let loading: Promise<typeof panel> | undefined
function schemas(): Promise<typeof panel> {
  loading ??= import('../../protocol/panel.ts')
  return loading
}

export function openChannel(webview: vscode.Webview, log: Log, onMessage: (message: FromView) => void): Channel {
  // While the page is on its way, so that its first message does not wait for them.
  setTimeout(() => { void schemas() }, 10)
  // One promise, so messages keep their order.
  const send = (message: ToView): void => {
    void schemas().then(({ toView }) => {
      const parsed = toView.safeParse(message)
      if (parsed.success) void webview.postMessage(parsed.data)
      else log.info(`a message to a view was not sent: ${message.type}, ${issuesOf(parsed.error)}`)
    })
  }
  webview.onDidReceiveMessage((raw: unknown) => {
    void schemas().then(({ fromView, PANEL_PROTOCOL }) => {
      const parsed = fromView.safeParse(raw)
      if (!parsed.success) {
        log.info(`a message from a view was dropped: ${issuesOf(parsed.error)}`)
        return
      }
      if (parsed.data.type === 'fault') log.info(`a view could not use something: ${parsed.data.code} at ${parsed.data.where}`)
      if (parsed.data.type === 'ready') send({ type: 'init', protocol: PANEL_PROTOCOL, locale: vscode.env.language, words: vscode.l10n.bundle ?? {} })
      onMessage(parsed.data)
    })
  })
  return { send }
}

function issuesOf(error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly code: string }[] }): string {
  return error.issues.slice(0, 3).map((issue) => `${issue.path.map(String).join('.')} ${issue.code}`).join('; ')
}
