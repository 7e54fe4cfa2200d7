/** What can be said of one record's integrity, checked anew from the bytes on disk each time somebody looks. */
import { parseCheckpoint } from '../../core/log/checkpoint.ts'
import { leafHash } from '../../core/log/leaf.ts'
import { inclusionHolds } from '../../core/log/merkle.ts'
import { parseNote, rawPublicKey, verifyNote, type NoteSigner, type NoteVerifier } from '../../core/log/note.ts'
import type { OpenMirror } from '../mirror/mirrors.ts'

export interface Proof {
  /** The exact bytes of the leaf. */
  readonly leaf: string
  readonly leafHash: string
  readonly index: number
  readonly size: number
  /** Base64, from the leaf up. */
  readonly path: readonly string[]
  readonly root: string
  /** The whole receipt, signed by device and hub. */
  readonly note: string
  readonly steps: readonly { readonly holds: boolean; readonly says: string }[]
}

/** @returns undefined when there is no record of this number under the receipt */
export async function proveRecord({ mirror, device, stream }: OpenMirror, seq: number, cosigner: NoteSigner): Promise<Proof | undefined> {
  const note = mirror.receipt
  const found = await mirror.leafBytes(seq)
  if (note === undefined || !found) return undefined
  const { size, root } = parseCheckpoint(parseNote(note).text)
  const byDevice = signedAt(note, { name: stream, type: 1, key: Buffer.from(device.key, 'base64url') })
  const byHub = signedAt(note, { name: cosigner.name, type: 4, key: rawPublicKey(cosigner.key) })
  const hash = leafHash(found)
  const path = mirror.inclusion(seq)
  return {
    leaf: found.toString('utf8'),
    leafHash: hash.toString('base64'),
    index: seq,
    size,
    path: path.map((one) => one.toString('base64')),
    root: root.toString('base64'),
    note,
    steps: [
      { holds: inclusionHolds(hash, seq, size, path, root), says: `The bytes on the hub's disk are record ${seq} of the ${size} under this root.` },
      { holds: byDevice !== undefined, says: 'The device signed the root with the key it was enrolled with.' },
      { holds: byHub !== undefined, says: `The hub cosigned the root${byHub === undefined ? '' : ` on ${new Date(byHub * 1000).toISOString().replace('T', ' ').slice(0, 19)} UTC`}, after everything under it was on its disk.` },
    ],
  }
}

/** Time of this key's signature, or undefined when it did not sign. */
function signedAt(note: string, verifier: NoteVerifier): number | undefined {
  return verifyNote(parseNote(note), verifier)
}
