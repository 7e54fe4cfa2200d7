/**
 * Traces in OpenTelemetry's binary form (protobuf), read into its JSON form, which is inspected and sent in its place: the
 * servers take both, and exporters for Python speak only the binary one. Whatever is not in the tables below is refused:
 * a field that nobody knows here could hold anything.
 */
import { CountersignError } from '../../../protocol/errors.ts'
import { decodeUtf8 } from '../../json/read.ts'

type Scalar = 'string' | 'hex' | 'base64' | 'bool' | 'number' | 'int64' | 'double' | 'nanos' | 'flags'
interface Field {
  readonly name: string
  readonly is: Scalar | Message
  readonly list?: true
}
/** By number. */
type Message = () => Readonly<Record<number, Field>>

const one = (name: string, is: Field['is']): Field => ({ name, is })
const list = (name: string, is: Field['is']): Field => ({ name, is, list: true })

const attributes = list('attributes', () => KEY_VALUE)
const dropped = (what: string): Field => one(`dropped${what}Count`, 'number')
const ANY_VALUE: Readonly<Record<number, Field>> = {
  1: one('stringValue', 'string'), 2: one('boolValue', 'bool'), 3: one('intValue', 'int64'), 4: one('doubleValue', 'double'),
  5: one('arrayValue', () => ({ 1: list('values', () => ANY_VALUE) })), 6: one('kvlistValue', () => ({ 1: list('values', () => KEY_VALUE) })), 7: one('bytesValue', 'base64'),
}
const KEY_VALUE: Readonly<Record<number, Field>> = { 1: one('key', 'string'), 2: one('value', () => ANY_VALUE) }
const EVENT: Message = () => ({ 1: one('timeUnixNano', 'nanos'), 2: one('name', 'string'), 3: attributes, 4: dropped('Attributes') })
const LINK: Message = () => ({ 1: one('traceId', 'hex'), 2: one('spanId', 'hex'), 3: one('traceState', 'string'), 4: attributes, 5: dropped('Attributes'), 6: one('flags', 'flags') })
const STATUS: Message = () => ({ 2: one('message', 'string'), 3: one('code', 'number') })
const SPAN: Message = () => ({
  1: one('traceId', 'hex'), 2: one('spanId', 'hex'), 3: one('traceState', 'string'), 4: one('parentSpanId', 'hex'), 5: one('name', 'string'), 6: one('kind', 'number'),
  7: one('startTimeUnixNano', 'nanos'), 8: one('endTimeUnixNano', 'nanos'), 9: attributes, 10: dropped('Attributes'), 11: list('events', EVENT), 12: dropped('Events'),
  13: list('links', LINK), 14: dropped('Links'), 15: one('status', STATUS), 16: one('flags', 'flags'),
})
const SCOPE: Message = () => ({ 1: one('name', 'string'), 2: one('version', 'string'), 3: attributes, 4: dropped('Attributes') })
const SCOPE_SPANS: Message = () => ({ 1: one('scope', SCOPE), 2: list('spans', SPAN), 3: one('schemaUrl', 'string') })
const RESOURCE: Message = () => ({ 1: attributes, 2: dropped('Attributes') })
const RESOURCE_SPANS: Message = () => ({ 1: one('resource', RESOURCE), 2: list('scopeSpans', SCOPE_SPANS), 3: one('schemaUrl', 'string') })
const REQUEST: Message = () => ({ 1: list('resourceSpans', RESOURCE_SPANS) })

const WIRE: Readonly<Record<Scalar, number>> = { bool: 0, number: 0, int64: 0, nanos: 1, double: 1, string: 2, hex: 2, base64: 2, flags: 5 }
const DEPTH = 100

/** @returns the same traces as JSON @throws CountersignError CS_MALFORMED, CS_NOT_INSPECTABLE */
export function jsonOfSpans(body: Uint8Array): string {
  return JSON.stringify(messageOf(new Reader(body), REQUEST(), 0))
}

function messageOf(reader: Reader, fields: Readonly<Record<number, Field>>, depth: number): Record<string, unknown> {
  if (depth > DEPTH) throw malformed('values are nested too deep')
  const message: Record<string, unknown> = {}
  while (!reader.isAtEnd) {
    const tag = reader.varint()
    const field = tag < 1024n ? fields[Number(tag) >> 3] : undefined
    if (!field) throw new CountersignError('CS_NOT_INSPECTABLE', 'the trace has a field that Countersign does not know. Send traces through LangSmith without OpenTelemetry (LANGSMITH_OTEL_ENABLED=false). Nothing was sent.')
    if ((Number(tag) & 7) !== (typeof field.is === 'function' ? 2 : WIRE[field.is])) throw malformed(`"${field.name}" is of another kind`)
    const value = typeof field.is === 'function' ? messageOf(new Reader(reader.bytes()), field.is(), depth + 1) : scalarOf(reader, field.is)
    const before = message[field.name]
    // Servers differ in which of two they take.
    if (before !== undefined && !field.list) throw malformed(`"${field.name}" is given twice`)
    if (field.list && Array.isArray(before)) before.push(value)
    else message[field.name] = field.list ? [value] : value
  }
  return message
}

function scalarOf(reader: Reader, kind: Scalar): unknown {
  switch (kind) {
    case 'string':
      return decodeUtf8(reader.bytes())
    case 'hex':
      return Buffer.from(reader.bytes()).toString('hex')
    case 'base64':
      return Buffer.from(reader.bytes()).toString('base64')
    case 'bool':
      return reader.varint() !== 0n
    case 'number':
      return Number(BigInt.asIntN(32, reader.varint()))
    case 'int64':
      return String(BigInt.asIntN(64, reader.varint()))
    case 'nanos':
      return String(reader.view(8).getBigUint64(0, true))
    case 'flags':
      return reader.view(4).getUint32(0, true)
    case 'double': {
      const value = reader.view(8).getFloat64(0, true)
      return Number.isFinite(value) ? value : String(value)
    }
  }
}

function malformed(why: string): CountersignError {
  return new CountersignError('CS_MALFORMED', `the trace cannot be read: ${why}. Correct it and send it again; nothing was sent.`)
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw malformed('it ends in the middle')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw malformed('a number is too long')
  }

  /** Behind their length. */
  bytes(): Uint8Array {
    const length = this.varint()
    if (length > BigInt(this.#bytes.length - this.#at)) throw malformed('it ends in the middle')
    return this.#take(Number(length))
  }

  view(length: number): DataView {
    if (length > this.#bytes.length - this.#at) throw malformed('it ends in the middle')
    const bytes = this.#take(length)
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  #take(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at, (this.#at += length))
  }
}
