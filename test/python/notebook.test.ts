/** The sample notebook on a real ipykernel, with the environment that the extension host hands to a kernel it starts. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { launchEnvironment, launchFolder } from '../../src/platform/launchEnv.ts'
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

const LATE = `
import json, os, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3")
def run(code):
    said = []
    client.execute_interactive(code, timeout=120, output_hook=lambda message: said.append(message["content"].get("text") or message["content"].get("evalue") or ""))
    return "".join(said)
print(json.dumps([run(code) for code in json.loads(os.environ["CELLS"])]))
client.stop_channels()
manager.shutdown_kernel(now=True)
`

test('a kernel that was started before the agent is routed by %load_ext countersign, with a launch and a key of its own', { timeout: 600_000 }, async (t) => {
  const found = await ensurePython(path.join(ROOT, '.cache/notebook'), path.join(ROOT, 'test/python/notebook-requirements.txt'), (line) => { process.stderr.write(`${line}\n`) })
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  const trial = await startTrial()
  t.after(() => trial.close())
  const cells = [
    'import os; os.environ["OPENAI_API_KEY"] = "sk-not-a-real-one-0001"\nfrom langchain_openai import ChatOpenAI\nbefore = ChatOpenAI(model="simulated-1")',
    `import sys; sys.path.append(${JSON.stringify(path.join(launchFolder(), 'python'))})\n%load_ext countersign`,
    'print(before.invoke("Hello").content)',
    'from langchain_anthropic import ChatAnthropic\nprint(ChatAnthropic(model="simulated-1").invoke("Hello").content)',
    'print(os.environ.get("COUNTERSIGN_KEY"))',
  ]
  const env = { CELLS: JSON.stringify(cells), COUNTERSIGN_HOME: trial.home, JPY_SESSION_NAME: '/somewhere/late.ipynb', PATH: `${path.dirname(found.python)}${path.delimiter}${process.env['PATH'] ?? ''}` }
  const ran = await run([found.python, '-c', LATE], env)
  assert.equal(ran.code, 0, ran.err)
  const [, loaded = '', first = '', second = ''] = JSON.parse(ran.out) as string[]
  assert.match(loaded, /model calls of this kernel go through http:\/\/127\.0\.0\.1:\d+/)
  assert.match(first, /simulated/i)
  assert.match(second, /simulated/i)
  const launch = eventsOf(trial.home, 'launch.registered').find(({ kind }) => kind === 'notebook')
  assert.equal(launch?.label, 'late.ipynb')
  assert.deepEqual(eventsOf(trial.home, 'exchange.decided').map(({ actor, endpoint }) => [actor.launch, actor.place, endpoint.provider]), [
    [launch.launch, { kind: 'notebook', file: 'late.ipynb', cell: 3 }, 'openai'],
    [launch.launch, { kind: 'notebook', file: 'late.ipynb', cell: 4 }, 'anthropic'],
  ])
})

test('in a kernel that knows no agent, %load_ext countersign says what to do', { timeout: 600_000 }, async () => {
  const found = await ensurePython(path.join(ROOT, '.cache/notebook'), path.join(ROOT, 'test/python/notebook-requirements.txt'), () => undefined)
  assert.ok('python' in found)
  const load = `import sys; sys.path.append(${JSON.stringify(path.join(launchFolder(), 'python'))}); import countersign; countersign.load_ipython_extension(None)`
  assert.match((await run([found.python, '-c', load])).out, /not covered\. Sign in to Countersign in the editor/)
  assert.match((await run([found.python, '-c', load], { COUNTERSIGN_HOME: path.join(os.tmpdir(), 'cs-nobody') })).out, /cannot be reached/)
})
