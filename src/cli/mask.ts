/** `countersign mask`: masks text on this machine with the agent's own engine. Nothing leaves, nothing is kept. */
import { Option, type Command } from 'commander'
import { explainSpan } from '../core/masking/explain.ts'
import { selfTest } from '../core/masking/findAll.ts'
import { FAMILIES } from '../core/masking/recognisers/families.ts'
import { CountersignError } from '../protocol/errors.ts'
import { engineOfAll, engineOfPolicy, type Engine } from './mask/engine.ts'
import { charactersOf } from './mask/input.ts'
import { answerLines, type Explain } from './mask/lines.ts'
import { endWithReader, write } from './mask/output.ts'
import { Sniffing, type Open } from './mask/sniffing.ts'
import { describeTypes } from './mask/types.ts'

interface Flags {
  readonly jsonl?: boolean
  readonly without?: readonly string[]
  readonly explain?: boolean
  readonly selfTest?: boolean
  readonly types?: boolean
  readonly transform: string
  readonly policy?: string
  readonly direction?: string
  readonly rule?: string
}

export function maskCommand(program: Command): void {
  program
    .command('mask')
    .description('mask personal data and secrets in a text: countersign mask notes.txt > masked.txt')
    .argument('[file]', 'the text; standard input when absent')
    .option('--jsonl', 'one JSON object per line: {id, text} is answered by {id, masked, spans}, {id, chunks} by {id, out}')
    .option('--without <part>', 'leave a part out: "names" is the names told in running text (PERSON, LOCATION, ORGANIZATION, and part of ADDRESS)', (part: string, before?: readonly string[]) => [...(before ?? []), part])
    .option('--transform <transform>', 'redact, partial, replace, hash or pseudonym', 'redact')
    .addOption(new Option('--policy <file>', 'mask as this policy says, with its own types').conflicts(['transform', 'without']))
    .option('--direction <direction>', 'with --policy: prompt or answer (default: prompt)')
    .option('--rule <id>', 'with --policy: as for a call that this rule decides, with its own masks')
    .option('--explain', 'say on standard error, one sentence each, what was masked and why')
    .option('--types', 'list every entity type, the most characters held back for it, and the other names that a policy may use for it')
    .option('--self-test', 'run the examples and counter-examples of all recognisers')
    .action(async (file: string | undefined, flags: Flags) => {
      endWithReader()
      if (flags.types) await write(describeTypes())
      else process.exitCode = flags.selfTest ? runSelfTest() : await run(file, flags)
    })
}

function runSelfTest(): number {
  const failures = selfTest(FAMILIES)
  const count = FAMILIES.reduce((sum, family) => sum + family.recognisers.length, 0)
  const examples = FAMILIES.flatMap((family) => family.recognisers).reduce((sum, one) => sum + one.examples.length + one.counterExamples.length, 0)
  for (const failure of failures) process.stderr.write(`${failure}\n`)
  process.stdout.write(`${count} recognisers in ${FAMILIES.length} families, ${examples} examples, ${failures.length} failed.\n`)
  return failures.length === 0 ? 0 : 1
}

async function engineOf({ policy, direction, rule, transform, without }: Flags): Promise<Engine> {
  if (policy !== undefined) return engineOfPolicy({ policy, direction: direction ?? 'prompt', ...(rule === undefined ? {} : { rule }) })
  if (direction !== undefined || rule !== undefined) throw new CountersignError('CS_SETTING', '--direction and --rule go with --policy FILE.')
  return engineOfAll(transform, without)
}

async function run(file: string | undefined, flags: Flags): Promise<number> {
  const { masker, options, own, note } = await engineOf(flags)
  if (note !== undefined) process.stderr.write(`${note}\n`)
  const session = masker.session('cli')
  const open: Open = (kind) => session.open({ ...options, path: '', kind })
  const input = charactersOf(file)
  const explain: Explain | undefined = flags.explain ? (span) => explainSpan(span, own) : undefined
  if (flags.jsonl) await answerLines(input, open, explain)
  else await maskText(input, new Sniffing(open), explain)
  return 0
}

async function maskText(input: AsyncIterable<string>, stream: Sniffing, explain: Explain | undefined): Promise<void> {
  for await (const chunk of input) await write(stream.push(chunk))
  await write(stream.flush())
  if (explain) for (const span of stream.spans) process.stderr.write(`${explain(span)}\n`)
}
