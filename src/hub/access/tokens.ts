/**
 * People's access tokens (RFC 9068): only `at+jwt` for this hub, of the one issuer, signed by a key from its discovery document.
 * An id_token is no access token, and a key that the token itself brings (jwk, jku, x5u) is never looked at. A token counts only
 * when it was given to the program that people sign in with: what another program asked for, or got for itself without a person,
 * opens nothing. Workloads bring tokens that this hub signed itself, of an issuer of their own.
 */
import { decodeJwt, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { ALGORITHMS, IssuerKeys, LARGEST_TOKEN, reasonOf, SKEW_S } from './issuerKeys.ts'
import { personOf, type Person } from './person.ts'

const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti']
/** What only an id_token carries. */
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash']

/**
 * How the provider writes access tokens. `rfc9068`: header `typ` is at+jwt, which no other token of it has. `okta`: an
 * authorization server of Okta's leaves `typ` out; there the audience (a URL, where an id_token has the client's id), the client
 * in `cid` and the absence of what id_tokens carry tell it apart, and `uid` is the subject of its id_tokens. To be asked for.
 */
export type TokenProfile = 'rfc9068' | 'okta'

export interface TokenOptions {
  readonly issuer: string
  readonly audience: string
  readonly groupsClaim: string
  /** The program that people sign in with. */
  readonly clientId: string
  readonly profile?: TokenProfile
  readonly now: () => number
  /** Throws for somebody who gets nothing here any more. */
  readonly admit?: (person: Person) => void
  /** Milliseconds for which an unknown key id does not cause another look at the provider's keys. */
  readonly cooldown?: number
  /** Keys of an issuer that is this hub itself: nothing is fetched then. */
  readonly keys?: JWTVerifyGetKey | undefined
  /** Who verifies the tokens of another issuer than the people's. */
  readonly workloads?: { readonly issuer: string; verify(token: string): Promise<Person> } | undefined
}

/** Tokens given back before their time; each is forgotten when it would be over anyway. */
const MOST_ENDED = 100_000

export class PersonTokens {
  readonly #options: TokenOptions
  readonly #keys: IssuerKeys
  /** By issuer and jti: until when it would be good, in seconds since 1970. */
  readonly #ended = new Map<string, number>()

  constructor(options: TokenOptions) {
    this.#options = options
    this.#keys = new IssuerKeys(options.issuer, refused, options.cooldown)
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
    const { admit, workloads } = this.#options
    if (token.length > LARGEST_TOKEN) throw refused('it is too long')
    try {
      // The claimed issuer only chooses who verifies: each verifier takes its own issuer and no other.
      const person = workloads !== undefined && decodeJwt(token).iss === workloads.issuer ? await workloads.verify(token) : await this.#person(token)
      if (this.#ended.has(idOf(token))) throw refused('its person signed out')
      admit?.(person)
      return person
    } catch (error) {
      throw error instanceof CountersignError ? error : refused(reasonOf(error), error)
    }
  }

  /** Somebody signed out: this token opens nothing from now on. @throws CountersignError as `bearer` */
  async end(header: string | undefined): Promise<void> {
    await this.bearer(header)
    const token = header?.slice('Bearer '.length) ?? ''
    const now = this.#options.now() / 1000
    for (const [id, until] of this.#ended) if (until < now || this.#ended.size >= MOST_ENDED) this.#ended.delete(id)
    this.#ended.set(idOf(token), (decodeJwt(token).exp ?? 0) + SKEW_S)
  }

  async #person(token: string): Promise<Person> {
    const { issuer, audience, groupsClaim, now, keys, clientId, profile = 'rfc9068' } = this.#options
    const { payload, protectedHeader } = await jwtVerify(token, keys ?? (await this.#keys.get()), {
      issuer,
      audience,
      ...(profile === 'rfc9068' ? { typ: 'at+jwt' } : {}),
      algorithms: ALGORITHMS,
      requiredClaims: CLAIMS,
      clockTolerance: SKEW_S,
      currentDate: new Date(now()),
    })
    if ((payload.iat ?? 0) * 1000 > now() + SKEW_S * 1000) throw refused('it is from the future, so the clocks of the hub and of the identity provider differ; ask whoever runs them')
    if (profile === 'rfc9068') {
      if ((payload['client_id'] ?? payload['azp']) !== clientId) throw refused('it was given to another program')
      return personOf(payload, groupsClaim)
    }
    if (protectedHeader.typ !== undefined || OF_ID_TOKENS.some((claim) => payload[claim] !== undefined)) throw refused('it is another kind of token')
    if (Array.isArray(payload.aud) && payload.aud.length !== 1) throw refused('it is for others too')
    if (payload['cid'] !== clientId) throw refused('it was given to another program')
    if (typeof payload['uid'] !== 'string') throw refused('no person stands behind it')
    // Their `sub` is what the person signs in with: it tells who is meant where a program was started by them.
    return personOf({ preferred_username: payload.sub, ...payload, sub: payload['uid'] }, groupsClaim)
  }
}

/** Not of the token's text: one signature may be written in two ways. */
function idOf(token: string): string {
  const { iss = '', jti = '' } = decodeJwt(token)
  return `${iss}\n${jti}`
}

function refused(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', `the access token is not accepted here: ${why}. Sign in again.`, cause === undefined ? {} : { cause, detail: describeError(cause) })
}
