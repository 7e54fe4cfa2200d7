import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { runExchange } from '../../../src/core/exchange/exchange.ts'
import { createAnthropic } from '../../../src/core/provider/anthropic/anthropic.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'
import { ROUTES } from '../../../src/core/provider/registry.ts'
import type { Provider } from '../../../src/core/provider/provider.ts'
import { cleanHeaders } from '../../../src/core/exchange/request.ts'
import type { Inspection, Part } from '../../../src/protocol/masking.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { callOf, fakeWorld, textOf, whole } from '../../fakes/exchange.ts'

/** Text that tries to end a header or a line: line breaks in every spelling, NUL, and what parsers fold into them. */
const hostile = fc.array(fc.constantFrom('\r\n', '\n', '\r', '\0', '\u2028', '\u0085', '\u010a', '\u010d', 'X-Evil: 1', ': ', 'gpt-4', ' ', 'ü', '😀'), { maxLength: 12 }).map((pieces) => pieces.join(''))
const PLAIN = /^[\x20-\x7e]*$/

describe('S43 no value that somebody chose ends a header or a line that we build', () => {
  test('whatever a client writes into its headers and its model, what goes upstream is plain', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (agent, beta, model) => {
        const world = fakeWorld()
        world.answerWith(whole('ok'))
        const headers = { 'content-type': 'application/json', 'user-agent': agent, 'openai-beta': beta, 'x-stainless-lang': beta, [`x-stainless-${beta}`]: agent }
        const answer = await runExchange(callOf({ model: `simulated-${model}`, messages: [{ role: 'user', content: 'hi' }] }, { headers }), world.ports)
        await textOf(answer)
        for (const { headers: sent } of world.sent) for (const [name, value] of Object.entries(sent)) assert.ok(PLAIN.test(name) && PLAIN.test(value), JSON.stringify([name, value]))
        for (const [name, value] of Object.entries(answer.headers)) assert.ok(PLAIN.test(name) && PLAIN.test(value), JSON.stringify([name, value]))
        for (const record of world.records) assert.doesNotMatch(JSON.stringify(record.event), /[\r\n\0]/)
      }),
      { numRuns: 150 },
    )
  })

  test('a refusal says hostile words in its body only, as JSON that parses', () => {
    fc.assert(
      fc.property(hostile, (words) => {
        for (const provider of [createOpenAi(), createAnthropic()]) {
          const refusal = provider.refuse(new CountersignError('CS_DENIED', `rule "${words}" denied this call.`), 'ex_1')
          for (const [name, value] of Object.entries(refusal.headers)) assert.ok(PLAIN.test(name) && PLAIN.test(value))
          JSON.parse(Buffer.from(refusal.body).toString('utf8'))
        }
      }),
    )
  })
})

describe('a header that changes what a call does', () => {
  const masker = {
    inspect: (parts: readonly Part[]): Promise<Inspection> =>
      Promise.resolve({ status: 'ok', opaque: [], findings: parts.flatMap(({ path, text }) => (text.includes('@') ? [{ path, type: 'EMAIL', start: 0, end: text.length, certainty: 1, detector: 'email@1' }] : [])) }),
  }
  const providerAt = (prefix: string): Provider => ROUTES.find((route) => route.prefix === prefix)?.create() ?? assert.fail(prefix)

  for (const [prefix, own] of [
    ['/anthropic', { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'files-api-2025-04-14,interleaved-thinking-2025-05-14' }],
    ['/openai/v1', { 'openai-beta': 'assistants=v2' }],
    ['/bedrock', { 'x-amzn-bedrock-guardrailidentifier': 'arn:aws:bedrock:us-east-1:123456789012:guardrail/g1', 'x-amzn-bedrock-guardrailversion': '1', 'x-amzn-bedrock-trace': 'ENABLED', 'x-amzn-bedrock-accept': '*/*' }],
    ['/langsmith', { 'x-tenant-id': '2f6f0b1c-6d1e-4a3b-9a53-2f5f0b1c6d1e', 'langsmith-project': 'orders' }],
    ['/vertex', { 'x-goog-api-client': 'google-genai-sdk/2.34.0 gl-python/3.13', 'x-vertex-ai-llm-request-type': 'shared' }],
    ['/gemini', { 'x-goog-api-client': 'google-genai-sdk/2.34.0', 'x-server-timeout': '60' }],
    ['/openrouter/api/v1', { 'http-referer': 'https://docs.langchain.com', 'x-title': 'LangChain' }],
    ['/groq/openai/v1', { 'groq-model-version': 'latest' }],
    ['/cohere', { 'x-client-name': 'langchain:partner' }],
  ] as const)
    test(`goes along to ${prefix}, and to nobody else who does not ask for it`, async () => {
      const headers: Record<string, string> = { ...own, authorization: 'Bearer sk-1', cookie: 'a=b', 'openai-organization': 'org-1', 'openai-project': 'proj_1', 'x-goog-user-project': 'p', 'x-hf-bill-to': 'o', 'x-amz-security-token': 't' }
      assert.deepEqual(await cleanHeaders({ headers, provider: providerAt(prefix) }, masker), own)
      const common = Object.keys(await cleanHeaders({ headers, provider: providerAt('/ollama') }, masker))
      assert.ok(common.every((name) => /^(?:anthropic|openai)-(?:version|beta)$/.test(name)), String(common))
    })

  test('stays here when something is found in it', async () => {
    assert.deepEqual(await cleanHeaders({ headers: { 'langsmith-project': 'mira@northfield.example', 'x-tenant-id': '1' }, provider: providerAt('/langsmith') }, masker), { 'x-tenant-id': '1' })
  })
})
