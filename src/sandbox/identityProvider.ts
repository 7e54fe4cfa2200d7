/** A real OpenID provider (oidc-provider) with sample people and plain login pages, for trials and tests on loopback. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { errors, Provider, type ClientMetadata, type Configuration, type JWK } from 'oidc-provider'
import { identityStore } from './identityStore.ts'
import { PEOPLE, type SamplePerson } from './people.ts'

export interface IdentityProviderOptions {
  readonly host?: string
  readonly port?: number
  readonly people?: readonly SamplePerson[]
  /** Seconds: how long an access token is good for. */
  readonly accessTokenTtl?: number
  /** What the provider says of a sign-in (`acr`), given what was asked for; by default nothing. */
  readonly acrOf?: (asked: readonly string[]) => string | undefined
  /** `okta`: access tokens without `typ`, with the client in `cid`, the person in `uid` and a login name in `sub`. */
  readonly accessTokens?: 'okta'
  /** Programs that sign in as themselves (client credentials). */
  readonly clients?: readonly ClientMetadata[]
  /** Seconds by which the provider antedates each sign-in: as one answers that does not ask again. */
  readonly signInAge?: () => number
  /** False: whoever connects is cut off, as when the provider is down. */
  readonly isUp?: () => boolean
  /** Told of each answer of the token endpoint: what a search for tokens has to know. */
  readonly onTokens?: (answer: string) => void
}

export interface IdentityProvider {
  readonly issuer: string
  readonly people: SamplePerson[]
  /** Lets this hub be the audience of access tokens, and its pages sign people in. */
  allowHub(url: string): void
  /** Names of what went wrong at the provider, newest last. */
  readonly log: readonly string[]
  close(): Promise<void>
}

export const DESKTOP_CLIENT = 'countersign-desktop'
export const HUB_CLIENT = 'countersign-hub'

export async function startIdentityProvider(options: IdentityProviderOptions = {}): Promise<IdentityProvider> {
  const server = createServer()
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port: options.port ?? 0 }, resolve)
  })
  const address = server.address()
  const issuer = `http://${host}:${typeof address === 'object' && address ? address.port : 0}`
  const people = [...(options.people ?? PEOPLE)]
  const audiences = new Set<string>()
  const provider = new Provider(issuer, configuration(people, audiences, options))
  const log = watch(provider)
  serve(server, provider, people, issuer, options)
  return {
    issuer,
    people,
    log,
    allowHub: (url) => { audiences.add(url) },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => { resolve() }))
    },
  }
}

function signingKey(type: 'ec' | 'rsa'): JWK {
  const { privateKey } = type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: type === 'ec' ? 'ES256' : 'RS256', kid: randomUUID() }
}

function configuration(people: readonly SamplePerson[], audiences: ReadonlySet<string>, { accessTokenTtl = 300, clients: programs = [], accessTokens }: IdentityProviderOptions): Configuration {
  const person = (login: string | undefined): SamplePerson | undefined => people.find((one) => one.login === login)
  const native = { application_type: 'native' as const, token_endpoint_auth_method: 'none' as const, response_types: ['code' as const], id_token_signed_response_alg: 'ES256' as const }
  return {
    adapter: identityStore(),
    clients: [
      { ...native, client_id: DESKTOP_CLIENT, client_name: 'Countersign', grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'], redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'], post_logout_redirect_uris: ['http://127.0.0.1/signed-out'] },
      { ...native, client_id: HUB_CLIENT, client_name: 'Countersign hub', grant_types: ['authorization_code'], redirect_uris: ['http://127.0.0.1/auth/callback', 'http://[::1]/auth/callback'] },
      ...programs,
    ],
    jwks: { keys: [signingKey('ec'), signingKey('rsa')] },
    cookies: { keys: [randomUUID()] },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] },
    // As Entra, Okta and Keycloak do: the scopes' claims stand in the id_token.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: accessTokenTtl, ClientCredentials: accessTokenTtl, DeviceCode: 600, IdToken: 300, RefreshToken: 86_400, Interaction: 600, Session: 3600, Grant: 86_400, AuthorizationCode: 60 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: programs.length > 0 },
      deviceFlow: deviceFlow(),
      // Whoever a token was given to may give it back; said here, because the library prints a notice where nobody says it.
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (!audiences.has(resource)) throw new errors.InvalidTarget()
          return { scope: '', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: accessTokenTtl, jwt: { sign: { alg: 'ES256' } } }
        },
      },
    },
    extraTokenClaims: (ctx, token) => {
      const found = person('accountId' in token ? token.accountId : undefined)
      const from = ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.DeviceCode
      return found && { groups: found.groups, email: found.email, name: found.name, auth_time: from?.authTime ?? ctx.oidc.session?.loginTs }
    },
    findAccount: (_ctx, sub) => {
      const found = person(sub)
      return found && { accountId: sub, claims: () => ({ sub, name: found.name, preferred_username: sub, email: found.email, email_verified: true, groups: [...found.groups] }) }
    },
    ...(accessTokens === 'okta' ? { formats: { customizers: { jwt: likeOkta } } } : {}),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = page('This did not work', `<p>${escape(out.error)}: ${escape(out.error_description ?? '')}</p>`)
    },
  }
}

function likeOkta(_context: unknown, token: object, parts: { header?: object | undefined; payload: object }): void {
  const { client_id: cid, sub, ...payload } = parts.payload as Record<string, unknown>
  parts.header = { typ: undefined }
  parts.payload = { ...payload, cid, ver: 1, ...('accountId' in token ? { sub: `${String(sub)}@login.example`, uid: sub } : { sub: cid }) }
}

/** The pages of a sign-in with a code on another device. */
function deviceFlow(): NonNullable<NonNullable<Configuration['features']>['deviceFlow']> {
  return {
    enabled: true,
    userCodeInputSource: (ctx, form, _out, error) => {
      ctx.type = 'html'
      ctx.body = page('Enter the code', `${error ? '<p>This code is not known. Look at it again.</p>' : ''}${form}<p><button type="submit" form="op.deviceInputForm">Continue</button></p>`)
    },
    userCodeConfirmSource: (ctx, form, _client, _device, userCode) => {
      ctx.type = 'html'
      ctx.body = page('Is this your code?', `<p>${escape(userCode)}</p>${form}<p><button type="submit" form="op.deviceConfirmForm">Yes, sign in there</button></p>`)
    },
    successSource: (ctx) => {
      ctx.type = 'html'
      ctx.body = page('You are signed in', '<p>Go back to the other device.</p>')
    },
  }
}

function watch(provider: Provider): string[] {
  const log: string[] = []
  const note =
    (event: string) =>
    (...args: readonly unknown[]): void => {
      const error = args.find((one) => one instanceof Error)
      log.push(`${event}${error ? `: ${error.message}` : ''}`)
    }
  provider.on('server_error', note('server_error'))
  provider.on('authorization.error', note('authorization.error'))
  provider.on('grant.error', note('grant.error'))
  provider.on('grant.revoked', note('grant.revoked'))
  return log
}

function serve(server: Server, provider: Provider, people: readonly SamplePerson[], issuer: string, options: IdentityProviderOptions): void {
  const callback = provider.callback()
  server.on('request', (request, response) => {
    if (options.isUp?.() === false) {
      request.socket.destroy()
      return
    }
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname === '/token' && options.onTokens) tap(response, options.onTokens)
    const interaction = pathname.startsWith('/interaction/')
    const work = interaction ? interact(provider, people, options, request, response) : callback(request, response)
    work.catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/html; charset=utf-8' })
      response.end(page('This did not work', `<p>${escape(error instanceof Error ? error.message : 'unknown')}</p>`))
    })
  })
}

function tap(response: ServerResponse, told: (text: string) => void): void {
  const end = response.end.bind(response) as (...args: readonly unknown[]) => ServerResponse
  response.end = (...args: readonly unknown[]) => {
    const [body] = args
    if (typeof body === 'string' || Buffer.isBuffer(body)) told(body.toString())
    return end(...args)
  }
}

async function interact(provider: Provider, people: readonly SamplePerson[], options: IdentityProviderOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const details = await provider.interactionDetails(request, response)
  const { prompt, params, uid } = details
  if (request.method !== 'POST') {
    send(response, 200, prompt.name === 'login' ? loginPage(uid, people, params['login_hint']) : consentPage(uid))
    return
  }
  const form = new URLSearchParams(await bodyOf(request))
  if (prompt.name === 'login') {
    const found = people.find((one) => one.login === form.get('login') && one.password === form.get('password'))
    if (!found) {
      send(response, 403, page('Wrong name or password', `<p><a href="/interaction/${escape(uid)}">Try again</a></p>`))
      return
    }
    await provider.interactionFinished(request, response, { login: { accountId: found.login, amr: ['pwd'], ...howSignedIn(params['acr_values'], options) } }, { mergeWithLastSubmission: false })
    return
  }
  if (form.get('deny') !== null) {
    await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'the person said no' }, { mergeWithLastSubmission: false })
    return
  }
  // The session's own grant, when there is one: a new one that lacks its scopes would ask for consent for ever.
  const found = details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId)
  const grant = found ?? new provider.Grant({ accountId: details.session?.accountId ?? '', clientId: typeof params['client_id'] === 'string' ? params['client_id'] : '' })
  const missing = prompt.details as { missingOIDCScope?: string[]; missingOIDCClaims?: string[]; missingResourceScopes?: Record<string, string[]> }
  if (missing.missingOIDCScope) grant.addOIDCScope(missing.missingOIDCScope.join(' '))
  if (missing.missingOIDCClaims) grant.addOIDCClaims(missing.missingOIDCClaims)
  for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {})) grant.addResourceScope(resource, scopes.join(' '))
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
}

function howSignedIn(asked: unknown, { acrOf, signInAge }: IdentityProviderOptions): { ts: number; acr?: string } {
  const acr = acrOf?.(typeof asked === 'string' ? asked.split(' ') : [])
  return { ts: Math.floor(Date.now() / 1000) - (signInAge?.() ?? 0), ...(acr === undefined ? {} : { acr }) }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request as AsyncIterable<Buffer>) {
    body += chunk.toString('utf8')
    if (body.length > 10_000) throw new RangeError('the form is too long')
  }
  return body
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" })
  response.end(body)
}

function loginPage(uid: string, people: readonly SamplePerson[], hinted: unknown): string {
  const hint = people.find(({ email, login }) => email === hinted || login === hinted)?.login ?? ''
  const rows = people.map((one) => `<tr><td>${escape(one.login)}</td><td>${escape(one.password)}</td><td>${escape(one.name)}, ${escape(one.role)}</td></tr>`).join('')
  return page(
    'Sign in',
    `<p>This is a sample identity provider for trials. Nobody real is here.</p>
<form method="post" action="/interaction/${escape(uid)}">
<label>Name <input name="login" autocomplete="username" autofocus value="${escape(hint)}"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Sign in</button></form>
<table><caption>Sample people</caption><tr><th>Name</th><th>Password</th><th>Who</th></tr>${rows}</table>`,
  )
}

function consentPage(uid: string): string {
  return page('Allow Countersign to know who you are?', `<form method="post" action="/interaction/${escape(uid)}"><button>Allow</button> <button name="deny" value="1">Deny</button></form>`)
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>body{font:15px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}label{display:block;margin:.5rem 0}input{font:inherit;width:100%;padding:.3rem}button{font:inherit;padding:.4rem 1rem;margin-top:.5rem}table{margin-top:2rem;border-collapse:collapse;font-size:13px}td,th,caption{text-align:left;padding:.15rem .8rem .15rem 0}</style><h1>${escape(title)}</h1>${body}</html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
