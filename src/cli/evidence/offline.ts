/** Entry of verify.mjs: `node verify.mjs [--hub-key VKEY]` in the folder of a report. Exit code 0 good, 1 something is wrong, 2 could not be verified. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { inert } from '../../core/words/inert.ts'
import { verifyPack, type PackVerdict } from './verifyPack.ts'

export function tellPack({ integrity, coverage, logs, hub }: PackVerdict, given: boolean): string {
  const records = logs.reduce((sum, { verdict }) => sum + verdict.size - verdict.first, 0)
  const heads = logs.reduce((sum, { verdict }) => sum + verdict.integrity.checkpoints + verdict.integrity.receipts, 0)
  return [
    `integrity   ${integrity.good ? `GOOD: ${records} records in ${logs.length} log${logs.length === 1 ? '' : 's'}, ${heads} checkpoints and receipts; every file and every table is what the records say` : 'BROKEN'}`,
    ...integrity.problems.map((problem) => `  - ${problem}`),
    `coverage    ${coverage.whole ? 'WHOLE' : 'NOT WHOLE'}`,
    ...coverage.lines.map((line) => `  - ${line}`),
    `hub's key   ${hub === null ? 'none: no hub vouches for these records' : inert(hub, 300)}`,
    ...(hub === null || given ? [] : ['            as the report itself names it: compare it with the one you know, or give that with --hub-key']),
    '',
  ].join('\n')
}

async function main(argv: readonly string[]): Promise<number> {
  const at = argv.indexOf('--hub-key')
  const hubKey = at < 0 ? undefined : argv[at + 1]
  if ((at >= 0 && hubKey === undefined) || argv.length > (at < 0 ? 0 : 2)) {
    process.stderr.write('usage: node verify.mjs [--hub-key VKEY]\n')
    return 2
  }
  try {
    const verdict = await verifyPack(path.dirname(fileURLToPath(import.meta.url)), hubKey)
    process.stdout.write(tellPack(verdict, hubKey !== undefined))
    return verdict.integrity.good ? 0 : 1
  } catch (error) {
    process.stderr.write(`this folder could not be verified: ${error instanceof Error ? error.message : 'unknown'}\n`)
    return 2
  }
}

process.exitCode = await main(process.argv.slice(2))
