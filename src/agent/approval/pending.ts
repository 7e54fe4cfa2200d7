/** One held call on this machine and the clients that wait for it: a retry joins, an approval goes to one of them, once. */
import { CountersignError } from '../../protocol/errors.ts'
import type { Review, SharedRequest } from '../../protocol/approval.ts'
import type { HoldRequest } from '../../core/exchange/ports.ts'

interface Waiter {
  readonly ex: string
  settle(review: Review): void
}

export interface PendingOptions {
  readonly ap: string
  /** True when the requester acknowledges on this machine. */
  readonly here: boolean
  readonly request: HoldRequest
  /** Milliseconds since 1970, this machine's clock. */
  readonly expiresAt: number
}

const SUPERSEDED: Review = { state: 'withdrawn', cause: 'client_gone', reviewers: [] }

/** Why nobody waits any more. */
export function causeOf({ reason }: AbortSignal): 'agent_stopping' | 'withdrawn' | 'client_gone' {
  if (!(reason instanceof CountersignError)) return 'client_gone'
  return reason.code === 'CS_STOPPING' ? 'agent_stopping' : 'withdrawn'
}

export class Pending {
  readonly ap: string
  readonly here: boolean
  readonly request: HoldRequest
  readonly openedAt = Date.now()
  readonly #expiresAt: number
  #waiters: Waiter[] = []
  #ended: Review | undefined
  requesterReason: string | undefined
  /** People who approved while more are needed, as the hub tells. */
  approved = 0
  /** Set by the desk. */
  onEnded: () => void = () => undefined
  onOver: () => void = () => undefined
  onSpent: (ex: string) => void = () => undefined
  onLeft: (signal: AbortSignal) => void = () => undefined
  timer: (ms: number, run: () => void) => () => void = () => () => undefined

  constructor(options: PendingOptions) {
    this.ap = options.ap
    this.here = options.here
    this.request = options.request
    this.#expiresAt = options.expiresAt
  }

  get digest(): string {
    return this.request.digest
  }

  get waiting(): number {
    return this.#waiters.length
  }

  get ended(): Review | undefined {
    return this.#ended
  }

  /**
   * Waits for the ending. Of several clients with the same bytes the newest one gets an approval: the others have given up.
   * @throws CountersignError CS_STILL_PENDING when this client cannot wait any longer
   */
  wait(request: HoldRequest, signal: AbortSignal, stillPending: () => string): Promise<Review> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((one) => one !== waiter)
        signal.removeEventListener('abort', gone)
        cancel()
      }
      const gone = (): void => {
        leave()
        resolve({ ...SUPERSEDED, cause: causeOf(signal), ap: this.ap })
        if (this.#waiters.length === 0 && !this.#ended) this.onLeft(signal)
      }
      const cancel =
        request.patience === undefined
          ? () => undefined
          : this.timer(request.patience, () => {
              leave()
              reject(new CountersignError('CS_STILL_PENDING', stillPending()))
            })
      const waiter: Waiter = {
        ex: request.ex,
        settle: (review) => {
          leave()
          resolve(review)
        },
      }
      signal.addEventListener('abort', gone)
      this.#waiters.push(waiter)
      if (signal.aborted) gone()
      else if (this.#ended) this.#hand()
    })
  }

  /** The first ending counts. */
  end(review: Review): void {
    if (this.#ended) return
    this.#ended = review
    this.onEnded()
    this.#hand()
  }

  #hand(): void {
    const given = this.#ended
    if (!given) return
    const isGrant = given.state === 'approved' || given.state === 'acknowledged'
    // By the clock: the timer stands still while the machine sleeps.
    const isLate = isGrant && Date.now() >= this.#expiresAt
    const granted = isGrant && !isLate
    const review: Review = isLate ? { state: 'expired', cause: 'timeout', reviewers: [], ap: this.ap } : given
    // Approved while nobody waits: kept until its time is over, for the run that comes back.
    if (granted && this.#waiters.length === 0) {
      this.timer(Math.max(0, this.#expiresAt - Date.now()), () => { this.onOver() })
      return
    }
    this.onOver()
    const newest = this.#waiters.at(-1)
    for (const waiter of [...this.#waiters]) waiter.settle(granted && waiter !== newest ? { ...SUPERSEDED, ap: this.ap } : review)
    if (granted && newest) this.onSpent(newest.ex)
  }

  /** As the sidebar shows it. */
  shared(): SharedRequest {
    const { request } = this
    const { principal } = request.caller.session
    const { reviewers, ...terms } = request.terms
    return {
      ap: this.ap,
      ex: request.ex,
      digest: request.digest,
      role: 'own',
      requester: { issuer: principal.issuer, subject: principal.subject, ...(principal.name === undefined ? {} : { name: principal.name }) },
      call: request.call,
      terms: { ...terms, group: reviewers === 'self' ? 'self' : reviewers.group },
      ...(this.requesterReason === undefined ? {} : { requesterReason: this.requesterReason }),
      openedAt: this.openedAt,
      expiresAt: this.#expiresAt,
      state: this.#ended?.state ?? 'pending',
      reviews: [],
      used: false,
    }
  }
}
