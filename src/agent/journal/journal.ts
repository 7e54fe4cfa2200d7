/** The agent's journal: the log's writer, the disclosures beside it, and what a start after a crash has to put right. */
import { randomBytes, type KeyObject } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { Actor, AuditEvent, AuditRecord, Disclosure } from '../../protocol/audit.ts'
import { deviceStream } from '../../protocol/hub.ts'
import type { Journal, Recorded } from '../../core/exchange/ports.ts'
import { DisclosureStore } from '../../core/log/disclosureStore.ts'
import type { FilePort } from '../../core/log/files.ts'
import type { MerkleTree } from '../../core/log/merkle.ts'
import { rawPublicKey } from '../../core/log/note.ts'
import { signedSizeOf } from '../../core/log/signedSize.ts'
import { LogWriter } from '../../core/log/writer.ts'
import { bootId, recordStamp, timer } from '../../platform/stamp.ts'

/** The newest epoch that the hub refused for good, in a state file beside the journal: it outlives a journal that is deleted. */
export const refusedEpoch = z.object({ epoch: z.number().int().nonnegative(), why: z.string() })
export type RefusedEpoch = z.infer<typeof refusedEpoch>
export const NONE_REFUSED: RefusedEpoch = { epoch: 0, why: '' }

export interface JournalOptions {
  readonly files: FilePort
  /** `<home>/journal`. */
  readonly folder: string
  /** Ed25519, this device's. */
  readonly deviceKey: KeyObject
  /** 32 bytes: wraps the keys of the disclosures. */
  readonly dataKey: Buffer
  readonly device: string
  readonly refused?: RefusedEpoch
  readonly onRecord?: (record: AuditRecord) => void
  readonly onCheckpoint?: (size: number) => void
  readonly onTrouble?: (what: string) => void
}

export interface OpenReview {
  readonly ap: string
  readonly actor: Actor
}

export interface AgentJournal extends Journal {
  readonly stream: string
  readonly epoch: number
  /** Folder of this epoch. */
  readonly folder: string
  readonly tree: MerkleTree
  readonly size: number
  readonly signedSize: number
  readonly healthy: boolean
  /** Verdicts of the runs before this one, without an ending on record. */
  readonly openReviews: readonly OpenReview[]
  /** A record that alone causes no checkpoint. */
  appendQuietly(event: AuditEvent): Promise<Recorded>
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export function epochFolder(folder: string, epoch: number): string {
  return path.join(folder, `epoch-${String(epoch).padStart(4, '0')}`)
}

/** Epochs of a journal's folder, rising. */
export async function epochsOf(files: FilePort, folder: string): Promise<number[]> {
  return (await files.list(folder)).flatMap((name) => {
    const [, digits] = /^epoch-(\d{4,})$/.exec(name) ?? []
    return digits === undefined ? [] : [Number(digits)]
  }).sort((a, b) => a - b)
}

/**
 * Opens the newest epoch, or the first. When a log does not hold what was signed, or the hub refused it for good, its bytes stay
 * as they are and a new epoch begins whose first record says so.
 * @throws CountersignError CS_NOT_RECORDED when not even that can be written
 */
export async function openJournal(options: JournalOptions): Promise<AgentJournal> {
  const { files, folder, refused = NONE_REFUSED } = options
  const newest = (await epochsOf(files, folder)).at(-1) ?? 0
  const epoch = Math.max(newest, refused.epoch + 1)
  const reason = epoch === 1 ? 'first start' : `the hub refuses epoch ${refused.epoch}: ${refused.why}`
  try {
    return await openEpoch(options, epoch, newest === 0 || epoch === refused.epoch + 1 ? reason : undefined)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'CS_STATE') throw error
    options.onTrouble?.(`epoch ${epoch} of the journal does not verify: ${error.message}`)
    return openEpoch(options, epoch + 1, `epoch ${epoch} does not verify: ${error.message}`)
  }
}

async function openEpoch(options: JournalOptions, epoch: number, reason: string | undefined): Promise<AgentJournal> {
  const { files, deviceKey } = options
  const publicKey = rawPublicKey(deviceKey).toString('base64url')
  const stream = deviceStream(publicKey, epoch)
  const folder = epochFolder(options.folder, epoch)
  await files.makeFolder(folder)
  const boot = bootId()
  const { writer, records } = await LogWriter.open(
    {
      files,
      folder,
      stream,
      signer: { name: stream, type: 1, key: deviceKey },
      stamp: () => recordStamp(boot),
      timer,
      ...(options.onRecord ? { onRecord: options.onRecord } : {}),
      ...(options.onCheckpoint ? { onCheckpoint: options.onCheckpoint } : {}),
      ...(options.onTrouble ? { onTrouble: options.onTrouble } : {}),
    },
    await signedSizeOf(files, folder, stream, deviceKey),
  )
  const store = await DisclosureStore.open({ files, folder, dataKey: options.dataKey, random: randomBytes })
  if (records.length === 0) await writer.append({ type: 'log.opened', stream, device: options.device, key: publicKey, reason: reason ?? 'an empty log was found' })
  for (const event of openExchanges(records)) await writer.append(event)
  return {
    stream,
    epoch,
    folder,
    tree: writer.tree,
    get size() {
      return writer.size
    },
    get signedSize() {
      return writer.signedSize
    },
    get healthy() {
      return writer.healthy
    },
    openReviews: openReviews(records),
    append: (event, disclosures = [], subject = '') => appendWith(writer, store, event, disclosures, subject),
    appendQuietly: (event) => writer.append(event, true),
    checkpoint: () => writer.checkpoint(),
    async close() {
      await writer.close()
      await store.close()
    },
  }
}

async function appendWith(writer: LogWriter, store: DisclosureStore, event: Parameters<Journal['append']>[0], disclosures: readonly Disclosure[], subject: string): Promise<Recorded> {
  if (typeof event !== 'function') return writer.append(event)
  let digests: string[]
  try {
    digests = await store.put(disclosures, subject, new Date())
  } catch (cause) {
    throw new CountersignError('CS_NOT_RECORDED', 'this call could not be recorded (its text cannot be stored). Nothing was sent.', { cause, detail: describeError(cause) })
  }
  return writer.append(event(digests))
}

/** Endings for exchanges that were under way when the agent ended: they may have been sent, and nobody saw how they ended. */
function openExchanges(records: readonly AuditRecord[]): AuditEvent[] {
  const open = new Map<string, AuditEvent>()
  for (const { event } of records) {
    if (event.type === 'approval.requested') open.set(event.ex, event)
    else if (event.type === 'exchange.decided') {
      if (event.decision.effect === 'allow') open.set(event.ex, event)
      else open.delete(event.ex)
    } else if (event.type === 'exchange.completed' || event.type === 'exchange.aborted' || event.type === 'exchange.failed' || event.type === 'call.refused') open.delete(event.ex)
  }
  return [...open.values()].map((event) => ({
    type: 'exchange.aborted',
    ex: 'ex' in event ? event.ex : '',
    actor: 'actor' in event ? event.actor : null,
    status: null,
    reason: event.type === 'exchange.decided' ? 'the agent ended while the call was under way; it may have been sent' : 'the agent ended while the call was held; nothing was sent',
    returned: null,
    masked: [],
    found: {},
    timing: { total: 0 },
    sd: [],
  }))
}

function openReviews(records: readonly AuditRecord[]): OpenReview[] {
  const open = new Map<string, OpenReview>()
  for (const { event } of records) {
    if (event.type !== 'review.given' && event.type !== 'review.ended') continue
    const { ap, actor } = event
    const id = `${ap}\n${actor.iss}\n${actor.sub}`
    if (event.type === 'review.given') open.set(id, { ap, actor })
    else open.delete(id)
  }
  return [...open.values()]
}
