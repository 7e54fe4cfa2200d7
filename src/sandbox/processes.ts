/** Child processes of a trial: started with a bounded environment, ready when they say so on one line, ended for certain. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { CountersignError } from '../protocol/errors.ts'

export interface Started {
  readonly pid: number
  /** The JSON line the process printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  /** SIGTERM, then SIGKILL after a grace time. */
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
}

/** What a child may inherit: enough to run, nothing that changes how (no NODE_OPTIONS, no LD_PRELOAD, no proxies). */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'APPDATA', 'LOCALAPPDATA', 'XDG_STATE_HOME']

export function boundedEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return { ...env, ...more }
}

/**
 * @param command program and arguments; nothing secret may stand in them, every user can read them
 * @param onLine what the process says on standard error, for the terminal or a log
 * @throws CountersignError CS_SETTING with the process's last words when it ends before it is ready
 */
export async function startProcess(command: readonly string[], options: { readonly name: string; readonly env?: Readonly<Record<string, string>>; readonly onLine?: (line: string) => void }): Promise<Started> {
  const [program = '', ...args] = command
  // The pipe on standard input ties the child to us: when we die, however, it reads the end of it and stops.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: boundedEnvironment(options.env) })
  child.stdin.on('error', () => child.stdin.destroy())
  const ended = new Promise<void>((resolve) => child.once('close', () => { resolve() }))
  const words: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line)
    if (words.length > 20) words.shift()
    options.onLine?.(line)
  })
  const ready = await firstLine(child, options.name, words)
  const kill = (signal: NodeJS.Signals): void => {
    child.kill(signal)
  }
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    kill,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), 8_000)
      await ended
      clearTimeout(force)
    },
  }
}

function firstLine(child: ChildProcess, name: string, words: readonly string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const failed = (why: string): void => {
      reject(new CountersignError('CS_SETTING', `${name} did not start: ${words.at(-1) ?? why}`, { detail: words.join('\n') }))
    }
    child.once('error', (error) => { failed(error.message) })
    child.once('close', () => { failed('it ended at once') })
    if (!child.stdout) return
    createInterface({ input: child.stdout }).once('line', (line) => {
      try {
        resolve(JSON.parse(line) as Record<string, unknown>)
      } catch {
        failed(`it printed "${line.slice(0, 200)}"`)
      }
    })
  })
}
