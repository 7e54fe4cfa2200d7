/**
 * Verifies a report in a folder, with nothing but the folder: files against the manifest, every log against its checkpoints and
 * receipts, the tables against the records. Shipped inside each report as verify.mjs, so it may use nothing newer than Node 18.3.
 */
import { createHash, type JsonWebKey } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Disclosure } from '../../protocol/audit.ts'
import { parseVkey } from '../../core/log/note.ts'
import { verifyLog, type Verdict } from '../../core/log/verify.ts'
import { ConfirmationCheck, type ConfirmationVerdict } from '../../core/log/verifyConfirmations.ts'
import { inert } from '../../core/words/inert.ts'
import { confirmed } from '../verdictText.ts'
import { folderSource } from '../../platform/logSource.ts'
import type { Manifest, PackedLog } from './manifest.ts'
import { readReasons, REASONS, reasonsNamed } from './reasons.ts'
import { Tables, type TableFiles, type Totals } from './tables.ts'

export interface PackVerdict {
  readonly integrity: { readonly good: boolean; readonly problems: readonly string[] }
  readonly coverage: { readonly whole: boolean; readonly lines: readonly string[] }
  readonly logs: readonly { readonly id: string; readonly verdict: Verdict }[]
  readonly hub: string | null
}

/**
 * @param hubKey the hub's cosigner as the reader knows it; without it the one the report names is used, and the verdict says so
 * @param issuerKeys the identity provider's, as the reader knows them; without them those are used that the hub kept
 */
export async function verifyPack(folder: string, hubKey: string | undefined, issuerKeys?: readonly JsonWebKey[]): Promise<PackVerdict> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as Manifest
  const problems: string[] = []
  const lines: string[] = []
  await checkFiles(folder, manifest, problems)
  const named = manifest.hub?.cosigner
  if (hubKey !== undefined && named !== undefined && hubKey !== named) problems.push('the report names another hub key than the one you gave')
  const key = hubKey ?? named
  const tables = tablesOf(manifest)
  const texts = new Map<string, Disclosure>()
  const logs: { id: string; verdict: Verdict }[] = []
  const signIns = new ConfirmationCheck()
  let whole = manifest.logs.length > 0
  for (const log of manifest.logs) {
    const { verdict, until } = await verifyPackedLog(folder, log, key, problems)
    logs.push({ id: log.id, verdict })
    whole = coverageOf(log, verdict, until, lines) && whole
    if (verdict.integrity.good) await fill({ tables, texts, signIns }, folder, log, verdict, problems)
  }
  if (manifest.logs.length === 0) lines.push('no record of the period is in this report')
  if (logs.every(({ verdict }) => verdict.integrity.good)) await checkTables(folder, tables.files(texts), tables.totals, manifest, problems)
  await checkPolicies(folder, problems)
  whole = checkSignIns(await signIns.verify(folderSource(), [path.join(folder, 'confirmations')], issuerKeys), manifest.logs, { problems, lines }) && whole
  for (const one of manifest.missing) lines.push(`gap: ${inert(one, 300)}`)
  for (const digest of manifest.policiesWithoutText) lines.push(`the text of the policy ${inert(digest, 60)} is not in this report`)
  return { integrity: { good: problems.length === 0, problems }, coverage: { whole: whole && manifest.missing.length === 0, lines }, logs, hub: key ?? null }
}

/** A hub's own log among the others says so too, whatever the manifest does. */
function tablesOf({ period, isHub, logs }: Manifest): Tables {
  return new Tables({ from: Date.parse(period.from), to: Date.parse(period.to) }, isHub || logs.some(({ stream }) => isHubs(stream)))
}

/** Every file as the manifest says, and no other: an added one would be read as part of the evidence. */
async function checkFiles(folder: string, { files }: Manifest, problems: string[]): Promise<void> {
  const present = new Set((await walk(folder)).filter((file) => file !== 'manifest.json'))
  for (const { path: file, bytes, sha256 } of files) {
    if (!present.delete(file)) problems.push(`${inert(file)} is missing`)
    else {
      const found = await digestOf(path.join(folder, file))
      if (found.sha256 !== sha256 || found.bytes !== bytes) problems.push(`${inert(file)} is not the file that the manifest names`)
    }
  }
  for (const file of present) problems.push(`${inert(file)} is no part of this report`)
}

export async function walk(folder: string, under = ''): Promise<string[]> {
  const files: string[] = []
  for (const entry of await readdir(path.join(folder, under), { withFileTypes: true })) {
    const name = under === '' ? entry.name : `${under}/${entry.name}`
    if (entry.isDirectory()) files.push(...(await walk(folder, name)))
    else files.push(name)
  }
  return files.sort()
}

export async function digestOf(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const digest = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    digest.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: digest.digest('hex') }
}

async function verifyPackedLog(folder: string, { id, stream, first, size }: PackedLog, key: string | undefined, problems: string[]): Promise<{ readonly verdict: Verdict; readonly until: string }> {
  let until = ''
  const verdict = await verifyLog({ source: folderSource(), folder: path.join(folder, 'logs', id), expect: { stream }, ...(key === undefined ? {} : { cosigner: parseVkey(key) }), onRecord: ({ time }) => { until = time } })
  for (const { what, file, line } of verdict.integrity.problems) problems.push(`${id}: ${inert(what, 400)}${file === undefined || what.includes(file) ? '' : ` (${inert(file)}${line === undefined ? '' : `, line ${line}`})`}`)
  if (verdict.integrity.more > 0) problems.push(`${id}: and ${verdict.integrity.more} more`)
  if (verdict.first !== first || verdict.size !== size) problems.push(`${id}: the manifest names records ${first} to ${size - 1}, and here are ${verdict.first} to ${verdict.size - 1}`)
  return { verdict, until }
}

/** @param until time of the newest record that is here @returns true when a receipt covers every record of this log that is here */
function coverageOf({ id, stream }: PackedLog, { first, size, coverage, notes, integrity }: Verdict, until: string, lines: string[]): boolean {
  if (!integrity.good) {
    lines.push(`${id}: nothing is said of the coverage of a log that does not verify`)
    return false
  }
  const range = (from: number, to: number): string => (to - from === 1 ? `record ${from}` : `records ${from} to ${to - 1}`)
  // A hub's own log has no other witness than what its copies and its checkpoints say.
  const own = isHubs(stream)
  if (own) lines.push(`${id}: the hub's own log: the hub's checkpoints cover ${range(first, coverage.signed)}, up to ${inert(until, 40)}, and nobody else vouches for it`)
  else if (coverage.at !== null) lines.push(`${id}: the hub's receipt of ${coverage.at} covers ${range(first, coverage.cosigned)}`)
  else lines.push(`${id}: no receipt covers ${range(first, size)}; only the device's own signature does`)
  if (coverage.at !== null && size > coverage.cosigned) lines.push(`${id}: gap: no receipt covers ${range(coverage.cosigned, size)}`)
  if (size > coverage.signed) lines.push(`${id}: gap: no checkpoint covers ${range(coverage.signed, size)}`)
  for (const note of notes) lines.push(`${id}: note: ${inert(note, 300)}`)
  return own ? coverage.signed === size : coverage.cosigned === size
}

function isHubs(stream: string): boolean {
  return stream.startsWith('countersign-hub/')
}

/** Reads the log once more, now that it is known to be whole, and how far it is covered. */
async function fill({ tables, texts, signIns }: Filled, folder: string, { id, stream }: PackedLog, { coverage }: Verdict, problems: string[]): Promise<void> {
  const named = new Set<string>()
  const logFolder = path.join(folder, 'logs', id)
  try {
    await verifyLog({
      source: folderSource(),
      folder: logFolder,
      expect: { stream },
      onRecord: (record) => {
        tables.record(id, record, coverage)
        signIns.record(record)
        for (const digest of reasonsNamed(record)) named.add(digest)
      },
    })
  } catch {
    problems.push(`${id}: a record is not made as the tables need it`)
  }
  const reasons = await readReasons(logFolder, named)
  for (const line of reasons.wrong) problems.push(`${id}: line ${line} of ${REASONS} is no reason that its records name`)
  for (const [digest, text] of reasons.texts) texts.set(digest, text)
}

interface Filled {
  readonly tables: Tables
  readonly texts: Map<string, Disclosure>
  readonly signIns: ConfirmationCheck
}

async function checkTables(folder: string, files: TableFiles, totals: Totals, manifest: Manifest, problems: string[]): Promise<void> {
  for (const [name, text] of Object.entries<string>({ ...files })) {
    const found = await readFile(path.join(folder, name), 'utf8').catch(() => undefined)
    if (found !== text) problems.push(`${name} does not say what the records say`)
  }
  if (JSON.stringify(manifest.totals) !== JSON.stringify(totals)) problems.push('the totals in the manifest are not those of the records')
}

/**
 * What one device signed of a sign-in that does not prove it is a fault of that log alone: the records of all others stand. A file
 * that was changed, or a hub whose own log says what is not so, is a fault of the report.
 * @returns false when a log says of a sign-in what it does not prove
 */
function checkSignIns(confirmations: ConfirmationVerdict, logs: readonly PackedLog[], { problems, lines }: Told): boolean {
  const faults = confirmations.problems.filter(({ stream, fault }) => fault === 'told' && !isHubs(stream))
  const idOf = (of: string): string => logs.find(({ stream }) => stream === of)?.id ?? inert(of, 100)
  for (const problem of confirmations.problems) if (!faults.includes(problem)) problems.push(`${idOf(problem.stream)}: ${problem.what}`)
  for (const { stream, what } of faults) lines.push(`${idOf(stream)}: fault: ${what}; its device signed that, so do not rely on what this log says of approvals`)
  if (confirmations.named > 0) lines.push(`sign-ins: ${confirmed(confirmations)}`)
  return faults.length === 0
}

interface Told {
  readonly problems: string[]
  readonly lines: string[]
}

/** A policy's text is named by its digest, and the records name the digest. */
async function checkPolicies(folder: string, problems: string[]): Promise<void> {
  for (const file of await walk(folder, 'policies').catch(() => [])) {
    const text = await readFile(path.join(folder, file))
    if (path.basename(file) !== `${createHash('sha256').update(text).digest('base64url')}.yaml`) problems.push(`${inert(file)} is not the text that its name says`)
  }
}
