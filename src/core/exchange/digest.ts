import { createHash, hash } from 'node:crypto'

/** SHA-256, base64url: the form in which every digest stands in a record. */
export function digestOf(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'base64url')
}

/** A digest over bytes as they pass. */
export function runningDigest(): { update(bytes: Uint8Array): void; readonly bytes: number; end(): string } {
  const sha = createHash('sha256')
  let bytes = 0
  return {
    update(chunk) {
      sha.update(chunk)
      bytes += chunk.length
    },
    get bytes() {
      return bytes
    },
    end: () => sha.digest('base64url'),
  }
}
