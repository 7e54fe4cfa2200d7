/** Answers of Converse, whole and as events. The guardrail's trace repeats what it found, unmasked: it is text like the rest. */
import { member, textOf } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { eachItem, eachMember, indexOf, readUsage, walkDeep, type Walk } from '../walk.ts'

const NAME = /^[A-Za-z_][\w.:-]{0,127}$/
const LONG_DIGITS = /\d{7}/
/** Whoever answers writes the name of an event, and it stands in paths. */
const EVENT = /^[A-Za-z]{1,60}$/

/** @param name of the event, or of an exception @returns true for an event after which the stream may end */
export function walkConverseEvent(root: JsonNode, walk: Walk, name: string | undefined): boolean {
  const index = indexOf(root, 'contentBlockIndex')
  const at = `output/message/content/${index}`
  eachMember(walk, root, EVENT.test(name ?? '') ? (name ?? '') : 'event', (key, value, path) => {
    if (key === 'contentBlockIndex') walk.index(value, path)
    else if (key === 'p' || key === 'role') walk.identifier(value, path)
    else if (key === 'start' || key === 'delta') walkBlock(value, { at, index, streaming: true }, walk)
    else walkTop(key, value, path, walk)
  })
  if (name === 'contentBlockStop') walk.ends.push(at)
  return name === 'messageStop' || (name?.endsWith('Exception') ?? false)
}

/** A whole answer, or an error. */
export function walkConverse(root: JsonNode, walk: Walk): void {
  eachMember(walk, root, '', (key, value) => {
    if (key !== 'output') {
      walkTop(key, value, key, walk)
      return
    }
    eachMember(walk, value, key, (name, message, path) => {
      if (name !== 'message') walkDeep(walk, message, path)
      else
        eachMember(walk, message, path, (inner, content, below) => {
          if (inner === 'role') walk.identifier(content, below)
          else if (inner === 'content') eachItem(walk, content, below, (item, i) => { walkBlock(item, { at: `${below}/${i}`, index: i, streaming: false }, walk) })
          else walkDeep(walk, content, below)
        })
    })
  })
}

function walkTop(key: string, value: JsonNode, path: string, walk: Walk): void {
  if (key === 'usage') {
    walk.unknown(value, path)
    readUsage(walk, member(value, 'inputTokens'), member(value, 'outputTokens'))
  } else if (key === 'stopReason') walk.finish(value, path)
  else if (key === 'message' || key === 'Message') walk.unknown(value, path, true)
  else walkDeep(walk, value, path)
}

interface Block {
  readonly at: string
  readonly index: number
  readonly streaming: boolean
}

function walkBlock(node: JsonNode, block: Block, walk: Walk): void {
  const { at, index } = block
  const carry = (delta: object): string => JSON.stringify({ contentBlockIndex: index, delta })
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'text') walk.text(value, { path, kind: 'text' }, at, (text) => carry({ text }))
    else if (key === 'toolUse') walkToolUse(value, block, walk)
    else if (key === 'reasoningContent') walkReasoning(value, block, walk)
    else walkDeep(walk, value, path)
  })
}

function walkToolUse(node: JsonNode, { at, index }: Block, walk: Walk): void {
  eachMember(walk, node, `${at}/toolUse`, (key, value, path) => {
    const text = textOf(value)
    if (key === 'toolUseId' || key === 'type') walk.identifier(value, path)
    else if (key === 'input' && value.type === 'string')
      walk.text(value, { path, kind: 'json' }, at, (input) => JSON.stringify({ contentBlockIndex: index, delta: { toolUse: { input } } }))
    else if (key === 'input') {
      if (value.type !== 'object' || value.members.length > 0) walk.source(value, path, true)
    } else if (key !== 'name' || text === undefined || !NAME.test(text) || LONG_DIGITS.test(text)) walkDeep(walk, value, path)
  })
}

/** In events the members stand directly, in a whole answer one level deeper. */
function walkReasoning(node: JsonNode, block: Block, walk: Walk): void {
  const { at, index } = block
  eachMember(walk, node, `${at}/reasoning`, (key, value, path) => {
    if (key === 'reasoningText') walkReasoning(value, block, walk)
    else if (key === 'text') walk.text(value, { path, kind: 'text' }, at, (text) => JSON.stringify({ contentBlockIndex: index, delta: { reasoningContent: { text } } }))
    else if (key === 'signature') walk.sealed(value, 'signature')
    else if (key === 'redactedContent') walk.sealed(value, 'redacted_thinking')
    else walkDeep(walk, value, path)
  })
}
