import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Frontier } from '../../../src/core/log/frontier.ts'
import { leafHash, nodeHash } from '../../../src/core/log/leaf.ts'
import { consistencyHolds, inclusionHolds, MerkleTree } from '../../../src/core/log/merkle.ts'

/** Leaves and roots that implementations of RFC 6962 are tested with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

function treeOf(size: number): MerkleTree {
  const tree = new MerkleTree()
  for (let i = 0; i < size; i++) tree.push(leafHash(Buffer.from(`leaf ${i}`)))
  return tree
}

/** The definition of RFC 6962 2.1, word for word. */
function rootByDefinition(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (!only) return createHash('sha256').digest()
  if (leaves.length === 1) return only
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)))
}

describe('the tree', () => {
  test('has the roots of the published vectors at every size', () => {
    const tree = new MerkleTree()
    const frontier = new Frontier()
    for (const [size, root] of ROOTS.entries()) {
      assert.equal(tree.root().toString('hex'), root)
      assert.equal(frontier.root().toString('hex'), root)
      const leaf = leafHash(Buffer.from(LEAVES[size] ?? '', 'hex'))
      tree.push(leaf)
      frontier.push(leaf)
    }
    for (const [size, root] of ROOTS.entries()) assert.equal(tree.root(size).toString('hex'), root)
  })

  test('gives the proofs of the published vectors', () => {
    const tree = new MerkleTree()
    for (const leaf of LEAVES) tree.push(leafHash(Buffer.from(leaf, 'hex')))
    const hex = (proof: readonly Buffer[]): string[] => proof.map((one) => one.toString('hex'))
    assert.deepEqual(hex(tree.inclusion(0, 8)), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    assert.deepEqual(hex(tree.consistency(6, 8)), [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  test('agrees with the definition at every size, and so does the frontier, also when it is carried on', () => {
    const leaves: Buffer[] = []
    let frontier = new Frontier()
    for (let size = 0; size < 200; size++) {
      const root = rootByDefinition(leaves)
      assert.deepEqual(treeOf(size).root(), root)
      assert.deepEqual(frontier.root(), root)
      frontier = new Frontier(frontier.size, frontier.roots)
      const leaf = leafHash(Buffer.from(`leaf ${size}`))
      leaves.push(leaf)
      frontier.push(leaf)
    }
  })

  test('every leaf is proved in every tree that holds it, and no other leaf, place, tree or root is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (total, a, b) => {
        const tree = treeOf(total)
        const size = 1 + (a % total)
        const index = b % size
        const leaf = tree.leaf(index) ?? Buffer.alloc(0)
        const proof = tree.inclusion(index, size)
        const root = tree.root(size)
        assert.ok(inclusionHolds(leaf, index, size, proof, root))
        assert.ok(!inclusionHolds(leafHash(leaf), index, size, proof, root))
        assert.ok(!inclusionHolds(leaf, size, size, proof, root))
        assert.ok(!inclusionHolds(leaf, index, size, [...proof, root], root))
        if (size > 1) {
          assert.ok(!inclusionHolds(leaf, (index + 1) % size, size, proof, root))
          assert.ok(!inclusionHolds(leaf, index, size, proof.slice(1), root))
          assert.ok(!inclusionHolds(leaf, index, size, proof, tree.root(size - 1)))
        }
      }),
    )
  })

  test('every earlier tree is proved to be the beginning of a later one, and nothing else is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (total, a, b) => {
        const tree = treeOf(total)
        const size = 1 + (a % total)
        const old = 1 + (b % size)
        const proof = tree.consistency(old, size)
        const [oldRoot, root] = [tree.root(old), tree.root(size)]
        assert.ok(consistencyHolds(old, size, oldRoot, root, proof))
        const other = leafHash(root)
        assert.ok(!consistencyHolds(old, size, other, root, proof))
        assert.ok(!consistencyHolds(old, size, oldRoot, other, proof))
        assert.ok(!consistencyHolds(size + 1, size, oldRoot, root, proof))
        assert.ok(!consistencyHolds(old, size, oldRoot, root, [...proof, other]))
        for (let i = 0; i < proof.length; i++) {
          assert.ok(!consistencyHolds(old, size, oldRoot, root, proof.with(i, other)))
          assert.ok(!consistencyHolds(old, size, oldRoot, root, proof.toSpliced(i, 1)))
        }
      }),
    )
  })

  test('a forked tree has no proof', () => {
    const fork = treeOf(9)
    for (const i of [9, 10, 11]) fork.push(leafHash(Buffer.from(`other ${i}`)))
    const tree = treeOf(12)
    for (const proof of [tree.consistency(10, 12), fork.consistency(10, 12)]) {
      assert.ok(!consistencyHolds(10, 12, tree.root(10), fork.root(), proof))
      assert.ok(!consistencyHolds(10, 12, fork.root(10), tree.root(), proof))
    }
  })

  test('refuses what it does not hold', () => {
    const tree = treeOf(3)
    assert.throws(() => tree.root(4), RangeError)
    assert.throws(() => tree.inclusion(3), RangeError)
    assert.throws(() => tree.consistency(2, 4), RangeError)
    assert.throws(() => new Frontier(3, [Buffer.alloc(32)]), RangeError)
    assert.throws(() => new Frontier(1, [Buffer.alloc(31)]), RangeError)
  })
})
