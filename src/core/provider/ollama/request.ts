/** Bodies of Ollama calls. Its server takes member names in any case: known ones are taken in one spelling only. */
import { member, pointer, removeMembers, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { BodyCall } from '../bodyCall.ts'
import { toolHandler } from '../openai/chatRequest.ts'
import { checkRoot, PartCollector, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { requiredModel } from '../requiredModel.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const ROLES: ReadonlyMap<string, Place['role']> = new Map([['system', 'system'], ['assistant', 'assistant'], ['tool', 'tool']])
const LOGPROBS = new Set(['logprobs', 'top_logprobs'])

/** @throws CountersignError CS_MALFORMED */
export function describeOllama(operation: Operation, body: Uint8Array): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const model = requiredModel(root, operation.name === 'show' ? { model: textOf(member(root, 'name')) ?? textOf(member(root, 'model')) ?? '' } : {})
  const collector = new PartCollector(source)
  collector.members(root, TOP, rootHandlers(collector))
  const stream = member(root, 'stream')
  // Unlike others it streams unless it is told not to.
  const streaming = (operation.name === 'chat' || operation.name === 'generate') && !(stream?.type === 'boolean' && stream.value === false)
  // `json`, or a schema.
  const format = member(root, 'format')
  const answersJson = textOf(format) === 'json' || format?.type === 'object'
  return new BodyCall({ operation, model, streaming, body, root, collector, answersJson, edits: (masking) => (masking ? removeMembers(root, LOGPROBS) : []) })
}

function rootHandlers(c: PartCollector): Handlers {
  const numbers: Handlers = Object.fromEntries(['num_ctx', 'num_predict', 'seed', 'temperature', 'top_k', 'top_p', 'min_p', 'num_keep', 'num_batch', 'num_gpu', 'num_thread', 'repeat_last_n', 'repeat_penalty', 'tfs_z', 'typical_p', 'mirostat', 'mirostat_eta', 'mirostat_tau'].map((name) => [name, c.plain]))
  return {
    model: c.name,
    name: c.name,
    messages: (node, place) => { messages(c, node, place) },
    prompt: c.text,
    suffix: c.text,
    system: (node, place) => { c.text(node, { ...place, role: 'system' }) },
    template: (node, place) => { c.text(node, { ...place, role: 'system' }) },
    images: c.hidden('image'),
    // Token ids of an earlier prompt and answer, in a vocabulary that is not known here.
    context: c.hidden('stored_context'),
    input: c.text,
    tools: (node, place) => { c.items(node, { ...place, role: 'schema' }, toolHandler(c)) },
    format: (node, place) => { if (node.type === 'string') c.word(node, place); else c.schema(node, place) },
    options: (node, place) => { c.members(node, place, { ...numbers, stop: c.text }) },
    keep_alive: (node, place) => { if (!/^-?\d{1,6}(?:ms|s|m|h)?$/.test(textOf(node) ?? '')) c.plain(node, place) },
    think: c.word,
    stream: c.plain,
    logprobs: c.plain,
    top_logprobs: c.plain,
  }
}

function messages(c: PartCollector, node: JsonNode, place: Place): void {
  const items = node.type === 'array' ? node.items : []
  if (node.type !== 'array') c.unknown(node, place)
  const last = items.findLastIndex((item) => textOf(member(item, 'role')) === 'user')
  items.forEach((item, i) => {
    const role = ROLES.get(textOf(member(item, 'role')) ?? '') ?? 'user'
    const origin = role !== 'system' && i < last ? 'history' : 'prompt'
    c.members(item, { path: pointer(place.path, i), role, origin }, {
      role: c.word,
      content: c.text,
      thinking: c.text,
      images: c.hidden('image'),
      tool_name: c.name,
      tool_call_id: c.identifier,
      tool_calls: (calls, at) => {
        c.items(calls, at, (call, p) => { c.members(call, p, { id: c.identifier, type: c.word, function: (f, q) => { c.members(f, q, { index: c.plain, name: c.name, arguments: c.source }) } }) })
      },
    })
  })
}
