/** A newer version of the extension over a running one, in a real workbench; and the settings, which a sign-in is bound to. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test, type TestContext } from 'node:test'
import { connectControl } from '../../../src/platform/controlClient.ts'
import { startIdentityProvider } from '../../../src/sandbox/identityProvider.ts'
import { startSimulatedModel } from '../../../src/sandbox/simulatedModel.ts'
import { boundedEnvironment } from '../../../src/sandbox/processes.ts'
import { eventsOf, ROOT } from '../../fakes/trial.ts'
import { changeSetting, openSidebar, openWorkbench, runCommand, screenshot, showTerminal, statusSays, typeInTerminal, unfoldView, until, viewsAreDrawn, webviewFrame } from '../workbench.ts'
import { signInAs, startWorld, VSIX, type World } from './world.ts'

const NEWER = '0.9.0'

/** The packaged extension once more, with another version in its manifest and bundles, and the hashes that go with them. */
function newerVersion(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cs-newer-'))
  t.after(() => { rmSync(folder, { recursive: true, force: true }) })
  const run = (command: string, args: readonly string[], cwd: string): void => {
    const done = spawnSync(command, args, { cwd, encoding: 'utf8', env: boundedEnvironment() })
    assert.equal(done.status, 0, `${done.stdout}${done.stderr}`)
  }
  run('python3', ['-m', 'zipfile', '-e', VSIX, folder], ROOT)
  const { version } = JSON.parse(readFileSync(path.join(folder, 'extension/package.json'), 'utf8')) as { version: string }
  const file = (name: string): string => path.join(folder, name)
  const edit = (name: string, change: (text: string) => string): readonly [before: string, after: string] => {
    const before = readFileSync(file(name), 'utf8')
    const after = change(before)
    assert.notEqual(after, before, name)
    writeFileSync(file(name), after)
    return [before, after]
  }
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
  const bump = (text: string): string => text.replaceAll(`version:"${version}"`, `version:"${NEWER}"`)
  const changed = ['extension/dist/agent.cjs', 'extension/dist/cli-lite.cjs'].map((name) => edit(name, bump))
  edit('extension/dist/extension.cjs', (text) => changed.reduce((all, [before, after]) => all.replaceAll(hashOf(before), hashOf(after)), bump(text)))
  edit('extension/package.json', (text) => text.replace(`"version": "${version}"`, `"version": "${NEWER}"`))
  edit('extension.vsixmanifest', (text) => text.replace(`Version="${version}"`, `Version="${NEWER}"`))
  const vsix = path.join(folder, 'newer.vsix')
  run('python3', ['-m', 'zipfile', '-c', vsix, '[Content_Types].xml', 'extension.vsixmanifest', 'extension'], folder)
  return vsix
}

async function agentOf(world: World): Promise<{ pid: number; url: string; build: string }> {
  const control = await connectControl(world.editor.home, { client: 'test' })
  control.close()
  return { pid: control.agent.pid, url: control.agent.url, build: control.agent.build }
}

const HELD = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
rules:
  - id: cards-wait
    when: { prompt: { finds: [CREDIT_CARD] } }
    effect: hold
    approval: { reviewers: self, count: 1, assurance: session, requesterReason: optional, wait: 4m }
  - id: team
    when: { groups: [data-eng] }
    effect: allow
`

test('a newer version takes over when no call waits, on the same port, still signed in; another hub asks for another sign-in', async (t) => {
  const world = await startWorld({ policy: HELD })
  t.after(() => world.close())
  const vsix = newerVersion(t)
  const { page } = world
  await openWorkbench(page, world.editor.url)
  await statusSays(page, /^Sign in to Countersign$/)
  await viewsAreDrawn(world.browser)
  const view = await webviewFrame(page, 'cs-sidebar')
  // No trial press: it sends real ones and catches them, and one that is not caught, where the view is drawn anew, begins a sign-in with a code.
  await view.getByRole('button', { name: 'Sign in', exact: true }).first().waitFor()
  await signInAs(world, 'ada')
  await statusSays(page, /^Ada Moreno$/)
  const before = await agentOf(world)
  await runCommand(page, 'Countersign: Open a governed terminal')
  await typeInTerminal(page, 'KEPT=1; node ask.mjs payments.csv > held.out 2>&1; echo "exit $?" >> held.out')
  await until('a held call', () => eventsOf(world.editor.home, 'approval.requested').length === 1)

  world.editor.install(vsix)
  await page.reload()
  await statusSays(page, /held$|to decide$/, 60_000)
  assert.deepEqual(await agentOf(world), before, 'with a call that waits, the old agent goes on')

  const own = await webviewFrame(page, 'cs-sidebar')
  await until('the call to be taken back', async () => {
    const deny = own.getByRole('button', { name: 'Deny', exact: true }).first()
    if ((await deny.count()) > 0) await deny.click({ timeout: 1000 }).catch(() => undefined)
    return eventsOf(world.editor.home, 'approval.settled').length === 1
  })
  const now = await until('the newer agent', async () => {
    const found = await agentOf(world)
    return found.build === NEWER ? found : undefined
  }, 60_000)
  assert.deepEqual([now.url, now.pid === before.pid], [before.url, false])
  await statusSays(page, /^Ada Moreno$/, 60_000)
  const out = path.join(world.workspace, 'after.out')
  await showTerminal(page)
  // The terminal that was open all along: its shell still knows what was set in it.
  await typeInTerminal(page, '[ "$KEPT" = 1 ] && node ask.mjs > after.out 2>&1; echo "exit $?" >> after.out')
  await until('an answer through the newer agent', () => existsSync(out) && /exit 0/.test(readFileSync(out, 'utf8')), 60_000)
  await screenshot(page, 'newer-version')

  // S50: what was signed in for one hub's address ends with it, on record, and is not offered to another one.
  const started = eventsOf(world.editor.home, 'session.started').length
  await changeSetting(page, world.editor.settingsFile, 'countersign.hub', world.services.hubUrl.replace('127.0.0.1', 'localhost'))
  await page.locator('.notifications-toasts').getByText('Ada Moreno was signed out').waitFor()
  await statusSays(page, /^Sign in to Countersign$/, 60_000)
  const { hub, session } = await until('the agent of the other address', async () => {
    const served = await connectControl(world.editor.home, { client: 'test' })
    const status = await served.request('status', {}).finally(() => { served.close() })
    return status.hub === world.services.hubUrl ? undefined : status
  })
  assert.deepEqual([hub, session], [world.services.hubUrl.replace('127.0.0.1', 'localhost'), null])
  assert.equal(eventsOf(world.editor.home, 'session.ended').at(-1)?.reason, 'signed out')
  await page.reload()
  await statusSays(page, /^Sign in to Countersign$/, 60_000)
  assert.equal(eventsOf(world.editor.home, 'session.started').length, started, 'the kept sign-in was taken up for another hub')
  await screenshot(page, 'other-hub')
})

test('without a hub: a policy file, a provider key of the person\'s own, and a denial that the sidebar tells', async (t) => {
  const model = await startSimulatedModel({ key: 'sample-key-of-one-s-own' })
  const idp = await startIdentityProvider({ host: '127.0.0.2' })
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cs-alone-'))
  const policyFile = path.join(folder, 'policy.yaml')
  writeFileSync(policyFile, `version: 1
default: deny
upstreams:
  openai: { url: ${model.url}/v1, outside: true }
rules:
  - id: no-cards
    when: { prompt: { finds: [CREDIT_CARD] } }
    effect: deny
    message: Card numbers stay here.
  - id: team
    when: { groups: [data-eng] }
    effect: allow
`)
  const world = await startWorld({ withHub: false, settings: { 'countersign.issuer': idp.issuer, 'countersign.clientId': 'countersign-desktop', 'countersign.policyFile': policyFile } })
  t.after(async () => {
    await world.close()
    await idp.close()
    await model.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { page } = world
  await openWorkbench(page, world.editor.url)
  await openSidebar(page)
  await statusSays(page, /^Sign in to Countersign$/)
  await signInAs(world, 'ada')
  await statusSays(page, /^Ada Moreno$/)
  await runCommand(page, 'Countersign: Set provider key')
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'openai' }).first().click()
  await page.locator('.quick-input-widget input[type=password]').first().fill(model.key)
  await page.keyboard.press('Enter')
  await page.locator('.notifications-toasts').getByText('The key of "openai" is set.').waitFor()
  await runCommand(page, 'Countersign: Open a governed terminal')
  const said = async (line: string, name: string): Promise<string> => {
    await typeInTerminal(page, `${line} > ${name}.out 2>&1; echo "exit $?" >> ${name}.out`)
    const out = path.join(world.workspace, `${name}.out`)
    return until(`the end of ${line}`, () => (existsSync(out) && /exit \d/.test(readFileSync(out, 'utf8')) ? readFileSync(out, 'utf8') : undefined), 60_000)
  }
  assert.match(await said('node ask.mjs', 'allowed'), /exit 0/)
  assert.match(await said('node ask.mjs payments.csv', 'denied'), /Card numbers stay here\.[\s\S]*exit 1/)
  const view = await webviewFrame(page, 'cs-sidebar')
  await view.locator('.cs-row .d', { hasText: /Denied, simulated-1/ }).first().waitFor()
  await unfoldView(page, 'Policy')
  await page.locator('.sidebar').getByText('unmanaged').first().waitFor()
  await page.locator('.sidebar').getByText('1 today').first().waitFor()
  await screenshot(page, 'without-hub')

  // Another policy of the same provider is in force at once, and nobody signs in anew for it.
  const stricter = path.join(folder, 'stricter.yaml')
  writeFileSync(stricter, readFileSync(policyFile, 'utf8').replace(/rules:[\s\S]*/, 'rules:\n  - id: nobody\n    when: {}\n    effect: deny\n    message: Nothing leaves today.\n'))
  await changeSetting(page, world.editor.settingsFile, 'countersign.policyFile', stricter)
  await until('the other policy', () => eventsOf(world.editor.home, 'policy.activated').length === 2, 30_000)
  await statusSays(page, /^Ada Moreno$/, 30_000)
})
