import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { eventsOf } from '../fakes/trial.ts'
import { ensureProgram } from './install.ts'
import { isGreen, startProviders, tableOf, tryClasses } from './table.ts'

let trial: Sandbox
let program: string
before(async () => {
  program = await ensureProgram('classes.mjs')
  trial = await startProviders()
}, { timeout: 300_000 })
after(() => trial.close())

test('every class of LangChain for JavaScript goes through the agent, with no word about it in the program', { timeout: 300_000 }, async (t) => {
  const lines = await tryClasses(trial, [process.execPath, program])
  t.diagnostic(`\n${tableOf(lines)}`)
  assert.ok(lines.length >= 72, `${lines.length} lines`)
  assert.deepEqual(lines.filter(({ verdict }) => !isGreen(verdict)), [])
  const placeless = eventsOf(trial.home, 'exchange.decided').filter(({ actor }) => actor.place?.file !== 'classes.mjs').map(({ endpoint }) => endpoint.provider)
  assert.deepEqual(placeless, [], 'each call says which program it is from')
  const providers = new Set(eventsOf(trial.home, 'exchange.completed').map(({ ex }) => eventsOf(trial.home, 'exchange.decided').find((one) => one.ex === ex)?.endpoint.provider))
  for (const name of ['openai', 'azure', 'anthropic', 'gemini', 'bedrock', 'ollama', 'groq', 'mistral', 'cohere', 'deepseek', 'xai', 'openrouter', 'together', 'vertex', 'huggingface-inference']) assert.ok(providers.has(name), name)
})
