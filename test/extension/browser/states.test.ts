/** What the extension does where it cannot do everything: a restricted workspace, no workspace, nothing set up. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { openWorkbench, runCommand, screenshot, statusSays, statusText, until, viewsAreDrawn, webviewFrame } from '../workbench.ts'
import { sampleWorkspace, signInAs, startWorld } from './world.ts'

test("S49: a restricted workspace is governed as any other, and its settings change nothing", async (t) => {
  const workspace = sampleWorkspace()
  mkdirSync(path.join(workspace, '.vscode'))
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'countersign.hub': 'https://evil.example', 'countersign.issuer': 'https://evil.example', 'countersign.policyFile': path.join(workspace, 'evil.yaml') }))
  const world = await startWorld({ restricted: true, workspace })
  t.after(() => world.close())
  await openWorkbench(world.page, world.editor.url)
  await world.page.getByText('Restricted Mode').first().waitFor()
  await viewsAreDrawn(world.browser)
  // Signed out, not "cannot reach evil.example": the hub of the person's own settings answered.
  await statusSays(world.page, /^Sign in to Countersign$/)
  const view = await webviewFrame(world.page, 'cs-sidebar')
  await view.getByText('This workspace is not trusted').first().waitFor()
})

test('without a folder there is still an agent, a sign-in and a timeline', async (t) => {
  const world = await startWorld({ workspace: undefined })
  t.after(() => world.close())
  await openWorkbench(world.page, world.editor.url)
  await statusSays(world.page, /^Sign in to Countersign$/)
  await runCommand(world.page, 'Countersign: Open session timeline')
  await webviewFrame(world.page, 'cs-timeline')
})

test('S7: with nothing set up it says so, starts nothing and leads to the one setting; a hub in the clear is refused there', async (t) => {
  const world = await startWorld({ withHub: false })
  t.after(() => world.close())
  await openWorkbench(world.page, world.editor.url)
  await statusSays(world.page, /^Set up Countersign$/)
  await viewsAreDrawn(world.browser)
  const view = await webviewFrame(world.page, 'cs-sidebar')
  await view.getByRole('button', { name: 'Open settings' }).click()
  await world.page.locator('.settings-editor').getByText('Countersign: Hub').first().waitFor()
  assert.equal(await statusText(world.page), 'Set up Countersign')


  // A hub in the clear on another machine is told at once, and nothing is started for it.
  const settings = JSON.parse(readFileSync(world.editor.settingsFile, 'utf8')) as Record<string, unknown>
  writeFileSync(world.editor.settingsFile, JSON.stringify({ ...settings, 'countersign.hub': 'http://hub.example.com' }))
  await world.page.reload()
  const again = await webviewFrame(world.page, 'cs-sidebar')
  await again.getByText('it must begin with https://').first().waitFor()
  assert.equal(existsSync(path.join(world.editor.home, 'agent.lock')), false, 'an agent was started')
})

test('S31: where the editor keeps no secrets over a restart, the sidebar tells it, once something was lost', async (t) => {
  const world = await startWorld()
  t.after(() => world.close())
  const { page } = world
  await openWorkbench(page, world.editor.url)
  await statusSays(page, /^Sign in to Countersign$/)
  await viewsAreDrawn(world.browser)
  const before = await webviewFrame(page, 'cs-sidebar')
  assert.equal(await before.getByText('The sign-in is not kept').count(), 0, 'told before anything was lost')
  await signInAs(world, 'ada')
  await statusSays(page, /^Ada Moreno$/)
  const secrets = await until('the secrets to be kept', () => page.evaluate(() => localStorage.getItem('secrets.provider')))
  assert.doesNotMatch(secrets, /refreshToken/, 'the editor seals what it keeps')
  // As an editor without a keyring: what it was given lives in memory, and goes with it.
  await page.addInitScript(() => { localStorage.removeItem('secrets.provider') })
  await page.reload()
  const view = await webviewFrame(page, 'cs-sidebar')
  await view.getByText('The sign-in is not kept').first().waitFor()
  await view.getByText('you sign in again after a restart of the editor').first().waitFor()
  await screenshot(page, 'memory-only')
})
