/**
 * What a reviewer's identity provider signs: its id_token carries, as `nonce`, the digest of one verdict on one request. So the
 * provider itself says that this person proved who they are just then, for exactly this. Kept with the key that verified it, the
 * token is the receipt of the approval, here called a confirmation, and can be verified later without the provider.
 */
import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'

export interface Confirmable {
  /** Of the request at the hub. */
  readonly ap: string
  /** Of the call: who, over which route, to which place, exactly these bytes. */
  readonly digest: string
  readonly verdict: 'approve' | 'deny'
  readonly reason: string
}

/** @param salt at least 16 random bytes, base64url: the provider learns nothing of the request, and nobody can guess the nonce */
export function verdictNonce({ ap, digest, verdict, reason }: Confirmable, salt: string): string {
  return createHash('sha256').update(JSON.stringify(['countersign verdict', ap, digest, verdict, reason.trim(), salt])).digest('base64url')
}

/** Its bytes as kept are what the record names by their SHA-256. */
export interface Confirmation {
  readonly format: 1
  /** What the nonce is made of, the reviewer's own words with it. */
  readonly verdict: Confirmable
  readonly salt: string
  readonly idToken: string
  /** Public key of the provider that verified the token, as its JWKS had it at that time (RFC 7517). */
  readonly key: JsonWebKey
}

/** What a record says of an approval that was confirmed; the reason may stand apart, where it can be erased. */
export interface ConfirmedVerdict extends Omit<Confirmable, 'reason'> {
  readonly reason?: string | undefined
  readonly issuer: string
  readonly subject: string
  /** Seconds since 1970. */
  readonly authTime: number
  readonly acr?: string | undefined
  /** Client id of the program that the token was made for; only the hub's own record says it. */
  readonly client?: string | undefined
}

export function confirmationDigest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

/**
 * Verifies a confirmation against the record of the approval, offline, with Node's own cryptography (Node 18 and newer).
 * @param bytes as kept, attacker-controlled
 * @param keys the provider's, as the reader has them from itself. Without them the key is taken that was kept with the token: it says
 * that the hub verified it so, and not that the key was the provider's
 * @returns what is wrong with it, or undefined
 */
export function confirmationProblem(bytes: Uint8Array, expected: ConfirmedVerdict, keys?: readonly JsonWebKey[]): string | undefined {
  try {
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as Confirmation
    return signatureProblem(kept, keys) ?? claimsProblem(kept, expected)
  } catch {
    return 'it cannot be read'
  }
}

function signatureProblem({ idToken, key }: Confirmation, keys: readonly JsonWebKey[] | undefined): string | undefined {
  const [head = '', body = '', signature = ''] = idToken.split('.')
  const { alg } = memberOf(head)
  const signed = Object.hasOwn(SIGNATURES, String(alg)) ? SIGNATURES[alg as keyof typeof SIGNATURES] : undefined
  if (!signed) return 'its signature is of a kind that is not taken'
  const isSignedWith = (one: JsonWebKey): boolean => verify(signed.hash, Buffer.from(`${head}.${body}`), { key: createPublicKey({ key: one, format: 'jwk' }), ...signed.options }, Buffer.from(signature, 'base64url'))
  if (keys) return keys.some((one) => holds(() => isSignedWith(one))) ? undefined : OTHER_KEY
  return isSignedWith(key) ? undefined : 'the identity provider did not sign it'
}

function claimsProblem({ verdict, salt, idToken }: Confirmation, expected: ConfirmedVerdict): string | undefined {
  const claims = memberOf(idToken.split('.')[1] ?? '')
  if (claims['iss'] !== expected.issuer || claims['sub'] !== expected.subject) return 'it is another person\'s'
  if (expected.client !== undefined && !isFor(expected.client, claims)) return 'it was made for another program'
  if (claims['nonce'] !== verdictNonce(verdict, salt) || !isSame(verdict, expected)) return 'it is for another request, other bytes, or another verdict'
  if (claims['auth_time'] !== expected.authTime) return 'it tells another time of sign-in'
  return expected.acr !== undefined && claims['acr'] !== expected.acr ? 'it tells another kind of sign-in' : undefined
}

export const OTHER_KEY = 'none of the keys that you gave signed it; if the identity provider has changed its keys since, give its older ones too'

/** @param text a JWKS (RFC 7517) @throws CountersignError CS_SETTING */
export function issuerKeysIn(text: string): JsonWebKey[] {
  try {
    const { keys } = JSON.parse(text) as { keys: JsonWebKey[] }
    for (const key of keys) if (typeof key.kty !== 'string') throw new TypeError('a key without kty')
    if (keys.length > 0) return keys
  } catch (cause) {
    throw new CountersignError('CS_SETTING', '--issuer-keys takes the identity provider\'s keys as a JWKS file: {"keys":[…]}.', { cause })
  }
  throw new CountersignError('CS_SETTING', 'there is no key in the file of --issuer-keys.')
}

/** Of a token for several, one is named as the party it was made for (OpenID Connect Core 3.1.3.7). */
function isFor(client: string, { aud, azp }: Record<string, unknown>): boolean {
  return Array.isArray(aud) ? aud.includes(client) && (aud.length === 1 || azp === client) : aud === client
}

/** A key of another kind than the signature, or of no known kind, is no error of the file: a provider has keys for several purposes. */
function holds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

function isSame(verdict: Confirmable, expected: ConfirmedVerdict): boolean {
  return verdict.ap === expected.ap && verdict.digest === expected.digest && verdict.verdict === expected.verdict && (expected.reason === undefined || verdict.reason === expected.reason)
}

const rsa = (hash: string): { hash: string; options: object } => ({ hash, options: {} })
const pss = (hash: string): { hash: string; options: object } => ({ hash, options: { padding: 6, saltLength: -1 } })
const ecdsa = (hash: string): { hash: string; options: object } => ({ hash, options: { dsaEncoding: 'ieee-p1363' } })
/** RFC 7518 section 3.1, RFC 8037; asymmetric ones only. Padding 6 is RSASSA-PSS, salt length -1 that of the digest. */
const SIGNATURES = {
  RS256: rsa('sha256'), RS384: rsa('sha384'), RS512: rsa('sha512'),
  PS256: pss('sha256'), PS384: pss('sha384'), PS512: pss('sha512'),
  ES256: ecdsa('sha256'), ES384: ecdsa('sha384'), ES512: ecdsa('sha512'),
  EdDSA: { hash: null, options: {} }, Ed25519: { hash: null, options: {} },
} as const

function memberOf(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
}
