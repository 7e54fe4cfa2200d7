/** Answers of messages, as a whole and as events. A content block is a group: its texts end with it. */
import { member, textOf } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { eachItem, eachMember, identifierOf, indexOf, readUsage, UNREADABLE, walkDeep, type Walk } from '../walk.ts'

/** Told of each thinking block's signature: what was masked of it may have to be put back later. */
export type OnSignature = (path: string, signature: string) => void

const NAME = /^[A-Za-z_][\w.:-]{0,127}$/
const LONG_DIGITS = /\d{7}/
const REDACTED = 'redacted_thinking'

/** A whole message, a count, or an error. */
export function walkMessage(root: JsonNode, walk: Walk, onSignature: OnSignature): void {
  eachMember(walk, root, '', (key, value) => {
    switch (key) {
      case 'content':
        eachItem(walk, value, key, (item, i) => { walkBlock(item, i, walk, onSignature) })
        return
      case 'input_tokens':
        readUsage(walk, value, undefined)
        return
      case 'error':
        walk.unknown(value, key, true)
        return
      default:
        walkHead(key, value, walk)
    }
  })
}

/** @returns true for the event after which a stream may end */
export function walkEvent(root: JsonNode, walk: Walk, onSignature: OnSignature): boolean {
  const type = textOf(member(root, 'type'))
  const index = indexOf(root, 'index')
  eachMember(walk, root, 'events', (key, value, path) => {
    switch (key) {
      case 'type':
        walk.identifier(value, path)
        return
      case 'index':
        walk.index(value, path)
        return
      case 'message':
        walkMessage(value, walk, onSignature)
        return
      case 'content_block':
        walkBlock(value, index, walk, onSignature)
        return
      case 'delta':
        if (type === 'message_delta') eachMember(walk, value, '', (name, node) => { walkHead(name, node, walk) })
        else walkDelta(value, index, walk, onSignature)
        return
      case 'usage':
        walk.unknown(value, key)
        readUsage(walk, member(value, 'input_tokens'), member(value, 'output_tokens'))
        return
      case 'error':
        walk.unknown(value, key, true)
        return
      default:
        walkDeep(walk, value, path)
    }
  })
  if (type === 'content_block_stop') walk.ends.push(`content/${index}`)
  return type === 'message_stop' || type === 'error'
}

function walkHead(key: string, value: JsonNode, walk: Walk): void {
  switch (key) {
    case 'id':
      walk.id(value, key)
      return
    case 'model':
      walk.model(value, key)
      return
    case 'stop_reason':
      if (value.type === 'string') walk.finish(value, key)
      else walk.unknown(value, key)
      return
    case 'usage':
      walk.unknown(value, key)
      readUsage(walk, member(value, 'input_tokens'), member(value, 'output_tokens'))
      return
    case 'type':
    case 'role':
    case 'request_id':
      walk.identifier(value, key)
      return
    case 'content':
      if (value.type === 'array' && value.items.length === 0) return
      walkDeep(walk, value, key)
      return
    default:
      walkDeep(walk, value, key)
  }
}

function delta(index: number, value: object): string {
  return JSON.stringify({ type: 'content_block_delta', index, delta: value })
}

/** In a stream a block begins here and goes on in deltas; results of tools arrive whole. */
function walkBlock(node: JsonNode, index: number, walk: Walk, onSignature: OnSignature): void {
  const at = `content/${index}`
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'type' || key === 'id' || key === 'tool_use_id') walk.identifier(value, path)
    else if (key === 'text' || key === 'thinking') walk.text(value, { path, kind: 'text' }, at, (text) => delta(index, { type: `${key}_delta`, [key]: text }))
    else if (key === 'input') {
      // A stream begins with an empty object and sends the real one in pieces.
      if (value.type !== 'object' || value.members.length > 0) walk.source(value, path, true)
    } else if (key === 'signature') {
      walk.sealed(value, 'signature')
      onSignature(`${at}/thinking`, textOf(value) ?? '')
    } else if (key === 'data') walk.sealed(value, textOf(member(node, 'type')) === REDACTED ? REDACTED : 'encrypted_content')
    else if ((key === 'name' || key === 'server_name') && isName(value)) return
    else walkDeep(walk, value, path)
  })
}

function isName(node: JsonNode): boolean {
  const text = textOf(node)
  return text !== undefined && NAME.test(text) && !LONG_DIGITS.test(text)
}

function walkDelta(node: JsonNode, index: number, walk: Walk, onSignature: OnSignature): void {
  const at = `content/${index}`
  const type = identifierOf(member(node, 'type')) ?? UNREADABLE
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'type') walk.identifier(value, `${at}/delta/type`)
    else if (key === 'signature') {
      walk.sealed(value, 'signature')
      onSignature(`${at}/thinking`, textOf(value) ?? '')
    } else if (key === 'partial_json') walk.text(value, { path: `${at}/input`, kind: 'json' }, at, (text) => delta(index, { type, [key]: text }))
    else if (value.type === 'string' && !key.startsWith('encrypted_')) walk.text(value, { path, kind: 'text' }, at, (text) => delta(index, { type, [key]: text }))
    else if (value.type === 'string') walk.sealed(value, 'encrypted_content')
    else walkDeep(walk, value, path)
  })
}
