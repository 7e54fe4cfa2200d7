/**
 * Keeping a client alive while its call is held: informational responses before the head, chosen per client, because what
 * saves one client breaks another (102 desynchronises requests and boto3; 100 ends undici). An unknown client gets silence,
 * the only thing that nobody misreads.
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Waiting } from '../../core/exchange/exchange.ts'

type Tick = 'continue' | 'processing' | 'nothing'

const EVERY_MS = 15_000
/** An answer that says "still pending" must reach the client before its own limit does. */
const MARGIN_MS = 10_000
/** Node's fetch gives a silent request up at 302 s; other clients that nobody knows have limits like it. */
const UNKNOWN_PATIENCE_MS = 240_000
/** Default of the OpenAI and Anthropic SDKs for JavaScript: it runs to the head of the answer, and nothing resets it. */
const SDK_TIMEOUT_S = 600
/** Of SDKs of the same make that give up earlier and do not say so: groq-sdk sends the header for a limit of the person's own only. */
const SHORTER_S: Readonly<Record<string, number>> = { groq: 60 }

/** AWS's SDK for JavaScript gives a silent call up at 60 s (`streamIdleTimeout`), and nothing before the head helps it. */
const AWS_JS = /aws-sdk-js\//i
const AWS_JS_PATIENCE_MS = 50_000
const CONTINUE = /boto3\/|botocore\/|python-requests\/|python-urllib3?\/|urllib3\//i
// hf_hub since its version 1, which is over httpx.
const PROCESSING = /openai\/|anthropic\/|python-httpx\/|httpx\/|aiohttp\/|google-genai-sdk\/|undici|node(?:-fetch)?\b|langchain|ollama-(?:python|js)\/|hf_hub\/[1-9]/i

export interface KeepAlive {
  readonly tick: Tick
  /** Milliseconds the client can wait; undefined: as long as the ticks come. */
  readonly patience: number | undefined
}

/**
 * @param headers of the client, so of its own choosing: at worst it harms itself
 * @param provider whose dialect the client speaks
 */
export function keepAliveFor(headers: IncomingHttpHeaders, provider: string): KeepAlive {
  const agent = headers['user-agent'] ?? ''
  const language = single(headers['x-stainless-lang'])
  if (AWS_JS.test(agent)) return { tick: 'nothing', patience: AWS_JS_PATIENCE_MS }
  if (CONTINUE.test(agent)) return { tick: 'continue', patience: undefined }
  // Cohere's SDK is over httpx too, and says only that it is Python.
  if (language === 'python' || /^python$/i.test(single(headers['x-fern-language']))) return { tick: 'processing', patience: undefined }
  if (language === 'js') {
    const said = Number(single(headers['x-stainless-timeout']))
    const seconds = Number.isFinite(said) && said > 0 ? said : (SHORTER_S[provider] ?? SDK_TIMEOUT_S)
    return { tick: 'processing', patience: Math.max(1000, seconds * 1000 - MARGIN_MS) }
  }
  if (PROCESSING.test(agent)) return { tick: 'processing', patience: undefined }
  return { tick: 'nothing', patience: UNKNOWN_PATIENCE_MS }
}

/** Begins at once: the first tick tells the client that somebody is there. */
export function startKeepAlive(headers: IncomingHttpHeaders, response: ServerResponse, provider: string): Waiting {
  const { tick, patience } = keepAliveFor(headers, provider)
  const send = (): void => {
    if (response.headersSent || response.destroyed) return
    if (tick === 'continue') response.writeContinue()
    else if (tick === 'processing') response.writeProcessing()
  }
  send()
  const timer = setInterval(send, EVERY_MS)
  return { patience, stop: () => { clearInterval(timer) } }
}

function single(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}
