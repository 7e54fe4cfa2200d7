/** A whole trial for a journey, started where people start it, and what its journal says in lines that do not change from run to run. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { AuditEvent, AuditRecord } from '../../src/protocol/audit.ts'
import { readableRecord } from '../../src/protocol/deviceEvent.ts'
import { boundedEnvironment } from '../../src/sandbox/processes.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/start.ts'

export const ROOT = path.resolve(import.meta.dirname, '../..')
export const COUNTERSIGN = [process.execPath, '--disable-warning=ExperimentalWarning', path.join(ROOT, 'src/cli/main.ts')] as const

export function startTrial(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return startSandbox({ command: COUNTERSIGN, as: 'ada', ...options })
}

/** Records of an agent's newest journal, in order: each one such as the hub's pages can read it. */
export function recordsOf(home: string): AuditRecord[] {
  const journal = path.join(home, 'journal')
  const epoch = readdirSync(journal).sort().at(-1) ?? ''
  return readdirSync(path.join(journal, epoch))
    .filter((name) => name.startsWith('segment-'))
    .sort()
    .flatMap((name) => readFileSync(path.join(journal, epoch, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => {
      const record = JSON.parse(line) as AuditRecord
      assert.equal(readableRecord(record), record, line)
      return record
    })
}

/** The events that may have this type: those of an ending share one shape. */
type EventOf<T, E = AuditEvent> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never

export function eventsOf<T extends AuditEvent['type']>(home: string, type: T): EventOf<T>[] {
  return recordsOf(home).map(({ event }) => event).filter((event) => event.type === type) as EventOf<T>[]
}

/** One line an event: what a reader of the journal would tell, without what differs from run to run. */
export function transcript(events: readonly AuditEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'exchange.decided':
        return `decided ${event.decision.effect} ${event.decision.rule ?? '(default)'} ${event.endpoint.model} ${event.endpoint.stream ? 'streamed' : 'plain'} found ${counts(event.inspection.found)} masked ${types(event.masked)}`
      case 'exchange.completed':
      case 'exchange.aborted':
      case 'exchange.failed':
        return `${event.type.slice(9)} ${[event.status ?? '-', event.code].filter(Boolean).join(' ')} masked ${types(event.masked)}`
      case 'call.refused':
        return `refused ${event.status} ${event.code} ${event.method} ${event.route}`
      case 'approval.requested':
        return `approval asked by ${event.actor.sub} under ${event.rule ?? '-'} found ${counts(event.found)}`
      case 'approval.settled':
        return `approval ${event.state} (${event.cause})`
      case 'session.started':
      case 'session.ended':
        return `${event.type} ${event.actor.sub}`
      case 'launch.registered':
        return `launch ${event.kind} ${event.label}`
      case 'policy.activated':
        return `policy ${event.version} in force from the ${event.source}`
      default:
        return event.type
    }
  })
}

function counts(found: Readonly<Record<string, number>>): string {
  return Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, n]) => `${type}×${n}`).join(' ') || '-'
}

function types(spans: readonly { readonly type: string }[]): string {
  return spans.map(({ type }) => type).join(' ') || '-'
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a program to its end with a bounded environment. */
export async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}, options: { readonly cwd?: string; readonly input?: string } = {}): Promise<Ran> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { env: boundedEnvironment(env), cwd: options.cwd ?? ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(options.input ?? '')
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { err += chunk })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => { resolve(exit ?? -1) })
  })
  return { code, out, err }
}

/** Waits until something that other processes bring about is so. @throws when it never becomes so */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, what: string, timeoutMs = 20_000): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`it never came to pass: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
