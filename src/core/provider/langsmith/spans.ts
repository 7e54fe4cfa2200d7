/** Traces of OpenTelemetry (OTLP 1.x), in JSON or as the JSON that their binary form says: attributes carry prompts and answers. Identifiers and times keep their place. */
import { member, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson } from '../../json/read.ts'
import { BodyCall } from '../bodyCall.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { jsonOfSpans } from './binarySpans.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
/** No message of theirs begins so in binary. */
const BRACE = 0x7b
/** Of digits alone it may be somebody's number. */
const HEX_ID = /^(?:(?!\d+$)(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{32})|)$/
/** Nanoseconds since 1970, of this century. */
const NANOS = /^"?1[0-9]{18}"?$/

/** @throws CountersignError CS_MALFORMED, CS_NOT_INSPECTABLE */
export function describeSpans(operation: Operation, body: Uint8Array): ModelCall {
  const isJson = body[0] === BRACE
  const source = isJson ? decodeUtf8(body) : jsonOfSpans(body)
  const root = checkRoot(readJson(source))
  const c = new PartCollector(source)
  c.members(root, TOP, { resourceSpans: listOf(c, resourceSpans(c, source)) })
  // What was read as JSON is called JSON, whatever the client called it: read as protobuf its bytes would say something else.
  return new BodyCall({ operation, model: '', streaming: false, body: isJson ? body : Buffer.from(source), root, collector: c, contentType: 'application/json' })
}

/** What a value is may be told by its attribute's key alone: `db.password`. */
function attribute(c: PartCollector): Handler {
  return (node, place) => {
    const key = textOf(member(node, 'key'))
    const told: Handler = (n, p) => { c.unknown(n, p, key) }
    const value: Handlers = { stringValue: told, intValue: told, arrayValue: (n, p) => { c.members(n, p, { values: listOf(c, (item, at) => { c.members(item, at, value) }) }) } }
    c.members(node, place, { key: c.name, value: (n, p) => { c.members(n, p, value) } })
  }
}

function listOf(c: PartCollector, handler: Handler): Handler {
  return (node, place) => { c.items(node, place, handler) }
}

function resourceSpans(c: PartCollector, source: string): Handler {
  const id: Handler = (node, place) => { if (!HEX_ID.test(textOf(node) ?? '-')) c.unknown(node, place) }
  const time: Handler = (node, place) => { if (!NANOS.test(source.slice(node.start, node.end))) c.unknown(node, place) }
  const attributes = listOf(c, attribute(c))
  const event: Handler = (node, place) => { c.members(node, place, { timeUnixNano: time, attributes }) }
  const link: Handler = (node, place) => { c.members(node, place, { traceId: id, spanId: id, attributes }) }
  const span: Handler = (node, place) => {
    c.members(node, place, { traceId: id, spanId: id, parentSpanId: id, startTimeUnixNano: time, endTimeUnixNano: time, attributes, events: listOf(c, event), links: listOf(c, link), kind: c.plain })
  }
  const named: Handler = (node, place) => { c.members(node, place, { attributes }) }
  const scope: Handler = (node, place) => { c.members(node, place, { scope: named, spans: listOf(c, span) }) }
  return (node, place) => { c.members(node, place, { resource: named, scopeSpans: listOf(c, scope) }) }
}
