/** The simulated model as Hugging Face's own inference serves one: text on from a text. */
import { piecesOf, tokensIn, type Asked, type Said } from './words.ts'

/** @param path carries the model */
export function askedOfHuggingFace(body: Record<string, unknown>, path: string): Asked {
  return { model: /\/models\/(.+)$/.exec(path)?.[1] ?? '', texts: [String(body['inputs'])], lastRole: 'user', tools: [], mustCall: false, schema: undefined }
}

export function wholeHuggingFace(said: Said): string {
  return JSON.stringify([{ generated_text: said.text }])
}

export function streamedHuggingFace(said: Said): string[] {
  const pieces = piecesOf(said.text)
  return pieces.map((text, i) => {
    const last = i === pieces.length - 1
    const token = { id: 100 + i, text, logprob: -0.1, special: false }
    return `data:${JSON.stringify({ index: i + 1, token, generated_text: last ? said.text : null, details: last ? { finish_reason: 'eos_token', generated_tokens: tokensIn(said.text), seed: null } : null })}\n\n`
  })
}

export function errorHuggingFace(_status: number, message: string): string {
  return JSON.stringify({ error: message, error_type: 'simulated' })
}
