/**
 * Amazon's binary event stream: length, length of headers, checksum of both, headers, payload, checksum of all. A message
 * nobody changed keeps its bytes; a changed one gets its lengths and both checksums anew. A wrong checksum is no message.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Framing, StreamFrame } from './framing.ts'
import { GrowingBuffer } from './growingBuffer.ts'

interface Header {
  readonly name: string
  /** Strings only; undefined for other types. */
  readonly value: string | undefined
  readonly bytes: Buffer
}

const LIMIT = 24 * 1024 * 1024
const PRELUDE = 12
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Bytes of a header's value by its type, without the two that give a length. */
const SIZES: readonly (number | 'counted')[] = [0, 0, 1, 2, 4, 8, 'counted', 'counted', 8, 16]
const STRING = 7

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xed_b8_83_20 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

export function crc32(bytes: Uint8Array): number {
  let crc = 0xff_ff_ff_ff
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xff_ff_ff_ff) >>> 0
}

function nonsense(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_UPSTREAM_NONSENSE', `the upstream sent a message ${why}; the answer stops here.`, { cause })
}

/** @param inner where the payload wraps the real one (base64 in `bytes`): how to take it out and put it back */
export function eventStreamFraming(inner?: Wrapping): Framing {
  const bytes = new GrowingBuffer(LIMIT)
  return {
    push(chunk) {
      const frames: StreamFrame[] = []
      bytes.append(chunk)
      for (let { held } = bytes; held.length >= PRELUDE; { held } = bytes) {
        const length = held.readUInt32BE(0)
        if (length < PRELUDE + 4 || length > LIMIT) throw nonsense('of an impossible length')
        if (crc32(held.subarray(0, 8)) !== held.readUInt32BE(8)) throw nonsense('whose beginning does not match its checksum')
        if (held.length < length) break
        frames.push(read(bytes.take(length), inner))
      }
      return frames
    },
    end() {
      if (bytes.held.length > 0) throw nonsense('that is cut off')
      return undefined
    },
  }
}

export interface Wrapping {
  unwrap(payload: string): string | undefined
  wrap(payload: string, data: string): string
}

function read(message: Buffer, inner: Wrapping | undefined): StreamFrame {
  const end = message.length - 4
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw nonsense('that does not match its checksum')
  const start = PRELUDE + message.readUInt32BE(4)
  if (start > end) throw nonsense('whose headers are longer than itself')
  const headers = readHeaders(message.subarray(PRELUDE, start))
  let payload: string
  try {
    payload = UTF8.decode(message.subarray(start, end))
  } catch (error) {
    throw nonsense('that is not UTF-8', error)
  }
  const named = (name: string): string | undefined => headers.find((header) => header.name === name)?.value
  const unwrapped = named(':event-type') === 'chunk' ? inner?.unwrap(payload) : undefined
  return {
    data: unwrapped ?? payload,
    name: named(':exception-type') ?? named(':error-code') ?? named(':event-type'),
    beside: headers.flatMap(({ value }) => value ?? []),
    ending: '',
    render(data, drop) {
      if (data === undefined && drop.size === 0) return message
      const kept = headers.filter(({ value }) => value === undefined || !drop.has(value))
      const text = data === undefined ? payload : inner && unwrapped !== undefined ? inner.wrap(payload, data) : data
      return build(Buffer.concat(kept.map((header) => header.bytes)), Buffer.from(text))
    },
  }
}

function readHeaders(bytes: Buffer): Header[] {
  const headers: Header[] = []
  let at = 0
  while (at < bytes.length) {
    const from = at
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const size = SIZES[bytes[nameEnd] ?? -1]
    if (size === undefined) throw nonsense('with a header of an unknown type')
    const counted = size === 'counted'
    if (counted && nameEnd + 3 > bytes.length) throw nonsense('with a header that is cut off')
    const valueStart = nameEnd + (counted ? 3 : 1)
    at = valueStart + (counted ? bytes.readUInt16BE(nameEnd + 1) : size)
    if (at > bytes.length) throw nonsense('with a header that is cut off')
    const value = bytes[nameEnd] === STRING ? bytes.toString('utf8', valueStart, at) : undefined
    headers.push({ name: bytes.toString('utf8', from + 1, nameEnd), value, bytes: bytes.subarray(from, at) })
  }
  return headers
}

/** A message of our own. */
export function encodeMessage(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const encoded = Object.entries(headers).map(([name, value]) => {
    const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)]
    const head = Buffer.alloc(nameBytes.length + 4)
    head[0] = nameBytes.length
    nameBytes.copy(head, 1)
    head[nameBytes.length + 1] = STRING
    head.writeUInt16BE(valueBytes.length, nameBytes.length + 2)
    return Buffer.concat([head, valueBytes])
  })
  return build(Buffer.concat(encoded), Buffer.from(payload))
}

function build(headers: Buffer, payload: Buffer): Buffer {
  const message = Buffer.alloc(PRELUDE + headers.length + payload.length + 4)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(headers.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  headers.copy(message, PRELUDE)
  payload.copy(message, PRELUDE + headers.length)
  message.writeUInt32BE(crc32(message.subarray(0, message.length - 4)), message.length - 4)
  return message
}
