/**
 * What a hub's own log says that it gave receipts for. A copy of a device's log that is gone from the hub, whole or at its end, leaves
 * no other trace there: what is left of the copies verifies. Pure.
 */
import type { AuditRecord } from '../../protocol/audit.ts'

export interface Accepted {
  readonly stream: string
  readonly size: number
  /** Of the log's first `size` records, base64. */
  readonly root: string
}

export class AcceptedLogs {
  readonly #newest = new Map<string, Accepted>()

  /** @param record of the hub's own log: in a device's it would be that device's word about others */
  record({ event }: AuditRecord): void {
    if (event.type === 'log.accepted' && event.size > (this.#newest.get(event.stream)?.size ?? 0)) this.#newest.set(event.stream, { stream: event.stream, size: event.size, root: event.root })
  }

  of(stream: string): Accepted | undefined {
    return this.#newest.get(stream)
  }

  /** @param held how many records of a log are here @returns a sentence for each log of which there were more */
  lacking(held: (stream: string) => number): string[] {
    return [...this.#newest.values()].filter(({ stream, size }) => held(stream) < size).map(({ stream, size }) => `of the log ${stream} the hub's own log says that it held ${size} records, and ${held(stream)} are here`)
  }
}
