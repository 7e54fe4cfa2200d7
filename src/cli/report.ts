/** `countersign report`: evidence for an auditor in one folder, which verifies elsewhere, offline, with plain Node. */
import path from 'node:path'
import type { Command } from 'commander'
import { CountersignError } from '../protocol/errors.ts'
import { AcceptedLogs } from '../core/log/accepted.ts'
import { formatVkey } from '../core/log/note.ts'
import { Labels } from '../hub/labels.ts'
import { nodeFiles } from '../platform/files.ts'
import { offlineVerifier } from './evidence/verifier.ts'
import { downloadReport } from './evidence/download.ts'
import type { Manifest } from './evidence/manifest.ts'
import { writePack } from './evidence/pack.ts'
import { policyTexts } from './evidence/policies.ts'
import { survey, type Surveyed, type SurveyOptions } from './evidence/survey.ts'
import type { Period } from './evidence/tables.ts'
import { confirmationFolders, findJournal, type FoundJournal, type FoundLog } from './journalFolder.ts'
import { hubOf, ownFirst, receiptsFor, type HubFlags } from './verify.ts'
import { inert } from '../core/words/inert.ts'

interface ReportFlags extends HubFlags {
  readonly from: string
  readonly to: string
  readonly out: string
}

export function reportCommand(program: Command): void {
  program
    .command('report')
    .description('write the evidence of a period: tables, exact records, receipts, and a program that verifies them offline')
    .argument('[dir]', 'an agent\'s state folder, its journal, a trial\'s folder, or a hub\'s folder; without it, everything the hub of --hub holds')
    .requiredOption('--from <time>', 'first day (2026-11-01) or instant (2026-11-01T08:00:00Z), UTC')
    .requiredOption('--to <time>', 'last day, which is in it, or an instant, which is not')
    .requiredOption('--out <folder>', 'a new folder for the report; without a dir, a new file for the hub\'s archive (evidence.zip)')
    .option('--hub <url>', 'ask this hub for its newest receipts; without a dir, sign in there as an auditor and download its evidence')
    .option('--hub-key <vkey>', 'the hub\'s cosigner key (default: as pinned by the agent, else as the hub itself says)')
    .option('--receipt <file>', 'a receipt kept elsewhere (repeatable)', (file: string, before: readonly string[]) => [...before, file], [])
    .action(async (dir: string | undefined, flags: ReportFlags) => {
      process.stdout.write(dir === undefined ? await downloadReport(flags) : await report(findJournal(dir), flags))
    })
}

/** @returns what was written, in words @throws CountersignError CS_STATE when a log does not verify: there is no evidence in it */
export async function report(journal: FoundJournal, flags: ReportFlags): Promise<string> {
  const { manifest, logs } = await makeReport(journal, { ...flags, out: path.resolve(flags.out), period: periodOf(flags) })
  const { totals } = manifest
  const records = logs.reduce((sum, { first, size }) => sum + size - first, 0)
  return [
    path.resolve(flags.out),
    `  period     ${manifest.period.from} to ${manifest.period.to} (not in it)`,
    `  records    ${records} in ${logs.length} of ${journal.logs.length} log${journal.logs.length === 1 ? '' : 's'}`,
    `  calls      ${totals.calls}: ${totals.allowed} allowed, ${totals.denied} denied, ${totals.refused} refused before a decision`,
    `  reviews    ${totals.approved} approved by a second person; ${totals.acknowledged} acknowledged by the requester, which is no approval`,
    ...[...manifest.missing, ...manifest.policiesWithoutText.map((digest) => `the text of the policy ${digest} is not here`)].map((one) => `  left out   ${inert(one, 300)}`),
    `  verify it  cd ${inert(flags.out, 300)} && node verify.mjs${manifest.hub ? ' --hub-key …' : ''}`,
    '',
  ].join('\n')
}

/** @param given `out` is an absolute path; `isLive`: the hub of this folder runs @throws CountersignError CS_STATE when a log does not verify */
export async function makeReport(journal: FoundJournal, given: HubFlags & Pick<SurveyOptions, 'isLive'> & { readonly out: string; readonly period: Period }): Promise<{ readonly manifest: Manifest; readonly logs: readonly Surveyed[] }> {
  const hub = await hubOf(journal, given)
  const excerpts = new Map<FoundLog, Surveyed>()
  const accepted = new AcceptedLogs()
  const sizes = new Map<string, number>()
  const missing = [...journal.missing]
  for (const log of ownFirst(journal.logs)) {
    const { verdict, odd, excerpt } = await survey({ ...(await receiptsFor(journal, log, hub, given.receipt)), isLive: given.isLive === true, cosigner: log.witnessed ? hub.cosigner : undefined, ...(journal.isHub && !log.witnessed ? { onRecord: (record) => { accepted.record(record) } } : {}) }, given.period)
    sizes.set(verdict.stream, verdict.size)
    const problem = verdict.integrity.problems[0]?.what ?? odd
    // What one device signed must not keep the evidence of all others back; a copy that was changed does.
    if (problem !== undefined && journal.isHub && log.witnessed && verdict.integrity.asSigned) missing.push(`the log ${verdict.stream} is left out, as its device signed what does not hang together: ${problem}`)
    else if (problem !== undefined) throw new CountersignError('CS_STATE', `${inert(log.folder, 300)} does not verify, so no report was made of it: ${inert(problem, 300)}. countersign verify says more.`)
    if (excerpt) excerpts.set(log, excerpt)
  }
  missing.push(...accepted.lacking((stream) => sizes.get(stream) ?? 0))
  const logs = journal.logs.flatMap((log) => excerpts.get(log) ?? [])
  const manifest = await writePack({
    out: given.out,
    period: given.period,
    logs,
    isHub: journal.isHub,
    hub: hub.cosigner && hub.keyFrom !== null ? { cosigner: formatVkey(hub.cosigner), from: hub.keyFrom } : null,
    missing,
    policies: policyTexts(journal.homes),
    dataKey: journal.dataKey,
    labels: await labelsOf(journal),
    verifier: await offlineVerifier(),
    confirmations: confirmationFolders(journal),
  })
  return { manifest, logs }
}

/** @returns undefined but for a hub's folder */
async function labelsOf({ isHub, homes: [home = ''] }: FoundJournal): Promise<Labels | undefined> {
  return isHub ? Labels.open(nodeFiles(), path.join(home, 'labels.json')) : undefined
}

/** Days are whole days in UTC: a report must not mean something else in another time zone. */
export function periodOf({ from, to }: Pick<ReportFlags, 'from' | 'to'>): Period {
  const period = { from: instant('--from', from, 0), to: instant('--to', to, 24 * 3_600_000) }
  if (period.to <= period.from) throw new CountersignError('CS_SETTING', '--to lies before --from.')
  return period
}

function instant(name: string, text: string, dayIsWorth: number): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const at = day || /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  // A day that is in no calendar would silently become another one.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text.slice(0, 10)) throw new CountersignError('CS_SETTING', `${name} takes a day (2026-11-01) or an instant in UTC (2026-11-01T08:00:00Z).`)
  return day ? at + dayIsWorth : at
}
