/** The hub's own log: what it did, in the same format and with the same guarantees as a device's journal. All state is projected from it. */
import { randomBytes, type KeyObject } from 'node:crypto'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { AuditRecord, Disclosure, HubEvent } from '../../protocol/audit.ts'
import type { Recorded } from '../../core/exchange/ports.ts'
import { DisclosureStore, readDisclosures } from '../../core/log/disclosureStore.ts'
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
  /**
   * A record with words of a person, which may have to be erased: they lie beside the log, the record names their digests.
   * @param event gets the digests in the texts' order
   * @param subject whose texts they are: erased together, month by month
   */
  appendWith(event: (sd: readonly string[]) => HubEvent, texts: readonly Disclosure[], subject: string): Promise<Recorded>
  /** Texts by digest, as far as they were not erased. */
  texts(digests: readonly string[]): Promise<ReadonlyMap<string, Disclosure>>
  /** Signs everything written so far. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export interface HubLogOptions {
  readonly files: FilePort
  readonly folder: string
  readonly key: KeyObject
  /** 32 bytes: wraps the keys of erasable texts. */
  readonly dataKey: Buffer
  readonly onTrouble: (what: string) => void
}

/** @throws CountersignError CS_STATE when a signed record does not hold: a hub whose own log was changed does not start */
export async function openHubLog(options: HubLogOptions): Promise<HubLog> {
  const { files, folder, key, dataKey, onTrouble } = options
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
  const store = await DisclosureStore.open({ files, folder, dataKey, random: randomBytes })
  return {
    stream,
    records: kept,
    append: (event) => writer.append(event),
    appendWith: async (event, texts, subject) => writer.append(event(await putTexts(store, texts, subject))),
    texts: async (digests) => (await readDisclosures(files, folder, dataKey, new Set(digests))).texts,
    checkpoint: () => writer.checkpoint(),
    close: async () => {
      await writer.close()
      await store.close()
    },
  }
}

async function putTexts(store: DisclosureStore, texts: readonly Disclosure[], subject: string): Promise<string[]> {
  try {
    return await store.put(texts, subject, new Date())
  } catch (cause) {
    throw new CountersignError('CS_NOT_RECORDED', 'this could not be recorded (its text cannot be stored).', { cause, detail: describeError(cause) })
  }
}
