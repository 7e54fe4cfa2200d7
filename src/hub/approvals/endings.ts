/** What the hub's own log says of calls that ended, for people who decided about them: longer than the calls themselves are kept. Pure. */
import type { Ending } from '../../protocol/approval.ts'
import type { AuditRecord } from '../../protocol/audit.ts'
import { samePerson, type Person } from '../access/person.ts'

type Told = Omit<Ending, 'state' | 'cause' | 'settledAt'>

/** @returns of `aps`, those that ended and that this person decided about, in the order of their endings */
export function endingsFor(records: readonly AuditRecord[], aps: readonly string[], person: Pick<Person, 'issuer' | 'subject'>): Ending[] {
  const told = new Map<string, Told>()
  const endings: Ending[] = []
  const asked = new Set(aps)
  for (const { event, time } of records) {
    const ap = 'ap' in event ? event.ap : null
    if (ap === null || !asked.has(ap)) continue
    const known = told.get(ap)
    if (event.type === 'approval.opened') told.set(ap, { ap, ex: event.ex, digest: '', requester: { issuer: event.iss, subject: event.sub }, reviews: [], openedAt: Date.parse(time) })
    else if (event.type === 'approval.reviewed' && known) told.set(ap, { ...known, digest: event.digest, reviews: [...known.reviews, { issuer: event.iss, subject: event.sub, verdict: event.verdict }] })
    else if (event.type === 'approval.ended' && known?.reviews.some((one) => samePerson(one, person))) endings.push({ ...known, state: event.state, cause: event.cause, settledAt: known.openedAt + event.ms })
  }
  return endings
}
