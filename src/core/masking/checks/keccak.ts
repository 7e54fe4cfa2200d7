/** Keccak-256 with its first padding (not SHA-3's), as Ethereum's mixed-case check sums use it. */

const MASK = 0xffffffffffffffffn

/** Round constants from the 8-bit linear feedback shift register of the specification. */
function roundConstants(): readonly bigint[] {
  const constants: bigint[] = []
  let register = 1
  for (let round = 0; round < 24; round++) {
    let constant = 0n
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt((1 << j) - 1)
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1
    }
    constants.push(constant)
  }
  return constants
}

const rotate = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (64n - n))) & MASK

function theta(s: bigint[]): void {
  const column = [0, 1, 2, 3, 4].map((x) => [0, 5, 10, 15, 20].reduce((parity, y) => parity ^ (s[x + y] ?? 0n), 0n))
  for (let i = 0; i < 25; i++) s[i] = (s[i] ?? 0n) ^ (column[(i + 4) % 5] ?? 0n) ^ rotate(column[(i + 1) % 5] ?? 0n, 1n)
}

function rhoAndPi(s: bigint[]): void {
  let [x, y] = [1, 0]
  let carried = s[1] ?? 0n
  for (let t = 0; t < 24; t++) {
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
    const next = s[x + 5 * y] ?? 0n
    s[x + 5 * y] = rotate(carried, BigInt((((t + 1) * (t + 2)) / 2) % 64))
    carried = next
  }
}

function chi(s: bigint[]): void {
  for (let y = 0; y < 25; y += 5) {
    const row = s.slice(y, y + 5)
    for (let x = 0; x < 5; x++) s[y + x] = (row[x] ?? 0n) ^ (~(row[(x + 1) % 5] ?? 0n) & MASK & (row[(x + 2) % 5] ?? 0n))
  }
}

let constants: readonly bigint[] | undefined

/** Of at most 135 bytes: one block, which is all an address needs. Lower-case hex. */
export function keccak256Hex(data: Uint8Array): string {
  if (data.length > 135) throw new RangeError('keccak256Hex takes one block of at most 135 bytes')
  constants ??= roundConstants()
  const block = new Uint8Array(136)
  block.set(data)
  block[data.length] = 1
  block[135] = (block[135] ?? 0) | 0x80
  const view = new DataView(block.buffer)
  const state = Array.from({ length: 25 }, (_, i) => (i < 17 ? view.getBigUint64(i * 8, true) : 0n))
  for (const constant of constants) {
    theta(state)
    rhoAndPi(state)
    chi(state)
    state[0] = (state[0] ?? 0n) ^ constant
  }
  let hex = ''
  for (let byte = 0; byte < 32; byte++) hex += Number(((state[byte >> 3] ?? 0n) >> BigInt(8 * (byte & 7))) & 255n).toString(16).padStart(2, '0')
  return hex
}
