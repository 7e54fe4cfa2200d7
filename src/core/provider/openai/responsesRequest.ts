/** The body of a Responses call: input as text or as items of many kinds, instructions, tools of the provider's own. */
import { CountersignError } from '../../../protocol/errors.ts'
import { isTrue, member, pointer, removeMembers, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { isJsonFormat } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { requiredModel, type Variant } from '../requiredModel.ts'
import { imageHandler } from './chatRequest.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const NUMBERS = ['background', 'max_output_tokens', 'max_tool_calls', 'parallel_tool_calls', 'store', 'stream', 'temperature', 'top_logprobs', 'top_p']
const WORDS = ['service_tier', 'truncation', 'prompt_cache_retention']
const LOGPROBS = new Set(['top_logprobs'])

/** @throws CountersignError CS_MALFORMED, CS_NOT_INSPECTABLE */
export function describeResponses(operation: Operation, body: Uint8Array, variant: Variant = {}): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const model = requiredModel(root, variant)
  if (isTrue(member(root, 'background')))
    throw new CountersignError('CS_NOT_INSPECTABLE', 'an answer made in the background is fetched later, where nobody masks it. Leave "background" out. Nothing was sent.')
  const collector = new PartCollector(source)
  collector.members(root, TOP, rootHandlers(collector))
  const edits = (masking: boolean): ReturnType<typeof removeMembers> => (masking ? removeMembers(root, LOGPROBS) : [])
  return new BodyCall({ operation, model, streaming: isTrue(member(root, 'stream')), body, root, collector, edits, answersJson: isJsonFormat(member(member(root, 'text'), 'format')) })
}

function rootHandlers(c: PartCollector): Handlers {
  const words: Handler = (node, place) => { c.items(node, place, c.word) }
  return {
    ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])),
    ...Object.fromEntries(WORDS.map((name) => [name, c.word])),
    model: c.name,
    input: (node, place) => { input(c, node, place) },
    instructions: (node, place) => { c.text(node, { ...place, role: 'system' }) },
    // What the provider keeps of earlier calls, or of a prompt somebody stored there, was never seen here.
    previous_response_id: stored(c),
    conversation: stored(c),
    prompt: stored(c),
    include: words,
    tools: (node, place) => { c.items(node, { ...place, role: 'schema' }, toolHandler(c)) },
    tool_choice: (node, place) => {
      if (node.type === 'string') c.word(node, place)
      else c.members(node, { ...place, role: 'schema' }, { type: c.word, name: c.name, mode: c.word, server_label: c.name })
    },
    text: (node, place) => { c.members(node, { ...place, role: 'schema' }, { verbosity: c.word, format: (n, p) => { c.members(n, p, { type: c.word, name: c.name, description: c.schema, schema: c.schema }) } }) },
    reasoning: (node, place) => { c.members(node, place, { effort: c.word, summary: c.word, generate_summary: c.word }) },
    stream_options: (node, place) => { c.members(node, place, {}) },
    metadata: c.source,
  }
}

function stored(c: PartCollector): Handler {
  return (node, place) => {
    if (node.type === 'null') return
    c.opaque.add('stored_context')
    if (node.type === 'string') c.identifier(node, place)
    else c.deep(node, place)
  }
}

function toolHandler(c: PartCollector): Handler {
  return (node, place) => {
    const type = textOf(member(node, 'type'))
    const own = type === undefined || type === 'function' || type === 'custom'
    if (!own) c.tools.push(type)
    c.members(node, place, {
      type: c.word,
      name: own ? c.toolName : c.name,
      description: c.schema,
      parameters: c.schema,
      format: c.schema,
      server_label: c.name,
      server_url: c.text,
      authorization: c.text,
      require_approval: c.deep,
      search_context_size: c.word,
      user_location: c.deep,
      filters: c.deep,
      container: container(c),
      vector_store_ids: keeping(c, 'stored_context'),
      input_image_mask: keeping(c, 'image'),
    })
  }
}

/** What the tool is given besides: nobody here ever saw it, and policy is told of its kind. */
function keeping(c: PartCollector, kind: string): Handler {
  return (node, place) => {
    if (node.type !== 'null') c.opaque.add(kind)
    c.deep(node, place)
  }
}

/** Files for the tool's own machine, or a machine of before with whatever lies there. */
function container(c: PartCollector): Handler {
  return (node, place) => {
    const files = member(node, 'file_ids')
    if (node.type === 'string') c.opaque.add('stored_context')
    else if (files?.type === 'array' && files.items.length > 0) c.opaque.add('file')
    c.deep(node, place)
  }
}

function input(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'array') {
    c.text(node, place)
    return
  }
  const last = node.items.findLastIndex((item) => textOf(member(item, 'role')) === 'user')
  node.items.forEach((item, i) => {
    const role = roleOf(item)
    const origin = role !== 'system' && i < last ? 'history' : 'prompt'
    itemHandler(c, item, { path: pointer(place.path, i), role, origin })
  })
}

function roleOf(item: JsonNode): Place['role'] {
  const said = textOf(member(item, 'role'))
  const type = textOf(member(item, 'type')) ?? 'message'
  if (said === 'system' || said === 'developer') return 'system'
  if (type.endsWith('_output')) return 'tool'
  return said === 'assistant' || type !== 'message' ? 'assistant' : 'user'
}

function itemHandler(c: PartCollector, node: JsonNode, place: Place): void {
  const parts: Handler = (n, p) => {
    if (n.type === 'array') c.items(n, p, (item, at) => { contentPart(c, item, at) })
    else if (n.type === 'object') contentPart(c, n, p)
    else c.text(n, p)
  }
  switch (textOf(member(node, 'type')) ?? 'message') {
    case 'item_reference':
      c.opaque.add('stored_context')
      break
    case 'image_generation_call':
      c.opaque.add('image')
      break
  }
  if (node.type !== 'object') {
    c.unknown(node, place)
    return
  }
  c.members(node, place, {
    type: c.word,
    role: c.word,
    status: c.word,
    phase: c.word,
    id: c.identifier,
    call_id: c.identifier,
    name: c.name,
    server_label: c.name,
    content: parts,
    // Of a tool that the provider ran itself, it stands beside the call.
    output: (n, p) => { parts(n, { ...p, role: 'tool' }) },
    summary: parts,
    arguments: c.jsonText,
    input: c.text,
    code: c.text,
    encrypted_content: c.hidden('encrypted_content'),
    result: textOf(member(node, 'type')) === 'image_generation_call' ? c.hidden('image') : c.deep,
    action: c.deep,
    actions: c.deep,
    outputs: (n, p) => { c.deep(n, { ...p, role: 'tool' }) },
    results: (n, p) => { c.deep(n, { ...p, role: 'tool' }) },
    // Tools that a search for tools found.
    tools: (n, p) => { c.items(n, { ...p, role: 'schema' }, toolHandler(c)) },
  })
}

const READABLE = new Set(['input_text', 'output_text', 'text', 'refusal', 'summary_text', 'reasoning_text', 'input_image', 'input_file', 'input_audio', 'computer_screenshot'])

function contentPart(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'object') {
    c.text(node, place)
    return
  }
  const type = textOf(member(node, 'type')) ?? 'text'
  if (!READABLE.has(type)) c.opaque.add('file')
  if (type === 'input_file') c.opaque.add('file')
  if (type === 'input_image' || type === 'computer_screenshot') c.opaque.add('image')
  c.members(node, place, {
    type: c.word,
    text: c.text,
    refusal: c.text,
    image_url: imageHandler(c),
    detail: c.word,
    file_id: c.hidden(type === 'input_file' ? 'file' : 'image'),
    file_data: c.hidden('file'),
    file_url: c.text,
    filename: c.text,
    input_audio: (n, p) => { c.members(n, p, { data: c.hidden('audio'), format: c.word }) },
    annotations: c.deep,
    // Spelled out once more by the provider; what was masked in the text must not stand here.
    logprobs: c.deep,
  })
}
