// `npm test [-- FILE …]`: every test that needs npm only. `npm run test:python`: LangChain for Python. `npm run test:utility`: chains over masked text. Reports lie in test-results/.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { ensureReady, NODE, projectEnv, ROOT } from './bootstrap.mjs'
import { ensureEditor } from './editor.mjs'

/** Suites by name: what they run, and whether everything in them may run side by side. */
const SUITES = {
  main: ['test/*.test.ts', 'test/{protocol,core,platform,agent,hub,cli,sandbox,journeys,conformance}/**/*.test.ts', 'test/webview/*.test.ts', 'test/extension/{*,model/*}.test.ts'],
  python: ['test/python/**/*.test.ts'],
  utility: ['test/utility/**/*.test.ts'],
  extension: ['test/{webview,extension}/browser/**/*.test.ts'],
}

ensureReady()
const [suite = 'main', ...only] = process.argv.slice(2)
const patterns = only.length > 0 ? only : SUITES[suite]
if (!patterns) {
  process.stderr.write(`There is no suite "${suite}". Suites: ${Object.keys(SUITES).join(', ')}.\n`)
  process.exit(2)
}
if (suite === 'extension') prepareEditor()
const results = path.join(ROOT, 'test-results')
mkdirSync(results, { recursive: true })
const args = [
  '--disable-warning=ExperimentalWarning',
  '--test',
  // The journeys start editors and browsers: one at a time, and slow machines get their time.
  `--test-concurrency=${suite === 'extension' ? 1 : 2}`,
  `--test-timeout=${suite === 'extension' ? 300000 : 120000}`,
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=junit',
  `--test-reporter-destination=${path.join(results, `${suite}.xml`)}`,
  ...patterns,
]
const done = spawnSync(NODE, args, { cwd: ROOT, stdio: 'inherit', env: projectEnv({ NODE_ENV: 'development' }) })
process.exit(done.status ?? 1)

/** The journeys try what is shipped: the packaged extension, in a real editor. */
function prepareEditor() {
  ensureEditor()
  const packed = spawnSync('npm', ['run', '--silent', 'package'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env: projectEnv() })
  if (packed.status !== 0) process.exit(packed.status ?? 1)
}
