/**
 * A real VS Code in the browser (code-server) for trials and browser journeys: the packaged extension installed, a workspace
 * open, settings of its own, everything it writes in one folder. It and what it starts are one process group, and the agent its
 * extension spawned is ended as well: a trial leaves no process behind.
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'
import { connectControl } from '../platform/controlClient.ts'
import { boundedEnvironment } from './processes.ts'

export interface EditorOptions {
  /** Node and entry file of code-server, as .config/editor.mjs installs them. */
  readonly editor: { readonly node: string; readonly entry: string }
  /** Everything this editor writes. Short: sockets lie in it. */
  readonly dir: string
  /** Extensions to install, packaged. */
  readonly vsix: readonly string[]
  /** Folder to open; undefined: none. */
  readonly workspace: string | undefined
  readonly settings: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  /** First on the PATH of terminals: the sample's Python, the project's Node. */
  readonly path?: readonly string[]
  /** True: workspaces are restricted until somebody trusts them. */
  readonly restricted?: boolean
  readonly args?: readonly string[]
  readonly port?: number
}

export interface RunningEditor {
  /** Opens the workspace. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** State folder of the agent its extension spawns. */
  readonly home: string
  readonly settingsFile: string
  log(): string
  /** Installs an extension over the one that runs; a window takes it when it is loaded again. @throws CountersignError CS_SETTING */
  install(vsix: string): void
  /** Ends editor and agent. */
  stop(): Promise<void>
}

/** Calm: no welcome pages, updates, experiments or telemetry between a person and the thing to be tried. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'security.workspace.trust.startupPrompt': 'never',
}

/** @throws CountersignError CS_SETTING when it cannot be brought up */
export async function startEditor(options: EditorOptions): Promise<RunningEditor> {
  const { dir, editor } = options
  const folder = (name: string): string => path.join(dir, name)
  const home = folder('state')
  const settingsFile = path.join(folder('user'), 'User', 'settings.json')
  for (const name of ['user/User', 'extensions', 'home', 'tmp', 'config', 'data']) await mkdir(folder(name), { recursive: true, mode: 0o700 })
  await writeFile(settingsFile, JSON.stringify({ ...QUIET, ...terminalPath(options.path ?? []), 'security.workspace.trust.enabled': options.restricted === true, ...options.settings }, undefined, 2))
  const env = boundedEnvironment({
    HOME: folder('home'),
    XDG_CONFIG_HOME: folder('config'),
    XDG_DATA_HOME: folder('data'),
    TMPDIR: folder('tmp'),
    SHELL: '/bin/bash',
    COUNTERSIGN_HOME: home,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...options.env,
  })
  const base = [editor.entry, '--user-data-dir', folder('user'), '--extensions-dir', folder('extensions')]
  for (const file of options.vsix) install(editor.node, [...base, '--install-extension', file, '--force'], env)
  const port = options.port ?? (await freePort())
  const flags = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--link-protection-trusted-domains', 'http://127.0.0.2:*']
  const logFile = folder('editor.log')
  const out = openSync(logFile, 'a', 0o600)
  const child = spawn(editor.node, [...base, ...flags, ...(options.restricted === true ? [] : ['--disable-workspace-trust']), ...(options.args ?? [])], { env, stdio: ['ignore', out, out], detached: true })
  closeSync(out)
  const group = -(child.pid ?? 0)
  const gone = new Promise<void>((resolve) => { child.once('close', () => { resolve() }) })
  // Also when whoever started us is killed while we are busy: the group dies with this process.
  const last = (): void => { signalGroup(group, 'SIGKILL') }
  process.once('exit', last)
  const stop = async (): Promise<void> => {
    signalGroup(group, 'SIGTERM')
    const force = setTimeout(() => { signalGroup(group, 'SIGKILL') }, 5000)
    await gone
    clearTimeout(force)
    signalGroup(group, 'SIGKILL')
    process.removeListener('exit', last)
    await endAgent(home)
  }
  const origin = `http://127.0.0.1:${port}`
  try {
    await answers(`${origin}/healthz`)
  } catch (cause) {
    await stop()
    throw new CountersignError('CS_SETTING', 'the browser editor did not start. Its log is in the folder of the trial.', { cause, detail: logFile })
  }
  const query = options.workspace === undefined ? '?ew=true' : `?folder=${encodeURIComponent(options.workspace)}`
  return { url: `${origin}/${query}`, port, pid: child.pid ?? 0, home, settingsFile, log: () => readFileSync(logFile, 'utf8'), install: (file) => { install(editor.node, [...base, '--install-extension', file, '--force'], env) }, stop }
}

/** The editor asks a login shell for its environment, which knows nothing of ours: a setting puts folders before the shell's own. */
function terminalPath(folders: readonly string[]): Record<string, unknown> {
  return folders.length === 0 ? {} : { 'terminal.integrated.env.linux': { PATH: [...folders, '${env:PATH}'].join(path.delimiter) } }
}

function install(node: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  const done = spawnSync(node, args, { env, encoding: 'utf8' })
  if (done.status !== 0) throw new CountersignError('CS_SETTING', 'the extension could not be installed into the browser editor.', { detail: `${done.stdout}${done.stderr}`.slice(-2000) })
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  if (group === 0) return
  try {
    process.kill(group, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** The agent is detached, so it outlives the editor's process group: it is asked to end, and ended if it does not. */
async function endAgent(home: string): Promise<void> {
  const pid = await connectControl(home, { client: 'trial' }).then(
    async (control) => {
      const closed = new Promise<void>((resolve) => { control.onClosed(resolve) })
      await control.request('shutdown', {})
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 5000).unref())])
      return control.agent.pid
    },
    async () => Number((await readFile(path.join(home, 'agent.lock'), 'utf8').catch(() => '')).split(' ')[0]),
  )
  if (!Number.isInteger(pid) || pid <= 0) return
  for (let i = 0; i < 60; i++) {
    if (!isAlive(pid)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  process.kill(pid, 'SIGKILL')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => { resolve(typeof address === 'object' && address ? address.port : 0) })
    })
  })
}

async function answers(url: string): Promise<void> {
  const end = Date.now() + 30_000
  for (;;) {
    try {
      if ((await fetch(url)).ok) return
    } catch (error) {
      if (Date.now() > end) throw error
    }
    if (Date.now() > end) throw new Error('no answer in time')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
