/** A held call as one person may see it: their own, or one that they may decide from another machine than the one it waits on. */
import type { SharedRequest } from '../../protocol/approval.ts'
import type { Held } from '../../core/approval/settle.ts'
import { samePerson } from '../access/person.ts'
import type { Viewer } from './lines.ts'
import { mayReview } from './rights.ts'

export interface Told {
  /** Signed, when people decided; the device on which the call waits alone gets it. */
  readonly decision: string | undefined
  /** Who could decide now; asked only while it waits. */
  readonly reachable: () => number
}

/** @returns undefined when it does not concern this person */
export function sharedWith(held: Held, { device, person }: Viewer, { decision, reachable }: Told): SharedRequest | undefined {
  const own = samePerson(held.requester, person)
  if (!own && (held.device === device.id || !mayReview(held, person))) return undefined
  const { ap, request, requester, openedAt, expiresAt, requesterReason, reviews, ending, usedBy } = held
  const { email: _email, starters, ...shown } = requester
  const counted = ending ? undefined : reachable()
  return {
    ap,
    ex: request.ex,
    digest: request.digest,
    role: own ? 'own' : 'review',
    requester: { ...shown, ...(starters && starters.names.length > 0 ? { startedBy: [...starters.names] } : {}) },
    call: request.call,
    terms: request.terms,
    ...(requesterReason === undefined ? {} : { requesterReason }),
    openedAt,
    expiresAt,
    state: ending?.state ?? 'pending',
    ...(ending ? { cause: ending.cause, settledAt: ending.at } : {}),
    reviews: [...reviews],
    used: usedBy !== undefined,
    ...(counted === undefined ? {} : { reachable: counted }),
    ...(decision === undefined || held.device !== device.id ? {} : { decision }),
  }
}
