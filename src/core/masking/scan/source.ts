/** The part of the stream that is still needed: what is undecided, and the left context before it. Offsets are the stream's. */
import { BEYOND_ASCII, FOLD } from './characters.ts'
import { fold, foldIfNeeded, plain, type Folded } from './fold.ts'
import { LEFT, type WindowView } from './match.ts'

/** Units kept before the first undecided one: LEFT folded characters and some invisible ones. */
const KEPT = 96
const TRIM = 4096

export class Source {
  /** Offset of the first unit of `text`. */
  base = 0
  text = ''

  append(more: string): void {
    this.text = this.text.length === 0 ? more : this.text + more
  }

  get length(): number {
    return this.base + this.text.length
  }

  slice(from: number, to: number): string {
    return this.text.slice(from - this.base, to - this.base)
  }

  /** Forgets what lies more than the left context before `from`. */
  trim(from: number): void {
    const cut = from - KEPT - this.base
    if (cut < TRIM && !(cut > 0 && this.text.length > 4 * TRIM)) return
    this.text = this.text.slice(cut)
    this.base += cut
  }

  /** Folded text left of an offset. A fixed number of units is looked at, so that it is the same however the text arrived. */
  left(at: number): string {
    return foldIfNeeded(this.slice(Math.max(this.base, at - KEPT), at)).slice(-LEFT)
  }

  view(from: number, to: number, bits: number, key: string): WindowView {
    const raw = this.slice(from, to)
    return this.viewOf(bits & (FOLD | BEYOND_ASCII) ? fold(raw) : plain(raw), from, key)
  }

  viewOf(folded: Folded, start: number, key: string): WindowView {
    let before: string | undefined
    return {
      folded,
      start,
      key,
      left: (at) => {
        if (at >= LEFT) return folded.text.slice(at - LEFT, at)
        before ??= this.left(start)
        return (before + folded.text.slice(0, at)).slice(-LEFT)
      },
    }
  }
}
