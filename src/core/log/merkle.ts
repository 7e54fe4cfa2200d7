/** Merkle tree of RFC 6962 section 2.1: root, inclusion and consistency proofs, and their checks. */
import { createHash } from 'node:crypto'
import { nodeHash } from './leaf.ts'

/** Grows by leaf hashes; keeps every complete subtree, so that a proof costs a logarithm. Memory: about 64 bytes a leaf. */
export class MerkleTree {
  /** levels[k][i]: hash of the complete subtree over leaves [i·2^k, (i+1)·2^k). */
  readonly #levels: Buffer[][] = [[]]

  get size(): number {
    return this.#levels[0]?.length ?? 0
  }

  push(leaf: Buffer): void {
    let hash = leaf
    for (let level = 0; ; level++) {
      const row = (this.#levels[level] ??= [])
      row.push(hash)
      if (row.length % 2 === 1) return
      hash = nodeHash(row[row.length - 2] ?? hash, hash)
    }
  }

  leaf(index: number): Buffer | undefined {
    return this.#levels[0]?.[index]
  }

  /** Root over the first `size` leaves. @throws RangeError when there are fewer */
  root(size = this.size): Buffer {
    if (size > this.size) throw new RangeError(`a tree of ${this.size} has no root at ${size}`)
    return size === 0 ? createHash('sha256').digest() : this.#range(0, size)
  }

  /** RFC 6962 2.1.1: audit path of a leaf in the tree of the first `size` leaves. */
  inclusion(index: number, size = this.size): Buffer[] {
    if (index >= size || size > this.size) throw new RangeError('no such leaf')
    const path = (start: number, end: number): Buffer[] => {
      if (end - start === 1) return []
      const middle = start + split(end - start)
      return index < middle ? [...path(start, middle), this.#range(middle, end)] : [...path(middle, end), this.#range(start, middle)]
    }
    return path(0, size)
  }

  /** RFC 6962 2.1.2: proof that the tree of `size` leaves begins with that of `old` leaves. */
  consistency(old: number, size = this.size): Buffer[] {
    if (old > size || size > this.size) throw new RangeError('no such tree')
    if (old === 0 || old === size) return []
    const proof = (start: number, end: number, complete: boolean): Buffer[] => {
      if (old === end) return complete ? [] : [this.#range(start, end)]
      const middle = start + split(end - start)
      return old <= middle ? [...proof(start, middle, complete), this.#range(middle, end)] : [...proof(middle, end, false), this.#range(start, middle)]
    }
    return proof(0, size, true)
  }

  /** Hash over leaves [start, end); start is a multiple of the largest power of two that is not over the length. */
  #range(start: number, end: number): Buffer {
    const length = end - start
    const level = Math.log2(length)
    if (Number.isInteger(level)) {
      const kept = this.#levels[level]?.[start / length]
      if (kept) return kept
    }
    const middle = start + split(length)
    return nodeHash(this.#range(start, middle), this.#range(middle, end))
  }
}

/** Largest power of two below n. */
function split(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/** @param proof attacker-controlled: its length and content are only compared */
export function inclusionHolds(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (index >= size) return false
  let fn = index
  let sn = size - 1
  let hash: Uint8Array = leaf
  for (const sibling of proof) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2)
        sn = Math.floor(sn / 2)
      }
    } else hash = nodeHash(hash, sibling)
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  return sn === 0 && Buffer.compare(hash, root) === 0
}

/** RFC 9162 2.1.4.2. @param proof attacker-controlled */
export function consistencyHolds(old: number, size: number, oldRoot: Uint8Array, root: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (old > size) return false
  if (old === 0) return proof.length === 0
  if (old === size) return proof.length === 0 && Buffer.compare(oldRoot, root) === 0
  const path = Number.isInteger(Math.log2(old)) ? [oldRoot, ...proof] : [...proof]
  const first = path.shift()
  if (!first) return false
  let fn = old - 1
  let sn = size - 1
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  let fr: Uint8Array = first
  let sr: Uint8Array = first
  for (const hash of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(hash, fr)
      sr = nodeHash(hash, sr)
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2)
        sn = Math.floor(sn / 2)
      }
    } else sr = nodeHash(sr, hash)
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  return sn === 0 && Buffer.compare(fr, oldRoot) === 0 && Buffer.compare(sr, root) === 0
}
