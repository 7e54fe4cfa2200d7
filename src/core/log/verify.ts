/**
 * Verifies one log from its bytes alone, and says two things apart: is it what was written and signed (integrity), and how
 * much of it does somebody outside this machine vouch for (coverage). It fails closed: an unknown key, a log without a
 * checkpoint, an empty one or a missing receipt is a fault, never a pass.
 */
import type { AuditRecord } from '../../protocol/audit.ts'
import { Frontier } from './frontier.ts'
import type { NoteVerifier } from './note.ts'
import { ChainCheck, type Problem } from './verifyChain.ts'
import { readHeads, type Head, type NoteInput } from './verifyNotes.ts'
import { eachLine, segmentFiles, type LogSource, type SegmentFile } from './verifySource.ts'
import { StoryCheck } from './verifyStory.ts'

export interface VerifyOptions {
  readonly source: LogSource
  /** Folder of one epoch. */
  readonly folder: string
  /** What the caller knows from elsewhere about the name the log must have. */
  readonly expect?: { readonly stream?: string; readonly epoch?: number; readonly key?: string }
  /** The hub's cosigner. */
  readonly cosigner?: NoteVerifier
  /** Receipts brought from elsewhere: the hub's own answer, a file. */
  readonly receipts?: readonly NoteInput[]
  /** True when the log belongs to a hub or a receipt was asked for: then no receipt at all is a fault. */
  readonly mustHaveReceipt?: boolean
  /** Called for each record whose place in the log is right so far. */
  readonly onRecord?: (record: AuditRecord) => void
  /** Called for each checkpoint and receipt whose root is the log's. */
  readonly onHead?: (head: Head) => void
}

export interface Verdict {
  readonly stream: string
  /** First sequence number present: 0 but in an excerpt. */
  readonly first: number
  /** Records end before this sequence number. */
  readonly size: number
  readonly integrity: {
    readonly good: boolean
    /** The records are the ones that were signed, whether or not what they tell hangs together. */
    readonly asSigned: boolean
    readonly problems: readonly Problem[]
    readonly more: number
    readonly checkpoints: number
    readonly receipts: number
  }
  readonly coverage: {
    /** Records up to here stand under a checkpoint that verifies; those after it are not yet covered. */
    readonly signed: number
    /** Records up to here stand under a receipt that verifies; those after it are not at the hub yet, as far as this verifier knows. */
    readonly cosigned: number
    /** The hub's cosigner and its time, RFC 3339, of the newest receipt that verifies. */
    readonly hub: string | null
    readonly at: string | null
  }
  /** Worth knowing and no fault: open calls, clock jumps, an unfinished write at the end. */
  readonly notes: readonly string[]
}

const PROBLEMS_TOLD = 20
const STREAM = /^countersign(?:-hub)?\/([\w-]{43})(?:\/(\d{1,9}))?$/

/** Never rejects for what is in the log; rejects when its files cannot be read at all. */
export async function verifyLog(options: VerifyOptions): Promise<Verdict> {
  const findings = new Findings()
  const { source, folder } = options
  const segments = await segmentFiles(source, folder)
  const stream = options.expect?.stream ?? (await streamOf(source, folder, segments))
  const device = deviceOf(stream, options, findings)
  const heads = device ? await readHeads(source, folder, { stream, device, cosigner: options.cosigner }, options.receipts ?? [], findings.add) : []
  const tree = await startOf(source, folder, findings)
  const reading = new Reading(stream, tree, heads, findings, options)
  await reading.segments(source, folder, segments)
  return reading.verdict(options)
}

/** Findings in order; the first ones are told, the rest is counted. */
class Findings {
  readonly told: Problem[] = []
  more = 0
  asSigned = true
  readonly add = (problem: Problem): void => {
    if (!problem.isTold) this.asSigned = false
    if (this.told.length < PROBLEMS_TOLD) this.told.push(problem)
    else this.more++
  }
}

class Reading {
  readonly #findings: Findings
  readonly #heads: readonly Head[]
  readonly #chain: ChainCheck
  readonly #story: StoryCheck
  readonly #first: number
  readonly #told: Pick<VerifyOptions, 'onRecord' | 'onHead'>
  readonly #stream: string
  readonly #notes: string[] = []
  #nextHead = 0
  readonly #good: Head[] = []
  /** Heads that differ or cannot be confirmed any more; only the first is a finding of its own. */
  #lost = 0
  /** A head that differs: told when the next record did not say more exactly what was changed. */
  #differing: Problem | undefined
  /** The newest record: its successor says whether it is the one that was written, so what it tells waits for that. */
  #unconfirmed: AuditRecord | undefined

  constructor(stream: string, tree: Frontier, heads: readonly Head[], findings: Findings, told: Pick<VerifyOptions, 'onRecord' | 'onHead'>) {
    this.#stream = stream
    this.#first = tree.size
    this.#heads = heads
    this.#findings = findings
    this.#told = told
    this.#chain = new ChainCheck(stream, tree, findings.add)
    this.#story = new StoryCheck(tree.size > 0, findings.add)
    // Heads before an excerpt say nothing of what is in it.
    while ((this.#heads[this.#nextHead]?.size ?? Infinity) < this.#first) this.#nextHead++
    this.#passHeads()
  }

  async segments(source: LogSource, folder: string, segments: readonly SegmentFile[]): Promise<void> {
    for (const [index, segment] of segments.entries()) {
      if (segment.first > this.#chain.size) this.#findings.add({ what: `${segment.name} begins with record ${segment.first}, and the one before it ends with ${this.#chain.size - 1}: a segment is missing or was cut`, file: segment.name, seq: this.#chain.size })
      const until = segments[index + 1]?.first ?? Infinity
      let line = 0
      let rewritten = 0
      const torn = await eachLine(source.stream(`${folder}/${segment.name}`), (buffer, start, end) => {
        line++
        // A failed write is repeated in a new segment that begins with the first record in doubt: what the old one holds of it never counted.
        if (this.#chain.size >= until) rewritten++
        else this.#line(buffer, start, end, segment.name, line)
      })
      if (rewritten > 0) this.#notes.push(`the last ${rewritten} lines of ${segment.name} were written anew in the next segment`)
      if (torn > 0) this.#notes.push(`${segment.name} ends in ${torn} bytes of an unfinished write; they are no record`)
    }
    this.#confirm()
    this.#chain.end()
  }

  /** Nothing follows the newest record, or one that names it. */
  #confirm(): void {
    if (!this.#chain.broken) {
      if (this.#differing) this.#findings.add(this.#differing)
      else if (this.#unconfirmed && this.#lost === 0) {
        this.#story.record(this.#unconfirmed)
        this.#told.onRecord?.(this.#unconfirmed)
      }
    }
    this.#differing = undefined
    this.#unconfirmed = undefined
  }

  #line(buffer: Buffer, start: number, end: number, file: string, line: number): void {
    const record = this.#chain.line(buffer, start, end, file, line)
    this.#confirm()
    this.#unconfirmed = record
    this.#passHeads()
  }

  /** Compares the root at each size that somebody signed. */
  #passHeads(): void {
    for (let head = this.#heads[this.#nextHead]; head && head.size <= this.#chain.size; head = this.#heads[++this.#nextHead]) {
      if (!this.#chain.broken && this.#lost === 0 && head.size === this.#chain.size && Buffer.compare(head.root, this.#chain.root()) === 0) {
        this.#good.push(head)
        this.#told.onHead?.(head)
      } else this.#differs(head)
    }
  }

  #differs(head: Head): void {
    if (this.#lost++ > 0 || this.#chain.broken) return
    const from = this.#good.at(-1)?.size ?? this.#first
    const range = from >= head.size - 1 ? `record ${head.size - 1} is` : `of records ${from} to ${head.size - 1} at least one is`
    const last = this.#chain.lastPlace
    this.#differing = { what: `${range} not what ${head.kind === 'receipt' ? 'the hub holds' : 'was signed'} (${head.from}): the log was rewritten or forked`, seq: head.size - 1, ...(last ? { file: last.file, line: last.line } : {}) }
  }

  verdict(options: VerifyOptions): Verdict {
    const size = this.#chain.size
    this.#ends(size)
    this.#receipts(options)
    const receipts = this.#good.filter(({ kind }) => kind === 'receipt')
    const newest = receipts.at(-1)
    const { told, more, asSigned } = this.#findings
    return {
      stream: this.#stream,
      first: this.#first,
      size,
      integrity: { good: told.length === 0, asSigned, problems: told, more, checkpoints: this.#good.length - receipts.length, receipts: receipts.length },
      coverage: {
        signed: this.#good.at(-1)?.size ?? this.#first,
        cosigned: newest?.size ?? this.#first,
        hub: options.cosigner?.name ?? null,
        at: newest ? new Date(newest.time * 1000).toISOString() : null,
      },
      // A story that is followed to a break only has no ending because of the break.
      notes: [...(this.#chain.broken ? [] : this.#story.notes()), ...this.#notes],
    }
  }

  /** Signed for more than is here: the end was cut, or the whole was rolled back. */
  #ends(size: number): void {
    const beyond = this.#heads.slice(this.#nextHead)
    const most = beyond.at(-1)
    if (most) this.#findings.add({ what: `${most.kind === 'receipt' ? 'the hub holds' : 'the device signed'} ${most.size} records (${most.from}), and the log ends with ${size}: its end was cut or it was rolled back`, seq: size, file: most.from })
    else if (this.#lost > 1 || (this.#lost > 0 && this.#chain.broken)) this.#notes.push(`${this.#lost} checkpoints and receipts from there on cannot be confirmed`)
    if (size === this.#first) this.#findings.add({ what: 'the log is empty' })
    else if (!this.#heads.some(({ size: signed }) => signed > this.#first)) this.#findings.add({ what: 'the log has no checkpoint: nothing says that these records are the ones that were written' })
  }

  #receipts({ mustHaveReceipt, cosigner }: VerifyOptions): void {
    const newest = this.#heads.findLast(({ kind }) => kind === 'receipt')
    if (mustHaveReceipt && !newest) this.#findings.add({ what: 'no receipt of the hub is here: nobody outside this machine says that the log is whole' })
    else if (cosigner && this.#story.claimedReceipt > (newest?.size ?? 0)) this.#findings.add({ what: `the log says that the hub gave a receipt for ${this.#story.claimedReceipt} records, and that receipt is not here` })
  }
}

/** The name stands in every record and in every checkpoint: the first that can be read is held against all others. */
async function streamOf(source: LogSource, folder: string, segments: readonly SegmentFile[]): Promise<string> {
  let stream: unknown
  const [first] = segments
  if (first)
    for await (const chunk of source.stream(`${folder}/${first.name}`)) {
      stream = /^\{"v":1,"id":"[^"]*","stream":"([^"\\]*)"/.exec(Buffer.from(chunk.subarray(0, 1000)).toString('latin1'))?.[1]
      break
    }
  if (typeof stream === 'string' && STREAM.test(stream)) return stream
  for (const name of await source.list(`${folder}/checkpoints`)) {
    const [origin = ''] = Buffer.from((await source.read(`${folder}/checkpoints/${name}`)) ?? []).toString('utf8').split('\n')
    if (STREAM.test(origin)) return origin
  }
  return typeof stream === 'string' ? stream : ''
}

/** The key that must have signed: it stands in the log's name. */
function deviceOf(stream: string, { expect }: VerifyOptions, findings: Findings): NoteVerifier | undefined {
  const [, key = '', epoch] = STREAM.exec(stream) ?? []
  if (key === '') {
    findings.add({ what: stream === '' ? 'no record says which log this is, so no key is known for it' : `the log's name (${stream.slice(0, 80)}) names no key, so nothing can be verified` })
    return undefined
  }
  if (expect?.key !== undefined && expect.key !== key) findings.add({ what: `the log is signed by the key ${key}; this device's is ${expect.key}` })
  if (expect?.epoch !== undefined && Number(epoch) !== expect.epoch) findings.add({ what: `the log is of epoch ${epoch ?? 'none'} and lies in the folder of epoch ${expect.epoch}` })
  return { name: stream, type: 1, key: Buffer.from(key, 'base64url') }
}

/** An excerpt brings the tree up to its first record; a whole log begins with nothing. */
async function startOf(source: LogSource, folder: string, findings: Findings): Promise<Frontier> {
  const bytes = await source.read(`${folder}/start.json`)
  if (!bytes) return new Frontier()
  try {
    const { size, subtrees } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { size: number; subtrees: string[] }
    return new Frontier(size, subtrees.map((one) => Buffer.from(one, 'base64')))
  } catch {
    findings.add({ what: 'start.json does not say where this excerpt begins', file: 'start.json' })
    return new Frontier()
  }
}
