/** The body of a message or of a count of its tokens: which members are text, who speaks them. */
import { CountersignError } from '../../../protocol/errors.ts'
import { isTrue, member, pointer, textOf, type Edit } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { asksForJson } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { requiredModel, type Variant } from '../requiredModel.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import type { SignedThinking } from './thinking.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
/** Where other clouds name the stream in the path. */
const STREAMS = new Set(['invoke-with-response-stream', 'streamRawPredict'])
const NUMBERS = ['max_tokens', 'stream', 'temperature', 'top_k', 'top_p']
/** Versions and betas, as Bedrock takes them in the body. */
const DATED = /^[a-z][a-z0-9-]{0,40}-\d{4}-\d{2}-\d{2}$/
const WORDS = ['service_tier', 'inference_geo', 'speed']

interface Reading {
  readonly c: PartCollector
  readonly thinking: SignedThinking
  /** Originals of thinking that the client holds masked. */
  readonly restored: Edit[]
}

/** @throws CountersignError CS_MALFORMED */
export function describeMessages(operation: Operation, body: Uint8Array, thinking: SignedThinking, variant: Variant = {}): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const model = requiredModel(root, variant)
  if (member(root, 'messages')?.type !== 'array') throw new CountersignError('CS_MALFORMED', 'the body has no list "messages". Nothing was sent.')
  const collector = new PartCollector(source)
  const reading: Reading = { c: collector, thinking, restored: [] }
  collector.members(root, TOP, rootHandlers(reading))
  const streaming = STREAMS.has(operation.name) || (operation.name === 'messages' && isTrue(member(root, 'stream')))
  return new BodyCall({ operation, model, streaming, body, root, collector, answersJson: asksForJson(root), edits: () => reading.restored })
}

function rootHandlers(reading: Reading): Handlers {
  const { c } = reading
  const dated: Handler = (node, place) => { if (!DATED.test(textOf(node) ?? '')) c.unknown(node, place) }
  return {
    ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])),
    ...Object.fromEntries(WORDS.map((name) => [name, c.word])),
    model: c.name,
    anthropic_version: dated,
    anthropic_beta: (node, place) => { c.items(node, place, dated) },
    system: (node, place) => { content(reading)(node, { ...place, role: 'system' }) },
    messages: (node, place) => { messages(reading, node, place) },
    stop_sequences: c.text,
    metadata: (node, place) => { c.members(node, place, { user_id: c.text }) },
    tools: (node, place) => { c.items(node, { ...place, role: 'schema' }, (item, at) => { c.members(item, at, toolHandlers(c)) }) },
    tool_choice: (node, place) => { c.members(node, place, { type: c.word, name: c.name }) },
    thinking: (node, place) => { c.members(node, place, { type: c.word, budget_tokens: c.plain, display: c.word }) },
    mcp_servers: (node, place) => {
      c.tools.push('mcp')
      c.items(node, place, (item, at) => { c.members(item, at, { type: c.word, name: c.name, url: c.text, authorization_token: c.text }) })
    },
    output_config: (node, place) => { c.members(node, { ...place, role: 'schema' }, { effort: c.word, format: c.schema }) },
    output_format: c.schema,
    container: (node, place) => {
      // Files of earlier calls: text that was never here.
      if (node.type !== 'null') c.opaque.add('file')
      c.deep(node, place)
    },
    context_management: c.deep,
    cache_control: c.deep,
  }
}

function toolHandlers(c: PartCollector): Handlers {
  return {
    type: c.word,
    name: c.toolName,
    model: c.name,
    description: c.schema,
    input_schema: c.schema,
    input_examples: c.schema,
    cache_control: c.deep,
    allowed_domains: c.text,
    blocked_domains: c.text,
    max_uses: c.plain,
    max_tokens: c.plain,
    mcp_server_name: c.name,
  }
}

/** Results of tools come as the person's turn; the person's own last turn is the last one with something else in it. */
function messages(reading: Reading, node: JsonNode, place: Place): void {
  const items = node.type === 'array' ? node.items : []
  const last = items.findLastIndex((item) => textOf(member(item, 'role')) === 'user' && !isResultOnly(member(item, 'content')))
  items.forEach((item, i) => {
    const said = textOf(member(item, 'role'))
    const role = said === 'assistant' ? 'assistant' : said === 'system' ? 'system' : 'user'
    const origin = role !== 'system' && i < last ? 'history' : 'prompt'
    reading.c.members(item, { path: pointer(place.path, i), role, origin }, { role: reading.c.word, content: content(reading) })
  })
}

function isResultOnly(node: JsonNode | undefined): boolean {
  return node?.type === 'array' && node.items.length > 0 && node.items.every((item) => textOf(member(item, 'type')) === 'tool_result')
}

function content(reading: Reading): Handler {
  return (node, place) => {
    if (node.type === 'array') reading.c.items(node, place, (item, at) => { block(reading, item, at) })
    else if (node.type === 'object') block(reading, node, place)
    else reading.c.text(node, place)
  }
}

function block(reading: Reading, node: JsonNode, place: Place): void {
  const { c } = reading
  const common: Handlers = { type: c.word, cache_control: c.deep, citations: c.deep }
  const tool: Handlers = { ...common, id: c.identifier, tool_use_id: c.identifier, name: c.name, server_name: c.name, input: c.source, caller: c.deep }
  const type = textOf(member(node, 'type'))
  switch (type) {
    case 'text':
      c.members(node, place, { ...common, text: c.text })
      return
    case 'image':
      c.opaque.add('image')
      c.members(node, place, { ...common, source: blobHandler(reading, 'image') })
      return
    case 'document':
      c.members(node, place, { ...common, source: blobHandler(reading, 'file'), title: c.text, context: c.text })
      return
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      c.members(node, place, tool)
      return
    case 'tool_result':
      c.members(node, { ...place, role: 'tool' }, { ...tool, content: content(reading) })
      return
    case 'search_result':
      c.members(node, place, { ...common, source: c.text, title: c.text, content: content(reading) })
      return
    case 'thinking':
      thinkingBlock(reading, node, place)
      return
    case 'redacted_thinking':
      c.members(node, place, { ...common, data: c.hidden('redacted_thinking') })
      return
    case 'container_upload':
      c.members(node, place, { ...common, file_id: c.hidden('file') })
      return
    default:
      // Results of the provider's tools: what they hold may be a document like anything else.
      c.deepWith({ content: content(reading) })(node, type?.endsWith('_tool_result') ? { ...place, role: 'tool' } : place)
  }
}

/** Base64, an address, a file kept by the provider, or (documents) plain text and blocks. */
function blobHandler(reading: Reading, kind: string): Handler {
  const { c } = reading
  return (node, place) => {
    const type = textOf(member(node, 'type'))
    const readable = type === 'text' || type === 'content'
    if (!readable) c.opaque.add(kind)
    const mediaType: Handler = (n, p) => { if (!/^[a-z]+\/[\w.+-]{1,60}$/.test(textOf(n) ?? '')) c.unknown(n, p) }
    c.members(node, place, {
      type: c.word,
      media_type: mediaType,
      data: readable ? c.text : c.hidden(kind),
      content: content(reading),
      url: c.text,
      file_id: c.hidden(kind),
    })
  }
}

function thinkingBlock({ c, thinking, restored }: Reading, node: JsonNode, place: Place): void {
  const text = member(node, 'thinking')
  const original = text?.type === 'string' ? thinking.original(textOf(member(node, 'signature')) ?? '', text.text) : undefined
  if (text && original !== undefined) restored.push({ start: text.start, end: text.end, text: JSON.stringify(original) })
  const handler = original === undefined ? c.text : c.hidden('thinking')
  c.members(node, place, { type: c.word, thinking: handler, signature: c.hidden('signature'), cache_control: c.deep })
}
