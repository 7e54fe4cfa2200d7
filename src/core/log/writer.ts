/**
 * The one writer of a log. Group commit: whatever waits is written together, synced once, and only then are its callers told.
 * What was acknowledged is on disk; what was not may be lost and is cut at the next start. A failed write or sync is never
 * repeated on the same file (the kernel reports it once and forgets): the tail goes into a new segment from memory, and a
 * second failure closes the log for good, so that nothing leaves unrecorded.
 */
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { AuditEvent, AuditRecord } from '../../protocol/audit.ts'
import type { Recorded } from '../exchange/ports.ts'
import { signCheckpoint } from './checkpoint.ts'
import type { FilePort, HeldFile } from './files.ts'
import { leafHash, sealLeaf } from './leaf.ts'
import { MerkleTree } from './merkle.ts'
import type { NoteSigner } from './note.ts'
import { freeSegmentName, loadLog } from './read.ts'

export interface LogOptions {
  readonly files: FilePort
  readonly folder: string
  /** Origin of its checkpoints. */
  readonly stream: string
  readonly signer: NoteSigner
  /** Envelope of a record: identifier and clocks. */
  readonly stamp: () => Pick<AuditRecord, 'id' | 'time' | 'mono' | 'boot'>
  /** Calls back after so many milliseconds; the returned function takes it back. */
  readonly timer: (ms: number, run: () => void) => () => void
  readonly segmentBytes?: number
  readonly checkpointEvery?: number
  /** Told after records are durable. */
  readonly onRecord?: (record: AuditRecord) => void
  readonly onCheckpoint?: (size: number) => void
  readonly onTrouble?: (what: string) => void
}

interface Waiting {
  readonly event: AuditEvent
  readonly quiet: boolean
  readonly resolve: (recorded: Recorded) => void
  readonly reject: (error: unknown) => void
}

const SEGMENT_BYTES = 32 * 1024 * 1024
const CHECKPOINT_EVERY = 256
const CHECKPOINT_AFTER_MS = 1000

export class LogWriter {
  readonly tree = new MerkleTree()
  readonly #options: LogOptions
  #segment: HeldFile | undefined
  #segmentSize = 0
  #segmentFile = ''
  readonly #queue: Waiting[] = []
  #running: Promise<void> | undefined
  #broken: CountersignError | undefined
  #signedSize = 0
  #cancelTimer: (() => void) | undefined
  /** One checkpoint at a time. */
  #signing: Promise<void> = Promise.resolve()
  #signingFailed = false
  #closed = false

  private constructor(options: LogOptions) {
    this.#options = options
  }

  /**
   * Opens a log, cuts a torn tail and says so in the log.
   * @returns the writer and the records it found
   * @throws CountersignError CS_STATE when a record at or before the last checkpoint does not follow on: that is no torn tail
   */
  static async open(options: LogOptions, signedSize: number): Promise<{ writer: LogWriter; records: readonly AuditRecord[] }> {
    const { files, folder, stream } = options
    await files.makeFolder(`${folder}/checkpoints`)
    const loaded = await loadLog(files, folder, stream)
    if (loaded.leaves.length < signedSize || loaded.broken?.tail === false) {
      const place = loaded.broken ? `${loaded.broken.segment}, line ${loaded.broken.line}` : `after record ${loaded.leaves.length - 1}`
      throw new CountersignError('CS_STATE', `the journal does not hold what was written: ${signedSize} records were signed, and the chain ends at ${place}. Nothing was changed; run countersign verify.`)
    }
    const writer = new LogWriter(options)
    for (const leaf of loaded.leaves) writer.tree.push(leaf)
    writer.#signedSize = signedSize
    for (const { segment, size } of loaded.cuts) await files.truncate(`${folder}/${segment}`, size)
    if (loaded.last !== undefined) await writer.#continue(loaded.last)
    for (const { cut, segment } of loaded.cuts) await writer.append({ type: 'agent.recovered', cut, segment, what: 'unacknowledged bytes at the end were cut' })
    if (writer.tree.size > signedSize) writer.#touch()
    return { writer, records: loaded.records }
  }

  get size(): number {
    return this.tree.size
  }

  /** Size of the newest checkpoint. */
  get signedSize(): number {
    return this.#signedSize
  }

  get healthy(): boolean {
    return this.#broken === undefined
  }

  /**
   * @param quiet a record that alone is no reason for a checkpoint (a receipt: otherwise receipts would beget receipts)
   * @throws CountersignError CS_NOT_RECORDED
   */
  append(event: AuditEvent, quiet = false): Promise<Recorded> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#closed) return Promise.reject(new CountersignError('CS_NOT_RECORDED', 'this call could not be recorded: the journal is closed. Nothing was sent.'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, quiet, resolve, reject })
      this.#running ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    try {
      // Callers of this turn join the same commit.
      await Promise.resolve()
      while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0))
    } finally {
      this.#running = undefined
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const sealed = this.#seal(batch)
    if (sealed.length === 0) return
    const bytes = Buffer.concat(sealed.map(({ line }) => line))
    try {
      await this.#write(bytes)
    } catch (error) {
      try {
        await this.#writeElsewhere(bytes, error)
      } catch (second) {
        this.#fail(second, sealed.map(({ waiting }) => waiting))
        return
      }
    }
    // First the tree: whatever a listener does, it matches what is on disk.
    for (const { leaf } of sealed) this.tree.push(leaf)
    for (const { record, leaf, waiting } of sealed) {
      waiting.resolve({ id: record.id, seq: record.seq, leaf: leaf.toString('base64url'), type: record.event.type })
      this.#tell(record)
    }
    if (sealed.some(({ waiting }) => !waiting.quiet)) this.#touch()
    if (this.tree.size - this.#signedSize >= (this.#options.checkpointEvery ?? CHECKPOINT_EVERY)) await this.#checkpointOrTell()
  }

  #tell(record: AuditRecord): void {
    try {
      this.#options.onRecord?.(record)
    } catch (error) {
      this.#options.onTrouble?.(`a listener to the journal failed (${describeError(error)})`)
    }
  }

  #seal(batch: readonly Waiting[]): { record: AuditRecord; line: Buffer; leaf: Buffer; waiting: Waiting }[] {
    const sealed: { record: AuditRecord; line: Buffer; leaf: Buffer; waiting: Waiting }[] = []
    let prev = this.tree.size === 0 ? '' : (this.tree.leaf(this.tree.size - 1)?.toString('base64url') ?? '')
    for (const waiting of batch) {
      const stamp = this.#options.stamp()
      const record: AuditRecord = { v: 1, id: stamp.id, stream: this.#options.stream, seq: this.tree.size + sealed.length, prev, time: stamp.time, mono: stamp.mono, boot: stamp.boot, event: waiting.event }
      try {
        const bytes = sealLeaf(record)
        const leaf = leafHash(bytes)
        sealed.push({ record, line: Buffer.concat([bytes, NEWLINE]), leaf, waiting })
        prev = leaf.toString('base64url')
      } catch (error) {
        waiting.reject(error)
      }
    }
    return sealed
  }

  async #write(bytes: Buffer): Promise<void> {
    if (!this.#segment || this.#segmentSize >= (this.#options.segmentBytes ?? SEGMENT_BYTES)) await this.#nextSegment()
    await this.#segment?.write(bytes)
    await this.#segment?.sync()
    this.#segmentSize += bytes.length
  }

  async #writeElsewhere(bytes: Buffer, error: unknown): Promise<void> {
    this.#options.onTrouble?.(`a segment failed (${describeError(error)}); its tail is written to a new one`)
    await this.#nextSegment()
    await this.#segment?.write(bytes)
    await this.#segment?.sync()
    this.#segmentSize += bytes.length
    this.#queue.unshift({ event: { type: 'agent.recovered', cut: 0, segment: this.#segmentFile, what: `a segment failed (${describeError(error)}); its unacknowledged records were written anew here` }, quiet: false, resolve: () => undefined, reject: () => undefined })
  }

  /** Held by its first record; when that name is taken by a failed attempt, the next attempt's. */
  async #nextSegment(): Promise<void> {
    const { files, folder } = this.#options
    const old = this.#segment
    this.#segment = undefined
    await old?.close().catch((error: unknown) => this.#options.onTrouble?.(`a segment did not close (${describeError(error)})`))
    const name = await freeSegmentName(files, folder, this.tree.size)
    this.#segment = await files.create(`${folder}/${name}`)
    this.#segmentFile = name
    this.#segmentSize = 0
  }

  async #continue(name: string): Promise<void> {
    const { files, folder } = this.#options
    this.#segment = await files.append(`${folder}/${name}`)
    this.#segmentSize = (await files.read(`${folder}/${name}`))?.length ?? 0
  }

  #fail(error: unknown, batch: readonly Waiting[]): void {
    this.#broken = new CountersignError('CS_NOT_RECORDED', `this call could not be recorded (${wordsFor(error)}). Nothing was sent.`, { cause: error, detail: describeError(error) })
    this.#options.onTrouble?.(`the journal cannot be written any more (${describeError(error)}); every call is refused until a restart`)
    for (const { reject } of [...batch, ...this.#queue.splice(0)]) reject(this.#broken)
  }

  #touch(): void {
    this.#cancelTimer ??= this.#options.timer(CHECKPOINT_AFTER_MS, () => {
      this.#cancelTimer = undefined
      void this.#checkpointOrTell()
    })
  }

  async #checkpointOrTell(): Promise<void> {
    try {
      await this.checkpoint()
      this.#signingFailed = false
    } catch (error) {
      // Told once; tried again each second, since records that nobody signed are records a cut would not show.
      if (!this.#signingFailed) this.#options.onTrouble?.(`a checkpoint could not be written (${describeError(error)})`)
      this.#signingFailed = true
      if (!this.#closed) this.#touch()
    }
  }

  /** Signs the tree as it stands, into a file of its own. Does nothing when that is done already. */
  checkpoint(): Promise<void> {
    const signing = this.#signing.then(() => this.#sign())
    this.#signing = signing.catch(() => undefined)
    return signing
  }

  async #sign(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const { files, folder, stream, signer } = this.#options
    const size = this.tree.size
    if (size === this.#signedSize) return
    const note = signCheckpoint({ origin: stream, size, root: this.tree.root(size) }, signer)
    await files.replace(`${folder}/checkpoints/${noteName(size)}`, Buffer.from(note))
    this.#signedSize = size
    this.#options.onCheckpoint?.(size)
  }

  /** Waits for what is under way, signs, and lets go of the file. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#signing
    if (this.tree.size > this.#signedSize) await this.#checkpointOrTell()
    this.#cancelTimer?.()
    await this.#segment?.close()
    this.#segment = undefined
  }
}

/** Name of a checkpoint's or a receipt's file. */
export function noteName(size: number): string {
  return `${String(size).padStart(16, '0')}.note`
}

function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'disk full' : 'the journal cannot be written'
}

const NEWLINE = Buffer.from('\n')
