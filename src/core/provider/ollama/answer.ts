/** Answers of Ollama: the whole and each line of a stream have the same members. */
import { isNumbers, isTrue, member } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { THINKING } from '../fields.ts'
import { eachItem, eachMember, readUsage, walkDeep, type Walk } from '../walk.ts'

const NAME = /^[A-Za-z_][\w.:-]{0,127}$/

/** @returns true for the line after which nothing comes */
export function walkOllama(root: JsonNode, walk: Walk): boolean {
  const line = (more: object): string => JSON.stringify({ model: walk.facts.model ?? '', created_at: '1970-01-01T00:00:00Z', ...more, done: false })
  eachMember(walk, root, '', (key, value) => {
    switch (key) {
      case 'model':
        walk.model(value, key)
        return
      case 'created_at':
        walk.identifier(value, key)
        return
      case 'done_reason':
        walk.finish(value, key)
        return
      case 'message':
        walkMessage(value, walk, (more) => line({ message: { role: 'assistant', ...more } }))
        return
      case 'response':
        walk.text(value, { path: 'response', kind: 'text' }, 'answer', (text) => line({ response: text }))
        return
      case 'thinking':
        walk.text(value, { path: 'thinking', kind: 'text' }, `answer${THINKING}`, (text) => line({ response: '', thinking: text }))
        return
      case 'context':
      case 'logprobs':
        // Prompt and answer once more, as token ids or spelled out.
        if (walk.masking) walk.replace(value, '[]')
        return
      case 'error':
        walk.unknown(value, key, true)
        return
      default:
        if (!key.startsWith('embedding') || !isVectors(value)) walkDeep(walk, value, key)
    }
  })
  readUsage(walk, member(root, 'prompt_eval_count'), member(root, 'eval_count'))
  return isTrue(member(root, 'done')) || member(root, 'error') !== undefined
}

/** One vector, or a list of them. */
function isVectors(node: JsonNode): boolean {
  return isNumbers(node) || (node.type === 'array' && node.items.every(isNumbers))
}

function walkMessage(node: JsonNode, walk: Walk, line: (more: object) => string): void {
  eachMember(walk, node, 'message', (key, value, path) => {
    if (key === 'role' || key === 'tool_name') walk.identifier(value, path)
    else if (key === 'content') walk.text(value, { path, kind: 'text' }, 'answer', (text) => line({ content: text }))
    else if (key === 'thinking') walk.text(value, { path, kind: 'text' }, `answer${THINKING}`, (text) => line({ content: '', thinking: text }))
    else if (key === 'images') walk.sealed(value, 'image')
    else if (key === 'tool_calls') eachItem(walk, value, path, (call, i) => { walkCall(call, `${path}/${i}`, walk) })
    else walkDeep(walk, value, path)
  })
}

function walkCall(node: JsonNode, at: string, walk: Walk): void {
  eachMember(walk, node, at, (key, value, path) => {
    if (key !== 'function') {
      walkDeep(walk, value, path)
      return
    }
    eachMember(walk, value, path, (name, inner, below) => {
      if (name === 'arguments') {
        if (inner.type !== 'object' || inner.members.length > 0) walk.source(inner, below, true)
      } else if (name !== 'name' || inner.type !== 'string' || !NAME.test(inner.text)) walkDeep(walk, inner, below)
    })
  })
}
