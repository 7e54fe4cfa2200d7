/**
 * Spawns the agent: detached, so that it outlives the window, with an environment that names what may pass. What could change
 * how a Node program runs or whom it trusts (NODE_OPTIONS, LD_PRELOAD, SSLKEYLOGFILE, NODE_TLS_REJECT_UNAUTHORIZED, …) is not
 * on the list, so setting it in the editor's environment has no effect on enforcement.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, statSync, truncateSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'

const INHERITED = [
  'PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR',
  'SystemRoot', 'windir', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA',
] as const

export function agentEnvironment(from: Readonly<NodeJS.ProcessEnv>, isElectron: boolean): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = from[name]
    if (value !== undefined) env[name] = value
  }
  if (isElectron) env['ELECTRON_RUN_AS_NODE'] = '1'
  return env
}

/** What the agent is told on its command line. Nothing secret: every user of the machine can read it. */
export type AgentSettings =
  | { readonly hub: string }
  | { readonly hub?: undefined; readonly issuer: string; readonly clientId: string; readonly groupsClaim: string; readonly policyFile: string }

export function agentArguments(home: string, settings: AgentSettings): string[] {
  const source =
    settings.hub === undefined
      ? ['--issuer', settings.issuer, '--client-id', settings.clientId, '--groups-claim', settings.groupsClaim, '--policy', settings.policyFile]
      : ['--hub', settings.hub]
  return ['agent', '--home', home, ...source, '--linger']
}

/** Started, not yet listening. `ended` resolves with the last words when it ended before anybody stopped asking. */
export interface SpawnedAgent {
  readonly pid: number
  readonly ended: Promise<string>
}

const LARGEST_LOG = 4 * 1024 * 1024

/** @throws CountersignError CS_STATE when it cannot be started at all */
export async function spawnAgent(options: { readonly execPath: string; readonly bundle: string; readonly home: string; readonly settings: AgentSettings }): Promise<SpawnedAgent> {
  const log = agentLogFile(options.home)
  const from = sizeOf(log)
  if (from > LARGEST_LOG) truncateSync(log, 0)
  const out = openSync(log, 'a', 0o600)
  try {
    const child = spawn(options.execPath, [options.bundle, ...agentArguments(options.home, options.settings)], {
      cwd: options.home,
      detached: true,
      stdio: ['ignore', out, out],
      env: agentEnvironment(process.env, process.versions['electron'] !== undefined),
      windowsHide: true,
    })
    const ended = new Promise<string>((resolve) => {
      child.once('exit', () => { resolve(lastWords(log, from > LARGEST_LOG ? 0 : from)) })
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (cause) => {
        reject(new CountersignError('CS_STATE', 'the agent could not be started. Install the extension again, or report a problem.', { cause }))
      })
    })
    child.unref()
    return { pid: child.pid ?? 0, ended }
  } finally {
    closeSync(out)
  }
}

export function agentLogFile(home: string): string {
  return path.join(home, 'agent.out')
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** The sentence the agent ended with: what it wrote to its log since it was started. */
async function lastWords(log: string, from: number): Promise<string> {
  const text = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(from).toString('utf8').trim()
  return (text.split('\n').at(-1) ?? '').replace(/^countersign: /, '').slice(0, 1000)
}
