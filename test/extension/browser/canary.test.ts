/** Planted secrets through a whole run of the editor, and a search of all it left behind: its profile, the browser's, the workspace, logs, processes. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { connectControl } from '../../../src/platform/controlClient.ts'
import { ensurePython } from '../../../src/sandbox/python.ts'
import { completeSignIn } from '../../../src/sandbox/signIn.ts'
import { filesUnder, found, shownBy } from '../../fakes/canary.ts'
import { eventsOf, ROOT } from '../../fakes/trial.ts'
import { packStandIn } from '../notebook/pack.ts'
import { openWorkbench, runCommand, screenshot, statusSays, typeInTerminal, until, webviewFrame } from '../workbench.ts'
import { SHOTS, signInAs, startWorld, type World } from './world.ts'

const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask:
  prompt: { SECRET: redact, EMAIL: redact, CREDIT_CARD: redact }
  answer: { SECRET: redact, EMAIL: redact, CREDIT_CARD: redact }
rules:
  - id: all-may-use-models
    when: { model: ["simulated-*"] }
    effect: allow
`
/** Of the person: their program reads it from a place of theirs, so what lies anywhere else has come through us. */
const PLANTED = { 'the secret in a prompt': 'sk-proj-canary0Zq7WmTe5RkYx9LbVn3Pd', 'the card in a prompt': '4012 8888 8888 1881', 'the address in a prompt': 'canary.quillfeather@northfield.example' }
const SESSION_KEY = /cs_[\w-]{43}_[\w-]{6}/
const PROGRAM = 'import os\nfrom langchain_openai import ChatOpenAI\nprint("said:", ChatOpenAI(model="simulated-1").invoke(open(os.environ["CANARY_FILE"]).read()).content)'

let world: World
let dir: string
const secrets = new Map<string, string>(Object.entries(PLANTED))

/** The editor's server and everything it started, and the agent, which is started apart from it. */
function processes(): number[] {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name): [number, number][] => {
    const stat = /^\d+ \(.*\) \S (\d+)/s.exec(existsSync(`/proc/${name}/stat`) ? readStat(name) : '')
    return stat ? [[Number(name), Number(stat[1])]] : []
  }))
  const agent = Number(readFileSync(path.join(world.editor.home, 'agent.lock'), 'utf8').split(' ')[0])
  const all = [world.editor.pid, agent]
  for (const one of all) for (const [pid, parent] of parents) if (parent === one && !all.includes(pid)) all.push(pid)
  return all
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    // It ended in the meantime.
    return ''
  }
}

before(async () => {
  mkdirSync(SHOTS, { recursive: true })
  const kernel = await ensurePython(path.join(ROOT, '.cache', 'notebook'), path.join(ROOT, 'test/python/notebook-requirements.txt'), () => undefined)
  assert.ok('python' in kernel, 'missing' in kernel ? `${kernel.missing}: ${kernel.command}` : '')
  const planted = path.join(ROOT, '.sandbox', `canary-${process.pid}.txt`)
  mkdirSync(path.dirname(planted), { recursive: true })
  writeFileSync(planted, Object.values(PLANTED).join(' and '))
  world = await startWorld({ policy: POLICY, env: { COUNTERSIGN_TEST_PYTHON: kernel.python, CANARY_FILE: planted, PATH: `${path.dirname(kernel.python)}${path.delimiter}${process.env['PATH'] ?? ''}` }, more: [await packStandIn()] })
  dir = path.dirname(world.editor.home)
  secrets.set('the provider\'s key', world.services.model.key)
  writeFileSync(path.join(world.workspace, 'canary.ipynb'), JSON.stringify({ cells: [{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: PROGRAM }], metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 5 }))
  writeFileSync(path.join(world.workspace, 'canary.py'), `${PROGRAM}\n`)
  const { page } = world
  await openWorkbench(page, world.editor.url)
  await statusSays(page, /^Sign in to Countersign$/, 60_000)
  await signInAs(world, 'ada')
  await statusSays(page, /^Ada Moreno$/, 60_000)
  // Once more, as the command line would: the agent hands the new refresh token to the window, and here it is known.
  const control = await connectControl(world.editor.home, { client: 'test' })
  const { attempt, authorizeUrl } = await control.request('signIn.begin', {})
  await completeSignIn(authorizeUrl, { login: 'ada', password: 'ada-sample' })
  await control.request('signIn.wait', { attempt })
  secrets.set('the refresh token', (await control.request('signIn.keep', {})).refreshToken ?? '')
  control.close()
}, { timeout: 600_000 })

afterEach(async (t) => {
  if ('passed' in t && !t.passed) await screenshot(world.page, `failed-canary-${t.name.replace(/\W+/g, '-').slice(0, 40)}`)
})

after(async () => {
  rmSync(path.join(ROOT, '.sandbox', `canary-${process.pid}.txt`), { force: true })
  await world.close()
})

describe('S30 S52 S53 after a notebook, a terminal, the timeline and a reload', () => {
  test('the run itself: both programs got masked answers, and what is planted is where it was planted', async () => {
    const { page } = world
    await page.keyboard.press('Control+P')
    const box = page.locator('.quick-input-widget input.input').first()
    await box.waitFor({ state: 'visible' })
    await box.fill('canary.ipynb')
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'canary.ipynb' }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.tabs-container .tab.active', { hasText: 'canary.ipynb' }).first().waitFor()
    const cell = page.locator('.notebookOverlay').filter({ visible: true }).locator('.code-cell-row[data-index="0"]')
    await cell.waitFor({ timeout: 60_000 })
    await cell.hover()
    await cell.locator('.run-button-container .action-label').first().click()
    await until('the call of the cell', () => eventsOf(world.editor.home, 'exchange.completed').length >= 1, 90_000)
    const notebook = path.join(world.workspace, 'canary.ipynb')
    await until('the notebook to be saved with its output', async () => {
      await page.keyboard.press('Control+S')
      return readFileSync(notebook, 'utf8').includes('said:')
    }, 60_000)
    assert.match(readFileSync(notebook, 'utf8'), /\[EMAIL\]/)
    await runCommand(page, 'Countersign: Open a governed terminal')
    const out = path.join(world.workspace, 'canary.out')
    await typeInTerminal(page, 'python canary.py > canary.out 2>&1; OPENAI_BASE_URL=$OPENAI_BASE_URL/nowhere python canary.py >> canary.out 2>&1; echo "exit $?" >> canary.out')
    const said = await until('the end of the program', () => (existsSync(out) && readFileSync(out, 'utf8').includes('exit ') ? readFileSync(out, 'utf8') : undefined), 90_000)
    assert.match(said, /\[EMAIL\][\s\S]*Error/)
    await runCommand(page, 'Countersign: Open session timeline')
    const timeline = await webviewFrame(page, 'cs-timeline [role=row]')
    await timeline.locator('[role=row]', { hasText: 'Answered' }).first().click()
    await until('the details', async () => (await timeline.locator('.cs-m').count()) > 0)
    await page.reload()
    await statusSays(page, /^Ada Moreno$/, 60_000)
    for (const [what, secret] of secrets) assert.ok(secret.length > 10, what)
    assert.ok(found(readFileSync(path.join(ROOT, '.sandbox', `canary-${process.pid}.txt`), 'latin1'), PLANTED['the card in a prompt']))
  })

  test('no file has a secret or a session key: not the editor\'s profile, the browser\'s, the workspace, the agent\'s state, the hub\'s, nor a log', () => {
    const places = { editor: ['user', 'config', 'data', 'state'].map((name) => path.join(dir, name)), agent: [world.editor.home], hub: [path.join(world.services.dir, 'hub')], browser: [world.browser.profile], workspace: [world.workspace] }
    for (const [place, folders] of Object.entries(places)) {
      const files = folders.filter((folder) => existsSync(folder)).flatMap(filesUnder)
      assert.ok(files.length > 0, place)
      for (const file of files) {
        const text = readFileSync(file, 'latin1')
        for (const [what, secret] of secrets) assert.ok(!found(text, secret), `${what} is in ${file}`)
        const key = SESSION_KEY.exec(text)
        assert.equal(key, null, `a session key is in ${file}`)
      }
    }
    for (const [what, secret] of secrets) assert.ok(!found(world.editor.log(), secret), `${what} is in the editor's own output`)
    assert.doesNotMatch(world.editor.log(), SESSION_KEY)
  })

  test('no process has a secret on its command line or in its environment; the session key is in that of the terminal and the kernel, and of nothing else', { skip: process.platform !== 'linux' }, () => {
    const all = processes()
    const holders = new Set<string>()
    for (const pid of all) {
      const line = shownBy(pid, 'cmdline')
      const environment = shownBy(pid, 'environ')
      for (const [what, secret] of secrets) {
        assert.ok(!found(line, secret), `${what} is on the command line of ${pid}`)
        assert.ok(!found(environment, secret), `${what} is in the environment of ${pid}`)
      }
      assert.doesNotMatch(line, SESSION_KEY)
      if (SESSION_KEY.test(environment)) holders.add(path.basename(line.split('\0').find((part) => part !== '' && !part.startsWith('-')) ?? ''))
    }
    assert.ok(all.length >= 5, `${all.length} processes`)
    assert.deepEqual([...holders].sort().map((name) => name.replace(/^python.*/, 'python')), ['bash', 'python'])
  })
})
