/** What every form of the command shares: its name, its version, how an error is told, and the exit code. */
import { Command, CommanderError } from 'commander'
import { CountersignError, describeError } from '../protocol/errors.ts'
import { BUILD } from '../platform/build.ts'

export type AddCommand = (program: Command) => void

/** Exit codes: 0 done, 1 the answer is no, 2 it could not be asked or was asked wrongly. */
export async function runProgram(commands: readonly AddCommand[], argv: readonly string[] = process.argv): Promise<void> {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 22) {
    process.stderr.write(`countersign needs Node 22.19 or newer; this is ${process.version}. In a clone, run it as: npx countersign …\n`)
    process.exitCode = 2
    return
  }
  const program = new Command('countersign')
    .description('Ties every LangChain model call to a signed-in person, decides by policy, masks while it streams, and keeps a journal that can be verified.')
    .version(BUILD)
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(countersign --help lists the commands)')
  for (const add of commands) add(program)
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    tell(error)
  }
}

function tell(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2
    return
  }
  if (error instanceof CountersignError) {
    process.stderr.write(`countersign: ${error.message}\n`)
    process.exitCode = 2
    return
  }
  process.stderr.write(`countersign: something went wrong inside Countersign (${describeError(error)}).\n`)
  if (process.env['COUNTERSIGN_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
  process.exitCode = 2
}
