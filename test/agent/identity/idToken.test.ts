/** Id_tokens of a provider that errs, or of somebody in its place: at the sign-in itself, through the agent's own client. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { exportJWK, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { Authority } from '../../../src/agent/identity/authority.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const CLIENT = 'countersign-desktop'

interface Provider {
  readonly issuer: string
  /** Makes the id_token of the next sign-in out of good claims. */
  idToken: (claims: JWTPayload) => Promise<string> | string
  /** What it gives for renewing. */
  refreshToken: string | undefined
  /** Clock of the provider, seconds ahead of ours. */
  ahead: number
  /** Where it says that codes are exchanged, in place of its own. */
  tokenEndpoint: string | undefined
  /** Sends those who come there elsewhere. */
  sendsTo: string | undefined
}

const signed = (claims: JWTPayload, key: KeyObject = privateKey, header: Record<string, unknown> = {}): Promise<string> => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key)

async function startProvider(t: TestContext): Promise<Provider> {
  let nonce = ''
  const server = createServer((request, response) => {
    void (async () => {
      const json = (value: object): void => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value)) }
      const { pathname, searchParams } = new URL(request.url ?? '', issuer)
      request.resume()
      if (pathname === '/authorize') {
        nonce = searchParams.get('nonce') ?? ''
        const back = new URL(searchParams.get('redirect_uri') ?? '')
        back.search = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '', iss: issuer }).toString()
        response.writeHead(302, { location: back.href }).end()
      } else if (pathname === '/token' && provider.sendsTo !== undefined) response.writeHead(307, { location: provider.sendsTo }).end()
      else if (pathname === '/keys') json({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] })
      else if (pathname === '/token') {
        const iat = Math.floor(Date.now() / 1000) + provider.ahead
        json({ token_type: 'bearer', access_token: 'at', expires_in: 300, refresh_token: provider.refreshToken, id_token: await provider.idToken({ iss: issuer, sub: 'ada', aud: CLIENT, nonce, iat, exp: iat + 300, auth_time: iat }) })
      } else json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: provider.tokenEndpoint ?? `${issuer}/token`, jwks_uri: `${issuer}/keys`, authorization_response_iss_parameter_supported: true, code_challenge_methods_supported: ['S256'], id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'] })
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const provider: Provider = { issuer, idToken: (claims) => signed(claims), refreshToken: undefined, ahead: 0, tokenEndpoint: undefined, sendsTo: undefined }
  return provider
}

/** @returns who is signed in, and the refresh that nobody kept */
async function signIn(provider: Provider, subject = 'ada', one = new Authority({ issuer: provider.issuer, clientId: CLIENT, groupsClaim: 'groups', resource: undefined })): Promise<Authority> {
  const { attempt, authorizeUrl } = await one.begin()
  const waiting = one.wait(attempt)
  waiting.catch(() => undefined)
  await (await fetch(authorizeUrl)).text()
  try {
    assert.equal((await waiting).principal.subject, subject)
  } catch (error) {
    await assert.rejects(one.accessToken(), { code: 'CS_NOT_SIGNED_IN' }, 'nothing of it was taken in')
    throw error
  }
  return one
}

const refused = (says: RegExp) => (error: unknown): boolean => error instanceof CountersignError && error.code === 'CS_SIGN_IN_FAILED' && says.test(`${error.message} ${error.detail ?? ''}`)

describe('an id_token at the sign-in', () => {
  test('S8 from the future is told as what it is, a clock that is behind, as one from the past is; half a minute is nothing', async (t) => {
    const provider = await startProvider(t)
    for (const ahead of [400, -400]) {
      provider.ahead = ahead
      await assert.rejects(signIn(provider), refused(/clock of this machine and that of your identity provider differ\. Set this machine's clock right/))
    }
    for (const ahead of [25, -25]) {
      provider.ahead = ahead
      await signIn(provider)
    }
  })

  test('is taken when it is good, and within half a minute of skew', async (t) => {
    const provider = await startProvider(t)
    await signIn(provider)
    provider.idToken = (claims) => signed({ ...claims, exp: Math.floor(Date.now() / 1000) - 25 })
    await signIn(provider)
  })

  test('S13 of somebody else whom the provider gives nothing for renewing is not renewed as the person before', async (t) => {
    const provider = await startProvider(t)
    provider.refreshToken = 'of-ada'
    const one = await signIn(provider)
    provider.refreshToken = undefined
    provider.idToken = (claims) => signed({ ...claims, sub: 'grace' })
    await signIn(provider, 'grace', one)
    assert.equal(one.refreshToken, undefined)
    await assert.rejects(one.refresh(), refused(/cannot be renewed/))
  })

  test('S12 that comes with a renewal and is somebody else\'s ends the sign-in', async (t) => {
    const provider = await startProvider(t)
    provider.refreshToken = 'one'
    const one = await signIn(provider)
    provider.idToken = (claims) => signed({ ...claims, sub: 'eve' })
    provider.refreshToken = 'two'
    await assert.rejects(one.refresh(), { code: 'CS_SESSION_EXPIRED', message: /answered for somebody else/ })
    assert.equal(one.refreshToken, 'one', 'nothing of it was taken in')
  })

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cases: readonly (readonly [what: string, idToken: Provider['idToken'], says: RegExp])[] = [
    ['forged with another key', (claims) => signed(claims, stranger.privateKey), /CS_SIGN_IN_FAILED|OAUTH_/],
    ['forged with a key that it brings along', async (claims) => signed(claims, stranger.privateKey, { jwk: await exportJWK(stranger.publicKey), kid: 'mine' }), /OAUTH_/],
    ['unsigned', (claims) => new UnsecuredJWT(claims).encode(), /OAUTH_/],
    ['signed with the public key as a secret', async (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.from(JSON.stringify(await exportJWK(publicKey)))), /OAUTH_/],
    ['for another client', (claims) => signed({ ...claims, aud: 'another' }), /OAUTH_/],
    ['for others too, without a word of whom it was made for', (claims) => signed({ ...claims, aud: [CLIENT, 'another'] }), /OAUTH_/],
    ['of another issuer', (claims) => signed({ ...claims, iss: 'https://evil.example' }), /OAUTH_/],
    ['that is over', (claims) => signed({ ...claims, exp: Math.floor(Date.now() / 1000) - 31 }), /the clock of this machine and that of your identity provider differ/],
  ]
  for (const [what, idToken, says] of cases)
    test(`S8 ${what} is refused`, async (t) => {
      const provider = await startProvider(t)
      provider.idToken = idToken
      await assert.rejects(signIn(provider), refused(says))
    })

  for (const [what, nonce] of [['of another attempt', 'another'], ['without its nonce', undefined]] as const)
    test(`S2 ${what} is refused`, async (t) => {
      const provider = await startProvider(t)
      provider.idToken = ({ nonce: _own, ...claims }) => signed({ ...claims, ...(nonce === undefined ? {} : { nonce }) })
      await assert.rejects(signIn(provider), refused(/OAUTH_/))
    })

  test('S7 a code goes to no other place than the provider said over a safe line, and follows no redirect', async (t) => {
    const [provider, other] = [await startProvider(t), await startProvider(t)]
    let came = 0
    other.idToken = (claims) => {
      came++
      return signed({ ...claims, iss: provider.issuer })
    }
    provider.sendsTo = `${other.issuer}/token`
    await assert.rejects(signIn(provider), refused(/CS_SIGN_IN_FAILED|OAUTH_|failed/))
    assert.equal(came, 0)
    const clear = await startProvider(t)
    clear.idToken = (claims) => {
      came++
      return signed(claims)
    }
    // It would be reached, and answer rightly: only the line is not safe as far as anybody can tell.
    clear.tokenEndpoint = `${clear.issuer.replace('127.0.0.1', '0.0.0.0')}/token`
    await assert.rejects(signIn(clear), refused(/TypeError|OAUTH_|failed/))
    assert.equal(came, 0)
  })

  test('of a provider that is ten minutes behind us is refused, and the sentence speaks of clocks', async (t) => {
    const provider = await startProvider(t)
    provider.ahead = -600
    await assert.rejects(signIn(provider), refused(/Set this machine's clock right/))
  })

  test('of nobody: a provider that cannot be reached is told as such', async () => {
    const one = new Authority({ issuer: 'http://127.0.0.1:9', clientId: CLIENT, groupsClaim: 'groups', resource: undefined })
    await assert.rejects(one.begin(), refused(/your identity provider cannot be reached\. Look at your network/))
  })
})
