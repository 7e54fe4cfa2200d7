/** `countersign verify`: two verdicts on a journal, integrity and coverage. Exit code 0 all good, 1 something is wrong, 2 could not be asked. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { CountersignError, describeError } from '../protocol/errors.ts'
import { wellKnown } from '../protocol/hub.ts'
import { parseVkey, type NoteVerifier } from '../core/log/note.ts'
import { verifyLog, type Verdict } from '../core/log/verify.ts'
import { verifyDisclosures, type DisclosureVerdict } from '../core/log/verifyDisclosures.ts'
import type { NoteInput } from '../core/log/verifyNotes.ts'
import { segmentFiles } from '../core/log/verifySource.ts'
import { folderSource } from '../platform/logSource.ts'
import { checkUrl } from '../platform/settings.ts'
import { findJournal, type FoundJournal, type FoundLog } from './journalFolder.ts'
import { tellVerdict } from './verdictText.ts'

interface VerifyFlags {
  readonly hub?: string
  readonly hubKey?: string
  readonly receipt: readonly string[]
  readonly json?: boolean
}

/** What was found out about one log. */
export interface LogReport {
  readonly folder: string
  readonly epoch: number | undefined
  readonly verdict: Verdict
  readonly disclosures: DisclosureVerdict
  /** Where the hub's key comes from, null when none is known. */
  readonly hubKeyFrom: string | null
}

export interface JournalReport {
  readonly logs: readonly LogReport[]
  readonly missingEpochs: readonly number[]
  readonly good: boolean
}

export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description('verify a journal: every record, every checkpoint, every receipt of the hub')
    .argument('<dir>', 'an agent\'s state folder, its journal, or a copy of one epoch of it')
    .option('--hub <url>', 'ask this hub for its newest receipt')
    .option('--hub-key <vkey>', 'the hub\'s cosigner key (default: as pinned by the agent, else as the hub itself says)')
    .option('--receipt <file>', 'a receipt kept elsewhere (repeatable)', (file: string, before: readonly string[]) => [...before, file], [])
    .option('--json', 'print the verdicts as JSON')
    .action(async (dir: string, flags: VerifyFlags) => {
      const report = await verifyJournal(findJournal(dir), flags)
      process.stdout.write(flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : tellVerdict(report))
      process.exitCode = report.good ? 0 : 1
    })
}

/** @throws CountersignError when the hub cannot be asked, or a given key or receipt cannot be read: that is no verdict */
export async function verifyJournal(journal: FoundJournal, flags: Pick<VerifyFlags, 'hub' | 'hubKey' | 'receipt'>): Promise<JournalReport> {
  const hub = await hubOf(journal, flags)
  const given = flags.receipt.map((file) => ({ note: readReceipt(file), from: file }))
  const logs: LogReport[] = []
  for (const log of journal.logs) logs.push(await verifyOne(journal, log, hub, given))
  const good = logs.every(({ verdict, disclosures }) => verdict.integrity.good && disclosures.problems.length === 0) && journal.missing.length === 0
  return { logs, missingEpochs: journal.missing, good }
}

interface Hub {
  readonly cosigner: NoteVerifier | undefined
  readonly keyFrom: string | null
  /** Asked online. */
  readonly url: string | undefined
  readonly mustHaveReceipt: boolean
}

async function hubOf(journal: FoundJournal, { hub, hubKey, receipt }: Pick<VerifyFlags, 'hub' | 'hubKey' | 'receipt'>): Promise<Hub> {
  if (hub !== undefined) checkUrl('--hub', hub)
  const url = hub?.replace(/\/+$/, '')
  const mustHaveReceipt = hub !== undefined || hubKey !== undefined || receipt.length > 0 || journal.hub !== undefined
  if (hubKey !== undefined) return { cosigner: cosignerFrom(hubKey), keyFrom: '--hub-key', url, mustHaveReceipt }
  if (journal.hub) return { cosigner: cosignerFrom(journal.hub.cosigner), keyFrom: 'pinned at enrolment', url, mustHaveReceipt }
  if (url === undefined) return { cosigner: undefined, keyFrom: null, url, mustHaveReceipt }
  const known = wellKnown.safeParse((await ask(url, '/.well-known/countersign')).body)
  if (!known.success) throw new CountersignError('CS_HUB_REFUSED', `${url} is no Countersign hub, or an incompatible one.`)
  return { cosigner: cosignerFrom(known.data.cosigner), keyFrom: 'as the hub itself says; pin it with --hub-key', url, mustHaveReceipt }
}

function cosignerFrom(text: string): NoteVerifier {
  const cosigner = parseVkey(text)
  if (cosigner.type !== 4) throw new CountersignError('CS_SETTING', 'this is the key of a signer, not of a cosigner (type 4).')
  return cosigner
}

function readReceipt(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the receipt ${file} cannot be read.`, { cause })
  }
}

async function verifyOne(journal: FoundJournal, { folder, epoch }: FoundLog, hub: Hub, given: readonly NoteInput[]): Promise<LogReport> {
  const source = folderSource()
  const newest = epoch === journal.logs.at(-1)?.epoch
  // Asked before the log is read: a log that is being written only grows.
  const asked = hub.url === undefined ? undefined : await hubReceipt(hub.url, await nameOf(journal, folder, epoch))
  const named = new Set<string>()
  const verdict = await verifyLog({
    source,
    folder,
    expect: { ...(epoch === undefined ? {} : { epoch }), ...(journal.deviceKey === undefined ? {} : { key: journal.deviceKey }) },
    ...(hub.cosigner ? { cosigner: hub.cosigner } : {}),
    receipts: [...(newest ? given : []), ...(asked ? [asked] : [])],
    mustHaveReceipt: hub.mustHaveReceipt,
    onRecord: ({ event }) => {
      if ('sd' in event) for (const digest of event.sd) named.add(digest)
    },
  })
  const disclosures = await verifyDisclosures(source, folder, named, journal.dataKey)
  return { folder, epoch, verdict, disclosures, hubKeyFrom: hub.keyFrom }
}

/** The log's name, as the hub knows it: from the device's key where it is here, else from the log's own records. */
async function nameOf(journal: FoundJournal, folder: string, epoch: number | undefined): Promise<string> {
  if (journal.deviceKey !== undefined && epoch !== undefined) return `countersign/${journal.deviceKey}/${epoch}`
  const [first] = await segmentFiles(folderSource(), folder)
  if (!first) return ''
  for await (const chunk of folderSource().stream(`${folder}/${first.name}`)) return /"stream":"([^"\\]*)"/.exec(Buffer.from(chunk.subarray(0, 1000)).toString('latin1'))?.[1] ?? ''
  return ''
}

/** @returns undefined when the hub knows no such log: the verifier then says that there is no receipt */
async function hubReceipt(url: string, stream: string): Promise<NoteInput | undefined> {
  const { status, body } = await ask(url, `/v1/log/receipt?stream=${encodeURIComponent(stream)}`)
  if (status === 404) return undefined
  const note = typeof body === 'object' && body !== null && 'note' in body ? body.note : undefined
  if (status !== 200 || typeof note !== 'string') throw new CountersignError('CS_HUB_REFUSED', `the hub ${url} did not say which receipt it gave (status ${status}).`)
  return { note, from: `the hub at ${url}` }
}

async function ask(url: string, path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const reply = await fetch(url + path, { redirect: 'error', signal: AbortSignal.timeout(15_000) })
    const text = await reply.text()
    return { status: reply.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined }
  } catch (cause) {
    throw new CountersignError('CS_HUB_UNREACHABLE', `the hub ${url} cannot be asked, so nothing was verified. Without --hub, the receipts in the folder are used.`, { cause, detail: describeError(cause) })
  }
}
