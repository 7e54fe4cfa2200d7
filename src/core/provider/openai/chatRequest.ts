/** The body of a chat completion: which members are text, who speaks them, and what the agent sets itself. */
import { CountersignError } from '../../../protocol/errors.ts'
import { isTrue, member, pointer, removeMembers, setMember, textOf, type Edit } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode, type JsonObject } from '../../json/read.ts'
import { asksForJson } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { providerTools } from '../offeredTools.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { requiredModel, type Variant } from '../requiredModel.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const ROLES: ReadonlyMap<string, Place['role']> = new Map([['system', 'system'], ['developer', 'system'], ['assistant', 'assistant'], ['tool', 'tool'], ['function', 'tool']])
const READABLE = new Set(['text', 'refusal', 'thinking', 'reference', 'image_url', 'input_audio', 'file'])
const NUMBERS = [
  'frequency_penalty', 'max_completion_tokens', 'max_tokens', 'min_p', 'n', 'parallel_tool_calls', 'presence_penalty', 'repetition_penalty', 'seed',
  'store', 'stream', 'temperature', 'top_k', 'top_logprobs', 'top_p', 'logprobs',
]
const WORDS = ['modalities', 'prompt_cache_retention', 'reasoning_effort', 'service_tier', 'verbosity', 'reasoning_format']

/** @throws CountersignError CS_MALFORMED */
export function describeChat(operation: Operation, body: Uint8Array, variant: Variant = {}): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const model = requiredModel(root, variant)
  if (member(root, 'messages')?.type !== 'array') throw new CountersignError('CS_MALFORMED', 'the body has no list "messages". Nothing was sent.')
  const collector = new PartCollector(source)
  collector.members(root, TOP, rootHandlers(collector))
  collector.tools.push(...providerTools(root))
  const streaming = isTrue(member(root, 'stream'))
  const hidesUsage = streaming && variant.asksForUsage !== false && !isTrue(member(member(root, 'stream_options'), 'include_usage'))
  return new BodyCall({ operation, model, streaming, body, root, collector, hidesUsage, answersJson: asksForJson(root), edits: (masking) => ownEdits(root, { masking, hidesUsage }) })
}

/** Log probabilities spell the answer out again, in tokens and bytes; usage is asked for so that it can be recorded. */
function ownEdits(root: JsonObject, { masking, hidesUsage }: { masking: boolean; hidesUsage: boolean }): Edit[] {
  const edits: Edit[] = []
  const logprobs = member(root, 'logprobs')
  if (masking && isTrue(logprobs)) edits.push(setMember(root, 'logprobs', 'false'), ...removeMembers(root, new Set(['top_logprobs'])))
  if (hidesUsage) {
    const options = member(root, 'stream_options')
    edits.push(options?.type === 'object' ? setMember(options, 'include_usage', 'true') : setMember(root, 'stream_options', '{"include_usage":true}'))
  }
  return edits
}

function rootHandlers(c: PartCollector): Handlers {
  const schemas = (node: JsonNode, place: Place): void => { c.items(node, { ...place, role: 'schema' }, toolHandler(c)) }
  const legacy = (node: JsonNode, place: Place): void => {
    c.items(node, { ...place, role: 'schema' }, (item, at) => { c.members(item, at, functionHandlers(c)) })
  }
  return {
    ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])),
    ...Object.fromEntries(WORDS.map((name) => [name, wordsOf(c)])),
    model: c.name,
    messages: (node, place) => { messages(c, node, place) },
    tools: schemas,
    functions: legacy,
    tool_choice: choice(c),
    function_call: choice(c),
    response_format: (node, place) => { c.members(node, { ...place, role: 'schema' }, { type: c.word, json_schema: (n, p) => { c.members(n, p, { name: c.name, description: c.schema, schema: c.schema }) } }) },
    prediction: (node, place) => { c.members(node, place, { type: c.word, content: contentHandler(c) }) },
    stream_options: (node, place) => { c.members(node, place, {}) },
    audio: (node, place) => { c.members(node, place, { voice: c.word, format: c.word }) },
    reasoning: (node, place) => { c.members(node, place, { effort: c.word, summary: c.word, max_tokens: c.plain }) },
    stop: c.text,
    user: c.text,
    safety_identifier: c.text,
    prompt_cache_key: c.text,
    metadata: c.source,
  }
}

function wordsOf(c: PartCollector): Handler {
  return (node, place) => { c.items(node, place, c.word) }
}

function choice(c: PartCollector): Handler {
  return (node, place) => {
    if (node.type === 'string') c.word(node, place)
    else c.members(node, { ...place, role: 'schema' }, { type: c.word, name: c.name, mode: c.word, function: (n, p) => { c.members(n, p, { name: c.name }) } })
  }
}

/** History ends where the person's last turn begins; system text and schemas count as the prompt. */
function messages(c: PartCollector, node: JsonNode, place: Place): void {
  const items = node.type === 'array' ? node.items : []
  const last = items.findLastIndex((item) => textOf(member(item, 'role')) === 'user')
  items.forEach((item, i) => {
    const role = ROLES.get(textOf(member(item, 'role')) ?? '') ?? 'user'
    const origin = role !== 'system' && i < last ? 'history' : 'prompt'
    c.members(item, { path: pointer(place.path, i), role, origin }, messageHandlers(c))
  })
}

function messageHandlers(c: PartCollector): Handlers {
  const call: Handlers = { name: c.name, arguments: c.jsonText }
  return {
    role: c.word,
    content: contentHandler(c),
    name: c.text,
    refusal: c.text,
    reasoning: c.text,
    reasoning_content: c.text,
    reasoning_details: (node, place) => { c.items(node, place, (item, at) => { c.members(item, at, reasoningHandlers(c)) }) },
    tool_call_id: c.identifier,
    tool_calls: (node, place) => { c.items(node, place, (item, at) => { c.members(item, at, toolCallHandlers(c, call)) }) },
    function_call: (node, place) => { c.members(node, place, call) },
    // An answer of before, by name: its sound was never here.
    audio: c.hidden('audio'),
  }
}

function toolCallHandlers(c: PartCollector, call: Handlers): Handlers {
  return {
    id: c.identifier,
    type: c.word,
    index: c.plain,
    function: (node, place) => { c.members(node, place, call) },
    custom: (node, place) => { c.members(node, place, { name: c.name, input: c.text }) },
  }
}

function reasoningHandlers(c: PartCollector): Handlers {
  return { type: c.word, format: c.word, id: c.identifier, index: c.plain, text: c.text, summary: c.text, signature: c.hidden('signature'), data: c.hidden('encrypted_content') }
}

export function contentHandler(c: PartCollector): Handler {
  return (node, place) => {
    if (node.type === 'array') c.items(node, place, (item, at) => { contentPart(c, item, at) })
    else if (node.type === 'object') contentPart(c, node, place)
    else c.text(node, place)
  }
}

function contentPart(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'object') {
    c.text(node, place)
    return
  }
  const type = textOf(member(node, 'type')) ?? 'text'
  // A kind nobody knows here may hold anything: what can be read of it is read, and policy is told of the rest.
  if (!READABLE.has(type)) c.opaque.add('file')
  c.members(node, place, {
    type: c.word,
    text: c.text,
    refusal: c.text,
    thinking: contentHandler(c),
    image_url: imageHandler(c),
    input_audio: (n, p) => { c.members(n, p, { data: c.hidden('audio'), format: c.word }) },
    file: (n, p) => { c.members(n, p, { file_data: c.hidden('file'), file_id: c.hidden('file'), filename: c.text }) },
    cache_control: (n, p) => { c.members(n, p, { type: c.word, ttl: c.word }) },
  })
}

/** A picture in the body, or the address of one: nobody reads it here, and the address is text that leaves. */
export function imageHandler(c: PartCollector): Handler {
  const url: Handler = (node, place) => {
    c.opaque.add('image')
    if (/^data:/i.test(textOf(node) ?? '')) c.hidden('image')(node, place)
    else c.text(node, place)
  }
  return (node, place) => {
    if (node.type === 'string') url(node, place)
    else c.members(node, place, { url, detail: c.word })
  }
}

function functionHandlers(c: PartCollector): Handlers {
  return { name: c.toolName, description: c.schema, parameters: c.schema, format: c.schema }
}

/** Tools of the provider's own have no function: policy sees them by their type. */
export function toolHandler(c: PartCollector): Handler {
  return (node, place) => {
    const type = textOf(member(node, 'type'))
    if (type !== undefined && type !== 'function' && type !== 'custom') c.tools.push(type)
    c.members(node, place, {
      type: c.word,
      function: (n, p) => { c.members(n, p, functionHandlers(c)) },
      custom: (n, p) => { c.members(n, p, functionHandlers(c)) },
    })
  }
}
