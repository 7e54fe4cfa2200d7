import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runCases } from '../../../../src/core/policy/cases.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { createVertex } from '../../../../src/core/provider/vertex/vertex.ts'
import { maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createVertex()
const MAIL = 'mira.castellanos@northfield.example'
const BELOW = '/v1/projects/some-project/locations/us-central1/publishers'
const route = (path: string, query = ''): Operation | 'denied' | undefined => provider.route('POST', path, query)
const read = (path: string, body: object): ModelCall => provider.describe(route(path) as Operation, Buffer.from(JSON.stringify(body)))
const maskedBody = (call: ModelCall): string => Buffer.from(call.rewrite(call.parts.map(({ text }) => text.replaceAll(MAIL, '[EMAIL]')), { masking: true })).toString()

describe('a call to Vertex', () => {
  test('has its model in the path, below a project or without one, and a query that says how words are spelled', () => {
    for (const [path, model] of [
      [`${BELOW}/google/models/gemini-2.5-flash:generateContent`, 'gemini-2.5-flash'],
      ['/v1beta1/publishers/google/models/gemini-2.5-flash:streamGenerateContent', 'gemini-2.5-flash'],
      ['/v1/projects/p/locations/global/endpoints/1234567890:generateContent', 'endpoints/1234567890'],
    ] as const)
      assert.equal(read(path, { contents: [{ parts: [{ text: MAIL }] }] }).model, model)
    const path = `${BELOW}/google/models/m:streamGenerateContent`
    for (const query of ['$alt=json;enum-encoding=int', '%24alt=json%3Benum-encoding%3Dint', 'alt=sse']) assert.equal((route(path, query) as Operation).path, `${path}?${query}`)
    assert.equal((route(path, 'alt=sse&note=mira') as Operation).path, path)
    assert.equal(route('/v1/projects/../locations/l/publishers/google/models/m:generateContent'), undefined, 'dots lead to another place than the record says')
    for (const other of [`${BELOW}/google/models/m:rawPredict`, `${BELOW}/anthropic/models/m:generateContent`, `${BELOW}/meta/models/m:rawPredict`, `${BELOW}/google/models/m:predictLongRunning`, '/v1/projects/p/locations/l/cachedContents', '/v1/projects/p/locations/l/endpoints/1:serverStreamingPredict']) assert.equal(route(other), 'denied', other)
  })

  test('takes neither a number of somebody nor a key for the model in the path', () => {
    const body = { contents: [{ parts: [{ text: 'hi' }] }] }
    for (const model of ['x4111111111111111', 'AIzaSyAnLA7NfeLquW1tJFpx']) assert.throws(() => read(`${BELOW}/google/models/${model}:generateContent`, body), { code: 'CS_MALFORMED' }, model)
    assert.equal(read('/v1/projects/p/locations/l/endpoints/1234567890123456:generateContent', body).model, 'endpoints/1234567890123456')
  })

  test('names its project and location to policy, which may allow some of them alone', () => {
    const project = (path: string): string | undefined => (route(path) as Operation).project
    assert.equal(project('/v1/projects/acme.com:orders/locations/europe-west1/publishers/google/models/m:generateContent'), 'acme.com:orders/europe-west1')
    assert.equal(project('/v1/projects/p/locations/global/publishers/anthropic/models/claude-3:rawPredict'), 'p/global')
    assert.equal(project('/v1/publishers/google/models/m:generateContent'), undefined)
    const policy = 'version: 1\ndefault: deny\nupstreams: { vertex: { url: https://europe-west1-aiplatform.googleapis.com, outside: true } }\nrules:\n  - { id: ours, when: { provider: [vertex], project: [acme/europe-*] }, effect: allow }\ntests:\n'
    const cases = [['acme/europe-west1', 'allow'], ['acme/us-east1', 'deny'], ['somebody/europe-west1', 'deny']].map(([where = '', effect = '']) => `  - { name: ${where}, call: { provider: vertex, project: ${where} }, expect: { effect: ${effect} } }\n`)
    assert.deepEqual(runCases(`${policy}${cases.join('')}  - { name: none, call: { provider: vertex }, expect: { effect: deny } }\n`).filter(({ holds }) => !holds), [])
  })

  test('to a model of Anthropic is read as messages', () => {
    const call = read(`${BELOW}/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict`, { anthropic_version: 'vertex-2023-10-16', max_tokens: 5, stream: true, messages: [{ role: 'user', content: MAIL }] })
    assert.deepEqual([call.model, call.streaming], ['claude-sonnet-4-5@20250929', true])
    assert.match(maskedBody(call), /"content":"\[EMAIL\]"/)
    const sse = Buffer.from(`event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${MAIL}"}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`)
    assert.match(through(provider.answer(call, { status: 200, contentType: 'text/event-stream' }, maskingOf(MAIL).open), [sse]).toString(), /"text":"\[MASKED\]"/)
  })

  test('may be for vectors of texts; what else is in an instance is text too', () => {
    const path = `${BELOW}/google/models/text-embedding-005:predict`
    const call = read(path, { instances: [{ content: MAIL, task_type: 'RETRIEVAL_QUERY', novel: MAIL }], parameters: { autoTruncate: true } })
    assert.doesNotMatch(maskedBody(call), /castellanos/)
    assert.deepEqual(read(path, { instances: [{ image: { bytesBase64Encoded: 'AAAA' } }] }).opaque, ['image'])
    const answer = '{"predictions":[{"embeddings":{"values":[0.1,-0.2],"statistics":{"token_count":3}}}]}'
    assert.equal(through(provider.answer(call, { status: 200, contentType: 'application/json' }, maskingOf(MAIL).open), [Buffer.from(answer)]).toString(), answer)
  })

  test('sends a token as a bearer\'s, and a project\'s API key in its own header', () => {
    assert.deepEqual(provider.authorize('ya29.x'), { authorization: 'Bearer ya29.x' })
    assert.deepEqual(provider.authorize('AIzaSyX'), { 'x-goog-api-key': 'AIzaSyX' })
  })
})
