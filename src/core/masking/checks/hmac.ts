/** HMAC-SHA-256 (RFC 2104), synchronous and without Node: dictionaries of exact values are compared by it wherever the engine runs. */
import { sha256 } from './sha256.ts'

const BLOCK = 64
const encoder = new TextEncoder()

function padded(key: Uint8Array, byte: number, rest: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK + rest.length).fill(byte, 0, BLOCK)
  key.forEach((value, i) => {
    out[i] = value ^ byte
  })
  out.set(rest, BLOCK)
  return out
}

/** @param key a longer one than a block is hashed first */
export function hmacSha256(key: string, text: string): Uint8Array {
  const bytes = encoder.encode(key)
  const short = bytes.length > BLOCK ? sha256(bytes) : bytes
  return sha256(padded(short, 0x5c, sha256(padded(short, 0x36, encoder.encode(text)))))
}
