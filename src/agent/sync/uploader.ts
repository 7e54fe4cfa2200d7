/**
 * Journal to hub. The cursor is the newest receipt itself: there is no second registry that could disagree with the data.
 * Offline is normal: allowed work goes on, this tries again with full jitter, and later it catches up in order. A journal that
 * the hub refuses for good is not: what is recorded in it reaches nobody, so calls are denied until there is another.
 */
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import { entriesReply, hubError } from '../../protocol/hub.ts'
import { openCheckpoint } from '../../core/log/checkpoint.ts'
import type { FilePort } from '../../core/log/files.ts'
import type { MerkleTree } from '../../core/log/merkle.ts'
import type { NoteVerifier } from '../../core/log/note.ts'
import { leavesOf } from '../../core/log/read.ts'
import { noteName } from '../../core/log/writer.ts'

export interface SyncedLog {
  readonly stream: string
  readonly folder: string
  readonly tree: MerkleTree
  readonly signedSize: number
  appendQuietly(event: AuditEvent): Promise<unknown>
}

export interface UploaderOptions {
  readonly files: FilePort
  readonly log: SyncedLog
  /** The hub's cosigner, pinned at enrolment. */
  readonly cosigner: NoteVerifier
  /** Device-authenticated. Rejects when the hub cannot be reached. */
  readonly request: (method: 'POST', path: string, body: unknown) => Promise<{ readonly status: number; readonly body: unknown }>
  readonly timer: (ms: number, run: () => void) => () => void
  /** 0..1 */
  readonly random: () => number
  readonly onChange?: () => void
  /** Told why the hub refuses this journal for good, once; with undefined when it took it after all. */
  readonly onRefused?: (why: string | undefined) => void
  readonly onTrouble?: (what: string) => void
}

export type SyncState = 'idle' | 'sending' | 'away' | 'refused'

const BATCH = 256
const BATCH_BYTES = 3 * 1024 * 1024
/** How often hub and journal may look for a common place in one round, before they pause. */
const ATTEMPTS = 3
const LONGEST_PAUSE = 30_000
/** Characters of the hub's sentence, which goes into a record. */
const LONGEST_WHY = 300

export class Uploader {
  readonly #options: UploaderOptions
  #cosigned: number
  #state: SyncState = 'idle'
  #since: Date | undefined
  /** Stays while the hub is away: only a receipt takes it back. */
  #refused: string | undefined
  #running: Promise<void> | undefined
  #again = false
  #failures = 0
  #cancel: (() => void) | undefined
  #stopped = false

  private constructor(options: UploaderOptions, cosigned: number) {
    this.#options = options
    this.#cosigned = cosigned
  }

  static async open(options: UploaderOptions): Promise<Uploader> {
    const { files, log, cosigner } = options
    await files.makeFolder(`${log.folder}/receipts`)
    const names = (await files.list(`${log.folder}/receipts`)).filter((name) => name.endsWith('.note')).reverse()
    for (const name of names) {
      const note = (await files.read(`${log.folder}/receipts/${name}`))?.toString('utf8') ?? ''
      const size = receiptSize(note, cosigner, log)
      if (size !== undefined) return new Uploader(options, size)
      options.onTrouble?.(`the receipt ${name} is not the hub's, or not of this log; it is left out`)
    }
    return new Uploader(options, 0)
  }

  /** Records that a receipt covers. */
  get cosigned(): number {
    return this.#cosigned
  }

  get state(): { readonly state: SyncState; readonly since: Date | undefined; readonly waiting: number } {
    return { state: this.#state, since: this.#since, waiting: Math.max(0, this.#options.log.tree.size - this.#cosigned) }
  }

  /** Why no call may leave, as its client reads it. */
  get refusal(): CountersignError | undefined {
    if (this.#refused === undefined) return undefined
    return new CountersignError('CS_JOURNAL_REFUSED', `your hub refuses the journal of this device: ${this.#refused} Nothing was sent. Start Countersign's agent again: it begins a new journal, which the hub takes. The hub's alarm stays; tell your security team what happened.`)
  }

  /** Called after each checkpoint. */
  wake(): void {
    if (this.#stopped) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#again = true
    this.#running ??= this.#run()
  }

  /** Resolves when what is under way has ended. */
  async settled(): Promise<void> {
    await this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#running
  }

  async #run(): Promise<void> {
    // Not in this turn: a run with nothing to send would end before its caller could note that it runs, and block every later one.
    await Promise.resolve()
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        if (this.#options.log.signedSize > this.#cosigned) await this.#send()
      }
      this.#failures = 0
      this.#become('idle')
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'CS_JOURNAL_REFUSED') this.#nowRefused(error.message)
      this.#become('away')
      this.#options.onTrouble?.(`sync paused (${describeError(error)})`)
      this.#pause()
    } finally {
      this.#running = undefined
    }
  }

  #nowRefused(why: string | undefined): void {
    if ((why === undefined) === (this.#refused === undefined)) return
    this.#refused = why
    this.#options.onTrouble?.(why === undefined ? 'the hub takes this journal after all' : `the hub refuses this journal for good: ${why}`)
    this.#options.onRefused?.(why)
  }

  #become(wanted: SyncState): void {
    const state = this.#refused === undefined ? wanted : 'refused'
    if (state !== this.#state) this.#since = new Date()
    this.#state = state
    this.#options.onChange?.()
  }

  /** Full jitter: after an outage a thousand devices do not come back in the same second. */
  #pause(): void {
    this.#failures++
    const ceiling = Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(this.#failures, 10))
    if (!this.#stopped) this.#cancel = this.#options.timer(100 + this.#options.random() * ceiling, () => { this.wake() })
  }

  async #send(): Promise<void> {
    const { files, log, request } = this.#options
    this.#become('sending')
    const size = log.signedSize
    const checkpoint = (await files.read(`${log.folder}/checkpoints/${noteName(size)}`))?.toString('utf8') ?? ''
    let old = this.#cosigned
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const proof = log.tree.consistency(old, size).map((hash) => hash.toString('base64'))
      const reply = await request('POST', '/v1/log/checkpoint', { old, proof, checkpoint })
      if (reply.status === 200) {
        await this.#sendEntries(old, size)
        return
      }
      const held = reply.status === 409 && isObject(reply.body) && typeof reply.body['size'] === 'number' ? reply.body['size'] : undefined
      if (held === undefined) throw notAccepted(reply)
      if (held > size) throw new CountersignError('CS_JOURNAL_REFUSED', `it holds ${held} records of it, and here are ${size}, so the journal was deleted or rolled back.`)
      old = held
    }
    throw new CountersignError('CS_HUB_UNREACHABLE', 'the hub and this journal could not agree where to go on.')
  }

  async #sendEntries(from: number, size: number): Promise<void> {
    const { log, request } = this.#options
    let next = from
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      for await (const entries of this.#batches(next, size)) {
        const end = next + entries.length
        const reply = await request('POST', '/v1/log/entries', { stream: log.stream, start: next, end, entries })
        const parsed = entriesReply.safeParse(reply.body)
        if (!parsed.success || ![200, 202, 409].includes(reply.status)) throw notAccepted(reply)
        if (reply.status === 200 && parsed.data.cosignature !== undefined) {
          await this.#keep(parsed.data.cosignature, size)
          return
        }
        if (parsed.data.next < from || parsed.data.next > size) throw new CountersignError('CS_HUB_REFUSED', 'the hub asks for records that were not offered.')
        next = parsed.data.next
        // It holds more or fewer than these: the next round begins where it says.
        if (next !== end) break
      }
    }
    throw new CountersignError('CS_HUB_UNREACHABLE', 'the hub took the records and gave no receipt.')
  }

  /** Leaves [from, size) in batches that a request may carry. */
  async *#batches(from: number, size: number): AsyncGenerator<string[], void, undefined> {
    let batch: string[] = []
    let bytes = 0
    for await (const leaves of leavesOf(this.#options.files, this.#options.log.folder, from, size))
      for (const leaf of leaves.map((one) => one.toString('utf8'))) {
        const more = Buffer.byteLength(JSON.stringify(leaf))
        if (batch.length >= BATCH || (batch.length > 0 && bytes + more > BATCH_BYTES)) {
          yield batch
          batch = []
          bytes = 0
        }
        batch.push(leaf)
        bytes += more
      }
    // The hub holds all of it and its receipt was lost on the way: an empty batch asks for it again.
    if (batch.length > 0 || from === size) yield batch
  }

  /** A receipt counts only when the pinned key signed it over our own root. */
  async #keep(note: string, size: number): Promise<void> {
    const { files, log, cosigner } = this.#options
    const signed = openCheckpoint(note, cosigner)
    if (signed.origin !== log.stream || signed.size !== size || Buffer.compare(signed.root, log.tree.root(size)) !== 0)
      throw new CountersignError('CS_HUB_REFUSED', 'the receipt of the hub is of another log.')
    await files.replace(`${log.folder}/receipts/${noteName(size)}`, Buffer.from(note))
    this.#cosigned = size
    this.#nowRefused(undefined)
    await log.appendQuietly({ type: 'sync.receipt', size, root: signed.root.toString('base64'), hub: cosigner.name, at: new Date(signed.time * 1000).toISOString() })
  }
}

function receiptSize(note: string, cosigner: NoteVerifier, log: SyncedLog): number | undefined {
  try {
    const signed = openCheckpoint(note, cosigner)
    const ours = signed.origin === log.stream && signed.size <= log.tree.size && Buffer.compare(signed.root, log.tree.root(signed.size)) === 0
    return ours ? signed.size : undefined
  } catch {
    // Unreadable is the same as not there: the hub is asked again.
    return undefined
  }
}

/** Only the hub's own word about the log is for good. A hub that is busy or breaks, a clock that is wrong, and a proxy's page are not. */
function notAccepted({ status, body }: { readonly status: number; readonly body: unknown }): CountersignError {
  const said = hubError.safeParse(body)
  if (status === 422 && said.success && said.data.error.code === 'CS_LOG_PROOF') return new CountersignError('CS_JOURNAL_REFUSED', said.data.error.message.slice(0, LONGEST_WHY))
  return new CountersignError('CS_HUB_UNREACHABLE', 'the hub did not take these records.', { detail: `status ${status}` })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
