/** Opens a page in the person's own browser, where there is one. The URL was printed before: failing here is no error. */
import { spawn } from 'node:child_process'

export function openBrowser(url: string): void {
  const [program, args] =
    process.platform === 'darwin' ? (['open', [url]] as const) : process.platform === 'win32' ? (['rundll32', ['url.dll,FileProtocolHandler', url]] as const) : (['xdg-open', [url]] as const)
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.once('error', () => { child.unref(); })
  child.unref()
}
