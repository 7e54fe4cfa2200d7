/**
 * What the extension runs outside the editor: the agent's bundle, the command's, and the preloads of programs. They are copied to the state folder before
 * they are used, because the editor deletes the folder of an updated extension while an agent, or a terminal whose programs
 * begin with a preload, still runs from it; and the copy's hash is checked each time, because anything of the same user could have changed it since.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'

/** SHA-256 (base64url) by file name, written into the extension's own bundle when it was built. */
export type BundleHashes = Readonly<Record<string, string>>

export interface AgentFiles {
  readonly agent: string
  readonly command: string
  /** Folder with the `countersign` command, for a terminal's PATH. */
  readonly shims: string
  /** Folder with what runs before Node and Python programs. */
  readonly launch: string
}

export const AGENT_BUNDLE = 'agent.cjs'
export const COMMAND_BUNDLE = 'cli-lite.cjs'
const LAUNCH = 'launch'

export interface PlaceOptions {
  /** The extension's folder of bundles. */
  readonly from: string
  readonly home: string
  readonly build: string
  readonly hashes: BundleHashes
  /** The runtime the shims start: the editor's own. */
  readonly execPath: string
}

/** @throws CountersignError CS_STATE when a file of the extension is not the one that was built */
export async function placeAgentFiles(options: PlaceOptions): Promise<AgentFiles> {
  const folder = path.join(options.home, 'bin', options.build)
  const shims = path.join(folder, 'path')
  await mkdir(shims, { recursive: true, mode: 0o700 })
  const [agent, command] = await Promise.all([AGENT_BUNDLE, COMMAND_BUNDLE].map((name) => place(name, folder, options)))
  if (agent === undefined || command === undefined) throw new CountersignError('CS_STATE', 'the extension is not complete. Install it again.')
  await writeShims(shims, options.execPath, command)
  const launch = path.join(folder, LAUNCH)
  for (const name of Object.keys(options.hashes).filter((one) => one.startsWith(`${LAUNCH}/`))) await place(name, folder, options)
  return { agent, command, shims, launch }
}

async function place(name: string, folder: string, options: PlaceOptions): Promise<string> {
  const expected = options.hashes[name]
  const target = path.join(folder, name)
  if (expected === undefined) throw new CountersignError('CS_STATE', `the extension does not know its own file ${name}. Install it again.`)
  if (digest(await readFile(target).catch(() => undefined)) === expected) return target
  const bytes = await readFile(path.join(options.from, name)).catch((cause: unknown) => {
    throw new CountersignError('CS_STATE', `the extension's file ${name} cannot be read. Install the extension again.`, { cause })
  })
  if (digest(bytes) !== expected) throw new CountersignError('CS_STATE', `the extension's file ${name} was changed after it was built. Install the extension again.`)
  // Whole or not at all: another window may start the same file at this moment.
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
  const fresh = `${target}.${randomBytes(6).toString('hex')}`
  await writeFile(fresh, bytes, { mode: 0o600 })
  await rename(fresh, target)
  return target
}

function digest(bytes: Buffer | undefined): string | undefined {
  return bytes && createHash('sha256').update(bytes).digest('base64url')
}

/** The editor's runtime is Electron on a desktop; with ELECTRON_RUN_AS_NODE it behaves as Node, and elsewhere it ignores it. */
async function writeShims(folder: string, execPath: string, command: string): Promise<void> {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  await writeFile(path.join(folder, 'countersign'), `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quote(execPath)} ${quote(command)} "$@"\n`, { mode: 0o700 })
  if (process.platform !== 'win32') return
  await writeFile(path.join(folder, 'countersign.cmd'), `@echo off\r\nset ELECTRON_RUN_AS_NODE=1\r\n"${execPath}" "${command}" %*\r\n`)
}
