/** Entry of verify.mjs: `node verify.mjs [--hub-key VKEY] [--issuer-keys FILE]` in the folder of a report. Exit code 0 good, 1 something is wrong, 2 could not be verified. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { issuerKeysIn } from '../../core/approval/confirmation.ts'
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
  const flags = flagsIn(argv)
  if (!flags) {
    process.stderr.write('usage: node verify.mjs [--hub-key VKEY] [--issuer-keys FILE]\n')
    return 2
  }
  const { 'hub-key': hubKey, 'issuer-keys': keysFile } = flags
  try {
    const keys = keysFile === undefined ? undefined : issuerKeysIn(await readFile(keysFile, 'utf8'))
    const verdict = await verifyPack(path.dirname(fileURLToPath(import.meta.url)), hubKey, keys)
    process.stdout.write(tellPack(verdict, hubKey !== undefined))
    return verdict.integrity.good ? 0 : 1
  } catch (error) {
    process.stderr.write(`this folder could not be verified: ${error instanceof Error ? error.message : 'unknown'}\n`)
    return 2
  }
}

/** @returns undefined when the command line is another one */
function flagsIn(argv: readonly string[]): { readonly 'hub-key'?: string | undefined; readonly 'issuer-keys'?: string | undefined } | undefined {
  try {
    return parseArgs({ args: [...argv], options: { 'hub-key': { type: 'string' }, 'issuer-keys': { type: 'string' } } }).values
  } catch {
    return undefined
  }
}

process.exitCode = await main(process.argv.slice(2))
