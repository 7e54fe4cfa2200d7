/** Check sums of crypto addresses: base58check (Bitcoin and its kin), bech32 and bech32m, EIP-55. */
import { keccak256Hex } from './keccak.ts'
import { sha256 } from './sha256.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz'

function decodeBase58(text: string, alphabet: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (const character of text) {
    let carry = alphabet.indexOf(character)
    if (carry < 0) return undefined
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] ?? 0) * 58
      bytes[i] = carry & 255
      carry >>= 8
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 255)
  }
  for (let i = 0; i < text.length && text[i] === alphabet[0]; i++) bytes.push(0)
  return Uint8Array.from(bytes.reverse())
}

/** The last four bytes are the start of a double SHA-256 of the rest. */
export function isBase58Check(text: string, alphabet = BASE58): boolean {
  const bytes = text.length <= 120 ? decodeBase58(text, alphabet) : undefined
  if (bytes === undefined || bytes.length < 5) return false
  const sum = sha256(sha256(bytes.subarray(0, -4)))
  return bytes.subarray(-4).every((byte, i) => byte === sum[i])
}

/** Ripple orders the same characters differently. */
export function isRippleAddress(text: string): boolean {
  return isBase58Check(text, RIPPLE)
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

function polymod(values: readonly number[]): number {
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    GENERATOR.forEach((generator, i) => {
      if ((top >>> i) & 1) check ^= generator
    })
  }
  return check
}

/** BIP 173 and BIP 350; one case throughout, human-readable part before the last `1`. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return false
  const separator = lower.lastIndexOf('1')
  if (separator < 1 || lower.length - separator < 7) return false
  const values = Array.from(lower.slice(separator + 1), (character) => BECH32.indexOf(character))
  if (values.includes(-1)) return false
  const prefix = Array.from(lower.slice(0, separator), (character) => character.charCodeAt(0))
  const check = polymod([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...values])
  return check === 1 || check === 0x2bc830a3
}

/** `0x` and 40 hex digits. Of one case there is no check sum; mixed case must carry it. */
export function isEthereumAddress(text: string): boolean {
  const hex = text.slice(2)
  const lower = hex.toLowerCase()
  if (!/^[0-9a-f]{40}$/.test(lower)) return false
  if (hex === lower || hex === hex.toUpperCase()) return true
  const sum = keccak256Hex(Uint8Array.from(lower, (character) => character.charCodeAt(0)))
  for (let i = 0; i < 40; i++) {
    const character = hex.charAt(i)
    const upper = character >= 'A' && character <= 'F'
    const letter = upper || (character >= 'a' && character <= 'f')
    if (letter && upper !== parseInt(sum.charAt(i), 16) >= 8) return false
  }
  return true
}
