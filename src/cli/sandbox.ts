/** `countersign sandbox`: a whole Countersign for trials, on loopback, with sample people. */
import type { Command } from 'commander'
import { CountersignError } from '../protocol/errors.ts'
import { startSandbox } from '../sandbox/start.ts'
import { collect } from './agent.ts'

interface SandboxFlags {
  readonly json?: boolean
  readonly upstream: readonly string[]
  readonly upstreamKey: readonly string[]
  readonly policy?: string
  readonly as: string
  readonly dir?: string
}

export function sandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description('bring up a trial on loopback: sample identity provider, hub, agent, simulated model')
    .option('--upstream <name=url>', 'a real model endpoint in place of the simulated one (repeatable)', collect, [])
    .option('--upstream-key <name=@file>', 'its provider key, read from a file (repeatable)', collect, [])
    .option('--policy <file>', 'the policy to publish as version 1 (default: a sample)')
    .option('--as <person>', 'who signs in: ada, grace, sam, kim or lee', 'ada')
    .option('--dir <folder>', 'where everything is kept (default: a new temporary folder)')
    .option('--json', 'print one JSON line when ready')
    .action(sandbox)
}

async function sandbox(flags: SandboxFlags): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { resolve() })
  })
  const started = await startSandbox({
    command: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    as: flags.as,
    upstreams: pairs('--upstream', flags.upstream),
    upstreamKeyFiles: pairs('--upstream-key', flags.upstreamKey.map((one) => one.replace('=@', '='))),
    ...(flags.policy === undefined ? {} : { policyFile: flags.policy }),
    ...(flags.dir === undefined ? {} : { dir: flags.dir }),
    say: (line) => process.stderr.write(`${line}\n`),
  })
  try {
    process.stdout.write(flags.json ? `${JSON.stringify(started.line)}\n` : describe(started.line))
    await Promise.race([stopped, started.broken])
  } finally {
    await started.close()
  }
}

function describe(line: Awaited<ReturnType<typeof startSandbox>>['line']): string {
  return [
    `agent     ${line.agent}   (OPENAI_BASE_URL=${line.agent}/openai/v1)`,
    `key       ${line.key}   (OPENAI_API_KEY)`,
    `hub       ${line.hub}`,
    `issuer    ${line.issuer}`,
    `records   ${line.dir}   (countersign verify ${line.dir})`,
    'Ctrl-C ends it.',
    '',
  ].join('\n')
}

function pairs(name: string, given: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {}
  for (const one of given) {
    const cut = one.indexOf('=')
    if (cut < 1) throw new CountersignError('CS_SETTING', `${name} takes NAME=VALUE, as in openai=https://gateway.example.com/v1.`)
    result[one.slice(0, cut)] = one.slice(cut + 1)
  }
  return result
}
