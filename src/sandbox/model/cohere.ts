/** The simulated model's Cohere dialect: chat of the second version (events) and of the first (lines). */
import { asList, asObject, piecesOf, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

const ID = 'simulated-0001'

export function askedOfCohere(body: Record<string, unknown>): Asked {
  const messages = asList(body['messages']).map(asObject)
  return {
    model: wordsIn(body['model']),
    texts: messages.map(({ content }) => wordsIn(content)).filter(Boolean),
    lastRole: wordsIn(messages.at(-1)?.['role']),
    tools: asList(body['tools']).map((tool) => {
      const { name, parameters } = asObject(asObject(tool)['function'])
      return { name: String(name), schema: parameters }
    }),
    mustCall: body['tool_choice'] === 'REQUIRED',
    schema: undefined,
  }
}

export function askedOfCohereOne(body: Record<string, unknown>): Asked {
  const history = asList(body['chat_history']).map((turn) => wordsIn(asObject(turn)['message']))
  return {
    model: wordsIn(body['model']),
    texts: [wordsIn(body['preamble']), ...history, wordsIn(body['message'])].filter(Boolean),
    lastRole: asList(body['tool_results']).length > 0 ? 'tool' : 'user',
    tools: asList(body['tools']).map(asObject).map((tool) => ({ name: String(tool['name']), schema: { properties: asObject(tool['parameter_definitions']) } })),
    mustCall: false,
    schema: undefined,
  }
}

function unitsOf(asked: Asked, said: Said): { input_tokens: number; output_tokens: number } {
  return { input_tokens: tokensIn(asked.texts.join('\n')), output_tokens: tokensIn(said.text + JSON.stringify(said.calls)) }
}

function finishOf(said: Said): string {
  return said.calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE'
}

function usageOf(asked: Asked, said: Said): object {
  return { billed_units: unitsOf(asked, said), tokens: unitsOf(asked, said) }
}

function callOf({ name, input }: Said['calls'][number], i: number): { id: string; type: string; function: { name: string; arguments: string } } {
  return { id: `call_simulated${i + 1}`, type: 'function', function: { name, arguments: JSON.stringify(input) } }
}

export function wholeCohere(asked: Asked, said: Said): string {
  const content = said.text === '' ? {} : { content: [{ type: 'text', text: said.text }] }
  const calls = said.calls.length === 0 ? {} : { tool_calls: said.calls.map(callOf) }
  return JSON.stringify({ id: ID, finish_reason: finishOf(said), message: { role: 'assistant', ...content, ...calls }, usage: usageOf(asked, said) })
}

export function streamedCohere(asked: Asked, said: Said): string[] {
  const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
  const message = (inner: object): object => ({ delta: { message: inner } })
  const frames = [event('message-start', { id: ID, ...message({ role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }) })]
  if (said.text !== '')
    frames.push(
      event('content-start', { index: 0, ...message({ content: { type: 'text', text: '' } }) }),
      ...piecesOf(said.text).map((text) => event('content-delta', { index: 0, ...message({ content: { text } }) })),
      event('content-end', { index: 0 }),
    )
  said.calls.forEach((call, index) => {
    const whole = callOf(call, index)
    const pieces = whole.function.arguments.match(/[\s\S]{1,5}/gu) ?? []
    frames.push(
      event('tool-call-start', { index, ...message({ tool_calls: { ...whole, function: { ...whole.function, arguments: '' } } }) }),
      ...pieces.map((piece) => event('tool-call-delta', { index, ...message({ tool_calls: { function: { arguments: piece } } }) })),
      event('tool-call-end', { index }),
    )
  })
  return [...frames, event('message-end', { delta: { finish_reason: finishOf(said), usage: usageOf(asked, said) } })]
}

function responseOne(asked: Asked, said: Said): object {
  const calls = said.calls.length === 0 ? {} : { tool_calls: said.calls.map(({ name, input }) => ({ name, parameters: input })) }
  const history = [...asked.texts.map((message) => ({ role: 'USER', message })), { role: 'CHATBOT', message: said.text }]
  return { response_id: ID, generation_id: ID, text: said.text, chat_history: history, finish_reason: 'COMPLETE', ...calls, meta: { api_version: { version: '1' }, ...usageOf(asked, said) } }
}

export function wholeCohereOne(asked: Asked, said: Said): string {
  return JSON.stringify(responseOne(asked, said))
}

export function streamedCohereOne(asked: Asked, said: Said): string[] {
  const calls = said.calls.map(({ name, input }) => ({ name, parameters: input }))
  return [
    { is_finished: false, event_type: 'stream-start', generation_id: ID },
    ...piecesOf(said.text).map((text) => ({ is_finished: false, event_type: 'text-generation', text })),
    ...(calls.length === 0 ? [] : [{ is_finished: false, event_type: 'tool-calls-generation', text: '', tool_calls: calls }]),
    { is_finished: true, event_type: 'stream-end', finish_reason: 'COMPLETE', response: responseOne(asked, said) },
  ].map((line) => `${JSON.stringify(line)}\n`)
}

export function errorCohere(_status: number, message: string): string {
  return JSON.stringify({ message })
}
