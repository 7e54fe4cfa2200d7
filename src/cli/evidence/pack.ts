/** Writes a report: the records of a period with what proves them, tables made of them, and the program that verifies both. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../../protocol/errors.ts'
import type { AuditRecord, Disclosure } from '../../protocol/audit.ts'
import { parseDisclosure } from '../../core/log/disclosure.ts'
import { Frontier, sha256 } from '../../core/log/frontier.ts'
import { segmentName } from '../../core/log/read.ts'
import { ConfirmationCheck } from '../../core/log/verifyConfirmations.ts'
import { readEncoded, readTexts } from '../../core/log/verifyDisclosures.ts'
import { noteName } from '../../core/log/writer.ts'
import type { Labels } from '../../hub/labels.ts'
import { BUILD } from '../../platform/build.ts'
import { folderSource } from '../../platform/logSource.ts'
import { eachRecord } from '../records.ts'
import { csvTable, type Cell } from './csv.ts'
import type { Manifest, PackedLog } from './manifest.ts'
import type { Surveyed } from './survey.ts'
import { Tables, type Period } from './tables.ts'
import { isReason, REASONS, reasonsNamed, type DisclosedReason } from './reasons.ts'
import { digestOf, walk } from './verifyPack.ts'

export interface PackOptions {
  readonly out: string
  readonly period: Period
  readonly logs: readonly Surveyed[]
  readonly hub: Manifest['hub']
  readonly isHub: boolean
  /** Logs that are not here, each in a sentence. */
  readonly missing: readonly string[]
  /** By digest. */
  readonly policies: ReadonlyMap<string, string>
  /** Opens the names of people, where it is here. */
  readonly dataKey: Buffer | undefined
  /** The hub's names of people; undefined without a hub's folder. */
  readonly labels: Pick<Labels, 'person'> | undefined
  readonly verifier: string
  /** Folders in which the sign-ins behind approvals may lie. */
  readonly confirmations: readonly string[]
}

/** @throws CountersignError CS_SETTING when the folder has something in it */
export async function writePack(options: PackOptions): Promise<Manifest> {
  const { out, period } = options
  if (existsSync(out) && readdirSync(out).length > 0) throw new CountersignError('CS_SETTING', `${out} is not empty. Give --out a new folder: what lies beside the evidence would be taken for part of it.`)
  mkdirSync(out, { recursive: true, mode: 0o700 })
  const tables = new Tables(period, options.isHub)
  const people = new People(options.labels)
  const digests = new Set<string>()
  const texts = new Map<string, Disclosure>()
  const signIns = new ConfirmationCheck()
  const logs: PackedLog[] = []
  for (const log of options.logs) {
    const named = new Set<string>()
    logs.push(await packLog(out, log, (record) => {
      for (const digest of reasonsNamed(record)) named.add(digest)
      tables.record(log.id, record, log.covered)
      people.seen(log.id, record)
      signIns.record(record)
      for (const digest of policiesOf(record)) digests.add(digest)
    }))
    if (options.dataKey) {
      await people.open(log, options.dataKey)
      await packReasons(out, log, { named, dataKey: options.dataKey, texts })
    }
  }
  for (const [name, text] of Object.entries<string>({ ...tables.files(texts) })) write(out, name, text)
  write(out, 'people.csv', people.table())
  const policiesWithoutText: string[] = []
  for (const digest of [...digests].sort()) {
    const text = options.policies.get(digest)
    if (text === undefined) policiesWithoutText.push(digest)
    else write(out, `policies/${digest}.yaml`, text)
  }
  for (const digest of [...signIns.digests].sort()) {
    const from = options.confirmations.map((folder) => path.join(folder, `${digest}.json`)).find((file) => existsSync(file))
    if (from !== undefined) write(out, `confirmations/${digest}.json`, readFileSync(from, 'utf8'))
  }
  write(out, 'verify.mjs', options.verifier)
  write(out, 'README.txt', README)
  const files: { path: string; bytes: number; sha256: string }[] = []
  for (const file of await walk(out)) files.push({ path: file, ...(await digestOf(path.join(out, file))) })
  const manifest: Manifest = {
    format: 1,
    generator: `countersign ${BUILD}`,
    period: { from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString() },
    hub: options.hub,
    isHub: options.isHub,
    logs,
    missing: options.missing,
    policiesWithoutText,
    totals: tables.totals,
    files,
  }
  write(out, 'manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`)
  return manifest
}

/** The excerpt [first, size) as it was written, the tree before it, and the notes over it. */
async function packLog(out: string, log: Surveyed, onRecord: (record: AuditRecord) => void): Promise<PackedLog> {
  const folder = `logs/${log.id}`
  const { first, size } = log
  const before = new Frontier()
  mkdirSync(path.join(out, folder), { recursive: true, mode: 0o700 })
  const file = openSync(path.join(out, folder, segmentName(first)), 'wx', 0o600)
  let batch: Buffer[] = []
  const flush = (): void => {
    writeSync(file, Buffer.concat(batch))
    batch = []
  }
  try {
    await eachRecord(log.folder, (record, bytes) => {
      if (record.seq < first) before.push(sha256(Buffer.concat([LEAF, bytes])))
      else if (record.seq < size) {
        batch.push(Buffer.from(bytes), NEWLINE)
        if (batch.length > 2000) flush()
        onRecord(record)
      }
    })
    flush()
  } finally {
    closeSync(file)
  }
  if (first > 0) write(out, `${folder}/start.json`, `${JSON.stringify({ size: first, subtrees: before.roots.map((root) => root.toString('base64')) })}\n`)
  for (const { kind, size: covers, note } of log.heads) write(out, `${folder}/${kind}s/${noteName(covers)}`, note)
  return { id: log.id, stream: log.stream, first, size }
}

/** People's reasons of the excerpt, with their salts: the digests in the records prove them, and erasing the keys at home does not reach them. */
async function packReasons(out: string, { id, folder }: Surveyed, { named, dataKey, texts }: { readonly named: ReadonlySet<string>; readonly dataKey: Buffer; readonly texts: Map<string, Disclosure> }): Promise<void> {
  const lines: DisclosedReason[] = []
  for (const [digest, disclosure] of await readEncoded(folderSource(), folder, named, dataKey)) {
    const text = parseDisclosure(disclosure, digest)
    if (!isReason(text)) continue
    texts.set(digest, text)
    lines.push({ digest, disclosure })
  }
  if (lines.length > 0) write(out, `logs/${id}/${REASONS}`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/**
 * Names of people are labels: they come from erasable texts and from what the hub keeps, and a report made after their erasure has
 * none. Whoever reviewed, published or looked has no session: one row says who that is.
 */
class People {
  readonly #labels: PackOptions['labels']
  readonly #seen = new Set<string>()
  readonly #rows: Cell[][] = []

  constructor(labels: PackOptions['labels']) {
    this.#labels = labels
  }

  seen(log: string, { event }: AuditRecord): void {
    if ('actor' in event && event.actor) this.#seen.add(`${log}\n${event.actor.session}`)
    const { iss, sub } = event as { iss?: unknown; sub?: unknown }
    if (typeof iss !== 'string' || typeof sub !== 'string' || this.#seen.has(`${iss} ${sub}`)) return
    this.#seen.add(`${iss} ${sub}`)
    this.#rows.push([log, '', iss, sub, this.#labels?.person(iss, sub) ?? '', ''])
  }

  async open({ id, folder, size }: Surveyed, dataKey: Buffer): Promise<void> {
    const started: { readonly event: Extract<AuditRecord['event'], { type: 'session.started' }> }[] = []
    await eachRecord(folder, ({ event, seq }) => {
      if (event.type !== 'session.started' || seq >= size) return
      // Whatever was signed: a member that should be there may not be.
      const { actor, sd } = event as { actor?: { session?: unknown }; sd?: unknown }
      if (this.#seen.has(`${id}\n${String(actor?.session)}`) && Array.isArray(sd)) started.push({ event })
    })
    const texts = await readTexts(folderSource(), folder, new Set(started.flatMap(({ event }) => event.sd)), dataKey)
    for (const { event: { actor, sd } } of started) {
      const labels = sd.flatMap((digest) => texts.get(digest) ?? [])
      const label = (name: string): string | undefined => labels.find((one) => one.path === name)?.value
      this.#rows.push([id, actor.session, actor.iss, actor.sub, label('name') ?? this.#labels?.person(actor.iss, actor.sub) ?? '', label('email') ?? ''])
    }
  }

  table(): string {
    return csvTable(['log', 'session', 'issuer', 'subject', 'name (a label)', 'e-mail (a label)'], this.#rows)
  }
}

function policiesOf({ event }: AuditRecord): string[] {
  if (event.type === 'policy.activated' || event.type === 'policy.published') return [event.digest]
  return event.type === 'exchange.decided' ? [event.policy.digest] : []
}

function write(out: string, name: string, text: string): void {
  const file = path.join(out, name)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, text, { mode: 0o600 })
}

const LEAF = Buffer.from([0])
const NEWLINE = Buffer.from('\n')

const README = `What this is: the records of model calls of a period, with what proves them.

  calls.csv       one row a call: who, which model, decision, rule, policy, what was masked, outcome
  approvals.csv   one row a review; "counts as approval" is never yes for a requester's own acknowledgement, nor, in
                  a report of a hub, for an approval that its own log does not have
  masking.csv     what was masked or found, by call and entity type; never a value
  policies.csv    which policy came into force when; policies/ holds the texts, named by their SHA-256 (base64url)
  people.csv      names behind sessions, and in a report of a hub of whoever else acted there, where they were not erased;
                  labels, proved by nothing
  confirmations/  sign-ins that rules asked reviewers for: the identity provider's signed word on one verdict, with the
                  key that the hub saw then as the provider's; give verify.mjs its own keys (a JWKS) with --issuer-keys FILE
  logs/           the exact records, the devices' checkpoints and the hub's receipts (C2SP signed notes); reasons.jsonl beside them
                  holds what people wrote as reasons, salted as the records name it, as far as it was not erased before
  manifest.json   the period, the logs, totals, and the SHA-256 of every file
  verify.mjs      verifies all of the above, offline:  node verify.mjs --hub-key VKEY   (Node 18.3 or newer)

It says two things apart. Integrity: are these the records that were written and signed, and do the tables say what they say.
Coverage: which records a receipt of the hub covers, and where there are gaps. A receipt says that the hub held these records
at that time, so that a device could not change them afterwards. Records that no receipt covers are only signed by the device.
What a hub hands out while it runs ends, log by log, where its newest receipt or its own newest checkpoint ends; verify.mjs
names those moments, and what came after them is in the next report.

Compare the hub's key with the one you know: a report is only as good as that key. Times are UTC, as the devices' clocks
claimed them; the time in a receipt is the hub's. In a table, a cell that a spreadsheet would take for a formula begins with an
apostrophe that is no part of it: digests that begin with - too, so take it off before you compare one.

What it cannot say: that no call was made past Countersign, and that no record was written for which nobody asked the hub yet.
`
