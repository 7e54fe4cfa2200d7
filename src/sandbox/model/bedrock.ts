/** The simulated model's Bedrock dialect: Converse, and InvokeModel with bodies of Anthropic's, in Amazon's binary messages. */
import { encodeMessage } from '../../core/framing/eventStream.ts'
import { askedOfAnthropic, streamedAnthropic } from './anthropic.ts'
import { asList, asObject, piecesOf, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

const SIGNATURE = Buffer.from('signed by the simulated model').toString('base64')

function modelOf(path: string): string {
  return decodeURIComponent(/^\/model\/([^/]+)\//.exec(path)?.[1] ?? '')
}

export function askedOfConverse(body: Record<string, unknown>, path: string): Asked {
  const messages = asList(body['messages']).map(asObject)
  const config = asObject(body['toolConfig'])
  const choice = asObject(config['toolChoice'])
  const named = asObject(choice['tool'])['name']
  const isResult = asList(messages.at(-1)?.['content']).some((block) => 'toolResult' in asObject(block))
  return {
    model: modelOf(path),
    texts: [wordsIn(body['system']), ...messages.map(({ content }) => wordsIn(content))].filter(Boolean),
    lastRole: isResult ? 'tool' : wordsIn(messages.at(-1)?.['role']),
    tools: asList(config['tools']).map((tool) => asObject(asObject(tool)['toolSpec'])).map((tool) => ({ name: String(tool['name']), schema: asObject(tool['inputSchema'])['json'] })),
    mustCall: typeof named === 'string' ? named : 'any' in choice,
    schema: undefined,
  }
}

export function askedOfInvoke(body: Record<string, unknown>, path: string): Asked {
  return { ...askedOfAnthropic(body), model: modelOf(path) }
}

function usageOf(asked: Asked, said: Said): object {
  const inputTokens = tokensIn(asked.texts.join('\n'))
  const outputTokens = tokensIn(said.text + JSON.stringify(said.calls))
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }
}

function stopOf(said: Said): string {
  return said.calls.length > 0 ? 'tool_use' : 'end_turn'
}

export function wholeConverse(asked: Asked, said: Said): string {
  const content = [
    ...(said.thinking === '' ? [] : [{ reasoningContent: { reasoningText: { text: said.thinking, signature: SIGNATURE } } }]),
    ...(said.text === '' ? [] : [{ text: said.text }]),
    ...said.calls.map(({ name, input }, i) => ({ toolUse: { toolUseId: `tooluse_simulated${i + 1}`, name, input } })),
  ]
  return JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason: stopOf(said), usage: usageOf(asked, said), metrics: { latencyMs: 1 } })
}

function message(type: string, payload: object): Buffer {
  return Buffer.from(encodeMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, JSON.stringify(payload)))
}

export function streamedConverse(asked: Asked, said: Said): Buffer[] {
  const frames = [message('messageStart', { role: 'assistant' })]
  let contentBlockIndex = 0
  if (said.thinking !== '') {
    const deltas = [...piecesOf(said.thinking).map((text) => ({ text })), { signature: SIGNATURE }]
    frames.push(...deltas.map((reasoningContent) => message('contentBlockDelta', { contentBlockIndex, delta: { reasoningContent } })), message('contentBlockStop', { contentBlockIndex }))
    contentBlockIndex++
  }
  if (said.text !== '') {
    frames.push(...piecesOf(said.text).map((text) => message('contentBlockDelta', { contentBlockIndex, delta: { text } })), message('contentBlockStop', { contentBlockIndex }))
    contentBlockIndex++
  }
  said.calls.forEach(({ name, input }, i) => {
    const pieces = JSON.stringify(input).match(/[\s\S]{1,5}/gu) ?? []
    frames.push(
      message('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: `tooluse_simulated${i + 1}`, name } } }),
      ...pieces.map((piece) => message('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: piece } } })),
      message('contentBlockStop', { contentBlockIndex }),
    )
    contentBlockIndex++
  })
  return [...frames, message('messageStop', { stopReason: stopOf(said) }), message('metadata', { usage: usageOf(asked, said), metrics: { latencyMs: 1 } })]
}

/** Anthropic's own events, each in base64 inside a message. */
export function streamedInvoke(asked: Asked, said: Said): Buffer[] {
  const events = streamedAnthropic(asked, said).map((frame) => /^data: (.*)$/m.exec(frame)?.[1] ?? '{}')
  return events.filter((data) => !data.startsWith('{"type":"ping"')).map((data) => message('chunk', { bytes: Buffer.from(data).toString('base64') }))
}

export function errorBedrock(_status: number, message: string): string {
  return JSON.stringify({ message })
}
