import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { targetOf } from '../../src/agent/proxy/admit.ts'
import { ROUTES } from '../../src/core/provider/registry.ts'

const routes = ROUTES.map(({ prefix, upstream, create }) => ({ prefix, upstream, provider: create() }))

/** What clients build below the base URL they are given, and where it must lead. */
const CALLS: readonly (readonly [url: string, upstream: string, path: string])[] = [
  ['/openai/v1/chat/completions', 'openai', '/chat/completions'],
  ['/openai/v1/responses', 'openai', '/responses'],
  ['/openai/v1/embeddings', 'openai', '/embeddings'],
  ['/anthropic/v1/messages?beta=true', 'anthropic', '/v1/messages?beta=true'],
  ['/gemini/v1beta/models/gemini-2.5-flash:generateContent', 'gemini', '/v1beta/models/gemini-2.5-flash:generateContent'],
  ['/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=cs_x', 'gemini', '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse'],
  ['/t/cs_x/ollama/api/chat', 'ollama', '/api/chat'],
  ['/azure/openai/deployments/gpt-4o/chat/completions?api-version=2025-04-01-preview', 'azure', '/openai/deployments/gpt-4o/chat/completions?api-version=2025-04-01-preview'],
  ['/bedrock/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse', 'bedrock', '/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse'],
  ['/langsmith/runs/batch', 'langsmith', '/runs/batch'],
  ['/vertex/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent?key=cs_x', 'vertex', '/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent'],
  ['/cohere/v2/chat', 'cohere', '/v2/chat'],
  ['/cohere/v1/chat', 'cohere', '/v1/chat'],
  ['/groq/openai/v1/chat/completions', 'groq', '/chat/completions'],
  ['/together/v1/chat/completions', 'together', '/chat/completions'],
  ['/bedrock-mantle/v1/chat/completions', 'bedrock-mantle', '/chat/completions'],
  ['/deepseek/v1/chat/completions', 'deepseek', '/chat/completions'],
  ['/xai/v1/chat/completions', 'xai', '/chat/completions'],
  ['/openrouter/api/v1/chat/completions', 'openrouter', '/chat/completions'],
  ['/fireworks/inference/v1/chat/completions', 'fireworks', '/chat/completions'],
  ['/huggingface/v1/chat/completions', 'huggingface', '/chat/completions'],
  ['/mistral/v1/chat/completions', 'mistral', '/chat/completions'],
  ['/vllm/v1/chat/completions', 'vllm', '/chat/completions'],
  ['/lmstudio/v1/chat/completions', 'lmstudio', '/chat/completions'],
]

describe('routes', () => {
  for (const [url, upstream, path] of CALLS)
    test(`${url.replace(/\?.*/, '')} leads to ${upstream}`, () => {
      const { route, path: whole, query } = targetOf(url, routes)
      assert.ok(route)
      assert.equal(route.upstream, upstream)
      assert.equal(route.provider.name, upstream, 'policy tells servers apart by this name')
      const operation = route.provider.route('POST', whole.slice(route.prefix.length), query)
      assert.ok(typeof operation === 'object')
      assert.equal(operation.path, path)
    })

  test('are looked up by the longest prefix, and only at a slash', () => {
    assert.equal(targetOf('/ollama/v1/chat/completions', routes).route?.prefix, '/ollama/v1')
    assert.equal(targetOf('/ollama/api/chat', routes).route?.prefix, '/ollama')
    assert.equal(targetOf('/openai/v1x/chat/completions', routes).route, undefined)
    assert.equal(targetOf('/geminix/v1beta/models', routes).route, undefined)
  })

  test('take a key out of the query, wherever it stands there', () => {
    const target = targetOf('/gemini/v1beta/models/g:generateContent?key=cs_x&alt=sse', routes)
    assert.equal(target.keyInQuery, 'cs_x')
    assert.equal(target.query, 'alt=sse')
  })
})
