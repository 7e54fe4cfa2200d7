/**
 * One logical text of an answer while it streams (a choice's content, a tool call's arguments). The masker holds text back
 * until it is sure; the events that carried it wait with it. As long as nothing is masked the events leave exactly as they
 * came, only later. From the first masked value on, each event carries what the masker released when it arrived, and the
 * newest one waits, so that the rest of the field always finds an event to travel in.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { MaskStream } from './provider.ts'

/** A string of an event whose final text is not known yet. */
export interface Slot {
  /** Undefined: as it came. */
  text: string | undefined
  settled: boolean
}

interface Waiting {
  readonly slot: Slot
  readonly length: number
}

export class Field {
  readonly path: string
  readonly group: string
  /** Makes the data of an event that carries a rest for which no event is left. */
  carry: (text: string) => string
  readonly #mask: MaskStream
  readonly #waiting: Waiting[] = []
  /** Original text from the start of the first waiting slot on, and how much of it the masker has released. */
  #ahead = ''
  #released = 0
  /** Nothing was masked so far: what the masker released is what came in. */
  #same = true
  #flushed = false
  #original = ''
  #masked = ''

  constructor(path: string, group: string, mask: MaskStream, carry: (text: string) => string) {
    this.path = path
    this.group = group
    this.carry = carry
    this.#mask = mask
  }

  /** Everything that came, and everything released: a copy elsewhere in the answer gets the same mask. */
  get original(): string {
    return this.#original
  }
  get masked(): string {
    return this.#masked
  }
  get spans(): MaskStream['spans'] {
    return this.#mask.spans
  }
  get isFlushed(): boolean {
    return this.#flushed
  }

  push(slot: Slot, text: string): void {
    if (this.#flushed) throw new CountersignError('CS_UPSTREAM_NONSENSE', 'the upstream went on with a text that it had ended; the answer stops here.')
    const out = this.#mask.push(text)
    this.#original += text
    this.#masked += out
    this.#waiting.push({ slot, length: text.length })
    if (this.#same) {
      this.#ahead += text
      this.#follow(out)
    } else {
      for (const earlier of this.#waiting.splice(0, this.#waiting.length - 1)) earlier.slot.settled = true
      slot.text = out
    }
  }

  /** Nothing more comes. @returns the rest when no event waits that could carry it */
  flush(): string {
    if (this.#flushed) return ''
    this.#flushed = true
    const out = this.#mask.flush()
    this.#masked += out
    if (this.#same) this.#follow(out)
    else {
      const last = this.#waiting.at(-1)
      if (last) last.slot.text = (last.slot.text ?? '') + out
      else return out
    }
    // A masker that swallowed text without masking it: the waiting events carry what it released, which is all there is.
    if (this.#same && this.#waiting.length > 0) this.detach()
    for (const { slot } of this.#waiting.splice(0)) slot.settled = true
    return ''
  }

  /** Lets the waiting events go with what was released; the rest of the text comes later, in an event of its own if need be. */
  detach(): void {
    if (this.#waiting.length === 0) return
    if (this.#same) {
      const [first, ...others] = this.#waiting
      if (first) first.slot.text = this.#ahead.slice(0, this.#released)
      for (const { slot } of others) slot.text = ''
      this.#same = false
    }
    for (const { slot } of this.#waiting.splice(0)) slot.settled = true
  }

  /** While nothing is masked the output repeats the input; where it stops doing so, the first value was masked. */
  #follow(out: string): void {
    if (!this.#ahead.startsWith(out, this.#released)) {
      this.#diverge(this.#ahead.slice(0, this.#released) + out)
      return
    }
    this.#released += out.length
    this.#settle(this.#released)
  }

  #settle(covered: number): void {
    let offset = 0
    while (this.#waiting[0] !== undefined && offset + this.#waiting[0].length <= covered) {
      offset += this.#waiting[0].length
      this.#waiting[0].slot.settled = true
      this.#waiting.shift()
    }
    this.#ahead = this.#ahead.slice(offset)
    this.#released -= offset
  }

  #diverge(out: string): void {
    let common = 0
    while (common < out.length && out[common] === this.#ahead[common]) common++
    // The newest event stays, whatever it carries: a rest may have to travel in it.
    const before = this.#ahead.length - (this.#waiting.at(-1)?.length ?? 0)
    const length = this.#ahead.length
    this.#settle(Math.min(common, before))
    const settled = length - this.#ahead.length
    this.#same = false
    const [first, ...others] = this.#waiting
    if (first) first.slot.text = out.slice(settled)
    for (const { slot } of others) slot.text = ''
    for (const { slot } of this.#waiting.splice(0, this.#waiting.length - 1)) slot.settled = true
  }
}
