/**
 * Approvals as a hub's own log tells them. What a device's journal says of one is the word of the machine whose call was held, and
 * whoever owns it can sign what they like. Pure.
 */
import type { ApprovalSettled, AuditRecord } from '../../protocol/audit.ts'

interface Given {
  readonly digest: string
  readonly iss: string
  readonly sub: string
  readonly approved: boolean
  /** The one call that it let out; undefined: none was told. */
  readonly usedBy: string | undefined
}

export class GivenApprovals {
  readonly #byRequest = new Map<string, Given>()

  /** @param record of the hub's own log, in its order */
  record({ event }: AuditRecord): void {
    if (event.type === 'approval.opened') {
      const { ap, digest, iss, sub } = event
      this.#byRequest.set(ap, { digest, iss, sub, approved: false, usedBy: undefined })
      return
    }
    const known = 'ap' in event ? this.#byRequest.get(event.ap ?? '') : undefined
    if (known && event.type === 'approval.ended') this.#byRequest.set(event.ap, { ...known, approved: event.state === 'approved' })
    else if (known && event.type === 'approval.used') this.#byRequest.set(event.ap, { ...known, usedBy: event.ex })
  }

  /** Whether the hub gave the approval that a device speaks of: for this person, these bytes, and this call. */
  bears({ ap, ex, digest, actor }: Pick<ApprovalSettled, 'ap' | 'ex' | 'digest' | 'actor'>): boolean {
    const given = this.#byRequest.get(ap ?? '')
    return given?.approved === true && given.digest === digest && given.iss === actor.iss && given.sub === actor.sub && (given.usedBy === undefined || given.usedBy === ex)
  }
}
