/** `npm start`: brings everything up, does the main job in the terminal, and stays until Ctrl-C (`--once`: ends by itself). */
import path from 'node:path'
import { tour } from './tour.ts'

const root = path.resolve(import.meta.dirname, '../..')
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop.abort() })

process.exitCode = await tour({
  root,
  command: [process.execPath, '--disable-warning=ExperimentalWarning', path.join(root, 'src/cli/main.ts')],
  once: process.argv.includes('--once'),
  write: (text) => process.stdout.write(text),
  colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  signal: stop.signal,
})
