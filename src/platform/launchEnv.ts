/**
 * The environment of a governed launch: where model calls go and the key they carry. Names are those the LangChain classes
 * and the providers' SDKs read; where two would do, both are set, so that an older one of the person's does not win.
 * `OPENAI_API_BASE` is left alone because AzureChatOpenAI refuses to start with it.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'

/**
 * @param url base of the agent's data plane, `http://127.0.0.1:PORT`
 * @param key session key of the launch: a local bearer secret, useless on any other machine
 */
export function launchEnvironment(url: string, key: string): Record<string, string> {
  return {
    // Read by the preloads of `media/launch`, which route what variables cannot.
    COUNTERSIGN_URL: url,
    COUNTERSIGN_KEY: key,
    ...addresses(url, key),
    ...keys(key),
    // LangChain's own routing hook: the only one that JavaScript's Gemini classes read.
    LANGSMITH_GATEWAY: url,
    LANGSMITH_GATEWAY_API_KEY: key,
    ...traces(url, key),
    ...accessKeys(url, key),
    // With a proxy set, clients would send loopback calls, key included, to that proxy.
    NO_PROXY: withLoopback(process.env['NO_PROXY'] ?? process.env['no_proxy']),
    no_proxy: withLoopback(process.env['no_proxy'] ?? process.env['NO_PROXY']),
    // A held answer may be silent for longer than LangChain's own gap timers of asynchronous streams.
    LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S: '900',
    LANGCHAIN_ANTHROPIC_STREAM_CHUNK_TIMEOUT_S: '900',
  }
}

/**
 * Traces carry prompts and answers to another host. Whether there are any stays the person's choice; where they go is not: the
 * agent keeps them, or sends them on masked, as policy says. LangSmith's SDKs look at both names, and at further places to
 * send copies to; spans of OpenTelemetry would be one more way beside this one.
 */
function traces(url: string, key: string): Record<string, string> {
  return {
    LANGSMITH_ENDPOINT: `${url}/langsmith`,
    LANGCHAIN_ENDPOINT: `${url}/langsmith`,
    LANGSMITH_API_KEY: key,
    LANGCHAIN_API_KEY: key,
    LANGSMITH_RUNS_ENDPOINTS: '',
    LANGCHAIN_RUNS_ENDPOINTS: '',
    LANGSMITH_TRACING_MODE: 'langsmith',
    LANGSMITH_OTEL_ENABLED: 'false',
    // Compressed bodies could not be inspected; the agent says so too, and this keeps Python's client from remarking on it.
    LANGSMITH_DISABLE_RUN_COMPRESSION: 'true',
  }
}

/**
 * Amazon's clients that know no bearer key fetch access keys from the agent, where they find none before: these open nothing
 * but the agent. On Amazon's own machines the instance's role comes after them and opens other services, so it is left alone.
 */
function accessKeys(url: string, key: string): Record<string, string> {
  const own = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].map((name) => process.env[name] ?? '').find((value) => value !== '' && !value.endsWith('/aws/credentials'))
  if (own !== undefined || isAmazonMachine()) return {}
  return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/aws/credentials`, AWS_CONTAINER_AUTHORIZATION_TOKEN: key }
}

/** As the machine's firmware says, on Linux; elsewhere it is not asked. */
function isAmazonMachine(): boolean {
  try {
    return readFileSync('/sys/devices/virtual/dmi/id/sys_vendor', 'utf8').startsWith('Amazon')
  } catch {
    // No such file: no such machine.
    return false
  }
}

/** By the class that reads it. Prefixes are those of the agent's routes, and what a client adds below its base is left to it. */
function addresses(url: string, key: string): Record<string, string> {
  // It sends no credential of its own to a host it does not know, so the key stands in the path.
  const ollama = `${url}/t/${key}/ollama`
  return {
    // ChatOpenAI, OpenAI, OpenAIEmbeddings in both languages (the SDKs' own name).
    OPENAI_BASE_URL: `${url}/openai/v1`,
    // AzureChatOpenAI in both languages; it adds /openai/deployments/….
    AZURE_OPENAI_ENDPOINT: `${url}/azure`,
    // ChatAnthropic in both languages: langchain-anthropic's name first, then the SDK's.
    ANTHROPIC_API_URL: `${url}/anthropic`,
    ANTHROPIC_BASE_URL: `${url}/anthropic`,
    // ChatGoogleGenerativeAI for Python, by google-genai; in Vertex mode the second.
    GOOGLE_GEMINI_BASE_URL: `${url}/gemini`,
    GOOGLE_VERTEX_BASE_URL: `${url}/vertex`,
    // ChatBedrock and ChatBedrockConverse in both languages, by the AWS SDKs.
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${url}/bedrock`,
    // ChatOllama: OLLAMA_HOST for Python (ollama-python), OLLAMA_BASE_URL for JavaScript.
    OLLAMA_HOST: ollama,
    OLLAMA_BASE_URL: ollama,
    // ChatMistralAI for Python.
    MISTRAL_BASE_URL: `${url}/mistral/v1`,
    // Cohere's SDK by itself; ChatCohere passes over it and is routed by the preload.
    CO_API_URL: `${url}/cohere`,
    // ChatGroq: langchain-groq's name first, then the SDK's, which adds /openai/v1.
    GROQ_API_BASE: `${url}/groq`,
    GROQ_BASE_URL: `${url}/groq`,
    // One class of Python each.
    TOGETHER_API_BASE: `${url}/together/v1`,
    DEEPSEEK_API_BASE: `${url}/deepseek/v1`,
    XAI_API_BASE: `${url}/xai/v1`,
    OPENROUTER_API_BASE: `${url}/openrouter/api/v1`,
    // Its SDK adds /v1.
    FIREWORKS_API_BASE: `${url}/fireworks/inference`,
    // HuggingFaceEndpoint for Python, where it is given no repository.
    HF_INFERENCE_ENDPOINT: `${url}/huggingface`,
  }
}

/** The session key under every name by which a class asks for its provider's. `HF_TOKEN` also opens downloads, and stays the person's. */
function keys(key: string): Record<string, string> {
  const names = [
    'OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_API_KEY', 'GEMINI_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'OLLAMA_API_KEY', 'MISTRAL_API_KEY',
    'COHERE_API_KEY', 'CO_API_KEY', 'GROQ_API_KEY', 'TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'DEEPSEEK_API_KEY', 'XAI_API_KEY', 'OPENROUTER_API_KEY', 'FIREWORKS_API_KEY',
  ]
  // Hugging Face's client asks for its own prefix before it chooses its router.
  const hub = { HUGGINGFACEHUB_API_TOKEN: `hf_${key}`, HUGGINGFACEHUB_API_KEY: `hf_${key}` }
  return { ...Object.fromEntries(names.map((name) => [name, key])), ...hub }
}

/** What runs before a program of the launch: set in front of the person's own, never in place of it. */
export interface Preload {
  readonly name: 'NODE_OPTIONS' | 'PYTHONPATH'
  readonly value: string
  /** Between ours and the person's. */
  readonly separator: string
}

/** @param folder `media/launch`, or a copy of it */
export function preloads(folder: string): Preload[] {
  return [
    // In quotes, with backslashes doubled: Node splits the list at spaces.
    { name: 'NODE_OPTIONS', value: `--require=${JSON.stringify(path.join(folder, 'preload.cjs'))}`, separator: ' ' },
    { name: 'PYTHONPATH', value: path.join(folder, 'python'), separator: path.delimiter },
  ]
}

/** @returns only the variables that change; a list that begins with ours stays as it is */
export function withPreloads(before: Readonly<Record<string, string | undefined>>, folder: string): Record<string, string> {
  return Object.fromEntries(
    preloads(folder).map(({ name, value, separator }) => {
      const own = before[name] ?? ''
      return [name, own === '' || own === value || own.startsWith(value + separator) ? own || value : value + separator + own]
    }),
  )
}

const BESIDE = 'launch'
const FROM_SOURCE = path.join('media', 'launch')

/** Beside a bundle it lies as `launch`, from source in `media/launch`: the nearest folder above that has it. */
export function launchFolder(): string {
  let folder = import.meta.dirname
  for (;;) {
    const found = [BESIDE, FROM_SOURCE].map((name) => path.join(folder, name)).find((one) => existsSync(path.join(one, 'preload.cjs')))
    if (found !== undefined) return found
    const above = path.dirname(folder)
    if (above === folder) throw new CountersignError('CS_STATE', 'the files that route programs are missing from this installation. Install Countersign again.')
    folder = above
  }
}

function withLoopback(list: string | undefined): string {
  const hosts = (list ?? '').split(',').filter(Boolean)
  return [...new Set([...hosts, '127.0.0.1', 'localhost'])].join(',')
}
