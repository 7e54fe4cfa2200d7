/** LangChain for Python in an environment of its own, kept in the clone's ignored cache and made once. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inTurn } from '../platform/folderLock.ts'

export type PythonFound = { readonly python: string } | { readonly missing: string; readonly command: string }

/**
 * @param folder where the environment lives
 * @param requirements file that names the packages
 * @returns its interpreter, or what is missing and the exact command that would help
 */
export async function ensurePython(folder: string, requirements: string, say: (line: string) => void): Promise<PythonFound> {
  await mkdir(path.dirname(folder), { recursive: true })
  // Test files ask side by side.
  return inTurn(path.dirname(folder), `${path.basename(folder)}.lock`, () => ensure(folder, requirements, say))
}

async function ensure(folder: string, requirements: string, say: (line: string) => void): Promise<PythonFound> {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const stamp = path.join(folder, '.ready')
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { python }
  const system = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (system === undefined) return { missing: 'Python 3 was not found', command: 'sudo apt-get install -y python3 python3-venv' }
  await rm(folder, { recursive: true, force: true })
  say('making a Python environment')
  if (!(await runs(system, ['-m', 'venv', folder]))) return { missing: "Python's venv module is not complete", command: 'sudo apt-get install -y python3-venv' }
  say(`installing ${readFileSync(requirements, 'utf8').trim().split('\n').join(', ')} (once)`)
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  if (!(await runs(python, install))) return { missing: 'the packages could not be installed', command: `${python} ${install.join(' ')}` }
  await writeFile(stamp, wanted)
  return { python }
}

function runs(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] })
    child.once('error', () => { resolve(false) })
    child.once('exit', (code) => { resolve(code === 0) })
  })
}
