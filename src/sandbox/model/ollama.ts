/** The simulated model's Ollama dialect: lines of JSON. */
import { asList, asObject, piecesOf, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

export function askedOfOllama(body: Record<string, unknown>): Asked {
  const messages = asList(body['messages']).map(asObject)
  const format = body['format']
  return {
    model: wordsIn(body['model']),
    texts: [...messages.map(({ content }) => wordsIn(content)), wordsIn(body['system']), wordsIn(body['prompt'])].filter(Boolean),
    lastRole: wordsIn(messages.at(-1)?.['role']),
    tools: asList(body['tools']).map((tool) => {
      const { name, parameters } = asObject(asObject(tool)['function'])
      return { name: String(name), schema: parameters }
    }),
    mustCall: false,
    schema: typeof format === 'object' && format !== null ? format : undefined,
  }
}

function lineOf(asked: Asked, message: object): object {
  return { model: asked.model, created_at: '2026-01-01T00:00:00.000000Z', message: { role: 'assistant', ...message } }
}

function endOf(asked: Asked, said: Said): object {
  return { done: true, done_reason: 'stop', total_duration: 1, prompt_eval_count: tokensIn(asked.texts.join('\n')), eval_count: tokensIn(said.text + JSON.stringify(said.calls)) }
}

function callsOf(said: Said): object {
  return said.calls.length === 0 ? {} : { tool_calls: said.calls.map(({ name, input }) => ({ function: { name, arguments: input } })) }
}

export function wholeOllama(asked: Asked, said: Said): string {
  return JSON.stringify({ ...lineOf(asked, { content: said.text, ...callsOf(said) }), ...endOf(asked, said) })
}

export function streamedOllama(asked: Asked, said: Said): string[] {
  const lines: object[] = piecesOf(said.text).map((content) => ({ ...lineOf(asked, { content }), done: false }))
  if (said.calls.length > 0) lines.push({ ...lineOf(asked, { content: '', ...callsOf(said) }), done: false })
  return [...lines, { ...lineOf(asked, { content: '' }), ...endOf(asked, said) }].map((line) => `${JSON.stringify(line)}\n`)
}

export function embedOllama(body: Record<string, unknown>): string {
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']]
  return JSON.stringify({ model: body['model'], embeddings: inputs.map((input) => [0.25, wordsIn(input).length / 1024, 0.5]), prompt_eval_count: tokensIn(inputs.map(wordsIn).join('\n')) })
}

export function errorOllama(_status: number, message: string): string {
  return JSON.stringify({ error: message })
}
