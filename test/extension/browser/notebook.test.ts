/** Every way to launch, as a new user takes them: cells by clicking Run on a real ipykernel, programs in a terminal, debug sessions; two providers each. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { ensurePython } from '../../../src/sandbox/python.ts'
import { eventsOf, ROOT } from '../../fakes/trial.ts'
import { packStandIn } from '../notebook/pack.ts'
import { frameStates, openWorkbench, runCommand, screenshot, statusSays, typeInTerminal, until, viewsAreDrawn, webviewFrame } from '../workbench.ts'
import { kernelKey, leftovers, placesOf, servants } from './leftovers.ts'
import { SHOTS, signInAs, startWorld, type World } from './world.ts'

const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
  anthropic: { url: https://api.anthropic.com, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask:
  answer: { EMAIL: redact }
rules:
  - id: own-word-on-cards
    when: { prompt: { finds: [CREDIT_CARD] } }
    effect: hold
    approval: { reviewers: self, count: 1, assurance: session, requesterReason: optional, wait: 4m }
  - id: data-team-may-use-models
    when: { groups: [data-eng], model: ["simulated-*"] }
    effect: allow
`
const OPENAI = 'from langchain_openai import ChatOpenAI\nprint("said:", ChatOpenAI(model="simulated-1").invoke("Hello").content)'
const ANTHROPIC = 'from langchain_anthropic import ChatAnthropic\nprint("said:", ChatAnthropic(model="simulated-1").invoke("Hello").content)'
const HELD = 'from langchain_openai import ChatOpenAI\nprint("said:", ChatOpenAI(model="simulated-1").invoke("Card 4111 1111 1111 1111").content)'
/** Masked in the answer; whole in no file, not even in the notebook that asks. */
const ADDRESS = ['canary.7Hq2', 'post.example'] as const
const CANARY = `from langchain_openai import ChatOpenAI\nprint("said:", ChatOpenAI(model="simulated-1").invoke("Write to " + "@".join(${JSON.stringify(ADDRESS)})).content)`

let world: World
/** Answers of the provider's token endpoint. */
const given: string[] = []
let running: ChildProcessByStdio<null, null, Readable> | undefined

function notebook(name: string, cells: readonly string[]): void {
  writeFileSync(path.join(world.workspace, name), JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source })), metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 5 }))
}

async function openFile(name: string): Promise<void> {
  const { page } = world
  await page.keyboard.press('Control+P')
  const box = page.locator('.quick-input-widget input.input').first()
  await box.waitFor({ state: 'visible' })
  await box.fill(name)
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.tabs-container .tab.active', { hasText: name }).first().waitFor()
}

/** A program that runs already, and waits for a debugger. @returns its port */
async function inspected(): Promise<number> {
  running = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', 'setInterval(() => {}, 1e6)'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [said] = (await once(running.stderr, 'data')) as [Buffer]
  return Number(/:(\d+)\//.exec(said.toString())?.[1])
}

function cell(index: number): Locator {
  return world.page.locator('.notebookOverlay').filter({ visible: true }).locator(`.code-cell-row[data-index="${index}"]`)
}

/** As a person does it: the pointer over the cell, then its button. */
async function clickRun(index: number): Promise<void> {
  await cell(index).waitFor()
  const button = cell(index).locator('.run-button-container .action-label').first()
  // The output of the cell above may push this one away from under the pointer: then a person points at it again.
  await until(`the run button of cell ${index}`, async () => {
    await cell(index).hover()
    if (!(await button.isVisible())) return false
    await button.click({ timeout: 2000 })
    return true
  })
}

async function ended(index: number): Promise<void> {
  await cell(index).locator('.codicon-notebook-state-success').first().waitFor({ timeout: 60_000 })
}

/** Calls on record, by file and cell, with who was asked. */
function places(): string[] {
  return eventsOf(world.editor.home, 'exchange.decided').map(({ actor, endpoint }) => `${actor.place?.kind ?? '-'} ${actor.place?.file ?? '-'} ${actor.place?.cell ?? '-'} ${endpoint.provider}`)
}

async function called(place: string): Promise<void> {
  await until(`a call of ${place}`, () => places().includes(place), 90_000)
}

before(async () => {
  mkdirSync(SHOTS, { recursive: true })
  const found = await ensurePython(path.join(ROOT, '.cache', 'notebook'), path.join(ROOT, 'test/python/notebook-requirements.txt'), () => undefined)
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  const samples = await ensurePython(path.join(ROOT, '.cache', 'python'), path.join(ROOT, 'media', 'sample', 'requirements.txt'), () => undefined)
  assert.ok('python' in samples)
  world = await startWorld({ policy: POLICY, idp: { onTokens: (answer) => given.push(answer) }, env: { COUNTERSIGN_TEST_PYTHON: found.python, PATH: `${path.dirname(found.python)}${path.delimiter}${process.env['PATH'] ?? ''}` }, more: [await packStandIn()] })
  const { workspace } = world
  notebook('cells.ipynb', [OPENAI, ANTHROPIC, HELD])
  notebook('before.ipynb', ['print("up")', OPENAI])
  notebook('canary.ipynb', [CANARY])
  writeFileSync(path.join(workspace, 'two.py'), `${OPENAI}\n${ANTHROPIC}\n`)
  writeFileSync(path.join(workspace, 'two.mjs'), 'import { ChatOpenAI } from "@langchain/openai"\nimport { ChatAnthropic } from "@langchain/anthropic"\nfor (const m of [new ChatOpenAI({ model: "simulated-1" }), new ChatAnthropic({ model: "simulated-1" })]) console.log("said:", (await m.invoke("Hello")).content)\n')
  mkdirSync(path.join(workspace, '.vscode'), { recursive: true })
  const debug = (name: string, console: string) => ({ type: 'node', request: 'launch', name, program: '${workspaceFolder}/debugged.mjs', console })
  writeFileSync(path.join(workspace, 'debugged.mjs'), readFileSync(path.join(workspace, 'two.mjs')))
  writeFileSync(path.join(workspace, '.vscode', 'launch.json'), JSON.stringify({ version: '0.2.0', configurations: [debug('inside', 'internalConsole'), debug('in a terminal', 'integratedTerminal'), { type: 'node', request: 'attach', name: 'attached', port: await inspected() }] }))
  await openWorkbench(world.page, world.editor.url)
  await viewsAreDrawn(world.browser)
  await statusSays(world.page, /^Sign in to Countersign$/, 60_000)
  await signInAs(world, 'ada')
  await statusSays(world.page, /^Ada Moreno$/, 60_000)
}, { timeout: 900_000 })

afterEach(async (t) => {
  if (!('passed' in t) || t.passed) return
  await screenshot(world.page, `failed-${t.name.replace(/\W+/g, '-').slice(0, 60)}`)
  t.diagnostic(await frameStates(world.browser))
})

after(async () => {
  running?.kill()
  await world.close()
})

describe('every way to launch', () => {
  test('a notebook cell, by clicking Run: the timeline names file and cell, for two providers', async () => {
    await openFile('cells.ipynb')
    await clickRun(0)
    await called('notebook cells.ipynb 1 openai')
    await ended(0)
    await clickRun(1)
    await called('notebook cells.ipynb 2 anthropic')
    await ended(1)
  })

  test('a held cell says at the cell that it is held, and until when; it goes on when it was decided', async () => {
    await clickRun(2)
    const held = cell(2).locator('.cell-statusbar-container', { hasText: 'Held: waits for your word' })
    await held.waitFor({ timeout: 60_000 })
    await screenshot(world.page, 'held-cell')
    await held.getByText('Held: waits').first().click()
    const view = await webviewFrame(world.page, 'cs-sidebar')
    const send = view.getByText('Acknowledge and send').first()
    // A click right after the card came up does nothing, on purpose: a person clicks again.
    await until('the call of the held cell', async () => {
      if (await send.isVisible()) await send.click({ timeout: 1000 }).catch(() => undefined)
      return places().includes('notebook cells.ipynb 3 openai')
    }, 90_000)
    await held.waitFor({ state: 'detached' })
  })

  test('a kernel that was started before: not covered until the command routes it', async () => {
    await openFile('before.ipynb')
    await clickRun(0)
    await until('the first cell to end', async () => (await cell(0).locator('.execution-count-label').first().innerText()).includes('1'), 60_000)
    await runCommand(world.page, 'Countersign: Route the running kernel')
    await world.page.locator('.notifications-toasts').getByText('Model calls of this kernel go through Countersign').waitFor({ timeout: 30_000 })
    await clickRun(1)
    await called('notebook before.ipynb 2 openai')
  })

  test('programs in a terminal, in Python and JavaScript, by their file', async () => {
    await runCommand(world.page, 'Countersign: Open a governed terminal')
    const out = path.join(world.workspace, 'two.out')
    await typeInTerminal(world.page, 'python two.py > two.out 2>&1; node two.mjs >> two.out 2>&1; echo "exit $?" >> two.out')
    const said = await until('the end of both', () => (existsSync(out) && readFileSync(out, 'utf8').includes('exit') ? readFileSync(out, 'utf8') : undefined), 90_000)
    assert.equal(said.split(/^said:/m).length, 5, said)
    for (const place of ['script two.py - openai', 'script two.py - anthropic', 'script two.mjs - openai', 'script two.mjs - anthropic']) assert.ok(places().includes(place), place)
  })

  test('debug sessions, in both consoles; one that attaches says that it may not be covered', async () => {
    const count = (): number => places().filter((place) => place.startsWith('debug debugged.mjs - ')).length
    for (const [name, calls] of [['inside', 2], ['in a terminal', 4]] as const) {
      await start(name)
      await until(`the calls of "${name}"`, () => count() >= calls, 60_000)
    }
    await start('attached')
    await world.page.locator('.notifications-toasts').getByText('attaches to a program that runs already').waitFor({ timeout: 30_000 })
    await screenshot(world.page, 'attached')
  })

  test('all of it stands in the timeline', async () => {
    await world.page.keyboard.press('Escape')
    await runCommand(world.page, 'Countersign: Open session timeline')
    const timeline = await webviewFrame(world.page, 'cs-timeline [role=row]')
    for (const lane of ['cells.ipynb, cell [1]', 'cells.ipynb, cell [2]', 'cells.ipynb, cell [3]', 'before.ipynb, cell [2]', 'two.py', 'two.mjs', 'debugged.mjs']) await timeline.locator('.tl-lane', { hasText: lane }).first().waitFor()
    await screenshot(world.page, 'launches')
  })
})

describe('what is left of it', () => {
  test('S30 S52 S53: no provider key, no token and no masked value is in the profile, the browser, the journal, a log, the notebook, a command line or an environment; the session key only where programs are launched', async () => {
    await openFile('canary.ipynb')
    await clickRun(0)
    await called('notebook canary.ipynb 1 openai')
    await ended(0)
    await world.page.keyboard.press('Control+S')
    const saved = path.join(world.workspace, 'canary.ipynb')
    await until('the output to be saved', () => readFileSync(saved, 'utf8').includes('[EMAIL]'))
    const key = await until('the kernel\'s key', () => kernelKey(world.editor.home))
    const places = await leftovers(world)
    // The search sees what is there: the journal, the editor's logs, the kernel.
    for (const sign of ['/state/journal/', '/user/', 'browser']) assert.ok([...places.keys()].some((name) => name.includes(sign)), sign)
    const holders = placesOf(key, places)
    assert.ok(holders.length > 0)
    assert.deepEqual(holders.filter((name) => !name.startsWith('environment of ')), [], 'the session key')
    const kept = new Set(await servants(world))
    assert.deepEqual(holders.filter((name) => kept.has(name)), [], 'the session key')
    const tokens = given.flatMap((answer) => Object.entries(JSON.parse(answer) as Record<string, unknown>)).filter(([name]) => name.endsWith('_token'))
    assert.ok(['access_token', 'refresh_token', 'id_token'].every((name) => tokens.some(([one]) => one === name)))
    for (const [what, secret] of [...tokens, ['provider key', world.services.model.key], ['masked value', ADDRESS.join('@')]] as const) assert.deepEqual(placesOf(String(secret), places), [], what)
  })
})

async function start(name: string): Promise<void> {
  const { page } = world
  await page.keyboard.press('Control+P')
  const box = page.locator('.quick-input-widget input.input').first()
  await box.waitFor({ state: 'visible' })
  await box.fill(`debug ${name}`)
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor()
  await page.keyboard.press('Enter')
}
