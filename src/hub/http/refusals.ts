/** How the hub says no: one shape on the wire, one record in its log. Records are bounded, so that a flood cannot fill the disk. */
import type { FastifyError } from 'fastify'
import { CountersignError, describeError, type ErrorCode } from '../../protocol/errors.ts'
import type { HubLog } from '../log/hubLog.ts'

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

export class RefusalRecords {
  readonly #log: HubLog
  readonly #say: (line: string) => void
  readonly #now: () => number
  #windowFrom = 0
  #written = 0
  readonly #counted = new Map<string, { code: string; route: string; status: number; times: number }>()

  constructor(log: HubLog, say: (line: string) => void, now: () => number) {
    this.#log = log
    this.#say = say
    this.#now = now
  }

  /** @param route pattern of the route, never the path as asked for */
  async add(code: string, route: string, status: number): Promise<void> {
    if (this.#now() - this.#windowFrom >= WINDOW_MS) {
      await this.flush()
      this.#windowFrom = this.#now()
      this.#written = 0
    }
    if (this.#written < RECORDS_A_WINDOW) {
      this.#written++
      await this.#write({ code, route, status })
      return
    }
    const key = `${code} ${route} ${status}`
    const counted = this.#counted.get(key)
    if (counted) counted.times++
    else this.#counted.set(key, { code, route, status, times: 1 })
  }

  /** Writes what was only counted. */
  async flush(): Promise<void> {
    const counted = [...this.#counted.values()]
    this.#counted.clear()
    for (const one of counted) await this.#write(one)
  }

  /** A refusal stays one when it cannot be recorded; the operator is told. */
  async #write(one: { code: string; route: string; status: number; times?: number }): Promise<void> {
    try {
      await this.#log.append({ type: 'request.refused', ...one })
    } catch (error) {
      this.#say(`a refusal was not recorded (${describeError(error)})`)
    }
  }
}
