/** Keys of an issuer whose tokens are taken: found by its discovery document alone, looked at again only after a cooldown. */
import { createRemoteJWKSet, customFetch, errors } from 'jose'
import { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { guardedFetch } from '../../platform/guardedFetch.ts'

/** Asymmetric only: with a symmetric one, the issuer's public key would be a signing key. */
export const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519']
export const SKEW_S = 30
export const LARGEST_TOKEN = 16_384

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

export type KeySet = ReturnType<typeof createRemoteJWKSet>

export class IssuerKeys {
  readonly #issuer: string
  readonly #cooldown: number
  readonly #refused: (why: string) => CountersignError
  #keys: Promise<KeySet> | undefined

  /**
   * @param cooldown milliseconds for which an unknown key id does not cause another look
   * @param refused makes the refusal of whoever presented a token
   */
  constructor(issuer: string, refused: (why: string) => CountersignError, cooldown = 30_000) {
    this.#issuer = issuer
    this.#refused = refused
    this.#cooldown = cooldown
  }

  /** @throws CountersignError CS_UPSTREAM_UNREACHABLE when the issuer is away */
  async get(): Promise<KeySet> {
    this.#keys ??= this.#discover().catch((error: unknown) => {
      this.#keys = undefined
      throw error
    })
    return this.#keys
  }

  async #discover(): Promise<KeySet> {
    const away = (cause: unknown): CountersignError => new CountersignError('CS_UPSTREAM_UNREACHABLE', 'the identity provider cannot be reached, so nobody can be recognised. Try again.', { cause, detail: describeError(cause) })
    let document: unknown
    try {
      const reply = await guardedFetch(`${this.#issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5000), headers: { accept: 'application/json' } })
      if (reply.status !== 200) throw new TypeError(`status ${reply.status}`)
      document = await reply.json()
    } catch (cause) {
      throw away(cause)
    }
    const parsed = discovery.safeParse(document)
    if (!parsed.success || parsed.data.issuer !== this.#issuer) throw this.#refused('the identity provider is not the one it claims to be')
    return createRemoteJWKSet(new URL(parsed.data.jwks_uri), { cooldownDuration: this.#cooldown, cacheMaxAge: 600_000, timeoutDuration: 5000, [customFetch]: guardedFetch })
  }
}

/** For the person and the log: which check failed, nothing of the token. */
export function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is wrong`
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed'
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) return 'no key of the identity provider signed it'
  if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return 'the identity provider\'s keys cannot be read now'
  return 'it cannot be read'
}
