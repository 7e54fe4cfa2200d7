/** Runs LangChain's own standard suite in an environment of choice, and compares a run through the agent with one that goes past it. */
import path from 'node:path'
import { ROOT, run } from '../fakes/trial.ts'

export interface Outcome {
  /** `TestChatOpenAI::test_stream[model0]` */
  readonly test: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly why: string
}

const FOLDER = path.join(ROOT, 'test/conformance')
// One event loop for all: the classes share asynchronous clients between instances.
const ONE_LOOP = ['-o', 'asyncio_mode=auto', '-o', 'asyncio_default_test_loop_scope=session', '-o', 'asyncio_default_fixture_loop_scope=session']

/** @returns what became of each test @throws when pytest itself failed */
export async function runStandard(python: string, env: Readonly<Record<string, string>>): Promise<Outcome[]> {
  const command = [python, '-m', 'pytest', '-p', 'standard_outcomes', '-p', 'no:cacheprovider', '-p', 'no:terminal', ...ONE_LOOP, '--rootdir=.', 'standard.py']
  const ran = await run(command, { ...env, PYTHONPATH: [env['PYTHONPATH'], FOLDER].filter(Boolean).join(path.delimiter), PYTHONDONTWRITEBYTECODE: '1' }, { cwd: FOLDER })
  // 1: some test failed, which is the caller's to judge.
  if (ran.code !== 0 && ran.code !== 1) throw new Error(`pytest ended with ${ran.code}: ${ran.err.slice(-2000)}`)
  return ran.out.split('\n').filter((line) => line.startsWith('{"test"')).map((line) => JSON.parse(line) as Outcome)
}

/** Passed directly, and not through the agent. */
export function worse(direct: readonly Outcome[], through: readonly Outcome[]): Outcome[] {
  const outcome = new Map(through.map((one) => [one.test, one]))
  return direct.filter((one) => one.outcome === 'passed').flatMap(({ test }) => {
    const other = outcome.get(test)
    return other?.outcome === 'passed' ? [] : [other ?? { test, outcome: 'failed', why: 'it did not run' }]
  })
}

/** Counts by class, both ways; what fails both ways is named below. */
export function comparison(direct: readonly Outcome[], through: readonly Outcome[]): string {
  const classes = [...new Set(direct.map(({ test }) => test.split('::')[0] ?? ''))]
  const count = (outcomes: readonly Outcome[], of: string, outcome: string): string => String(outcomes.filter((one) => one.test.startsWith(`${of}::`) && one.outcome === outcome).length).padStart(6)
  const rows = classes.map((name) => `${name.padEnd(34)}${count(direct, name, 'passed')} directly${count(through, name, 'passed')} through${count(direct, name, 'failed')} fail${count(direct, name, 'skipped')} not asked of the class`)
  const total = (outcomes: readonly Outcome[]): number => outcomes.filter(({ outcome }) => outcome === 'passed').length
  const failing = direct.filter(({ outcome }) => outcome === 'failed').map(({ test, why }) => `fails directly: ${test}: ${why.trim().split('\n').at(-1) ?? ''}`)
  return [...rows, `${'all'.padEnd(34)}${String(total(direct)).padStart(6)} directly${String(total(through)).padStart(6)} through`, ...failing].join('\n')
}
