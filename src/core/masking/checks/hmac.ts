/** HMAC-SHA-256 (RFC 2104), synchronous and without Node: dictionaries of exact values are compared by it wherever the engine runs. */
import { sha256, stateAfter } from './sha256.ts'

const BLOCK = 64
const encoder = new TextEncoder()

function stateOf(key: Uint8Array, byte: number): Int32Array {
  const block = new Uint8Array(BLOCK).fill(byte)
  key.forEach((value, i) => {
    block[i] = value ^ byte
  })
  return stateAfter(block)
}

/** Ready to hash many texts. @param key a longer one than a block is hashed first */
export function hmacWith(key: string): (text: string) => Uint8Array {
  const bytes = encoder.encode(key)
  const short = bytes.length > BLOCK ? sha256(bytes) : bytes
  const inner = stateOf(short, 0x36)
  const outer = stateOf(short, 0x5c)
  return (text) => sha256(sha256(encoder.encode(text), inner), outer)
}
