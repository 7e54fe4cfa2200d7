/**
 * `npm start`: two real editors in the browser, Ada's and Grace's, each with its own state folder, agent and sign-in, on one
 * organisation. What is done in them is up to the person who tries it; the words here say what to try.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { CountersignError, describeError } from '../protocol/errors.ts'
import { openBrowser } from '../platform/browser.ts'
import { startEditor, type RunningEditor } from './editor.ts'
import type { SamplePerson } from './people.ts'
import { boundedEnvironment } from './processes.ts'
import { ensurePython } from './python.ts'
import { startServices, type Services } from './start.ts'

export interface EditorsOptions {
  /** Root of the clone. */
  readonly root: string
  /** How to run `countersign`. */
  readonly command: readonly string[]
  /** code-server, as .config/editor.mjs installs it. */
  readonly editor: { readonly node: string; readonly entry: string }
  readonly write: (text: string) => void
  readonly colour: boolean
  /** Whether to open Ada's editor in this machine's browser. */
  readonly open: boolean
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

interface Desk {
  readonly person: SamplePerson
  readonly editor: RunningEditor
}

/** @returns exit code */
export async function editors(options: EditorsOptions): Promise<number> {
  const line = (text: string): void => { options.write(`  ${text}\n`) }
  const heading = (text: string): void => { options.write(`\n${options.colour ? `\x1b[1m${text}\x1b[0m` : text}\n`) }
  const closing: (() => Promise<unknown>)[] = []
  heading('Countersign: bringing up an organisation and two editors on this machine')
  try {
    const python = await ensurePython(path.join(options.root, '.cache/python'), path.join(options.root, 'media/sample/requirements.txt'), line)
    if ('missing' in python) line(`LangChain for Python is left out: ${python.missing}. This helps: ${python.command}`)
    const vsix = await packageExtension(options, line)
    // Links to 127.0.0.1 lead through the browser editor's own proxy, and a provider's pages break there.
    const services = await startServices({ command: options.command, idpHost: '127.0.0.2', say: line })
    closing.push(() => services.close())
    line(`simulated model (not a real one)       ${services.model.url}`)
    const desks: Desk[] = []
    for (const login of ['ada', 'grace']) {
      const desk = await startDesk(options, services, vsix, login)
      closing.push(() => desk.editor.stop())
      desks.push(desk)
      line(`${`editor of ${desk.person.name}, ${desk.person.role}`.padEnd(38)} ${desk.editor.url}`)
    }
    whatToTry({ heading, line }, services, desks)
    if (options.open && desks[0]) openBrowser(desks[0].editor.url)
    if (!options.signal.aborted) await Promise.race([once(options.signal, 'abort'), ended(services)])
    return 0
  } catch (error) {
    if (options.signal.aborted) return 0
    line(error instanceof CountersignError ? error.message : `Something went wrong (${describeError(error)}).`)
    return 1
  } finally {
    heading('Ending: editors, agents, hub, identity provider, simulated model')
    for (const step of closing.reverse()) await step()
    line('no process is left')
  }
}

async function startDesk(options: EditorsOptions, services: Services, vsix: string, login: string): Promise<Desk> {
  const person = services.idp.people.find((one) => one.login === login)
  if (!person) throw new CountersignError('CS_SETTING', `there is no sample person ${login}.`)
  // In the clone, so that the sample finds its packages; ignored by git.
  const base = path.join(options.root, '.sandbox')
  mkdirSync(base, { recursive: true })
  const workspace = path.join(base, `workspace-${login}`)
  rmSync(workspace, { recursive: true, force: true })
  cpSync(path.join(options.root, 'media/sample'), workspace, { recursive: true })
  // Sockets lie in it, and their paths must be short.
  const dir = mkdtempSync(path.join(os.tmpdir(), `cs-${login}-`))
  const editor = await startEditor({
    editor: options.editor,
    dir,
    vsix: [vsix],
    workspace,
    settings: { 'countersign.hub': services.hubUrl },
    path: [path.join(options.root, '.cache/python/bin'), path.dirname(process.execPath)],
  })
  return {
    person,
    editor: {
      ...editor,
      async stop() {
        await editor.stop()
        for (const folder of [dir, workspace]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
      },
    },
  }
}

/** The extension as it would be installed: bundled and packaged from this clone. */
async function packageExtension({ root }: EditorsOptions, say: (line: string) => void): Promise<string> {
  const vsix = path.join(root, 'countersign.vsix')
  say('packaging the extension')
  const child = spawn('npm', ['run', '--silent', 'package'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: boundedEnvironment() })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => { words = (words + chunk).slice(-2000) })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new CountersignError('CS_SETTING', 'the extension could not be packaged. Run: npm run package', { detail: words })
  return vsix
}

function ended(services: Services): Promise<never> {
  return services.hub.ended.then(() => {
    throw new CountersignError('CS_SETTING', 'The hub ended by itself; the trial is over.')
  })
}

function whatToTry({ heading, line }: { heading: (text: string) => void; line: (text: string) => void }, services: Services, [ada, grace]: readonly Desk[]): void {
  const sam = services.idp.people.find((one) => one.login === 'sam')
  heading('What to try')
  line(`1. Open Ada's editor: ${ada?.editor.url ?? ''}`)
  line(`   Run "Countersign: Sign in" from the palette (F1) and sign in as ada, password ${ada?.person.password ?? ''}.`)
  line('2. In a terminal of that editor: python ask.py, or node ask.mjs. The answer comes masked; the sidebar and')
  line('   "Countersign: Open session timeline" show the call.')
  line('   (ask.ipynb wants the Jupyter extension, which this browser editor has not: try it in a desktop editor.)')
  line(`3. Open Grace's editor in a private window (one browser profile is one person): ${grace?.editor.url ?? ''}`)
  line(`   Sign in there as grace, password ${grace?.person.password ?? ''}.`)
  line('4. In Ada\'s terminal: python ask.py payments.csv. The call is held; approve or deny it in Grace\'s sidebar.')
  line(`5. The auditor's pages, in another private window: ${services.hubUrl}   (sam, password ${sam?.password ?? ''}; ada gets 403)`)
  line('Ctrl-C ends everything.')
}
