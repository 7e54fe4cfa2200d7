/**
 * Session keys: `cs_`, 43 characters of randomness (32 bytes, base64url), `_`, 6 characters of checksum. The prefix and the
 * checksum let a scanner recognise a leaked one without asking anybody; they make it no secret.
 */
import { createHash } from 'node:crypto'

const SHAPE = /^cs_([\w-]{43})_([\w-]{6})$/

/** @param random 32 bytes from a cryptographic source */
export function mintSessionKey(random: Uint8Array): string {
  if (random.length !== 32) throw new RangeError('a session key takes 32 random bytes')
  const body = Buffer.from(random).toString('base64url')
  return `cs_${body}_${checksum(body)}`
}

/** True for the shape and checksum of a session key; says nothing of whether an agent knows it. */
export function isSessionKey(text: string): boolean {
  const [, body, sum] = SHAPE.exec(text) ?? []
  return body !== undefined && sum === checksum(body)
}

/** What an agent stores and compares: SHA-256, base64url. */
export function sessionKeyHash(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}

function checksum(body: string): string {
  return createHash('sha256').update(`countersign session key ${body}`).digest('base64url').slice(0, 6)
}
