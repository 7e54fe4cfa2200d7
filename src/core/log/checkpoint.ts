/** Checkpoints (C2SP tlog-checkpoint): origin, size, root, signed by the log's key; cosigned by the hub they become receipts. */
import { CountersignError } from '../../protocol/errors.ts'
import { parseNote, signNote, verifyNote, type NoteSigner, type NoteVerifier } from './note.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** A whole signed note. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const text = checkpointText(checkpoint)
  return `${text}\n${signNote(text, signer)}`
}

/** Adds the hub's cosignature to a note. @param time seconds since 1970 */
export function cosign(note: string, signer: NoteSigner, time: number): string {
  return note + signNote(parseNote(note).text, signer, time)
}

/** @param text of a note, attacker-controlled @throws CountersignError CS_MALFORMED */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin = '', size = '', encoded = ''] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? []
  const root = Buffer.from(encoded, 'base64')
  if (origin === '' || root.length !== 32) throw new CountersignError('CS_MALFORMED', 'this is no checkpoint.')
  return { origin, size: Number(size), root }
}

export interface OpenedCheckpoint extends Checkpoint {
  /** Time of the cosignature, seconds since 1970; 0 for the log's own signature. */
  readonly time: number
}

/** @throws CountersignError CS_LOG_PROOF when this key did not sign it, CS_MALFORMED */
export function openCheckpoint(note: string, verifier: NoteVerifier): OpenedCheckpoint {
  const parsed = parseNote(note)
  const time = verifyNote(parsed, verifier)
  if (time === undefined) throw new CountersignError('CS_LOG_PROOF', `${verifier.name} did not sign this checkpoint.`)
  return { ...parseCheckpoint(parsed.text), time }
}
