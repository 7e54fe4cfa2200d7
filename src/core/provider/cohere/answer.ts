/** Answers of Cohere. The last event of the first version says everything again, the prompt included. */
import { isNumbers, member, textOf } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { eachMember, identifierOf, indexOf, readUsage, UNREADABLE, walkDeep, type Walk } from '../walk.ts'

const OFFSETS = ['start', 'end']

/** An event of either version. @returns true for the last one */
export function walkCohereEvent(root: JsonNode, walk: Walk): boolean {
  return member(root, 'event_type') === undefined ? walkSecond(root, walk) : walkFirst(root, walk)
}

function walkSecond(root: JsonNode, walk: Walk): boolean {
  const type = identifierOf(member(root, 'type')) ?? UNREADABLE
  const index = indexOf(root, 'index')
  if (type === 'tool-call-start' || type === 'content-start') walk.endNow('message/tool_plan')
  eachMember(walk, root, 'events', (key, value, path) => {
    if (key === 'type') walk.identifier(value, path)
    else if (key === 'id') walk.id(value, 'id')
    else if (key === 'logprobs') dropLogprobs(value, walk)
    else if (key !== 'delta') walkDeep(walk, value, path)
    else
      eachMember(walk, value, 'delta', (name, inner, below) => {
        if (name === 'message') walkDelta(inner, { type, index }, walk)
        else walkTop(name, inner, below, walk)
      })
  })
  if (type === 'content-end') walk.ends.push(`message/content/${index}`)
  if (type === 'tool-call-end') walk.ends.push(`message/tool_calls/${index}`)
  return type === 'message-end'
}

interface At {
  readonly type: string
  readonly index: number
}

function walkDelta(node: JsonNode, at: At, walk: Walk): void {
  eachMember(walk, node, 'message', (key, value, path) => {
    if (key === 'role') walk.identifier(value, path)
    else if (key === 'citations') walkCitation(value, path, walk)
    else if (value.type === 'array') walkDeep(walk, value, path)
    else {
      const group = key === 'content' || key === 'tool_calls' ? `${path}/${at.index}` : path
      walkPieces(value, { ...at, path: group, group }, walk, (piece) => ({ [key]: piece }))
    }
  })
}

/** Every string of a delta goes on in the next one, except names and identifiers. */
function walkPieces(node: JsonNode, at: At & { path: string; group: string }, walk: Walk, wrap: (piece: unknown) => unknown): void {
  if (node.type === 'string') {
    const carry = (text: string): string => JSON.stringify({ type: at.type.replace(/-start$/, '-delta'), index: at.index, delta: { message: wrap(text) } })
    walk.text(node, { path: at.path, kind: at.path.endsWith('arguments') ? 'json' : 'text' }, at.group, carry)
  } else
    eachMember(walk, node, at.path, (key, value, path) => {
      if (key === 'id' || key === 'type' || key === 'name') walk.identifier(value, path)
      else walkPieces(value, { ...at, path }, walk, (piece) => wrap({ [key]: piece }))
    })
}

function walkCitation(node: JsonNode, path: string, walk: Walk): void {
  walkDeep(walk, node, path)
  for (const one of node.type === 'array' ? node.items : [node]) walk.mend(one, `message/content/${indexOf(one, 'content_index')}/text`, OFFSETS)
}

function walkFirst(root: JsonNode, walk: Walk): boolean {
  const type = textOf(member(root, 'event_type'))
  const isLast = type === 'stream-end'
  if (isLast) walk.endNow('answer')
  eachMember(walk, root, 'events', (key, value, path) => {
    if (key === 'event_type') walk.identifier(value, path)
    else if (key === 'text' && type === 'text-generation')
      walk.text(value, { path: 'text', kind: 'text' }, 'answer', (text) => JSON.stringify({ is_finished: false, event_type: type, text }))
    else if (key === 'tool_call_delta') walkFirstCall(value, walk)
    else if (key === 'response') walkCohere(value, walk)
    else if (key === 'finish_reason') walk.finish(value, path)
    else if (key === 'citations' && value.type === 'array') {
      walkDeep(walk, value, path)
      for (const one of value.items) walk.mend(one, 'text', OFFSETS)
    } else if (key === 'generation_id') walk.id(value, 'id')
    else walkDeep(walk, value, path)
  })
  return isLast
}

function walkFirstCall(node: JsonNode, walk: Walk): void {
  const index = indexOf(node, 'index')
  eachMember(walk, node, `tool_calls/${index}`, (key, value, path) => {
    if (key === 'name') walk.identifier(value, path)
    else if (value.type !== 'string') walkDeep(walk, value, path)
    else walk.text(value, { path, kind: 'json' }, 'answer', (text) => JSON.stringify({ is_finished: false, event_type: 'tool-calls-chunk', tool_call_delta: { index, [key]: text } }))
  })
}

/** A whole answer of either version, embeddings, scores, or an error. */
export function walkCohere(root: JsonNode, walk: Walk): void {
  const text = member(root, 'text')
  if (text) walk.copy(text, { path: 'text', kind: 'text' })
  eachMember(walk, root, '', (key, value) => {
    if (key === 'text' && member(root, 'text') === value) return
    if (key === 'id' || key === 'generation_id' || key === 'response_id') walk.id(value, 'id')
    else if (key === 'message' && value.type === 'object') walkMessage(value, walk)
    else if (key === 'message') walk.unknown(value, key, true)
    else if (key === 'logprobs') dropLogprobs(value, walk)
    else if (key === 'citations' && value.type === 'array') {
      walkDeep(walk, value, key)
      for (const one of value.items) walk.mend(one, 'text', OFFSETS)
    } else walkTop(key, value, key, walk)
  })
}

function walkMessage(node: JsonNode, walk: Walk): void {
  const content = member(node, 'content')
  // The texts first: citations point into them.
  if (content) walkDeep(walk, content, 'message/content')
  eachMember(walk, node, 'message', (key, value, path) => {
    if (key === 'citations') walkCitation(value, path, walk)
    else if (key === 'tool_calls' && value.type === 'array') value.items.forEach((call, i) => { walkCall(call, `${path}/${i}`, walk) })
    else if (key === 'role') walk.identifier(value, path)
    else if (key !== 'content') walkDeep(walk, value, path)
  })
}

function walkCall(node: JsonNode, at: string, walk: Walk): void {
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'function') walkCall(value, path, walk)
    else if (key === 'arguments' && value.type === 'string') walk.whole(value, path, 'json', true)
    else if (key === 'parameters') walk.source(value, path, true)
    else if (key === 'name' || key === 'type' || key === 'id') walk.identifier(value, path)
    else walkDeep(walk, value, path)
  })
}

function walkTop(key: string, value: JsonNode, path: string, walk: Walk): void {
  if (key === 'finish_reason') walk.finish(value, path)
  else if (key === 'usage' || key === 'meta') {
    const tokens = member(value, 'tokens') ?? member(value, 'billed_units')
    readUsage(walk, member(tokens, 'input_tokens'), member(tokens, 'output_tokens'))
    walkDeep(walk, value, path)
  } else if (!key.startsWith('embedding') || !isVectors(value)) walkDeep(walk, value, path)
}

function isVectors(node: JsonNode): boolean {
  if (node.type === 'object') return node.members.every(({ value }) => isVectors(value))
  return isNumbers(node) || (node.type === 'array' && node.items.every(isNumbers))
}

function dropLogprobs(node: JsonNode, walk: Walk): void {
  if (walk.masking && node.type !== 'null') walk.replace(node, node.type === 'array' ? '[]' : 'null')
}
