// `node .config/run.mjs FILE [ARG …]`: makes the clone ready, then runs FILE with the project's Node. Signals go to the child.
import { spawn } from 'node:child_process'
import { ensureReady, NODE, projectEnv, ROOT } from './bootstrap.mjs'

ensureReady()
const child = spawn(NODE, ['--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit', env: projectEnv() })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)))
