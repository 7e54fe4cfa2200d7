/** An OpenID provider looked at from outside: what its documents say, and how it answers a request of our client. */
import { createHash, randomBytes } from 'node:crypto'
import { jsonOf, reach, tellClock, type Finding, type Tell } from './finding.ts'

export interface ProviderSettings {
  /** As the hub says; absent: RFC 9068. */
  readonly accessTokens?: 'okta' | undefined
  readonly issuer: string
  readonly clientId: string
  readonly groupsClaim: string
  /** Audience of access tokens; undefined without a hub. */
  readonly resource: string | undefined
}

type Document = Readonly<Record<string, unknown>>

const SCOPES = ['openid', 'profile', 'email', 'groups', 'offline_access']
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

/** @returns false when the provider cannot be used at all */
export async function examineProvider(settings: ProviderSettings, tell: Tell): Promise<boolean> {
  const document = await discover(settings.issuer, tell)
  if (!document) return false
  for (const finding of read(document, settings)) tell(finding)
  await examineKeys(document, tell)
  await examineClient(document, settings, tell)
  await examineDevice(document, settings, tell)
  return true
}

async function discover(issuer: string, tell: Tell): Promise<Document | undefined> {
  const what = 'discovery'
  const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
  const reached = await reach(what, url, tell)
  if (!reached) return undefined
  const document = reached.status === 200 ? jsonOf(reached.text) : undefined
  if (!document) {
    tell({ state: 'wrong', what, says: reached.status === 200 ? `${url} is no JSON document` : `${url} answers with status ${reached.status}`, todo: 'The issuer is the URL before /.well-known/openid-configuration. Look it up in your provider: Keycloak has the realm in it, Okta the authorization server, Entra the tenant and "/v2.0".' })
    return undefined
  }
  tell({ state: 'ok', what, says: url })
  tellClock('clock of the provider', reached, tell)
  if (document['issuer'] !== issuer) {
    const named = typeof document['issuer'] === 'string' ? document['issuer'] : 'nothing'
    tell({ state: 'wrong', what: 'issuer', says: `the provider calls itself ${named.slice(0, 300)}, which is not ${issuer} letter for letter${named.replace(/\/+$/, '') === issuer.replace(/\/+$/, '') ? ' (look at the slash at the end)' : ''}`, todo: `Set the issuer to ${named.slice(0, 300)}.` })
    return undefined
  }
  tell({ state: 'ok', what: 'issuer', says: issuer })
  return document
}

function listOf(document: Document, name: string): readonly string[] | undefined {
  const value = document[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined
}

function read(document: Document, { groupsClaim }: ProviderSettings): Finding[] {
  return [endpoints(document), pkce(document), ...scopes(document, groupsClaim), refresh(document), signOut(document)]
}

function endpoints(document: Document): Finding {
  const what = 'endpoints'
  const missing = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'].filter((name) => typeof document[name] !== 'string')
  if (missing.length > 0) return { state: 'wrong', what, says: `the discovery document names no ${missing.join(', ')}`, todo: 'This is no whole OpenID provider. Is it the right issuer?' }
  return { state: 'ok', what, says: 'authorization, token and keys are named' }
}

function pkce(document: Document): Finding {
  const what = 'PKCE'
  const methods = listOf(document, 'code_challenge_methods_supported')
  if (!methods) return { state: 'unknown', what, says: 'the provider does not say whether it knows S256 (Entra ID knows it and does not say so)' }
  if (!methods.includes('S256')) return { state: 'wrong', what, says: `the provider offers ${methods.join(', ') || 'nothing'}, and not S256`, todo: 'Turn on PKCE with S256 for the client. Without it a stolen code is a sign-in.' }
  return { state: 'ok', what, says: methods.includes('plain') ? 'S256 (it takes "plain" from others; we never send it)' : 'S256' }
}

function scopes(document: Document, groupsClaim: string): Finding[] {
  const known = listOf(document, 'scopes_supported')
  const missing = known === undefined ? [] : ['openid', 'offline_access'].filter((scope) => !known.includes(scope))
  const claims = listOf(document, 'claims_supported')
  return [
    missing.length > 0
      ? { state: 'warn', what: 'scopes', says: `the provider does not list ${missing.join(', ')}`, todo: 'Allow the scope offline_access for the client, or people sign in again each time the access token ends. Google has no such scope: its way is access_type=offline.' }
      : { state: 'ok', what: 'scopes', says: known === undefined ? 'the provider does not list any' : 'openid and offline_access are known' },
    claims?.includes(groupsClaim)
      ? { state: 'ok', what: 'groups', says: `the claim ${groupsClaim} is known` }
      : { state: 'unknown', what: 'groups', says: `the provider does not list the claim ${groupsClaim}; whether a token has it, only a sign-in shows`, todo: 'Run this again with --sign-in. If the claim is missing: add a groups mapper for the id_token and the access token, or name another claim with --groups-claim.' },
  ]
}

function refresh(document: Document): Finding {
  const grants = listOf(document, 'grant_types_supported')
  if (grants && !grants.includes('refresh_token')) return { state: 'wrong', what: 'refresh', says: 'the provider gives no refresh tokens', todo: 'Allow the grant "refresh_token" for the client, with rotation.' }
  return { state: grants ? 'ok' : 'unknown', what: 'refresh', says: grants ? 'refresh tokens are known' : 'the provider does not say whether it gives refresh tokens' }
}

function signOut(document: Document): Finding {
  const missing = [['revocation_endpoint', 'revocation'], ['end_session_endpoint', 'sign-out page']].filter(([name = '']) => typeof document[name] !== 'string').map(([, words]) => words)
  if (missing.length > 0) return { state: 'warn', what: 'sign-out', says: `the provider offers no ${missing.join(' and no ')}`, todo: 'Signing out ends everything on this machine and at the hub at once; at the provider the sign-in ends by its own time. Keep its refresh tokens short.' }
  return { state: 'ok', what: 'sign-out', says: 'tokens can be revoked, and the provider signs out too' }
}

async function examineKeys(document: Document, tell: Tell): Promise<void> {
  const what = 'keys'
  if (typeof document['jwks_uri'] !== 'string') return
  const reached = await reach(what, document['jwks_uri'], tell)
  if (!reached) return
  const keys = jsonOf(reached.text)?.['keys']
  const good = Array.isArray(keys) ? keys.filter((key: unknown) => typeof key === 'object' && key !== null && 'kty' in key && key.kty !== 'oct' && !('d' in key)).length : 0
  if (good === 0) tell({ state: 'wrong', what, says: 'the provider publishes no key that could check its signatures', todo: 'Let it sign with RS256 or ES256; with HS256 nobody but itself can check.' })
  else tell({ state: 'ok', what, says: `${good} published` })
}

/** A request as the agent makes it, up to the sign-in page: the provider says before any person is there whether it knows client and redirect. */
async function examineClient(document: Document, { clientId, resource }: ProviderSettings, tell: Tell): Promise<void> {
  const endpoint = document['authorization_endpoint']
  if (typeof endpoint !== 'string') return
  // Any port: the listener takes one that is free.
  const redirect = `http://127.0.0.1:${49_152 + (randomBytes(2).readUInt16BE(0) % 16_000)}/callback`
  const url = new URL(endpoint)
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url')
  const parameters = { response_type: 'code', client_id: clientId, redirect_uri: redirect, scope: SCOPES.join(' '), state: 'doctor', nonce: 'doctor', code_challenge: challenge, code_challenge_method: 'S256', prompt: 'consent', ...(resource === undefined ? {} : { resource }) }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const what = 'client and redirect'
  const reached = await reach(what, url.href, tell)
  if (reached) tell(verdictOf(what, reached, { redirect, clientId, resource }))
}

/** @param asked what stood in the request */
export function verdictOf(what: string, reached: { readonly status: number; readonly location: string | undefined; readonly text: string }, asked: { readonly redirect: string; readonly clientId: string; readonly resource: string | undefined }): Finding {
  const { status, location, text } = reached
  const { redirect, clientId, resource } = asked
  const back = location?.startsWith(redirect) === true ? new URL(location).searchParams.get('error') : null
  if (back === 'invalid_target') return { state: 'wrong', what: 'audience of the hub', says: `the provider gives no access tokens for ${resource ?? '(none)'}`, todo: `Register the hub as an API (resource server) with exactly this identifier: ${resource ?? ''}.` }
  if (back !== null) return { state: 'wrong', what, says: `the provider refuses our request (${back.replace(/[^\w-]/g, '').slice(0, 60)})`, todo: back === 'invalid_scope' ? `Allow the scopes ${SCOPES.join(', ')} for the client ${clientId}.` : `Look at the client ${clientId} at the provider: public client, authorization code with PKCE.` }
  const refused = status >= 400 || /AADSTS\d+/.test(text) || /\/(?:oauth\/)?error\b/.test(location ?? '')
  if (refused) return { state: 'wrong', what, ...pageSays(text, status, redirect, clientId) }
  return { state: 'ok', what, says: `${clientId} may come back to 127.0.0.1 on any port${resource === undefined ? '' : `, with tokens for ${resource}`}` }
}

/** What an error page is about; nothing of its own text is repeated. */
function pageSays(text: string, status: number, redirect: string, clientId: string): Pick<Finding, 'says' | 'todo'> {
  if (/invalid_client|unauthorized_client|client.{0,20}(?:not found|unknown)|AADSTS700016/i.test(text)) return { says: `the provider knows no client ${clientId} (status ${status})`, todo: 'Register a public client (native or desktop app) with this id, or set the id it has.' }
  if (/redirect_uri|redirect uri|AADSTS50011/i.test(text))
    return { says: `the redirect ${redirect} is not registered for the client ${clientId} (status ${status})`, todo: 'Register http://127.0.0.1/callback for any port. Where a provider takes whole addresses only, as Okta and Auth0 do, sign in with a code (device flow) until a port is registered.' }
  return { says: `the provider refuses our request with status ${status}`, todo: `Is ${clientId} a public client with the redirect http://127.0.0.1/callback?` }
}

/** Asks for a code and lets it lapse: shows whether this client may, without a person. */
async function examineDevice(document: Document, { clientId, resource }: ProviderSettings, tell: Tell): Promise<void> {
  const what = 'device flow'
  const endpoint = document['device_authorization_endpoint']
  const todo = 'Only needed where no browser can come back to the machine (remote hosts). Turn on the device grant for the client if you have such places.'
  if (typeof endpoint !== 'string') {
    tell({ state: 'warn', what, says: 'the provider offers none', todo })
    return
  }
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url')
  const body = new URLSearchParams({ client_id: clientId, scope: SCOPES.join(' '), code_challenge: challenge, code_challenge_method: 'S256', ...(resource === undefined ? {} : { resource }) })
  const reached = await reach(what, endpoint, tell, { method: 'POST', body })
  if (!reached) return
  const answer = jsonOf(reached.text)
  if (reached.status === 200 && typeof answer?.['user_code'] === 'string') tell({ state: 'ok', what, says: 'a code was given (it lapses by itself)' })
  else tell({ state: 'warn', what, says: `the client gets no code (${typeof answer?.['error'] === 'string' ? answer['error'].replace(/[^\w -]/g, '').slice(0, 60) : `status ${reached.status}`}), so the grant ${DEVICE.split(':').at(-1) ?? ''} is not allowed for it`, todo })
}
