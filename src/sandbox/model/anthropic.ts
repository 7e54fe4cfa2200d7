/** The simulated model's Anthropic dialect: messages, whole and streamed, and the counting of tokens. */
import { asList, asObject, idOf, piecesOf, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

const SIGNATURE = Buffer.from('signed by the simulated model').toString('base64')

export function askedOfAnthropic(body: Record<string, unknown>): Asked {
  const messages = asList(body['messages']).map(asObject)
  const { type, name } = asObject(body['tool_choice'])
  const last = messages.at(-1)
  const format = asObject(asObject(body['output_config'])['format'] ?? body['output_format'])
  const isResult = asList(last?.['content']).some((block) => asObject(block)['type'] === 'tool_result')
  return {
    model: typeof body['model'] === 'string' ? body['model'] : '',
    texts: [wordsIn(body['system']), ...messages.map(({ content }) => wordsIn(content))].filter(Boolean),
    lastRole: isResult ? 'tool' : wordsIn(last?.['role']),
    tools: asList(body['tools']).map(asObject).map((tool) => ({ name: String(tool['name']), schema: tool['input_schema'] })),
    mustCall: type === 'tool' ? String(name) : type === 'any',
    schema: format['type'] === 'json_schema' ? format['schema'] : undefined,
  }
}

function usageOf(asked: Asked, said: Said): { input_tokens: number; output_tokens: number } {
  const input = { input_tokens: tokensIn(asked.texts.join('\n')), cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
  return { ...input, output_tokens: tokensIn(said.thinking + said.text + JSON.stringify(said.calls)) }
}

function stopOf(said: Said): string {
  return said.calls.length > 0 ? 'tool_use' : 'end_turn'
}

export function wholeAnthropic(asked: Asked, said: Said): string {
  const content = [
    ...(said.thinking === '' ? [] : [{ type: 'thinking', thinking: said.thinking, signature: SIGNATURE }]),
    ...(said.text === '' ? [] : [{ type: 'text', text: said.text }]),
    ...said.calls.map(({ name, input }, i) => ({ type: 'tool_use', id: `toolu_${idOf(asked)}${i + 1}`, name, input })),
  ]
  return JSON.stringify({
    id: `msg_${idOf(asked)}`, type: 'message', role: 'assistant', model: asked.model, content, stop_reason: stopOf(said), stop_sequence: null, usage: usageOf(asked, said),
  })
}

export function streamedAnthropic(asked: Asked, said: Said): string[] {
  const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
  const frames: string[] = []
  let index = 0
  const block = (start: object, deltas: readonly object[]): void => {
    frames.push(
      event('content_block_start', { index, content_block: start }),
      ...deltas.map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    )
    index++
  }
  if (said.thinking !== '')
    block({ type: 'thinking', thinking: '', signature: '' }, [
      ...piecesOf(said.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: SIGNATURE },
    ])
  if (said.text !== '') block({ type: 'text', text: '' }, piecesOf(said.text).map((text) => ({ type: 'text_delta', text })))
  said.calls.forEach(({ name, input }, i) => {
    const pieces = JSON.stringify(input).match(/[\s\S]{1,5}/gu) ?? []
    block({ type: 'tool_use', id: `toolu_${idOf(asked)}${i + 1}`, name, input: {} }, pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece })))
  })
  const usage = usageOf(asked, said)
  const message = { id: `msg_${idOf(asked)}`, type: 'message', role: 'assistant', model: asked.model, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } }
  return [
    event('message_start', { message }),
    event('ping', {}),
    ...frames,
    event('message_delta', { delta: { stop_reason: stopOf(said), stop_sequence: null }, usage }),
    event('message_stop', {}),
  ]
}

export function countAnthropic(asked: Asked): string {
  return JSON.stringify({ input_tokens: tokensIn(asked.texts.join('\n')) })
}

export function errorAnthropic(status: number, message: string): string {
  const type = status === 401 ? 'authentication_error' : status === 403 ? 'permission_error' : status === 429 ? 'rate_limit_error' : status >= 500 ? 'api_error' : 'invalid_request_error'
  return JSON.stringify({ type: 'error', error: { type, message } })
}
