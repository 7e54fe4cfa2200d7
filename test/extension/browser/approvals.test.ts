/** A held call, a second person, an answer: Ada's editor and Grace's, each with a state folder, an agent and a browser of its own. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { startEditor } from '../../../src/sandbox/editor.ts'
import { eventsOf } from '../../fakes/trial.ts'
import { openBrowser, openSidebar, openWorkbench, runCommand, statusSays, typeInTerminal, until, webviewFrame } from '../workbench.ts'
import { editorFiles, SHOTS, sampleWorkspace, signInAs, startWorld, VSIX } from './world.ts'

const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask:
  prompt: { SECRET: redact }
  answer: { EMAIL: redact, PHONE: redact, CREDIT_CARD: partial, US_SSN: redact }
rules:
  - id: cards-and-ssn-need-a-second-person
    when: { outside: true, prompt: { finds: [CREDIT_CARD, US_SSN] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: session, requesterReason: optional, wait: 4m }
    message: Card numbers and SSNs leave only with a second person's approval.
  - id: data-team-may-use-models
    when: { groups: [data-eng], model: ["gpt-*", "simulated-*"] }
    effect: allow
`

test('a held call is approved by a second person in her own editor, and goes on in the same run', async (t) => {
  mkdirSync(SHOTS, { recursive: true })
  const ada = await startWorld({ policy: POLICY })
  t.after(() => ada.close())
  const { browser: chromium, ...editor } = editorFiles()
  const dir = mkdtempSync(path.join(os.tmpdir(), 'cs-ed-'))
  const workspace = sampleWorkspace()
  const second = await startEditor({ editor, dir, vsix: [VSIX], workspace, settings: { 'countersign.hub': ada.services.hubUrl } })
  const browser = await openBrowser(chromium)
  t.after(async () => {
    await browser.close()
    await second.stop()
    for (const folder of [dir, workspace]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })
  const grace = { services: ada.services, browser, page: browser.page }
  for (const [who, url, login, name] of [[ada, ada.editor.url, 'ada', /^Ada Moreno$/], [grace, second.url, 'grace', /^Grace Lindqvist$/]] as const) {
    await openWorkbench(who.page, url)
    await openSidebar(who.page)
    await statusSays(who.page, /^Sign in$/, 60_000)
    await signInAs(who, login)
    await statusSays(who.page, name, 60_000)
  }
  const hers = await webviewFrame(grace.page, 'cs-sidebar')
  await runCommand(ada.page, 'Countersign: Open a governed terminal')
  await typeInTerminal(ada.page, 'node ask.mjs payments.csv > held.out 2>&1; echo "exit $?" >> held.out')
  const mine = await webviewFrame(ada.page, 'cs-sidebar')
  await mine.getByText(/waits for security-reviewers/).first().waitFor({ timeout: 60_000 })
  assert.equal(await mine.getByRole('button', { name: /^Approve/ }).count(), 0, 'Ada cannot approve her own call')
  await ada.page.screenshot({ path: path.join(SHOTS, 'held-ada.png') })

  await grace.page.locator('.notifications-toasts').getByText(/Ada Moreno asks you to review a call to simulated-1/).waitFor({ timeout: 30_000 })
  await statusSays(grace.page, /^1 to decide$/)
  await hers.getByText(/Ada Moreno asks to send/).first().waitFor()
  const open = hers.locator('textarea')
  if ((await open.count()) === 0) await hers.getByRole('button', { name: /Ada Moreno/ }).first().click()
  await open.first().fill('Refund check, ticket FIN-1180.')
  assert.doesNotMatch(await hers.locator('body').innerText(), /4111 1111|219-09-9999/, 'the preview shows no value')
  await grace.page.screenshot({ path: path.join(SHOTS, 'held-grace.png') })
  // A card that just opened takes no verdict: nobody decides by a click that was meant for something else.
  await until('the approval to be taken', async () => {
    const button = hers.getByRole('button', { name: /^Approve once/ }).first()
    if ((await button.count()) > 0 && (await open.count()) > 0) await button.click().catch(() => undefined)
    return existsSync(path.join(ada.workspace, 'held.out')) && /exit \d/.test(readFileSync(path.join(ada.workspace, 'held.out'), 'utf8'))
  }, 60_000)

  assert.match(readFileSync(path.join(ada.workspace, 'held.out'), 'utf8'), /exit 0/)
  const [settled] = eventsOf(ada.editor.home, 'approval.settled')
  assert.deepEqual([settled?.state, settled?.reviewers[0]?.subject, settled?.reviewers[0]?.reason], ['approved', 'grace', 'Refund check, ticket FIN-1180.'])
  await until("Grace's badge to be empty", async () => /^Grace Lindqvist$/.test((await grace.page.locator('[id$="countersign.status"]').first().innerText()).trim()))
  await grace.page.screenshot({ path: path.join(SHOTS, 'approved-grace.png') })
})
