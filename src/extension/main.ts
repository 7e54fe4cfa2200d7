/** The extension's entry: registers everything at once and starts what takes time after that, so that activation is quick. */
import type * as vscode from 'vscode'
import type { BundleHashes } from './agentFiles.ts'
import { registerCommands, viewActions } from './commands.ts'
import { Papers } from './views/papers.ts'
import { CountersignWindow } from './window.ts'

/** Filled in when the extension is bundled: what the agent's and the command's files must hash to. */
declare const __BUNDLE_HASHES__: BundleHashes
/** First statement of the bundle: time this thread had used when its code began to run. */
declare const __loadedAt: NodeJS.CpuUsage

/** For tests inside the extension host. Other extensions get it too, so it tells only what the status bar shows. */
export interface CountersignApi {
  readonly phase: () => string
  /** Milliseconds that loading and activation took of the extension host's time. */
  readonly activationMs: number
}

export function activate(context: vscode.ExtensionContext): CountersignApi {
  const window: CountersignWindow = new CountersignWindow(context, __BUNDLE_HASHES__, (message) => { act(message) })
  const papers = new Papers()
  const act = viewActions(window, papers)
  context.subscriptions.push(...window.register(), ...papers.register(), ...registerCommands(window))
  // Of this thread, not by the clock: on a busy machine the clock tells what others do.
  const { user, system } = process.threadCpuUsage(__loadedAt)
  const activationMs = (user + system) / 1000
  void window.begin()
  return { phase: () => window.phase, activationMs }
}

/** The window goes; the agent stays for its time. Everything of ours was given to the context to be disposed. */
export function deactivate(): void {
  // Nothing beyond what the context disposes of.
}
