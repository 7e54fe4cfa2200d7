/** The body of a Converse call: blocks named by their one member. */
import { CountersignError } from '../../../protocol/errors.ts'
import { member, pointer, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { asksForJson, isJsonFormat } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { offeredTools } from '../offeredTools.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
/** What a guardrail is called: by its name, or whole, with the number of its account. */
export const GUARDRAIL = /^(?:(?=[a-z0-9]*[a-z])[a-z0-9]{1,32}|arn:aws(?:-[a-z-]{1,20})?:bedrock:[a-z0-9-]{1,20}:\d{12}:guardrail\/[a-z0-9]{1,32})$/

/** @throws CountersignError CS_MALFORMED */
export function describeConverse(operation: Operation, body: Uint8Array, model: string): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const collector = new PartCollector(source)
  // A prompt kept by the provider under an ARN: text that was never here, with messages behind it or without.
  const isPrompt = model.includes('prompt/')
  if (isPrompt) collector.opaque.add('stored_context')
  else if (member(root, 'messages') === undefined) throw new CountersignError('CS_MALFORMED', 'the body has no list "messages". Nothing was sent.')
  collector.members(root, TOP, rootHandlers(collector))
  // Its own setting, or the one of the model's maker.
  const answersJson = isJsonFormat(member(member(root, 'outputConfig'), 'textFormat')) || asksForJson(member(root, 'additionalModelRequestFields'))
  return new BodyCall({ operation, model, streaming: operation.name === 'converse-stream', body, root, collector, answersJson })
}

function rootHandlers(c: PartCollector): Handlers {
  const numbers: Handlers = { maxTokens: c.plain, temperature: c.plain, topP: c.plain }
  return {
    messages: (node, place) => { messages(c, node, place) },
    system: (node, place) => { c.items(node, { ...place, role: 'system' }, (item, at) => { block(c, item, at) }) },
    inferenceConfig: (node, place) => { c.members(node, place, { ...numbers, stopSequences: c.text }) },
    toolConfig: (node, place) => { toolConfig(c, node, { ...place, role: 'schema' }) },
    // Members of the model's own dialect: its tools are tools, whoever spells them.
    additionalModelRequestFields: (node, place) => {
      c.tools.push(...offeredTools(node))
      c.media(node)
      c.source(node, place)
    },
    additionalModelResponseFieldPaths: c.text,
    promptVariables: c.source,
    requestMetadata: c.source,
    guardrailConfig: (node, place) => { c.members(node, place, { guardrailIdentifier: guardrail(c), guardrailVersion: c.word, trace: c.word, streamProcessingMode: c.word }) },
    performanceConfig: (node, place) => { c.members(node, place, { latency: c.word }) },
    serviceTier: c.deep,
    outputConfig: (node, place) => { c.schema(node, place) },
  }
}

/** Read as text it would be masked for its account's number, and the call would ask for a guardrail that there is not. */
function guardrail(c: PartCollector): Handler {
  return (node, place) => { if (!GUARDRAIL.test(textOf(node) ?? '')) c.text(node, place) }
}

function toolConfig(c: PartCollector, node: JsonNode, place: Place): void {
  const spec: Handler = (n, p) => { c.members(n, p, { name: c.toolName, description: c.schema, inputSchema: c.schema, strict: c.plain }) }
  c.members(node, place, {
    tools: (n, p) => {
      c.items(n, p, (item, at) => {
        const system = textOf(member(member(item, 'systemTool'), 'name'))
        if (system !== undefined) c.tools.push(system)
        c.members(item, at, { toolSpec: spec, cachePoint: c.deep, systemTool: (m, q) => { c.members(m, q, { name: c.name }) } })
      })
    },
    toolChoice: (n, p) => { c.members(n, p, { tool: (m, q) => { c.members(m, q, { name: c.name }) } }) },
  })
}

function messages(c: PartCollector, node: JsonNode, place: Place): void {
  const items = node.type === 'array' ? node.items : []
  if (node.type !== 'array') c.unknown(node, place)
  const last = items.findLastIndex((item) => textOf(member(item, 'role')) === 'user' && !isResultOnly(member(item, 'content')))
  items.forEach((item, i) => {
    const at: Place = { path: pointer(place.path, i), role: textOf(member(item, 'role')) === 'assistant' ? 'assistant' : 'user', origin: i < last ? 'history' : 'prompt' }
    c.members(item, at, { role: c.word, content: (n, p) => { c.items(n, p, (one, below) => { block(c, one, below) }) } })
  })
}

function isResultOnly(node: JsonNode | undefined): boolean {
  return node?.type === 'array' && node.items.length > 0 && node.items.every((item) => member(item, 'toolResult') !== undefined)
}

function block(c: PartCollector, node: JsonNode, place: Place): void {
  const blocks: Handler = (n, p) => { c.items(n, p, (item, at) => { block(c, item, at) }) }
  c.members(node, place, {
    text: c.text,
    json: c.source,
    image: media(c, 'image', blocks),
    video: media(c, 'file', blocks),
    audio: media(c, 'audio', blocks),
    document: media(c, 'file', blocks),
    toolUse: (n, p) => { c.members(n, p, { toolUseId: c.identifier, name: c.name, input: c.source, type: c.word }) },
    toolResult: (n, p) => { c.members(n, { ...p, role: 'tool' }, { toolUseId: c.identifier, status: c.word, type: c.word, content: blocks }) },
    guardContent: (n, p) => {
      c.members(n, p, { text: (m, q) => { c.members(m, q, { text: c.text, qualifiers: (l, r) => { c.items(l, r, c.word) } }) }, image: media(c, 'image', blocks) })
    },
    reasoningContent: (n, p) => {
      c.members(n, p, { reasoningText: (m, q) => { c.members(m, q, { text: c.text, signature: c.hidden('signature') }) }, redactedContent: c.hidden('redacted_thinking') })
    },
    searchResult: (n, p) => { c.members(n, p, { source: c.text, title: c.text, content: blocks, citations: c.deep }) },
    citationsContent: (n, p) => { c.members(n, p, { content: blocks, citations: c.deep }) },
    cachePoint: c.deep,
  })
}

function media(c: PartCollector, kind: string, blocks: Handler): Handler {
  return (node, place) => {
    const source = member(node, 'source')
    if (member(source, 'text') === undefined && member(source, 'content') === undefined) c.opaque.add(kind)
    c.members(node, place, {
      format: c.word,
      name: c.text,
      context: c.text,
      citations: c.deep,
      source: (n, p) => { c.members(n, p, { bytes: c.hidden(kind), text: c.text, content: blocks, s3Location: c.source }) },
    })
  }
}
