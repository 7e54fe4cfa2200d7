/**
 * Thinking is signed: a block sent back must be word for word what the provider wrote, and the client holds a masked one.
 * Originals of masked blocks are kept in memory under their signature and put back on the way out, to the provider that
 * wrote them. A block whose text is not the masked one is the client's own and goes as it is.
 */
export interface SignedThinking {
  keep(signature: string, masked: string, original: string): void
  original(signature: string, masked: string): string | undefined
}

/** The oldest ones go first: a block that is not known any more leaves masked, and the provider says whether it takes it. */
const KEPT = 1000
const CHARACTERS = 16_000_000

export function keepSignedThinking(): SignedThinking {
  const blocks = new Map<string, { masked: string; original: string }>()
  let size = 0
  return {
    keep(signature, masked, original) {
      blocks.set(signature, { masked, original })
      size += masked.length + original.length
      for (const [oldest, block] of blocks) {
        if (blocks.size <= KEPT && size <= CHARACTERS) break
        blocks.delete(oldest)
        size -= block.masked.length + block.original.length
      }
    },
    original(signature, masked) {
      const block = blocks.get(signature)
      return block?.masked === masked ? block.original : undefined
    },
  }
}
