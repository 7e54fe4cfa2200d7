/** The main job, told in the terminal as it happens: real LangChain, no provider key, masked answers, a refusal, the records. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CountersignError, describeError } from '../protocol/errors.ts'
import { launchEnvironment } from '../platform/launchEnv.ts'
import type { ApprovalsList } from '../protocol/approval.ts'
import { startPerson, type AnotherPerson } from './person.ts'
import { boundedEnvironment } from './processes.ts'
import { ensurePython } from './python.ts'
import { startSandbox, type Sandbox } from './start.ts'

export interface TourOptions {
  /** Root of the clone. */
  readonly root: string
  /** How to run `countersign`. */
  readonly command: readonly string[]
  readonly once: boolean
  readonly write: (text: string) => void
  readonly colour: boolean
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

interface Told extends TourOptions {
  readonly heading: (text: string) => void
  readonly line: (text: string) => void
}

/** @returns exit code: 0 when every step did what the text says */
export async function tour(options: TourOptions): Promise<number> {
  const bold = (text: string): string => (options.colour ? `\x1b[1m${text}\x1b[0m` : text)
  const told: Told = {
    ...options,
    heading: (text) => { options.write(`\n${bold(text)}\n`) },
    line: (text) => { options.write(`  ${text}\n`) },
  }
  told.heading('Countersign: bringing everything up on this machine')
  let sandbox: Sandbox | undefined
  try {
    sandbox = await startSandbox({ command: options.command, as: 'ada', say: told.line })
    told.line(`simulated model (not a real one)       ${sandbox.model.url}`)
    const good = await steps(told, sandbox)
    whatNext(told, sandbox)
    if (!options.once && !options.signal.aborted) await Promise.race([once(options.signal, 'abort'), sandbox.broken])
    return good || options.signal.aborted ? 0 : 1
  } catch (error) {
    if (options.signal.aborted) return 0
    told.line(error instanceof CountersignError ? error.message : `Something went wrong (${describeError(error)}).`)
    return 1
  } finally {
    if (sandbox) {
      told.heading('Ending: agent, hub, identity provider, simulated model')
      await sandbox.close()
      told.line(`no process is left; the records stay in ${sandbox.line.dir}`)
    }
  }
}

async function steps(told: Told, sandbox: Sandbox): Promise<boolean> {
  const sample = path.join(told.root, 'media/sample')
  const python = await ensurePython(path.join(told.root, '.cache/python'), path.join(sample, 'requirements.txt'), told.line)
  const env = launchEnvironment(sandbox.line.agent, sandbox.line.key)
  const done: boolean[] = []
  const step = async (title: string, command: readonly string[], expected: number, more: Readonly<Record<string, string>> = env): Promise<void> => {
    if (told.signal.aborted) return
    told.heading(title)
    const code = await show(told, command, more)
    if (code !== expected && !stopped(told)) told.line(`(this ended with exit code ${code}, not with ${expected})`)
    done.push(code === expected)
  }
  const script = (name: string): string => path.join(sample, name)
  await step('LangChain for JavaScript asks about sample customers; e-mails and phones in the answer are masked', [process.execPath, script('ask.mjs')], 0)
  if ('python' in python) await step('LangChain for Python does the same', [python.python, script('ask.py')], 0)
  else told.line(`LangChain for Python is left out: ${python.missing}. This helps: ${python.command}`)
  await step('A call with card numbers and SSNs needs a second person; nobody is there, so nothing is sent', [process.execPath, script('ask.mjs'), 'payments.csv'], 1)
  if (!stopped(told)) done.push(await secondPerson(told, sandbox, [process.execPath, script('ask.mjs'), 'payments.csv'], env))
  await step('What the journal says', [...told.command, 'records', sandbox.line.dir], 0, {})
  await step('Verified: every record, every checkpoint, every receipt of the hub', [...told.command, 'verify', sandbox.line.dir, '--hub', sandbox.line.hub], 0, {})
  return done.every(Boolean)
}

/** Grace, on a machine of her own as far as Countersign can tell, sees what waits and approves it; the same run goes on. */
async function secondPerson(told: Told, sandbox: Sandbox, command: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> {
  told.heading('The same call once more, and now Grace, who reviews for security, is at her desk')
  const grace = await startPerson(sandbox, told.command, 'grace')
  try {
    await listed(grace, told.signal, ({ relay }) => relay === 'here' || undefined)
    const running = show(told, command, env)
    const request = await listed(grace, told.signal, ({ requests }) => requests.find((one) => one.state === 'pending' && one.role === 'review'))
    if (!request) return false
    const found = request.call.findings.map(({ type, count, fate }) => `${count} ${type} ${fate === 'asIs' ? 'as they are' : 'masked'}`).join(', ')
    told.line(`Grace sees: ${request.requester.name ?? request.requester.subject} asks to send a prompt to ${request.call.model}; it would leave with ${found}. The values are hidden from her.`)
    await grace.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'The finance team asked for it.' })
    told.line('Grace approves, with a reason: "The finance team asked for it."')
    return (await running) === 0
  } finally {
    await grace.close()
  }
}

/** Looks until what is looked for is there; undefined when Ctrl-C came first, or it never came. */
async function listed<T>(person: AnotherPerson, signal: AbortSignal, look: (list: ApprovalsList) => T | undefined): Promise<T | undefined> {
  for (let tries = 0; tries < 200 && !signal.aborted; tries++) {
    const found = look(await person.control.request('approvals.list', {}))
    if (found !== undefined) return found
    await setTimeout(100)
  }
  return undefined
}

/** Asked anew each time: Ctrl-C may have come while a step ran. */
function stopped(told: Told): boolean {
  return told.signal.aborted
}

/** Runs a command and shows its words as they come, behind a bar. */
async function show(told: Told, command: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: boundedEnvironment(env) })
  const abort = (): void => void child.kill('SIGTERM')
  told.signal.addEventListener('abort', abort)
  const line = { fresh: true }
  const bar = (chunk: string): void => {
    for (const piece of chunk.split(/(?<=\n)/)) {
      told.write(line.fresh ? `  │ ${piece}` : piece)
      line.fresh = piece.endsWith('\n')
    }
  }
  child.stdout.setEncoding('utf8').on('data', bar)
  child.stderr.setEncoding('utf8').on('data', bar)
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => { resolve(127) })
    child.once('close', (exit) => { resolve(exit ?? 1) })
  })
  told.signal.removeEventListener('abort', abort)
  if (!line.fresh) told.write('\n')
  return code
}

/** What told its story once ends with it: then only what outlives it is named. */
function whatNext(told: Told, { line, idp }: Sandbox): void {
  told.heading('What to try next')
  if (told.once) {
    told.line('Stay and look around:   npm start -- --terminal, or npm start for two editors in the browser')
    told.line(`Read and verify again:  npm run --silent countersign -- records ${line.dir}, or verify ${line.dir}`)
    told.line(`Change a byte and see:  in ${line.dir}/agent/journal, then verify once more`)
    return
  }
  const sam = idp.people.find((one) => one.login === 'sam')
  told.line(`The auditor's page:     ${line.hub}   (sign in as ${sam?.login ?? 'sam'}, password ${sam?.password ?? ''}; ada gets 403)`)
  told.line(`Your own script:        OPENAI_BASE_URL=${line.agent}/openai/v1 OPENAI_API_KEY=${line.key} node your-script.mjs`)
  told.line(`Change a byte and see:  ${line.dir}/agent/journal, then npm run --silent countersign -- verify ${line.dir}`)
  told.line('Another policy:         npm run --silent countersign -- sandbox --policy FILE')
  told.line('Ctrl-C ends everything.')
}
