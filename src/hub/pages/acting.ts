/** What every form that decides something asks first: the hub's own page, the policy role, a recent sign-in, a reason. */
import type { FastifyRequest } from 'fastify'
import { CountersignError } from '../../protocol/errors.ts'
import type { Person } from '../access/person.ts'
import type { Hub } from '../hub.ts'
import type { PageSignIn } from './signIn.ts'

export interface Act {
  readonly person: Person
  readonly reason: string
  readonly form: Readonly<Record<string, string>>
}

/** @throws CountersignError CS_NOT_SIGNED_IN, CS_BROWSER_REFUSED, CS_OPERATION_DENIED, CS_MALFORMED, CS_UPSTREAM_UNREACHABLE */
export async function actFor(hub: Hub, signIn: PageSignIn, request: FastifyRequest): Promise<Act> {
  const session = signIn.formSession(request)
  signIn.checkDecision(request, session)
  const person = await signIn.personNow(session)
  if (!person.groups.includes(hub.config.policyGroup)) throw new CountersignError('CS_OPERATION_DENIED', `deciding this needs the group ${hub.config.policyGroup}.`)
  const form = Object.fromEntries(Object.entries((request.body ?? {}) as Record<string, unknown>).filter((one): one is [string, string] => typeof one[1] === 'string'))
  const reason = (form['reason'] ?? '').trim()
  if (reason.length < 3 || reason.length > 2000) throw new CountersignError('CS_MALFORMED', 'write a reason of 3 to 2000 characters; it goes on record with your name.')
  return { person, reason, form }
}
