/** Runs a program that tries every class, and reads what it says into a table of class by operation. */
import { launchEnvironment, launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { run, startTrial } from '../fakes/trial.ts'

export interface Line {
  readonly name: string
  readonly operation: string
  /** `ok`; `refused`, for what cannot be inspected and was refused in the words it should be; or what went wrong. */
  readonly verdict: string
  readonly version: string
}

const POLICY = `version: 1
default: deny
upstreams: {}
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask: { prompt: { SECRET: redact }, answer: { EMAIL: redact } }
rules:
  - { id: every-provider, when: {}, effect: allow }
`

/** The agent, with the simulated model standing for every provider in its own dialect. */
export function startProviders(): Promise<Sandbox> {
  return startTrial({
    policy: POLICY,
    simulated: ['azure', 'bedrock', 'bedrock-mantle', 'cohere', 'deepseek', 'fireworks', 'gemini', 'groq', 'huggingface', 'huggingface-inference', 'mistral', 'ollama', 'openrouter', 'together', 'vertex', 'xai'],
    signed: ['bedrock'],
  })
}

/** @returns what each class said @throws when the program itself failed */
export async function tryClasses(trial: Sandbox, command: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Line[]> {
  const ran = await run(command, { ...launchEnvironment(trial.line.agent, trial.line.key), ...withPreloads({}, launchFolder()), ...more })
  if (ran.code !== 0) throw new Error(`${command.join(' ')} ended with ${ran.code}: ${ran.err.slice(-2000)}`)
  return ran.out.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line)
}

export function isGreen(verdict: string): boolean {
  return verdict === 'ok' || verdict === 'refused'
}

/** Class by operation, with what went wrong below. */
export function tableOf(lines: readonly Line[]): string {
  const operations = [...new Set(lines.map(({ operation }) => operation))]
  const names = [...new Set(lines.map(({ name }) => name))]
  const column = (operation: string): number => Math.max(operation.length, 7)
  const width = Math.max(...names.map((name) => name.length)) + 1
  const rows = names.map((name) => {
    const own = lines.filter((line) => line.name === name)
    const cells = operations.map((operation) => {
      const verdict = own.find((line) => line.operation === operation)?.verdict
      return (verdict === undefined ? '' : isGreen(verdict) ? verdict : 'RED').padEnd(column(operation))
    })
    return `${name.padEnd(width)} ${(own[0]?.version ?? '').padEnd(8)} ${cells.join('  ')}`
  })
  const red = lines.filter(({ verdict }) => !isGreen(verdict)).map(({ name, operation, verdict }) => `${name}, ${operation}: ${verdict}`)
  return [`${'class'.padEnd(width)} ${'version'.padEnd(8)} ${operations.map((operation) => operation.padEnd(column(operation))).join('  ')}`, ...rows, ...red].join('\n')
}

/** One line for each name: which of its operations are well, and what is not. For names that share no operations. */
export function listOf(lines: readonly Line[]): string {
  return [...new Set(lines.map(({ name }) => name))]
    .map((name) => {
      const own = lines.filter((line) => line.name === name)
      return `${name} ${own[0]?.version ?? ''}: ${own.map(({ operation, verdict }) => `${operation} ${verdict}`).join(', ')}`
    })
    .join('\n')
}
