/**
 * What of sessions outlives the agent: since when and until when somebody used theirs, whose programs hold a key, and which keys
 * are revoked. People are digests and keys are hashes, so the file opens nothing and names nobody.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Principal } from '../../protocol/identity.ts'

const digest = z.string().regex(/^[\w-]{43}$/)
const milliseconds = z.number().int().nonnegative()

export const keptSessions = z.strictObject({
  /** Of the session that the agent's end cut off; null after one that was over. */
  session: z.strictObject({ person: digest, startedAt: milliseconds, lastUsedAt: milliseconds }).nullable(),
  /** Oldest first. */
  owners: z.array(z.strictObject({ hash: digest, person: digest })),
  revoked: z.array(digest),
})
export type KeptSessions = z.infer<typeof keptSessions>

export const NOTHING_KEPT: KeptSessions = { session: null, owners: [], revoked: [] }

/** SHA-256 over issuer and subject, base64url. */
export function personDigest({ issuer, subject }: Pick<Principal, 'issuer' | 'subject'>): string {
  return createHash('sha256').update(`${issuer}\n${subject}`).digest('base64url')
}
