/** Who an id_token says that somebody is. Its signature, audience and times are checked before. */
import type * as oidc from 'openid-client'
import { CountersignError } from '../../protocol/errors.ts'
import type { Principal } from '../../protocol/identity.ts'
import { checkIssuedAt } from '../../platform/oidcDiscovery.ts'

/**
 * Group overage (`_claim_names`) means that the groups are unknown, and unknown is not none.
 * @throws CountersignError CS_SIGN_IN_FAILED where there is no identity, its clock is another, or nobody says the groups
 */
export function principalOf(claims: oidc.IDToken | undefined, groupsClaim: string): Principal {
  if (!claims) throw new CountersignError('CS_SIGN_IN_FAILED', 'the identity provider sent no identity.')
  checkIssuedAt(claims.iat)
  const elsewhere = claims['_claim_names'] as Record<string, unknown> | undefined
  if (elsewhere && groupsClaim in elsewhere)
    throw new CountersignError('CS_SIGN_IN_FAILED', `the identity provider did not send your groups (there are too many), so nobody can say what you may do. Ask its administrator to send only the groups assigned to Countersign, or roles.`)
  const raw = claims[groupsClaim]
  const groups = typeof raw === 'string' ? [raw] : Array.isArray(raw) ? raw.filter((one): one is string => typeof one === 'string') : []
  const text = (name: string): string | undefined => (typeof claims[name] === 'string' ? claims[name] : undefined)
  const name = text('name')
  const email = text('email')
  const acr = text('acr')
  return {
    issuer: claims.iss,
    subject: claims.sub,
    groups,
    authTime: typeof claims.auth_time === 'number' ? claims.auth_time : claims.iat,
    ...(acr === undefined ? {} : { acr }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  }
}
