/**
 * Amazon's clients that are given no bearer key ask a "container" for access keys and sign with those. The agent is that
 * container (AWS_CONTAINER_CREDENTIALS_FULL_URI): whoever presents a session key gets access keys that open nothing at Amazon.
 * The session token in them is the session key itself, which a client sends along with each signed call: by it the call is
 * tied to its launch and person. Its signature says nothing more than that token, so it is not looked at, and ends here; the
 * call is signed anew on its way out.
 */
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

export const AWS_CREDENTIALS_PATH = '/aws/credentials'

/** Clients ask again some minutes before. */
const LIFE_MS = 60 * 60_000

/** @param key session key, already found to be good @param now milliseconds since 1970 */
export function sendAwsCredentials(response: ServerResponse, key: string, now: number): void {
  const derived = (purpose: string): string => createHash('sha256').update(`countersign ${purpose}\n${key}`).digest('hex')
  const body = JSON.stringify({
    AccessKeyId: `COUNTERSIGN${derived('access key id').slice(0, 9).toUpperCase()}`,
    SecretAccessKey: derived('secret access key').slice(0, 40),
    Token: key,
    Expiration: new Date(now + LIFE_MS).toISOString(),
  })
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store', 'content-length': String(body.length) })
  response.end(body)
}
