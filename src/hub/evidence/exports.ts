/**
 * Evidence that leaves the hub: the report of a period in one archive, made while an auditor waits, one at a time, and on record
 * before its first byte is sent. What it is made of and how is the maker's; who may ask, and that it is told, is here.
 */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { CountersignError } from '../../protocol/errors.ts'
import type { EvidenceRequest } from '../../protocol/hub.ts'
import { ensureHome } from '../../platform/home.ts'
import type { Person } from '../access/person.ts'
import type { HubLog } from '../log/hubLog.ts'

/** An archive that lies in the folder that was given. */
export interface MadeEvidence {
  readonly file: string
  readonly bytes: number
  /** SHA-256, base64url. */
  readonly digest: string
  readonly logs: number
  readonly records: number
}

/** @throws CountersignError CS_STATE when a log does not verify: there is no evidence in it */
export type MakeEvidence = (home: string, period: EvidenceRequest, folder: string) => Promise<MadeEvidence>

export interface ExportsOptions {
  readonly home: string
  readonly make: MakeEvidence | undefined
  readonly log: Pick<HubLog, 'append' | 'checkpoint'>
  readonly auditorGroup: string
}

export interface Exported {
  readonly name: string
  readonly bytes: number
  readonly digest: string
  readonly content: Readable
}

export class Exports {
  readonly #options: ExportsOptions
  #isBusy = false

  constructor(options: ExportsOptions) {
    this.#options = options
  }

  /** @throws CountersignError CS_OPERATION_DENIED, CS_BUSY, CS_MALFORMED, CS_STATE, CS_NOT_RECORDED */
  async make(person: Person, period: EvidenceRequest): Promise<Exported> {
    const { home, make, log, auditorGroup } = this.#options
    const { issuer: iss, subject: sub, groups } = person
    if (person.kind === 'workload' || !groups.includes(auditorGroup)) throw new CountersignError('CS_OPERATION_DENIED', `downloading evidence needs the group ${auditorGroup}.`)
    const { from, to } = period
    if (to < from) throw new CountersignError('CS_MALFORMED', 'the last day lies before the first.')
    if (!make) throw new CountersignError('CS_STATE', 'this hub makes no evidence. Start it with the countersign command.')
    if (this.#isBusy) throw new CountersignError('CS_BUSY', 'evidence is being made for, or taken by, somebody else. Try again in a minute.')
    this.#isBusy = true
    const folder = path.join(home, 'exports')
    try {
      // What a crash left is no evidence of anything.
      await rm(folder, { recursive: true, force: true })
      ensureHome(folder)
      // What this hub itself did is part of it, signed up to now.
      await log.checkpoint()
      const { file, bytes, digest, logs, records } = await make(home, period, folder)
      await log.append({ type: 'evidence.exported', iss, sub, groups, from, to, logs, records, bytes, digest })
      const content = createReadStream(file)
      content.once('close', () => { this.#done(folder) })
      return { name: `countersign-evidence-${from}-to-${to}.zip`, bytes, digest, content }
    } catch (error) {
      this.#done(folder)
      throw error
    }
  }

  #done(folder: string): void {
    void rm(folder, { recursive: true, force: true }).finally(() => { this.#isBusy = false })
  }
}
