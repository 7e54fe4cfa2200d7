/** Bodies of Gemini calls: contents of parts, tools, schemas. Members come in two spellings, and both are read. */
import { CountersignError } from '../../../protocol/errors.ts'
import { member, pointer, removeMembers, textOf, type Edit } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode, type JsonObject } from '../../json/read.ts'
import { isGiven } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { camel, members, named } from './spelling.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const ENUMERATION = /^[A-Z][A-Z_]{1,60}(?:_\d{1,3})?$/
const LOGPROBS = new Set(['responseLogprobs', 'response_logprobs', 'logprobs'])
const NUMBERS = ['temperature', 'topP', 'topK', 'candidateCount', 'maxOutputTokens', 'presencePenalty', 'frequencyPenalty', 'seed', 'logprobs', 'outputDimensionality']

/** @throws CountersignError CS_MALFORMED */
export function describeGemini(operation: Operation, body: Uint8Array, model: string): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const collector = new PartCollector(source)
  members(collector, root, TOP, rootHandlers(collector))
  if (collector.parts.length === 0 && collector.opaque.size === 0) throw new CountersignError('CS_MALFORMED', 'the body holds no contents. Nothing was sent.')
  const streaming = operation.name === 'streamGenerateContent'
  return new BodyCall({ operation, model, streaming, body, root, collector, answersJson: asksForJson(named(root, 'generationConfig')), edits: (masking) => (masking ? noLogprobs(root) : []) })
}

/** By its media type, else by a schema: a schema may also be one of bare words (`text/x.enum`). */
function asksForJson(config: JsonNode | undefined): boolean {
  const type = textOf(named(config, 'responseMimeType'))
  if (type !== undefined) return /^application\/json\b/i.test(type)
  return [named(config, 'responseSchema'), named(config, 'responseJsonSchema'), member(config, '_responseJsonSchema')].some(isGiven)
}

function noLogprobs(root: JsonObject): Edit[] {
  const config = named(root, 'generationConfig')
  return config?.type === 'object' ? removeMembers(config, LOGPROBS) : []
}

function enumeration(c: PartCollector): Handler {
  return (node, place) => {
    if (node.type === 'array') c.items(node, place, enumeration(c))
    else if (!ENUMERATION.test(textOf(node) ?? '')) c.word(node, place)
  }
}

function rootHandlers(c: PartCollector): Handlers {
  const word = enumeration(c)
  const nested: Handler = (node, place) => { members(c, node, place, rootHandlers(c)) }
  const calling: Handler = (node, place) => { members(c, node, place, { mode: word, allowedFunctionNames: (n, p) => { c.items(n, p, c.name) } }) }
  return {
    model: c.name,
    contents: (node, place) => { contents(c, node, place) },
    content: (node, place) => { content(c, node, place) },
    systemInstruction: (node, place) => { content(c, node, { ...place, role: 'system' }) },
    tools: (node, place) => { c.items(node, { ...place, role: 'schema' }, (item, at) => { tool(c, item, at) }) },
    toolConfig: (node, place) => { members(c, node, { ...place, role: 'schema' }, { functionCallingConfig: calling }) },
    generationConfig: (node, place) => { generationConfig(c, node, place) },
    safetySettings: (node, place) => { c.items(node, place, (item, at) => { members(c, item, at, { category: word, threshold: word, method: word }) }) },
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
  }
}

function generationConfig(c: PartCollector, node: JsonNode, place: Place): void {
  const word = enumeration(c)
  members(c, node, place, {
    ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])),
    stopSequences: c.text,
    responseMimeType: mimeType(c),
    responseSchema: c.schema,
    responseJsonSchema: c.schema,
    responseModalities: word,
    mediaResolution: word,
    thinkingConfig: (n, p) => { members(c, n, p, { thinkingBudget: c.plain, thinkingLevel: word }) },
  })
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
  return node?.type === 'array' && node.items.length > 0 && node.items.every((part) => named(part, 'functionResponse') !== undefined)
}

function content(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'object') c.text(node, place)
  else members(c, node, place, { role: c.word, parts: parts(c) })
}

function parts(c: PartCollector): Handler {
  return (node, place) => { c.items(node, place, (item, at) => { part(c, item, at) }) }
}

function mimeType(c: PartCollector): Handler {
  return (node, place) => { if (!/^[a-z]+\/[\w.+-]{1,60}$/.test(textOf(node) ?? '')) c.unknown(node, place) }
}

function part(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type !== 'object') {
    c.text(node, place)
    return
  }
  const word = enumeration(c)
  const kind = (n: JsonNode): string => /^(image|audio)\//.exec(textOf(named(n, 'mimeType')) ?? '')?.[1] ?? 'file'
  const call: Handlers = { id: c.identifier, name: c.name, args: c.source, scheduling: word }
  members(c, node, place, {
    text: c.text,
    thoughtSignature: c.hidden('signature'),
    inlineData: (n, p) => { members(c, n, p, { mimeType: mimeType(c), data: c.hidden(kind(n)), displayName: c.text }) },
    fileData: (n, p) => {
      c.opaque.add(kind(n))
      members(c, n, p, { mimeType: mimeType(c), fileUri: c.text, displayName: c.text })
    },
    functionCall: (n, p) => { members(c, n, p, call) },
    // What a function gives back may hold pictures and files beside its words.
    functionResponse: (n, p) => { members(c, n, { ...p, role: 'tool' }, { ...call, response: c.result, parts: parts(c) }) },
    executableCode: (n, p) => { members(c, n, p, { language: word, code: c.text }) },
    codeExecutionResult: (n, p) => { members(c, n, { ...p, role: 'tool' }, { outcome: word, output: c.text }) },
  })
}

function tool(c: PartCollector, node: JsonNode, place: Place): void {
  if (node.type === 'object') c.tools.push(...node.members.map(({ key }) => camel(key)).filter((name) => name !== 'functionDeclarations'))
  // Documents that lie at the provider, or where it can reach them.
  if (named(node, 'fileSearch') !== undefined || named(node, 'retrieval') !== undefined) c.opaque.add('stored_context')
  members(c, node, place, {
    functionDeclarations: (n, p) => {
      c.items(n, p, (item, at) => { members(c, item, at, { name: c.toolName, description: c.schema, parameters: c.schema, parametersJsonSchema: c.schema, response: c.schema, responseJsonSchema: c.schema }) })
    },
  })
}
