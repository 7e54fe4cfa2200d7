/** Sign-ins for one verdict: the id_token is verified as every token is, and its nonce against the verdict. What is kept of it proves the approval later. */
import { exportJWK, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { confirmationDigest, verdictNonce, type Confirmable, type Confirmation } from '../../core/approval/confirmation.ts'
import type { Confirmed } from '../../core/approval/settle.ts'
import type { FilePort } from '../../core/log/files.ts'
import { ALGORITHMS, IssuerKeys, LARGEST_TOKEN, reasonOf, SKEW_S } from './issuerKeys.ts'
import { samePerson, type Person } from './person.ts'

export interface ConfirmationOptions {
  readonly files: FilePort
  /** What is kept may name a person, so it stands beside the log, each file named by its digest. */
  readonly folder: string
  readonly issuer: string
  /** Who the token is for: the client that people sign in with. */
  readonly clientId: string
  readonly now: () => number
  /** Keys of an issuer that is this hub itself. */
  readonly keys?: JWTVerifyGetKey | undefined
}

export interface Proven extends Confirmed {
  /** Durable when it resolves; the log may name it then. */
  keep(): Promise<void>
}

export class Confirmations {
  readonly #options: ConfirmationOptions
  readonly #keys: IssuerKeys

  constructor(options: ConfirmationOptions) {
    this.#options = options
    this.#keys = new IssuerKeys(options.issuer, refused)
  }

  /**
   * @param proof as the reviewer's agent sent it, attacker-controlled
   * @param person as the access token of this request says
   * @throws CountersignError CS_SIGN_IN_FAILED with the check that failed, CS_UPSTREAM_UNREACHABLE when the provider is away
   */
  async check({ idToken, salt }: { readonly idToken: string; readonly salt: string }, person: Person, verdict: Confirmable): Promise<Proven> {
    const { issuer, clientId, now, keys } = this.#options
    if (idToken.length > LARGEST_TOKEN) throw refused('it is too long')
    try {
      const { payload, key } = await jwtVerify(idToken, keys ?? (await this.#keys.get()), {
        issuer,
        audience: clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp', 'iat', 'nonce', 'auth_time'],
        clockTolerance: SKEW_S,
        currentDate: new Date(now()),
      })
      const { sub, nonce, auth_time: authTime, acr } = payload
      // Of a token for several, one is named as the party it was made for (OpenID Connect Core 3.1.3.7).
      if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload['azp'] !== clientId) throw refused('it was made for another program')
      if (!samePerson(person, { issuer, subject: sub ?? '' })) throw refused('somebody else signed in. Sign in as yourself')
      if (nonce !== verdictNonce(verdict, salt)) throw refused('it is for another request, other bytes, or another verdict')
      if (typeof authTime !== 'number') throw refused('it does not say when you signed in')
      const kept = JSON.stringify({ format: 1, verdict: { ap: verdict.ap, digest: verdict.digest, verdict: verdict.verdict, reason: verdict.reason.trim() }, salt, idToken, key: await exportJWK(key) } satisfies Confirmation)
      return { authTime, acr: typeof acr === 'string' ? acr.slice(0, 400) : undefined, confirmation: confirmationDigest(kept), client: clientId, keep: () => this.#keep(kept) }
    } catch (error) {
      throw error instanceof CountersignError ? error : refused(reasonOf(error), error)
    }
  }

  async #keep(kept: string): Promise<void> {
    const { files, folder } = this.#options
    await files.makeFolder(folder)
    await files.replace(`${folder}/${confirmationDigest(kept)}.json`, Buffer.from(kept))
  }
}

function refused(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', `the sign-in for this decision is not accepted: ${why}. Nothing was decided.`, cause === undefined ? {} : { cause, detail: describeError(cause) })
}
