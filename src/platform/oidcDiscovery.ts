/** An OpenID provider as a client of ours sees it: discovered once, with every check on. Shared by the agent and the hub's pages. */
import * as oidc from 'openid-client'
import { CountersignError, describeError } from '../protocol/errors.ts'
import { guardedFetch } from './guardedFetch.ts'
import { isLoopback } from './settings.ts'

/**
 * https for every issuer; plain http to this machine only, and then no redirect leads anywhere else.
 * @param secret of a confidential client, or how it proves itself otherwise; undefined for a public one
 * @throws what openid-client throws, and CountersignError CS_SETTING for an issuer in the clear
 */
export async function discoverProvider(issuer: string, clientId: string, secret?: string | oidc.ClientAuth): Promise<oidc.Configuration> {
  const url = new URL(issuer)
  const inTheClear = url.protocol === 'http:'
  if (url.protocol !== 'https:' && !(inTheClear && isLoopback(url.hostname))) throw new CountersignError('CS_SETTING', `the identity provider ${url.origin} must be https.`)
  // Marked deprecated to make one look twice: the guarded fetch keeps it to loopback. It must be this very function, the library looks for it.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
  const loopbackHttp = inTheClear ? [oidc.allowInsecureRequests] : []
  const auth = secret === undefined ? oidc.None() : typeof secret === 'string' ? oidc.ClientSecretPost(secret) : secret
  return oidc.discovery(url, clientId, typeof secret === 'string' ? secret : undefined, auth, {
    timeout: 10,
    [oidc.customFetch]: (target, init) => guardedFetch(target, init as RequestInit),
    // Without this the signature of an id_token from the token endpoint is not checked; ours are evidence.
    execute: [oidc.enableNonRepudiationChecks, ...loopbackHttp],
  })
}

/** The provider could not answer: asked again later, it may. */
export function isAway(error: unknown): boolean {
  if (error instanceof oidc.ClientError) return error.code === 'OAUTH_TIMEOUT' || error.cause instanceof TypeError || (error.cause instanceof Response && error.cause.status >= 500)
  return error instanceof TypeError
}

/** What went wrong, in a sentence for the person; the provider's own error code may stand in it, nothing else of its answer. */
export function signInError(error: unknown): CountersignError {
  if (error instanceof CountersignError) return error
  return new CountersignError('CS_SIGN_IN_FAILED', sentenceOf(error), { cause: error, detail: describeError(error) })
}

/** A code as registered ones are. What else stands there is text of somebody else's, which is shown to nobody. */
const CODE = /^[a-z][\w.-]{1,60}$/i
/** Seconds by which clocks may differ, as the hub takes it and as openid-client does. */
const SKEW_S = 30
const CLOCKS = 'the clock of this machine and that of your identity provider differ. Set this machine\'s clock right, then sign in again.'
/** What a person did, or did not do, on the provider's page: nothing is wrong with the provider then. */
const SAID: Readonly<Record<string, string>> = {
  access_denied: 'the sign-in was declined at your identity provider. Sign in again if that was not meant.',
  expired_token: 'nobody entered the code in time. Start the sign-in again.',
}

/** A token from the future is taken by the library; a machine whose clock is behind is told as one that is ahead. @throws CountersignError CS_SIGN_IN_FAILED */
export function checkIssuedAt(iat: number): void {
  if (iat > Date.now() / 1000 + SKEW_S) throw new CountersignError('CS_SIGN_IN_FAILED', CLOCKS)
}

function sentenceOf(error: unknown): string {
  if (isAway(error)) return 'your identity provider cannot be reached. Look at your network, then sign in again.'
  if (error instanceof oidc.ClientError && error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return CLOCKS
  const code = (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) && CODE.test(error.error) ? error.error : undefined
  if (code !== undefined && Object.hasOwn(SAID, code)) return SAID[code] ?? ''
  const said = code === undefined ? '' : ` (it said: ${code})`
  return `the sign-in with the identity provider failed${said}. Try again; if it stays so, ask its administrator.`
}
