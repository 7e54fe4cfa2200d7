/**
 * Where model calls of this window go: set for terminals and tasks (the editor's variable collection), for debug sessions
 * (their configuration), and for what the extension host itself starts, as notebook kernels are (process.env). Nothing is
 * written to disk: the collection is not persistent, and the key in it opens nothing on another machine.
 */
import path from 'node:path'
import * as vscode from 'vscode'
import { noteUncovered } from './debugNotes.ts'
import { launchEnvironment, preloads, withPreloads } from '../platform/launchEnv.ts'

/** Debug types whose configuration takes `env` as an object. Attaching cannot be changed: that process runs already. */
const DEBUG_TYPES = new Set(['debugpy', 'python', 'node', 'pwa-node', 'node-terminal', 'pwa-extensionHost', 'bun', 'deno'])

export interface Target {
  /** Base of the agent's data plane. */
  readonly url: string
  readonly key: string
  readonly home: string
  /** Folder with the `countersign` command; undefined until it was placed. */
  readonly shims: string | undefined
  /** Folder with what runs before Node and Python programs; undefined until it was placed. */
  readonly launch: string | undefined
}

export class LaunchEnvironment implements vscode.DebugConfigurationProvider {
  readonly #collection: vscode.GlobalEnvironmentVariableCollection
  /** What the extension host had before us, by name. */
  readonly #before = new Map<string, string | undefined>()
  #variables: Readonly<Record<string, string>> = {}
  #shims: string | undefined
  #launch: string | undefined

  constructor(collection: vscode.GlobalEnvironmentVariableCollection) {
    this.#collection = collection
    collection.persistent = false
    collection.description = vscode.l10n.t('Model calls go through Countersign, in the name of whoever is signed in.')
  }

  /** True when something changed, so that terminals opened before are stale. */
  apply(target: Target): boolean {
    const variables: Record<string, string> = { ...launchEnvironment(target.url, target.key), COUNTERSIGN_HOME: target.home }
    if (same(variables, this.#variables) && this.#shims === target.shims && this.#launch === target.launch) return false
    this.#restoreProcess()
    this.#collection.clear()
    for (const [name, value] of Object.entries(variables)) {
      this.#collection.replace(name, value, { applyAtProcessCreation: true, applyAtShellIntegration: true })
      this.#setProcess(name, value)
    }
    if (target.launch !== undefined) this.#applyPreloads(target.launch)
    if (target.shims !== undefined) this.#collection.prepend('PATH', `${target.shims}${path.delimiter}`, { applyAtProcessCreation: true, applyAtShellIntegration: true })
    const moved = this.#variables['COUNTERSIGN_URL'] !== undefined && this.#variables['COUNTERSIGN_URL'] !== variables['COUNTERSIGN_URL']
    this.#variables = variables
    this.#shims = target.shims
    this.#launch = target.launch
    return moved
  }

  /** The window is not governed (any more): nothing of ours stays behind. */
  clear(): void {
    this.#restoreProcess()
    this.#collection.clear()
    this.#variables = {}
    this.#shims = undefined
    this.#launch = undefined
  }

  resolveDebugConfigurationWithSubstitutedVariables(_folder: vscode.WorkspaceFolder | undefined, configuration: vscode.DebugConfiguration): vscode.DebugConfiguration {
    if (!DEBUG_TYPES.has(configuration.type)) return configuration
    noteUncovered(configuration)
    if (configuration.request !== 'launch') return configuration
    const given: unknown = configuration['env']
    const own = typeof given === 'object' ? (given as Readonly<Record<string, string>>) : {}
    const first = this.#launch === undefined ? {} : withPreloads({ ...process.env, ...own }, this.#launch)
    // What runs before the program tells by it that somebody debugs.
    const more = { ...first, COUNTERSIGN_LAUNCH: 'debug' }
    // A terminal has our variables already. Given here too, the editor would type them into it, the key for everybody to see.
    if (runsInTerminal(configuration)) return { ...configuration, env: { ...Object.fromEntries(Object.entries(own).filter(([name]) => !(name in this.#variables))), ...more } }
    // Ours come last: a configuration of the workspace must not lead calls around the agent.
    return { ...configuration, env: { ...own, ...this.#variables, ...more } }
  }

  /** In front of what the person has there: a terminal keeps its own, and so does what the extension host starts. */
  #applyPreloads(folder: string): void {
    for (const { name, value, separator } of preloads(folder)) this.#collection.prepend(name, value + separator, { applyAtProcessCreation: true, applyAtShellIntegration: true })
    for (const [name, value] of Object.entries(withPreloads(process.env, folder))) this.#setProcess(name, value)
  }

  #setProcess(name: string, value: string): void {
    this.#before.set(name, process.env[name])
    process.env[name] = value
  }

  #restoreProcess(): void {
    for (const [name, value] of this.#before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
    this.#before.clear()
  }
}

/** Python's debugger takes the terminal when nothing is said, Node's the debug console. */
function runsInTerminal({ type, console }: vscode.DebugConfiguration): boolean {
  return console === 'integratedTerminal' || (console === undefined && (type === 'debugpy' || type === 'python'))
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
