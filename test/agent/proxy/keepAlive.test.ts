import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keepAliveFor } from '../../../src/agent/proxy/keepAlive.ts'

describe('what keeps a held client alive', () => {
  const ticks: readonly (readonly [string, Record<string, string>, string, number | undefined, string?])[] = [
    ['boto3', { 'user-agent': 'Boto3/1.43.11 md/Botocore#1.43.11' }, 'continue', undefined],
    ['requests', { 'user-agent': 'python-requests/2.34.2' }, 'continue', undefined],
    ['urllib3', { 'user-agent': 'python-urllib3/2.8.0' }, 'continue', undefined],
    ['openai for Python', { 'user-agent': 'OpenAI/Python 3.54.0', 'x-stainless-lang': 'python' }, 'processing', undefined],
    ['httpx', { 'user-agent': 'python-httpx/0.28.1' }, 'processing', undefined],
    ['openai for JavaScript', { 'user-agent': 'OpenAI/JS 6.49.0', 'x-stainless-lang': 'js', 'x-stainless-timeout': '600' }, 'processing', 590_000],
    ['an SDK with a short limit of its own', { 'user-agent': 'Groq/JS 1', 'x-stainless-lang': 'js', 'x-stainless-timeout': '60' }, 'processing', 50_000],
    ['Groq for JavaScript, which does not say its limit', { 'user-agent': 'langchainjs', 'x-stainless-lang': 'js' }, 'processing', 50_000, 'groq'],
    ['Cohere for Python', { 'user-agent': 'cohere/5.0.0', 'x-fern-language': 'Python' }, 'processing', undefined, 'cohere'],
    ['Cohere for JavaScript', { 'x-fern-language': 'JavaScript' }, 'nothing', 240_000, 'cohere'],
    ['Ollama', { 'user-agent': 'ollama-python/0.6.0 (x86_64 linux) Python/3.11.7' }, 'processing', undefined, 'ollama'],
    ['Hugging Face over httpx', { 'user-agent': 'unknown/None; hf_hub/1.2.0; python/3.11.7' }, 'processing', undefined, 'huggingface'],
    ['Hugging Face over requests', { 'user-agent': 'unknown/None; hf_hub/0.36.0; python/3.11.7' }, 'nothing', 240_000, 'huggingface'],
    ['AWS for JavaScript', { 'user-agent': 'aws-sdk-js/3.1164.0 ua/2.1 lang/js md/nodejs#24.21.0' }, 'nothing', 50_000],
    ['Node\'s fetch', { 'user-agent': 'node' }, 'processing', undefined],
    ['a client nobody knows', { 'user-agent': 'curl/8.0' }, 'nothing', 240_000],
    ['a client without a name', {}, 'nothing', 240_000],
  ]
  for (const [name, headers, tick, patience, provider = 'openai'] of ticks)
    test(`${name}: ${tick}`, () => {
      assert.deepEqual(keepAliveFor(headers, provider), { tick, patience })
    })
})
