/**
 * `npm start`: an organisation and two editors in the browser, until Ctrl-C. `npm start -- --once`: the same story in the
 * terminal, ending by itself; `-- --terminal`: in the terminal, staying until Ctrl-C, as where no browser editor can be had.
 */
import path from 'node:path'
import { editors } from './editors.ts'
import { tour } from './tour.ts'

const root = path.resolve(import.meta.dirname, '../..')
const command = [process.execPath, '--disable-warning=ExperimentalWarning', path.join(root, 'src/cli/main.ts')]
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort() })

const said = (flag: string): boolean => process.argv.includes(flag)
const write = (text: string): void => void process.stdout.write(text)
const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
const hasEditor = process.platform === 'linux' && process.arch === 'x64'

if (said('--once') || said('--terminal') || !hasEditor) {
  if (!hasEditor && !said('--once')) write('The browser editor for trials is set up for Linux x64 only; here is the story in the terminal.\n')
  process.exitCode = await tour({ root, command, once: said('--once'), write, colour, signal: stop.signal })
} else {
  // Plain JavaScript that also runs before anything is installed: read through a variable, because it has no types.
  const setup: string = path.join(root, '.config/editor.mjs')
  const { ensureServer } = (await import(setup)) as { ensureServer: () => { node: string; entry: string } }
  process.exitCode = await editors({ root, command, editor: ensureServer(), write, colour, open: process.stdout.isTTY, signal: stop.signal })
}
