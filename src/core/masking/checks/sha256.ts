/**
 * SHA-256 (FIPS 180-4) for check sums of addresses and dictionaries of a policy (`hmac.ts`): synchronous and without Node, since the masking
 * engine also runs in a browser page.
 */

const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return true
}

const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (isPrime(n)) primes.push(n)
  return primes
}

// The standard defines its constants as fractions of roots of the first primes; doubles carry the 32 bits exactly.
const K = new Int32Array(firstPrimes(64).map((p) => fraction(Math.cbrt(p))))
const START = firstPrimes(8).map((p) => fraction(Math.sqrt(p)))

const BLOCK = 64
const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n))
const at = (words: Int32Array, i: number): number => words[i] ?? 0

function padded(data: Uint8Array, before: number): DataView {
  const view = new DataView(new ArrayBuffer(Math.ceil((data.length + 9) / BLOCK) * BLOCK))
  new Uint8Array(view.buffer).set(data)
  view.setUint8(data.length, 0x80)
  view.setUint32(view.byteLength - 4, (before + data.length) * 8)
  return view
}

function expand(view: DataView, block: number, w: Int32Array): void {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(block + i * 4)
  for (let i = 16; i < 64; i++) {
    const a = at(w, i - 15)
    const b = at(w, i - 2)
    w[i] = (at(w, i - 16) + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + at(w, i - 7) + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10))) | 0
  }
}

function compress(state: Int32Array, w: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + at(K, i) + at(w, i)) | 0
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const next = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = at(state, i) + (next[i] ?? 0)
}

/** What is left of a first block of 64 bytes: many texts that begin with it are hashed from there. */
export function stateAfter(block: Uint8Array): Int32Array {
  const state = new Int32Array(START)
  const words = new Int32Array(64)
  expand(new DataView(block.buffer, block.byteOffset, BLOCK), 0, words)
  compress(state, words)
  return state
}

/** @param after what is left of a first block that stands before the data, if one does */
export function sha256(data: Uint8Array, after?: Int32Array): Uint8Array {
  const view = padded(data, after ? BLOCK : 0)
  const state = new Int32Array(after ?? START)
  const words = new Int32Array(64)
  for (let block = 0; block < view.byteLength; block += BLOCK) {
    expand(view, block, words)
    compress(state, words)
  }
  const out = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => {
    out.setInt32(i * 4, word)
  })
  return new Uint8Array(out.buffer)
}
