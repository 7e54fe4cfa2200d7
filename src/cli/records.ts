/** `countersign records`: what a journal says, for people. It reads; whether the journal is whole is what `countersign verify` says. */
import type { Command } from 'commander'
import { CountersignError } from '../protocol/errors.ts'
import type { AuditRecord, Disclosure } from '../protocol/audit.ts'
import { readTexts } from '../core/log/verifyDisclosures.ts'
import { eachLine, segmentFiles } from '../core/log/verifySource.ts'
import { folderSource } from '../platform/logSource.ts'
import { inert, inertLines } from '../core/words/inert.ts'
import { findJournal, type FoundJournal } from './journalFolder.ts'
import { personOf, wordsOf, type NameOf } from '../core/words/recordWords.ts'

interface RecordsFlags {
  readonly limit: string
  readonly exchange?: string
  readonly json?: boolean
}

export function recordsCommand(program: Command): void {
  program
    .command('records')
    .description('list what a journal says, newest last')
    .argument('<dir>', 'an agent\'s state folder, its journal, or a copy of one epoch of it')
    .option('--limit <n>', 'how many of the newest records', '50')
    .option('--exchange <id>', 'the story of one call (ex_…), with its masked prompt and answer')
    .option('--json', 'print the records as JSON, one a line')
    .action(async (dir: string, flags: RecordsFlags) => {
      const limit = Number(flags.limit)
      if (!Number.isInteger(limit) || limit < 1) throw new CountersignError('CS_SETTING', '--limit takes a whole number from 1.')
      const journal = findJournal(dir)
      const listing = await readRecords(journal, flags.exchange === undefined ? () => true : (record) => exchangeOf(record) === flags.exchange, limit)
      if (flags.exchange !== undefined && listing.records.length === 0) throw new CountersignError('CS_SETTING', `no record names the call ${inert(flags.exchange, 60)}.`)
      process.stdout.write(flags.json ? listing.records.map(({ record }) => `${JSON.stringify(record)}\n`).join('') : tell(listing, flags.exchange !== undefined))
    })
}

interface Listed {
  readonly record: AuditRecord
  readonly epoch: number | undefined
  /** The newest receipt kept beside the log covers it. */
  readonly cosigned: boolean
  readonly texts: readonly Disclosure[]
}

export interface Listing {
  readonly records: readonly Listed[]
  /** Matching records before those listed. */
  readonly earlier: number
  /** Lines that are no record. */
  readonly unreadable: number
  readonly nameOf: NameOf
  readonly opened: boolean
}

/** The newest matching records over all epochs, with names and texts as far as they can be opened. */
export async function readRecords(journal: FoundJournal, matches: (record: AuditRecord) => boolean, limit: number): Promise<Listing> {
  const source = folderSource()
  const names = new Map<string, string>()
  let listed: Listed[] = []
  let all = 0
  let unreadable = 0
  for (const { folder, epoch } of journal.logs) {
    const found: AuditRecord[] = []
    const sessions: AuditRecord[] = []
    const cosigned = Math.max(0, ...(await source.list(`${folder}/receipts`)).map((name) => Number(/^(\d+)\.note$/.exec(name)?.[1] ?? 0)))
    unreadable += await eachRecord(folder, (record) => {
      if (record.event.type === 'session.started') sessions.push(record)
      if (!matches(record)) return
      all++
      found.push(record)
      if (found.length > 2 * limit) found.splice(0, found.length - limit)
    })
    const shown = found.slice(-limit)
    const texts = journal.dataKey ? await readTexts(source, folder, new Set([...sessions, ...shown].flatMap(digestsOf)), journal.dataKey) : new Map<string, Disclosure>()
    for (const record of sessions) {
      const name = digestsOf(record).map((digest) => texts.get(digest)).find((text) => text?.path === 'name')
      if (name && record.event.type === 'session.started') names.set(record.event.actor.session, name.value)
    }
    listed = [...listed, ...shown.map((record) => ({ record, epoch, cosigned: record.seq < cosigned, texts: digestsOf(record).flatMap((digest) => texts.get(digest) ?? []) }))].slice(-limit)
  }
  return { records: listed, earlier: all - listed.length, unreadable, nameOf: (session) => names.get(session), opened: journal.dataKey !== undefined }
}

/** Records in order, each once: a failed write's lines were written anew in the next segment. @returns lines that are no record */
export async function eachRecord(folder: string, onRecord: (record: AuditRecord, bytes: Buffer) => void): Promise<number> {
  const source = folderSource()
  const segments = await segmentFiles(source, folder)
  let unreadable = 0
  for (const [index, { name }] of segments.entries()) {
    const until = segments[index + 1]?.first ?? Infinity
    await eachLine(source.stream(`${folder}/${name}`), (buffer, start, end) => {
      const record = recordOf(buffer.toString('utf8', start, end))
      if (!record) unreadable++
      else if (record.seq < until) onRecord(record, buffer.subarray(start, end))
    })
  }
  return unreadable
}

function recordOf(line: string): AuditRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<AuditRecord> | null
    const whole = typeof value === 'object' && value !== null && typeof value.seq === 'number' && typeof value.time === 'string' && typeof value.event === 'object'
    return whole ? (value as AuditRecord) : undefined
  } catch {
    // Counted by the caller, and named by the verifier.
    return undefined
  }
}

export function exchangeOf({ event }: AuditRecord): string | undefined {
  return 'ex' in event ? event.ex : undefined
}

function digestsOf({ event }: AuditRecord): readonly string[] {
  return 'sd' in event ? event.sd : []
}

function tell(listing: Listing, story: boolean): string {
  const { records, earlier, unreadable, nameOf, opened } = listing
  const lines = earlier > 0 ? [`${earlier} earlier record${earlier === 1 ? '' : 's'}: --limit`] : []
  const people = new Map(records.map(({ record }) => [record, personOf(record.event, nameOf)]))
  const width = Math.max(0, ...[...people.values()].map((person) => person.length))
  for (const { record, cosigned, texts } of records) {
    const ex = exchangeOf(record)
    lines.push(`${String(record.seq).padStart(5)}  ${inert(record.time.slice(0, 19).replace('T', ' '), 20)}  ${cosigned ? '✓' : '·'}  ${(people.get(record) ?? '-').padEnd(width)}  ${wordsOf(record, texts)}${ex === undefined || story ? '' : `  ${inert(ex, 40)}`}`)
    if (story) lines.push(...storyOf(texts, digestsOf(record).length, opened))
  }
  if (records.length === 0) lines.push('no records')
  if (unreadable > 0) lines.push(`${unreadable} line${unreadable === 1 ? ' is' : 's are'} no record: countersign verify says where`)
  lines.push(records.some(({ cosigned }) => cosigned) ? '✓ under a receipt of the hub kept here, · not yet (times are UTC; countersign verify checks them)' : '· no receipt of a hub is kept here (times are UTC)')
  return `${lines.join('\n')}\n`
}

function storyOf(texts: readonly Disclosure[], named: number, opened: boolean): string[] {
  const lines = texts.flatMap(({ path, value }) => [`         ${inert(path)}`, ...inertLines(value).split('\n').map((line) => `           ${line}`)])
  const gone = named - texts.length
  if (gone === 0) return lines
  return [...lines, `         ${gone} text${gone === 1 ? '' : 's'} ${opened ? 'erased or missing' : 'not opened: the data key is not here'}`]
}
