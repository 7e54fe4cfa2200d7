/**
 * Answers of the Responses API. One text comes up to five times: in deltas, in its `done` event, in its part, in its item and
 * in the whole response. The deltas are masked; every copy takes the mask of what streamed.
 */
import { member, textOf } from '../../json/edit.ts'
import type { JsonNode, JsonString } from '../../json/read.ts'
import type { Channel } from '../provider.ts'
import { eachItem, eachMember, identifierOf, indexOf, readUsage, UNREADABLE, walkDeep, type Walk } from '../walk.ts'

const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error'])
/** Members of items that hold no words, and those whose text streams. */
const PLAIN = new Set(['id', 'type', 'status', 'role', 'call_id', 'phase', 'name', 'server_label'])
const STREAMED = new Set(['arguments', 'input', 'code'])
const OFFSETS = ['start_index', 'end_index', 'index']
/** Deltas by kind: where their text stands in the item, under `content` and `summary` with an index. */
const PLACES: ReadonlyMap<string, { readonly list?: 'content' | 'summary'; readonly name: string; readonly kind: Channel['kind'] }> = new Map([
  ['response.output_text', { list: 'content', name: 'text', kind: 'text' }],
  ['response.refusal', { list: 'content', name: 'refusal', kind: 'text' }],
  ['response.reasoning_text', { list: 'content', name: 'text', kind: 'text' }],
  ['response.reasoning_summary_text', { list: 'summary', name: 'text', kind: 'text' }],
  ['response.function_call_arguments', { name: 'arguments', kind: 'json' }],
  ['response.mcp_call_arguments', { name: 'arguments', kind: 'json' }],
  ['response.custom_tool_call_input', { name: 'input', kind: 'text' }],
  ['response.code_interpreter_call_code', { name: 'code', kind: 'text' }],
])

/** @returns true for the event after which a stream may end */
export function walkResponsesEvent(root: JsonNode, walk: Walk): boolean {
  const type = identifierOf(member(root, 'type')) ?? ''
  const [, base = '', ending = ''] = /^(.*)\.(delta|done)$/.exec(type) ?? []
  const channel = channelOf(root, base)
  if (ending === 'done') walk.endNow(channel.path)
  const event: Event = { root, type, base, isCopy: ending === 'done', channel }
  eachMember(walk, root, 'events', (key, value, path) => {
    if (value.type === 'string') walkEventText(event, key, value, walk)
    else walkEventValue(event, key, value, path, walk)
  })
  return LAST.has(type)
}

interface Event {
  readonly root: JsonNode
  readonly type: string
  readonly base: string
  /** A `done` event: says again what streamed. */
  readonly isCopy: boolean
  readonly channel: Channel
}

function walkEventText({ root, type, base, isCopy, channel }: Event, key: string, value: JsonString, walk: Walk): void {
  const path = `events/${key}`
  if (key === 'type' || key === 'item_id' || key === 'obfuscation') walk.identifier(value, path)
  else if (key === 'delta' && base.endsWith('audio')) walk.sealed(value, 'audio')
  else if (key === 'delta') walk.text(value, channel, channel.path, (text) => deltaEvent(root, type, text))
  else if (isCopy) walk.copy(value, channel)
  else if (type === 'error' && key !== 'code') walk.whole(value, `error/${key}`, 'text', true)
  else walkDeep(walk, value, path)
}

function walkEventValue({ root }: Event, key: string, value: JsonNode, path: string, walk: Walk): void {
  switch (key) {
    case 'logprobs':
      dropLogprobs(value, walk)
      return
    case 'item':
      walkItem(value, `output/${indexOf(root, 'output_index')}`, walk)
      return
    case 'part':
      walkPart(value, partPath(root), walk)
      return
    case 'annotation':
      walkAnnotation(value, path, partPath(root), walk)
      return
    case 'response':
      walkResponse(value, walk)
      return
    case 'error':
      walk.unknown(value, key, true)
      return
    default:
      walkDeep(walk, value, path)
  }
}

/** A whole response, an error, or the response that an event of a stream repeats. */
export function walkResponse(root: JsonNode, walk: Walk): void {
  eachMember(walk, root, '', (key, value) => {
    switch (key) {
      case 'output':
        eachItem(walk, value, key, (item, i) => { walkItem(item, `output/${i}`, walk) })
        return
      case 'usage':
        walk.unknown(value, key)
        readUsage(walk, member(value, 'input_tokens'), member(value, 'output_tokens'))
        return
      case 'id':
        walk.id(value, key)
        return
      case 'model':
        walk.model(value, key)
        return
      case 'status':
        finish(value, root, walk)
        return
      case 'object':
      case 'service_tier':
      case 'previous_response_id':
        walk.identifier(value, key)
        return
      case 'error':
        walk.unknown(value, key, true)
        return
      default:
        // Instructions, tools, metadata: what the client sent, said back.
        walk.unknown(value, key)
    }
  })
}

function finish(status: JsonNode, root: JsonNode, walk: Walk): void {
  const said = walk.identifier(status, 'status')
  const reason = member(member(root, 'incomplete_details'), 'reason')
  // Its bytes are masked with what it stands in.
  if (said !== undefined && said !== 'in_progress' && said !== 'queued') walk.facts.finish.push(reason?.type === 'string' ? (identifierOf(reason) ?? UNREADABLE) : said)
}

function channelOf(root: JsonNode, base: string): Channel {
  const item = `output/${indexOf(root, 'output_index')}`
  const place = PLACES.get(base)
  if (!place) return { path: `${item}/${base}`, kind: 'text' }
  return { path: place.list ? `${partPath(root)}/${place.name}` : `${item}/${place.name}`, kind: place.kind }
}

function partPath(root: JsonNode): string {
  const item = `output/${indexOf(root, 'output_index')}`
  const hasSummary = member(root, 'summary_index')?.type === 'number'
  return hasSummary ? `${item}/summary/${indexOf(root, 'summary_index')}` : `${item}/content/${indexOf(root, 'content_index')}`
}

/** An event that carries a rest of text: the newest delta's event with that text, without what spells it out. */
function deltaEvent(root: JsonNode, type: string, text: string): string {
  const repeated: [string, unknown][] = []
  for (const key of ['item_id', 'output_index', 'content_index', 'summary_index', 'sequence_number']) {
    const node = member(root, key)
    if (node) repeated.push([key, node.type === 'string' ? (identifierOf(node) ?? UNREADABLE) : indexOf(root, key)])
  }
  return JSON.stringify({ type, ...Object.fromEntries(repeated), delta: text, ...(type === 'response.output_text.delta' ? { logprobs: [] } : {}) })
}

function dropLogprobs(node: JsonNode, walk: Walk): void {
  if (walk.masking && node.type === 'array' && node.items.length > 0) walk.replace(node, '[]')
  else if (walk.masking && node.type !== 'array' && node.type !== 'null') walk.replace(node, 'null')
}

function walkItem(node: JsonNode, at: string, walk: Walk): void {
  const isImage = textOf(member(node, 'type')) === 'image_generation_call'
  eachMember(walk, node, at, (key, value, path) => {
    if (PLAIN.has(key)) walk.identifier(value, path)
    else if (key === 'encrypted_content' || (key === 'result' && isImage)) walk.sealed(value, isImage ? 'image' : key)
    else if ((key === 'content' || key === 'summary') && value.type === 'array') value.items.forEach((part, i) => { walkPart(part, `${path}/${i}`, walk) })
    else if (STREAMED.has(key) && value.type === 'string') walk.copy(value, { path, kind: key === 'arguments' ? 'json' : 'text' })
    else walkDeep(walk, value, path)
  })
}

/** The text first: annotations point into it. */
function walkPart(node: JsonNode, at: string, walk: Walk): void {
  for (const name of ['text', 'refusal', 'transcript']) {
    const value = member(node, name)
    if (value) walk.copy(value, { path: `${at}/${name}`, kind: 'text' })
  }
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'text' || key === 'refusal' || key === 'transcript') return
    if (key === 'type') walk.identifier(value, path)
    else if (key === 'logprobs') dropLogprobs(value, walk)
    else if (key === 'annotations') eachItem(walk, value, path, (item, i) => { walkAnnotation(item, `${path}/${i}`, at, walk) })
    else walkDeep(walk, value, path)
  })
}

function walkAnnotation(node: JsonNode, path: string, part: string, walk: Walk): void {
  walkDeep(walk, node, path)
  walk.mend(node, `${part}/text`, OFFSETS)
}
