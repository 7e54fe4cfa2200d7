/** The main job as a new user lives it, in a real workbench with the packaged extension. Each step goes on from the one before. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { displayHandle } from '../../../src/extension/model/displayHandle.ts'
import { connectControl } from '../../../src/platform/controlClient.ts'
import { ensurePython } from '../../../src/sandbox/python.ts'
import { ROOT } from '../../fakes/trial.ts'
import { openWorkbench, runCommand, screenshot, statusSays, typeInTerminal, unfoldView, until, viewsAreDrawn, webviewFrame } from '../workbench.ts'
import { SHOTS, signInAs, startWorld, type World } from './world.ts'

let world: World

/** Runs a line in the visible terminal and gives what it wrote. */
async function run(line: string, name: string, ms = 60_000): Promise<string> {
  const file = path.join(world.workspace, `${name}.out`)
  await typeInTerminal(world.page, `${line} > ${name}.out 2>&1; echo "exit $?" >> ${name}.out`)
  return until(`the end of ${line}`, () => (existsSync(file) ? /^([\s\S]*)exit \d+\n$/.exec(readFileSync(file, 'utf8'))?.[0] : undefined), ms)
}

async function agentPid(): Promise<{ pid: number; url: string }> {
  const control = await connectControl(world.editor.home, { client: 'test' })
  control.close()
  return { pid: control.agent.pid, url: control.agent.url }
}

/** The workbench writes which editors are open only every few seconds: asked in its page, whether the timeline is among them. */
const KEPT = `(async () => {
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, failed) => { const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result); ask.onerror = failed })
    try {
      for (const store of db.objectStoreNames) {
        const all = await new Promise((done) => { const ask = db.transaction(store).objectStore(store).getAll(); ask.onsuccess = () => done(ask.result) })
        if (JSON.stringify(all).includes('mainThreadWebview-countersign.timeline')) return true
      }
    } finally { db.close() }
  }
  return false
})()`

before(async () => {
  mkdirSync(SHOTS, { recursive: true })
  const python = await ensurePython(path.join(ROOT, '.cache', 'python'), path.join(ROOT, 'media', 'sample', 'requirements.txt'), () => undefined)
  assert.ok('python' in python, 'missing' in python ? `${python.missing}: ${python.command}` : '')
  world = await startWorld()
  await openWorkbench(world.page, world.editor.url)
  await viewsAreDrawn(world.browser)
})

afterEach(async (t) => {
  if ('passed' in t && !t.passed) await screenshot(world.page, `failed-${t.name.replace(/\W+/g, '-').slice(0, 60)}`)
})

after(async () => {
  await world.close()
})

describe('the line in the editor', () => {
  test('starts the agent by itself and says that nobody is signed in', async () => {
    await statusSays(world.page, /^Sign in to Countersign$/)
    const view = await webviewFrame(world.page, 'cs-sidebar')
    await view.getByText('Signed out').first().waitFor()
    await screenshot(world.page, 'signed-out')
  })

  test('says what is recorded, in a text that asks for nothing when it is closed', async () => {
    const view = await webviewFrame(world.page, 'cs-sidebar')
    await view.getByText('What is recorded about me?').click()
    const tab = world.page.locator('.tabs-container .tab', { hasText: 'What is recorded about you' }).first()
    await tab.waitFor()
    await world.page.locator('.view-line', { hasText: /never.the.values/ }).first().waitFor()
    assert.doesNotMatch((await tab.getAttribute('class')) ?? '', /dirty/)
    await runCommand(world.page, 'View: Close Editor')
    await tab.waitFor({ state: 'detached' })
  })

  test('answers a terminal opened before the sign-in with how to sign in', async () => {
    await runCommand(world.page, 'Countersign: Open a governed terminal')
    const said = await run('node ask.mjs', 'early')
    assert.match(said, /nobody is signed in\. Nothing was sent\./)
    assert.match(said, /Countersign: Sign in/)
    await world.page.locator('.notifications-toasts').getByText('Sign in to send calls to models.').waitFor()
    await unfoldView(world.page, 'Sessions')
    await world.page.locator('.sidebar').getByText('Refused calls').nth(0).waitFor()
    await screenshot(world.page, 'sign-in-toast')
  })

  test('signs in through the browser, and status bar and Accounts menu say who it is', async () => {
    await signInAs(world, 'ada')
    await statusSays(world.page, /^Ada Moreno$/)
    await world.page.locator('.notifications-toasts').getByText('Sign in to send calls to models.').waitFor({ state: 'hidden' })
    await world.page.locator('.activitybar .action-item a[aria-label^="Accounts"]').first().click()
    await world.page.locator('.monaco-menu, .context-view').getByText('Ada Moreno (Countersign)').first().waitFor()
    await world.page.keyboard.press('Escape')
  })

  test('S32: gives other extensions a session that opens nothing, neither at the agent nor at the hub', async () => {
    const control = await connectControl(world.editor.home, { client: 'test' })
    const { session, url } = await control.request('status', {})
    control.close()
    const handle = displayHandle(session?.id ?? '')
    const headers = { authorization: `Bearer ${handle}`, 'x-countersign-person': handle, 'content-type': 'application/json' }
    assert.equal((await fetch(`${url}/openai/v1/chat/completions`, { method: 'POST', headers, body: '{"model":"simulated-1","messages":[]}' })).status, 401)
    for (const [method, route] of [['GET', '/v1/policy'], ['GET', '/v1/upstream-keys'], ['GET', '/v1/events'], ['POST', '/v1/approvals'], ['POST', '/v1/approvals/ap_1/review']] as const) {
      const { status } = await fetch(`${world.services.hubUrl}${route}`, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) })
      assert.ok(status === 401 || status === 403, `${method} ${route} answered ${status}`)
    }
  })

  test('streams masked answers of real LangChain into the terminal that was open before, without any key', async () => {
    for (const [line, name] of [['node ask.mjs', 'node'], ['python ask.py', 'python']] as const) {
      const said = await run(line, name)
      assert.match(said, /\[EMAIL\]/, line)
      assert.doesNotMatch(said, /mira\.castellanos@|555 0132/, line)
      assert.match(said, /exit 0/, line)
    }
    assert.match(await run('countersign --version', 'version'), /^\d+\.\d+\.\d+\nexit 0/)
    assert.match(await run('python ask.py payments.csv', 'cards'), /Card numbers and SSNs stay here\.|no-cards/)
  })

  test('S53: shows no key in what a failing client prints', () => {
    for (const name of ['early', 'cards']) assert.doesNotMatch(readFileSync(path.join(world.workspace, `${name}.out`), 'utf8'), /cs_[\w-]{20,}|sk-/)
  })

  test('shows in the sidebar what is going on, and in the timeline each call with its reason and masked answer', async () => {
    const view = await webviewFrame(world.page, 'cs-sidebar')
    await view.getByText('No calls are waiting').waitFor()
    await runCommand(world.page, 'Countersign: Open session timeline')
    const timeline = await webviewFrame(world.page, 'cs-timeline [role=row]')
    await until('four calls', async () => (await timeline.locator('[role=row]', { hasText: 'simulated-1' }).count()) >= 3)
    await timeline.locator('[role=row]', { hasText: 'Answered' }).first().click()
    await timeline.getByText('Allows this call.').first().waitFor()
    assert.doesNotMatch(await timeline.locator('body').innerText(), /mira\.castellanos@|555 0132/)
    await until('masks in the answer', async () => (await timeline.locator('.cs-m', { hasText: 'EMAIL' }).count()) > 0)
    await screenshot(world.page, 'timeline')
  })

  test('S30: leaves no session key and no refresh token in what the editor writes, nor on any command line', async () => {
    const { pid } = await agentPid()
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
    assert.doesNotMatch(commandLine, /cs_[\w-]{43}_|sk-/)
    const dir = path.dirname(world.editor.home)
    const { stdout: found } = spawnSync('grep', ['-rlE', 'cs_[A-Za-z0-9_-]{43}_[A-Za-z0-9_-]{6}', ...['user', 'config', 'data', 'home', 'state'].map((name) => path.join(dir, name))], { encoding: 'utf8' })
    assert.equal(found, '')
  })

  test('is still signed in after a reload, and reads the timeline again from the journal', async () => {
    await until('the workbench to have kept what is open', () => world.page.evaluate<boolean>(KEPT), 60_000)
    await world.page.reload()
    await world.page.waitForSelector('.monaco-workbench .part.statusbar')
    await statusSays(world.page, /^Ada Moreno$/, 60_000)
    const timeline = await webviewFrame(world.page, 'cs-timeline [role=row]', 60_000)
    await until('the calls', async () => (await timeline.locator('[role=row]', { hasText: 'simulated-1' }).count()) >= 3)
    await timeline.getByText('Ada Moreno signed in.').first().waitFor()
  })

  test('brings a killed agent back on the same port, still signed in, and terminals go on working', async () => {
    const before = await agentPid()
    process.kill(before.pid, 'SIGKILL')
    const now = await until('another agent', async () => {
      const found = await agentPid()
      return found.pid === before.pid ? undefined : found
    }, 60_000)
    assert.equal(now.url, before.url)
    await statusSays(world.page, /^Ada Moreno$/, 60_000)
    assert.match(await run('node ask.mjs', 'after-kill'), /\[EMAIL\][\s\S]*exit 0/)
    // What the new agent wrote before this window was there is told too.
    const timeline = await webviewFrame(world.page, 'cs-timeline [role=row]')
    await until('the start of both agents', async () => (await timeline.locator('[role=row]', { hasText: 'The agent started' }).count()) === 2)
  })

  test('gives a second window the same agent and the same person', async () => {
    const { pid } = await agentPid()
    const other = path.join(path.dirname(world.editor.home), 'other')
    mkdirSync(other)
    const page = await world.browser.context.newPage()
    await openWorkbench(page, `http://127.0.0.1:${world.editor.port}/?folder=${encodeURIComponent(other)}`)
    await statusSays(page, /^Ada Moreno$/, 60_000)
    assert.equal((await agentPid()).pid, pid)
    await page.close()
  })

  test('draws sidebar and timeline in four themes', async () => {
    const settings = JSON.parse(readFileSync(world.editor.settingsFile, 'utf8')) as Record<string, unknown>
    for (const [name, theme] of [['light', 'Light Modern'], ['dark', 'Dark Modern'], ['hc-dark', 'Default High Contrast'], ['hc-light', 'Default High Contrast Light']] as const) {
      writeFileSync(world.editor.settingsFile, JSON.stringify({ ...settings, 'workbench.colorTheme': theme }))
      await world.page.reload()
      await statusSays(world.page, /^Ada Moreno$/, 60_000)
      const timeline = await webviewFrame(world.page, 'cs-timeline [role=row]', 60_000)
      await webviewFrame(world.page, 'cs-sidebar', 60_000)
      await timeline.locator('[role=row]', { hasText: 'Answered' }).first().click()
      await until('the details', async () => (await timeline.locator('.cs-m').count()) > 0)
      const wanted = { light: 'vscode-light', dark: 'vscode-dark', 'hc-dark': 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast-light' }[name]
      assert.equal(await timeline.locator(`body.${wanted}`).count(), 1, theme)
      await screenshot(world.page, `editor-${name}`)
    }
  })

  test('S51: broke no rule of a view\'s content security policy', () => {
    assert.deepEqual(world.browser.errors.filter((line) => /Content Security Policy/.test(line) && /countersign/.test(line)), [])
  })

  test('lets the agent end by itself when every window is closed', async () => {
    const { pid } = await agentPid()
    await world.page.goto('about:blank')
    await until('the end of the agent', () => !existsSync(`/proc/${pid}`), 120_000)
    assert.deepEqual(readdirSync(world.editor.home).filter((name) => name === 'agent.lock'), [])
  })
})
