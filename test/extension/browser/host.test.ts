/** Brings up the editor's extension host with test/extension/host/suite.ts in it, and tells what happened there as tests of this file. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { build } from 'esbuild'
import { ROOT } from '../../fakes/trial.ts'
import { openWorkbench, until } from '../workbench.ts'
import { sampleWorkspace, startWorld } from './world.ts'

test('in the extension host', async (t) => {
  const folder = path.join(ROOT, 'test-results', 'host')
  mkdirSync(folder, { recursive: true })
  const suite = path.join(folder, 'suite.cjs')
  await build({ entryPoints: [path.join(ROOT, 'test/extension/host/suite.ts')], outfile: suite, bundle: true, platform: 'node', format: 'cjs', target: 'node22', external: ['vscode'], logLevel: 'error' })
  const workspace = sampleWorkspace()
  const results = path.join(workspace, 'results.json')
  const world = await startWorld({
    workspace,
    env: { COUNTERSIGN_TEST_RESULTS: results, SSLKEYLOGFILE: 'canary-keys', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    args: ['--vscode-option', 'enable-smoke-test-driver'],
  })
  t.after(() => world.close())
  await world.page.exposeFunction('codeAutomationLog', () => undefined)
  await world.page.exposeFunction('codeAutomationExit', () => undefined)
  const uri = (file: string): string => `vscode-remote://127.0.0.1:${world.editor.port}${file}`
  const payload = [['extensionDevelopmentPath', uri(path.join(ROOT, 'test/extension/host/extension'))], ['extensionTestsPath', uri(suite)], ['skipWelcome', 'true']]
  await openWorkbench(world.page, `${world.editor.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`)
  await until('the results of the suite', () => existsSync(results) && readFileSync(results, 'utf8').endsWith('}'), 200_000)
  const told = JSON.parse(readFileSync(results, 'utf8')) as { results: { name: string; error?: string }[]; notes: Record<string, unknown> }
  t.diagnostic(JSON.stringify(told.notes))
  for (const { name, error } of told.results) await t.test(name, () => { assert.equal(error, undefined) })
  assert.ok(told.results.length >= 8)
})
