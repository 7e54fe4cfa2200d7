/**
 * Whether the work still works: one program, thirty questions, a model that knows no value. Asked once past Countersign and once through it with
 * pseudonyms on, the program has to come to the same results, and no value of its tables may reach the model.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { launchEnvironment } from '../../src/platform/launchEnv.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { ROOT, run, startTrial } from '../fakes/trial.ts'
import { startScriptedModel, type ScriptedModel } from './scriptedModel.ts'

const PROGRAM = path.join(import.meta.dirname, 'program')
const INSTALLED = path.join(ROOT, '.cache/utility')
const QUESTIONS = 30
/** A value that does not survive its way, such as one that needs quoting where the model put it, costs an answer. */
const LEAST_SAME = 28

const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
mask:
  prompt:
    { EMAIL: pseudonym, PHONE: pseudonym, PERSON: pseudonym, US_SSN: pseudonym, CREDIT_CARD: pseudonym, IBAN: pseudonym, ADDRESS: pseudonym, SECRET: redact }
rules:
  - id: all-may-ask
    when: { provider: [openai] }
    effect: allow
`

interface Line {
  readonly id: string
  readonly result?: unknown
  readonly error?: string
}

interface Records {
  readonly people: readonly Readonly<Record<'full_name' | 'email' | 'phone' | 'ssn' | 'card' | 'iban', string>>[]
}

/** The program's own packages, pinned by its lock file, in the ignored cache. */
function install(): void {
  const wanted = createHash('sha256').update(readFileSync(path.join(PROGRAM, 'package-lock.json'))).digest('hex')
  const stamp = path.join(INSTALLED, '.ready')
  mkdirSync(INSTALLED, { recursive: true })
  cpSync(PROGRAM, INSTALLED, { recursive: true })
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: INSTALLED, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
  assert.equal(done.status, 0, 'the packages of the program could not be installed')
  writeFileSync(stamp, wanted)
}

async function ask(env: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Line>> {
  const ran = await run([process.execPath, path.join(INSTALLED, 'chains.mjs')], env, { cwd: INSTALLED })
  assert.equal(ran.code, 0, ran.err)
  return new Map(ran.out.trim().split('\n').map((line) => JSON.parse(line) as Line).map((line) => [line.id, line]))
}

/** Everything that tells who someone is; of names also the surname alone. */
function rawValues(): string[] {
  const { people } = JSON.parse(readFileSync(path.join(PROGRAM, 'records.json'), 'utf8')) as Records
  return people.flatMap(({ full_name, email, phone, ssn, card, iban }) => [full_name, full_name.split(' ').at(-1) ?? full_name, email, phone, ssn, card, iban])
}

describe('chains over personal data, with pseudonyms on', () => {
  let model: ScriptedModel
  let trial: Sandbox
  let plain: ReadonlyMap<string, Line>
  let masked: ReadonlyMap<string, Line>
  let reached: readonly string[]
  before(async () => {
    install()
    model = await startScriptedModel()
    trial = await startTrial({ policy: POLICY, upstreams: { openai: model.url } })
    plain = await ask({ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'none', LANGSMITH_TRACING: 'false' })
    model.received.length = 0
    masked = await ask(launchEnvironment(trial.line.agent, trial.line.key))
    reached = [...model.received]
  }, { timeout: 600_000 })
  after(async () => {
    await trial.close()
    await model.close()
  })

  test('every question has an answer without Countersign', () => {
    assert.equal(plain.size, QUESTIONS)
    assert.deepEqual([...plain.values()].filter((line) => line.error !== undefined || line.result === undefined), [])
  })

  test(`at least ${LEAST_SAME} of ${QUESTIONS} answers are the same`, (t: TestContext) => {
    const differ = [...plain].filter(([id, line]) => JSON.stringify(line) !== JSON.stringify(masked.get(id)))
    t.diagnostic(`${QUESTIONS - differ.length} of ${QUESTIONS} answers are the same`)
    for (const [id, line] of differ) {
      const got = masked.get(id)
      t.diagnostic(`${id} differs: wanted ${JSON.stringify(line.result)}, got ${JSON.stringify(got?.result ?? got?.error)}`)
    }
    assert.ok(QUESTIONS - differ.length >= LEAST_SAME)
  })

  test('no value of the tables reaches the model, and placeholders do', (t: TestContext) => {
    const seen = rawValues().filter((value) => reached.some((body) => body.includes(value)))
    for (const value of seen) t.diagnostic(`reached the model: ${value}, as in ${JSON.stringify(contextOf(value, reached))}`)
    assert.deepEqual(seen, [])
    assert.ok(reached.some((body) => body.includes('[EMAIL_1]')))
  })
})

function contextOf(value: string, reached: readonly string[]): string {
  const body = reached.find((one) => one.includes(value)) ?? ''
  const at = body.indexOf(value)
  return body.slice(Math.max(0, at - 60), at + value.length + 20)
}
