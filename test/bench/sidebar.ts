/**
 * `npm run bench:sidebar`: from a person's click on the view's icon until the sidebar's button can be pressed, beside a view that
 * holds one button and nothing else: what the editor takes by itself. Openings: in a browser that never showed a view (it
 * registers the editor's service worker then, once per browser), as soon as the window stands and when a new browser has come
 * to rest; the window's first, and a later one. Milliseconds, medians.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createVSIX } from '@vscode/vsce'
import type { Page } from 'playwright-core'
import { editorFiles, startWorld } from '../extension/browser/world.ts'
import { openBrowser, openWorkbench, statusSays, until } from '../extension/workbench.ts'

const ROUNDS = Number(process.argv[2] ?? 10)
/** A browser with a new profile registers no service worker for its first seconds. */
const REST_MS = 5000
const FLOOR = path.resolve(import.meta.dirname, '../fixtures/emptyView')

interface View {
  readonly name: string
  /** Of its icon in the activity bar. */
  readonly label: string
  readonly button: string
}

const VIEWS: readonly View[] = [
  { name: 'an empty view', label: 'Empty view', button: '.empty-view' },
  { name: 'the sidebar', label: 'Countersign', button: 'cs-sidebar vscode-button' },
]

interface Marks {
  pressed: number
  /** When each selector's button could be pressed. */
  usable: Record<string, number>
}

/** Runs in every frame from its start. A timer, because a document that is written anew loses its listeners. */
function mark(selectors: readonly string[]): void {
  const marks: Marks = { pressed: 0, usable: {} }
  Object.assign(globalThis, { __marks: marks })
  addEventListener('mousedown', () => { marks.pressed = Date.now() }, true)
  setInterval(() => {
    for (const selector of selectors) {
      const found = document.querySelector(selector)
      const isUsable = found !== null && found.getBoundingClientRect().width > 0 && (found.localName === 'button' || found.shadowRoot?.querySelector('button') !== null)
      if (isUsable) marks.usable[selector] ??= Date.now()
    }
  }, 4)
}

async function marksOf(frame: Pick<Page, 'evaluate'>): Promise<Marks> {
  return frame.evaluate(() => (globalThis as unknown as { __marks: Marks }).__marks)
}

/** @returns milliseconds */
async function open(page: Page, { label, button }: View): Promise<number> {
  await page.locator(`.activitybar .action-item a[aria-label="${label}"]`).first().click()
  const { pressed } = await marksOf(page)
  const usable = await until('the view', async () => {
    for (const frame of page.frames()) {
      const at = frame.isDetached() ? undefined : (await marksOf(frame).catch(() => undefined))?.usable[button]
      if (at !== undefined) return at
    }
    return undefined
  })
  return usable - pressed
}

/** Another view in its place: the editor then ends it. */
async function leave(page: Page, { button }: View): Promise<void> {
  await until('the view to be gone', async () => {
    await page.locator('.activitybar .action-item a[aria-label^="Explorer"]').first().click()
    await page.locator('.sidebar .composite.title', { hasText: 'Explorer' }).first().waitFor({ timeout: 1000 })
    const counts = await Promise.all(page.frames().map((frame) => frame.locator(button).count().catch(() => 0)))
    return counts.every((count) => count === 0)
  })
}

function say(what: string, times: ReadonlyMap<string, readonly number[]>): void {
  const words = [...times].map(([name, all]) => {
    const sorted = [...all].sort((a, b) => a - b)
    return `${name} ${sorted[Math.floor(sorted.length / 2)] ?? 0} (${sorted[0] ?? 0} to ${sorted.at(-1) ?? 0})`
  })
  process.stdout.write(`${what}: ${words.join(', ')} ms\n`)
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'cs-floor-'))
const vsix = path.join(folder, 'empty.vsix')
await createVSIX({ cwd: FLOOR, packagePath: vsix, dependencies: false, allowMissingRepository: true, skipLicense: true })
const world = await startWorld()
try {
  world.editor.install(vsix)
  const record = (times: Map<string, number[]>, view: View, ms: number): void => { times.set(view.name, [...(times.get(view.name) ?? []), ms]) }
  const load = async (page: Page): Promise<void> => {
    await openWorkbench(page, world.editor.url)
    await statusSays(page, /^Sign in to Countersign$/)
  }
  for (const [rest, words] of [[0, 'as soon as the window stands'], [REST_MS, `${REST_MS / 1000} s later`]] as const) {
    const fresh = new Map<string, number[]>()
    for (let round = 0; round < Math.ceil(ROUNDS / 2); round++)
      for (const view of VIEWS) {
        const browser = await openBrowser(editorFiles().browser)
        try {
          await browser.page.addInitScript(mark, VIEWS.map((one) => one.button))
          await load(browser.page)
          await new Promise((resolve) => setTimeout(resolve, rest))
          record(fresh, view, await open(browser.page, view))
        } finally {
          await browser.close()
        }
      }
    say(`in a browser that never showed a view, ${words}, ${Math.ceil(ROUNDS / 2)} times each`, fresh)
  }
  const { page } = world
  await page.addInitScript(mark, VIEWS.map((one) => one.button))
  const [first, later] = [new Map<string, number[]>(), new Map<string, number[]>()]
  for (let round = -1; round < ROUNDS; round++)
    for (const view of VIEWS) {
      await load(page)
      const opened = await open(page, view)
      await leave(page, view)
      const again = await open(page, view)
      await leave(page, view)
      if (round < 0) continue
      record(first, view, opened)
      record(later, view, again)
    }
  say(`the window's first opening, ${ROUNDS} times each`, first)
  say(`a later opening, ${ROUNDS} times each`, later)
} finally {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
}
