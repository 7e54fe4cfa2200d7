/**
 * The environment of a governed launch: where model calls go and the key they carry. Names are those the LangChain classes
 * and the providers' SDKs read; `OPENAI_API_BASE` is left alone because AzureChatOpenAI refuses to start with it.
 */

/**
 * @param url base of the agent's data plane, `http://127.0.0.1:PORT`
 * @param key session key of the launch: a local bearer secret, useless on any other machine
 */
export function launchEnvironment(url: string, key: string): Record<string, string> {
  return {
    COUNTERSIGN_URL: url,
    OPENAI_BASE_URL: `${url}/openai/v1`,
    OPENAI_API_KEY: key,
    ANTHROPIC_BASE_URL: `${url}/anthropic`,
    ANTHROPIC_API_KEY: key,
    // LangChain's own routing hook: the only one that JavaScript's Gemini classes read.
    LANGSMITH_GATEWAY: url,
    LANGSMITH_GATEWAY_API_KEY: key,
    // Traces carry prompts and answers unmasked to another host.
    LANGSMITH_TRACING: 'false',
    LANGCHAIN_TRACING_V2: 'false',
    // With a proxy set, clients would send loopback calls, key included, to that proxy.
    NO_PROXY: withLoopback(process.env['NO_PROXY'] ?? process.env['no_proxy']),
    no_proxy: withLoopback(process.env['no_proxy'] ?? process.env['NO_PROXY']),
    // A held answer may be silent for longer than LangChain's own gap timers.
    LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S: '900',
    LANGCHAIN_ANTHROPIC_STREAM_CHUNK_TIMEOUT_S: '900',
  }
}

function withLoopback(list: string | undefined): string {
  const hosts = (list ?? '').split(',').filter(Boolean)
  return [...new Set([...hosts, '127.0.0.1', 'localhost'])].join(',')
}
