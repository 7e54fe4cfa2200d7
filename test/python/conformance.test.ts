import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { launchEnvironment, launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { comparison, runStandard, worse } from '../conformance/standard.ts'
import { isGreen, startProviders, tableOf, tryClasses } from '../conformance/table.ts'
import { vocabularyCache } from '../conformance/vocabulary.ts'
import { ROOT } from '../fakes/trial.ts'
import { conformancePython } from './environment.ts'

let trial: Sandbox
let python: string
before(async () => {
  python = await conformancePython()
  trial = await startProviders()
}, { timeout: 900_000 })
after(() => trial.close())

test('every class of LangChain for Python goes through the agent, with no word about it in the program', { timeout: 300_000 }, async (t) => {
  const lines = await tryClasses(trial, [python, path.join(ROOT, 'test/conformance/classes.py')], { TIKTOKEN_CACHE_DIR: vocabularyCache() })
  t.diagnostic(`\n${tableOf(lines)}`)
  assert.ok(lines.length >= 150, `${lines.length} lines`)
  assert.deepEqual(lines.filter(({ verdict }) => !isGreen(verdict)), [])
})

test('LangChain\'s own standard suite passes through the agent wherever it passes directly', { timeout: 300_000 }, async (t) => {
  const both = { TIKTOKEN_CACHE_DIR: vocabularyCache(), LANGSMITH_TRACING: 'false' }
  const { url, key } = trial.model
  const direct = await runStandard(python, { ...both, OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, ANTHROPIC_API_URL: url, ANTHROPIC_API_KEY: key })
  const through = await runStandard(python, { ...both, ...launchEnvironment(trial.line.agent, trial.line.key), ...withPreloads({}, launchFolder()) })
  t.diagnostic(`\n${comparison(direct, through)}`)
  assert.ok(direct.filter(({ outcome }) => outcome === 'passed').length >= 240, comparison(direct, through))
  assert.deepEqual(worse(direct, through), [])
})
