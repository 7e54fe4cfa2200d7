/**
 * A record becomes bytes once, here; from then on only the bytes count. Leaf hash: RFC 6962 section 2.1, SHA-256(0x00 || bytes).
 */
import { createHash } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'
import type { AuditRecord } from '../../protocol/audit.ts'

/** C2SP entry bundles give each entry a 16-bit length. */
export const LARGEST_LEAF = 65_535

/** @returns one line of JSON without its newline @throws CountersignError CS_NOT_RECORDED when it cannot be a leaf */
export function sealLeaf(record: AuditRecord): Buffer {
  const text = JSON.stringify(record)
  // JSON.stringify escapes lone surrogates and control characters, so that no value can end the line or break its UTF-8.
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length > LARGEST_LEAF) throw new CountersignError('CS_NOT_RECORDED', 'this call could not be recorded: its record is too large. Nothing was sent.', { detail: `leaf of ${bytes.length} bytes` })
  return bytes
}

export function leafHash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(bytes).digest()
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest()
}

const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])
