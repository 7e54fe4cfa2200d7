/** The hub's own log: what it did, in the same format and with the same guarantees as a device's journal. All state is projected from it. */
import type { KeyObject } from 'node:crypto'
import type { AuditRecord, HubEvent } from '../../protocol/audit.ts'
import type { Recorded } from '../../core/exchange/ports.ts'
import type { FilePort } from '../../core/log/files.ts'
import { rawPublicKey } from '../../core/log/note.ts'
import { signedSizeOf } from '../../core/log/signedSize.ts'
import { LogWriter } from '../../core/log/writer.ts'
import { bootId, recordStamp, timer } from '../../platform/stamp.ts'

export interface HubLog {
  readonly stream: string
  /** Oldest first, those of earlier runs included. */
  readonly records: readonly AuditRecord[]
  /** Resolves when the record is on disk. @throws CountersignError CS_NOT_RECORDED */
  append(event: HubEvent): Promise<Recorded>
  close(): Promise<void>
}

/** @throws CountersignError CS_STATE when a signed record does not hold: a hub whose own log was changed does not start */
export async function openHubLog(options: { readonly files: FilePort; readonly folder: string; readonly key: KeyObject; readonly onTrouble: (what: string) => void }): Promise<HubLog> {
  const { files, folder, key, onTrouble } = options
  const stream = `countersign-hub/${rawPublicKey(key).toString('base64url')}`
  await files.makeFolder(folder)
  const boot = bootId()
  const kept: AuditRecord[] = []
  const { writer, records } = await LogWriter.open(
    { files, folder, stream, signer: { name: stream, type: 1, key }, stamp: () => recordStamp(boot), timer, onRecord: (record) => kept.push(record), onTrouble },
    await signedSizeOf(files, folder, stream, key),
  )
  // Records that opening itself wrote (a cut tail) come after those it found.
  kept.unshift(...records)
  return {
    stream,
    records: kept,
    append: (event) => writer.append(event),
    close: () => writer.close(),
  }
}
