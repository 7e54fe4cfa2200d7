/** The simulated model's Responses dialect and its embeddings. */
import { createHash } from 'node:crypto'
import { asList, asObject, idOf, piecesOf, schemaOfKeys, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

const CREATED = 1_790_000_000

export function askedOfResponses(body: Record<string, unknown>): Asked {
  const input = body['input']
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : asList(input).map(asObject)
  const choice = body['tool_choice']
  const named = asObject(choice)['name']
  const format = asObject(asObject(body['text'])['format'])
  const texts = [wordsIn(body['instructions']), ...items.map((item) => wordsIn(item['content'] ?? item['output']))].filter(Boolean)
  return {
    model: wordsIn(body['model']),
    texts,
    lastRole: items.at(-1)?.['type'] === 'function_call_output' ? 'tool' : 'user',
    tools: asList(body['tools']).map(asObject).filter(({ type }) => type === 'function').map(({ name, parameters }) => ({ name: wordsIn(name), schema: parameters })),
    mustCall: typeof named === 'string' ? named : choice === 'required',
    schema: format['type'] === 'json_schema' ? format['schema'] : format['type'] === 'json_object' ? schemaOfKeys(texts) : undefined,
  }
}

function outputOf(asked: Asked, said: Said): Record<string, unknown>[] {
  const id = idOf(asked)
  const calls = said.calls.map(({ name, input }, i) => ({ id: `fc_${id}${i + 1}`, type: 'function_call', status: 'completed', call_id: `call_${id}${i + 1}`, name, arguments: JSON.stringify(input) }))
  const message = { id: `msg_${id}`, type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', annotations: [], logprobs: [], text: said.text }] }
  const reasoning = { id: `rs_${id}`, type: 'reasoning', summary: [{ type: 'summary_text', text: said.thinking }] }
  return [...(said.thinking === '' ? [] : [reasoning]), ...(said.text === '' ? [] : [message]), ...calls]
}

function responseOf(body: Record<string, unknown>, asked: Asked, said: Said, status: string): Record<string, unknown> {
  const [input, output] = [tokensIn(asked.texts.join('\n')), tokensIn(said.thinking + said.text + JSON.stringify(said.calls))]
  return {
    id: `resp_${idOf(asked)}`, object: 'response', created_at: CREATED, status, error: null, incomplete_details: null, instructions: body['instructions'] ?? null, model: asked.model,
    output: status === 'completed' ? outputOf(asked, said) : [], parallel_tool_calls: true, text: body['text'] ?? { format: { type: 'text' } }, tool_choice: 'auto', tools: asList(body['tools']), metadata: {},
    usage: status === 'completed' ? { input_tokens: input, output_tokens: output, total_tokens: input + output, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: tokensIn(said.thinking) } } : null,
  }
}

export function wholeResponses(body: Record<string, unknown>, asked: Asked, said: Said): string {
  return JSON.stringify(responseOf(body, asked, said, 'completed'))
}

export function streamedResponses(body: Record<string, unknown>, asked: Asked, said: Said): string[] {
  const frames: string[] = []
  const event = (type: string, more: object): void => { frames.push(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: frames.length, ...more })}\n\n`) }
  event('response.created', { response: responseOf(body, asked, said, 'in_progress') })
  outputOf(asked, said).forEach((item, output_index) => {
    const at = { item_id: item['id'], output_index }
    if (item['type'] === 'message') {
      const part = asObject(asList(item['content'])[0])
      event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } })
      event('response.content_part.added', { ...at, content_index: 0, part: { ...part, text: '' } })
      for (const delta of piecesOf(said.text)) event('response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] })
      event('response.output_text.done', { ...at, content_index: 0, text: said.text, logprobs: [] })
      event('response.content_part.done', { ...at, content_index: 0, part })
    } else if (item['type'] === 'reasoning') {
      const text = said.thinking
      event('response.output_item.added', { output_index, item: { ...item, summary: [] } })
      event('response.reasoning_summary_part.added', { ...at, summary_index: 0, part: { type: 'summary_text', text: '' } })
      for (const delta of piecesOf(text)) event('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta })
      event('response.reasoning_summary_text.done', { ...at, summary_index: 0, text })
      event('response.reasoning_summary_part.done', { ...at, summary_index: 0, part: { type: 'summary_text', text } })
    } else {
      event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } })
      for (const delta of wordsIn(item['arguments']).match(/[\s\S]{1,5}/gu) ?? []) event('response.function_call_arguments.delta', { ...at, delta })
      event('response.function_call_arguments.done', { ...at, arguments: item['arguments'] })
    }
    event('response.output_item.done', { output_index, item })
  })
  event('response.completed', { response: responseOf(body, asked, said, 'completed') })
  return frames
}

export function askedOfEmbeddings(body: Record<string, unknown>): Asked {
  return { model: wordsIn(body['model']), texts: inputsOf(body).map((input) => (typeof input === 'string' ? input : JSON.stringify(input))), lastRole: 'user', tools: [], mustCall: false, schema: undefined }
}

/** One vector for each text, the same for the same text. */
export function wholeEmbeddings(body: Record<string, unknown>, asked: Asked): string {
  const data = inputsOf(body).map((input, index) => {
    const digest = createHash('sha256').update(JSON.stringify(input)).digest()
    const vector = Float32Array.from({ length: 8 }, (_, i) => digest.readInt16LE(i * 2) / 32_768)
    return { object: 'embedding', index, embedding: body['encoding_format'] === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector] }
  })
  const tokens = tokensIn(asked.texts.join('\n'))
  return JSON.stringify({ object: 'list', data, model: asked.model, usage: { prompt_tokens: tokens, total_tokens: tokens } })
}

function inputsOf(body: Record<string, unknown>): unknown[] {
  const input = body['input']
  return typeof input === 'string' || typeof asList(input)[0] === 'number' ? [input] : asList(input)
}
