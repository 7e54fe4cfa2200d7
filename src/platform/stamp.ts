/** The envelope that this machine puts around a record: identifier, wall clock, monotonic clock and the boot it counts from. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AuditRecord } from '../protocol/audit.ts'
import { newId } from '../protocol/ids.ts'

/** Monotonic time means nothing across boots: the boot's own id says which ones compare. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8)
  } catch {
    return randomUUID().slice(0, 8)
  }
}

export function recordStamp(boot: string): Pick<AuditRecord, 'id' | 'time' | 'mono' | 'boot'> {
  return { id: newId('ev', Date.now(), randomBytes(10)), time: new Date().toISOString(), mono: process.hrtime.bigint().toString(), boot }
}

/** A timer as the log wants it: calls back once, and can be taken back. */
export function timer(ms: number, run: () => void): () => void {
  const handle = setTimeout(run, ms)
  return () => { clearTimeout(handle) }
}
