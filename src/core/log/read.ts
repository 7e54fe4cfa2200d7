/** Reading a log's folder: segments in order, lines with their places. Shared by the writer's start and by readers; the verifier has its own. */
import type { AuditEvent, AuditRecord } from '../../protocol/audit.ts'
import type { FilePort } from './files.ts'
import { leafHash } from './leaf.ts'

export interface Line {
  readonly segment: string
  /** 1-based. */
  readonly line: number
  readonly bytes: Buffer
  /** Offset of the line's first byte in its segment. */
  readonly offset: number
}

const SEGMENT = /^segment-(\d{16})(?:-(\d+))?\.jsonl$/

export function segmentName(first: number, attempt = 0): string {
  return `segment-${String(first).padStart(16, '0')}${attempt === 0 ? '' : `-${attempt}`}.jsonl`
}

/** First sequence number and attempt of a segment's name, or undefined for another file. */
export function parseSegmentName(name: string): { readonly first: number; readonly attempt: number } | undefined {
  const [, first, attempt = '0'] = SEGMENT.exec(name) ?? []
  return first === undefined ? undefined : { first: Number(first), attempt: Number(attempt) }
}

/** A name for a new segment from this record on: the first attempt's, or the next one when a failed attempt left its file. */
export async function freeSegmentName(files: FilePort, folder: string, first: number): Promise<string> {
  const taken = (await files.list(folder)).flatMap((name) => {
    const parsed = parseSegmentName(name)
    return parsed?.first === first ? [parsed.attempt] : []
  })
  return segmentName(first, taken.length === 0 ? 0 : Math.max(...taken) + 1)
}

/** Segments of a log in the order of their first records; a later attempt at the same record comes after. */
export async function segmentsOf(files: FilePort, folder: string): Promise<string[]> {
  const named = (await files.list(folder)).flatMap((name) => {
    const parsed = parseSegmentName(name)
    return parsed ? [{ name, ...parsed }] : []
  })
  return named.sort((a, b) => a.first - b.first || a.attempt - b.attempt).map(({ name }) => name)
}

/** Complete lines of a segment, and how many bytes follow the last newline. */
export function linesOf(segment: string, bytes: Buffer): { readonly lines: Line[]; readonly torn: number } {
  const lines: Line[] = []
  let offset = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, offset)
    if (end < 0) return { lines, torn: bytes.length - offset }
    lines.push({ segment, line: lines.length + 1, bytes: bytes.subarray(offset, end), offset })
    offset = end + 1
  }
}

/** The record of a line when it is one and follows on: right stream, number and previous hash. */
export function recordAt(line: Line, stream: string, seq: number, prev: Buffer | undefined): AuditRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(line.bytes.toString('utf8'))
  } catch {
    return undefined
  }
  const record = value as Partial<AuditRecord> | null
  const follows = record !== null && typeof record === 'object' && record.v === 1 && record.stream === stream && record.seq === seq && record.prev === (prev ? prev.toString('base64url') : '')
  return follows && isWhole(record) ? (record as AuditRecord) : undefined
}

/** As its verifier asks: what is no whole record there is none here, and a hub does not take it from a device. */
function isWhole({ id, time, mono, boot, event }: Partial<AuditRecord>): boolean {
  return [id, time, mono, boot].every((one) => typeof one === 'string') && typeof event === 'object' && (event as AuditEvent | null) !== null && typeof event.type === 'string'
}

export interface LoadedLog {
  readonly leaves: readonly Buffer[]
  readonly records: readonly AuditRecord[]
  /** Bytes to cut from the end of a segment: a torn tail, or the part a later attempt rewrote. */
  readonly cuts: readonly { readonly segment: string; readonly size: number; readonly cut: number }[]
  /**
   * The place where the chain breaks, when it does. `tail`: in the last segment, which is where a crash leaves its mark; a
   * break with records after it in other segments is none that a crash makes.
   */
  readonly broken: { readonly segment: string; readonly line: number; readonly seq: number; readonly tail: boolean } | undefined
  readonly last: string | undefined
}

/**
 * Follows the chain from the first record. A line that does not follow on ends it: whether that is a torn tail or tampering is
 * for the caller to say, who knows how far the log was signed.
 * @param limit records to keep: what follows them is cut
 */
export async function loadLog(files: FilePort, folder: string, stream: string, limit = Infinity): Promise<LoadedLog> {
  const leaves: Buffer[] = []
  const records: AuditRecord[] = []
  const cuts: { segment: string; size: number; cut: number }[] = []
  const names = await segmentsOf(files, folder)
  for (const [index, name] of names.entries()) {
    const bytes = (await files.read(`${folder}/${name}`)) ?? Buffer.alloc(0)
    const { lines, torn } = linesOf(name, bytes)
    const next = names[index + 1]
    const until = Math.min(limit, next === undefined ? Infinity : (parseSegmentName(next)?.first ?? Infinity))
    const tail = next === undefined && (parseSegmentName(name)?.first ?? 0) <= leaves.length
    let kept = 0
    for (const line of lines) {
      if (leaves.length >= until) break
      const record = recordAt(line, stream, leaves.length, leaves.at(-1))
      if (!record) {
        const rest = bytes.length - line.offset
        return { leaves, records, cuts: [...cuts, { segment: name, size: line.offset, cut: rest }], broken: { segment: name, line: line.line, seq: leaves.length, tail }, last: name }
      }
      leaves.push(leafHash(line.bytes))
      records.push(record)
      kept = line.offset + line.bytes.length + 1
    }
    if (bytes.length > kept) cuts.push({ segment: name, size: kept, cut: bytes.length - kept })
    if (torn > 0 && next === undefined) break
  }
  return { leaves, records, cuts, broken: undefined, last: names.at(-1) }
}

/** Leaves [from, end) as written, one array a segment, so that a long log needs little memory. Each record once, as in loadLog. */
export async function* leavesOf(files: FilePort, folder: string, from: number, end: number): AsyncGenerator<Buffer[], void, undefined> {
  const names = await segmentsOf(files, folder)
  const firsts = names.map((name) => parseSegmentName(name)?.first ?? 0)
  for (const [index, name] of names.entries()) {
    const first = firsts[index] ?? 0
    const until = Math.min(end, firsts[index + 1] ?? Infinity)
    if (until <= from || first >= end) continue
    const { lines } = linesOf(name, (await files.read(`${folder}/${name}`)) ?? Buffer.alloc(0))
    yield lines.slice(Math.max(0, from - first), until - first).map(({ bytes }) => bytes)
  }
}
