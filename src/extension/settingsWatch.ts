/**
 * The settings this window goes by. A change is taken once it has stood still for a moment: the settings page writes while a
 * person types, and half an address must neither end a sign-in nor be asked for a policy.
 */
import * as vscode from 'vscode'
import { readSettings, type Settings } from './settings.ts'

const STANDS_MS = 1500

export class SettingsWatch {
  readonly #taken: (before: Settings) => void
  #current: Settings = readSettings()
  #standing: NodeJS.Timeout | undefined

  /** @param taken called when other settings are in force than before */
  constructor(taken: (before: Settings) => void) {
    this.#taken = taken
  }

  get current(): Settings {
    return this.#current
  }

  register(): vscode.Disposable {
    const watching = vscode.workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration('countersign')) this.#changed() })
    return new vscode.Disposable(() => {
      clearTimeout(this.#standing)
      watching.dispose()
    })
  }

  #changed(): void {
    clearTimeout(this.#standing)
    this.#standing = setTimeout(() => {
      const before = this.#current
      this.#current = readSettings()
      if (JSON.stringify(before) !== JSON.stringify(this.#current)) this.#taken(before)
    }, STANDS_MS)
  }
}
