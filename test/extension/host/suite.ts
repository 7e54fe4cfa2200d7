/** Runs inside the editor's own extension host, against the packaged extension: what only the editor's API can show. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'

interface Told {
  readonly phase: () => string
  readonly activationMs: number
}

const tests: Record<string, () => Promise<void>> = {
  // No limit is set here: the same package took between 44 and 186 ms on one machine in one day.
  async 'activates, and says how much of the extension host that took'() {
    const api = await activated()
    note('activationMs', api.activationMs)
    assert.ok(api.activationMs > 0, `${api.activationMs} ms`)
  },

  async 'attaches to an agent of its own and waits for a sign-in'() {
    const api = await activated()
    await until('signed out', () => api.phase() === 'signedOut')
  },

  async 'offers each command of its manifest'() {
    const known = new Set(await vscode.commands.getCommands(true))
    const wanted = (vscode.extensions.getExtension('countersign.countersign')?.packageJSON as { contributes: { commands: { command: string }[] } }).contributes.commands
    assert.deepEqual(wanted.filter(({ command }) => !known.has(command)), [])
    assert.deepEqual([...known].filter((command) => command.startsWith('countersign.') && /approve|acknowledge|decide/i.test(command)), [])
  },

  async 'hands no session to anybody while nobody is signed in'() {
    assert.equal(await vscode.authentication.getSession('countersign', [], { silent: true }), undefined)
  },

  async 'sets where model calls go for whatever the extension host starts, as kernels are'() {
    await until('the environment', () => process.env['OPENAI_BASE_URL'] !== undefined)
    assert.match(process.env['OPENAI_BASE_URL'] ?? '', /^http:\/\/127\.0\.0\.1:\d+\/openai\/v1$/)
    assert.match(process.env['OPENAI_API_KEY'] ?? '', /^cs_/)
    assert.match(process.env['LANGSMITH_ENDPOINT'] ?? '', /\/langsmith$/)
  },

  async 'S38: starts the agent with an environment that names what may pass'() {
    await activated()
    const home = process.env['COUNTERSIGN_HOME'] ?? ''
    const pid = readFileSync(path.join(home, 'agent.lock'), 'utf8').split(' ')[0] ?? ''
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').map((line) => line.split('=')[0])
    assert.equal(process.env['SSLKEYLOGFILE'], 'canary-keys', 'the editor itself has it')
    for (const name of ['SSLKEYLOGFILE', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_OPTIONS', 'LD_PRELOAD', 'OPENAI_API_KEY']) assert.ok(!names.includes(name), name)
    assert.ok(existsSync(path.join(home, 'bin')))
  },

  async 'gives a task and a debug session the same environment, whatever their configuration says'() {
    const folder = vscode.workspace.workspaceFolders?.[0]
    assert.ok(folder)
    const seen = path.join(folder.uri.fsPath, 'seen-task.txt')
    const task = new vscode.Task({ type: 'shell' }, folder, 'env', 'test', new vscode.ShellExecution(`printenv OPENAI_BASE_URL > ${seen}`))
    await vscode.tasks.executeTask(task)
    await until('the task', () => existsSync(seen) && readFileSync(seen, 'utf8').endsWith('\n'))
    assert.equal(readFileSync(seen, 'utf8').trim(), process.env['OPENAI_BASE_URL'])
    const debugged = path.join(folder.uri.fsPath, 'seen-debug.txt')
    const program = path.join(folder.uri.fsPath, 'show.mjs')
    writeFileSync(program, `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(debugged)}, process.env.OPENAI_BASE_URL + '\\n')\n`)
    await vscode.debug.startDebugging(folder, { type: 'node', request: 'launch', name: 'show', program, console: 'internalConsole', env: { OPENAI_BASE_URL: 'https://evil.example/v1' } })
    await until('the debug session', () => existsSync(debugged) && readFileSync(debugged, 'utf8').endsWith('\n'), 60_000)
    assert.equal(readFileSync(debugged, 'utf8').trim(), process.env['OPENAI_BASE_URL'])
  },

  async 'types no key into the terminal of a debug session, which has it already'() {
    const folder = vscode.workspace.workspaceFolders?.[0]
    assert.ok(folder)
    const seen = path.join(folder.uri.fsPath, 'seen-terminal.txt')
    const program = path.join(folder.uri.fsPath, 'terminal.mjs')
    writeFileSync(program, `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(seen)}, [process.env.OPENAI_BASE_URL, process.env.OPENAI_API_KEY, process.env.COUNTERSIGN_LAUNCH, process.env.NODE_OPTIONS.includes('preload.cjs')].join(' ') + '\\n')\n`)
    const typed: string[] = []
    const listening = vscode.window.onDidStartTerminalShellExecution(({ execution }) => { typed.push(execution.commandLine.value) })
    await vscode.debug.startDebugging(folder, { type: 'node', request: 'launch', name: 'terminal', program, console: 'integratedTerminal', env: { OPENAI_BASE_URL: 'https://evil.example/v1', MINE: '1' } })
    await until('the session in the terminal', () => existsSync(seen) && readFileSync(seen, 'utf8').endsWith('\n'), 60_000)
    await until('the command of the terminal', () => typed.length > 0)
    listening.dispose()
    assert.equal(readFileSync(seen, 'utf8').trim(), `${process.env['OPENAI_BASE_URL'] ?? ''} ${process.env['OPENAI_API_KEY'] ?? ''} debug true`)
    assert.match(typed.join('\n'), /MINE=1/)
    assert.doesNotMatch(typed.join('\n'), /cs_[\w-]{20,}|evil/)
  },

  async 'marks what leads calls around it, in a program, a notebook cell and a .env that nobody opened, and its fix routes them'() {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/')
    const file = vscode.Uri.joinPath(folder, 'around.py')
    await vscode.workspace.fs.writeFile(file, Buffer.from('from langchain_openai import ChatOpenAI\nllm = ChatOpenAI(model="m", base_url="https://api.openai.com/v1")\nload_dotenv(override=True)\n'))
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, '.env'), Buffer.from('DEBUG=1\nMISTRAL_API_KEY=canary-of-somebody\n'))
    const document = await vscode.workspace.openTextDocument(file)
    const marked = (uri: vscode.Uri): string[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Countersign').map(({ code, range }) => `${range.start.line} ${typeof code === 'string' ? code : ''}`)
    await until('the marks', () => marked(file).length > 0)
    assert.deepEqual(marked(file), ['1 address', '2 override'])
    await until('the marks of the variables', () => marked(vscode.Uri.joinPath(folder, '.env')).length > 0)
    assert.deepEqual(marked(vscode.Uri.joinPath(folder, '.env')), ['1 fileKey'])
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', file, document.lineAt(1).range)
    const [one, all] = actions.filter(({ title }) => title.startsWith('Route through Countersign'))
    assert.ok(one?.edit && all?.edit, actions.map(({ title }) => title).join(', '))
    await vscode.workspace.applyEdit(all.edit)
    assert.equal(document.getText(), 'from langchain_openai import ChatOpenAI\nllm = ChatOpenAI(model="m")\nload_dotenv()\n')
    await until('no mark', () => marked(file).length === 0)
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'ChatAnthropic(anthropic_api_url="https://api.anthropic.com")', 'python')
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]))
    await until('the mark of the cell', () => marked(notebook.cellAt(0).document.uri).length > 0)
  },

  async 'S49: looks at no setting of a workspace'() {
    const api = await activated()
    const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/'), '.vscode', 'settings.json')
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify({ 'countersign.hub': 'https://evil.example' })))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    assert.equal(api.phase(), 'signedOut')
    assert.notEqual(vscode.workspace.getConfiguration('countersign').get('hub'), 'https://evil.example')
  },
}

async function activated(): Promise<Told> {
  const extension = vscode.extensions.getExtension<Told>('countersign.countersign')
  assert.ok(extension, 'the extension is not installed')
  return extension.activate()
}

async function until(what: string, probe: () => boolean, ms = 30_000): Promise<void> {
  const end = Date.now() + ms
  while (!probe()) {
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const notes: Record<string, unknown> = {}
function note(name: string, value: unknown): void {
  notes[name] = value
}

/** Called by the editor. What happened goes to a file, because the editor's console is far away. */
export async function run(): Promise<void> {
  const results: { name: string; error?: string }[] = []
  for (const [name, body] of Object.entries(tests)) {
    try {
      await body()
      results.push({ name })
    } catch (error) {
      results.push({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  writeFileSync(process.env['COUNTERSIGN_TEST_RESULTS'] ?? '', JSON.stringify({ results, notes }))
}
