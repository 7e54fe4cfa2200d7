import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { launchEnvironment, launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import { boundedEnvironment } from '../../src/sandbox/processes.ts'
import { startHolding, type Holding } from '../fakes/holding.ts'
import { ROOT, until } from '../fakes/trial.ts'
import { conformancePython } from './environment.ts'

interface Held {
  readonly name: string
  readonly seconds: number
  readonly ok: boolean
  readonly why: string
}

/** So much faster do minutes pass for the agent; the clients' limits are divided by it. */
const FASTER = 15
const STEP_MS = 3_000
const HELD_MS = 5 * 60_000 + 15_000

let agent: Holding
let python: string
before(async () => {
  python = await conformancePython()
  agent = await startHolding()
}, { timeout: 900_000 })
after(() => agent.close())

test('LangChain\'s classes for Python and boto3 outlast a call that is held for more than five minutes', { timeout: 240_000 }, async (t) => {
  const child = spawn(python, [path.join(ROOT, 'test/conformance/held.py'), String(FASTER), `${agent.model.url}/v1/chat/completions`], { env: boundedEnvironment({ ...launchEnvironment(agent.url, 'cs_key'), ...withPreloads({}, launchFolder()) }), stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const held: Held[] = []
  let classes = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('waiting ')) classes = Number(line.slice(8))
    else held.push(JSON.parse(line) as Held)
  })
  const ended = once(child, 'close')
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await wait(STEP_MS / FASTER)
      agent.advance(STEP_MS)
    }
  }
  // Those that wait already are kept alive while the others begin.
  while (classes === 0 || agent.held < classes - held.filter(({ ok }) => !ok).length) await pass(STEP_MS)
  await pass(HELD_MS)
  assert.deepEqual(held.map(({ name, ok, why }) => [name, ok, why]), [['httpx, in silence', true, '']], 'nobody else gave up')
  assert.equal(agent.opened, classes, 'nobody tried twice')
  agent.acknowledgeAll()
  await Promise.race([ended, until(() => held.length > classes || undefined, 'every class is answered', 60_000)])
  const answered: readonly Held[] = held
  t.diagnostic(`\n${answered.map(({ name, seconds }) => `${name.padEnd(56)} ${seconds} s`).join('\n')}`)
  assert.deepEqual(answered.filter(({ ok }) => !ok), [])
  assert.equal(answered.length, classes + 1)
})
