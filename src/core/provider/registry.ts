/**
 * Every route an agent can offer: the prefix clients are pointed at, the upstream's name in the policy, and the codec. A route
 * whose upstream the policy does not name refuses its calls by saying so; offering it costs nothing.
 */
import { createAnthropic } from './anthropic/anthropic.ts'
import { createAzure } from './azure/azure.ts'
import { createBedrock } from './bedrock/bedrock.ts'
import { createCohere } from './cohere/cohere.ts'
import { createGemini } from './gemini/gemini.ts'
import { createHuggingFace } from './huggingface/huggingface.ts'
import { createLangSmith } from './langsmith/langsmith.ts'
import { createOllama } from './ollama/ollama.ts'
import { createOpenAi } from './openai/openai.ts'
import type { Provider } from './provider.ts'
import { createVertex } from './vertex/vertex.ts'

export interface Route {
  readonly prefix: string
  readonly upstream: string
  readonly create: () => Provider
}

/** Servers that speak OpenAI's dialect, with the path their clients add themselves, and headers of their clients' own. */
const SAME_DIALECT: readonly (readonly [name: string, prefix: string, ...headers: string[]])[] = [
  ['bedrock-mantle', '/bedrock-mantle/v1'],
  ['deepseek', '/deepseek/v1'],
  ['fireworks', '/fireworks/inference/v1'],
  ['groq', '/groq/openai/v1', 'groq-model-version'],
  ['huggingface', '/huggingface/v1'],
  ['lmstudio', '/lmstudio/v1'],
  ['ollama', '/ollama/v1'],
  ['openrouter', '/openrouter/api/v1', 'http-referer', 'x-title'],
  ['together', '/together/v1'],
  ['vllm', '/vllm/v1'],
  ['xai', '/xai/v1', 'x-grok-conv-id'],
]

/** Longest prefix first: the first that fits is taken. */
export const ROUTES: readonly Route[] = [
  { prefix: '/openai/v1', upstream: 'openai', create: () => createOpenAi() },
  { prefix: '/anthropic', upstream: 'anthropic', create: createAnthropic },
  { prefix: '/azure', upstream: 'azure', create: createAzure },
  { prefix: '/bedrock', upstream: 'bedrock', create: createBedrock },
  { prefix: '/cohere', upstream: 'cohere', create: createCohere },
  { prefix: '/gemini', upstream: 'gemini', create: createGemini },
  { prefix: '/huggingface/hf-inference', upstream: 'huggingface-inference', create: createHuggingFace },
  { prefix: '/langsmith', upstream: 'langsmith', create: createLangSmith },
  // It refuses members it does not know, and sends usage without being asked.
  { prefix: '/mistral/v1', upstream: 'mistral', create: () => createOpenAi({ name: 'mistral', asksForUsage: false }) },
  { prefix: '/ollama', upstream: 'ollama', create: createOllama },
  { prefix: '/vertex', upstream: 'vertex', create: createVertex },
  ...SAME_DIALECT.map(([name, prefix, ...headers]) => ({ prefix, upstream: name === 'ollama' ? 'ollama-openai' : name, create: () => createOpenAi({ name, headers }) })),
].toSorted((a, b) => b.prefix.length - a.prefix.length)

/** Where programs are led that would reach a model past every policy: each call there is refused in these words. */
export const REFUSED: readonly { readonly prefix: string; readonly why: string }[] = [
  { prefix: '/chatgpt', why: 'calls with a ChatGPT login go to a service that no policy here covers. Use ChatOpenAI, which goes through Countersign.' },
  { prefix: '/langsmith-gateway', why: "LangSmith's gateway would send this call on to a model past your organisation's policy. Use the model's own class, which goes through Countersign." },
]
