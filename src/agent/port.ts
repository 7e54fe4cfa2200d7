/** The port of the data plane: derived from the user, so that two users differ; remembered, so that open terminals stay good. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { openStore } from './state/store.ts'

const FIRST = 20_000
const LAST = 32_767
/** Neighbours tried when the derived port is taken. */
const TRIES = 20

const remembered = z.object({ port: z.number().int().min(1).max(65_535).nullable() })

/** @param asked by the command line: then it alone is tried, 0 lets the system choose */
export async function portsFor(home: string, asked: number | undefined, uid: number | undefined): Promise<{ readonly ports: readonly number[]; remember(port: number): Promise<void> }> {
  if (asked !== undefined) return { ports: [asked], remember: () => Promise.resolve() }
  const store = await openStore(`${home}/port.json`, remembered, { port: null })
  const derived = derivedPort(home, uid)
  const near = Array.from({ length: TRIES }, (_, i) => FIRST + ((derived - FIRST + i) % (LAST - FIRST + 1)))
  const last = store.data.port
  return {
    ports: [...(last === null ? [] : [last]), ...near, 0],
    async remember(port) {
      if (port !== last) await store.update(() => ({ port }))
    },
  }
}

/** One agent per home: two homes of a user differ too. */
function derivedPort(home: string, uid: number | undefined): number {
  const digest = createHash('sha256').update(`countersign port ${uid ?? 0} ${home}`).digest()
  return FIRST + (digest.readUInt32BE(0) % (LAST - FIRST + 1))
}
