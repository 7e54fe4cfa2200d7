/** The first look at a log for a report: verify all of it, and find which records of it a period needs. */
import type { AuditRecord } from '../../protocol/audit.ts'
import type { NoteVerifier } from '../../core/log/note.ts'
import type { Head, NoteInput } from '../../core/log/verifyNotes.ts'
import { verifyLog, type Verdict } from '../../core/log/verify.ts'
import { folderSource } from '../../platform/logSource.ts'
import { isWithin, Tables, type Covered, type Period } from './tables.ts'

export interface Surveyed {
  readonly id: string
  readonly folder: string
  readonly stream: string
  /** Records [first, size): those of the period, and after them as many as the next receipt or checkpoint needs. */
  readonly first: number
  readonly size: number
  readonly heads: readonly { readonly kind: Head['kind']; readonly size: number; readonly note: string }[]
  readonly covered: Covered
}

export interface SurveyOptions {
  readonly folder: string
  readonly expect: { readonly epoch?: number; readonly key?: string }
  readonly cosigner: NoteVerifier | undefined
  readonly receipts: readonly NoteInput[]
  readonly mustHaveReceipt: boolean
  /** The log is written meanwhile: what is newer than its newest receipt, or checkpoint where it has no receipts, is for the next report. */
  readonly isLive?: boolean
  /** Told each record that is in its place. */
  readonly onRecord?: (record: AuditRecord) => void
}

/** @returns the verdict, why no table can be made of it, and the excerpt when the log is good and has a record in the period */
export async function survey(options: SurveyOptions, period: Period): Promise<{ readonly verdict: Verdict; readonly odd: string | undefined; readonly excerpt: Surveyed | undefined }> {
  const heads: Head[] = []
  const trial = new Trial(period)
  let first: number | undefined
  let last = -1
  const verdict = await verifyLog({
    source: folderSource(),
    folder: options.folder,
    expect: options.expect,
    ...(options.cosigner ? { cosigner: options.cosigner } : {}),
    receipts: options.receipts,
    mustHaveReceipt: options.mustHaveReceipt,
    onHead: (head) => heads.push(head),
    onRecord: (record) => {
      options.onRecord?.(record)
      trial.record(record)
      // The word that a receipt came is written after that receipt, so it is never under it; it is no part of what a report is about.
      if (!isWithin(record, period) || record.event.type === 'sync.receipt') return
      first ??= record.seq
      last = record.seq
    },
  })
  const odd = trial.end()
  if (options.isLive) last = Math.min(last, (heads.findLast(({ kind }) => kind === (options.mustHaveReceipt ? 'receipt' : 'checkpoint'))?.size ?? 0) - 1)
  if (!verdict.integrity.good || odd !== undefined || first === undefined || last < first) return { verdict, odd, excerpt: undefined }
  const from = first
  const over = (kind: Head['kind']): number | undefined => heads.find((head) => head.kind === kind && head.size > last)?.size
  const size = over('receipt') ?? over('checkpoint') ?? last + 1
  const kept = heads.filter((head) => head.size > from && head.size <= size)
  const most = (kind?: Head['kind']): number => Math.max(from, ...kept.filter((head) => kind === undefined || head.kind === kind).map((head) => head.size))
  return {
    verdict,
    odd,
    excerpt: {
      id: idOf(verdict.stream),
      folder: options.folder,
      stream: verdict.stream,
      first: from,
      size,
      heads: unique(kept).map((head) => ({ kind: head.kind, size: head.size, note: head.note })),
      covered: { signed: most(), cosigned: most('receipt') },
    },
  }
}

/** A record's inside is whatever a device signed: whether tables can be made of it shows when they are made, and not in the middle of the report. */
class Trial {
  readonly #tables: Tables
  #odd: string | undefined

  constructor(period: Period) {
    this.#tables = new Tables(period, false)
  }

  record(record: AuditRecord): void {
    try {
      this.#tables.record('', record, { signed: 0, cosigned: 0 })
    } catch {
      // Which record it is, is what is told.
      this.#odd ??= `record ${record.seq} is not made as the tables need it`
    }
  }

  /** @returns what is wrong, if anything */
  end(): string | undefined {
    try {
      this.#tables.files(new Map())
    } catch {
      // Rows are made at the end.
      this.#odd ??= 'a record is not made as the tables need it'
    }
    return this.#odd
  }
}

/** One receipt a size: a receipt asked for online may be one that lies here too. */
function unique(heads: readonly Head[]): Head[] {
  const seen = new Set<string>()
  return heads.filter(({ kind, size }) => !seen.has(`${kind} ${size}`) && seen.add(`${kind} ${size}`))
}

/** A short name for a folder and for the tables; which log it is says the whole name beside it. */
function idOf(stream: string): string {
  const [, key = '', epoch] = stream.split('/')
  return `log-${key.slice(0, 10)}${epoch === undefined ? '' : `-epoch-${epoch}`}`
}
