/** A platform that vouches for programs: a discovery document, keys that rotate, tokens of any shape, and a place that gives them to jobs. */
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, SignJWT, type JWTHeaderParameters } from 'jose'

export const SUBJECT = 'system:serviceaccount:analytics:nightly'

export interface Platform {
  readonly issuer: string
  /** What a job was asked for at `/token`: its bearer and the audience. */
  readonly asked: { readonly authorization: string | undefined; readonly audience: string | null }[]
  readonly jwksFetches: () => number
  /** Of the newest key. */
  readonly key: () => KeyObject
  rotate(): void
  /** What `/token` answers; by default a token for the audience asked for. */
  answer(reply: { readonly status: number; readonly body: string }): void
  sign(claims?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>, key?: KeyObject): Promise<string>
  close(): Promise<void>
}

export async function startPlatform(): Promise<Platform> {
  let pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let kid = 'one'
  let fetches = 0
  let fixed: { readonly status: number; readonly body: string } | undefined
  const asked: { authorization: string | undefined; audience: string | null }[] = []
  const sign: Platform['sign'] = (claims = {}, header = {}, key = pair.privateKey) => {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ iss: issuer, sub: SUBJECT, iat: now, exp: now + 3600, jti: randomUUID(), ...claims }).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(key)
  }
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://platform')
      let answer = { status: 200, body: JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }) }
      if (url.pathname === '/keys') {
        fetches++
        answer = { status: 200, body: JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' }] }) }
      }
      if (url.pathname === '/token') {
        const audience = url.searchParams.get('audience')
        asked.push({ authorization: request.headers.authorization, audience })
        answer = fixed ?? { status: 200, body: JSON.stringify({ value: await sign({ aud: audience }) }) }
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    asked,
    jwksFetches: () => fetches,
    key: () => pair.privateKey,
    rotate: () => {
      pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
      kid = randomUUID()
    },
    answer: (reply) => { fixed = reply },
    sign,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => { resolve() }))
    },
  }
}
