/**
 * The hub's copy of one device's log (after C2SP tlog-mirror). Entries go into the hub's own segment files; a checkpoint is
 * cosigned only when everything under it is there, on disk, and hashes to its root. The cosignature is the receipt.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { z } from 'zod'
import type { checkpointRequest, entriesRequest } from '../../protocol/hub.ts'
import type { Accepted } from '../../core/log/accepted.ts'
import { cosign, openCheckpoint, type OpenedCheckpoint } from '../../core/log/checkpoint.ts'
import type { FilePort, HeldFile } from '../../core/log/files.ts'
import { leafHash, LARGEST_LEAF } from '../../core/log/leaf.ts'
import { consistencyHolds, MerkleTree } from '../../core/log/merkle.ts'
import type { NoteSigner, NoteVerifier } from '../../core/log/note.ts'
import { freeSegmentName, linesOf, loadLog, recordAt, segmentsOf } from '../../core/log/read.ts'
import type { AuditRecord } from '../../protocol/audit.ts'
import { readableRecord } from '../../protocol/deviceEvent.ts'

export interface MirrorOptions {
  readonly files: FilePort
  readonly folder: string
  readonly stream: string
  /** The device's, from its enrolment. */
  readonly device: NoteVerifier
  readonly cosigner: NoteSigner
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly segmentBytes?: number
  /** What the hub gave a receipt for in an earlier run, as its own log says. */
  readonly accepted?: Accepted | undefined
}

export interface MirrorReply {
  readonly status: 200 | 202 | 409 | 422
  readonly body: Readonly<Record<string, unknown>>
  /** Set when somebody should look, once: a device tries again every few seconds. A fork, a rollback, entries that are not what was signed. */
  readonly alarm?: string
}

const SEGMENT_BYTES = 32 * 1024 * 1024

export class Mirror {
  readonly #options: MirrorOptions
  #tree = new MerkleTree()
  #leaves: Buffer[] = []
  #records: AuditRecord[] = []
  #pending: { checkpoint: OpenedCheckpoint; note: string } | undefined
  #receipt: { size: number; note: string } | undefined
  #alarmed: string | undefined
  #segment: HeldFile | undefined
  #segmentSize = 0
  /** One request at a time: two uploads of one device cannot interleave. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: MirrorOptions) {
    this.#options = options
  }

  static async open(options: MirrorOptions): Promise<Mirror> {
    const mirror = new Mirror(options)
    const { files, folder, stream } = options
    await files.makeFolder(folder)
    const note = (await files.read(`${folder}/receipt.note`))?.toString('utf8')
    const loaded = await loadLog(files, folder, stream)
    if (note !== undefined) mirror.#receipt = checkReceipt(note, loaded.leaves, options)
    for (const { segment, size } of loaded.cuts) await files.truncate(`${folder}/${segment}`, size)
    for (const leaf of loaded.leaves) mirror.#tree.push(leaf)
    mirror.#leaves = [...loaded.leaves]
    mirror.#records = loaded.records.map(readableRecord)
    if (loaded.last !== undefined) {
      mirror.#segment = await files.append(`${folder}/${loaded.last}`)
      mirror.#segmentSize = (await files.read(`${folder}/${loaded.last}`))?.length ?? 0
    }
    return mirror
  }

  /** Records held and proved: those under the last receipt; one whose device signed no such event says that it cannot be read. */
  get records(): readonly AuditRecord[] {
    return this.#records.slice(0, this.cosigned)
  }

  get held(): number {
    return this.#tree.size
  }

  get cosigned(): number {
    return this.#receipt?.size ?? 0
  }

  get claimed(): number {
    return this.#pending?.checkpoint.size ?? this.cosigned
  }

  /** The newest cosigned checkpoint, a whole note. */
  get receipt(): string | undefined {
    return this.#receipt?.note
  }

  /** The bytes of a record under the receipt, read from disk now. */
  async leafBytes(seq: number): Promise<Buffer | undefined> {
    const { files, folder } = this.#options
    if (seq >= this.cosigned) return undefined
    let first = 0
    for (const name of await segmentsOf(files, folder)) {
      const { lines } = linesOf(name, (await files.read(`${folder}/${name}`)) ?? Buffer.alloc(0))
      const line = lines[seq - first]
      if (line) return line.bytes
      first += lines.length
    }
    return undefined
  }

  /** Audit path of a record under the receipt. */
  inclusion(seq: number): Buffer[] {
    return this.#tree.inclusion(seq, this.cosigned)
  }

  checkpoint(request: z.infer<typeof checkpointRequest>): Promise<MirrorReply> {
    return this.#next(() => this.#checkpoint(request))
  }

  entries(request: z.infer<typeof entriesRequest>): Promise<MirrorReply> {
    return this.#next(() => this.#entries(request))
  }

  #next<T>(run: () => Promise<T> | T): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #checkpoint({ old, proof, checkpoint: note }: z.infer<typeof checkpointRequest>): MirrorReply {
    let checkpoint: OpenedCheckpoint
    try {
      checkpoint = openCheckpoint(note, this.#options.device)
    } catch (error) {
      return refused(422, error instanceof CountersignError ? error.message : 'this checkpoint cannot be read.')
    }
    if (checkpoint.origin !== this.#options.stream) return refused(422, 'this checkpoint is of another log.')
    if (checkpoint.size < this.cosigned) return { status: 409, body: { size: this.cosigned }, ...this.#alarm(`the device presents ${checkpoint.size} records, a receipt covers ${this.cosigned}: its log was rolled back`) }
    if (old !== this.cosigned) return { status: 409, body: { size: this.cosigned } }
    const hashes = proof.map((one) => Buffer.from(one, 'base64'))
    if (!consistencyHolds(old, checkpoint.size, this.#tree.root(old), checkpoint.root, hashes))
      return { ...refused(422, 'this checkpoint does not continue the log the hub holds.'), ...this.#alarm(`a checkpoint of ${checkpoint.size} records does not continue the ${old} the hub holds: the log was forked`) }
    this.#pending = { checkpoint, note }
    return { status: 200, body: {} }
  }

  async #entries({ start, end, entries }: z.infer<typeof entriesRequest>): Promise<MirrorReply> {
    const pending = this.#pending
    if (!pending) return { status: 409, body: { next: this.held } }
    if (end - start !== entries.length || end > pending.checkpoint.size) return refused(422, 'the range and the entries do not agree.')
    if (start > this.held) return { status: 409, body: { next: this.held } }
    const bytes = entries.map((entry) => Buffer.from(entry, 'utf8'))
    if (bytes.some((one) => one.length > LARGEST_LEAF || one.includes(0x0a))) return refused(422, 'an entry cannot be a leaf.')
    // What is there already is compared, not written again: a repeated delivery is no news, a different one is a fork.
    const known = bytes.slice(0, Math.max(0, this.held - start))
    if (known.some((one, i) => Buffer.compare(leafHash(one), this.#leaves[start + i] ?? Buffer.alloc(0)) !== 0)) return this.#quarantine('an entry differs from the one the hub holds')
    const fresh = bytes.slice(known.length)
    const records = this.#chained(fresh)
    if (!records) return { ...refused(422, 'the entries do not follow on each other.'), ...this.#alarm('the device signed entries that are no records, or do not follow on each other: its log ends here') }
    if (fresh.length > 0) await this.#write(fresh, records)
    return this.held < pending.checkpoint.size ? { status: 202, body: { next: this.held } } : this.#settle(pending)
  }

  #alarm(why: string): Pick<MirrorReply, 'alarm'> {
    if (why === this.#alarmed) return {}
    this.#alarmed = why
    return { alarm: why }
  }

  /** The records of these lines when each follows on the one before, undefined otherwise. */
  #chained(fresh: readonly Buffer[]): AuditRecord[] | undefined {
    const records: AuditRecord[] = []
    let prev = this.#leaves.at(-1)
    for (const bytes of fresh) {
      const record = recordAt({ segment: '', line: 0, offset: 0, bytes }, this.#options.stream, this.held + records.length, prev)
      if (!record) return undefined
      records.push(readableRecord(record))
      prev = leafHash(bytes)
    }
    return records
  }

  async #write(fresh: readonly Buffer[], records: readonly AuditRecord[]): Promise<void> {
    const { files, folder } = this.#options
    if (!this.#segment || this.#segmentSize >= (this.#options.segmentBytes ?? SEGMENT_BYTES)) {
      await this.#segment?.close()
      this.#segment = await files.create(`${folder}/${await freeSegmentName(files, folder, this.held)}`)
      this.#segmentSize = 0
    }
    const bytes = Buffer.concat(fresh.flatMap((one) => [one, NEWLINE]))
    try {
      await this.#segment.write(bytes)
      await this.#segment.sync()
    } catch (error) {
      await this.#reload()
      throw error
    }
    this.#segmentSize += bytes.length
    for (const one of fresh) {
      const leaf = leafHash(one)
      this.#tree.push(leaf)
      this.#leaves.push(leaf)
    }
    this.#records.push(...records)
  }

  /** Everything claimed is here: it must hash to what the device signed before the hub signs too. */
  async #settle(pending: { checkpoint: OpenedCheckpoint; note: string }): Promise<MirrorReply> {
    const { checkpoint, note } = pending
    if (this.#forks(checkpoint.size)) return this.#quarantine('the copy of this log was lost here, and the device does not offer again what the hub gave a receipt for')
    if (Buffer.compare(this.#tree.root(checkpoint.size), checkpoint.root) !== 0) return this.#quarantine('the entries do not hash to the root the device signed')
    const receipt = cosign(note, this.#options.cosigner, Math.floor(this.#options.now() / 1000))
    await this.#options.files.replace(`${this.#options.folder}/receipt.note`, Buffer.from(receipt))
    this.#receipt = { size: checkpoint.size, note: receipt }
    this.#alarmed = undefined
    return { status: 200, body: { next: this.held, cosignature: receipt } }
  }

  /** Where the hub's copy is gone, its own log still says what it was: another history is not taken in its place. */
  #forks(size: number): boolean {
    const { accepted } = this.#options
    return accepted !== undefined && this.cosigned < accepted.size && (size < accepted.size || this.#tree.root(accepted.size).toString('base64') !== accepted.root)
  }

  /** Takes back what no receipt covers and says why. What a receipt covers is never touched. */
  async #quarantine(why: string): Promise<MirrorReply> {
    await this.#reload()
    return { ...refused(422, `${why}.`), ...this.#alarm(why) }
  }

  async #reload(): Promise<void> {
    const { files, folder, stream } = this.#options
    await this.#segment?.close()
    this.#segment = undefined
    this.#pending = undefined
    const loaded = await loadLog(files, folder, stream, this.cosigned)
    if (loaded.leaves.length < this.cosigned) throw new CountersignError('CS_STATE', `the copy of ${stream} does not hold the ${this.cosigned} records it has a receipt for. Restore ${folder} from its backup.`)
    // An empty segment that stayed would claim the records from its name on; one that goes claims nothing.
    for (const { segment, size } of loaded.cuts) await (size === 0 ? files.remove(`${folder}/${segment}`) : files.truncate(`${folder}/${segment}`, size))
    this.#tree = new MerkleTree()
    this.#leaves = [...loaded.leaves]
    this.#records = loaded.records.map(readableRecord)
    for (const leaf of this.#leaves) this.#tree.push(leaf)
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#segment?.close()
    this.#segment = undefined
  }
}

/** What the hub promised must be there, record for record. @throws CountersignError CS_STATE */
function checkReceipt(note: string, leaves: readonly Buffer[], { device, folder, stream }: MirrorOptions): { size: number; note: string } {
  const { size, root } = openCheckpoint(note, device)
  const restore = `Restore ${folder} from its backup.`
  if (leaves.length < size) throw new CountersignError('CS_STATE', `the copy of ${stream} does not hold the ${size} records it has a receipt for. ${restore}`)
  const tree = new MerkleTree()
  for (const leaf of leaves.slice(0, size)) tree.push(leaf)
  if (Buffer.compare(tree.root(), root) !== 0) throw new CountersignError('CS_STATE', `the copy of ${stream} is not what the hub gave a receipt for: a record was changed. ${restore}`)
  return { size, note }
}

function refused(status: 422, message: string): MirrorReply {
  return { status, body: { error: { code: 'CS_LOG_PROOF', message } } }
}

const NEWLINE = Buffer.from('\n')
