/** Who may see a held call as its reviewer, whose groups are known well enough to decide, who asks through a program, and whether a call's terms are those of the organisation's own rule. Pure. */
import type { ApprovalTerms, OpenRequest } from '../../protocol/approval.ts'
import { CountersignError } from '../../protocol/errors.ts'
import { checkEligible, type Held, type Reviewer, type Starters } from '../../core/approval/settle.ts'
import type { Device } from '../access/devices.ts'
import { samePerson, type Person } from '../access/person.ts'

export function mayReview(held: Held, person: Reviewer): boolean {
  try {
    checkEligible(held, person)
    return true
  } catch {
    // Not eligible is an answer here, not a failure: the request is simply not theirs to see.
    return false
  }
}

/** As at the pages. An agent asks the provider anew for each decision; whoever keeps a token, which may be good for a day, does not. */
const CURRENT_MS = 10 * 60_000

/** @throws CountersignError CS_NOT_A_REVIEWER when the groups of a token are those of a while ago */
export function checkCurrent({ issuedAt = 0 }: Pick<Person, 'issuedAt'>, now: number): void {
  if (now - issuedAt * 1000 > CURRENT_MS) throw new CountersignError('CS_NOT_A_REVIEWER', 'your identity provider said more than ten minutes ago which groups you are in. Sign in again, then decide.')
}

/** Through a program asks whoever started it, as its platform and it itself say, and whoever signed in where it runs. */
export function startersOf(person: Person, device: Pick<Device, 'people'>): { readonly starters?: Starters } {
  if (person.kind !== 'workload') return {}
  const people = device.people.filter((one) => !samePerson(one, person)).map(({ issuer, subject }) => ({ issuer, subject }))
  return { starters: { names: person.startedBy ?? [], people } }
}

/** What the device says of the rule is only taken when the organisation's own policy says the same. */
export function sameTerms(rule: ApprovalTerms | undefined, { group, count, assurance, acr, requesterReason, wait }: OpenRequest['terms']): boolean {
  return rule !== undefined && rule.reviewers !== 'self' && rule.reviewers.group === group && rule.count === count && rule.assurance === assurance && JSON.stringify(rule.acr) === JSON.stringify(acr) && rule.requesterReason === requesterReason && rule.wait === wait
}
