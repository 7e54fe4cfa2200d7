/** One line after the other: is it a record of this log, in its place, after the record it names. Says which one is wrong. */
import type { AuditRecord } from '../../protocol/audit.ts'
import { sha256, type Frontier } from './frontier.ts'

/** Something that is wrong, and where. */
export interface Problem {
  /** One sentence for a person. */
  readonly what: string
  readonly seq?: number
  /** Segment or note. */
  readonly file?: string
  /** 1-based, in the segment. */
  readonly line?: number
  /** The records are the ones that were signed; it is what they tell that does not hang together. */
  readonly isTold?: true
}

interface Place {
  readonly file: string
  readonly line: number
  readonly seq: number
}

/** A line's JSON before anything of it is believed. */
type Raw = { readonly [member in keyof AuditRecord]?: unknown }

/** No leaf is longer: entry bundles give each a 16-bit length. */
const LONGEST = 65_535

export class ChainCheck {
  readonly #stream: string
  readonly #report: (problem: Problem) => void
  readonly #tree: Frontier
  /** Leaf hash of the record before; undefined when it cannot be known. */
  #prev: string | undefined
  #expected: number
  #lastPlace: Place | undefined
  /** A record that names another predecessor than the one that stands there: the next record tells which of the two was changed. */
  #suspect: { readonly at: Place; readonly before: Place | undefined } | undefined
  #broken = false

  constructor(stream: string, tree: Frontier, report: (problem: Problem) => void) {
    this.#stream = stream
    this.#report = report
    this.#tree = tree
    this.#expected = tree.size
    // In an excerpt the record before is not there; its hash is bound by the first record's own leaf.
    this.#prev = tree.size === 0 ? '' : undefined
  }

  /** Records seen in their place: the sequence number the next one must have. */
  get size(): number {
    return this.#expected
  }

  /** True once a record is missing, foreign or doubled: no root can match from here on. */
  get broken(): boolean {
    return this.#broken
  }

  get lastPlace(): Place | undefined {
    return this.#lastPlace
  }

  root(): Buffer {
    return this.#tree.root()
  }

  /** @param buffer the byte before `start` is overwritten @returns the record when it is one of this log */
  line(buffer: Buffer, start: number, end: number, file: string, line: number): AuditRecord | undefined {
    const raw = parse(buffer, start, end)
    const wrong = raw ? this.#envelope(raw) : end - start > LONGEST ? 'is too long for a record' : 'is not JSON'
    if (wrong !== undefined) {
      this.#damage({ what: `the line in the place of record ${this.#expected} ${wrong}`, seq: this.#expected, file, line })
      // A damaged line stands for the record that was there.
      this.#expected++
      this.#prev = undefined
      this.#suspect = undefined
      return undefined
    }
    const record = raw as AuditRecord
    if (!this.#inPlace(record, file, line)) return record
    const place = { file, line, seq: record.seq }
    this.#link(record, place)
    buffer[start - 1] = 0
    const leaf = sha256(buffer.subarray(start - 1, end))
    this.#tree.push(leaf)
    this.#prev = leaf.toString('base64url')
    this.#expected = record.seq + 1
    this.#lastPlace = place
    return record
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#suspect) this.#blame(this.#suspect, undefined)
    this.#suspect = undefined
  }

  #envelope(record: Raw): string | undefined {
    if (record.v !== 1) return 'is of a format this verifier does not know'
    if (record.stream !== this.#stream) return 'is a record of another log'
    if (typeof record.seq !== 'number' || !Number.isSafeInteger(record.seq) || record.seq < 0) return 'has no sequence number'
    const { prev, id, time, mono, boot, event } = record
    const whole = [prev, id, time, mono, boot].every((one) => typeof one === 'string') && typeof event === 'object' && event !== null
    return whole && typeof (event as { type?: unknown }).type === 'string' ? undefined : 'is not a whole record'
  }

  /** Missing and repeated records show in the numbers. */
  #inPlace(record: AuditRecord, file: string, line: number): boolean {
    const expected = this.#expected
    if (record.seq === expected) return true
    if (record.seq < expected) {
      this.#damage({ what: `record ${record.seq} stands a second time or out of its order`, seq: record.seq, file, line })
      return false
    }
    const missing = record.seq - 1 === expected ? `record ${expected} is missing` : `records ${expected} to ${record.seq - 1} are missing`
    this.#damage({ what: `${missing}: record ${record.seq} stands in that place`, seq: expected, file, line })
    this.#prev = undefined
    this.#expected = record.seq
    return true
  }

  #link(record: AuditRecord, at: Place): void {
    const follows = this.#prev === undefined || record.prev === this.#prev
    const suspect = this.#suspect
    this.#suspect = undefined
    if (suspect) this.#blame(suspect, follows)
    if (follows) return
    // After a record that is known to be changed, its successor's other hash for it is no second finding.
    if (suspect) return
    this.#broken = true
    this.#suspect = { at, before: this.#lastPlace }
  }

  #blame({ at, before }: { at: Place; before: Place | undefined }, nextFollows: boolean | undefined): void {
    if (before === undefined) this.#damage({ what: `record ${at.seq} names a record before it, and is the first`, ...at })
    else if (nextFollows === true) this.#damage({ what: `record ${before.seq} was changed: record ${at.seq} names another hash for it`, ...before })
    else if (nextFollows === false) this.#damage({ what: `record ${at.seq} was changed: it does not name the record before it, and the next one does not name it`, ...at })
    else this.#damage({ what: `record ${before.seq} or record ${at.seq} was changed: they do not follow on each other`, ...before })
  }

  #damage(problem: Problem): void {
    this.#broken = true
    this.#report(problem)
  }
}

function parse(buffer: Buffer, start: number, end: number): Raw | undefined {
  if (end - start > LONGEST) return undefined
  try {
    const value = JSON.parse(buffer.toString('utf8', start, end)) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    // What is wrong with it is named by the caller, with its place.
    return undefined
  }
}
