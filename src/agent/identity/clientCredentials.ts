/**
 * A program with a client of its own at an identity provider: it signs in with a key that never leaves its file
 * (private_key_jwt, RFC 7523) and gets an access token for the hub (client credentials, RFC 6749 section 4.4; RFC 8707).
 */
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { importPKCS8 } from 'jose'
import * as oidc from 'openid-client'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { discoverProvider, signInError } from '../../platform/oidcDiscovery.ts'

export interface ClientSource {
  readonly client: string
  /** PEM, PKCS #8; read anew each time, so that its rotation is picked up. */
  readonly keyFile: string
  /** The key's id at the provider, where it asks for one. */
  readonly kid: string | undefined
  /** Who gives the token. @throws CountersignError */
  readonly issuer: () => Promise<string>
}

const ALGORITHMS: Readonly<Record<string, string>> = { 'rsa': 'RS256', 'ed25519': 'Ed25519', 'prime256v1': 'ES256', 'secp384r1': 'ES384', 'secp521r1': 'ES512' }

/** @param audience the hub's @throws CountersignError CS_SETTING for the key, CS_SIGN_IN_FAILED with what the provider said */
export async function fromClient({ client, keyFile, kid, issuer }: ClientSource, audience: string): Promise<string> {
  const key = await signingKey(keyFile)
  try {
    const config = await discoverProvider(await issuer(), client, oidc.PrivateKeyJwt(kid === undefined ? key : { key, kid }))
    return (await oidc.clientCredentialsGrant(config, { resource: audience })).access_token
  } catch (error) {
    throw signInError(error)
  }
}

async function signingKey(file: string): Promise<CryptoKey> {
  try {
    const pem = await readFile(file, 'utf8')
    const { asymmetricKeyType = '', asymmetricKeyDetails } = createPrivateKey(pem)
    return await importPKCS8(pem, ALGORITHMS[asymmetricKeyType === 'ec' ? (asymmetricKeyDetails?.namedCurve ?? '') : asymmetricKeyType] ?? '')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the file of --workload-key, ${file}, cannot be read. It takes a private key, PEM (PKCS #8): RSA, Ed25519, P-256, P-384 or P-521.`, { cause, detail: describeError(cause) })
  }
}
