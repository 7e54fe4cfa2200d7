/** Packages for JavaScript that are tried unmodified, in the clone's ignored cache: made once for a list of versions. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inTurn } from '../../src/platform/folderLock.ts'
import { ROOT } from '../fakes/trial.ts'

const HERE = path.join(ROOT, 'test/conformance')

/** Programs beside this file, and the list of the packages they use. */
const PROGRAMS = { 'classes.mjs': 'packages.json', 'tracing.mjs': 'packages.json', 'agents.mjs': 'packages.json', 'held.mjs': 'packages.json', 'sdks.mjs': 'sdkPackages.json' } as const

/** @param program of a program beside this file @returns a copy of it, where it finds its packages @throws when npm could not install them */
export async function ensureProgram(program: keyof typeof PROGRAMS): Promise<string> {
  const list = PROGRAMS[program]
  const folder = path.join(ROOT, '.cache', path.basename(list, '.json'))
  mkdirSync(folder, { recursive: true })
  // Test files ask side by side.
  await inTurn(folder, 'lock', () => {
    install(folder, list)
    return Promise.resolve()
  })
  const copy = path.join(folder, program)
  copyFileSync(path.join(HERE, program), copy)
  return copy
}

function install(folder: string, list: string): void {
  const wanted = readFileSync(path.join(HERE, list), 'utf8')
  const stamp = path.join(folder, '.ready')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  writeFileSync(path.join(folder, 'package.json'), wanted)
  // Peers of the community package would bring every vendor's SDK; no script of a package runs.
  const done = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', '--ignore-scripts'], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
  if (done.status !== 0) throw new Error(`npm could not install what ${list} names: ${done.stderr.slice(-2000)}`)
  writeFileSync(stamp, wanted)
}
