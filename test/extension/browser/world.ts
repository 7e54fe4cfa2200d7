/** An organisation, an editor with the packaged extension, a browser: what each browser journey begins with. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { startEditor, type EditorOptions, type RunningEditor } from '../../../src/sandbox/editor.ts'
import type { IdentityProviderOptions } from '../../../src/sandbox/identityProvider.ts'
import { startServices, type Services } from '../../../src/sandbox/start.ts'
import { COUNTERSIGN, ROOT } from '../../fakes/trial.ts'
import { openBrowser, runCommand, until, type Browser } from '../workbench.ts'

const CONFIG: string = '../../../.config/editor.mjs'
const { ensureEditor: editorFiles } = (await import(CONFIG)) as { ensureEditor: () => { node: string; entry: string; browser: string } }

export { editorFiles }

export const VSIX = process.env['COUNTERSIGN_VSIX'] ?? path.join(ROOT, 'countersign.vsix')
export const SHOTS = path.join(ROOT, 'test-results', 'screenshots')

/** The sample's policy with a short linger, so that an agent's end can be waited for. */
export const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 12s, body: 32MiB }
mask:
  prompt: { SECRET: redact }
  answer: { EMAIL: redact, PHONE: redact, CREDIT_CARD: partial, US_SSN: redact, IBAN: redact, IP: redact, SECRET: redact }
rules:
  - id: no-cards
    when: { prompt: { finds: [CREDIT_CARD, US_SSN] } }
    effect: deny
    message: Card numbers and SSNs stay here.
  - id: data-team-may-use-models
    when: { groups: [data-eng], model: ["gpt-*", "simulated-*"] }
    effect: allow
`

export interface World {
  readonly services: Services
  readonly editor: RunningEditor
  readonly browser: Browser
  readonly page: Page
  /** Copy of the sample workspace; in the clone, so that the sample finds its packages. */
  readonly workspace: string
  close(): Promise<void>
}

export interface WorldOptions extends Partial<Omit<EditorOptions, 'editor' | 'dir' | 'vsix'>> {
  readonly withHub?: boolean
  readonly policy?: string
  /** How the sample identity provider behaves. */
  readonly idp?: IdentityProviderOptions
  /** How to run `countersign`. */
  readonly command?: readonly string[]
  /** Further packed extensions. */
  readonly more?: readonly string[]
}

export function sampleWorkspace(): string {
  const base = path.join(ROOT, '.sandbox')
  mkdirSync(base, { recursive: true })
  const workspace = mkdtempSync(path.join(base, 'ws-'))
  cpSync(path.join(ROOT, 'media', 'sample'), workspace, { recursive: true })
  return workspace
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { browser: chromium, ...editor } = editorFiles()
  if (!existsSync(VSIX)) throw new Error('there is no packaged extension: run npm run package')
  const dir = mkdtempSync(path.join(os.tmpdir(), 'cs-ed-'))
  const workspace = sampleWorkspace()
  const closing: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step()
    for (const folder of [dir, workspace]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  try {
    // Links to 127.0.0.1 lead through the browser editor's own proxy, and a provider's pages break there.
    const services = await startServices({ command: options.command ?? COUNTERSIGN, idpHost: '127.0.0.2', policy: options.policy ?? POLICY, dir: path.join(dir, 'services'), ...(options.idp === undefined ? {} : { idp: options.idp }) })
    closing.push(() => services.close())
    const running = await startEditor({
      ...options,
      // A page that went without its goodbye having come over would else keep its extension host, and the agent, for hours.
      args: ['--reconnection-grace-time', '20', ...(options.args ?? [])],
      editor,
      dir,
      vsix: [VSIX, ...(options.more ?? [])],
      workspace: 'workspace' in options ? options.workspace : workspace,
      settings: { ...(options.withHub === false ? {} : { 'countersign.hub': services.hubUrl }), ...options.settings },
      path: [path.join(ROOT, '.cache', 'python', 'bin'), path.dirname(process.execPath)],
    })
    closing.push(() => running.stop())
    const browser = await openBrowser(chromium)
    closing.push(() => browser.close())
    return { services, editor: running, browser, page: browser.page, workspace, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Signs in as a person does: the command, then the provider's pages in a tab of the browser. */
export async function signInAs(world: Pick<World, 'browser' | 'page' | 'services'>, login: string, start: () => Promise<void> = () => runCommand(world.page, 'Countersign: Sign in')): Promise<void> {
  const person = world.services.idp.people.find((one) => one.login === login)
  const opened = world.browser.context.waitForEvent('page', { timeout: 30_000 })
  await start()
  const tab = await opened
  await tab.waitForSelector('[name=login]')
  await tab.fill('[name=login]', login)
  await tab.fill('[name=password]', person?.password ?? '')
  await tab.locator('form button').first().click()
  await until('the consent page', async () => (await tab.locator('[name=password]').count()) === 0 && (await tab.locator('form button').count()) > 0)
  await tab.locator('form button').first().click()
  await tab.getByText('You are signed in').waitFor()
  await tab.close()
  // A page that stays behind draws nothing: views that were still to come never do.
  await world.page.bringToFront()
}
