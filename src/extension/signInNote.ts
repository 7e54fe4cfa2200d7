/** The note to sign in: on the first call that is refused because nobody is, once for each time of being signed out. It goes by itself. */
import * as vscode from 'vscode'
import type { AgentLink } from './agentLink.ts'
import { withoutLinks } from './reviewToasts.ts'

/** The sidebar and the status bar go on saying it. */
const TOAST_MS = 20_000

export class SignInNote {
  readonly #link: AgentLink
  readonly #why: () => string | undefined
  #told = false

  /** @param why a sentence, where there is more to say than that nobody is signed in */
  constructor(link: AgentLink, why: () => string | undefined) {
    this.#link = link
    this.#why = why
    link.listen({ state: (now) => { if (now.kind === 'attached' && now.status.session) this.#told = false } })
  }

  tell(): void {
    const { state } = this.#link
    if (this.#told || (state.kind === 'attached' && state.status.session)) return
    this.#told = true
    // A message box cannot be taken back; a progress note ends by itself, once somebody is signed in or it was there to be read.
    const why = this.#why()
    const title = why === undefined ? vscode.l10n.t('Sign in to send calls to models. [Sign in](command:countersign.signIn)') : vscode.l10n.t('{0} [Sign in](command:countersign.signIn)', withoutLinks(why))
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: false }, (progress) => {
      // Nothing is under way: the line stands still.
      progress.report({ increment: 100 })
      return new Promise<void>((resolve) => {
        const listening = this.#link.listen({ state: (now) => { if (now.kind === 'attached' && now.status.session) end() } })
        const end = (): void => {
          listening.dispose()
          clearTimeout(read)
          resolve()
        }
        const read = setTimeout(end, TOAST_MS)
      })
    })
  }
}
