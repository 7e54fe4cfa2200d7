/** A person as the hub sees one: verified from a token, with the groups of that moment. */
import { CountersignError } from '../../protocol/errors.ts'

export interface Person {
  readonly issuer: string
  readonly subject: string
  /** Absent for a person: a workload signs in and calls like one, and decides on nothing. */
  readonly kind?: 'workload'
  readonly groups: readonly string[]
  /** Seconds since 1970; 0 when the provider did not say. */
  readonly authTime: number
  /** Seconds since 1970 at which the provider said all this, its groups too; absent when it did not say. */
  readonly issuedAt?: number
  /** A label, never used to decide. */
  readonly name: string | undefined
  /** Links accounts of one person where duties must be separate; never identifies. Absent when the provider did not send it. */
  readonly email?: string
  /** `preferred_username`: tells who is meant where a program was started by them; never identifies. */
  readonly username?: string
  /** Of a workload: who started it, lower case, as its platform says and as whoever started it says. */
  readonly startedBy?: readonly string[]
}

/**
 * @param claims of a token whose signature, issuer and audience were verified
 * @throws CountersignError CS_SIGN_IN_FAILED when the groups are unknown: unknown is not none
 */
export function personOf(claims: Readonly<Record<string, unknown>>, groupsClaim: string): Person {
  const elsewhere = claims['_claim_names']
  if (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, groupsClaim))
    throw new CountersignError('CS_SIGN_IN_FAILED', 'the identity provider did not send your groups (there are too many), so nobody can say what you may do. Ask its administrator to send only the groups assigned to Countersign, or roles.')
  const raw = Object.hasOwn(claims, groupsClaim) ? claims[groupsClaim] : undefined
  const groups = typeof raw === 'string' ? [raw] : Array.isArray(raw) ? raw.filter((one): one is string => typeof one === 'string') : []
  const { iss, sub, name, email, preferred_username: username, auth_time: authTime, iat } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') throw new CountersignError('CS_SIGN_IN_FAILED', 'the identity provider sent no identity.')
  return {
    issuer: iss,
    subject: sub,
    groups,
    authTime: typeof authTime === 'number' ? authTime : 0,
    ...(typeof iat === 'number' ? { issuedAt: iat } : {}),
    name: typeof name === 'string' ? name.slice(0, 200) : undefined,
    ...(typeof email === 'string' ? { email: email.slice(0, 320).toLowerCase() } : {}),
    ...(typeof username === 'string' ? { username: username.slice(0, 320).toLowerCase() } : {}),
  }
}

export function samePerson(a: Pick<Person, 'issuer' | 'subject'>, b: Pick<Person, 'issuer' | 'subject'>): boolean {
  return a.issuer === b.issuer && a.subject === b.subject
}
