import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, before, test, type TestContext } from 'node:test'
import { launchEnvironment, launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import { boundedEnvironment } from '../../src/sandbox/processes.ts'
import { startHolding, type Holding } from '../fakes/holding.ts'
import { until } from '../fakes/trial.ts'
import { ensureProgram } from './install.ts'

interface Held {
  readonly name: string
  /** Seconds of the client's clock at which it was told to run again. */
  readonly runs: readonly number[]
  readonly seconds: number
  readonly ok: boolean
  readonly why: string
}

const CLASSES = 16
const STEP_MS = 2_500
const HELD_MS = 11 * 60_000

let agent: Holding
let program: string
before(async () => {
  program = await ensureProgram('held.mjs')
  agent = await startHolding()
}, { timeout: 300_000 })
after(() => agent.close())

/** The classes in a process of their own, whose clock moves as the agent's does. */
function startClasses(t: TestContext): { readonly held: Held[]; readonly pass: (ms: number) => Promise<void>; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, `${agent.model.url}/v1/chat/completions`], { env: boundedEnvironment({ ...launchEnvironment(agent.url, 'cs_key'), ...withPreloads({}, launchFolder()) }), stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const held: Held[] = []
  let ticked: () => void = () => undefined
  createInterface({ input: child.stdout }).on('line', (line) => { if (line === 't') ticked(); else held.push(JSON.parse(line) as Held) })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => {
    resolve(code)
    ticked()
  }))
  const pass = async (ms: number): Promise<void> => {
    agent.advance(ms)
    const done = new Promise<void>((resolve) => { ticked = resolve })
    child.stdin.write(`${ms}\n`)
    await done
  }
  return { held, pass, ended }
}

test('LangChain\'s classes for JavaScript outlast a call that is held for eleven minutes, or are told in time to run it again, which joins', { timeout: 120_000 }, async (t) => {
  const { held, pass, ended } = startClasses(t)
  await until(() => agent.held === CLASSES || undefined, 'every class waits', 60_000)
  for (let passed = 0; passed < HELD_MS; passed += STEP_MS) {
    await pass(STEP_MS)
    // Who was told to run it again is back before the next moment passes.
    if (agent.held !== CLASSES) await until(() => agent.held === CLASSES || undefined, 'every class waits again')
  }
  assert.deepEqual(held.map(({ name, ok }) => [name, ok]), [['fetch, in silence', true]], held.map(({ name, why, runs, seconds }) => `${name} (${runs.join(', ')}; ${seconds} s): ${why}`).join('\n'))
  agent.acknowledgeAll()
  assert.equal(await ended, 0)
  t.diagnostic(`\n${held.map(({ name, runs, seconds }) => `${name.padEnd(36)} ${seconds} s${runs.length > 0 ? `, told to run it again at ${runs.join(', ')} s` : ''}`).join('\n')}`)
  assert.equal(held.length, CLASSES + 1)
  assert.deepEqual(held.filter(({ ok }) => !ok), [])
  assert.equal(agent.opened, CLASSES, 'a call that was run again joined the one that waited')
  for (const name of ['ChatOpenAI, whole', 'ChatAnthropic, streamed']) assert.deepEqual(held.find((one) => one.name === name)?.runs.map((at) => at > 580 && at < 600), [true])
})
