/**
 * The line to the hub on which held calls come and go: one stream of server-sent events per signed-in person. Every
 * connection begins with a snapshot, so a broken line loses nothing; it is opened anew with full jitter.
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { requestEvent, snapshotEvent, type SharedRequest } from '../../protocol/approval.ts'
import type { HubClient } from '../identity/hubClient.ts'

export interface RelayOptions {
  readonly client: HubClient
  readonly accessToken: () => Promise<string>
  /** Told of each request as it is now, own and others'. */
  readonly onRequest: (request: SharedRequest) => void
  /** Told of all that a line begins with, after each of them. */
  readonly onSnapshot: (requests: readonly SharedRequest[]) => void
  readonly onChange: () => void
  /** The hub has nothing for this person or device any more. */
  readonly onRemoved: (why: string) => void
  readonly log: (message: string) => void
  readonly timer: (ms: number, run: () => void) => () => void
  /** 0..1 */
  readonly random: () => number
}

/** The hub says the time every 15 s; silence for three of those is a broken line. */
const QUIET_MS = 45_000
const LONGEST_PAUSE = 10_000
/** One event: a snapshot of many previews. */
const LARGEST_EVENT = 16 * 1024 * 1024

export class Relay {
  readonly #options: RelayOptions
  readonly #requests = new Map<string, SharedRequest>()
  #state: 'here' | 'away' | 'off' = 'off'
  #offset = 0
  #line: AbortController | undefined
  #failures = 0
  #cancel: (() => void) | undefined

  constructor(options: RelayOptions) {
    this.#options = options
  }

  get state(): 'here' | 'away' | 'off' {
    return this.#state
  }

  /** Hub's clock minus this machine's, milliseconds. */
  get hubOffsetMs(): number {
    return this.#offset
  }

  get requests(): readonly SharedRequest[] {
    return [...this.#requests.values()]
  }

  /** Somebody is signed in: the line is theirs from now on. */
  start(): void {
    this.stop()
    this.#become('away')
    this.#connect()
  }

  stop(): void {
    this.#cancel?.()
    this.#line?.abort()
    this.#line = undefined
    this.#requests.clear()
    this.#become('off')
  }

  #connect(): void {
    const line = new AbortController()
    this.#line = line
    this.#read(line.signal)
      .then(() => {
        // The hub ends a line when the person's token does: the next one carries a fresh one, with the groups of then.
        this.#failures = 0
      })
      .catch((error: unknown) => {
        if (line.signal.aborted) return
        this.#failures++
        this.#options.log(`the line to the hub broke (${describeError(error)})`)
        if (error instanceof CountersignError && error.code === 'CS_OFFBOARDED') this.#options.onRemoved(error.message)
      })
      .finally(() => {
        if (this.#line !== line) return
        if (this.#failures > 0) this.#become('away')
        const pause = this.#failures === 0 ? 0 : 100 + this.#options.random() * Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(this.#failures, 8))
        this.#cancel = this.#options.timer(pause, () => { this.#connect() })
      })
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { client, accessToken } = this.#options
    const decoder = new TextDecoder()
    let pending = 0
    const parser = createParser({
      onEvent: (event) => {
        pending = 0
        this.#take(event)
      },
    })
    for await (const chunk of client.stream('/v1/events', { 'x-countersign-person': await accessToken() }, { signal, quietMs: QUIET_MS })) {
      pending += chunk.length
      if (pending > LARGEST_EVENT) throw new CountersignError('CS_HUB_REFUSED', 'the hub sent an event that is too large.')
      parser.feed(decoder.decode(chunk, { stream: true }))
    }
  }

  #take({ event, data }: EventSourceMessage): void {
    if (event === 'snapshot') {
      const { now, requests } = parsed(snapshotEvent, data)
      this.#requests.clear()
      this.#failures = 0
      this.#clock(now)
      this.#become('here')
      for (const request of requests) this.#keep(request)
      this.#options.onSnapshot(requests)
    } else if (event === 'request') {
      const { now, request } = parsed(requestEvent, data)
      this.#clock(now)
      this.#keep(request)
    } else return
    this.#options.onChange()
  }

  #keep(request: SharedRequest): void {
    this.#requests.set(request.ap, request)
    this.#options.onRequest(request)
  }

  #clock(now: number): void {
    this.#offset = now - Date.now()
  }

  #become(state: 'here' | 'away' | 'off'): void {
    if (state === this.#state) return
    this.#state = state
    this.#options.onChange()
  }
}

function parsed<T>(shape: z.ZodType<T>, data: string): T {
  const result = shape.safeParse(JSON.parse(data))
  if (!result.success) throw new CountersignError('CS_HUB_REFUSED', 'the hub speaks of requests in a way this version does not understand.', { cause: result.error })
  return result.data
}
