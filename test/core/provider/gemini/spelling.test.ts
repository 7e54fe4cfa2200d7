import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createGemini } from '../../../../src/core/provider/gemini/gemini.ts'
import { createVertex } from '../../../../src/core/provider/vertex/vertex.ts'
import type { ModelCall, Operation, Provider } from '../../../../src/core/provider/provider.ts'
import { eventsOf, maskingOf, through } from '../../../fakes/maskStream.ts'
import type { Json } from '../../../fakes/smuggle.ts'

const MAIL = 'mira.castellanos@northfield.example'
const ROUTES: readonly (readonly [Provider, string])[] = [
  [createGemini(), '/v1beta/models/gemini-2.5-flash:streamGenerateContent'],
  [createGemini(), '/v1beta/models/gemini-2.5-flash:countTokens'],
  [createVertex(), '/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash:generateContent'],
]
const renamed = (node: Json, rename: (name: string) => string): Json => {
  if (Array.isArray(node)) return node.map((item) => renamed(item, rename))
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [rename(key), renamed(value, rename)]))
}
const toSnake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const toCamel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const words = fc.constantFrom('hello', `mail ${MAIL}`, MAIL)
const free = fc.oneof(words, fc.record({ a: words, b: fc.array(words, { maxLength: 2 }) }))
const blob = fc.record({ mimeType: fc.constantFrom('image/png', 'audio/wav', 'application/pdf', MAIL), data: fc.constantFrom('AAAA', MAIL), displayName: words }, { requiredKeys: ['data'] })
const stored = fc.record({ mimeType: fc.constantFrom('image/png', 'application/pdf'), fileUri: words, displayName: words }, { requiredKeys: ['fileUri'] })
const oneOf = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> => fc.oneof(...Object.entries(members).map(([name, value]) => fc.record({ [name]: value })))
const part = oneOf({
  text: words, inlineData: blob, fileData: stored, thoughtSignature: fc.constantFrom('AAAA', MAIL), executableCode: fc.record({ language: fc.constant('PYTHON'), code: words }),
  codeExecutionResult: fc.record({ outcome: fc.constant('OUTCOME_OK'), output: words }), videoMetadata: fc.record({ startOffset: words }),
  functionCall: fc.record({ name: fc.constant('f'), args: free }),
  functionResponse: fc.record({ name: fc.constant('f'), response: free, willContinue: fc.boolean(), parts: fc.array(oneOf({ inlineData: blob, fileData: stored }), { maxLength: 2 }) }, { requiredKeys: ['name'] }),
})
const content = fc.record({ role: fc.constantFrom('user', 'model', 'function'), parts: fc.array(part, { minLength: 1, maxLength: 3 }) }, { requiredKeys: ['parts'] })
const declaration = fc.record({ name: fc.constantFrom('f', 'g'), description: words, parameters: free, parametersJsonSchema: free, responseJsonSchema: free }, { requiredKeys: ['name'] })
const tool = oneOf({ functionDeclarations: fc.array(declaration, { minLength: 1, maxLength: 2 }), googleSearch: fc.constant({}), codeExecution: fc.constant({}), urlContext: fc.constant({}), googleSearchRetrieval: fc.record({ dynamicRetrievalConfig: free }) })
const body = fc.record(
  {
    contents: fc.array(content, { minLength: 1, maxLength: 3 }),
    systemInstruction: content,
    tools: fc.array(tool, { maxLength: 3 }),
    toolConfig: fc.record({ functionCallingConfig: fc.record({ mode: fc.constant('ANY'), allowedFunctionNames: fc.constant(['f']) }) }),
    generationConfig: fc.record({ maxOutputTokens: fc.constant(5), stopSequences: fc.array(words, { maxLength: 2 }), responseSchema: free, responseJsonSchema: free, responseMimeType: fc.constant('application/json'), responseLogprobs: fc.boolean(), logprobs: fc.constant(3), thinkingConfig: fc.record({ thinkingBudget: fc.constant(5) }) }, { requiredKeys: [] }),
    safetySettings: fc.constant([{ category: 'HARM_CATEGORY_X', threshold: 'BLOCK_NONE' }]),
    cachedContent: words,
    labels: fc.record({ who: words }),
  },
  { requiredKeys: ['contents'] },
) as fc.Arbitrary<unknown> as fc.Arbitrary<Json>

/** All that policy, masking and records learn of a call, and what would be sent. */
function seen(provider: Provider, path: string, request: Json): unknown {
  const call: ModelCall = provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(request)))
  const sent = JSON.parse(Buffer.from(call.rewrite(call.parts.map(({ text }) => text.replaceAll(MAIL, '[MASKED]')), { masking: true })).toString()) as Json
  const parts = call.parts.map((one) => ({ ...one, path: toCamel(one.path), text: one.text.replace(/"\w+":/g, toCamel), ...(one.key === undefined ? {} : { key: toCamel(one.key) }) }))
  return { parts, opaque: call.opaque.toSorted(), tools: call.tools, model: call.model, streaming: call.streaming, params: renamed(call.params as Json, toCamel), sent: renamed(sent, toCamel) }
}

describe('the two spellings of a member that Google takes', () => {
  for (const [provider, path] of ROUTES)
    test(`are read, masked and told to policy alike at ${path}`, () => {
      fc.assert(
        fc.property(body, (request) => {
          const [camelled, snaked] = [request, renamed(request, toSnake)].map((one) => seen(provider, path, one))
          assert.deepEqual(snaked, camelled)
          assert.doesNotMatch(JSON.stringify((camelled as { sent: Json }).sent), /castellanos/)
        }),
        { numRuns: 300 },
      )
    })

  test('in one object are refused: which of them counts would be a guess', () => {
    const [provider, path] = ROUTES[0] ?? assert.fail()
    const inline = { parts: [{ inlineData: { mimeType: 'image/png', mime_type: 'application/pdf', data: 'AAAA' } }] }
    for (const request of [{ contents: [inline] }, { contents: [], system_instruction: { parts: [] }, systemInstruction: { parts: [] } }, { contents: [{ parts: [{ fileData: {}, file_data: {} }] }] }])
      assert.throws(() => seen(provider, path, request), { code: 'CS_MALFORMED' })
  })

  test('show policy the same tools, and pictures that a function gives back', () => {
    const [provider, path] = ROUTES[0] ?? assert.fail()
    const picture = { inline_data: { mime_type: 'image/png', data: 'AAAA' } }
    const call = provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify({ contents: [{ parts: [{ function_response: { name: 'f', response: {}, parts: [picture] } }] }], tools: [{ google_search: {} }, { url_context: {} }] })))
    assert.deepEqual([call.tools, call.opaque], [['googleSearch', 'urlContext'], ['image']])
  })

  test('in an answer are masked alike, spelled-out copies too', () => {
    const [provider, path] = ROUTES[0] ?? assert.fail()
    const answer: Json = { candidates: [{ content: { parts: [{ text: `Write to ${MAIL}`, thoughtSignature: 'AAAA' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }], role: 'model' }, index: 0, finishReason: 'STOP', logprobsResult: { chosenCandidates: [{ token: 'mira.castel' }, { token: 'lanos' }] } }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 } }
    for (const spelled of [answer, renamed(answer, toSnake)]) {
      const call = provider.describe(provider.route('POST', path) as Operation, Buffer.from('{"contents":[{"parts":[{"text":"x"}]}]}'))
      const codec = provider.answer(call, { status: 200, contentType: 'text/event-stream' }, maskingOf(MAIL).open)
      const out = through(codec, [Buffer.from(`data: ${JSON.stringify(spelled)}\r\n\r\n`)])
      assert.doesNotMatch(out.toString(), /castel/)
      assert.equal(eventsOf(out).length, 1)
      assert.deepEqual([codec.summary.finish, codec.summary.usage, codec.summary.opaque.toSorted()], [['STOP'], { inputTokens: 3, outputTokens: 5 }, ['image', 'signature']])
    }
  })
})
