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

/** What the exporter sent for one span of everything. */
const SPANS = Buffer.from('CvIECscBCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGcHl0aG9uCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVsZW1ldHJ5CiEKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIICgYxLjQ1LjIKPQoTc2VydmljZS5pbnN0YW5jZS5pZBImCiQ2MThmMmZhNS01ZGU1LTQ3MzItOGJiOC0xMTQ3YTQwYjhmYjUKGAoMc2VydmljZS5uYW1lEggKBm9yZGVycxKlAwo0CgR0ZXN0EgMxLjAaJwoFb3duZXISHgocbWlyYS5jYXN0ZWxsYW5vc0BleGFtcGxlLmNvbRLsAgoQCXwtAUDJE7KP6pGJH2VJ5xIIRpPvDWNt6xkqIGFzayBtaXJhLmNhc3RlbGxhbm9zQGV4YW1wbGUuY29tMAM5NlIe/tuI7BhBfLSO/tuI7BhKUAoNZ2VuX2FpLnByb21wdBI/Cj1QbGVhc2Ugd3JpdGUgdG8gbWlyYS5jYXN0ZWxsYW5vc0BleGFtcGxlLmNvbSBhYm91dCBoZXIgb3JkZXIuSjIKAmNjEiwqKgoeChxtaXJhLmNhc3RlbGxhbm9zQGV4YW1wbGUuY29tCggKBm5vYm9keUoRCgRjYXJkEgkYx+Ojq4rhpgdKDAoGdG9rZW5zEgIYDEoSCgVyYXRpbxIJIQAAAAAAAOA/SgwKBmNhY2hlZBICEAFaRwnWax/+24jsGBIIYW5zd2VyZWQaMgoEdGV4dBIqCihJIHdyb3RlIHRvIG1pcmEuY2FzdGVsbGFub3NAZXhhbXBsZS5jb20uegCFAQABAAA=', 'base64')

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

  test('may come as spans of OpenTelemetry', () => {
    const span = { traceId: 'ab'.repeat(16), spanId: 'ab'.repeat(8), startTimeUnixNano: '1795943618123000000', endTimeUnixNano: 1, name: MAIL, kind: 1, attributes: [{ key: 'gen_ai.prompt', value: { stringValue: MAIL } }], events: [{ timeUnixNano: '1795943618123000000', name: 'x', attributes: [{ key: 'k', value: { arrayValue: { values: [{ stringValue: MAIL }] } } }] }], status: { message: MAIL } }
    const call = read('/otel/v1/traces', { resourceSpans: [{ resource: { attributes: [{ key: 'host', value: { stringValue: MAIL } }] }, scopeSpans: [{ scope: { name: 's' }, spans: [span] }] }] })
    assert.doesNotMatch(masked(call).toString(), /castellanos/)
    assert.match(masked(call).toString(), /"1795943618123000000"/)
    assert.ok(call.parts.every(({ text }) => !/17959436/.test(text)))
    assert.equal(call.contentType, 'application/json', 'it leaves as what it was read as')
  })

  test("may come in OpenTelemetry's binary form, as its exporter for Python makes it: they leave masked, as JSON", () => {
    const call = provider.describe(operation('/otel/v1/traces'), SPANS)
    assert.equal(call.contentType, 'application/json')
    const sent = call.rewrite(call.parts.map(({ text }) => text.replaceAll('mira.castellanos@example.com', '[EMAIL]')), { masking: true })
    assert.doesNotMatch(Buffer.from(sent).toString(), /castellanos/)
    const plain = call.rewrite(call.parts.map(({ text }) => text), { masking: true })
    const { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] } = JSON.parse(Buffer.from(plain).toString()) as { resourceSpans: [{ scopeSpans: [{ spans: [Record<string, unknown>] }] }] }
    assert.deepEqual(span, {
      traceId: '097c2d0140c913b28fea91891f6549e7', spanId: '4693ef0d636deb19', name: 'ask mira.castellanos@example.com', kind: 3, startTimeUnixNano: '1795960829856600630', endTimeUnixNano: '1795960829863965820', flags: 256, status: {},
      attributes: [
        { key: 'gen_ai.prompt', value: { stringValue: 'Please write to mira.castellanos@example.com about her order.' } },
        { key: 'cc', value: { arrayValue: { values: [{ stringValue: 'mira.castellanos@example.com' }, { stringValue: 'nobody' }] } } },
        { key: 'card', value: { intValue: '4111111111111111' } },
        { key: 'tokens', value: { intValue: '12' } },
        { key: 'ratio', value: { doubleValue: 0.5 } },
        { key: 'cached', value: { boolValue: true } },
      ],
      events: [{ timeUnixNano: '1795960829856672726', name: 'answered', attributes: [{ key: 'text', value: { stringValue: 'I wrote to mira.castellanos@example.com.' } }] }],
    })
    assert.ok(call.parts.some(({ text }) => text.includes('4111111111111111')), 'numbers are looked at')
  })

  test('in binary form that is cut, unknown or ambiguous are refused, aloud', () => {
    for (let cut = 1; cut < SPANS.length; cut += 1) assert.throws(() => provider.describe(operation('/otel/v1/traces'), SPANS.subarray(0, cut)), { code: 'CS_MALFORMED' }, String(cut))
    const scope = (...span: number[]): Buffer => Buffer.from([0x0a, span.length + 4, 0x12, span.length + 2, 0x12, span.length, ...span])
    const refused: readonly (readonly [number[], string])[] = [
      [[0x8a, 0x06, 1, 0x78], 'CS_NOT_INSPECTABLE'], // a field 97
      [[0x2a, 1, 0x78, 0x2a, 1, 0x79], 'CS_MALFORMED'], // two names
      [[0x28, 1], 'CS_MALFORMED'], // a name that is a number
      [[0x2a, 2, 0xc3, 0x28], 'CS_MALFORMED'], // no UTF-8
      [[0x30, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], 'CS_MALFORMED'],
    ]
    for (const [span, code] of refused) assert.throws(() => provider.describe(operation('/otel/v1/traces'), scope(...span)), { code }, String(span))
    assert.equal(provider.describe(operation('/otel/v1/traces'), scope(0x2a, 1, 0x78)).parts[0]?.text, 'x')
    assert.equal(provider.refuse(new CountersignError('CS_NOT_INSPECTABLE', 'x'), 'ex_1', operation('/otel/v1/traces')).status, 403)
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
