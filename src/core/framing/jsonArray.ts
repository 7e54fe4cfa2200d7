/**
 * One JSON array of objects, an element at a time, as Gemini streams without events: each element leaves when it closes, and
 * takes along what stands before it. The closing bracket is a frame of its own, whose data is the bracket: without it the
 * answer is not whole. A lone object in place of an array is one element.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Framing, StreamFrame } from './framing.ts'
import { GrowingBuffer } from './growingBuffer.ts'

export const CLOSING = ']'

const LIMIT = 64 * 1024 * 1024
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const [QUOTE, BACKSLASH, OPEN, CLOSE, BRACE, UNBRACE, COMMA] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d, 0x2c]
const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d])

/** What may come between two elements: `start` of everything, an element, a comma or the end, nothing any more. */
type Expects = 'start' | 'element' | 'element or end' | 'comma or end' | 'nothing'

export function jsonArrayFraming(): Framing {
  const bytes = new GrowingBuffer(LIMIT)
  let expects: Expects = 'start'
  let inArray = false
  let at = 0
  let from = 0
  let depth = 0
  let inString = false
  let escaped = false

  const between = (byte: number): void => {
    if (WHITE.has(byte)) return
    if (byte === OPEN && expects === 'start') {
      inArray = true
      expects = 'element or end'
    } else if (byte === BRACE && (expects === 'start' || expects === 'element' || expects === 'element or end')) {
      from = at
      depth = 1
    } else if (byte === COMMA && expects === 'comma or end') expects = 'element'
    else if (byte === CLOSE && (expects === 'comma or end' || expects === 'element or end')) expects = 'nothing'
    else throw nonsense('that is no list of answers')
  }
  const inside = (byte: number): void => {
    if (escaped) escaped = false
    else if (inString) {
      if (byte === BACKSLASH) escaped = true
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === BRACE || byte === OPEN) depth++
    else if (byte === UNBRACE || byte === CLOSE) depth--
  }
  /** @returns the frame that ends with this byte */
  const step = (byte: number): StreamFrame | undefined => {
    const wasInside = depth > 0
    const before = expects
    if (wasInside) inside(byte)
    else between(byte)
    const length = at + 1
    if (wasInside && depth === 0) {
      expects = inArray ? 'comma or end' : 'nothing'
      return frameOf(bytes.take(length), from)
    }
    return expects === 'nothing' && before !== 'nothing' ? frameOf(bytes.take(length), at) : undefined
  }

  return {
    push(chunk) {
      const frames: StreamFrame[] = []
      bytes.append(chunk)
      while (at < bytes.held.length) {
        const frame = step(bytes.held[at] ?? 0)
        at = frame ? 0 : at + 1
        if (frame) frames.push(frame)
      }
      return frames
    },
    end() {
      if (expects !== 'nothing') throw nonsense('that is cut off')
      const { length } = bytes.held
      return length === 0 ? undefined : { ...frameOf(bytes.take(length), length), data: undefined }
    },
  }
}

/** @param from where the element begins in the frame */
function frameOf(frame: Buffer, from: number): StreamFrame {
  let data: string
  try {
    data = UTF8.decode(frame.subarray(from))
  } catch (error) {
    throw nonsense('that is not UTF-8', error)
  }
  return { data, name: undefined, beside: [], ending: '\n', render: (changed) => (changed === undefined ? frame : Buffer.concat([frame.subarray(0, from), Buffer.from(changed)])) }
}

function nonsense(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_UPSTREAM_NONSENSE', `the upstream sent an answer ${why}; the answer stops here.`, { cause })
}
