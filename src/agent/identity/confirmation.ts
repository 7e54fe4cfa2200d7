/**
 * A sign-in for one decision (step-up, RFC 9470): the person proves anew who they are, and the provider signs, as `nonce`, the digest
 * of what is decided. Nothing is kept of it here but the id_token, which is the proof; the person's own sign-in stays as it is.
 */
import * as oidc from 'openid-client'
import { CountersignError } from '../../protocol/errors.ts'
import type { Principal } from '../../protocol/identity.ts'
import { signInError } from '../../platform/oidcDiscovery.ts'
import { openLoopback } from './loopback.ts'

export interface ConfirmationRequest {
  /** Who has to confirm: somebody else's sign-in counts for nothing. */
  readonly person: Pick<Principal, 'issuer' | 'subject' | 'email'>
  readonly nonce: string
  /** One of these the provider must say of the sign-in. */
  readonly acr: readonly string[] | undefined
}

export interface BegunConfirmation {
  readonly attempt: string
  readonly authorizeUrl: string
  /** The id_token. */
  readonly done: Promise<string>
  end(): Promise<void>
}

/** Seconds. A provider that is asked for a new sign-in and answers with an older one is refused. */
const FRESH_S = 60

export async function beginConfirmation(config: oidc.Configuration, request: ConfirmationRequest): Promise<BegunConfirmation> {
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const listener = await openLoopback(state)
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: listener.redirectUri,
    // No more than this: what is kept as the receipt need not name anybody.
    scope: 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce: request.nonce,
    prompt: 'login',
    max_age: '0',
    ...(request.acr === undefined ? {} : { acr_values: request.acr.join(' ') }),
    ...(request.person.email === undefined ? {} : { login_hint: request.person.email }),
  })
  const finish = async (): Promise<string> => {
    try {
      const tokens = await oidc.authorizationCodeGrant(config, await listener.result, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: request.nonce, idTokenExpected: true, maxAge: FRESH_S })
      const idToken = checked(tokens, request)
      listener.tell(true)
      return idToken
    } catch (error) {
      throw confirmationError(error)
    } finally {
      await listener.close()
    }
  }
  return { attempt: state, authorizeUrl: url.href, done: finish(), end: () => listener.close() }
}

/** The hub checks all of this again; here it is said at once, and in whose hands it lies. */
function checked(tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers, { person, acr }: ConfirmationRequest): string {
  const claims = tokens.claims()
  if (!claims || tokens.id_token === undefined) throw refused('the identity provider sent no identity')
  if (claims.iss !== person.issuer || claims.sub !== person.subject) throw refused('somebody else signed in. Sign in as yourself')
  if (acr && (typeof claims['acr'] !== 'string' || !acr.includes(claims['acr']))) throw refused(`the rule asks for a stronger sign-in (${acr.join(' or ')}), and your identity provider did not confirm one. Use your second factor, or ask its administrator`)
  return tokens.id_token
}

function confirmationError(error: unknown): CountersignError {
  const old = error instanceof oidc.ClientError && error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'
  return old ? refused('your identity provider was asked for a new sign-in and answered with an older one. Ask its administrator whether it honours max_age', error) : signInError(error)
}

function refused(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', `${why}. Nothing was decided.`, cause === undefined ? {} : { cause })
}
