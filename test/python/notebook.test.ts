/** The sample notebook on a real ipykernel, with the environment that the extension host hands to a kernel it starts. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { launchEnvironment } from '../../src/platform/launchEnv.ts'
import { ensurePython } from '../../src/sandbox/python.ts'
import { eventsOf, ROOT, run, startTrial } from '../fakes/trial.ts'

const EXECUTE = `
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read("ask.ipynb", as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
nbformat.write(notebook, "ask.out.ipynb")
`

test('S53: the sample notebook streams masked answers on a real kernel, and its saved outputs hold no key', { timeout: 600_000 }, async (t) => {
  const found = await ensurePython(path.join(ROOT, '.cache/notebook'), path.join(ROOT, 'test/python/notebook-requirements.txt'), (line) => { process.stderr.write(`${line}\n`) })
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  const trial = await startTrial()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cs-nb-'))
  t.after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true })
  })
  cpSync(path.join(ROOT, 'media/sample'), folder, { recursive: true })
  // A kernel's environment begins as the extension host's, which the extension has put these into; the kernel spec adds nothing.
  const ran = await run([found.python, '-c', `import os; os.chdir(${JSON.stringify(folder)})\n${EXECUTE}`], { ...launchEnvironment(trial.line.agent, trial.line.key), PATH: `${path.dirname(found.python)}${path.delimiter}${process.env['PATH'] ?? ''}` })
  assert.equal(ran.code, 0, ran.err)
  const saved = readFileSync(path.join(folder, 'ask.out.ipynb'), 'utf8')
  assert.match(saved, /\[EMAIL\]/)
  assert.match(saved, /card number/)
  assert.match(saved, /Nothing was sent\./)
  for (const secret of [/cs_[\w-]{20,}/, /\bsk-\w{8}/, new RegExp(trial.line.key)]) assert.doesNotMatch(saved, secret)
  assert.equal(eventsOf(trial.home, 'exchange.completed').length, 1)
})
