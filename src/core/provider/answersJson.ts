/**
 * Answers that a client asked to be JSON. Their text is JSON source to the masker: strings are masked decoded, a number becomes a
 * number, and what the client parses stays valid. A text that turns out to be none is masked as text from there on, so it does no
 * harm where a setting is read that a server ignores.
 */
import { member, textOf } from '../json/edit.ts'
import type { JsonNode } from '../json/read.ts'
import { stateOf } from './bodyCall.ts'
import type { ModelCall, OpenChannel } from './provider.ts'

/** `json` is the type of a grammar of Hugging Face's servers. */
const FORMATS = new Set(['json_schema', 'json_object', 'json'])

/**
 * @param format `response_format` of chat completions and Cohere, `text.format` of responses, `output_config.format` (first: `output_format`)
 * of Anthropic, `outputConfig.textFormat` of Bedrock's Converse, `parameters.grammar` of Hugging Face
 */
export function isJsonFormat(format: JsonNode | undefined): boolean {
  return FORMATS.has(textOf(member(format, 'type')) ?? '')
}

/**
 * Members of a body by which servers of several makers are asked for JSON, as their documentation has them; vLLM's own are
 * `guided_json` (until 0.11) and `structured_outputs`.
 * @param root a body, or the part of one that goes on to the model as it is
 */
export function asksForJson(root: JsonNode | undefined): boolean {
  const formats = [member(root, 'response_format'), member(root, 'output_format'), member(member(root, 'output_config'), 'format')]
  const structured = member(root, 'structured_outputs')
  return formats.some(isJsonFormat) || [member(root, 'guided_json'), member(structured, 'json'), member(structured, 'json_object')].some(isGiven)
}

/** A schema, or a switch that is on. */
export function isGiven(node: JsonNode | undefined): boolean {
  return node !== undefined && node.type !== 'null' && !(node.type === 'boolean' && node.value === false)
}

/** @param answer channels in which the answer proper stands, not its thinking */
export function openAnswer(open: OpenChannel, call: ModelCall, answer: RegExp): OpenChannel {
  return stateOf(call).answersJson ? (channel) => open(answer.test(channel.path) ? { ...channel, kind: 'json' } : channel) : open
}
