/** A held call, a second person, an answer: Ada's editor and Grace's, each with a state folder, an agent and a browser of its own. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Frame, Page } from 'playwright-core'
import { startEditor, type RunningEditor } from '../../../src/sandbox/editor.ts'
import { eventsOf, recordsOf } from '../../fakes/trial.ts'
import { openBrowser, openWorkbench, runCommand, screenshot, statusSays, typeInTerminal, unfoldView, until, viewsAreDrawn, webviewFrame, type Browser } from '../workbench.ts'
import { editorFiles, SHOTS, sampleWorkspace, signInAs, startWorld, VSIX, type World } from './world.ts'

const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask:
  prompt: { SECRET: redact }
  answer: { EMAIL: redact, PHONE: redact, CREDIT_CARD: partial, US_SSN: redact }
rules:
  - id: accounts-wait-briefly
    when: { outside: true, prompt: { finds: [IBAN] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: session, requesterReason: optional, wait: 8s }
    message: Account numbers leave only with a second person's approval.
  - id: hosts-need-a-fresh-sign-in
    when: { outside: true, prompt: { finds: [IP] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: fresh, requesterReason: optional, wait: 4m }
    message: Addresses of hosts leave only with a fresh sign-in of a second person.
  - id: cards-and-ssn-need-a-second-person
    when: { outside: true, prompt: { finds: [CREDIT_CARD, US_SSN] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: session, requesterReason: optional, wait: 4m }
    message: Card numbers and SSNs leave only with a second person's approval.
  - id: data-team-may-use-models
    when: { groups: [data-eng], model: ["gpt-*", "simulated-*"] }
    effect: allow
`
const NAMES = { ada: /^Ada Moreno$/, grace: /^Grace Lindqvist$/ }

let world: World
let second: { editor: RunningEditor; browser: Browser; dir: string; workspace: string }
let ada: { page: Page; view: Frame }
let grace: { page: Page; view: Frame }

async function signedIn(page: Page, browser: Browser, url: string, login: 'ada' | 'grace'): Promise<{ page: Page; view: Frame }> {
  await openWorkbench(page, url)
  await viewsAreDrawn(browser)
  await statusSays(page, /^Sign in to Countersign$/, 60_000)
  await signInAs({ services: world.services, browser, page }, login)
  await statusSays(page, NAMES[login], 60_000)
  return { page, view: await webviewFrame(page, 'cs-sidebar') }
}

/** Starts a call in Ada's terminal, and her hand goes to the sidebar: what settles there keeps its place. */
async function ask(name: string, file = 'payments.csv'): Promise<{ said: () => string; ended: () => Promise<string> }> {
  const out = path.join(world.workspace, `${name}.out`)
  await typeInTerminal(ada.page, `node ask.mjs ${file} > ${name}.out 2>&1; echo "exit $?" >> ${name}.out`)
  await ada.page.mouse.move(200, 200)
  await ada.page.mouse.move(202, 204)
  const said = (): string => (existsSync(out) ? readFileSync(out, 'utf8') : '')
  return { said, ended: () => until(`the end of ${name}`, () => (/exit \d/.test(said()) ? said() : undefined), 60_000) }
}

/** Does the text stand above the decision, which lies over the view's lower edge? */
async function previewInSight(view: Frame): Promise<boolean> {
  const [mask, decision] = await Promise.all([view.locator('cs-text-box .cs-m').first().boundingBox(), view.locator('.decide').first().boundingBox()])
  return mask !== null && decision !== null && mask.y + mask.height <= decision.y
}

/** The request that waits, with its card open. A request that is alone opens by itself. */
async function card(view: Frame, row: RegExp): Promise<void> {
  await until('the open card', async () => {
    if ((await view.locator('cs-decision').count()) > 0) return true
    const head = view.locator('button.cs-row', { hasText: row }).first()
    if ((await head.count()) > 0) await head.click()
    return false
  }, 60_000)
}

/** Ada says why she needs it; Grace reads it on her card. */
async function giveReason(text: string): Promise<void> {
  await card(ada.view, /You, simulated-1/)
  await ada.view.locator('textarea').first().fill(text)
  await ada.view.getByRole('button', { name: 'Send reason' }).click()
  await ada.view.getByText('Your reason was sent.').waitFor()
  await card(grace.view, /Ada Moreno/)
  await grace.view.locator('.cs-quote', { hasText: text }).waitFor()
}

/** Puts away what has ended, on both sides. */
async function clear(): Promise<void> {
  for (const { view } of [ada, grace])
    await until('a clear view', async () => {
      const put = view.getByRole('button', { name: 'Clear', exact: true }).first()
      const show = view.getByRole('button', { name: 'Show', exact: true }).first()
      // What settled moves to its group after a while, and the button with it.
      if ((await put.count()) > 0) await put.click({ timeout: 1000 }).catch(() => undefined)
      else if ((await show.count()) > 0) await show.click({ timeout: 1000 }).catch(() => undefined)
      else return (await view.locator('cs-request').count()) === 0
      return false
    })
}

function settled(): { state: string; cause: string; requesterReason?: string; reviewers: readonly { subject: string; reason?: string }[] } | undefined {
  return eventsOf(world.editor.home, 'approval.settled').at(-1)
}

/** When the last held call was recorded, in ms since the epoch. */
function requestedAt(): number {
  const record = recordsOf(world.editor.home).findLast(({ event }) => event.type === 'approval.requested')
  assert.ok(record, 'a held call is in the journal')
  return Date.parse(record.time)
}

before(async () => {
  mkdirSync(SHOTS, { recursive: true })
  world = await startWorld({ policy: POLICY })
  writeFileSync(path.join(world.workspace, 'accounts.csv'), 'name,account\nMira,DE89 3704 0044 0532 0130 00\n')
  writeFileSync(path.join(world.workspace, 'hosts.csv'), 'name,host\nMira,203.0.113.77\n')
  const { browser: chromium, ...editor } = editorFiles()
  const dir = mkdtempSync(path.join(os.tmpdir(), 'cs-ed-'))
  const workspace = sampleWorkspace()
  second = { dir, workspace, editor: await startEditor({ editor, dir, vsix: [VSIX], workspace, settings: { 'countersign.hub': world.services.hubUrl } }), browser: await openBrowser(chromium) }
  ada = await signedIn(world.page, world.browser, world.editor.url, 'ada')
  grace = await signedIn(second.browser.page, second.browser, second.editor.url, 'grace')
  await runCommand(ada.page, 'Countersign: Open a governed terminal')
}, { timeout: 240_000 })

afterEach(async (t) => {
  if (!('passed' in t) || t.passed) return
  const name = t.name.replace(/\W+/g, '-').slice(0, 60)
  await screenshot(ada.page, `failed-${name}-ada`)
  await screenshot(grace.page, `failed-${name}-grace`)
})

after(async () => {
  await second.browser.close()
  await second.editor.stop()
  for (const folder of [second.dir, second.workspace]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  await world.close()
})

describe('a held call and a second person', () => {
  test("is approved in her own editor, with the requester's reason before her, and goes on in the same run", async (t) => {
    const seen = grace.view.locator('cs-request').first().waitFor({ timeout: 60_000 }).then(() => Date.now())
    const call = await ask('approved')
    t.diagnostic(`held call to the reviewer's sidebar: ${(await seen) - requestedAt()} ms`)
    await ada.view.getByText(/waits for security-reviewers/).first().waitFor({ timeout: 60_000 })
    assert.equal(await ada.view.getByRole('button', { name: /^Approve/ }).count(), 0, 'Ada cannot approve her own call')
    await ada.view.getByText('security-reviewers: 1 person can decide').waitFor()
    await unfoldView(ada.page, 'Sessions')
    await ada.page.locator('.sidebar').getByText(/1 call, 1 held/).first().waitFor()
    const note = grace.page.locator('.notifications-toasts').getByText(/Ada Moreno \([^)]+\) asks you to review a call to simulated-1/)
    await note.waitFor({ timeout: 30_000 })
    await grace.page.locator('.notifications-toasts').getByRole('button', { name: 'Review' }).waitFor()
    await statusSays(grace.page, /^1 to decide$/)
    await screenshot(ada.page, 'held-ada')
    await giveReason('The refund team waits, FIN-1180.')
    assert.ok(await previewInSight(grace.view), 'what would be sent is seen without scrolling')
    assert.doesNotMatch(await grace.view.locator('body').innerText(), /4111 1111|219-09-9999/, 'the preview shows no value')
    await grace.view.locator('textarea').first().fill('Refund check, ticket FIN-1180.')
    await screenshot(grace.page, 'held-grace')
    // A card that just opened or moved takes no verdict: nobody decides by a click that was meant for something else.
    let clicked = 0
    await until('the approval to be taken', async () => {
      const button = grace.view.getByRole('button', { name: /^Approve once/ }).first()
      if ((await button.count()) > 0) {
        clicked = Date.now()
        await button.click().catch(() => undefined)
      }
      return call.said().length > 0
    }, 60_000)
    t.diagnostic(`last click to first words in the terminal: ${Date.now() - clicked} ms`)
    assert.match(await call.ended(), /exit 0/)
    const end = settled()
    assert.deepEqual([end?.state, end?.requesterReason, end?.reviewers[0]?.subject, end?.reviewers[0]?.reason], ['approved', undefined, 'grace', undefined])
    for (const { view } of [ada, grace]) await view.getByText('Approved, sent once').first().waitFor()
    await grace.view.getByText('By you: “Refund check, ticket FIN-1180.”').first().waitFor()
    await until('the note to go with its request', async () => (await note.count()) === 0)
    await statusSays(grace.page, NAMES.grace)
    await screenshot(grace.page, 'approved-grace')
    await clear()
  })

  test('S17 is approved with a fresh sign-in where the rule asks for one; the first visit is cancelled and decides nothing', async () => {
    const call = await ask('fresh', 'hosts.csv')
    await card(grace.view, /Ada Moreno/)
    const approve = async (): Promise<Page> => {
      await grace.view.locator('textarea').first().fill('Checked with the network team.')
      const opened = second.browser.context.waitForEvent('page', { timeout: 60_000 })
      await until('the sign-in page', async () => {
        const button = grace.view.getByRole('button', { name: 'Approve with sign-in' }).first()
        if ((await button.count()) > 0) await button.click({ timeout: 1000 }).catch(() => undefined)
        return (await grace.view.getByText(/^Waiting for 127\.0\.0\.2:\d+\./).count()) > 0
      }, 60_000)
      const tab = await opened
      await tab.waitForSelector('[name=login]')
      return tab
    }
    const left = await approve()
    await screenshot(grace.page, 'confirm-grace')
    await grace.view.getByRole('button', { name: 'Cancel', exact: true }).click()
    await grace.view.getByText(/cancelled/).first().waitFor()
    await left.close()
    assert.equal(call.said(), '')
    const tab = await approve()
    assert.equal(await tab.locator('[name=login]').inputValue(), 'grace')
    await tab.fill('[name=password]', 'grace-sample')
    await tab.locator('form button').first().click()
    await until('the consent page', async () => (await tab.locator('[name=password]').count()) === 0 && (await tab.locator('form button').count()) > 0)
    await tab.locator('form button').first().click()
    await tab.getByText('You are signed in').waitFor()
    await tab.close()
    assert.match(await call.ended(), /exit 0/)
    await grace.view.getByText('Approved, sent once').first().waitFor()
    const reviewer = eventsOf(world.editor.home, 'approval.settled').at(-1)?.reviewers[0]
    assert.ok(reviewer && reviewer.reason === undefined, 'what people write lies beside the record')
    assert.match(reviewer.confirmation ?? '', /^[\w-]{43}$/)
    await clear()
  })

  test('is denied with a reason, which the terminal says; both cards settle where they are', async () => {
    const call = await ask('denied')
    await giveReason('A list for the board.')
    await grace.view.locator('textarea').first().fill('Use the masked export.')
    await grace.view.getByRole('button', { name: 'Deny', exact: true }).click()
    assert.match(await call.ended(), /Grace Lindqvist denied this call: "Use the masked export\." Nothing was sent\.[\s\S]*exit 1/)
    await ada.view.getByText('Denied by Grace Lindqvist').first().waitFor()
    await grace.view.getByText('Denied by you').first().waitFor()
    await ada.view.getByText('Use the masked export.').first().waitFor()
    await ada.page.locator('.notifications-toasts').getByText(/Grace Lindqvist denied your call/).waitFor()
    await screenshot(ada.page, 'denied-ada')
    await screenshot(grace.page, 'denied-grace')
    const end = settled()
    assert.deepEqual([end?.state, end?.requesterReason, end?.reviewers[0]?.reason], ['denied', undefined, undefined])
    await clear()
  })

  test('is taken back by the person who made it, from her sidebar', async () => {
    const call = await ask('withdrawn')
    await giveReason('Never mind.')
    await ada.view.getByRole('button', { name: 'Withdraw call' }).click()
    assert.match(await call.ended(), /withdrawn by the person who made it\. Nothing was sent\.[\s\S]*exit 1/)
    await ada.view.getByText('Withdrawn by you. Nothing was sent.').first().waitFor()
    await grace.view.getByText('Withdrawn by Ada Moreno. Nothing was sent.').first().waitFor()
    await statusSays(grace.page, NAMES.grace)
    await screenshot(grace.page, 'withdrawn-grace')
    assert.deepEqual([settled()?.state, settled()?.cause, settled()?.requesterReason], ['withdrawn', 'withdrawn', undefined])
    await clear()
  })

  test('goes away on both sides when the script is interrupted', async () => {
    await ask('interrupted')
    await card(grace.view, /Ada Moreno/)
    await ada.page.locator('.terminal-wrapper.active .xterm').first().click()
    await ada.page.keyboard.press('Control+c')
    await ada.page.mouse.move(200, 200)
    await grace.view.getByText('The program stopped waiting. Nothing was sent.').first().waitFor()
    await ada.view.getByText('The program stopped waiting. Nothing was sent.').first().waitFor()
    await statusSays(grace.page, NAMES.grace)
    assert.deepEqual([settled()?.state, settled()?.cause], ['withdrawn', 'client_gone'])
    await screenshot(grace.page, 'interrupted-grace')
    await clear()
  })

  test('expires when nobody decides, and both sides say so', async () => {
    const call = await ask('expired', 'accounts.csv')
    await card(grace.view, /Ada Moreno/)
    assert.match(await call.ended(), /nobody decided within 8 s\. Nothing was sent\.[\s\S]*exit 1/)
    await ada.view.getByText('Nobody decided within 8 s. Nothing was sent. Run it again to ask again.').first().waitFor()
    await grace.view.getByText('Nobody decided within 8 s. Nothing was sent.').first().waitFor()
    await screenshot(ada.page, 'expired-ada')
    assert.deepEqual([settled()?.state, settled()?.cause], ['expired', 'timeout'])
  })

  test('is one story in both timelines, with both reasons', async () => {
    for (const [name, { page }, approved, asks, decides] of [['ada', ada, 'Answered', 'You', 'Grace Lindqvist'], ['grace', grace, 'Approved', 'Ada Moreno (ada@northfield.example)', 'You']] as const) {
      await runCommand(page, 'Countersign: Open session timeline')
      const timeline = await webviewFrame(page, 'cs-timeline [role=row]')
      const states = async (): Promise<string[]> => (await timeline.locator('.tl-row:not(.event) .st').allInnerTexts()).map((text) => text.trim())
      await until('six calls', async () => (await states()).length === 6)
      assert.deepEqual(await states(), [approved, approved, 'Denied', 'Withdrawn', 'Withdrawn', 'Expired'], name)
      for (const [row, words] of [
        [0, [`${asks} asked: “The refund team waits, FIN-1180.”`, `${decides} approved at`, '“Refund check, ticket FIN-1180.”']],
        [1, [`${decides} approved at`, '“Checked with the network team.”']],
        [3, [`${asks} asked: “Never mind.”`, `${asks} withdrew at`]],
        [5, [`${asks} asked.`]],
        [2, [`${asks} asked: “A list for the board.”`, `${decides} denied at`, '“Use the masked export.”']],
      ] as const) {
        await timeline.locator('.tl-row:not(.event)').nth(row).click()
        for (const text of words) await timeline.locator('.tl-det').getByText(text).first().waitFor()
      }
      assert.match(await timeline.locator('.tl-det').innerText(), /\bsystem\b/, 'system text is not called the user\'s')
      assert.doesNotMatch(await timeline.locator('body').innerText(), /4111 1111|219-09-9999/)
      await screenshot(page, `both-sides-${name}`)
    }
  })
})
