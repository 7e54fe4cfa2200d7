/** The document around a webview's script: scripts by nonce, styles and fonts from the extension's folder, nothing else at all. */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'

export function webviewFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview')
}

/** @param name of the bundle: `sidebar` or `timeline` */
export function documentOf(webview: vscode.Webview, extension: vscode.Uri, name: string, title: string): string {
  const nonce = randomBytes(16).toString('base64')
  const at = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(webviewFolder(extension), file)).toString()
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; font-src ${webview.cspSource}; base-uri 'none'; form-action 'none'`
  return `<!DOCTYPE html>
<html lang="${vscode.env.language.replace(/[^\w-]/g, '')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${at(`${name}.css`)}">
<title>${title.replace(/[<>&"]/g, '')}</title>
</head>
<body>
<script nonce="${nonce}" src="${at(`${name}.js`)}"></script>
</body>
</html>`
}
