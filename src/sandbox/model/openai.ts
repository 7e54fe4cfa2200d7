/** The simulated model's OpenAI dialect: chat completions, whole and streamed. */
import { asList, asObject, idOf, piecesOf, schemaOfKeys, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

const CREATED = 1_790_000_000
const FINGERPRINT = 'fp_simulated'

export function askedOfOpenAi(body: Record<string, unknown>): Asked {
  const messages = asList(body['messages']).map(asObject)
  const choice = body['tool_choice']
  const named = asObject(asObject(choice)['function'])['name']
  const format = asObject(body['response_format'])
  const texts = messages.map(({ content }) => wordsIn(content))
  return {
    model: typeof body['model'] === 'string' ? body['model'] : '',
    texts,
    lastRole: wordsIn(messages.at(-1)?.['role']),
    tools: asList(body['tools']).map((tool) => {
      const { name, parameters } = asObject(asObject(tool)['function'])
      return { name: String(name), schema: parameters }
    }),
    mustCall: typeof named === 'string' ? named : choice === 'required' || choice === 'any',
    schema: format['type'] === 'json_schema' ? asObject(format['json_schema'])['schema'] : format['type'] === 'json_object' ? schemaOfKeys(texts) : undefined,
  }
}

function usageOf(asked: Asked, said: Said): object {
  const prompt = tokensIn(asked.texts.join('\n'))
  const completion = tokensIn(said.thinking + said.text + JSON.stringify(said.calls))
  return {
    prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 }, completion_tokens_details: { reasoning_tokens: tokensIn(said.thinking), audio_tokens: 0 },
  }
}

function finishOf(said: Said): string {
  return said.calls.length > 0 ? 'tool_calls' : 'stop'
}

function callsOf(asked: Asked, said: Said): { id: string; type: string; function: { name: string; arguments: string } }[] {
  return said.calls.map(({ name, input }, i) => ({ id: `call_${idOf(asked)}${i + 1}`, type: 'function', function: { name, arguments: JSON.stringify(input) } }))
}

export function wholeOpenAi(body: Record<string, unknown>, asked: Asked, said: Said): string {
  const calls = callsOf(asked, said)
  const message = {
    role: 'assistant',
    content: calls.length > 0 ? null : said.text,
    refusal: null,
    ...(said.thinking === '' ? {} : { reasoning_content: said.thinking }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  const logprobs = body['logprobs'] === true ? { content: probabilities(said.text) } : null
  const choices = Array.from({ length: choicesOf(body) }, (_, index) => ({ index, message, logprobs, finish_reason: finishOf(said) }))
  return JSON.stringify({ id: `chatcmpl-${idOf(asked)}`, object: 'chat.completion', created: CREATED, model: asked.model, system_fingerprint: FINGERPRINT, choices, usage: usageOf(asked, said) })
}

/** @param cuts false for servers that send each tool call in one piece, as Mistral's does */
export function streamedOpenAi(body: Record<string, unknown>, asked: Asked, said: Said, cuts = true): string[] {
  const usage = asObject(body['stream_options'])['include_usage'] === true
  const event = (choices: unknown[], more: object = {}): string =>
    `data: ${JSON.stringify({ id: `chatcmpl-${idOf(asked)}`, object: 'chat.completion.chunk', created: CREATED, model: asked.model, system_fingerprint: FINGERPRINT, choices, ...(usage ? { usage: null } : {}), ...more })}\n\n`
  const indexes = Array.from({ length: choicesOf(body) }, (_, index) => index)
  // Choices come interleaved, as they do in real life.
  const all = (delta: object, finish: string | null = null, logprobs: unknown = null): string[] =>
    indexes.map((index) => event([{ index, delta, logprobs, finish_reason: finish }]))
  const pieces = said.text === '' ? [] : piecesOf(said.text)
  return [
    ...all({ role: 'assistant', content: said.calls.length > 0 ? null : '', refusal: null }),
    ...piecesOf(said.thinking).flatMap((piece) => all({ reasoning_content: piece })),
    ...pieces.flatMap((piece) => all({ content: piece }, null, body['logprobs'] === true ? { content: probabilities(piece) } : null)),
    ...callsOf(asked, said).flatMap((call, index) => (cuts ? [
      ...all({ tool_calls: [{ ...call, index, function: { ...call.function, arguments: '' } }] }),
      ...(call.function.arguments.match(/[\s\S]{1,5}/gu) ?? []).flatMap((piece) => all({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ] : all({ tool_calls: [{ ...call, index }] }))),
    ...all({}, finishOf(said)),
    ...(usage ? [event([], { usage: usageOf(asked, said) })] : []),
    'data: [DONE]\n\n',
  ]
}

function choicesOf(body: Record<string, unknown>): number {
  const n = Number(body['n'] ?? 1)
  return Number.isInteger(n) && n > 0 && n <= 16 ? n : 1
}

/** Spells the text out once more, as real log probabilities do. */
function probabilities(text: string): unknown[] {
  return piecesOf(text).map((token) => ({ token, logprob: -0.1, bytes: [...Buffer.from(token)], top_logprobs: [] }))
}

export function errorOpenAi(status: number, message: string): string {
  const type = status === 401 ? 'invalid_request_error' : status >= 500 ? 'server_error' : status === 429 ? 'rate_limit_error' : 'invalid_request_error'
  return JSON.stringify({ error: { message, type, param: null, code: status === 401 ? 'invalid_api_key' : null } })
}

export const MODELS = JSON.stringify({
  object: 'list',
  data: ['simulated-1', 'simulated-tools', 'simulated-thinking'].map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'countersign-sandbox' })),
})
