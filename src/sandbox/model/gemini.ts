/** The simulated model's Gemini dialect: contents of parts, streamed as events with CRLF or as one array. */
import { asList, asObject, piecesOf, tokensIn, wordsIn, type Asked, type Said } from './words.ts'

const SIGNATURE = Buffer.from('signed by the simulated model').toString('base64')

/** @param path carries the model */
export function askedOfGemini(body: Record<string, unknown>, path: string): Asked {
  const contents = asList(body['contents']).map(asObject)
  const declarations = asList(body['tools']).flatMap((tool) => asList(asObject(tool)['functionDeclarations'] ?? asObject(tool)['function_declarations']))
  const mode = asObject(asObject(body['toolConfig'])['functionCallingConfig'])['mode']
  const isResult = asList(contents.at(-1)?.['parts']).some((part) => 'functionResponse' in asObject(part))
  return {
    model: /\/models\/([^:/]+):/.exec(path)?.[1] ?? '',
    texts: [body['systemInstruction'], ...contents].map((content) => wordsIn(asObject(content)['parts'])).filter(Boolean),
    lastRole: isResult ? 'tool' : wordsIn(contents.at(-1)?.['role']),
    tools: declarations.map(asObject).map((one) => ({ name: String(one['name']), schema: one['parametersJsonSchema'] ?? one['parameters_json_schema'] ?? one['parameters'] })),
    mustCall: mode === 'ANY',
    schema: undefined,
  }
}

function answerOf(asked: Asked, parts: readonly object[], last: boolean, said: Said): object {
  const promptTokenCount = tokensIn(asked.texts.join('\n'))
  const candidatesTokenCount = tokensIn(said.text + JSON.stringify(said.calls))
  return {
    candidates: [{ content: { role: 'model', parts }, ...(last ? { finishReason: 'STOP' } : {}), index: 0 }],
    usageMetadata: { promptTokenCount, candidatesTokenCount, totalTokenCount: promptTokenCount + candidatesTokenCount },
    modelVersion: asked.model,
    responseId: 'simulated0001',
  }
}

/** A thought comes first, and what follows it carries its signature. */
function partsOf(said: Said, texts: readonly string[]): object[] {
  const thoughts = said.thinking === '' ? [] : [{ text: said.thinking, thought: true }]
  const parts: object[] = [...texts.map((text) => ({ text })), ...said.calls.map(({ name, input }) => ({ functionCall: { name, args: input } }))]
  return [...thoughts, ...(thoughts.length === 0 ? parts : parts.map((part, i) => (i === 0 ? { ...part, thoughtSignature: SIGNATURE } : part)))]
}

export function wholeGemini(asked: Asked, said: Said): string {
  return JSON.stringify(answerOf(asked, partsOf(said, said.text === '' ? [] : [said.text]), true, said))
}

/** Without events it is one array, an element at a time. */
export function streamsAsArray(path: string): boolean {
  return !path.includes('alt=sse')
}

export function streamedGemini(asked: Asked, said: Said, path: string): string[] {
  const parts = partsOf(said, piecesOf(said.text))
  const answers = parts.map((part, i) => JSON.stringify(answerOf(asked, [part], i === parts.length - 1, said)))
  if (!streamsAsArray(path)) return answers.map((answer) => `data: ${answer}\r\n\r\n`)
  // Google's own libraries ask for numbers in place of words.
  const spelled = path.includes('enum-encoding') ? answers.map((answer) => answer.replace('"finishReason":"STOP"', '"finishReason":1')) : answers
  return [...spelled.map((answer, i) => `${i === 0 ? '[' : ',\r\n'}${answer}\n`), ']']
}

export function errorGemini(status: number, message: string): string {
  return JSON.stringify({ error: { code: status, message, status: status === 401 ? 'UNAUTHENTICATED' : status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT' } })
}
