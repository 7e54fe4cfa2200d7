/**
 * Sign-in by OpenID Connect: code with PKCE over a loopback redirect (RFC 6749, 7636, 8252, 9207), in the agent, so that there
 * is one refresher for all windows. Tokens live in memory; the refresh token may be kept by whoever holds the secret port.
 */
import * as oidc from 'openid-client'
import { CountersignError } from '../../protocol/errors.ts'
import type { Principal } from '../../protocol/identity.ts'
import { discoverProvider, signInError } from '../../platform/oidcDiscovery.ts'
import { Attempts } from './attempts.ts'
import { principalOf } from './claims.ts'
import { beginConfirmation, type ConfirmationRequest } from './confirmation.ts'
import { checkShown, pollDevice, realTime, type Time } from './deviceFlow.ts'
import { openLoopback, type LoopbackListener } from './loopback.ts'
import { isSamePerson } from './sessions.ts'

export interface AuthorityOptions {
  readonly issuer: string
  readonly clientId: string
  readonly groupsClaim: string
  /** Audience of access tokens for the hub (RFC 8707); none without a hub. */
  readonly resource: string | undefined
  /** Told of each new refresh token: whoever keeps the old one replaces it, because with rotation the old one is spent. */
  readonly onKept?: (refreshToken: string | undefined) => void
  /** Told who somebody proved to be, before anything that renews their sign-in is told or can be asked for. */
  readonly onPerson?: (principal: Principal) => void
  /** Somebody else signed in over the person before, whose access tokens these are. @param revoked what came of taking back what could renew them */
  readonly onReplaced?: (accessTokens: readonly string[], revoked: Promise<unknown>) => void
  /** For waiting on a code that is entered elsewhere. */
  readonly time?: Time
}

export interface SignedIn {
  readonly principal: Principal
}

/** A sign-in on another device (RFC 8628): for where no browser can come back to this machine. */
export interface DeviceSignIn {
  readonly attempt: string
  readonly userCode: string
  readonly verificationUri: string
  /** With the code in it. */
  readonly verificationUriComplete: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const
/** Asked for only where the provider offers it: others put groups into tokens by a setting of theirs, and refuse a scope they do not know. */
const GROUPS_SCOPE = 'groups'
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export class Authority {
  readonly #options: AuthorityOptions
  readonly #time: Time
  #config: Promise<oidc.Configuration> | undefined
  readonly #attempts = new Attempts<SignedIn>()
  readonly #confirmations = new Attempts<string>()
  #tokens: { readonly access: string; readonly expiresAt: number; readonly refresh: string | undefined; readonly idToken: string } | undefined
  /** Access tokens that were replaced and are not over yet. */
  #earlier: { readonly access: string; readonly expiresAt: number }[] = []
  #refreshing: Promise<void> | undefined
  #principal: Principal | undefined

  constructor(options: AuthorityOptions) {
    this.#options = options
    this.#time = options.time ?? realTime
  }

  /**
   * Begins an attempt: opens the redirect listener and says which page the person's own browser must open.
   * @throws CountersignError CS_SIGN_IN_FAILED when the provider cannot be reached or is not what it claims
   */
  async begin(hints: { readonly loginHint?: string; readonly prompt?: 'login' } = {}): Promise<{ attempt: string; authorizeUrl: string }> {
    this.#attempts.checkRoom()
    const config = await this.#discovered()
    const verifier = oidc.randomPKCECodeVerifier()
    const state = oidc.randomState()
    const nonce = oidc.randomNonce()
    const listener = await openLoopback(state)
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: listener.redirectUri,
      scope: scopesFor(config),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      prompt: hints.prompt === 'login' ? 'login consent' : 'consent',
      ...(this.#options.resource === undefined ? {} : { resource: this.#options.resource }),
      ...(hints.loginHint === undefined ? {} : { login_hint: hints.loginHint }),
    })
    this.#attempts.add(state, { done: this.#finish(config, listener, { verifier, state, nonce }), end: () => listener.close() })
    return { attempt: state, authorizeUrl: url.href }
  }

  /** @throws CountersignError CS_SIGN_IN_FAILED */
  wait(attempt: string): Promise<SignedIn> {
    return this.#attempts.wait(attempt)
  }

  /** Begins a sign-in for one decision. @throws CountersignError CS_SIGN_IN_FAILED when the provider cannot be reached */
  async confirm(request: ConfirmationRequest): Promise<{ attempt: string; authorizeUrl: string }> {
    this.#confirmations.checkRoom()
    const begun = await beginConfirmation(await this.#discovered(), request)
    this.#confirmations.add(begun.attempt, begun)
    return { attempt: begun.attempt, authorizeUrl: begun.authorizeUrl }
  }

  /** @returns the id_token whose nonce is what was asked for @throws CountersignError CS_SIGN_IN_FAILED */
  confirmed(attempt: string): Promise<string> {
    return this.#confirmations.wait(attempt)
  }

  /**
   * Takes up a sign-in that was kept over the agent's life.
   * @param refreshToken from SecretStorage, so of whoever could write there: the provider says whether it is good
   * @returns with `authTime` 0 where the provider does not say when the person proved who they are: it was not now
   * @throws CountersignError CS_SIGN_IN_FAILED
   */
  async restore(refreshToken: string): Promise<SignedIn> {
    try {
      const tokens = await oidc.refreshTokenGrant(await this.#discovered(), refreshToken, this.#options.resource === undefined ? {} : { resource: this.#options.resource })
      return this.#taken(tokens, tokens.claims()?.auth_time ?? 0)
    } catch (error) {
      throw signInError(error)
    }
  }

  /** Those that are still good somewhere: whoever signs out gives them back. */
  get accessTokens(): readonly string[] {
    return [...this.#earlier, ...(this.#tokens ? [this.#tokens] : [])].filter(({ expiresAt }) => expiresAt > Date.now()).map(({ access }) => access)
  }

  /** For SecretStorage, handed only to a program that signed the person in. */
  get refreshToken(): string | undefined {
    return this.#tokens?.refresh
  }

  async cancel(attempt: string): Promise<void> {
    await this.#attempts.cancel(attempt)
    await this.#confirmations.cancel(attempt)
  }

  /**
   * Begins a sign-in with a code on another device. Polling obeys the provider (`interval`, `slow_down`).
   * @throws CountersignError CS_SIGN_IN_FAILED also when the provider offers no device flow
   */
  async beginDevice(): Promise<DeviceSignIn> {
    this.#attempts.checkRoom()
    const config = await this.#discovered()
    if (config.serverMetadata().device_authorization_endpoint === undefined) throw new CountersignError('CS_SIGN_IN_FAILED', 'your identity provider offers no sign-in with a code. Sign in with the browser on this machine.')
    const resource = this.#options.resource === undefined ? undefined : { resource: this.#options.resource }
    const verifier = oidc.randomPKCECodeVerifier()
    try {
      // Some providers ask for PKCE here too; the others ignore it.
      const begun = await oidc.initiateDeviceAuthorization(config, { scope: scopesFor(config), ...resource, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
      checkShown({ page: begun.verification_uri, code: begun.user_code })
      if (begun.verification_uri_complete !== undefined) checkShown({ page: begun.verification_uri_complete, code: begun.user_code })
      const ended = new AbortController()
      const attempt = oidc.randomState()
      const expiresAt = this.#time.now() + begun.expires_in * 1000
      const ask = (): ReturnType<typeof oidc.genericGrantRequest> => oidc.genericGrantRequest(config, DEVICE_GRANT, { ...resource, device_code: begun.device_code, code_verifier: verifier })
      const done = pollDevice({ ask, interval: begun.interval, expiresAt, signal: ended.signal, time: this.#time }).then(
        (tokens) => this.#taken(tokens),
        (error: unknown) => { throw signInError(error) },
      )
      this.#attempts.add(attempt, {
        done,
        end: () => {
          ended.abort()
          return Promise.resolve()
        },
      })
      return { attempt, userCode: begun.user_code, verificationUri: begun.verification_uri, verificationUriComplete: begun.verification_uri_complete, expiresAt }
    } catch (error) {
      throw signInError(error)
    }
  }

  #taken(tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers, authTime?: number): SignedIn {
    const proven = principalOf(tokens.claims(), this.#options.groupsClaim)
    const principal = authTime === undefined ? proven : { ...proven, authTime }
    if (this.#principal && !isSamePerson(this.#principal, principal)) this.#replace()
    this.#options.onPerson?.(principal)
    this.#keep(tokens)
    this.#principal = principal
    return { principal }
  }

  /** Nothing of one person serves the next: a provider that sends no refresh token would have one renewed in the other's name. */
  #replace(): void {
    const { accessTokens, refreshToken } = this
    this.#tokens = undefined
    this.#earlier = []
    this.#options.onKept?.(undefined)
    this.#options.onReplaced?.(accessTokens, this.#revoke(refreshToken))
  }

  async #revoke(refreshToken: string | undefined): Promise<void> {
    if (refreshToken !== undefined) await oidc.tokenRevocation(await this.#discovered(), refreshToken, { token_type_hint: 'refresh_token' })
  }

  async #finish(config: oidc.Configuration, listener: LoopbackListener, bound: { verifier: string; state: string; nonce: string }): Promise<SignedIn> {
    try {
      const url = await listener.result
      const tokens = await oidc.authorizationCodeGrant(
        config,
        url,
        { pkceCodeVerifier: bound.verifier, expectedState: bound.state, expectedNonce: bound.nonce, idTokenExpected: true },
        this.#options.resource === undefined ? {} : { resource: this.#options.resource },
      )
      const signedIn = this.#taken(tokens)
      listener.tell(true)
      return signedIn
    } catch (error) {
      throw signInError(error)
    } finally {
      await listener.close()
    }
  }

  #keep(tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): void {
    if (this.#tokens) this.#earlier.push(this.#tokens)
    this.#earlier = this.#earlier.filter(({ expiresAt }) => expiresAt > Date.now())
    this.#tokens = {
      access: tokens.access_token,
      expiresAt: Date.now() + (tokens.expiresIn() ?? 60) * 1000,
      refresh: tokens.refresh_token ?? this.#tokens?.refresh,
      idToken: tokens.id_token ?? this.#tokens?.idToken ?? '',
    }
    if (tokens.refresh_token !== undefined) this.#options.onKept?.(tokens.refresh_token)
  }

  /** An access token for the hub that is good for half a minute at least. @throws CountersignError CS_NOT_SIGNED_IN, CS_SIGN_IN_FAILED */
  async accessToken(): Promise<string> {
    if (!this.#tokens) throw new CountersignError('CS_NOT_SIGNED_IN', 'nobody is signed in.')
    if (this.#tokens.expiresAt - Date.now() < 30_000) await this.refresh()
    return this.#tokens.access
  }

  /**
   * One refresh at a time: with rotation, two at once end the session.
   * @returns the person as the provider sees them now, groups included
   */
  async refresh(): Promise<Principal | undefined> {
    this.#refreshing ??= this.#refreshOnce().finally(() => { this.#refreshing = undefined })
    await this.#refreshing
    return this.#principal
  }

  async #refreshOnce(): Promise<void> {
    const refresh = this.#tokens?.refresh
    if (refresh === undefined) throw new CountersignError('CS_SIGN_IN_FAILED', 'the sign-in cannot be renewed. Sign in again.')
    try {
      const tokens = await oidc.refreshTokenGrant(await this.#discovered(), refresh, this.#options.resource === undefined ? {} : { resource: this.#options.resource })
      const principal = tokens.claims() ? principalOf(tokens.claims(), this.#options.groupsClaim) : this.#principal
      if (principal && this.#principal && !isSamePerson(principal, this.#principal)) throw new CountersignError('CS_SESSION_EXPIRED', 'your identity provider answered for somebody else. Sign in again.')
      this.#keep(tokens)
      this.#principal = principal && { ...principal, authTime: this.#principal?.authTime ?? 0 }
    } catch (error) {
      // The provider took the sign-in back (signed out there, disabled, reused): trying again cannot mend it.
      if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') throw new CountersignError('CS_SESSION_EXPIRED', 'your identity provider ended your sign-in. Sign in again.', { cause: error })
      throw signInError(error)
    }
  }

  /** The provider's page that ends the sign-in there too (OpenID Connect RP-Initiated Logout); undefined when it has none. */
  async logoutUrl(): Promise<string | undefined> {
    const idToken = this.#tokens?.idToken
    if (idToken === undefined || idToken === '') return undefined
    const config = await this.#discovered()
    return config.serverMetadata().end_session_endpoint === undefined ? undefined : oidc.buildEndSessionUrl(config, { id_token_hint: idToken }).href
  }

  /** Revokes at the provider (RFC 7009) and forgets. Forgetting happens also when the provider is away. */
  async signOut(): Promise<void> {
    const tokens = this.#tokens
    this.#tokens = undefined
    this.#earlier = []
    this.#principal = undefined
    await this.#attempts.cancelAll()
    await this.#confirmations.cancelAll()
    await this.#revoke(tokens?.refresh)
  }

  async #discovered(): Promise<oidc.Configuration> {
    this.#config ??= discoverProvider(this.#options.issuer, this.#options.clientId).catch((error: unknown) => {
      this.#config = undefined
      throw signInError(error)
    })
    return this.#config
  }
}

function scopesFor(config: oidc.Configuration): string {
  const offered = config.serverMetadata().scopes_supported
  return [...SCOPES.filter((scope) => scope === 'openid' || offered === undefined || offered.includes(scope)), ...(offered?.includes(GROUPS_SCOPE) ? [GROUPS_SCOPE] : [])].join(' ')
}
