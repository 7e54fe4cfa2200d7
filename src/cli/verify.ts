/** `countersign verify`: two verdicts on a journal, integrity and coverage. Exit code 0 all good, 1 something is wrong, 2 could not be asked. */
import type { JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { CountersignError, describeError } from '../protocol/errors.ts'
import { wellKnown } from '../protocol/hub.ts'
import { issuerKeysIn } from '../core/approval/confirmation.ts'
import { AcceptedLogs } from '../core/log/accepted.ts'
import { parseVkey, type NoteVerifier } from '../core/log/note.ts'
import { verifyLog, type Verdict } from '../core/log/verify.ts'
import { ConfirmationCheck, type ConfirmationVerdict } from '../core/log/verifyConfirmations.ts'
import { verifyDisclosures, type DisclosureVerdict } from '../core/log/verifyDisclosures.ts'
import type { NoteInput } from '../core/log/verifyNotes.ts'
import { segmentFiles } from '../core/log/verifySource.ts'
import { folderSource } from '../platform/logSource.ts'
import { checkUrl } from '../platform/settings.ts'
import { confirmationFolders, findJournal, type FoundJournal, type FoundLog } from './journalFolder.ts'
import { tellVerdict } from './verdictText.ts'

/** Who is asked about a log, beside the log itself. */
export interface HubFlags {
  readonly hub?: string
  readonly hubKey?: string
  readonly receipt: readonly string[]
}

interface VerifyFlags extends HubFlags {
  readonly issuerKeys?: string
  readonly json?: boolean
}

/** What was found out about one log. */
export interface LogReport {
  readonly folder: string
  readonly epoch: number | undefined
  readonly verdict: Verdict
  readonly disclosures: DisclosureVerdict
  readonly confirmations: ConfirmationVerdict
  /** Where the hub's key comes from, null when none is known. */
  readonly hubKeyFrom: string | null
}

export interface JournalReport {
  readonly logs: readonly LogReport[]
  readonly missing: readonly string[]
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
    .option('--issuer-keys <file>', 'the identity provider\'s keys (a JWKS), for sign-ins behind approvals (default: as the hub kept them)')
    .option('--json', 'print the verdicts as JSON')
    .action(async (dir: string, flags: VerifyFlags) => {
      const report = await verifyJournal(findJournal(dir), flags)
      process.stdout.write(flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : tellVerdict(report))
      process.exitCode = report.good ? 0 : 1
    })
}

/** @throws CountersignError when the hub cannot be asked, or a given key or receipt cannot be read: that is no verdict */
export async function verifyJournal(journal: FoundJournal, flags: VerifyFlags): Promise<JournalReport> {
  const hub = await hubOf(journal, flags)
  const keys = flags.issuerKeys === undefined ? undefined : issuerKeysIn(readGiven(flags.issuerKeys, 'the file of --issuer-keys'))
  const accepted = new AcceptedLogs()
  const reports = new Map<FoundLog, LogReport>()
  for (const log of ownFirst(journal.logs)) reports.set(log, await verifyOne(journal, log, { hub, files: flags.receipt, keys, accepted }))
  const logs = journal.logs.flatMap((log) => reports.get(log) ?? [])
  const missing = [...journal.missing, ...accepted.lacking((stream) => logs.find(({ verdict }) => verdict.stream === stream)?.verdict.size ?? 0)]
  const good = logs.length > 0 && logs.every(({ verdict, disclosures, confirmations }) => verdict.integrity.good && disclosures.problems.length + confirmations.problems.length === 0) && missing.length === 0
  return { logs, missing, good }
}

/** While a hub runs its logs grow: what its own says of the others is read before they are. */
export function ownFirst(logs: readonly FoundLog[]): FoundLog[] {
  return [...logs].sort((a, b) => Number(a.witnessed) - Number(b.witnessed))
}

export interface Hub {
  readonly cosigner: NoteVerifier | undefined
  readonly keyFrom: string | null
  /** Asked online. */
  readonly url: string | undefined
  readonly mustHaveReceipt: boolean
}

/** @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED, CS_SETTING */
export async function hubOf(journal: FoundJournal, { hub, hubKey, receipt }: HubFlags): Promise<Hub> {
  if (hub !== undefined) checkUrl('--hub', hub)
  const url = hub?.replace(/\/+$/, '')
  const mustHaveReceipt = hub !== undefined || hubKey !== undefined || receipt.length > 0 || journal.hub !== undefined
  if (hubKey !== undefined) return { cosigner: cosignerFrom(hubKey), keyFrom: '--hub-key', url, mustHaveReceipt }
  if (journal.hub) return { cosigner: cosignerFrom(journal.hub.cosigner), keyFrom: journal.hub.from, url, mustHaveReceipt }
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

function readGiven(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `${what} ${file} cannot be read.`, { cause })
  }
}

interface Given {
  readonly hub: Hub
  readonly files: readonly string[]
  readonly keys: readonly JsonWebKey[] | undefined
  readonly accepted: AcceptedLogs
}

async function verifyOne(journal: FoundJournal, log: FoundLog, { hub, files, keys, accepted }: Given): Promise<LogReport> {
  const source = folderSource()
  const asked = await receiptsFor(journal, log, hub, files)
  const named = new Set<string>()
  const check = new ConfirmationCheck()
  const verdict = await verifyLog({
    source,
    ...asked,
    ...(hub.cosigner && log.witnessed ? { cosigner: hub.cosigner } : {}),
    onRecord: (record) => {
      const { event } = record
      check.record(record)
      if (journal.isHub && !log.witnessed) accepted.record(record)
      if ('sd' in event) for (const digest of event.sd) named.add(digest)
    },
  })
  const disclosures = await verifyDisclosures(source, log.folder, named, journal.dataKey)
  const confirmations = await check.verify(source, confirmationFolders(journal), keys)
  return { folder: log.folder, epoch: log.epoch, verdict, disclosures, confirmations, hubKeyFrom: hub.keyFrom }
}

/** What is known of one log from elsewhere. Asked before the log is read: a log that is being written only grows. */
export async function receiptsFor(journal: FoundJournal, { folder, epoch, witnessed }: FoundLog, hub: Hub, files: readonly string[]): Promise<Asked> {
  const receipts: NoteInput[] = []
  if (witnessed) {
    const stream = await nameOf(journal, folder, epoch)
    // A receipt says itself which log it is of; with one log only, one of another log is a finding.
    const given = files.map((from) => ({ note: readGiven(from, 'the receipt'), from }))
    receipts.push(...(journal.logs.length > 1 ? given.filter(({ note }) => note.startsWith(`${stream}\n`)) : given))
    const asked = hub.url === undefined ? undefined : await hubReceipt(hub.url, stream)
    if (asked) receipts.push(asked)
  }
  return {
    folder,
    expect: { ...(epoch === undefined ? {} : { epoch }), ...(journal.deviceKey === undefined ? {} : { key: journal.deviceKey }) },
    receipts,
    mustHaveReceipt: hub.mustHaveReceipt && witnessed,
  }
}

export interface Asked {
  readonly folder: string
  readonly expect: { readonly epoch?: number; readonly key?: string }
  readonly receipts: readonly NoteInput[]
  readonly mustHaveReceipt: boolean
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
