/** The suites of the SDKs put a mock in place of the network, so they cannot go through the agent: these streaming programs over the unmodified SDKs are ours. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { startProviders, listOf, tryClasses } from '../conformance/table.ts'
import { ROOT } from '../fakes/trial.ts'
import { conformancePython } from './environment.ts'

let trial: Sandbox
let python: string
before(async () => {
  python = await conformancePython()
  trial = await startProviders()
}, { timeout: 900_000 })
after(() => trial.close())

test('the providers\' SDKs for Python read every stream through the agent, wherever the provider cut its bytes', { timeout: 300_000 }, async (t) => {
  const lines = await tryClasses(trial, [python, path.join(ROOT, 'test/conformance/sdks.py')])
  t.diagnostic(`\n${listOf(lines)}`)
  assert.ok(lines.length >= 20, `${lines.length} lines`)
  assert.deepEqual(lines.filter(({ verdict }) => verdict !== 'ok'), [])
})
