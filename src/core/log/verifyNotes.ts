/** The signed heads of a log: the device's checkpoints and the hub's receipts, each with its signatures checked. */
import { CountersignError } from '../../protocol/errors.ts'
import { openCheckpoint } from './checkpoint.ts'
import type { NoteVerifier } from './note.ts'
import type { Problem } from './verifyChain.ts'
import type { LogSource } from './verifySource.ts'

export interface Head {
  readonly size: number
  readonly root: Buffer
  readonly kind: 'checkpoint' | 'receipt'
  /** Seconds since 1970 at the hub, for a receipt. */
  readonly time: number
  /** File, or where else it came from. */
  readonly from: string
  /** The note itself, as it was checked: its file may hold a newer one by now. */
  readonly note: string
}

export interface NoteInput {
  readonly note: string
  /** Shown to people: a file, a URL. */
  readonly from: string
}

export interface HeadKeys {
  readonly stream: string
  /** The key that must have signed every checkpoint. */
  readonly device: NoteVerifier
  /** The hub's, when it is known. */
  readonly cosigner: NoteVerifier | undefined
}

/**
 * All heads in the folder and those brought from elsewhere, in order of size. A note that is not signed as it must be is a
 * finding, never left out in silence.
 */
export async function readHeads(source: LogSource, folder: string, keys: HeadKeys, brought: readonly NoteInput[], report: (problem: Problem) => void): Promise<Head[]> {
  const heads: Head[] = []
  const add = (kind: Head['kind'], note: string, from: string, named: number | undefined): void => {
    const head = readHead(kind, note, from, keys)
    if ('what' in head) report(head)
    else if (named !== undefined && named !== head.size) report({ what: `${from} is of ${head.size} records; its name says ${named}`, file: from })
    else heads.push(head)
  }
  for (const name of await notesIn(source, `${folder}/checkpoints`)) add('checkpoint', await textOf(source, `${folder}/checkpoints/${name}`), `checkpoints/${name}`, sizeIn(name))
  const kept = await notesIn(source, `${folder}/receipts`)
  // A hub's copy of a log keeps the newest receipt only.
  const newest = await source.read(`${folder}/receipt.note`)
  if (newest) brought = [...brought, { note: Buffer.from(newest).toString('utf8'), from: 'receipt.note' }]
  if (keys.cosigner) {
    for (const name of kept) add('receipt', await textOf(source, `${folder}/receipts/${name}`), `receipts/${name}`, sizeIn(name))
    for (const { note, from } of brought) add('receipt', note, from, undefined)
  } else if (kept.length + brought.length > 0) report({ what: `${kept.length + brought.length} receipts are here, and the hub's key is not known: give it with --hub-key` })
  return heads.sort((a, b) => a.size - b.size)
}

function readHead(kind: Head['kind'], note: string, from: string, { stream, device, cosigner }: HeadKeys): Head | Problem {
  try {
    const signed = openCheckpoint(note, device)
    if (signed.origin !== stream) return { what: `${from} is of another log (${signed.origin.slice(0, 80)})`, file: from }
    if (kind === 'checkpoint' || !cosigner) return { size: signed.size, root: signed.root, kind, time: 0, from, note }
    const { time } = openCheckpoint(note, cosigner)
    return { size: signed.size, root: signed.root, kind, time, from, note }
  } catch (error) {
    return { what: `${from} does not count: ${error instanceof CountersignError ? error.message : 'it cannot be read.'}`.replace(/\.$/, ''), file: from }
  }
}

async function notesIn(source: LogSource, folder: string): Promise<string[]> {
  return (await source.list(folder)).filter((name) => name.endsWith('.note')).sort()
}

async function textOf(source: LogSource, path: string): Promise<string> {
  return Buffer.from((await source.read(path)) ?? Buffer.alloc(0)).toString('utf8')
}

function sizeIn(name: string): number {
  return Number(/^(\d{1,16})\.note$/.exec(name)?.[1] ?? Number.NaN)
}
