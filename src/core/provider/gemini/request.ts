/** Bodies of Gemini calls: contents of parts, tools, schemas. Members come in two spellings, and both are read. */
import { CountersignError } from '../../../protocol/errors.ts'
import { member, pointer, removeMembers, textOf, type Edit } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode, type JsonObject } from '../../json/read.ts'
import { BodyCall } from '../bodyCall.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const ENUMERATION = /^[A-Z][A-Z_]{1,60}(?:_\d{1,3})?$/
const LOGPROBS = new Set(['responseLogprobs', 'response_logprobs', 'logprobs'])
const NUMBERS = ['temperature', 'topP', 'topK', 'candidateCount', 'maxOutputTokens', 'presencePenalty', 'frequencyPenalty', 'seed', 'logprobs', 'outputDimensionality']

/** @throws CountersignError CS_MALFORMED */
export function describeGemini(operation: Operation, body: Uint8Array, model: string): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const collector = new PartCollector(source)
  collector.members(root, TOP, rootHandlers(collector))
  if (collector.parts.length === 0 && collector.opaque.size === 0) throw new CountersignError('CS_MALFORMED', 'the body holds no contents. Nothing was sent.')
  const streaming = operation.name === 'streamGenerateContent'
  return new BodyCall({ operation, model, streaming, body, root, collector, edits: (masking) => (masking ? noLogprobs(root) : []) })
}

function noLogprobs(root: JsonObject): Edit[] {
  const config = member(root, 'generationConfig') ?? member(root, 'generation_config')
  return config?.type === 'object' ? removeMembers(config, LOGPROBS) : []
}

/** Both spellings of each name: `inlineData` and `inline_data`. */
function both(handlers: Handlers): Handlers {
  return { ...handlers, ...Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), handler])) }
}

function enumeration(c: PartCollector): Handler {
  return (node, place) => {
    if (node.type === 'array') c.items(node, place, enumeration(c))
    else if (!ENUMERATION.test(textOf(node) ?? '')) c.word(node, place)
  }
}

function rootHandlers(c: PartCollector): Handlers {
  const word = enumeration(c)
  const nested: Handler = (node, place) => { c.members(node, place, rootHandlers(c)) }
  return both({
    model: c.name,
    contents: (node, place) => { contents(c, node, place) },
    content: (node, place) => { content(c, node, place) },
    systemInstruction: (node, place) => { content(c, node, { ...place, role: 'system' }) },
    tools: (node, place) => { c.items(node, { ...place, role: 'schema' }, (item, at) => { tool(c, item, at) }) },
    toolConfig: (node, place) => {
      c.members(node, { ...place, role: 'schema' }, both({ functionCallingConfig: (n, p) => { c.members(n, p, both({ mode: word, allowedFunctionNames: (m, q) => { c.items(m, q, c.name) } })) } }))
    },
    generationConfig: (node, place) => { generationConfig(c, node, place) },
    safetySettings: (node, place) => { c.items(node, place, (item, at) => { c.members(item, at, { category: word, threshold: word, method: word }) }) },
    // Context the provider keeps: text that was never here.
    cachedContent: (node, place) => {
      c.opaque.add('stored_context')
      c.text(node, place)
    },
    labels: c.source,
    requests: (node, place) => { c.items(node, place, nested) },
    generateContentRequest: nested,
    taskType: word,
    title: c.text,
    outputDimensionality: c.plain,
  })
}

function generationConfig(c: PartCollector, node: JsonNode, place: Place): void {
  const word = enumeration(c)
  c.members(node, place, both({
    ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])),
    stopSequences: c.text,
    responseMimeType: (n, p) => { if (!/^[a-z]+\/[\w.+-]{1,40}$/.test(textOf(n) ?? '')) c.unknown(n, p) },
    responseSchema: c.schema,
    responseJsonSchema: c.schema,
    responseModalities: word,
    mediaResolution: word,
    thinkingConfig: (n, p) => { c.members(n, p, both({ thinkingBudget: c.plain, thinkingLevel: word })) },
  }))
}

/** The person's last turn is the last one by `user` that is more than results of functions. */
function contents(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'array') {
    content(c, node, place)
    return
  }
  const last = node.items.findLastIndex((item) => (textOf(member(item, 'role')) ?? 'user') === 'user' && !isResultOnly(member(item, 'parts')))
  node.items.forEach((item, i) => {
    const said = textOf(member(item, 'role')) ?? 'user'
    const role = said === 'model' ? 'assistant' : said === 'function' || isResultOnly(member(item, 'parts')) ? 'tool' : 'user'
    content(c, item, { path: pointer(place.path, i), role, origin: i < last ? 'history' : 'prompt' })
  })
}

function isResultOnly(node: JsonNode | undefined): boolean {
  return node?.type === 'array' && node.items.length > 0 && node.items.every((part) => (member(part, 'functionResponse') ?? member(part, 'function_response')) !== undefined)
}

function content(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'object') c.text(node, place)
  else c.members(node, place, { role: c.word, parts: (n, p) => { c.items(n, p, (item, at) => { part(c, item, at) }) } })
}

function part(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'object') {
    c.text(node, place)
    return
  }
  const word = enumeration(c)
  const mime = (n: JsonNode): string => textOf(member(n, 'mimeType') ?? member(n, 'mime_type')) ?? ''
  const kind = (n: JsonNode): string => (/^(image|audio)\//.exec(mime(n))?.[1] ?? 'file')
  const mimeType: Handler = (n, p) => { if (!/^[a-z]+\/[\w.+-]{1,60}$/.test(textOf(n) ?? '')) c.unknown(n, p) }
  const call: Handlers = { id: c.identifier, name: c.name, args: c.source, response: c.source, scheduling: word }
  c.members(node, place, both({
    text: c.text,
    thoughtSignature: c.hidden('signature'),
    inlineData: (n, p) => { c.members(n, p, both({ mimeType, data: c.hidden(kind(n)), displayName: c.text })) },
    fileData: (n, p) => {
      c.opaque.add(kind(n))
      c.members(n, p, both({ mimeType, fileUri: c.text, displayName: c.text }))
    },
    functionCall: (n, p) => { c.members(n, p, call) },
    functionResponse: (n, p) => { c.members(n, { ...p, role: 'tool' }, call) },
    executableCode: (n, p) => { c.members(n, p, { language: word, code: c.text }) },
    codeExecutionResult: (n, p) => { c.members(n, p, { outcome: word, output: c.text }) },
  }))
}

function tool(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type === 'object') for (const { key } of node.members) if (!/^function_?declarations$/i.test(key)) c.tools.push(key)
  c.members(node, place, both({
    functionDeclarations: (n, p) => {
      c.items(n, p, (item, at) => { c.members(item, at, both({ name: c.toolName, description: c.schema, parameters: c.schema, parametersJsonSchema: c.schema, response: c.schema, responseJsonSchema: c.schema })) })
    },
  }))
}
