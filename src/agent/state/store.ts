/**
 * Small mutable state (pending approvals, cursors, the last policy) in lowdb: one JSON file each, checked against a schema
 * on every read from disk. Never for the journal: lowdb renames without fsync, so the newest write may be lost in a crash,
 * and everything kept here must be safe to lose.
 */
import { Low } from 'lowdb'
import { JSONFile } from 'lowdb/node'
import type { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'

export interface Store<T> {
  readonly data: T
  /** Changes and saves; later calls wait for earlier ones. */
  update(change: (data: T) => T): Promise<void>
}

/**
 * @param file path of the JSON file, inside the 0700 state folder
 * @throws CountersignError CS_STATE when the file is there but does not fit the schema: it is never silently replaced
 */
export async function openStore<T>(file: string, schema: z.ZodType<T>, initial: T): Promise<Store<T>> {
  const low = new Low<unknown>(new JSONFile(file), null)
  try {
    await low.read()
  } catch (cause) {
    throw unreadable(file, cause)
  }
  const parsed = low.data === null ? { success: true as const, data: initial } : schema.safeParse(low.data)
  if (!parsed.success) throw unreadable(file, parsed.error)
  let data = parsed.data
  let last: Promise<void> = Promise.resolve()
  return {
    get data() {
      return data
    },
    update(change) {
      data = change(data)
      low.data = data
      // A write that failed is told to whoever asked for it; the next one has the newest data and its own chance.
      last = last.catch(() => undefined).then(() => low.write())
      return last
    },
  }
}

function unreadable(file: string, cause: unknown): CountersignError {
  return new CountersignError('CS_STATE', `The state file ${file} cannot be read. Move it away to start afresh; the journal is not affected.`, { cause })
}
