/**
 * Stands in for the Jupyter extension, which is not to be had here: a notebook controller over a real ipykernel, started as
 * Jupyter starts a local raw kernel, with the environment of the extension host as it is at that moment.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import * as vscode from 'vscode'

interface Message {
  readonly id?: number
  readonly ready?: boolean
  readonly type: string
  readonly content: Readonly<Record<string, unknown>>
}

class Kernel {
  readonly language = 'python'
  readonly #child: ChildProcessWithoutNullStreams
  readonly #listeners = new Map<number, (message: Message) => void>()
  readonly #ready: Promise<void>
  #count = 0

  constructor(python: string, env: NodeJS.ProcessEnv, cwd: string) {
    this.#child = spawn(python, ['-u', path.join(__dirname, 'bridge.py')], { env, cwd })
    this.#ready = new Promise((resolve) => {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const message = JSON.parse(line) as Message
        if (message.ready === true) resolve()
        else this.#listeners.get(message.id ?? 0)?.(message)
      })
    })
  }

  async execute(code: string, cellId: string, silent: boolean, told: (message: Message) => void): Promise<void> {
    await this.#ready
    const id = ++this.#count
    await new Promise<void>((resolve) => {
      this.#listeners.set(id, (message) => {
        told(message)
        if (message.type === 'status' && message.content['execution_state'] === 'idle') resolve()
      })
      this.#child.stdin.write(`${JSON.stringify({ id, code, cellId, silent })}\n`)
    })
    this.#listeners.delete(id)
  }

  async *executeCode(code: string): AsyncGenerator<{ items: vscode.NotebookCellOutputItem[] }> {
    const outputs: vscode.NotebookCellOutputItem[] = []
    await this.execute(code, '', true, (message) => { outputs.push(...itemsOf(message)) })
    for (const item of outputs) yield { items: [item] }
  }

  dispose(): void {
    this.#child.stdin.end()
  }
}

function itemsOf({ type, content }: Message): vscode.NotebookCellOutputItem[] {
  if (type === 'stream') return [vscode.NotebookCellOutputItem.text(String(content['text']))]
  if (type === 'error') return [vscode.NotebookCellOutputItem.text(`${String(content['ename'])}: ${String(content['evalue'])}`)]
  return []
}

export function activate(context: vscode.ExtensionContext): { kernels: { getKernel: (uri: vscode.Uri) => Kernel | undefined } } {
  const kernels = new Map<string, Kernel>()
  const controller = vscode.notebooks.createNotebookController('stand-in', 'jupyter-notebook', 'Stand-in for Jupyter')
  controller.supportedLanguages = ['python']
  controller.supportsExecutionOrder = true
  const prefer = (notebook: vscode.NotebookDocument): void => { controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred) }
  vscode.workspace.notebookDocuments.forEach(prefer)
  controller.executeHandler = async (cells, notebook) => {
    const name = notebook.uri.toString()
    // Bare: as a kernel that was started before Countersign set anything.
    const env = notebook.uri.path.includes('before') ? bare() : { ...process.env }
    const kernel = kernels.get(name) ?? new Kernel(process.env['COUNTERSIGN_TEST_PYTHON'] ?? 'python3', env, path.dirname(notebook.uri.fsPath))
    kernels.set(name, kernel)
    for (const cell of cells) await runCell(controller, kernel, cell)
  }
  context.subscriptions.push(controller, vscode.workspace.onDidOpenNotebookDocument(prefer), { dispose: () => { for (const kernel of kernels.values()) kernel.dispose() } })
  return { kernels: { getKernel: (uri) => kernels.get(uri.toString()) } }
}

function bare(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] }
}

async function runCell(controller: vscode.NotebookController, kernel: Kernel, cell: vscode.NotebookCell): Promise<void> {
  const execution = controller.createNotebookCellExecution(cell)
  execution.start(Date.now())
  await execution.clearOutput()
  let failed = false
  await kernel.execute(cell.document.getText(), cell.document.uri.toString(), false, (message) => {
    if (message.type === 'execute_input') execution.executionOrder = Number(message.content['execution_count'])
    if (message.type === 'error') failed = true
    const items = itemsOf(message)
    if (items.length > 0) void execution.appendOutput(new vscode.NotebookCellOutput(items))
  })
  execution.end(!failed, Date.now())
}
