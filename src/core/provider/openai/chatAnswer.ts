/** Answers of chat completions, as a whole and as chunks: one walk over both, because they differ only in `message` and `delta`. */
import { isTrue, member, numberOf, textOf } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { THINKING } from '../fields.ts'
import { eachItem, eachMember, identifierOf, indexOf, readUsage, UNREADABLE, type Walk } from '../walk.ts'

/** What an event made for a rest of text repeats of the others. */
interface Head {
  readonly root: JsonNode
  readonly index: number
}

const ROLE = /^[a-z]{1,16}$/
const NAME = /^[A-Za-z_][\w.:-]{0,127}$/
const LONG_DIGITS = /\d{7}/

export function walkChat(root: JsonNode, walk: Walk): void {
  eachMember(walk, root, '', (key, value) => {
    switch (key) {
      case 'choices':
        eachItem(walk, value, key, (item, i) => { walkChoice(root, item, i, walk) })
        return
      case 'usage':
        walkUsage(value, walk)
        return
      case 'id':
        walk.id(value, key)
        return
      case 'model':
        walk.model(value, key)
        return
      case 'object':
      case 'system_fingerprint':
      case 'service_tier':
      case 'obfuscation':
        walk.identifier(value, key)
        return
      case 'created':
        walk.number(value, key)
        return
      case 'error':
        walk.unknown(value, key, true)
        return
      default:
        walk.unknown(value, key)
    }
  })
}

export function walkUsage(usage: JsonNode, walk: Walk): void {
  walk.unknown(usage, 'usage')
  readUsage(walk, member(usage, 'prompt_tokens') ?? member(usage, 'input_tokens'), member(usage, 'completion_tokens') ?? member(usage, 'output_tokens'))
}

/** An event whose only news is the usage that the agent asked for. */
export function isUsageOnly(root: JsonNode): boolean {
  const choices = member(root, 'choices')
  return choices?.type === 'array' && choices.items.length === 0 && member(root, 'usage')?.type === 'object'
}

function walkChoice(root: JsonNode, node: JsonNode, position: number, walk: Walk): void {
  const index = indexOf(node, 'index', position)
  const head = { root, index }
  eachMember(walk, node, `choices/${index}`, (key, value, path) => {
    switch (key) {
      case 'index':
        walk.index(value, path)
        return
      case 'delta':
      case 'message':
        walkMessage(head, value, `choices/${index}/message`, walk)
        return
      case 'text':
        walk.text(value, { path, kind: 'text' }, `choices/${index}`, (text) => chunk(head, { text }))
        return
      case 'logprobs':
        if (walk.masking && value.type !== 'null') walk.replace(value, 'null')
        return
      case 'finish_reason':
        finish(value, index, path, walk)
        return
      default:
        walk.unknown(value, path)
    }
  })
}

function finish(node: JsonNode, index: number, path: string, walk: Walk): void {
  const reason = textOf(node)
  if (reason === undefined) walk.unknown(node, path)
  if (reason === undefined || reason === '') return
  walk.finish(node, path)
  walk.ends.push(`choices/${index}`)
}

function walkMessage(head: Head, node: JsonNode, at: string, walk: Walk): void {
  const group = `choices/${head.index}`
  const delta = (value: unknown): string => chunk(head, { delta: value })
  eachMember(walk, node, at, (key, value, path) => {
    switch (key) {
      case 'role':
      case 'channel':
        if (!ROLE.test(textOf(value) ?? '')) walk.unknown(value, path)
        return
      case 'tool_calls':
        eachItem(walk, value, path, (item, i) => { walkToolCall(head, item, i, walk) })
        return
      case 'function_call':
        walkFunction(value, path, walk, { group, carry: (text) => delta({ function_call: { arguments: text } }) })
        return
      case 'reasoning_details':
        eachItem(walk, value, path, (item, i) => { walkReasoning(head, item, i, walk) })
        return
      case 'audio':
        walkAudio(head, value, path, walk)
        return
      default:
        // Members nobody knows stream like content: their pieces belong together.
        walkContent(value, path, walk, { group: key.startsWith('reasoning') ? group + THINKING : group, carry: (text) => delta({ [key]: text }) })
    }
  })
}

interface Carrier {
  readonly group: string
  readonly carry: (text: string) => string
}

/** A string, or (Mistral) a list of typed pieces in which text lies one level deeper. */
function walkContent(node: JsonNode, path: string, walk: Walk, carrier: Carrier): void {
  if (node.type === 'array' && node.items.every((item) => member(item, 'type')?.type === 'string')) {
    node.items.forEach((item, i) => {
      eachMember(walk, item, path, (key, value) => {
        const deeper = `${path}/${identifierOf(member(item, 'type')) ?? i}`
        if (key === 'type') walk.identifier(value, deeper)
        else if (key === 'text') walk.text(value, { path: `${deeper}/text`, kind: 'text' }, carrier.group, carrier.carry)
        else if (key === 'thinking') walkContent(value, deeper, walk, carrier)
        else walk.unknown(value, `${path}/${i}/${key}`, true)
      })
    })
  } else if (node.type === 'string') walk.text(node, { path, kind: 'text' }, carrier.group, carrier.carry)
  else walk.unknown(node, path, true)
}

function walkToolCall(head: Head, node: JsonNode, position: number, walk: Walk): void {
  const index = indexOf(node, 'index', position)
  const at = `choices/${head.index}/message/tool_calls/${index}`
  const group = `choices/${head.index}`
  const carry = (more: unknown): string => chunk(head, { delta: { tool_calls: [{ index, ...(more as object) }] } })
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'id' || key === 'type') walk.identifier(value, path)
    else if (key === 'function') walkFunction(value, path, walk, { group, carry: (text) => carry({ function: { arguments: text } }) })
    else if (key === 'custom') walkFunction(value, path, walk, { group, carry: (text) => carry({ custom: { input: text } }) })
    else walk.unknown(value, path)
  })
}

function walkFunction(node: JsonNode, at: string, walk: Walk, { group, carry }: Carrier): void {
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'arguments' && value.type !== 'string') walk.unknown(value, path, true)
    else if (key === 'arguments') walk.text(value, { path, kind: 'json' }, group, carry)
    else if (key === 'input') walk.text(value, { path, kind: 'text' }, group, carry)
    else if (key !== 'name' || !isName(value)) walk.unknown(value, path)
  })
}

function isName(node: JsonNode): boolean {
  const text = textOf(node)
  return node.type === 'null' || text === '' || (text !== undefined && NAME.test(text) && !LONG_DIGITS.test(text))
}

/** OpenRouter says its reasoning a second time here, in the same pieces. */
function walkReasoning(head: Head, node: JsonNode, position: number, walk: Walk): void {
  const index = indexOf(node, 'index', position)
  const type = identifierOf(member(node, 'type'))
  const at = `choices/${head.index}/message/reasoning_details/${index}`
  eachMember(walk, node, at, (key, value, path) => {
    const carry = (text: string): string => chunk(head, { delta: { reasoning_details: [{ ...(type === undefined ? {} : { type }), [key]: text, index }] } })
    if (key === 'signature' || key === 'data') walk.sealed(value, key === 'data' ? 'encrypted_content' : 'signature')
    else if (key === 'text' || key === 'summary') walk.text(value, { path, kind: 'text' }, `choices/${head.index}${THINKING}`, carry)
    else if (key === 'type' || key === 'format' || key === 'id') walk.identifier(value, path)
    else if (key === 'index') walk.index(value, path)
    else walk.unknown(value, path)
  })
}

function walkAudio(head: Head, node: JsonNode, at: string, walk: Walk): void {
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'data') walk.sealed(value, 'audio')
    else if (key === 'id') walk.identifier(value, path)
    else if (key === 'transcript') walk.text(value, { path, kind: 'text' }, `choices/${head.index}`, (text) => chunk(head, { delta: { audio: { transcript: text } } }))
    else if (!isTrue(value)) walk.unknown(value, path)
  })
}

/** An event of our own between those of the upstream: it carries a rest of text and nothing else. */
function chunk({ root, index }: Head, more: Record<string, unknown>): string {
  const repeated: [string, unknown][] = []
  for (const key of ['id', 'object', 'created', 'model']) {
    const node = member(root, key)
    if (node) repeated.push([key, key === 'created' ? numberOf(node) : (identifierOf(node) ?? UNREADABLE)])
  }
  return JSON.stringify({ ...Object.fromEntries(repeated), choices: [{ index, ...more, finish_reason: null }] })
}
