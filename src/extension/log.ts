/** The output channel "Countersign": what the extension did, redacted, never what a call said. */
import * as vscode from 'vscode'
import { describeError } from '../protocol/errors.ts'
import { redact } from './redact.ts'

export interface Log {
  info(line: string): void
  /** @param error told by its code or name only */
  error(what: string, error: unknown): void
  show(): void
  /** The newest lines, redacted, for a problem report. */
  recent(): readonly string[]
  dispose(): void
}

const KEPT = 200

export function openLog(): Log {
  const channel = vscode.window.createOutputChannel('Countersign', { log: true })
  const kept: string[] = []
  const keep = (line: string): string => {
    const safe = redact(line)
    kept.push(safe)
    if (kept.length > KEPT) kept.shift()
    return safe
  }
  return {
    info: (line) => { channel.info(keep(line)) },
    error: (what, error) => { channel.error(keep(`${what}: ${describeError(error)}`)) },
    show: () => { channel.show(true) },
    recent: () => [...kept],
    dispose: () => { channel.dispose() },
  }
}
