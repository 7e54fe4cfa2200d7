/**
 * Access tokens for Google's clouds, in exchange for an assertion signed by a service account (RFC 7523, as
 * developers.google.com/identity/protocols/oauth2/service-account has it). One exchange at a time for an account; kept in memory.
 */
import { importPKCS8, SignJWT } from 'jose'
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'

/** The file that Google hands out for a service account. */
export const googleKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(3),
  private_key: z.string().min(100),
  private_key_id: z.string().optional(),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
})
export type GoogleKey = z.infer<typeof googleKey>

/** Posts a form. @returns status and parsed body @throws CountersignError CS_UPSTREAM_* */
export type PostForm = (url: string, form: URLSearchParams) => Promise<{ readonly status: number; readonly body: unknown }>

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const LIFE_S = 3600
/** A token that ends this soon is not begun with. */
const SPARE_MS = 120_000
const reply = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/), expires_in: z.number().positive() })

interface Kept {
  readonly token: string
  readonly until: number
}

export class GoogleTokens {
  readonly #now: () => number
  readonly #kept = new Map<string, Promise<Kept>>()

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @throws CountersignError CS_UPSTREAM_KEY_MISSING when Google does not take the account's key, CS_UPSTREAM_* when it cannot be asked */
  async tokenFor(key: GoogleKey, post: PostForm): Promise<string> {
    const id = `${key.client_email} ${key.private_key_id ?? ''} ${key.token_uri}`
    const known = this.#kept.get(id)
    const kept = await known
    if (kept && kept.until - SPARE_MS > this.#now()) return kept.token
    // Another call may have begun to renew it meanwhile.
    const exchange = this.#kept.get(id) === known ? this.#exchange(key, post) : this.#kept.get(id)
    if (!exchange) return this.tokenFor(key, post)
    this.#kept.set(id, exchange)
    try {
      return (await exchange).token
    } catch (error) {
      this.#kept.delete(id)
      throw error
    }
  }

  async #exchange(key: GoogleKey, post: PostForm): Promise<Kept> {
    const at = Math.floor(this.#now() / 1000)
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.private_key_id === undefined ? {} : { kid: key.private_key_id }) })
      .setIssuer(key.client_email)
      .setAudience(key.token_uri)
      .setIssuedAt(at)
      .setExpirationTime(at + LIFE_S)
      .sign(await importPKCS8(key.private_key, 'RS256'))
    const { status, body } = await post(key.token_uri, new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }))
    const parsed = reply.safeParse(body)
    if (status !== 200 || !parsed.success) throw new CountersignError('CS_UPSTREAM_KEY_MISSING', `Google did not take the service account's key (status ${status}). Ask your security lead to renew it. Nothing was sent.`)
    return { token: parsed.data.access_token, until: (at + parsed.data.expires_in) * 1000 }
  }
}
