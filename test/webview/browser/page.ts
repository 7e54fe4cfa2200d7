/**
 * A page that stands for the editor's webview: the built bundle under the same content security policy, a theme's variables,
 * and an editor API that keeps what the view says. Chromium is the machine's own.
 */
import { build } from 'esbuild'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { fromView, type FromView, type ToView } from '../../../src/protocol/panel.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const THEMES = { light: 'vscode-light', dark: 'vscode-dark', 'hc-dark': 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast-light' } as const
export type Theme = keyof typeof THEMES
export const ALL_THEMES = Object.keys(THEMES) as Theme[]
export type ViewName = 'sidebar' | 'timeline'

const CHROMIUM = process.env['COUNTERSIGN_CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'].find((file) => existsSync(file))

/** What the editor paints behind each, and what it gives to any webview's plain elements. */
const BACKGROUNDS = new Map([
  [
    'editor.css',
    `@layer vscode-default { html { scrollbar-color: auto } body { color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); margin: 0; padding: 0 20px }
    a { color: var(--vscode-textLink-foreground) } a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px }
    code { color: var(--vscode-textPreformat-foreground); background-color: var(--vscode-textPreformat-background); padding: 1px 3px } blockquote { background: var(--vscode-textBlockQuote-background); border-color: var(--vscode-textBlockQuote-border) } }`,
  ],
  ['back-sidebar.css', 'body { background: var(--vscode-sideBar-background) }'],
  ['back-timeline.css', 'html, body { height: 100% } body { background: var(--vscode-editor-background) }'],
])

/** What the tests build with is what ships; `.config/build.mjs` has the same settings. */
async function bundles(): Promise<Map<string, string>> {
  const built = await build({
    absWorkingDir: ROOT, bundle: true, minify: true, write: false, platform: 'browser', format: 'iife', target: 'es2022', logLevel: 'warning',
    entryPoints: ['webview/sidebar/main.ts', 'webview/timeline/main.ts'], outdir: path.join(ROOT, 'dist/webview'), entryNames: '[dir]', outbase: 'webview',
  })
  return new Map(built.outputFiles.map((file) => [path.basename(file.path), file.text]))
}

export interface Host {
  open(view: ViewName, options?: { theme?: Theme; width?: number; height?: number; zoom?: number; reducedMotion?: boolean; words?: Record<string, string>; clock?: boolean }): Promise<View>
  close(): Promise<void>
}

export interface View {
  readonly page: Page
  /** Everything the browser refused or complained about. */
  readonly complaints: string[]
  send(...messages: ToView[]): Promise<void>
  /** Sends anything at all, as a message nobody has checked. */
  sendRaw(message: unknown): Promise<void>
  /** What the view said, as the extension would take it. */
  said(): Promise<FromView[]>
  /** From here on the page's time moves only when the test says so. Needs `clock`. */
  stop(): Promise<void>
  forget(): Promise<void>
  shot(name: string): Promise<void>
  close(): Promise<void>
}

export async function startHost(): Promise<Host> {
  if (CHROMIUM === undefined) throw new Error('These tests need Chromium. Run `node .config/editor.mjs`, which installs it, or name one in COUNTERSIGN_CHROMIUM.')
  const files = await bundles()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const name = url.pathname.slice(1)
    if (name === 'view.html') return void response.setHeader('content-type', 'text/html').end(page(url))
    if (name.startsWith('themes/')) return void response.setHeader('content-type', 'text/css').end(readFileSync(path.join(ROOT, 'test/fixtures', path.normalize(name))))
    const body = files.get(name) ?? BACKGROUNDS.get(name)
    response.setHeader('content-type', name.endsWith('.css') ? 'text/css' : 'text/javascript').writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--font-render-hinting=none'] })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    open: (view, options = {}) => openView(browser, origin, view, options),
    async close() {
      await browser.close()
      await stop(server)
    },
  }
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => { server.close(() => { resolve() }) })
}

/** The editor's page around a webview's content. Same policy as the extension writes, with this server as `cspSource`. */
function page(url: URL): string {
  const theme = url.searchParams.get('theme') as Theme
  const view = url.searchParams.get('view') ?? ''
  return `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${url.searchParams.get('origin')}; font-src ${url.searchParams.get('origin')}; script-src 'nonce-test';">
<link rel="stylesheet" href="/editor.css"><link rel="stylesheet" href="/themes/${theme}.css"><link rel="stylesheet" href="/${view}.css"><link rel="stylesheet" href="/back-${view}.css"><title>${view}</title></head>
<body class="${THEMES[theme]}" data-vscode-theme-kind="${THEMES[theme]}">
<script nonce="test">
  const posted = []
  window.posted = posted
  window.violations = []
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => { posted.push(JSON.parse(JSON.stringify(message))) },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => { sessionStorage.setItem('state', JSON.stringify(state)) },
  })
</script>
<script nonce="test" src="/${view}.js"></script></body></html>`
}

async function openView(browser: Browser, origin: string, view: ViewName, options: NonNullable<Parameters<Host['open']>[1]>): Promise<View> {
  const { theme = 'light', width = 320, height = 900, zoom = 1, reducedMotion = false, words = {}, clock = false } = options
  const context = await browser.newContext({
    viewport: { width, height }, deviceScaleFactor: zoom, reducedMotion: reducedMotion ? 'reduce' : 'no-preference', permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  if (clock) await page.clock.install()
  const complaints: string[] = []
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${origin}/view.html?view=${view}&theme=${theme}&origin=${encodeURIComponent(origin)}`)
  let still = false
  // A channel's message is a task behind the one just posted. Two frames then draw it, unless the test has stopped the clock.
  const sendRaw = async (message: unknown): Promise<void> => {
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*'); new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => { ${still ? 'done()' : 'requestAnimationFrame(() => requestAnimationFrame(done))'} }; port2.postMessage(0) })`)
  }
  const made: View = {
    page,
    complaints,
    sendRaw,
    async send(...messages) { for (const message of messages) await sendRaw(message) },
    async said() { return (await page.evaluate<unknown[]>('window.posted')).map((message) => fromView.parse(message)) },
    async stop() {
      still = true
      await page.clock.pauseAt((await page.evaluate<number>('Date.now()')) + 1000)
    },
    async forget() { await page.evaluate('window.posted.length = 0') },
    async shot(name) {
      const folder = path.join(ROOT, 'test-results/webview')
      mkdirSync(folder, { recursive: true })
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: view === 'sidebar' })
    },
    async close() { await context.close() },
  }
  await made.send({ type: 'init', protocol: 1, locale: 'en', words })
  return made
}

/** Text that a box cuts off, as `tag.class: text`; ellipses that the design wants are named in `allowed`. */
export function clipped(view: View, allowed: readonly string[] = []): Promise<string[]> {
  return view.page.evaluate<string[]>(`(() => {
    const found = []
    const allowed = ${JSON.stringify(allowed)}
    for (const element of document.querySelectorAll('.cs *')) {
      if (element.closest('.cs-vh, svg, [popover]') || allowed.some((selector) => element.matches(selector))) continue
      const style = getComputedStyle(element)
      if (style.display === 'inline' || style.display === 'none' || !element.textContent.trim()) continue
      const cuts = style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1
      const box = element.getBoundingClientRect()
      const outside = box.width > 0 && (box.right > document.documentElement.clientWidth + 1 || box.left < -1)
      if (cuts || outside) found.push(element.tagName.toLowerCase() + '.' + element.className + ': ' + element.textContent.trim().slice(0, 40))
    }
    return found
  })()`)
}

/** Asks the page about one element; `question` is an expression over `element`. */
export function within(view: View, selector: string, question: string): Promise<unknown> {
  return view.page.evaluate(`(() => { const element = document.querySelector(${JSON.stringify(selector)}); return ${question} })()`)
}

/** Waits for a frame in which the expression holds. The page's policy forbids code made of text, so it is asked from here. */
export async function until(view: View, expression: string): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await view.page.evaluate<boolean>(`new Promise((done) => requestAnimationFrame(() => done(Boolean(${expression}))))`))) {
    if (Date.now() > end) throw new Error(`never came true: ${expression}`)
  }
}
