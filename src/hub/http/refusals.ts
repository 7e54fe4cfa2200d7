/** How the hub says no: one shape on the wire, one record in its log. Records are bounded, so that a flood cannot fill the disk. */
import type { FastifyError } from 'fastify'
import { CountersignError, describeError, type ErrorCode } from '../../protocol/errors.ts'
import type { HubEvent } from '../../protocol/audit.ts'
import type { HubLog } from '../log/hubLog.ts'
import type { Caller } from './callers.ts'

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly status: number
}

/** @param error thrown by a route, a hook or the server itself */
export function refusalOf(error: FastifyError | CountersignError): Refusal {
  if (error instanceof CountersignError) return { code: error.code, message: error.message, status: error.status }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'CS_TOO_LARGE', message: 'this is more than the hub takes at once.', status: 413 }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { code: 'CS_ENCODING', message: 'the hub reads application/json here.', status: 415 }
    default:
      return (error.statusCode ?? 500) < 500
        ? { code: 'CS_MALFORMED', message: 'the hub cannot read this request.', status: error.statusCode ?? 400 }
        : { code: 'CS_INTERNAL', message: 'the hub failed to do this. Its log has the detail.', status: 500 }
  }
}

const WINDOW_MS = 60_000
/** So many in a minute have a record of their own; the rest are counted. */
const RECORDS_A_WINDOW = 60
/** The agent of a device that was removed may ask for as long as it runs, and the answer stays the same. */
const REMOVED_EVERY_MS = 3_600_000

type Refused = Extract<HubEvent, { type: 'request.refused' }>

export class RefusalRecords {
  readonly #log: HubLog
  readonly #say: (line: string) => void
  readonly #now: () => number
  #windowFrom = 0
  #written = 0
  /** By all that is in a record. */
  readonly #counted = new Map<string, { readonly event: Refused; times: number }>()
  /** Those of removed devices: when the last one was written, and how many came since. */
  readonly #removed = new Map<string, { readonly event: Refused; readonly from: number; times: number }>()

  constructor(log: HubLog, say: (line: string) => void, now: () => number) {
    this.#log = log
    this.#say = say
    this.#now = now
  }

  /** @param refusal its route is the pattern of the route, never the path as asked for */
  async add(refusal: Pick<Refused, 'code' | 'route' | 'status'>, { person, device }: Caller): Promise<void> {
    const event: Refused = { type: 'request.refused', ...refusal, ...(person ? { iss: person.issuer, sub: person.subject } : {}), ...(device ? { device: device.id } : {}) }
    const key = JSON.stringify(event)
    if (device && refusal.code === 'CS_OFFBOARDED') {
      await this.#addRemoved(key, event)
      return
    }
    if (this.#now() - this.#windowFrom >= WINDOW_MS) {
      await this.#writeAll(this.#counted)
      this.#windowFrom = this.#now()
      this.#written = 0
    }
    if (this.#written < RECORDS_A_WINDOW) {
      this.#written++
      await this.#write(event)
      return
    }
    const counted = this.#counted.get(key)
    if (counted) counted.times++
    else this.#counted.set(key, { event, times: 1 })
  }

  async #addRemoved(key: string, event: Refused): Promise<void> {
    const last = this.#removed.get(key)
    if (last && this.#now() - last.from < REMOVED_EVERY_MS) {
      last.times++
      return
    }
    this.#removed.set(key, { event, from: this.#now(), times: 0 })
    await this.#write(last && last.times > 0 ? { ...event, times: last.times + 1 } : event)
  }

  /** Writes what was only counted. */
  async close(): Promise<void> {
    await this.#writeAll(this.#counted)
    await this.#writeAll(this.#removed)
  }

  async #writeAll(counted: Map<string, { readonly event: Refused; readonly times: number }>): Promise<void> {
    const all = [...counted.values()]
    counted.clear()
    for (const { event, times } of all) if (times > 0) await this.#write({ ...event, times })
  }

  /** A refusal stays one when it cannot be recorded; the operator is told. */
  async #write(event: Refused): Promise<void> {
    try {
      await this.#log.append(event)
    } catch (error) {
      this.#say(`a refusal was not recorded (${describeError(error)})`)
    }
  }
}
