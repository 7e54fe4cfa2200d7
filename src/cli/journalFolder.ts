/** From the folder a person names to the logs in it: a trial's, an agent's home, a journal, one epoch copied elsewhere, or a hub's. */
import { readFileSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createPrivateKey } from 'node:crypto'
import { CountersignError } from '../protocol/errors.ts'
import { formatVkey, rawPublicKey } from '../core/log/note.ts'

export interface FoundLog {
  readonly folder: string
  /** By the folder's name; undefined for a copy under another name. */
  readonly epoch: number | undefined
  /** False for a log that no hub gives receipts for: the hub's own. */
  readonly witnessed: boolean
}

export interface FoundJournal {
  /** Copies of many devices' logs: one of them must not stand in the way of the others. */
  readonly isHub: boolean
  /** Of each device rising by epoch. */
  readonly logs: readonly FoundLog[]
  /** Public key of the device the journal lies with, base64url. */
  readonly deviceKey: string | undefined
  /** The hub's cosigner as pinned at enrolment, or of the hub whose folder this is. */
  readonly hub: { readonly cosigner: string; readonly from: string } | undefined
  /** Opens the erasable texts, when it is here. */
  readonly dataKey: Buffer | undefined
  /** Epochs that are not here, though a later one is. */
  readonly missing: readonly string[]
  /** Folders in which the texts of policies may lie. */
  readonly homes: readonly string[]
}

/** Where sign-ins behind approvals may lie: a hub keeps them. */
export function confirmationFolders({ homes }: Pick<FoundJournal, 'homes'>): string[] {
  return homes.map((home) => path.join(home, 'confirmations'))
}

/** @throws CountersignError CS_SETTING when there is no journal */
export function findJournal(given: string): FoundJournal {
  const dir = path.resolve(given)
  if (!existsSync(dir)) throw new CountersignError('CS_SETTING', `there is no folder ${dir}.`)
  for (const home of [path.join(dir, 'agent'), dir]) {
    const logs = epochsIn(path.join(home, 'journal'))
    if (logs.length > 0) return found(logs, home, [home, path.join(dir, 'hub')])
  }
  if (existsSync(path.join(dir, 'mirrors'))) return hubFolder(dir)
  const logs = epochsIn(dir)
  if (logs.length > 0) return found(logs, path.dirname(dir), [path.dirname(dir)])
  const home = path.dirname(path.dirname(dir))
  if (holdsLog(dir)) return found([{ folder: dir, epoch: epochOf(path.basename(dir)), witnessed: true }], home, [home])
  throw new CountersignError('CS_SETTING', `${dir} holds no journal. Give an agent's state folder, its journal folder, a copy of one of its epoch folders, or a hub's folder.`)
}

function found(logs: readonly FoundLog[], home: string, homes: readonly string[]): FoundJournal {
  const isHome = existsSync(path.join(home, 'device-key.pem')) || existsSync(path.join(home, 'hub.json'))
  return {
    isHub: false,
    logs,
    deviceKey: isHome ? deviceKeyOf(home) : undefined,
    hub: isHome ? pinnedHub(home) : undefined,
    dataKey: isHome ? dataKeyOf(home) : undefined,
    missing: logs.length > 1 || isHome ? missingEpochs(logs, 'this journal') : [],
    homes,
  }
}

/** A hub's folder: its copies of the devices' logs, each with its newest receipt, and its own log. */
function hubFolder(dir: string): FoundJournal {
  const devices = readdirSync(path.join(dir, 'mirrors')).sort()
  const copies = devices.map((device) => ({ device, logs: epochsIn(path.join(dir, 'mirrors', device)).filter(({ folder }) => holdsLog(folder)) }))
  const own = path.join(dir, 'log')
  return {
    isHub: true,
    logs: [...copies.flatMap(({ logs }) => logs), ...(existsSync(own) ? [{ folder: own, epoch: undefined, witnessed: false }] : [])],
    deviceKey: undefined,
    hub: { cosigner: cosignerOf(dir), from: 'the key in the hub\'s own folder' },
    dataKey: dataKeyOf(dir),
    missing: copies.flatMap(({ device, logs }) => missingEpochs(logs, device)),
    homes: [dir],
  }
}

function cosignerOf(dir: string): string {
  const key = publicKeyIn(path.join(dir, 'cosigner-key.pem'))
  return formatVkey({ name: `countersign-cosigner/${key.toString('base64url')}`, type: 4, key })
}

function missingEpochs(logs: readonly FoundLog[], whose: string): string[] {
  const epochs = new Set(logs.map(({ epoch }) => epoch))
  const highest = Math.max(1, ...logs.map(({ epoch }) => epoch ?? 1))
  return Array.from({ length: highest - 1 }, (_, i) => i + 1).filter((epoch) => !epochs.has(epoch)).map((epoch) => `epoch ${epoch} of ${whose} is missing`)
}

function epochsIn(folder: string): FoundLog[] {
  if (!existsSync(folder)) return []
  const logs = readdirSync(folder).flatMap((name) => {
    const epoch = epochOf(name)
    return epoch === undefined ? [] : [{ folder: path.join(folder, name), epoch, witnessed: true }]
  })
  return logs.sort((a, b) => a.epoch - b.epoch)
}

function epochOf(name: string): number | undefined {
  const [, digits] = /^epoch-(\d{4,9})$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function holdsLog(folder: string): boolean {
  return readdirSync(folder).some((name) => /^segment-.*\.jsonl$/.test(name) || name === 'checkpoints' || name === 'receipt.note')
}

function deviceKeyOf(home: string): string | undefined {
  const file = path.join(home, 'device-key.pem')
  return existsSync(file) ? publicKeyIn(file).toString('base64url') : undefined
}

function publicKeyIn(file: string): Buffer {
  try {
    return rawPublicKey(createPrivateKey(readFileSync(file)))
  } catch (cause) {
    throw new CountersignError('CS_STATE', `${file} cannot be read, so it cannot be said whose log this is.`, { cause })
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
    const { known } = JSON.parse(readFileSync(file, 'utf8')) as { known?: { cosigner?: unknown } | null }
    return typeof known?.cosigner === 'string' ? { cosigner: known.cosigner, from: 'pinned at enrolment' } : undefined
  } catch (cause) {
    throw new CountersignError('CS_STATE', `${file} cannot be read, so the hub's key is not known. Give it with --hub-key, or use a copy without this file.`, { cause })
  }
}
