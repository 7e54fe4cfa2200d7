/**
 * Erasable text beside the journal. The leaf keeps the digest of [salt, path, value] in the shape of RFC 9901 section 4.2.3;
 * the value itself is sealed with AES-256-GCM. Deleting the key of a subject and month erases it; the tree never changes.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'
import type { Disclosure } from '../../protocol/audit.ts'

/** One line of the disclosures file. */
export interface SealedDisclosure {
  readonly digest: string
  /** Names the key: HMAC of subject and month, so that the file does not say whose it is. */
  readonly kid: string
  readonly iv: string
  /** Ciphertext and tag of the JSON [salt, path, value]. */
  readonly box: string
}

/** @param salt at least 16 random bytes: without it a phone number could be guessed from its digest */
export function encodeDisclosure(disclosure: Disclosure, salt: Uint8Array): { readonly encoded: string; readonly digest: string } {
  const encoded = Buffer.from(JSON.stringify([Buffer.from(salt).toString('base64url'), disclosure.path, disclosure.value])).toString('base64url')
  return { encoded, digest: digestOfEncoded(encoded) }
}

function digestOfEncoded(encoded: string): string {
  return createHash('sha256').update(encoded).digest('base64url')
}

/** Key of one subject in one month, from its own random secret. */
export interface SubjectKey {
  readonly kid: string
  readonly key: Buffer
}

export function subjectKey(secret: Uint8Array, kid: string): SubjectKey {
  return { kid, key: Buffer.from(hkdfSync('sha256', secret, '', `countersign disclosure ${kid}`, 32)) }
}

export function sealDisclosure(encoded: string, digest: string, { kid, key }: SubjectKey, iv: Uint8Array): SealedDisclosure {
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(digest))
  const box = Buffer.concat([cipher.update(encoded, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { digest, kid, iv: Buffer.from(iv).toString('base64url'), box: box.toString('base64url') }
}

/** @throws CountersignError CS_LOG_PROOF when the box was changed, or does not hold what its digest says */
export function openDisclosure(sealed: SealedDisclosure, key: SubjectKey): Disclosure {
  return parseDisclosure(openEncoded(sealed, key), sealed.digest)
}

/** The salted text as its digest was taken of it: whoever has it can check it against the leaf. @throws CountersignError CS_LOG_PROOF */
export function openEncoded(sealed: SealedDisclosure, { key }: SubjectKey): string {
  const bytes = Buffer.from(sealed.box, 'base64url')
  let encoded: string
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64url'))
    decipher.setAAD(Buffer.from(sealed.digest))
    decipher.setAuthTag(bytes.subarray(-16))
    encoded = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw changed(sealed.digest, cause)
  }
  if (digestOfEncoded(encoded) !== sealed.digest) throw changed(sealed.digest)
  return encoded
}

/** @param encoded of base64url(JSON [salt, path, value]) @throws CountersignError CS_LOG_PROOF when it does not give the digest */
export function parseDisclosure(encoded: string, digest: string): Disclosure {
  if (digestOfEncoded(encoded) !== digest) throw changed(digest)
  const parsed = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')) as unknown
  if (!Array.isArray(parsed) || typeof parsed[1] !== 'string' || typeof parsed[2] !== 'string') throw changed(digest)
  return { path: parsed[1], value: parsed[2] }
}

function changed(digest: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_LOG_PROOF', `the disclosure ${digest} was changed.`, { cause })
}
