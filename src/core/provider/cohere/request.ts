/** Bodies of Cohere calls: chat of both versions, embeddings, rerank. */
import { isTrue, member, pointer, removeMembers, textOf, type Edit } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { asksForJson } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { contentHandler, imageHandler, toolHandler } from '../openai/chatRequest.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { requiredModel } from '../requiredModel.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const NUMBERS = ['stream', 'temperature', 'max_tokens', 'max_input_tokens', 'k', 'p', 'seed', 'frequency_penalty', 'presence_penalty', 'top_n', 'max_chunks_per_doc', 'max_tokens_per_doc', 'output_dimension', 'priority', 'logprobs']
const WORDS = ['prompt_truncation', 'citation_quality', 'input_type', 'truncate', 'embedding_types']
const ROLES: ReadonlyMap<string, Place['role']> = new Map([['system', 'system'], ['assistant', 'assistant'], ['chatbot', 'assistant'], ['tool', 'tool']])
const ENUMERATION = /^[A-Z][A-Z_]{1,40}$/
const LOGPROBS = new Set(['logprobs'])

/** @throws CountersignError CS_MALFORMED */
export function describeCohere(operation: Operation, body: Uint8Array): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  // The first version takes a default of its own where no model is named.
  const named = member(root, 'model') !== undefined
  const model = requiredModel(root, named || operation.path !== '/v1/chat' ? {} : { model: 'command' })
  const collector = new PartCollector(source)
  collector.members(root, TOP, rootHandlers(collector))
  // Searching the web and stored conversations are done at the provider.
  if (member(root, 'connectors')) collector.tools.push('connectors')
  if (member(root, 'conversation_id')) collector.opaque.add('stored_context')
  const edits = (masking: boolean): Edit[] => (masking ? removeMembers(root, LOGPROBS) : [])
  return new BodyCall({ operation, model, streaming: isTrue(member(root, 'stream')), body, root, collector, answersJson: asksForJson(root), edits })
}

function enumeration(c: PartCollector): Handler {
  return (node, place) => {
    if (node.type === 'array') c.items(node, place, enumeration(c))
    else if (!ENUMERATION.test(textOf(node) ?? '')) c.word(node, place)
  }
}

function rootHandlers(c: PartCollector): Handlers {
  const word = enumeration(c)
  const schemas: Handler = (node, place) => { c.items(node, { ...place, role: 'schema' }, (item, at) => { tool(c, item, at) }) }
  return {
    ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])),
    ...Object.fromEntries(WORDS.map((name) => [name, word])),
    model: c.name,
    messages: (node, place) => { turns(c, node, place) },
    chat_history: (node, place) => { turns(c, node, place) },
    message: c.text,
    preamble: (node, place) => { c.text(node, { ...place, role: 'system' }) },
    documents: c.deep,
    tool_results: results(c),
    tools: schemas,
    tool_choice: word,
    safety_mode: word,
    response_format: (node, place) => { c.members(node, { ...place, role: 'schema' }, { type: word, json_schema: c.schema, schema: c.schema }) },
    citation_options: (node, place) => { c.members(node, place, { mode: word }) },
    thinking: (node, place) => { c.members(node, place, { type: word, token_budget: c.plain }) },
    stop_sequences: c.text,
    conversation_id: c.text,
    connectors: c.deep,
    query: c.text,
    texts: c.text,
    images: c.hidden('image'),
    inputs: (node, place) => { c.items(node, place, (item, at) => { c.members(item, at, { content: contentHandler(c), image_url: imageHandler(c) }) }) },
  }
}

/** The second version's tools are OpenAI's; the first one's have their name on top. */
function tool(c: PartCollector, node: JsonNode, place: Place): void {
  if (member(node, 'name') === undefined) toolHandler(c)(node, place)
  else c.members(node, place, { name: c.toolName, description: c.schema, parameter_definitions: c.schema })
}

/** What a program gave back is JSON of its own making, one value in each of these members. */
function results(c: PartCollector): Handler {
  const own: Handler = (node, place) => {
    c.media(node)
    c.items(node, place, c.result)
  }
  return (node, place) => { c.deepWith({ outputs: own, data: own })(node, { ...place, role: 'tool' }) }
}

function turns(c: PartCollector, node: JsonNode, place: Place): void {
  const items = node.type === 'array' ? node.items : []
  if (node.type !== 'array') c.unknown(node, place)
  const isHistory = place.path === '/chat_history'
  const last = isHistory ? items.length : items.findLastIndex((item) => textOf(member(item, 'role')) === 'user')
  items.forEach((item, i) => {
    const role = ROLES.get((textOf(member(item, 'role')) ?? '').toLowerCase()) ?? 'user'
    c.members(item, { path: pointer(place.path, i), role, origin: role !== 'system' && i < last ? 'history' : 'prompt' }, {
      role: enumeration(c),
      content: role === 'tool' ? results(c) : contentHandler(c),
      message: c.text,
      tool_plan: c.text,
      tool_call_id: c.identifier,
      tool_calls: (calls, at) => {
        c.items(calls, at, (call, p) => { c.members(call, p, { id: c.identifier, type: c.word, name: c.name, parameters: c.source, function: (f, q) => { c.members(f, q, { name: c.name, arguments: c.jsonText }) } }) })
      },
      tool_results: results(c),
      citations: c.deep,
    })
  })
}
