/**
 * The note in the corner that somebody waits for this person's decision. It stands for a call that waits and goes with it:
 * however the call ended, nothing is left to be clicked for it. A message box cannot be taken back, a progress note can.
 */
import * as vscode from 'vscode'
import type { Request } from '../protocol/panelModels.ts'
import { becauseOf } from './model/nouns.ts'
import { whoAsks } from './model/requests.ts'

/** One note for a requester in this time; more join the view and its badge. */
const EVERY_MS = 30_000
/** Opens a card and nothing else, as from a cell that waits; no command decides. */
export const OPEN_REQUEST = 'countersign.openRequest'
/** Takes a note away and nothing else; no command decides. */
const HIDE_NOTE = 'countersign.hideNote'

export class ReviewToasts implements vscode.Disposable {
  readonly #reveal: (request: string) => void
  /** Ends of the notes that are shown, by request. */
  readonly #open = new Map<string, () => void>()
  readonly #lastAt = new Map<string, number>()
  readonly #command: vscode.Disposable

  constructor(reveal: (request: string) => void) {
    this.#reveal = reveal
    this.#command = vscode.Disposable.from(
      vscode.commands.registerCommand(HIDE_NOTE, (id: unknown) => { if (typeof id === 'string') this.#open.get(id)?.() }),
      vscode.commands.registerCommand(OPEN_REQUEST, (id: unknown) => { if (typeof id === 'string') this.#reveal(id) }),
    )
  }

  /** @param waiting what waits for this person's word now: notes about anything else go */
  keepOnly(waiting: readonly Request[]): void {
    const ids = new Set(waiting.map(({ id }) => id))
    for (const [id, end] of [...this.#open]) if (!ids.has(id)) end()
  }

  ask(one: Request): void {
    const now = Date.now()
    const who = whoAsks(one.requester)
    if (now - (this.#lastAt.get(who) ?? -Infinity) < EVERY_MS) return
    this.#lastAt.set(who, now)
    const { t } = vscode.l10n
    const later = `[${t('Not now')}](command:${HIDE_NOTE}?${encodeURIComponent(JSON.stringify([one.id]))})`
    // The button's own word where the editor takes one, else "Cancel": it opens the card, and decides nothing.
    const cancellable = t('Review') as unknown as boolean
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `${withoutLinks(asks(one))} ${later}`, cancellable }, (progress, cancelled) => {
      // Nothing is under way: the line stands still.
      progress.report({ increment: 100 })
      return new Promise<void>((resolve) => {
        const end = (): void => {
          this.#open.delete(one.id)
          resolve()
        }
        cancelled.onCancellationRequested(() => {
          end()
          this.#reveal(one.id)
        })
        this.#open.set(one.id, end)
      })
    })
  }

  dispose(): void {
    this.keepOnly([])
    this.#command.dispose()
  }
}

function asks({ requester, model, findings }: Request): string {
  const { t } = vscode.l10n
  const who = whoAsks(requester)
  const open = becauseOf(findings.filter(({ fate }) => fate === 'asIs'), t)
  const things = open.map(({ count, noun }) => `${count} ${noun}`).join(', ')
  if (open.length === 1 && open[0]?.count === 1) return t('{0} asks you to review a call to {1}: {2} would be sent as it is.', who, model, things)
  return things === '' ? t('{0} asks you to review a call to {1}.', who, model) : t('{0} asks you to review a call to {1}: {2} would be sent as they are.', who, model, things)
}

/** The editor makes links of `[text](command:…)` in a note: nobody's name or model may be one. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (')
}
