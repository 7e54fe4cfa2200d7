/** The state folder of one agent: one agent per user and machine means one per this folder. */
import { createHash } from 'node:crypto'
import { mkdirSync, lstatSync, statSync, chmodSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'

/** COUNTERSIGN_HOME, else the platform's place for state. */
export function defaultHome(): string {
  const given = process.env['COUNTERSIGN_HOME']
  if (given !== undefined && given !== '') return path.resolve(given)
  if (process.platform === 'win32') return path.join(process.env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local'), 'Countersign')
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Application Support', 'Countersign')
  return path.join(process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local', 'state'), 'countersign')
}

/** Makes the folder, for its owner alone. @throws CountersignError CS_STATE when it belongs to somebody else */
export function ensureHome(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const stat = statSync(home)
  const uid = process.getuid?.()
  if (uid !== undefined && stat.uid !== uid) throw new CountersignError('CS_STATE', `the state folder ${home} belongs to another user. Use one of your own (--home).`)
  if ((stat.mode & 0o077) !== 0) chmodSync(home, 0o700)
}

/**
 * Address of the control channel: a socket in the home, or, when that path is too long for a socket (about 100 bytes), one
 * named by the home's digest in a private folder of the user; a named pipe on Windows.
 */
export function controlPath(home: string): string {
  const name = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\countersign-${name}`
  const inHome = path.join(path.resolve(home), 'control.sock')
  if (Buffer.byteLength(inHome) <= 100) return inHome
  const folder = path.join(os.tmpdir(), `countersign-${process.getuid?.() ?? 0}`)
  // Everybody may put a link there, and lead it elsewhere after the look: before it is followed, and in case it came meanwhile.
  checkNoLink(folder)
  ensureHome(folder)
  checkNoLink(folder)
  return path.join(folder, `${name}.sock`)
}

function checkNoLink(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw new CountersignError('CS_STATE', `${folder} is a link that somebody put there. Remove it, or use a state folder with a shorter path (--home).`)
}
