/**
 * The hub as an OpenID provider over a SAML one, so that agents and pages speak OpenID Connect only. Each sign-in goes to the
 * SAML provider: groups are those of its newest assertion. What comes back is bound to the browser that began: the answer to the
 * request's id, the request to the RelayState, and a one-time ticket to the cookie of the interaction.
 */
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { Provider, type Configuration, type InteractionResults, type JWK } from 'oidc-provider'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { brokerSettings, markOf, type BrokerPerson } from './brokerSettings.ts'
import type { ServiceProvider } from './serviceProvider.ts'

export interface BrokerOptions {
  /** The hub's own URL. */
  readonly url: string
  /** Entity id of the SAML provider: part of each subject, so that another provider's people are other people. */
  readonly entityId: string
  readonly service: ServiceProvider
  readonly clientId: string
  readonly pagesClientId: string
  readonly groupsClaim: string
  readonly now: () => number
  readonly say: (line: string) => void
}

interface Pending {
  readonly uid: string
  readonly request: string
  readonly until: number
}

interface Ticket {
  readonly uid: string
  readonly login: NonNullable<InteractionResults['login']>
  readonly until: number
}

export const MOUNT = '/oidc'
const PENDING_MS = 600_000
const TICKET_MS = 60_000
/** More sign-ins than one address can begin in that time (http/server.ts). */
const MOST = 40_000

export class SamlBroker {
  readonly issuer: string
  readonly provider: Provider
  readonly #options: BrokerOptions
  readonly #jwks: { readonly keys: JWK[] }
  readonly #people = new Map<string, BrokerPerson>()
  /** By RelayState. */
  readonly #pending = new Map<string, Pending>()
  readonly #tickets = new Map<string, Ticket>()

  constructor(options: BrokerOptions) {
    this.#options = options
    this.issuer = `${options.url}${MOUNT}`
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: randomUUID() }] }
    const settings: Configuration = brokerSettings({ ...options, jwks: this.#jwks, person: (subject) => this.#people.get(subject) })
    this.provider = new Provider(this.issuer, settings)
    // What a proxy says of the outside is replaced by what the operator said (see `serve`).
    this.provider.proxy = true
    this.provider.on('server_error', (_context, error) => { options.say(`the broker failed (${describeError(error)})`) })
  }

  /** The public keys of the access tokens given out here: the hub does not ask itself over the network. */
  get keys(): ReturnType<typeof createLocalJWKSet> {
    const keys = this.#jwks.keys.map((key) => ({ kty: key.kty, crv: key.crv, x: key.x, y: key.y, kid: key.kid, alg: key.alg, use: key.use }))
    return createLocalJWKSet({ keys } as JSONWebKeySet)
  }

  get metadata(): string {
    return this.#options.service.metadata
  }

  /** Everything below the mount that is not an interaction. */
  serve(request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): void {
    const url = new URL(this.#options.url)
    request.headers['x-forwarded-proto'] = url.protocol.slice(0, -1)
    request.headers['x-forwarded-host'] = url.host
    request.originalUrl = request.url ?? '/'
    request.url = request.originalUrl.slice(MOUNT.length)
    void this.provider.callback()(request, response)
  }

  /**
   * The next step of a sign-in: to the SAML provider, or the question whether this program may know who they are.
   * @returns where the browser goes, or the id of the question to be shown
   */
  async step(request: IncomingMessage, response: ServerResponse): Promise<{ readonly to: string } | { readonly ask: string }> {
    const { uid, prompt, params } = await this.#details(request, response)
    // The hub's own pages need not be asked about: their sign-in is bound to the browser that began it, and leads nowhere else.
    if (prompt.name !== 'login' && params['client_id'] === this.#options.pagesClientId) return { to: await this.decided(request, response, true) }
    if (prompt.name !== 'login') return { ask: uid }
    const prompts = typeof params['prompt'] === 'string' ? params['prompt'].split(' ') : []
    const force = prompts.includes('login') || params['max_age'] !== undefined
    const relay = randomBytes(24).toString('base64url')
    const classes = typeof params['acr_values'] === 'string' ? params['acr_values'].split(' ').filter((one) => one !== '') : []
    const { url, id } = await this.#options.service.ask(relay, force, classes)
    this.#keep(this.#pending, relay, { uid, request: id, until: this.#options.now() + PENDING_MS })
    return { to: url }
  }

  /**
   * What the SAML provider's page posted: comes from another site, so no cookie comes with it.
   * @returns where the browser goes, with the ticket
   */
  async answered(fields: { readonly response: string; readonly relay: string }): Promise<string> {
    const pending = this.#take(this.#pending, fields.relay)
    if (!pending) throw new CountersignError('CS_SIGN_IN_FAILED', 'this answer belongs to no sign-in that is under way. Start the sign-in again; it has to begin here, not at the identity provider.')
    const person = await this.#options.service.answer(fields.response, pending.request)
    const subject = `saml:${markOf(this.#options.entityId)}:${person.nameId}`
    if (subject.length > 255) throw new CountersignError('CS_SIGN_IN_FAILED', 'the identity provider\'s name for you is too long.')
    this.#keep(this.#people, subject, { ...person, subject })
    const ticket = randomBytes(24).toString('base64url')
    const login = { accountId: subject, ts: person.authTime, amr: ['fed'], remember: false, ...(person.acr === undefined ? {} : { acr: person.acr }) }
    this.#keep(this.#tickets, ticket, { uid: pending.uid, login, until: this.#options.now() + TICKET_MS })
    return `${this.issuer}/interaction/${pending.uid}/finish?ticket=${ticket}`
  }

  /** @param ticket from the browser; good once, in the browser whose cookie names the same interaction */
  async finish(request: IncomingMessage, response: ServerResponse, ticket: string): Promise<string> {
    const known = this.#take(this.#tickets, ticket)
    const { uid } = await this.#details(request, response)
    if (known?.uid !== uid) throw notThisBrowser()
    return this.provider.interactionResult(request, response, { login: known.login }, { mergeWithLastSubmission: false })
  }

  /** The person said yes, or no. */
  async decided(request: IncomingMessage, response: ServerResponse, yes: boolean): Promise<string> {
    const details = await this.#details(request, response)
    if (!yes) return this.provider.interactionResult(request, response, { error: 'access_denied', error_description: 'the person said no' }, { mergeWithLastSubmission: false })
    const found = details.grantId === undefined ? undefined : await this.provider.Grant.find(details.grantId)
    const grant = found ?? new this.provider.Grant({ accountId: details.session?.accountId ?? '', clientId: String(details.params['client_id']) })
    const missing = details.prompt.details as { missingOIDCScope?: string[]; missingOIDCClaims?: string[]; missingResourceScopes?: Record<string, string[]> }
    if (missing.missingOIDCScope) grant.addOIDCScope(missing.missingOIDCScope.join(' '))
    if (missing.missingOIDCClaims) grant.addOIDCClaims(missing.missingOIDCClaims)
    for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {})) grant.addResourceScope(resource, scopes.join(' '))
    return this.provider.interactionResult(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
  }

  async #details(request: IncomingMessage, response: ServerResponse): Promise<Awaited<ReturnType<Provider['interactionDetails']>>> {
    try {
      return await this.provider.interactionDetails(request, response)
    } catch (cause) {
      throw notThisBrowser(cause)
    }
  }

  #keep<T>(map: Map<string, T>, key: string, value: T): void {
    // Set anew at the end: the first is the oldest.
    map.delete(key)
    map.set(key, value)
    const [oldest] = map.keys()
    if (map.size > MOST && oldest !== undefined) map.delete(oldest)
  }

  #take<T extends { readonly until: number }>(map: Map<string, T>, key: string): T | undefined {
    const found = map.get(key)
    map.delete(key)
    return found && found.until > this.#options.now() ? found : undefined
  }
}

function notThisBrowser(cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', 'this sign-in was not begun in this browser, or is over. Start it again.', cause === undefined ? {} : { cause, detail: describeError(cause) })
}
