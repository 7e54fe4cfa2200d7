/**
 * Server-sent events as bytes. Each frame keeps its bytes exactly, comments, unknown fields and line endings included, so
 * that an event nobody changes passes as it came; the data of one that must change is replaced and the rest of it stays.
 * Cuts may fall anywhere, also inside a character or between CR and LF. What a client would not see (an event without its
 * blank line) is told apart at the end.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Framing, StreamFrame } from './framing.ts'
import { GrowingBuffer } from './growingBuffer.ts'

export interface SseLine {
  /** Start and end in the frame's bytes; the end is before the line ending. */
  readonly start: number
  readonly end: number
  /** With its line ending. */
  readonly next: number
  /** Empty for a comment. */
  readonly field: string
  readonly value: string
}

export interface SseFrame {
  readonly bytes: Buffer
  readonly lines: readonly SseLine[]
  /** Lines of data joined by LF; undefined when there is none: comments, blank lines, a lone LF. */
  readonly data: string | undefined
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LF = 10
const CR = 13
const BOM = '\ufeff'
/** An event longer than this is no event: memory is bounded, and what cannot be read cannot be inspected. */
const LIMIT = 64 * 1024 * 1024

export class SseFramer {
  readonly #bytes = new GrowingBuffer(LIMIT)
  /** Offset in `held` behind the last complete line, and from where on line endings are looked for. */
  #line = 0
  #scan = 0
  #lines: SseLine[] = []
  /** The last byte was a CR that ended a line: an LF that follows belongs to it. */
  #afterCr = false
  #first = true

  /** @throws CountersignError CS_UPSTREAM_NONSENSE */
  push(chunk: Uint8Array): SseFrame[] {
    const frames: SseFrame[] = []
    if (chunk.length === 0) return frames
    this.#bytes.append(chunk)
    if (this.#afterCr) this.#lateLf(frames)
    for (;;) {
      const { held } = this.#bytes
      const end = lineEnd(held, this.#scan)
      if (end < 0) break
      const ending = held[end] === CR && held[end + 1] === LF ? 2 : 1
      this.#afterCr = held[end] === CR && end + 1 === held.length
      this.#take(end, end + ending, frames)
    }
    this.#scan = this.#bytes.held.length
    return frames
  }

  /** The stream ended: what is left, complete or not. */
  end(): SseFrame | undefined {
    const { length } = this.#bytes.held
    if (length === 0) return undefined
    if (this.#line < length) this.#lines.push(this.#parse(this.#line, length, length))
    return this.#cut(length)
  }

  /** An LF whose CR ended the chunk before: part of that line ending, wherever that line went. */
  #lateLf(frames: SseFrame[]): void {
    this.#afterCr = false
    const at = this.#line
    if (this.#bytes.held[at] !== LF) return
    const last = this.#lines.at(-1)
    if (last) {
      this.#lines[this.#lines.length - 1] = { ...last, next: last.next + 1 }
      this.#line++
      this.#scan = this.#line
      return
    }
    frames.push({ bytes: this.#bytes.take(1), lines: [], data: undefined })
    this.#scan = 0
  }

  #take(end: number, next: number, frames: SseFrame[]): void {
    const blank = end === this.#line
    if (!blank) this.#lines.push(this.#parse(this.#line, end, next))
    this.#line = next
    this.#scan = next
    if (blank) frames.push(this.#cut(next))
  }

  #cut(end: number): SseFrame {
    const lines = this.#lines
    const data = lines.filter(({ field }) => field === 'data')
    const frame = { bytes: this.#bytes.take(end), lines, data: data.length === 0 ? undefined : data.map(({ value }) => value).join('\n') }
    this.#line = 0
    this.#scan = 0
    this.#lines = []
    return frame
  }

  #parse(start: number, end: number, next: number): SseLine {
    let text
    try {
      text = UTF8.decode(this.#bytes.held.subarray(start, end))
    } catch (error) {
      throw new CountersignError('CS_UPSTREAM_NONSENSE', 'the upstream sent an event that is not UTF-8; the answer stops here.', { cause: error })
    }
    const marked = this.#first && text.startsWith(BOM)
    if (marked) text = text.slice(1)
    this.#first = false
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    return { start: marked ? start + 3 : start, end, next, field, value }
  }
}

function lineEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === LF || byte === CR) return at
  }
  return -1
}

/** Server-sent events as a framing of JSON. */
export function sseFraming(): Framing {
  const framer = new SseFramer()
  return {
    push: (chunk) => framer.push(chunk).map(streamFrame),
    end() {
      const frame = framer.end()
      return frame && streamFrame(frame)
    },
  }
}

function streamFrame(frame: SseFrame): StreamFrame {
  const line = frame.lines.find(({ field }) => field === 'data')
  return {
    data: frame.data,
    name: frame.lines.findLast(({ field }) => field === 'event')?.value,
    beside: frame.lines.filter(({ field }) => field !== 'data').map(besideOf),
    ending: (line && frame.bytes.toString('latin1', line.end, line.next)) || '\n',
    render: (data, drop) => rewriteFrame(frame, data, drop.size === 0 ? undefined : new Set(frame.lines.filter((one) => one.field !== 'data' && drop.has(besideOf(one))))),
  }
}

function besideOf({ field, value }: SseLine): string {
  return ['event', 'id', 'retry', ''].includes(field) ? value : `${field}: ${value}`
}

/**
 * The frame with other data: the first line of data carries it, further ones go, every other line stays as it was.
 * @param drop lines that must not pass, comments for instance
 */
export function rewriteFrame(frame: SseFrame, data: string | undefined, drop: ReadonlySet<SseLine> = new Set()): Buffer {
  if (data === undefined && drop.size === 0) return frame.bytes
  const pieces: Buffer[] = []
  let at = 0
  let placed = data === undefined
  for (const line of frame.lines) {
    const replaced = data !== undefined && line.field === 'data'
    if (!replaced && !drop.has(line)) continue
    pieces.push(frame.bytes.subarray(at, line.start))
    at = line.next
    if (placed || data === undefined || !replaced) continue
    placed = true
    const ending = frame.bytes.toString('latin1', line.end, line.next)
    const head = frame.bytes[line.start + 5] === 0x20 ? 'data: ' : 'data:'
    for (const piece of data.split('\n')) pieces.push(Buffer.from(`${head}${piece}${ending}`))
  }
  pieces.push(frame.bytes.subarray(at))
  return Buffer.concat(pieces)
}
