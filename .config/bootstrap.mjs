// Runs on Node 20 and newer: makes a clone ready (dependencies, the Node of the project) before anything of it is run.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..')
const STAMP = path.join(ROOT, 'node_modules', '.countersign-ready')

/** The Node that the project is developed and tested with: the npm package `node`, whatever runs this file. */
export const NODE = path.join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

/** Installs what the lock file names, once for each state of it. */
export function ensureReady(say = (line) => process.stderr.write(`${line}\n`)) {
  const lock = createHash('sha256').update(readFileSync(path.join(ROOT, 'package-lock.json'))).digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock && existsSync(NODE)) return linkCommand()
  say('Installing dependencies (npm ci, about a minute the first time) …')
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) {
    say('npm ci failed. Check that the npm registry can be reached, then run this again.')
    process.exit(1)
  }
  checkNode(say)
  mkdirSync(path.dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, lock)
  linkCommand()
}

/**
 * `npx countersign` in a clone finds the built command here. Without the link npx installs the clone into a cache of its own, with
 * warnings about the system's Node, and one call before the first build leaves a command there that is never found again.
 */
function linkCommand() {
  const link = path.join(path.dirname(NODE), 'countersign')
  if (process.platform === 'win32' || lstatSync(link, { throwIfNoEntry: false })) return
  symlinkSync(path.join('..', '..', 'dist', 'cli.cjs'), link)
}

function checkNode(say) {
  const found = spawnSync(NODE, ['--version'], { encoding: 'utf8' })
  if (found.status === 0 && found.stdout.startsWith('v24.')) return
  say(`The npm package "node" did not bring Node 24 (found: ${String(found.stdout).trim() || 'nothing'}). Run: npm rebuild node`)
  process.exit(1)
}

/** Environment of the project's own runs: its Node first on PATH, nothing else changed. */
export function projectEnv(more = {}) {
  return { ...process.env, PATH: `${path.dirname(NODE)}${path.delimiter}${process.env.PATH ?? ''}`, ...more }
}
