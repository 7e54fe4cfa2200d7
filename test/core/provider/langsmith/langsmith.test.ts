import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readForm, writeForm } from '../../../../src/core/framing/multipart.ts'
import { createLangSmith } from '../../../../src/core/provider/langsmith/langsmith.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createLangSmith()
const MAIL = 'mira.castellanos@northfield.example'
const ID = '0198c0de-1111-7222-8333-444455556666'
const ORDER = `20261129T091338000000Z${ID}`
const operation = (path: string, method = 'POST'): Operation => provider.route(method, path) as Operation
const read = (path: string, body: object | Buffer): ModelCall => provider.describe(operation(path), Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)))
const masked = (call: ModelCall): Buffer => Buffer.from(call.rewrite(call.parts.map(({ text }) => text.replaceAll(MAIL, '[EMAIL]')), { masking: true }))
const part = (name: string, value: unknown, type = 'application/json'): { name: string; type: string; content: Buffer } => ({ name, type, content: Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)) })

const RUN = { id: ID, trace_id: ID, dotted_order: ORDER, start_time: '2026-11-29T09:13:38.123456+00:00', end_time: 1_795_943_618_123, run_type: 'llm', name: `run of ${MAIL}`, session_name: 'default', tags: [MAIL], novel: { deep: MAIL }, parent_run_id: null }

describe('a trace on its way to LangSmith', () => {
  test('is read whole: inputs, outputs, errors, metadata, names; identifiers and times keep their place', () => {
    const form = writeForm([
      part(`post.${ID}`, RUN),
      part(`post.${ID}.inputs`, { messages: [[{ kwargs: { content: MAIL } }]] }),
      part(`patch.${ID}.outputs`, { generations: [[{ text: MAIL }]] }),
      part(`patch.${ID}.error`, `no such person ${MAIL}`),
      part(`post.${ID}.extra`, { metadata: { who: MAIL } }),
      part(`feedback.${ID}`, { id: ID, comment: MAIL }),
    ], 'b')
    const call = read('/runs/multipart', form)
    const parts = readForm(masked(call))
    assert.deepEqual(parts.map(({ name }) => name), readForm(form).map(({ name }) => name))
    const values = parts.map(({ content }) => JSON.parse(content.toString()) as unknown)
    assert.deepEqual(values[0], { ...RUN, name: 'run of [EMAIL]', tags: ['[EMAIL]'], novel: { deep: '[EMAIL]' } })
    assert.doesNotMatch(JSON.stringify(values), /castellanos/)
    assert.ok(call.parts.every(({ text }) => !text.includes(ID) && !text.includes('2026-11-29')), 'nothing is searched where nothing can be')
    assert.match(call.contentType ?? '', /^multipart\/form-data; boundary=countersign-[0-9a-f]{40}$/)
    assert.equal(call.parts.find(({ path }) => path.endsWith('.outputs'))?.role, 'assistant')
  })

  test('has attachments that nobody can read: policy decides, and their names are no place for values', () => {
    assert.deepEqual(read('/runs/multipart', writeForm([part(`attachment.${ID}.photo`, Buffer.from([1, 2]), 'image/png')], 'b')).opaque, ['file'])
    assert.deepEqual(read('/runs/multipart', writeForm([part(`post.${ID}`, { ...RUN, attachments: 'iVBORw0KGgo' })], 'b')).opaque, ['file'], 'inside a run too')
    for (const name of [`attachment.${ID}.4111111111111111`, `other.${ID}`, `post.${ID}.novel`, 'post.mira'])
      assert.throws(() => read('/runs/multipart', writeForm([part(name, {})], 'b')), { code: 'CS_NOT_INSPECTABLE' }, name)
    assert.throws(() => read('/runs/multipart', writeForm([part(`post.${ID}.inputs`, 'x', 'text/plain')], 'b')), { code: 'CS_NOT_INSPECTABLE' })
  })

  test('may come in a batch, or run by run', () => {
    const batch = JSON.parse(masked(read('/runs/batch', { post: [RUN], patch: [{ ...RUN, outputs: { text: MAIL } }] })).toString()) as { post: object[]; patch: object[] }
    assert.doesNotMatch(JSON.stringify(batch), /castellanos/)
    assert.deepEqual(Object.keys(batch.post[0] ?? {}), Object.keys(RUN))
    assert.deepEqual(operation(`/runs/${ID}`, 'PATCH').name, 'runs.update')
    assert.doesNotMatch(masked(read('/runs', { ...RUN, inputs: { text: MAIL } })).toString(), /castellanos/)
  })

  test('may come as spans of OpenTelemetry; binary ones cannot be inspected', () => {
    const span = { traceId: 'ab'.repeat(16), spanId: 'ab'.repeat(8), startTimeUnixNano: '1795943618123000000', endTimeUnixNano: 1, name: MAIL, kind: 1, attributes: [{ key: 'gen_ai.prompt', value: { stringValue: MAIL } }], events: [{ timeUnixNano: '1795943618123000000', name: 'x', attributes: [{ key: 'k', value: { arrayValue: { values: [{ stringValue: MAIL }] } } }] }], status: { message: MAIL } }
    const call = read('/otel/v1/traces', { resourceSpans: [{ resource: { attributes: [{ key: 'host', value: { stringValue: MAIL } }] }, scopeSpans: [{ scope: { name: 's' }, spans: [span] }] }] })
    assert.doesNotMatch(masked(call).toString(), /castellanos/)
    assert.match(masked(call).toString(), /"1795943618123000000"/)
    assert.ok(call.parts.every(({ text }) => !/17959436/.test(text)))
    assert.equal(call.contentType, 'application/json', 'it leaves as what it was read as')
    assert.throws(() => provider.describe(operation('/otel/v1/traces'), Buffer.from([0x0a, 0x01])), { code: 'CS_NOT_INSPECTABLE' })
  })

  test('is told that bodies are not to be compressed, whatever the server could take', () => {
    const codec = provider.answer(provider.describe(operation('/info', 'GET'), Buffer.alloc(0)), { status: 200, contentType: 'application/json' }, maskingOf().open)
    const info = JSON.parse(through(codec, [Buffer.from('{"version":"0.1","instance_flags":{"gzip_body_enabled":true,"zstd_compression_enabled":true,"other":true}}')]).toString()) as unknown
    assert.deepEqual(info, { version: '0.1', instance_flags: { gzip_body_enabled: false, zstd_compression_enabled: false, other: true } })
  })

  test('is kept quietly where the organisation wants none, and refused aloud where something is wrong', () => {
    const off = new CountersignError('CS_UPSTREAM_UNKNOWN', 'no place for traces. Nothing was sent.')
    const kept = provider.refuse(off, 'ex_1', operation('/runs/multipart'))
    assert.equal(kept.status, 202)
    assert.match(Buffer.from(kept.body).toString(), /no place for traces\. Nothing was sent\. \[ex_1\]/)
    const info = provider.refuse(off, 'ex_1', operation('/info', 'GET'))
    assert.deepEqual([info.status, (JSON.parse(Buffer.from(info.body).toString()) as { instance_flags: unknown }).instance_flags], [200, { gzip_body_enabled: false, zstd_compression_enabled: false }])
    for (const [error, path, method] of [[off, '/settings', 'GET'], [new CountersignError('CS_NOT_SIGNED_IN', 'x'), '/runs/batch', 'POST'], [new CountersignError('CS_NOT_RECORDED', 'x'), '/runs/batch', 'POST']] as const)
      assert.equal(provider.refuse(error, 'ex_1', operation(path, method)).status, error.status)
  })

  test('has nothing else of LangSmith with it: datasets, shared runs and the like are denied', () => {
    for (const [method, path] of [['POST', '/datasets'], ['GET', `/runs/${ID}`], ['POST', '/runs/query'], ['POST', '/examples'], ['PUT', `/runs/${ID}/share`], ['POST', '/commits/a/b']] as const) assert.equal(provider.route(method, path), 'denied', path)
    assert.equal(operation('/commits/rlm/rag-prompt/latest', 'GET').name, 'prompts.get')
  })
})
