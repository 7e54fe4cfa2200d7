/**
 * The right edge of a Merkle tree: the roots of its complete subtrees, largest first. Enough to add leaves and to know the
 * root at every size, in memory that grows with the logarithm. The verifier's own; the writer's tree is in `merkle.ts`.
 */
import * as crypto from 'node:crypto'

/** One-shot where this Node has it (20.12 and newer), because a verifier hashes millions of times. */
export function sha256(bytes: Uint8Array): Buffer {
  const oneShot = (crypto as { hash?: typeof crypto.hash }).hash
  return oneShot ? oneShot('sha256', bytes, 'buffer') : crypto.createHash('sha256').update(bytes).digest()
}

export class Frontier {
  readonly #roots: Buffer[] = []
  #size = 0
  /** 0x01, left, right: reused, since each hash is taken at once. */
  readonly #pair = Buffer.alloc(65, 1)

  /** @param roots of the complete subtrees over the first `size` leaves, largest first @throws RangeError when they do not belong to that size */
  constructor(size = 0, roots: readonly Uint8Array[] = []) {
    if (roots.length !== ones(size) || roots.some((root) => root.length !== 32)) throw new RangeError(`these are not the subtrees of ${size} leaves`)
    this.#size = size
    this.#roots = roots.map((root) => Buffer.from(root))
  }

  get size(): number {
    return this.#size
  }

  get roots(): readonly Buffer[] {
    return this.#roots
  }

  push(leaf: Buffer): void {
    let hash = leaf
    // As many subtrees close as there are ones at the end of the size, in binary.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = this.#node(this.#roots.pop() ?? hash, hash)
    this.#roots.push(hash)
    this.#size++
  }

  root(): Buffer {
    let hash = this.#roots.at(-1)
    if (!hash) return sha256(Buffer.alloc(0))
    for (let i = this.#roots.length - 2; i >= 0; i--) hash = this.#node(this.#roots[i] ?? hash, hash)
    return hash
  }

  #node(left: Buffer, right: Buffer): Buffer {
    this.#pair.set(left, 1)
    this.#pair.set(right, 33)
    return sha256(this.#pair)
  }
}

function ones(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
