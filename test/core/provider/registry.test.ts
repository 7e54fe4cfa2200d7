import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { ROUTES } from '../../../src/core/provider/registry.ts'

/** Where each dialect's main call goes, below its prefix. */
const MAIN: Readonly<Record<string, string>> = {
  '/anthropic': '/v1/messages',
  '/azure': '/openai/deployments/d/chat/completions',
  '/bedrock': '/model/m/converse',
  '/cohere': '/v2/chat',
  '/gemini': '/v1beta/models/m:generateContent',
  '/huggingface/hf-inference': '/models/m',
  '/langsmith': '/runs/batch',
  '/ollama': '/api/chat',
  '/vertex': '/v1/projects/p/locations/us-central1/publishers/google/models/m:generateContent',
}

describe('the routes an agent can offer', () => {
  test('are told apart by their prefixes, the longest first, and by the names of their upstreams', () => {
    const prefixes = ROUTES.map(({ prefix }) => prefix)
    assert.equal(new Set(prefixes).size, prefixes.length)
    assert.equal(new Set(ROUTES.map(({ upstream }) => upstream)).size, ROUTES.length)
    prefixes.forEach((prefix, i) => { assert.ok(!prefixes.slice(0, i).some((earlier) => prefix.startsWith(`${earlier}/`)), `${prefix} is hidden by an earlier one`) })
  })

  for (const { prefix, create } of ROUTES) {
    const provider = create()

    test(`${prefix} knows its main call, and no other spelling of it`, () => {
      const path = MAIN[prefix] ?? '/chat/completions'
      assert.equal(typeof provider.route('POST', path), 'object')
      for (const other of [path.toUpperCase(), `/${path}`, `${path}/..`, `/x/..${path}`, `${path.slice(0, -1)}%${path.charCodeAt(path.length - 1).toString(16)}`, `${path};x`, `${path}\u0000`, `${path} `]) assert.ok(typeof provider.route('POST', other) !== 'object', other)
    })

    test(`${prefix} refuses in words, and a refusal that a retry cannot mend says so`, () => {
      const { status, headers, body } = provider.refuse(new CountersignError('CS_DENIED', 'no. Nothing was sent.'), 'ex_1')
      assert.deepEqual([status, headers['x-should-retry'], headers['content-type']], [403, 'false', 'application/json'])
      assert.match(Buffer.from(body).toString(), /Countersign: no\. Nothing was sent\. \[ex_1\]/)
      JSON.parse(Buffer.from(body).toString())
    })

    test(`${prefix} refuses a body that cannot be read in one way only`, () => {
      const operation = provider.route('POST', MAIN[prefix] ?? '/chat/completions')
      assert.ok(typeof operation === 'object')
      for (const body of ['', '[]', '{', '{"model":"m","model":"n","messages":[]}', '{"model":"m","MODEL":"n","messages":[],"contents":[{"parts":[{"text":"x"}]}]}', '{"a":"\\ud800"}'])
        assert.throws(() => provider.describe(operation, Buffer.from(body)), { code: 'CS_MALFORMED' }, body)
      assert.throws(() => provider.describe(operation, Buffer.from([0x7b, 0xff, 0x7d])), { code: 'CS_MALFORMED' })
    })

    test(`${prefix} strips every header in which a client may send a key`, () => {
      for (const header of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']) assert.ok(provider.credentialHeaders.includes(header), header)
      assert.ok(Object.keys(provider.authorize('k')).every((header) => provider.credentialHeaders.includes(header)))
    })
  }
})
