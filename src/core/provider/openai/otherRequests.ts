/** The smaller bodies: embeddings and legacy completions, whose input may be token ids, and moderations. */
import { CountersignError } from '../../../protocol/errors.ts'
import { isNumbers, isTrue, member, removeMembers, setMember, type Edit } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonObject } from '../../json/read.ts'
import { asksForJson } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { checkRoot, PartCollector, type Handler, type Handlers, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { requiredModel, type Variant } from '../requiredModel.ts'
import { tokenizerOf } from '../tokens.ts'
import { contentHandler } from './chatRequest.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const NUMBERS = ['best_of', 'echo', 'frequency_penalty', 'logprobs', 'max_tokens', 'n', 'presence_penalty', 'seed', 'stream', 'temperature', 'top_p', 'dimensions', 'use_beam_search', 'top_k', 'min_p', 'repetition_penalty']
const LOGPROBS = new Set(['logprobs'])

/** @throws CountersignError CS_MALFORMED, CS_NOT_INSPECTABLE */
export function describeEmbeddings(operation: Operation, body: Uint8Array, variant: Variant = {}): ModelCall {
  const { source, root, model } = open(body, 'input', variant)
  const collector = new PartCollector(source)
  collector.members(root, TOP, { ...common(collector), input: textOrTokens(collector, model), encoding_format: collector.word, input_type: collector.word, truncate: collector.word })
  return new BodyCall({ operation, model, streaming: false, body, root, collector })
}

/** @throws CountersignError CS_MALFORMED, CS_NOT_INSPECTABLE */
export function describeCompletions(operation: Operation, body: Uint8Array, variant: Variant = {}): ModelCall {
  const { source, root, model } = open(body, 'prompt', variant)
  const collector = new PartCollector(source)
  collector.members(root, TOP, {
    ...common(collector),
    prompt: textOrTokens(collector, model),
    suffix: collector.text,
    stop: collector.text,
    stream_options: (node, place) => { collector.members(node, place, {}) },
  })
  const streaming = isTrue(member(root, 'stream'))
  const options = member(root, 'stream_options')
  const hidesUsage = streaming && variant.asksForUsage !== false && !isTrue(member(options, 'include_usage'))
  const edits = (masking: boolean): Edit[] => [
    ...(masking ? removeMembers(root, LOGPROBS) : []),
    ...(hidesUsage ? [options?.type === 'object' ? setMember(options, 'include_usage', 'true') : setMember(root, 'stream_options', '{"include_usage":true}')] : []),
  ]
  return new BodyCall({ operation, model, streaming, body, root, collector, hidesUsage, answersJson: asksForJson(root), edits })
}

/** @throws CountersignError CS_MALFORMED */
export function describeModerations(operation: Operation, body: Uint8Array): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const collector = new PartCollector(source)
  const model = member(root, 'model') === undefined ? 'omni-moderation-latest' : requiredModel(root)
  collector.members(root, TOP, { model: collector.name, input: contentHandler(collector) })
  return new BodyCall({ operation, model, streaming: false, body, root, collector })
}

function open(body: Uint8Array, required: string, variant: Variant): { source: string; root: JsonObject; model: string } {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  if (!member(root, required)) throw new CountersignError('CS_MALFORMED', `the body has no "${required}". Nothing was sent.`)
  return { source, root, model: requiredModel(root, variant) }
}

function common(c: PartCollector): Handlers {
  return { ...Object.fromEntries(NUMBERS.map((name) => [name, c.plain])), model: c.name, user: c.text, service_tier: c.word }
}

/** A string, strings, token ids, or lists of token ids. */
function textOrTokens(c: PartCollector, model: string): Handler {
  return (node, place) => {
    if (isNumbers(node)) c.tokens(node, place, tokenizerOf(model))
    else if (node.type === 'array') c.items(node, place, (item, at) => { textOrTokens(c, model)(item, at) })
    else c.text(node, place)
  }
}
