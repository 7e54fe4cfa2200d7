/**
 * Where decoded units came from: stretches, each of units of the same width in the source (`width`; a plain character has 1) and of the
 * same kind. Most of a text is one stretch from one escape or quote to the next.
 */
export class Origins {
  /** The first decoded unit that is known, and how many are. */
  base = 0
  length = 0
  /** Of each stretch: its first decoded unit, where that begins in the source, and the width, negative outside of strings. */
  #firsts: number[] = []
  #raws: number[] = []
  #widths: number[] = []
  /** The stretch asked for last. */
  #last = 0

  add(count: number, raw: number, width: number, isContent: boolean): void {
    const first = this.base + this.length
    const signed = isContent ? width : -width
    this.length += count
    const end = this.#firsts.length - 1
    if (width === 1 && this.#widths[end] === signed && (this.#raws[end] ?? 0) + first - (this.#firsts[end] ?? 0) === raw) return
    this.#firsts.push(first)
    this.#raws.push(raw)
    this.#widths.push(signed)
  }

  has(decoded: number): boolean {
    return decoded >= this.base && decoded < this.base + this.length
  }

  /** @param decoded one that is known */
  startOf(decoded: number): number {
    const at = this.#find(decoded)
    return (this.#raws[at] ?? 0) + decoded - (this.#firsts[at] ?? 0)
  }

  /** @param decoded one that is known */
  endOf(decoded: number): number {
    return this.startOf(decoded) + Math.abs(this.#widths[this.#last] ?? 0)
  }

  /** @param decoded one that is known */
  isContent(decoded: number): boolean {
    return (this.#widths[this.#find(decoded)] ?? 0) > 0
  }

  forget(count: number): void {
    this.base += count
    this.length -= count
    const kept = this.length === 0 ? this.#firsts.length : this.#find(this.base)
    this.#last = 0
    if (kept === 0) return
    this.#firsts = this.#firsts.slice(kept)
    this.#raws = this.#raws.slice(kept)
    this.#widths = this.#widths.slice(kept)
  }

  #find(decoded: number): number {
    const firsts = this.#firsts
    let low = this.#last
    if (decoded < (firsts[low] ?? Infinity)) low = 0
    else if (decoded < (firsts[low + 1] ?? Infinity)) return low
    let high = firsts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((firsts[middle] ?? Infinity) <= decoded) low = middle
      else high = middle
    }
    return (this.#last = low)
  }
}
