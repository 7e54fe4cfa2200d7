/** What `countersign mask` feeds: it finds out by itself whether it is given JSON. */
import { looksLikeJson } from '../../core/masking/json/looksLikeJson.ts'
import type { MaskingStream } from '../../core/masking/masker.ts'
import type { SpanEvidence } from '../../protocol/masking.ts'

export type Open = (kind: 'text' | 'json') => MaskingStream

/** A text of which nobody says what it is: JSON source when its first two marks say so. */
export class Sniffing {
  readonly #open: Open
  #head = ''
  #stream: MaskingStream | undefined

  constructor(open: Open) {
    this.#open = open
  }

  get spans(): readonly SpanEvidence[] {
    return this.#stream?.spans ?? []
  }

  push(text: string): string {
    if (this.#stream) return this.#stream.push(text)
    this.#head += text
    const kind = looksLikeJson(this.#head)
    return kind === undefined ? '' : this.#begin(kind ? 'json' : 'text')
  }

  flush(): string {
    const head = this.#stream ? '' : this.#begin('text')
    return head + (this.#stream?.flush() ?? '')
  }

  #begin(kind: 'text' | 'json'): string {
    this.#stream = this.#open(kind)
    return this.#stream.push(this.#head)
  }
}
