/** Token buckets by address, for what anybody may ask for. Bounded: when there are too many addresses, the quietest is forgotten. */
import { CountersignError } from '../../protocol/errors.ts'

export interface RateLimitOptions {
  readonly burst: number
  readonly perSecond: number
  readonly now: () => number
}

const MOST_ADDRESSES = 10_000

export class RateLimit {
  readonly #options: RateLimitOptions
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(options: RateLimitOptions) {
    this.#options = options
  }

  /** @throws CountersignError CS_BUSY */
  take(address: string): void {
    const { burst, perSecond, now } = this.#options
    const at = now()
    const bucket = this.#buckets.get(address) ?? { left: burst, at }
    const left = Math.min(burst, bucket.left + ((at - bucket.at) / 1000) * perSecond)
    // Deleted and set again: the map's order is that of last use.
    this.#buckets.delete(address)
    this.#buckets.set(address, { left: Math.max(0, left - 1), at })
    const [quietest] = this.#buckets.keys()
    if (this.#buckets.size > MOST_ADDRESSES && quietest !== undefined) this.#buckets.delete(quietest)
    if (left < 1) throw new CountersignError('CS_BUSY', 'too many requests from this address. Wait a little and try again.')
  }
}
