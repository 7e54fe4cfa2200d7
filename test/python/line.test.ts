import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import path from 'node:path'
import { launchEnvironment } from '../../src/platform/launchEnv.ts'
import { ensurePython } from '../../src/sandbox/python.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, ROOT, run, startTrial } from '../fakes/trial.ts'

let trial: Sandbox
let python: string
before(async () => {
  const found = await ensurePython(path.join(ROOT, '.cache/python'), path.join(ROOT, 'media/sample/requirements.txt'), (line) => { process.stderr.write(`${line}\n`) })
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  python = found.python
  trial = await startTrial()
}, { timeout: 600_000 })
after(() => trial.close())

const sample = (name: string): string => path.join(ROOT, 'media/sample', name)

describe('LangChain for Python through the agent', () => {
  test('streams a masked answer with no provider key anywhere', async () => {
    const ran = await run([python, sample('ask.py')], launchEnvironment(trial.line.agent, trial.line.key))
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.out, /\[EMAIL\]/)
    assert.doesNotMatch(ran.out, /castellanos@/)
    const ended = eventsOf(trial.home, 'exchange.completed').at(-1)
    assert.ok((ended?.answer?.usage.outputTokens ?? 0) > 0, 'usage is recorded although the client did not ask for it')
  })

  test('gets the refusal of a held call as one sentence, and does not try again', async () => {
    const before = eventsOf(trial.home, 'exchange.decided').length
    const ran = await run([python, sample('ask.py'), 'payments.csv'], launchEnvironment(trial.line.agent, trial.line.key))
    assert.equal(ran.code, 1)
    assert.match(ran.err, /Error code: 403.*Nothing was sent/s)
    assert.equal(eventsOf(trial.home, 'exchange.decided').length, before + 1)
  })

  test('runs under countersign run, with a launch of its own on record', async () => {
    const ran = await run([...COUNTERSIGN, 'run', '--home', trial.home, '--', python, sample('ask.py')])
    assert.equal(ran.code, 0, ran.err)
    assert.ok(eventsOf(trial.home, 'launch.registered').some(({ kind, label }) => kind === 'run' && label.startsWith('python')))
  })
})
