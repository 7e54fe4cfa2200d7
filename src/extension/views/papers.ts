/** Texts to read in an editor: nothing to save, so closing one asks nothing. */
import * as vscode from 'vscode'

const SCHEME = 'countersign-text'

export class Papers implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>()
  #count = 0

  register(): vscode.Disposable[] {
    return [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => { this.#texts.delete(uri.toString()) }),
    ]
  }

  /** @param name of its tab; its ending says what language it is in */
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: String(++this.#count) })
    this.#texts.set(uri.toString(), text)
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? ''
  }
}
