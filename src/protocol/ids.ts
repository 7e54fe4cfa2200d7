/**
 * Identifiers: a prefix that names the kind, then a ULID (48 bits of milliseconds, 80 bits of randomness, Crockford
 * base 32), so that identifiers sort by time. Time and randomness are arguments: nothing here reads a clock.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** ex: exchange, se: session, la: launch, dv: device, ap: approval request, pp: policy proposal, ev: audit event. */
export type IdPrefix = 'ex' | 'se' | 'la' | 'dv' | 'ap' | 'pp' | 'ev'

/**
 * @param prefix kind of thing that is named
 * @param time milliseconds since 1970
 * @param random at least 10 bytes from a cryptographic source
 */
export function newId(prefix: IdPrefix, time: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('newId needs 10 random bytes')
  let head = ''
  for (let rest = time, i = 0; i < 10; i++) {
    head = (ALPHABET[rest % 32] ?? '0') + head
    rest = Math.floor(rest / 32)
  }
  let bits = 0n
  for (const byte of random.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte)
  let tail = ''
  for (let i = 0; i < 16; i++) {
    tail = (ALPHABET[Number(bits & 31n)] ?? '0') + tail
    bits >>= 5n
  }
  return `${prefix}_${head}${tail}`
}
