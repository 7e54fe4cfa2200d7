/**
 * Sign-in to the pages: OpenID Connect code flow with PKCE. An attempt is bound to the browser that began it by a cookie of its
 * own, so that nobody can be signed in as somebody else by a link.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as oidc from 'openid-client'
import { CountersignError } from '../../protocol/errors.ts'
import { discoverProvider, isAway, signInError } from '../../platform/oidcDiscovery.ts'
import { personOf, type Person } from '../access/person.ts'
import type { Hub } from '../hub.ts'
import { keepCaller } from '../http/callers.ts'
import type { RateLimit } from '../http/rateLimit.ts'
import type { PageSession, PageSessions } from './sessions.ts'

interface Attempt {
  readonly state: string
  readonly verifier: string
  readonly nonce: string
  readonly to: string
  readonly until: number
}

const ATTEMPT_MS = 600_000
/** More than one address can begin in that time (http/server.ts): nobody pushes out those of others. */
const MOST_ATTEMPTS = 40_000
const LONGEST_PATH = 2000

export class PageSignIn {
  readonly #hub: Hub
  readonly #sessions: PageSessions
  /** By the attempt's cookie. */
  readonly #attempts = new Map<string, Attempt>()
  #provider: Promise<oidc.Configuration> | undefined

  constructor(hub: Hub, sessions: PageSessions) {
    this.#hub = hub
    this.#sessions = sessions
  }

  addRoutes(app: FastifyInstance, limit: RateLimit): void {
    const limited = { onRequest: (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => { limit.take(request.ip); done() } }
    app.get('/auth/sign-in', limited, async (request, reply) => reply.redirect(await this.#begin(request, reply), 303))
    app.get('/auth/callback', limited, async (request, reply) => reply.redirect(await this.#finish(request, reply), 303))
  }

  sessionOf(request: FastifyRequest): PageSession | undefined {
    const session = this.#sessions.find(request.cookies[this.#cookie('session')])
    if (!session || this.#hub.removals.isRemoved(session.person)) return undefined
    keepCaller(request, { person: session.person })
    return session
  }

  /** For what a form asks. @throws CountersignError CS_NOT_SIGNED_IN */
  formSession(request: FastifyRequest): PageSession {
    const session = this.sessionOf(request)
    if (!session) throw new CountersignError('CS_NOT_SIGNED_IN', 'you are not signed in here, or signed in more than ten minutes ago. Open the page again.')
    return session
  }

  /** Where a browser without a session goes, and comes back from. */
  wayIn(request: FastifyRequest): string {
    return `/auth/sign-in?to=${encodeURIComponent(request.url)}`
  }

  signOut(request: FastifyRequest, reply: FastifyReply): void {
    this.#sessions.end(request.cookies[this.#cookie('session')])
    reply.clearCookie(this.#cookie('session'), { path: '/' })
    reply.clearCookie(this.#cookie('decide'), { path: '/' })
  }

  /** A form counts only when this hub's own page of this session sent it. @throws CountersignError CS_BROWSER_REFUSED */
  checkForm(request: FastifyRequest, session: PageSession): void {
    const { token } = (request.body ?? {}) as { token?: unknown }
    if (request.headers.origin !== new URL(this.#hub.url).origin || token !== session.formToken) throw notOurForm()
  }

  /** The same, and sent by a browser that was on this hub's page: for forms that decide something. @throws CountersignError CS_BROWSER_REFUSED */
  checkDecision(request: FastifyRequest, session: PageSession): void {
    this.checkForm(request, session)
    if (request.cookies[this.#cookie('decide')] !== session.decideToken) throw notOurForm()
  }

  async #begin(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const provider = await this.#discovered()
    const { to } = request.query as { to?: unknown }
    const attempt = { state: oidc.randomState(), verifier: oidc.randomPKCECodeVerifier(), nonce: oidc.randomNonce(), to: ownPath(to, this.#hub.url), until: this.#hub.now() + ATTEMPT_MS }
    const cookie = randomBytes(32).toString('base64url')
    this.#attempts.set(cookie, attempt)
    const [oldest] = this.#attempts.keys()
    if (this.#attempts.size > MOST_ATTEMPTS && oldest !== undefined) this.#attempts.delete(oldest)
    // Lax: the provider's redirect back comes from another site.
    reply.setCookie(this.#cookie('attempt'), cookie, { ...this.#cookieOptions(), sameSite: 'lax', maxAge: ATTEMPT_MS / 1000 })
    return oidc.buildAuthorizationUrl(provider, {
      redirect_uri: `${this.#hub.url}/auth/callback`,
      scope: 'openid profile email groups',
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      state: attempt.state,
      nonce: attempt.nonce,
    }).href
  }

  async #finish(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const cookie = request.cookies[this.#cookie('attempt')]
    const attempt = cookie === undefined ? undefined : this.#attempts.get(cookie)
    if (cookie !== undefined) this.#attempts.delete(cookie)
    if (!attempt || attempt.until < this.#hub.now()) throw new CountersignError('CS_SIGN_IN_FAILED', 'this sign-in was not begun in this browser, or too long ago. Open the page again.')
    const { person, accessToken } = await this.#exchange(new URL(request.url, this.#hub.url), attempt)
    this.#hub.removals.checkPerson(person)
    await this.#hub.labels.keepPerson(person)
    this.#sessions.end(request.cookies[this.#cookie('session')])
    reply.clearCookie(this.#cookie('attempt'), { path: '/' })
    const { cookie: session, decideToken } = this.#sessions.begin(person, accessToken)
    reply.setCookie(this.#cookie('session'), session, { ...this.#cookieOptions(), sameSite: 'lax' })
    reply.setCookie(this.#cookie('decide'), decideToken, { ...this.#cookieOptions(), sameSite: 'strict' })
    return attempt.to
  }

  /**
   * Who the person of a session is at this moment, for deciding something: groups as the provider has them now. One that does not tell
   * groups there leaves those of the sign-in, which is ten minutes old at most.
   * @throws CountersignError CS_NOT_SIGNED_IN when the provider does not know the sign-in any more, CS_UPSTREAM_UNREACHABLE when it is away
   */
  async personNow({ person, accessToken }: PageSession): Promise<Person> {
    const provider = await this.#discovered()
    if (provider.serverMetadata().userinfo_endpoint === undefined) return person
    try {
      const claims = await oidc.fetchUserInfo(provider, accessToken, person.subject)
      const { groupsClaim } = this.#hub.config
      if (!Object.hasOwn(claims, groupsClaim) && !Object.hasOwn(claims, '_claim_names')) return person
      return { ...person, groups: personOf({ ...claims, iss: person.issuer }, groupsClaim).groups }
    } catch (error) {
      if (error instanceof CountersignError) throw error
      if (isAway(error)) throw new CountersignError('CS_UPSTREAM_UNREACHABLE', 'the identity provider cannot be reached, so nobody can tell what you may do now. Try again.', { cause: error })
      throw new CountersignError('CS_NOT_SIGNED_IN', 'the identity provider does not know your sign-in any more. Open the page again.', { cause: error })
    }
  }

  async #exchange(url: URL, { verifier, state, nonce }: Attempt): Promise<{ readonly person: Person; readonly accessToken: string }> {
    try {
      const tokens = await oidc.authorizationCodeGrant(await this.#discovered(), url, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true })
      return { person: personOf(tokens.claims() ?? {}, this.#hub.config.groupsClaim), accessToken: tokens.access_token }
    } catch (error) {
      throw signInError(error)
    }
  }

  async #discovered(): Promise<oidc.Configuration> {
    const { issuer, pagesClient } = this.#hub.config
    this.#provider ??= discoverProvider(issuer, pagesClient.id, pagesClient.secret).catch((error: unknown) => {
      this.#provider = undefined
      throw signInError(error)
    })
    return this.#provider
  }

  #cookie(name: 'session' | 'attempt' | 'decide'): string {
    // The prefix makes browsers refuse one that another host or a plain page set.
    return `${this.#secure ? '__Host-' : ''}countersign-${name}`
  }

  get #secure(): boolean {
    return this.#hub.url.startsWith('https:')
  }

  #cookieOptions(): { path: string; httpOnly: boolean; secure: boolean } {
    return { path: '/', httpOnly: true, secure: this.#secure }
  }
}

function notOurForm(): CountersignError {
  return new CountersignError('CS_BROWSER_REFUSED', 'this form was not sent by a page of this hub. Open the page again.')
}

/** A path of this hub and nothing else: no way to send somebody elsewhere after the sign-in, also not by a path that becomes another when it is read. */
function ownPath(to: unknown, base: string): string {
  if (typeof to !== 'string' || to.length > LONGEST_PATH || !isPath(to) || !URL.canParse(to, base)) return '/'
  const { origin, pathname, search } = new URL(to, base)
  return origin === new URL(base).origin && isPath(pathname) && !pathname.startsWith('/auth/') ? pathname + search : '/'
}

/** Two slashes at its beginning would be another host's. */
function isPath(text: string): boolean {
  return /^\/(?![/\\])/.test(text)
}
