/**
 * Bytes that wait for the rest of their frame. Appending costs amortised constant time however small the chunks are, and what
 * was taken out stays valid: memory that was handed out is never written again.
 */
import { CountersignError } from '../../protocol/errors.ts'

export class GrowingBuffer {
  readonly #limit: number
  #store: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0

  /** @param limit bytes a single frame may have */
  constructor(limit: number) {
    this.#limit = limit
  }

  get held(): Buffer {
    return this.#store.subarray(this.#from, this.#to)
  }

  /** @throws CountersignError CS_UPSTREAM_NONSENSE when a frame grows over the limit: what cannot be held whole cannot be inspected */
  append(chunk: Uint8Array): void {
    const length = this.#to - this.#from + chunk.length
    if (length > this.#limit) throw new CountersignError('CS_UPSTREAM_NONSENSE', 'the upstream sent an answer too large to inspect; it stops here.')
    if (length === chunk.length) {
      // Nothing waits: the chunk itself is the store, and is full.
      this.#store = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      this.#from = 0
      this.#to = chunk.length
      return
    }
    if (this.#to + chunk.length > this.#store.length) {
      const store = Buffer.allocUnsafe(Math.max(length * 2, 4096))
      store.set(this.held, 0)
      this.#store = store
      this.#to -= this.#from
      this.#from = 0
    }
    this.#store.set(chunk, this.#to)
    this.#to += chunk.length
  }

  take(length: number): Buffer {
    const taken = this.#store.subarray(this.#from, this.#from + length)
    this.#from += taken.length
    return taken
  }
}
