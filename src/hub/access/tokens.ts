/**
 * People's access tokens (RFC 9068): only `at+jwt` for this hub, of the one issuer, signed by a key from its discovery document.
 * An id_token is no access token, and a key that the token itself brings (jwk, jku, x5u) is never looked at.
 */
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { guardedFetch } from '../../platform/guardedFetch.ts'
import { personOf, type Person } from './person.ts'

/** Asymmetric only: with a symmetric one, the provider's public key would be a signing key. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519']
const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti']
const SKEW_S = 30
const LARGEST_TOKEN = 16_384

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

export interface TokenOptions {
  readonly issuer: string
  readonly audience: string
  readonly groupsClaim: string
  readonly now: () => number
  /** Throws for somebody who gets nothing here any more. */
  readonly admit?: (person: Person) => void
  /** Milliseconds for which an unknown key id does not cause another look at the provider's keys. */
  readonly cooldown?: number
}

type KeySet = ReturnType<typeof createRemoteJWKSet>

export class PersonTokens {
  readonly #options: TokenOptions
  #keys: Promise<KeySet> | undefined

  constructor(options: TokenOptions) {
    this.#options = options
  }

  /**
   * @param header of the request, attacker-controlled
   * @throws CountersignError CS_NOT_SIGNED_IN when it brings no token, CS_SIGN_IN_FAILED when the token is not good here
   */
  async bearer(header: string | undefined): Promise<Person> {
    const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(header ?? '') ?? []
    if (token === undefined) throw new CountersignError('CS_NOT_SIGNED_IN', 'this needs the access token of a person who is signed in.')
    return this.verify(token)
  }

  /** @throws CountersignError CS_SIGN_IN_FAILED, CS_OFFBOARDED, CS_UPSTREAM_UNREACHABLE when the provider is away */
  async verify(token: string): Promise<Person> {
    const { issuer, audience, groupsClaim, now, admit } = this.#options
    if (token.length > LARGEST_TOKEN) throw refused('it is too long')
    try {
      const { payload } = await jwtVerify(token, await this.#keySet(), {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: ALGORITHMS,
        requiredClaims: CLAIMS,
        clockTolerance: SKEW_S,
        currentDate: new Date(now()),
      })
      if ((payload.iat ?? 0) * 1000 > now() + SKEW_S * 1000) throw refused('it is from the future')
      const person = personOf(payload, groupsClaim)
      admit?.(person)
      return person
    } catch (error) {
      throw error instanceof CountersignError ? error : refused(reasonOf(error), error)
    }
  }

  async #keySet(): Promise<KeySet> {
    this.#keys ??= this.#discover().catch((error: unknown) => {
      this.#keys = undefined
      throw error
    })
    return this.#keys
  }

  async #discover(): Promise<KeySet> {
    const { issuer, cooldown = 30_000 } = this.#options
    const away = (cause: unknown): CountersignError => new CountersignError('CS_UPSTREAM_UNREACHABLE', 'the identity provider cannot be reached, so nobody can be recognised. Try again.', { cause, detail: describeError(cause) })
    let document: unknown
    try {
      const reply = await guardedFetch(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5000), headers: { accept: 'application/json' } })
      if (reply.status !== 200) throw new TypeError(`status ${reply.status}`)
      document = await reply.json()
    } catch (cause) {
      throw away(cause)
    }
    const parsed = discovery.safeParse(document)
    if (!parsed.success || parsed.data.issuer !== issuer) throw refused('the identity provider is not the one it claims to be')
    return createRemoteJWKSet(new URL(parsed.data.jwks_uri), { cooldownDuration: cooldown, cacheMaxAge: 600_000, timeoutDuration: 5000, [customFetch]: guardedFetch })
  }
}

function refused(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', `the access token is not accepted here: ${why}. Sign in again.`, cause === undefined ? {} : { cause, detail: describeError(cause) })
}

/** For the person and the log: which check failed, nothing of the token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is wrong`
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed'
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) return 'no key of the identity provider signed it'
  if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return 'the identity provider\'s keys cannot be read now'
  return 'it cannot be read'
}
