/**
 * Clearance: the proof that a decision to allow is on record. Only `clear` makes one, only from a durable record, and
 * Upstream.send asks for one: sending what was not recorded does not compile, and a forged one is refused at run time.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Recorded } from './ports.ts'

const minted = new WeakSet()

export class Clearance {
  readonly record: Recorded
  /** Digest of the one body this clearance lets out, base64url SHA-256. */
  readonly sent: string
  #used = false

  private constructor(record: Recorded, sent: string) {
    this.record = record
    this.sent = sent
  }

  static mint(record: Recorded, sent: string): Clearance {
    const clearance = new Clearance(record, sent)
    minted.add(clearance)
    return clearance
  }

  /** Called by the upstream right before it sends. @throws CountersignError CS_INTERNAL when forged, used twice, or for other bytes */
  spend(digest: string): void {
    if (!minted.has(this) || this.#used || digest !== this.sent)
      throw new CountersignError('CS_INTERNAL', 'A call was about to leave without its record. Nothing was sent.')
    this.#used = true
  }
}

/** @throws CountersignError CS_NOT_RECORDED when the record is not a decision to allow */
export function clear(effect: 'allow' | 'deny', record: Recorded, sent: string): Clearance {
  if (effect !== 'allow' || record.type !== 'exchange.decided')
    throw new CountersignError('CS_NOT_RECORDED', 'This call could not be recorded. Nothing was sent.')
  return Clearance.mint(record, sent)
}
