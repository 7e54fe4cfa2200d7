import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { temporary } from '../fakes/agentHome.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
// In a variable: no declarations come with it.
const GUARD: string = '../../.config/needsNode.mjs'

test('the built command says in a sentence which Node it needs, and ends with 2, where an older one runs it', async (t) => {
  const { needsNode } = (await import(GUARD)) as { needsNode: (engines: string) => string }
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } }
  const folder = await temporary(t)
  const [bundle, older] = [path.join(folder, 'cli.cjs'), path.join(folder, 'older.cjs')]
  writeFileSync(bundle, `#!/usr/bin/env node\n${needsNode(engines.node)}\nprocess.stdout.write('ran')\n`)
  writeFileSync(older, "Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})")
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--require', older, bundle], { encoding: 'utf8' })
  assert.deepEqual([status, stdout, stderr], [2, '', 'countersign needs Node 24 or newer, and this is Node 20.20.2. Install it from https://nodejs.org, then run this again.\n'])
  assert.equal(execFileSync(process.execPath, [bundle], { encoding: 'utf8' }), 'ran')
  assert.throws(() => needsNode('^24'), /engines\.node/)
  assert.match(readFileSync(path.join(ROOT, '.config/build.mjs'), 'utf8'), /'src\/cli\/main\.ts', 'cli\.cjs', \{ first: needsNode\(/)
})
