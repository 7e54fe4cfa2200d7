/**
 * Notebooks: a kernel that runs already is routed on request, and a cell whose call is held says so, because nothing may write
 * into its output while the client waits.
 */
import path from 'node:path'
import * as vscode from 'vscode'
import type { Request } from '../protocol/panelModels.ts'
import { heldWords } from './model/requests.ts'
import { OPEN_REQUEST } from './reviewToasts.ts'

const { t } = vscode.l10n

/** The part of the Jupyter extension's API that is used (`@vscode/jupyter-extension`). */
interface JupyterApi {
  readonly kernels: { getKernel(notebook: vscode.Uri): Thenable<JupyterKernel | undefined> | JupyterKernel | undefined }
}
interface JupyterKernel {
  readonly language: string
  executeCode(code: string, token: vscode.CancellationToken): AsyncIterable<{ readonly items: readonly { readonly mime: string; readonly data: Uint8Array }[] }>
}

export type Routed = 'routed' | 'notPython' | 'notRunning' | 'elsewhere' | 'asked' | 'noNotebook'
const JUPYTER = 'ms-toolsai.jupyter'
const ELSEWHERE = 'countersign: elsewhere'

/**
 * Routes the kernel of the notebook in front. No key passes through here or through the notebook: the kernel makes its own.
 * @param launch folder with what runs before programs
 */
export async function routeKernel(launch: string): Promise<Routed> {
  const notebook = vscode.window.activeNotebookEditor?.notebook
  if (!notebook) return 'noNotebook'
  const jupyter = vscode.extensions.getExtension<JupyterApi>(JUPYTER)
  const python = path.join(launch, 'python')
  if (!jupyter) {
    await askInCell(notebook, python)
    return 'asked'
  }
  const kernel = await (await jupyter.activate()).kernels.getKernel(notebook.uri)
  if (!kernel) return 'notRunning'
  if (kernel.language !== 'python') return 'notPython'
  const said = await run(kernel, codeFor(python))
  return said.includes(ELSEWHERE) || !said.includes(' go through ') ? 'elsewhere' : 'routed'
}

/** In a kernel on another machine the folder is not there: loopback would not lead here either. */
function codeFor(folder: string): string {
  const quoted = JSON.stringify(folder)
  return [
    'import os, sys',
    `if os.path.isdir(${quoted}):`,
    `    sys.path.append(${quoted})`,
    '    import countersign',
    '    countersign.load_ipython_extension(None)',
    'else:',
    `    print(${JSON.stringify(ELSEWHERE)})`,
  ].join('\n')
}

async function run(kernel: JupyterKernel, code: string): Promise<string> {
  const cancel = new vscode.CancellationTokenSource()
  let said = ''
  try {
    for await (const { items } of kernel.executeCode(code, cancel.token)) for (const { data } of items) said += Buffer.from(data).toString('utf8')
  } finally {
    cancel.dispose()
  }
  return said
}

/** Without Jupyter's API the person runs it: a cell in front of all others, which they may delete again. */
async function askInCell(notebook: vscode.NotebookDocument, folder: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit()
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, `import sys; sys.path.append(${JSON.stringify(folder)})\n%load_ext countersign`, 'python')
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(0, [cell])])
  await vscode.workspace.applyEdit(edit)
}

/** In words, for a message box. */
export function routedWords(how: Routed): { readonly text: string; readonly isDone: boolean } {
  const words: Readonly<Record<Routed, string>> = {
    routed: t('Model calls of this kernel go through Countersign from now on. Clients that were made before are routed by their host.'),
    asked: t('Run the new first cell: it routes this kernel.'),
    notRunning: t('The kernel of this notebook does not run yet. When it starts, it is routed by itself.'),
    notPython: t('Only Python kernels can be routed while they run. Restart this kernel: one that starts in this window is routed.'),
    elsewhere: t('This kernel does not reach the agent of this machine; it runs elsewhere. Its model calls do not go through Countersign and are not recorded.'),
    noNotebook: t('Open the notebook whose kernel is meant, then run this again.'),
  }
  return { text: words[how], isDone: how === 'routed' || how === 'asked' || how === 'notRunning' }
}

/** At a cell whose call waits for a person: that it does, and for whom. */
export class HeldCells implements vscode.NotebookCellStatusBarItemProvider {
  readonly #changed = new vscode.EventEmitter<void>()
  #held: readonly Request[] = []

  get onDidChangeCellStatusBarItems(): vscode.Event<void> {
    return this.#changed.event
  }

  register(): { dispose(): unknown }[] {
    return [this.#changed, vscode.notebooks.registerNotebookCellStatusBarItemProvider('*', this)]
  }

  update(requests: readonly Request[]): void {
    const held = requests.filter((one) => one.state === 'waiting' && one.kind !== 'review' && one.source?.kind === 'notebook')
    if (held.length === 0 && this.#held.length === 0) return
    this.#held = held
    this.#changed.fire()
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    const file = path.posix.basename(cell.notebook.uri.path)
    const number = cell.executionSummary?.executionOrder
    return this.#held.filter(({ source }) => source?.file === file && source.cell === number).map((one) => this.#item(one))
  }

  #item(one: Request): vscode.NotebookCellStatusBarItem {
    const until = new Date(one.expiresAt - one.hubOffsetMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    const text = heldWords(one.reviewers, until, t)
    const item = new vscode.NotebookCellStatusBarItem(`$(debug-pause) ${text}`, vscode.NotebookCellStatusBarAlignment.Left)
    item.tooltip = t('Rule "{0}" holds this call to {1}. The cell goes on when somebody decided. Opens the request.', one.rule.name, one.model)
    item.command = { command: OPEN_REQUEST, title: text, arguments: [one.id] }
    item.priority = 100
    return item
  }
}
