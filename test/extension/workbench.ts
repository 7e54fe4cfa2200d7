/** Drives the workbench of a browser editor as a person would: commands, views, webviews, terminals. Polls; never sleeps for luck. */
import { mkdtempSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { chromium, type BrowserContext, type Frame, type Page } from 'playwright-core'

const ROOT = path.resolve(import.meta.dirname, '../..')

export interface Browser {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors of the page's console. */
  readonly errors: readonly string[]
  /** Where the browser keeps what pages store. */
  readonly profile: string
  close(): Promise<void>
}

/** A browser profile of its own: another person's sign-in is not in it. */
export async function openBrowser(executablePath: string, size = { width: 1280, height: 800 }): Promise<Browser> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'cs-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: size,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = context.pages()[0] ?? (await context.newPage())
  const errors: string[] = []
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
  page.on('pageerror', (error) => { errors.push(error.message) })
  return { context, page, errors, profile, close: () => context.close() }
}

export async function until<T>(what: string, probe: () => Promise<T | undefined | false | null> | T | undefined | false | null, ms = 20_000): Promise<T> {
  const end = Date.now() + ms
  let last: unknown
  for (;;) {
    try {
      const value = await probe()
      if (value !== undefined && value !== false && value !== null) return value
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 80))
  }
}

export async function openWorkbench(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 30_000 })
}

/** Text of the extension's status bar item. */
export async function statusText(page: Page): Promise<string> {
  return (await page.locator('.statusbar-item[id="countersign.countersign.countersign.status"], .statusbar-item[id$="countersign.status"]').first().innerText()).trim()
}

export async function statusSays(page: Page, pattern: RegExp, ms = 30_000): Promise<void> {
  await until(`the status bar to say ${pattern.source}`, async () => pattern.test(await statusText(page)), ms)
}

export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1')
  const box = page.locator('.quick-input-widget input.input').first()
  await box.waitFor({ state: 'visible' })
  await box.fill(`>${title}`)
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title.replace(/^[^:]*: /, '') }).first().waitFor({ state: 'visible' })
  await page.keyboard.press('Enter')
}

/** A contributed webview lies two frames deep: found by what it contains. */
export function webviewFrame(page: Page, selector: string, ms = 40_000): Promise<Frame> {
  return until(
    `a webview with ${selector}`,
    async () => {
      for (const frame of page.frames()) {
        if (frame.isDetached() || !frame.parentFrame()?.parentFrame()) continue
        if ((await frame.locator(selector).count().catch(() => 0)) > 0) return frame
      }
      return undefined
    },
    ms,
  )
}

/**
 * Waits until the workbench draws what extensions contribute. Each view and notebook lives in a frame behind a service worker of the
 * editor's own, and seldom that worker does not come up (a known fault of the editor): then a person loads the window again, once.
 */
export async function viewsAreDrawn(browser: Browser): Promise<void> {
  const { page } = browser
  await openSidebar(page)
  try {
    await webviewFrame(page, 'cs-sidebar')
  } catch {
    process.stdout.write(`the editor drew no view and was loaded again: ${await frameStates(browser)}\n`)
    await page.reload()
    await openSidebar(page)
    await webviewFrame(page, 'cs-sidebar')
  }
}

/** Each frame's service worker and the page's errors: what tells a view that stays empty from one that is wrong. */
export async function frameStates({ page, errors }: Browser): Promise<string> {
  const states = page.frames().map(async (frame) => {
    const asked = frame.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map((one) => `${one.installing?.state ?? '-'} ${one.waiting?.state ?? '-'} ${one.active?.state ?? '-'}`).join(', ')).catch((error: unknown) => String(error))
    const late = new Promise<string>((resolve) => { setTimeout(() => { resolve('does not answer') }, 2000) })
    return `${new URL(frame.url(), 'about:blank').pathname.slice(-60)}: ${await Promise.race([asked, late])}`
  })
  return [...(await Promise.all(states)), ...errors].join('; ')
}

export async function openSidebar(page: Page): Promise<void> {
  const item = page.locator('.activitybar .action-item a[aria-label^="Countersign"]').first()
  await item.waitFor({ state: 'visible' })
  if ((await page.locator('.sidebar .composite.title', { hasText: 'Countersign' }).count()) === 0) await item.click()
}

/** Sessions and Policy are folded until a person opens them. */
export async function unfoldView(page: Page, name: string): Promise<void> {
  const header = page.locator('.sidebar .pane-header', { hasText: name }).first()
  await header.waitFor()
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click()
}

/** On the settings page, as a person does. It lies over everything else until the workbench is loaded again. @param file where the editor keeps its settings @param id as in `countersign.hub`, of ours */
export async function changeSetting(page: Page, file: string, id: string, value: string): Promise<void> {
  await runCommand(page, 'Countersign: Open settings')
  // The page draws only what is in sight: the search, which has the focus, brings it there.
  await page.locator('.settings-editor .search-container .monaco-editor.focused').first().waitFor()
  await page.keyboard.type(` ${id}`)
  const field = page.locator(`.settings-editor [data-key="${id}"] input`).first()
  await field.waitFor()
  await field.fill(value)
  await field.press('Tab')
  await until('the editor to keep it', () => (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)[id] === value)
}

/** Types into the visible terminal. What comes out goes to a file: the screen of a terminal is a picture. */
export async function typeInTerminal(page: Page, line: string): Promise<void> {
  const shown = page.locator('.terminal-wrapper.active .xterm').filter({ visible: true }).first()
  await shown.waitFor()
  await shown.click()
  // Keys typed before it has the focus go elsewhere.
  await page.locator('.terminal-wrapper.active .xterm.focus').first().waitFor()
  await page.keyboard.type(`${line}\n`)
}

/** After a reload: the workbench brings the terminal back, but writes its layout down late and may leave the panel closed. */
export async function showTerminal(page: Page): Promise<void> {
  await runCommand(page, 'Terminal: Focus Terminal')
  await page.locator('.terminal-wrapper.active .xterm').filter({ visible: true }).first().waitFor()
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(ROOT, 'test-results', 'screenshots', `${name}.png`) })
}
