/** The suites of the SDKs put a mock in place of the network, so they cannot go through the agent: these streaming programs over the unmodified SDKs are ours. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { ensureProgram } from './install.ts'
import { startProviders, listOf, tryClasses } from './table.ts'

let trial: Sandbox
let program: string
before(async () => {
  program = await ensureProgram('sdks.mjs')
  trial = await startProviders()
}, { timeout: 300_000 })
after(() => trial.close())

test('the providers\' SDKs for JavaScript read every stream through the agent, wherever the provider cut its bytes', { timeout: 300_000 }, async (t) => {
  const lines = await tryClasses(trial, [process.execPath, program])
  t.diagnostic(`\n${listOf(lines)}`)
  assert.ok(lines.length >= 25, `${lines.length} lines`)
  assert.deepEqual(lines.filter(({ verdict }) => verdict !== 'ok'), [])
})
