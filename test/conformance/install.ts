/** LangChain's packages for JavaScript in the clone's ignored cache: made once for a list of versions. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../fakes/trial.ts'

const LIST = path.join(ROOT, 'test/conformance/packages.json')

/** @param name of a program beside this file @returns a copy of it, where it finds its packages @throws when npm could not install them */
export function ensureProgram(name: 'classes.mjs' | 'tracing.mjs'): string {
  const folder = path.join(ROOT, '.cache/langchain-js')
  const wanted = readFileSync(LIST, 'utf8')
  const stamp = path.join(folder, '.ready')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'package.json'), wanted)
    // Peers of the community package would bring every vendor's SDK; no script of a package runs.
    const done = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', '--ignore-scripts'], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
    if (done.status !== 0) throw new Error(`npm could not install the classes: ${done.stderr.slice(-2000)}`)
    writeFileSync(stamp, wanted)
  }
  const program = path.join(folder, name)
  copyFileSync(path.join(ROOT, 'test/conformance', name), program)
  return program
}
