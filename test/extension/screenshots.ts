/**
 * `npm run screenshots`: the README's pictures, taken of the product itself. One organisation, the packaged extension in two real
 * editors, LangChain in Ada's terminal; each picture once on a light and once on a dark ground, into media/readme/.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Frame, Page } from 'playwright-core'
import { startEditor, type RunningEditor } from '../../src/sandbox/editor.ts'
import { editorFiles, sampleWorkspace, signInAs, startWorld, VSIX, type World } from './browser/world.ts'
import { openBrowser, openSidebar, openWorkbench, runCommand, statusSays, typeInTerminal, until, webviewFrame } from './workbench.ts'

const FOLDER = path.resolve(import.meta.dirname, '../../media/readme')
/** What a page should weigh at most, so that a README opens at once. */
const LARGEST = 200_000
const SIZE = { width: 1200, height: 860 }
const GROUNDS = [['light', 'Light Modern'], ['dark', 'Dark Modern']] as const

/** The sample's policy, over the simulated model. */
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
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: session, requesterReason: optional, wait: 10m }
    message: Card numbers and SSNs leave only with a second person's approval.
  - id: data-team-may-use-models
    when: { groups: [data-eng], model: ["gpt-*", "simulated-*"] }
    effect: allow
`

interface Desk extends Pick<World, 'browser' | 'page' | 'services'> {
  readonly editor: RunningEditor
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Settings are read when the workbench opens: held calls, terminals and sign-in outlive a reload. */
async function onGround({ editor, page }: Desk, element: string, [name, theme]: (typeof GROUNDS)[number]): Promise<Frame> {
  const settings = JSON.parse(readFileSync(editor.settingsFile, 'utf8')) as Record<string, unknown>
  writeFileSync(editor.settingsFile, JSON.stringify({ ...settings, 'workbench.colorTheme': theme }))
  await page.reload()
  await statusSays(page, /^(?:Ada Moreno|Grace Lindqvist|\d to decide|\d held)/, 60_000)
  if (element.startsWith('cs-timeline')) {
    if (await page.locator('.part.panel').isVisible()) await runCommand(page, 'View: Hide Panel')
    await runCommand(page, 'Countersign: Open session timeline')
  }
  return webviewFrame(page, `body.vscode-${name} ${element}`, 60_000)
}

/** @param area of the page; undefined: all of it */
async function shoot(page: Page, name: string, area?: string): Promise<void> {
  const file = path.join(FOLDER, `${name}.png`)
  await (area === undefined ? page.screenshot({ path: file }) : page.locator(area).first().screenshot({ path: file }))
  const { size } = statSync(file)
  if (size > LARGEST) throw new Error(`${name}.png has ${size} bytes; a README takes ${LARGEST}`)
  say(`  ${name}.png  ${Math.round(size / 1024)} KB`)
}

/** @param ready brings the view to what the picture is of; @returns the view as it is last */
async function onBothGrounds(desk: Desk, element: string, ready: (view: Frame) => Promise<unknown>, shots: readonly (readonly [name: string, area?: string])[]): Promise<Frame> {
  let view: Frame | undefined
  for (const ground of GROUNDS) {
    view = await onGround(desk, element, ground)
    await ready(view)
    for (const [name, area] of shots) await shoot(desk.page, `${name}-${ground[0]}`, area)
  }
  if (!view) throw new Error('there is no ground')
  return view
}

async function signedIn(desk: Desk, login: string, name: RegExp): Promise<Frame> {
  await openWorkbench(desk.page, desk.editor.url)
  await openSidebar(desk.page)
  await statusSays(desk.page, /^Sign in to Countersign$/, 120_000)
  await signInAs(desk, login)
  await statusSays(desk.page, name, 60_000)
  return webviewFrame(desk.page, 'cs-sidebar')
}

async function story(ada: Desk, grace: Desk, signal: (file: string) => string): Promise<void> {
  await signedIn(ada, 'ada', /^Ada Moreno$/)
  await signedIn(grace, 'grace', /^Grace Lindqvist$/)
  await runCommand(ada.page, 'Countersign: Open a governed terminal')
  await typeInTerminal(ada.page, "PS1='$ '; clear; node ask.mjs | tee first.out; echo done >> first.out")
  await until('the first answer', () => signal('first.out').includes('done'), 60_000)
  await typeInTerminal(ada.page, 'clear; node ask.mjs payments.csv | tee held.out; echo done >> held.out')
  const waits = (view: Frame): Promise<void> => view.getByText(/waits for security-reviewers/).first().waitFor({ timeout: 60_000 })
  await waits(await webviewFrame(ada.page, 'cs-sidebar'))
  await onBothGrounds(ada, 'cs-sidebar', waits, [['held-ada'], ['sidebar', '.part.sidebar']])
  const hers = await onBothGrounds(grace, 'cs-sidebar', giveReason, [['held-grace']])
  await until('the approval to be taken', async () => {
    const button = hers.getByRole('button', { name: /^Approve once/ }).first()
    if ((await button.count()) > 0 && (await hers.locator('textarea').count()) > 0) await button.click().catch(() => undefined)
    return signal('held.out').includes('done')
  }, 60_000)
  await onBothGrounds(ada, 'cs-timeline [role=row]', async (view) => {
    await view.locator('[role=row]', { hasText: 'Answered' }).last().click()
    await until('masks in the answer', async () => (await view.locator('.cs-m').count()) > 0)
  }, [['timeline']])
}

async function giveReason(view: Frame): Promise<void> {
  const reason = view.locator('textarea')
  await view.getByText(/Ada Moreno asks to send/).first().waitFor()
  if ((await reason.count()) === 0) await view.getByRole('button', { name: /Ada Moreno/ }).first().click()
  await reason.first().fill('Refund check, ticket FIN-1180.')
  await view.getByText(/Ada Moreno asks to send/).first().scrollIntoViewIfNeeded()
}

/** The auditor's first page, in a browser profile of its own. */
async function auditor(ada: Desk, chromium: string): Promise<void> {
  const browser = await openBrowser(chromium, SIZE)
  try {
    const { page } = browser
    const person = ada.services.idp.people.find((one) => one.login === 'sam')
    await page.goto(ada.services.hubUrl)
    await page.fill('[name=login]', 'sam')
    await page.fill('[name=password]', person?.password ?? '')
    await page.locator('form button').first().click()
    await until('the consent page', async () => (await page.locator('[name=password]').count()) === 0 && (await page.locator('form button').count()) > 0)
    if (!page.url().startsWith(ada.services.hubUrl)) await page.locator('form button').first().click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    for (const [name] of GROUNDS) {
      await page.emulateMedia({ colorScheme: name })
      await shoot(page, `hub-${name}`)
    }
  } finally {
    await browser.close()
  }
}

/** A folder with a name that a person would give it, in the sample's. */
function named(base: string): string {
  const folder = path.join(base, 'northfield')
  cpSync(path.resolve(import.meta.dirname, '../../media/sample'), folder, { recursive: true })
  return folder
}

mkdirSync(FOLDER, { recursive: true })
const { browser: chromium, ...editor } = editorFiles()
const closing: (() => Promise<unknown>)[] = []
try {
  say('bringing up an organisation and two editors')
  const adas = sampleWorkspace()
  const world = await startWorld({ policy: POLICY, workspace: named(adas) })
  closing.push(() => world.close())
  await world.page.setViewportSize(SIZE)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'cs-ed-'))
  const base = sampleWorkspace()
  const workspace = named(base)
  const second = await startEditor({ editor, dir, vsix: [VSIX], workspace, settings: { 'countersign.hub': world.services.hubUrl } })
  const browser = await openBrowser(chromium, SIZE)
  closing.push(async () => {
    await browser.close()
    await second.stop()
    for (const folder of [dir, base, adas]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })
  const textOf = (file: string): string => {
    try {
      return readFileSync(path.join(adas, 'northfield', file), 'utf8')
    } catch {
      return ''
    }
  }
  await story(world, { services: world.services, browser, page: browser.page, editor: second }, textOf)
  await auditor(world, chromium)
  say(`the pictures lie in ${path.relative(process.cwd(), FOLDER)}/`)
} finally {
  for (const step of closing.reverse()) await step()
}
