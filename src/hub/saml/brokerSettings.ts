/** How the broker's OpenID provider is set: two clients of ours, PKCE always, short tokens, and a new assertion for each sign-in. */
import { createHash, randomUUID } from 'node:crypto'
import { errors, interactionPolicy, type ClientMetadata, type Configuration, type JWK } from 'oidc-provider'
import type { SamlPerson } from './serviceProvider.ts'
import { brokerStore } from './store.ts'

export interface BrokerPerson extends SamlPerson {
  readonly subject: string
}

export interface BrokerSettings {
  readonly url: string
  readonly clientId: string
  readonly pagesClientId: string
  readonly groupsClaim: string
  readonly now: () => number
  readonly jwks: { readonly keys: JWK[] }
  readonly person: (subject: string) => BrokerPerson | undefined
}

const ACCESS_S = 300
/** SAML has no way to ask for somebody's groups anew, so a sign-in lasts a working day and no longer, however often it is renewed. */
const SIGN_IN_S = 8 * 3600

export function brokerSettings(settings: BrokerSettings): Configuration {
  const { url, groupsClaim, person, jwks, now } = settings
  const secure = url.startsWith('https:')
  return {
    adapter: brokerStore(now),
    clients: clients(settings),
    jwks,
    cookies: { keys: [randomUUID()], long: { signed: true, httpOnly: true, secure, sameSite: 'lax' }, short: { signed: true, httpOnly: true, secure, sameSite: 'lax' } },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name'], email: ['email'], groups: [groupsClaim] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: ACCESS_S,
      AuthorizationCode: 60,
      DeviceCode: 600,
      IdToken: ACCESS_S,
      Interaction: 600,
      Session: 600,
      Grant: SIGN_IN_S,
      RefreshToken: (context, token) => {
        const at = Math.floor(now() / 1000)
        const begun: number | undefined = (context.oidc.entities.RotatedRefreshToken ?? token).iiat
        return Math.max(1, (begun ?? at) + SIGN_IN_S - at)
      },
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== url) throw new errors.InvalidTarget()
          return { scope: '', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: ACCESS_S, jwt: { sign: { alg: 'ES256' } } }
        },
      },
    },
    extraTokenClaims: (context, token) => {
      const found = person('accountId' in token ? token.accountId : '')
      const from = context.oidc.entities.AuthorizationCode ?? context.oidc.entities.RefreshToken
      return found && { [groupsClaim]: found.groups, email: found.email, name: found.name, preferred_username: found.nameId, auth_time: from?.authTime ?? found.authTime }
    },
    findAccount: (_context, subject) => {
      const found = person(subject)
      return found && { accountId: subject, claims: () => ({ sub: subject, name: found.name, email: found.email, [groupsClaim]: [...found.groups] }) }
    },
    interactions: { url: (_context, interaction) => `${new URL(url).pathname.replace(/\/+$/, '')}/oidc/interaction/${interaction.uid}`, policy: freshPolicy() },
    renderError: (context, out) => {
      context.type = 'text/plain'
      // The provider's own words, which quote parameters: plain text shows them as they are.
      context.body = `This did not work: ${out.error}. ${out.error_description}`
    },
  }
}

function clients({ url, clientId, pagesClientId }: BrokerSettings): ClientMetadata[] {
  const common = { token_endpoint_auth_method: 'none' as const, response_types: ['code' as const], id_token_signed_response_alg: 'ES256' as const }
  return [
    { ...common, client_id: clientId, client_name: 'Countersign', application_type: 'native', grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'] },
    { ...common, client_id: pagesClientId, client_name: 'Countersign hub', application_type: url.startsWith('https:') ? 'web' : 'native', grant_types: ['authorization_code'], redirect_uris: [`${url}/auth/callback`] },
  ]
}

/** The browser's earlier sign-in says nothing of today's groups: each one brings an assertion of its own. */
function freshPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  const { Check } = interactionPolicy
  policy.get('login')?.checks.add(new Check('assertion_missing', 'a new assertion is needed', 'login_required', (context) => (context.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT)))
  return policy
}

/** Short name of a SAML provider, for subjects. */
export function markOf(entityId: string): string {
  return createHash('sha256').update(entityId).digest('hex').slice(0, 12)
}
