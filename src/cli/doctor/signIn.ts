/** A whole sign-in by the person at the keyboard: the only way to see what stands in a provider's tokens. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { Authority } from '../../agent/identity/authority.ts'
import { sentence, type Tell } from './finding.ts'
import type { ProviderSettings } from './provider.ts'

/** @param open shows the person the provider's page */
export async function examineSignIn(settings: ProviderSettings, tell: Tell, open: (url: string) => Promise<unknown>): Promise<void> {
  const authority = new Authority(settings)
  try {
    const { attempt, authorizeUrl } = await authority.begin()
    const waiting = authority.wait(attempt)
    // Told by the wait below; while the page is shown nobody listens yet.
    waiting.catch(() => undefined)
    await open(authorizeUrl)
    const { principal } = await waiting
    tell({ state: 'ok', what: 'sign-in', says: `as ${principal.subject} of ${principal.issuer}` })
    tell(
      principal.groups.length > 0
        ? { state: 'ok', what: 'groups in the id_token', says: principal.groups.join(', ') }
        : { state: 'wrong', what: 'groups in the id_token', says: `there is no claim ${settings.groupsClaim}, or it is empty`, todo: 'Add a groups mapper for the id_token, assign a group to this person, or name the claim with --groups-claim.' },
    )
    if (settings.resource !== undefined) await examineAccess(await authority.accessToken(), settings, settings.resource, tell)
    await authority.refresh()
    tell({ state: 'ok', what: 'refresh', says: 'the sign-in was renewed' })
  } catch (error) {
    tell({ state: 'wrong', what: 'sign-in', says: sentence(error), todo: 'What is wrong above is the likeliest cause.' })
  } finally {
    await authority.signOut().catch((error: unknown) => {
      tell({ state: 'warn', what: 'sign-out', says: `the sign-in could not be revoked: ${sentence(error)}` })
    })
  }
}

/** The hub reads people from access tokens: RFC 9068, for its audience, with groups. */
async function examineAccess(token: string, { groupsClaim, issuer, clientId, accessTokens }: ProviderSettings, resource: string, tell: Tell): Promise<void> {
  const what = 'access token'
  const todo = `Register the hub as an API with the identifier ${resource}, with access tokens as JWT (RFC 9068, typ at+jwt), and the claim ${groupsClaim} in them.`
  try {
    const claims = await Promise.resolve(decodeJwt(token))
    const wrong = [
      ...kindOf(token, accessTokens),
      (accessTokens === 'okta' ? claims['cid'] : (claims['client_id'] ?? claims['azp'])) === clientId ? '' : `it does not say that it was given to ${clientId}`,
      claims.iss === issuer ? '' : 'its issuer is another one',
      [claims.aud].flat().includes(resource) ? '' : `it is not for ${resource}`,
      claims.jti === undefined ? 'it has no jti' : '',
      claims[groupsClaim] === undefined ? `it has no claim ${groupsClaim}` : '',
    ].filter((one) => one !== '')
    tell(wrong.length > 0 ? { state: 'wrong', what, says: wrong.join('; '), todo } : { state: 'ok', what, says: `a JWT for ${resource}, with groups` })
    tell(
      typeof claims['email'] === 'string'
        ? { state: 'ok', what: 'accounts of one person', says: 'the access token carries an e-mail address, by which the hub links them' }
        : { state: 'warn', what: 'accounts of one person', says: 'the access token carries no e-mail address, so to the hub a second account is another person, who may decide on held calls of the first', todo: `Let the provider put the claim email${claims['preferred_username'] === undefined ? ', and preferred_username,' : ''} into access tokens for ${resource}, or see to it that nobody who reviews has a second account.` },
    )
  } catch {
    // The library's error may quote the token.
    tell({ state: 'wrong', what, says: 'it is no JWT, so the hub cannot read it', todo })
  }
}

function kindOf(token: string, profile: ProviderSettings['accessTokens']): string[] {
  const typ = decodeProtectedHeader(token).typ?.toLowerCase().replace('application/', '')
  if (profile === 'okta') return [typ === undefined ? '' : `its typ is ${typ}, and the hub was started for Okta's tokens, which have none`, typeof decodeJwt(token)['uid'] === 'string' ? '' : 'it has no uid']
  return [typ === 'at+jwt' ? '' : `its typ is not at+jwt${typ === undefined ? ' (an authorization server of Okta\'s? Start the hub with --access-tokens okta)' : ''}`]
}
