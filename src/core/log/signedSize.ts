/** How far a log was signed: asked at start, because a record under a signature that is gone is tampering, not a torn tail. */
import type { KeyObject } from 'node:crypto'
import { openCheckpoint } from './checkpoint.ts'
import type { FilePort } from './files.ts'
import { rawPublicKey } from './note.ts'

/** Largest size this key itself signed in a log; a checkpoint of another key counts for nothing. */
export async function signedSizeOf(files: FilePort, folder: string, stream: string, key: KeyObject): Promise<number> {
  const verifier = { name: stream, type: 1 as const, key: rawPublicKey(key) }
  const names = (await files.list(`${folder}/checkpoints`)).filter((name) => name.endsWith('.note')).reverse()
  for (const name of names) {
    const note = (await files.read(`${folder}/checkpoints/${name}`))?.toString('utf8')
    try {
      if (note !== undefined) return openCheckpoint(note, verifier).size
    } catch {
      // Torn or foreign: an older one may still say how far the log was signed. The verifier names this file.
      continue
    }
  }
  return 0
}
