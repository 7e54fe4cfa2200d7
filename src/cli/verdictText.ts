/** A verdict in words: short, calm, exact. */
import type { Problem } from '../core/log/verifyChain.ts'
import type { Verdict } from '../core/log/verify.ts'
import type { ConfirmationVerdict } from '../core/log/verifyConfirmations.ts'
import type { DisclosureVerdict } from '../core/log/verifyDisclosures.ts'
import { inert } from '../core/words/inert.ts'
import type { JournalReport, LogReport } from './verify.ts'

export function tellVerdict({ logs, missing, good }: JournalReport): string {
  const lines = logs.flatMap(tellLog)
  for (const one of missing) lines.push(inert(one))
  const problems = logs.reduce((sum, { verdict, disclosures, confirmations }) => sum + verdict.integrity.problems.length + verdict.integrity.more + disclosures.problems.length + confirmations.problems.length, missing.length)
  return `${lines.join('\n')}\n${good ? 'verified' : `NOT verified: ${problems === 1 ? '1 thing is' : `${problems} things are`} wrong`}\n`
}

function tellLog({ folder, verdict, disclosures, confirmations, hubKeyFrom }: LogReport): string[] {
  const { integrity } = verdict
  const problems = [...integrity.problems, ...disclosures.problems, ...confirmations.problems]
  return [
    inert(folder, 1000),
    `  log         ${inert(verdict.stream) || 'unknown'}`,
    `  integrity   ${problems.length === 0 ? `good: ${integrityOf(verdict)}` : 'BROKEN'}`,
    ...problems.map((problem) => `    - ${place(problem)}`),
    ...(integrity.more > 0 ? [`    - and ${integrity.more} more`] : []),
    ...coverageOf(verdict, hubKeyFrom).map((line, i) => `  ${i === 0 ? 'coverage    ' : '            '}${line}`),
    // Only as far as the records can be followed do they say which texts there must be.
    ...(integrity.good ? [`  texts       ${disclosed(disclosures)}`] : []),
    ...(integrity.good && confirmations.named > 0 ? [`  sign-ins    ${confirmed(confirmations)}`] : []),
    ...verdict.notes.map((note) => `  note        ${inert(note, 500)}`),
  ]
}

function place({ what, file, line }: Problem): string {
  const where = file === undefined || what.includes(file) ? '' : ` (${inert(file)}${line === undefined ? '' : `, line ${line}`})`
  return inert(what, 500) + where
}

export function integrityOf({ first, size, integrity }: Verdict): string {
  return `${records(size - first)}, ${count(integrity.checkpoints, 'checkpoint')}, ${count(integrity.receipts, 'receipt')}, each one verified`
}

export function coverageOf({ stream, first, size, integrity, coverage }: Verdict, keyFrom: string | null): string[] {
  if (!integrity.good) return [coverage.signed > first ? `records ${first} to ${coverage.signed - 1} are confirmed; nothing is said of those after them` : 'nothing is confirmed']
  const total = size - first
  const lines = coverage.hub === null
    ? [stream.startsWith('countersign-hub/') ? 'the hub\'s own log: nobody but the hub vouches for it' : 'no hub: only this machine\'s own key vouches for this log']
    : coverage.at === null
      ? [`no receipt that verifies (hub's key: ${keyFrom ?? 'unknown'})`]
      : [`receipt of ${coverage.at} covers ${coverage.cosigned - first} of ${records(total)} (hub's key: ${keyFrom ?? 'unknown'})`]
  const tail = size - coverage.signed
  if (coverage.hub !== null && size > coverage.cosigned) lines.push(`${records(size - coverage.cosigned)} at the end ${size - coverage.cosigned === 1 ? 'is' : 'are'} not at the hub yet`)
  if (tail > 0) lines.push(`${records(tail)} at the end ${tail === 1 ? 'is' : 'are'} under no checkpoint: not yet covered`)
  return lines
}

function disclosed({ named, present, erased, kept, opened }: DisclosureVerdict): string {
  if (named === 0) return 'none'
  if (!kept) return `${named} erasable texts are named; this copy never had them`
  const gone = erased === 0 ? '' : `; ${erased} erased or missing`
  return `${present} of ${named} erasable texts are here${opened ? ' and give the digests in the records' : ' (not opened: there is no data key here)'}${gone}`
}

/** Fresh sign-ins that rules asked for. */
export function confirmed({ named, present, proved, keysFrom }: ConfirmationVerdict): string {
  return `${proved} of ${count(named, 'approval')} confirmed anew ${named === 1 ? 'is' : 'are'} proved by the identity provider's signature, with ${keysFrom === 'hub' ? 'the key that the hub saw then (check it against the provider\'s own with --issuer-keys)' : 'a key that you gave'}${present < named ? `; the proof of ${named - present} is not here (the hub keeps it)` : ''}`
}

function records(n: number): string {
  return count(n, 'record')
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
