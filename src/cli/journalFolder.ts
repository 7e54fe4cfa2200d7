/** From the folder a person names to the logs in it: a trial's folder, an agent's home, a journal, or one epoch copied elsewhere. */
import { readFileSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createPrivateKey } from 'node:crypto'
import { CountersignError } from '../protocol/errors.ts'
import { rawPublicKey } from '../core/log/note.ts'

export interface FoundLog {
  readonly folder: string
  /** By the folder's name; undefined for a copy under another name. */
  readonly epoch: number | undefined
}

export interface FoundJournal {
  /** Rising by epoch. */
  readonly logs: readonly FoundLog[]
  /** Agent home the journal lies in, when it does. */
  readonly home: string | undefined
  /** Public key of that home's device, base64url. */
  readonly deviceKey: string | undefined
  /** What that home pinned at enrolment. */
  readonly hub: { readonly url: string; readonly cosigner: string } | undefined
  /** Opens the erasable texts, when it is here. */
  readonly dataKey: Buffer | undefined
  /** Epochs below the highest one that are not here. */
  readonly missing: readonly number[]
}

/** @throws CountersignError CS_SETTING when there is no journal */
export function findJournal(given: string): FoundJournal {
  const dir = path.resolve(given)
  if (!existsSync(dir)) throw new CountersignError('CS_SETTING', `there is no folder ${dir}.`)
  for (const home of [path.join(dir, 'agent'), dir]) {
    const logs = epochsIn(path.join(home, 'journal'))
    if (logs.length > 0) return found(logs, home)
  }
  const logs = epochsIn(dir)
  if (logs.length > 0) return found(logs, path.dirname(dir))
  if (holdsLog(dir)) return found([{ folder: dir, epoch: epochOf(path.basename(dir)) }], path.dirname(path.dirname(dir)))
  throw new CountersignError('CS_SETTING', `${dir} holds no journal. Give an agent's state folder, its journal folder, or a copy of one of its epoch folders.`)
}

function found(logs: readonly FoundLog[], home: string): FoundJournal {
  const isHome = existsSync(path.join(home, 'device-key.pem')) || existsSync(path.join(home, 'hub.json'))
  const epochs = new Set(logs.map(({ epoch }) => epoch))
  const highest = logs.length > 1 || isHome ? Math.max(...logs.map(({ epoch }) => epoch ?? 0)) : 0
  return {
    logs,
    home: isHome ? home : undefined,
    deviceKey: isHome ? deviceKeyOf(home) : undefined,
    hub: isHome ? pinnedHub(home) : undefined,
    dataKey: isHome ? dataKeyOf(home) : undefined,
    missing: Array.from({ length: Math.max(0, highest - 1) }, (_, i) => i + 1).filter((epoch) => !epochs.has(epoch)),
  }
}

function epochsIn(folder: string): FoundLog[] {
  if (!existsSync(folder)) return []
  const logs = readdirSync(folder).flatMap((name) => {
    const epoch = epochOf(name)
    return epoch === undefined ? [] : [{ folder: path.join(folder, name), epoch }]
  })
  return logs.sort((a, b) => a.epoch - b.epoch)
}

function epochOf(name: string): number | undefined {
  const [, digits] = /^epoch-(\d{4,9})$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function holdsLog(folder: string): boolean {
  return readdirSync(folder).some((name) => /^segment-.*\.jsonl$/.test(name) || name === 'checkpoints')
}

function deviceKeyOf(home: string): string | undefined {
  const file = path.join(home, 'device-key.pem')
  if (!existsSync(file)) return undefined
  try {
    return rawPublicKey(createPrivateKey(readFileSync(file))).toString('base64url')
  } catch (cause) {
    throw new CountersignError('CS_STATE', `${file} cannot be read, so it cannot be said whose journal this is.`, { cause })
  }
}

function dataKeyOf(home: string): Buffer | undefined {
  const file = path.join(home, 'data-key')
  return existsSync(file) ? Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url') : undefined
}

function pinnedHub(home: string): FoundJournal['hub'] {
  const file = path.join(home, 'hub.json')
  if (!existsSync(file)) return undefined
  try {
    const { hub, known } = JSON.parse(readFileSync(file, 'utf8')) as { hub?: unknown; known?: { cosigner?: unknown } | null }
    return typeof hub === 'string' && typeof known?.cosigner === 'string' ? { url: hub, cosigner: known.cosigner } : undefined
  } catch (cause) {
    throw new CountersignError('CS_STATE', `${file} cannot be read, so the hub's key is not known. Give it with --hub-key, or use a copy without this file.`, { cause })
  }
}
