/**
 * The scan in the editor: marks what leads model calls around Countersign in programs, notebook cells and `.env` files, in words,
 * with a fix that a person may take. Nothing is changed by itself.
 */
import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { modelHosts, type ModelHosts } from '../platform/modelHosts.ts'
import { placesOf } from './model/places.ts'
import { scan, type Mark, type MarkKind, type ScanFacts, type ScanLanguage } from './model/scan.ts'

export interface CodeScanOptions {
  readonly agentUrl: () => string | undefined
  /** What was found in a file that was opened or saved; not on each keystroke. */
  readonly onFound: (file: string, marks: readonly Mark[]) => void
}

const SOURCE = 'Countersign'
const LANGUAGES: Readonly<Record<string, ScanLanguage>> = { python: 'python', javascript: 'javascript', typescript: 'javascript', javascriptreact: 'javascript', typescriptreact: 'javascript' }
/** Not those of version control, of output panels or of a diff's other side. */
const SCHEMES = new Set(['file', 'untitled', 'vscode-notebook-cell', 'vscode-remote'])
/** `.env`, `.env.local`, `prod.env`; an example for others holds no key. */
const VARIABLES_FILE = /^(?:\.env(?:\.[\w.-]+)?|[\w-]+\.env)$/
const EXAMPLE = /example|sample|template/
const LARGEST = 1_000_000
const REST_MS = 250
const MOST_FILES = 50

const { t } = vscode.l10n

export class CodeScan implements vscode.CodeActionProvider {
  readonly #options: CodeScanOptions
  readonly #collection = vscode.languages.createDiagnosticCollection('countersign')
  readonly #waiting = new Map<string, NodeJS.Timeout>()
  #hosts: ModelHosts | undefined
  #profiles: ScanFacts['profiles'] | undefined

  constructor(options: CodeScanOptions) {
    this.#options = options
  }

  register(): { dispose(): unknown }[] {
    const watcher = vscode.workspace.createFileSystemWatcher('**/{.env,.env.*,*.env}')
    const reread = (uri: vscode.Uri): void => { void this.#file(uri) }
    return [
      this.#collection,
      watcher,
      watcher.onDidCreate(reread),
      watcher.onDidChange(reread),
      watcher.onDidDelete((uri) => { this.#collection.delete(uri) }),
      vscode.workspace.onDidOpenTextDocument((document) => { this.#document(document, true) }),
      vscode.workspace.onDidSaveTextDocument((document) => { this.#document(document, true) }),
      vscode.workspace.onDidSaveNotebookDocument((notebook) => { for (const cell of notebook.getCells()) this.#document(cell.document, true) }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => { this.#later(document) }),
      vscode.workspace.onDidCloseTextDocument((document) => { this.#closed(document) }),
      vscode.languages.registerCodeActionsProvider([...Object.keys(LANGUAGES).map((language) => ({ language })), { pattern: '**/{.env,.env.*,*.env}' }], this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    ]
  }

  /** What is open already, and the variables files of the workspace, open or not: kernels and programs read them. */
  async begin(): Promise<void> {
    for (const document of vscode.workspace.textDocuments) this.#document(document, true)
    for (const uri of await vscode.workspace.findFiles('**/{.env,.env.*,*.env}', '**/{node_modules,.venv,venv,site-packages}/**', MOST_FILES)) await this.#file(uri)
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const marks = this.#marksOf(document)
    const fixable = marks.filter((mark) => mark.fix !== undefined)
    const here = fixable.filter((mark) => range.intersection(new vscode.Range(document.positionAt(mark.start), document.positionAt(mark.end))) !== undefined)
    const actions = here.map((mark) => this.#action(document, fixTitle(mark), [mark]))
    if (here.length > 0 && fixable.length > 1) actions.push(this.#action(document, t('Route through Countersign: everything marked in this file'), fixable))
    return actions
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
  }

  #action(document: vscode.TextDocument, title: string, marks: readonly Mark[]): vscode.CodeAction {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
    action.edit = new vscode.WorkspaceEdit()
    // Two marks may need the same import.
    const edits = new Map(marks.flatMap(({ fix }) => fix ?? []).map((edit) => [`${edit.start} ${edit.end}`, edit]))
    for (const { start, end, text } of edits.values()) action.edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text)
    action.diagnostics = [...(this.#collection.get(document.uri) ?? [])].filter(({ range }) => marks.some((mark) => document.offsetAt(range.start) === mark.start))
    action.isPreferred = marks.length === 1
    return action
  }

  #later(document: vscode.TextDocument): void {
    if (languageOf(document) === undefined) return
    const name = document.uri.toString()
    clearTimeout(this.#waiting.get(name))
    this.#waiting.set(name, setTimeout(() => {
      this.#waiting.delete(name)
      if (!document.isClosed) this.#document(document, false)
    }, REST_MS))
  }

  #document(document: vscode.TextDocument, isSettled: boolean): void {
    if (languageOf(document) === undefined) return
    const marks = this.#marksOf(document)
    this.#collection.set(document.uri, marks.map((mark) => diagnosticOf(mark, new vscode.Range(document.positionAt(mark.start), document.positionAt(mark.end)))))
    if (isSettled && marks.length > 0) this.#options.onFound(path.posix.basename(document.uri.path), marks)
  }

  #closed(document: vscode.TextDocument): void {
    if (languageOf(document) === undefined) return
    // A variables file goes on being read by programs when nobody looks at it.
    if (languageOf(document) === 'variables') void this.#file(document.uri)
    else this.#collection.delete(document.uri)
  }

  async #file(uri: vscode.Uri): Promise<void> {
    if (!SCHEMES.has(uri.scheme) || !isVariablesFile(uri) || vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) return
    let bytes: Uint8Array
    try {
      bytes = await vscode.workspace.fs.readFile(uri)
    } catch {
      // It went between being listed and being read.
      this.#collection.delete(uri)
      return
    }
    const text = Buffer.from(bytes).toString('utf8')
    const place = placesOf(text)
    const marks = text.length > LARGEST ? [] : scan(text, 'variables', this.#facts())
    this.#collection.set(uri, marks.map((mark) => diagnosticOf(mark, new vscode.Range(...place(mark.start), ...place(mark.end)))))
    if (marks.length > 0) this.#options.onFound(path.posix.basename(uri.path), marks)
  }

  #marksOf(document: vscode.TextDocument): Mark[] {
    const language = languageOf(document)
    const text = document.getText()
    return language === undefined || text.length > LARGEST ? [] : scan(text, language, this.#facts())
  }

  #facts(): ScanFacts {
    const hosts = (this.#hosts ??= modelHosts())
    this.#profiles ??= profilesOf(os.homedir())
    return { isModelHost: (host) => hosts.has(host), agentUrl: this.#options.agentUrl(), profiles: this.#profiles }
  }
}

function languageOf(document: vscode.TextDocument): ScanLanguage | undefined {
  if (!SCHEMES.has(document.uri.scheme)) return undefined
  return isVariablesFile(document.uri) ? 'variables' : LANGUAGES[document.languageId]
}

function isVariablesFile(uri: vscode.Uri): boolean {
  const name = path.posix.basename(uri.path)
  return VARIABLES_FILE.test(name) && !EXAMPLE.test(name)
}

/** Looked for by name only: what stands in them is the person's. */
function profilesOf(home: string): ('aws' | 'google')[] {
  const aws = ['credentials', 'config'].some((name) => existsSync(path.join(home, '.aws', name)))
  const google = existsSync(path.join(home, '.config', 'gcloud', 'application_default_credentials.json'))
  return [...(aws ? ['aws' as const] : []), ...(google ? ['google' as const] : [])]
}

function diagnosticOf(mark: Mark, range: vscode.Range): vscode.Diagnostic {
  const isNote = mark.kind === 'profileFolder'
  const diagnostic = new vscode.Diagnostic(range, wordsOf(mark), isNote ? vscode.DiagnosticSeverity.Information : vscode.DiagnosticSeverity.Warning)
  diagnostic.source = SOURCE
  diagnostic.code = mark.kind
  return diagnostic
}

/** What is true, then what follows from it. */
function wordsOf({ kind, subject }: Mark): string {
  const words: Readonly<Record<MarkKind, () => string>> = {
    address: () => t('This address leads calls to {0}, around Countersign. Without it they go through Countersign, where they are checked and recorded.', subject),
    key: () => t('A provider key stands in this code. Countersign holds the keys, and refuses calls that bring their own. Whoever reads this file can use it: remove it here, and renew it at the provider.'),
    fileKey: () => t('{0} is set here. A notebook kernel, or a program that loads this file over everything else, takes it in place of Countersign\'s, and its calls are refused or go around Countersign.', subject),
    fileAddress: () => t('{0} is set here. A notebook kernel, or a program that loads this file over everything else, calls that address, around Countersign.', subject),
    override: () => t('This lets the .env file win over what Countersign set for this launch, so that calls may go around it.'),
    profile: () => t('This takes the credentials of the profile "{0}" on this machine. Without it the call carries Countersign\'s, and the real ones stay with the agent.', subject),
    profileFolder: () => subject === 'aws'
      ? t('This machine has profiles for AWS. Calls of a governed launch do not use them: they carry Countersign\'s key.')
      : t('This machine has Google credentials. Calls of a governed launch do not use them: they carry Countersign\'s key.'),
    grpc: () => t('{0} speaks gRPC, which cannot be inspected: in a governed launch its calls are refused. It speaks REST when asked to.', subject),
  }
  return words[kind]()
}

function fixTitle({ kind, fix }: Mark): string {
  const words: Readonly<Record<MarkKind, () => string>> = {
    address: () => t('Route through Countersign: remove this address'),
    key: () => (fix?.some(({ text }) => text.includes('env')) === true ? t('Route through Countersign: take the key from the environment') : t('Route through Countersign: remove this key')),
    fileKey: () => t('Route through Countersign: remove this line'),
    fileAddress: () => t('Route through Countersign: remove this line'),
    override: () => t('Route through Countersign: let the launch\'s variables win'),
    profile: () => t('Route through Countersign: remove this profile'),
    profileFolder: () => '',
    grpc: () => t('Route through Countersign: use REST'),
  }
  return words[kind]()
}
