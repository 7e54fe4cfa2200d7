/** What the extension does where it cannot do everything: a restricted workspace, no workspace, nothing set up. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { openSidebar, openWorkbench, runCommand, statusSays, statusText, webviewFrame } from '../workbench.ts'
import { sampleWorkspace, startWorld } from './world.ts'

test("S49: a restricted workspace is governed as any other, and its settings change nothing", async (t) => {
  const workspace = sampleWorkspace()
  mkdirSync(path.join(workspace, '.vscode'))
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'countersign.hub': 'https://evil.example', 'countersign.issuer': 'https://evil.example', 'countersign.policyFile': path.join(workspace, 'evil.yaml') }))
  const world = await startWorld({ restricted: true, workspace })
  t.after(() => world.close())
  await openWorkbench(world.page, world.editor.url)
  await world.page.getByText('Restricted Mode').first().waitFor()
  await openSidebar(world.page)
  // Signed out, not "cannot reach evil.example": the hub of the person's own settings answered.
  await statusSays(world.page, /^Sign in$/)
  const view = await webviewFrame(world.page, 'cs-sidebar')
  await view.getByText('This workspace is not trusted').first().waitFor()
})

test('without a folder there is still an agent, a sign-in and a timeline', async (t) => {
  const world = await startWorld({ workspace: undefined })
  t.after(() => world.close())
  await openWorkbench(world.page, world.editor.url)
  await statusSays(world.page, /^Sign in$/)
  await runCommand(world.page, 'Countersign: Open session timeline')
  await webviewFrame(world.page, 'cs-timeline')
})

test('with nothing set up it says so, starts nothing and leads to the one setting', async (t) => {
  const world = await startWorld({ withHub: false })
  t.after(() => world.close())
  await openWorkbench(world.page, world.editor.url)
  await statusSays(world.page, /^Set up Countersign$/)
  await openSidebar(world.page)
  const view = await webviewFrame(world.page, 'cs-sidebar')
  await view.getByRole('button', { name: 'Open settings' }).click()
  await world.page.locator('.settings-editor').getByText('Countersign: Hub').first().waitFor()
  assert.equal(await statusText(world.page), 'Set up Countersign')
})
