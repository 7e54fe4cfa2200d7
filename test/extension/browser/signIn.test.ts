/** Signing in and out as people live it in a real workbench: a provider that is away, a session that ended, somebody else at the same editor. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { connectControl } from '../../../src/platform/controlClient.ts'
import { eventsOf } from '../../fakes/trial.ts'
import { openWorkbench, runCommand, screenshot, statusSays, typeInTerminal, unfoldView, until, viewsAreDrawn, webviewFrame } from '../workbench.ts'
import { POLICY, SHOTS, signInAs, startWorld, type World } from './world.ts'

/** Runs a line in the visible terminal and gives what it wrote. */
async function run({ page, workspace }: World, line: string): Promise<string> {
  const file = path.join(workspace, 'run.out')
  rmSync(file, { force: true })
  await typeInTerminal(page, `${line} > run.out 2>&1; echo "exit $?" >> run.out`)
  return until(`the end of ${line}`, () => (existsSync(file) ? /^[\s\S]*exit \d+\n$/.exec(readFileSync(file, 'utf8'))?.[0] : undefined), 60_000)
}

async function opened(world: World): Promise<World> {
  await openWorkbench(world.page, world.editor.url)
  await viewsAreDrawn(world.browser)
  await statusSays(world.page, /^Sign in to Countersign$/, 60_000)
  return world
}

describe('people at one editor', () => {
  let world: World
  let isUp = true

  before(async () => {
    mkdirSync(SHOTS, { recursive: true })
    world = await opened(await startWorld({ idp: { isUp: () => isUp }, policy: POLICY.replace('agentLinger: 12s', 'agentLinger: 5m') }))
  })
  afterEach(async (t) => {
    isUp = true
    if ('passed' in t && !t.passed) await screenshot(world.page, `failed-${t.name.replace(/\W+/g, '-').slice(0, 60)}`)
  })
  after(async () => { await world.close() })

  test('a provider that is away is told beside the one button that tries again, and in no message box on top of it', async () => {
    const view = await webviewFrame(world.page, 'cs-sidebar')
    isUp = false
    await view.getByRole('button', { name: 'Sign in', exact: true }).click()
    await view.getByText('Your identity provider cannot be reached.').waitFor()
    assert.equal(await view.getByRole('button', { name: 'Sign in', exact: true }).count(), 1)
    assert.equal(await world.page.locator('.notifications-toasts .notification-list-item').count(), 0)
  })

  test('S16: a code for another device stands in the sidebar with its page, whose page it is and its end, and can be copied and cancelled', async () => {
    const { page } = world
    const view = await webviewFrame(page, 'cs-sidebar')
    await view.getByText('Sign in with a code on another device').click()
    const code = await view.locator('.code code').innerText()
    await view.getByText(`Enter it at ${world.services.idp.issuer}/device, which is a page of ${world.services.idp.issuer}.`).waitFor()
    await view.getByText(/It is good until \d/).waitFor()
    await view.getByText('Copy', { exact: true }).click()
    await until('the code in the clipboard', async () => (await page.evaluate(() => navigator.clipboard.readText())) === code)
    await view.getByRole('button', { name: 'Cancel' }).click()
    await view.getByText('Calls from this window are refused').first().waitFor()
    assert.equal(await view.getByText('did not succeed').count(), 0, 'what a person cancelled is no failure')
  })

  test('a sign-in page that was closed can be opened again; how many keys the hub leased is shown', async () => {
    const { browser, page } = world
    const view = await webviewFrame(page, 'cs-sidebar')
    const first = browser.context.waitForEvent('page')
    await view.getByRole('button', { name: 'Sign in', exact: true }).click()
    await (await first).close()
    await signInAs(world, 'ada', () => view.getByText('Open the sign-in page again').click())
    await statusSays(page, /^Ada Moreno$/)
    await view.getByText('2 provider keys leased from the hub').waitFor()
    await runCommand(page, 'Countersign: Open a governed terminal')
    assert.match(await run(world, 'node ask.mjs'), /\[EMAIL\][\s\S]*exit 0/)
    await view.getByText('ask.mjs').first().waitFor()
  })

  test('a provider that is away when the agent comes back keeps nobody signed out: it is told, and heals by itself', async () => {
    const { page, editor } = world
    const control = await connectControl(editor.home, { client: 'test' })
    control.close()
    isUp = false
    process.kill(control.agent.pid, 'SIGKILL')
    await statusSays(page, /^Sign-in waits$/, 60_000)
    const view = await webviewFrame(page, 'cs-sidebar')
    await view.getByText('Waiting to sign you in again').waitFor()
    isUp = true
    await statusSays(page, /^Ada Moreno$/, 60_000)
    assert.equal(eventsOf(editor.home, 'session.refused').filter(({ reason }) => reason.includes('cannot be reached')).length, 1, 'all tries together are one record')
  })

  test('revoking a key says what goes with it, and its programs are told that it was revoked', async () => {
    const { page } = world
    assert.match(await run(world, 'node ask.mjs'), /exit 0/)
    await unfoldView(page, 'Sessions')
    const row = page.locator('.sidebar .monaco-list-row[aria-label*="has actions"]', { hasText: 'ask.mjs' }).first()
    await row.waitFor()
    await row.hover()
    await row.locator('.action-label').first().click()
    const dialog = page.locator('.monaco-dialog-box')
    await dialog.getByText('It made calls for ask.mjs.').waitFor()
    await dialog.getByText(`Revoke the session key of the window "${path.basename(world.workspace)}"?`).waitFor()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await page.locator('.notifications-toasts').getByText('The session key is revoked.').waitFor()
    assert.match(await run(world, 'node ask.mjs'), /the session key of this program was revoked/)
  })

  test('somebody else sees nothing of the first person: sidebar, sessions, timeline, programs; the machine\'s whole record stays one choice away', async () => {
    const { page } = world
    await runCommand(page, 'Countersign: Open session timeline')
    const timeline = await webviewFrame(page, 'cs-timeline [role=row]')
    await timeline.getByText('Ada Moreno signed in.').first().waitFor()
    await runCommand(page, 'Countersign: Sign out')
    await page.locator('.notifications-toasts').getByText('Your browser may still be signed in at your identity provider.').waitFor()
    await statusSays(page, /^Sign in to Countersign$/)
    await signInAs(world, 'grace')
    await statusSays(page, /^Grace Lindqvist$/)
    const view = await webviewFrame(page, 'cs-sidebar')
    await timeline.getByText('Grace Lindqvist signed in.').first().waitFor()
    for (const shown of [view.locator('body'), timeline.locator('body'), page.locator('.sidebar')]) assert.doesNotMatch(await shown.innerText(), /Ada|ask\.mjs/)
    assert.match(await run(world, 'node ask.mjs'), /was revoked|started while somebody else was signed in/)
    await screenshot(page, 'somebody-else')
    const period = timeline.locator('vscode-dropdown', { hasText: 'Today' }).first()
    await period.click()
    await period.getByText('Everything on this machine').click()
    await timeline.getByText('Ada Moreno signed in.').first().waitFor()
  })
})

test('a session that ended says why and after how long, in sidebar and message, and one click later the same program runs', async (t) => {
  const world = await opened(await startWorld({ policy: POLICY.replace('sessionIdle: 8h', 'sessionIdle: 6s') }))
  t.after(() => world.close())
  const { page } = world
  // A view that was never drawn is drawn late while another page of the browser lies over it.
  const view = await webviewFrame(page, 'cs-sidebar')
  await signInAs(world, 'ada')
  await runCommand(page, 'Countersign: Open a governed terminal')
  await view.getByText('Your session ended after 6 seconds without a call.').waitFor()
  assert.match(await run(world, 'node ask.mjs'), /your session ended after 6 seconds without a call\. Nothing was sent\./)
  const note = page.locator('.notifications-toasts .notification-list-item', { hasText: 'Your session ended after 6 seconds without a call.' })
  await note.waitFor()
  await screenshot(page, 'session-ended')
  await signInAs(world, 'ada', () => note.getByText('Sign in', { exact: true }).click())
  assert.match(await run(world, 'node ask.mjs'), /exit 0/)
})
