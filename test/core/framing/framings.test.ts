import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { crc32, encodeMessage, eventStreamFraming } from '../../../src/core/framing/eventStream.ts'
import type { Framing, StreamFrame } from '../../../src/core/framing/framing.ts'
import { ndjsonFraming } from '../../../src/core/framing/ndjson.ts'

const NOTHING: ReadonlySet<string> = new Set()

function framesOf(framing: Framing, chunks: Iterable<Uint8Array>): StreamFrame[] {
  const frames: StreamFrame[] = []
  for (const chunk of chunks) frames.push(...framing.push(chunk))
  const rest = framing.end()
  return rest ? [...frames, rest] : frames
}
const bytesOf = (frames: readonly StreamFrame[]): Buffer => Buffer.concat(frames.map((frame) => frame.render(undefined, NOTHING)))

describe('framing of lines', () => {
  test('keeps every byte and finds the same values, wherever it is cut', () => {
    const bytes = Buffer.from('{"a":"é"}\r\n\n  {"b":1}\n{"c":2}')
    for (let i = 0; i <= bytes.length; i++) {
      const frames = framesOf(ndjsonFraming(), [bytes.subarray(0, i), bytes.subarray(i)])
      assert.deepEqual(bytesOf(frames), bytes)
      assert.deepEqual(frames.map(({ data }) => data), ['{"a":"é"}', '', '{"b":1}', '{"c":2}'])
    }
  })

  test('replaces a value and keeps what stands around it', () => {
    const [, second] = framesOf(ndjsonFraming(), [Buffer.from('{}\n  {"b":1}\r\n')])
    assert.equal(Buffer.from(second?.render('{"b":2}', NOTHING) ?? '').toString(), '  {"b":2}\r\n')
  })

  test('refuses bytes that are not UTF-8', () => {
    assert.throws(() => ndjsonFraming().push(Buffer.from([0xff, 0x0a])), { code: 'CS_UPSTREAM_NONSENSE' })
  })
})

describe('framing of binary messages', () => {
  const message = (payload: string, type = 'contentBlockDelta'): Buffer => encodeMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload)

  test('has the checksum that everybody else has', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { assert.equal(crc32(bytes), zlib.crc32(bytes)) }))
  })

  test('keeps every byte and finds the same messages, wherever it is cut', () => {
    const bytes = Buffer.concat([message('{"a":"é"}'), message('{}', 'messageStop')])
    for (let i = 0; i <= bytes.length; i++) {
      const frames = framesOf(eventStreamFraming(), [bytes.subarray(0, i), bytes.subarray(i)])
      assert.deepEqual(bytesOf(frames), bytes)
      assert.deepEqual(frames.map(({ data, name }) => [name, data]), [['contentBlockDelta', '{"a":"é"}'], ['messageStop', '{}']])
    }
  })

  test('gives a changed message its lengths and both checksums anew, and keeps its headers', () => {
    const [frame] = framesOf(eventStreamFraming(), [message('{"a":1}')])
    const [again] = framesOf(eventStreamFraming(), [frame?.render('{"a":"much longer"}', NOTHING) ?? Buffer.alloc(0)])
    assert.deepEqual([again?.data, again?.name, again?.beside], ['{"a":"much longer"}', 'contentBlockDelta', frame?.beside])
    const [fewer] = framesOf(eventStreamFraming(), [frame?.render(undefined, new Set(['application/json'])) ?? Buffer.alloc(0)])
    assert.deepEqual([fewer?.data, fewer?.beside], ['{"a":1}', ['contentBlockDelta', 'event']])
  })

  test('refuses every single changed bit, and a message that is cut off', () => {
    const bytes = message('{"a":1}')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => framesOf(eventStreamFraming(), [changed]), { code: 'CS_UPSTREAM_NONSENSE' }, `bit of byte ${at}`)
    }
    for (let at = 1; at < bytes.length; at++) assert.throws(() => framesOf(eventStreamFraming(), [bytes.subarray(0, at)]), { code: 'CS_UPSTREAM_NONSENSE' })
  })
})
