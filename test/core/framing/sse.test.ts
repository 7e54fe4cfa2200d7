import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { rewriteFrame, SseFramer, type SseFrame } from '../../../src/core/framing/sse.ts'

function framesOf(chunks: Iterable<Uint8Array>): SseFrame[] {
  const framer = new SseFramer()
  const frames: SseFrame[] = []
  for (const chunk of chunks) frames.push(...framer.push(chunk))
  const rest = framer.end()
  return rest ? [...frames, rest] : frames
}
const bytesOf = (frames: readonly SseFrame[]): Buffer => Buffer.concat(frames.map(({ bytes }) => bytes))
const dataOf = (frames: readonly SseFrame[]): string[] => frames.flatMap(({ data }) => (data === undefined ? [] : [data]))

const STREAM = ': hello\r\n\r\nevent: a\nid: 7\nretry: 10\ndata: {"x":"é😀"}\n\ndata:one\ndata: two\r\rdata\n\n\n\nunknown: f\ndata: last\n\n'
const EVENTS = ['{"x":"é😀"}', 'one\ntwo', '', 'last']

describe('framing of server-sent events', () => {
  test('keeps every byte and finds the same events, wherever a stream is cut', () => {
    const bytes = Buffer.from(STREAM)
    for (let i = 0; i <= bytes.length; i++) {
      const frames = framesOf([bytes.subarray(0, i), bytes.subarray(i)])
      assert.deepEqual(bytesOf(frames), bytes, `cut at ${i}`)
      assert.deepEqual(dataOf(frames), EVENTS, `cut at ${i}`)
    }
    const frames = framesOf([...bytes].map((byte) => Buffer.of(byte)))
    assert.deepEqual(bytesOf(frames), bytes)
    assert.deepEqual(dataOf(frames), EVENTS)
  })

  test('keeps every byte of anything that is UTF-8, in any chunks', () => {
    const piece = fc.constantFrom('data: a', 'data:', 'event: x', ': c', '\n', '\r', '\r\n', '\n\n', 'é', '\u2028', 'id', '\ufeff')
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(60), { maxLength: 8 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''))
      const offsets = cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b)
      const chunks = [0, ...offsets].map((from, i) => bytes.subarray(from, offsets[i] ?? bytes.length))
      assert.deepEqual(bytesOf(framesOf(chunks)), bytes)
      assert.deepEqual(dataOf(framesOf(chunks)), dataOf(framesOf([bytes])))
    }))
  })

  test('tells comments and fields apart, and a mark at the beginning from text', () => {
    const [frame] = framesOf([Buffer.from('\ufeff: note\nevent: e\ndata: d\n\n')])
    assert.deepEqual(frame?.lines.map(({ field, value }) => [field, value]), [['', 'note'], ['event', 'e'], ['data', 'd']])
  })

  test('replaces data and nothing else', () => {
    const [frame] = framesOf([Buffer.from(': c\r\nid: 1\r\ndata:one\r\ndata: two\r\nevent: e\r\n\r\n')])
    assert.ok(frame)
    assert.equal(rewriteFrame(frame, 'new').toString(), ': c\r\nid: 1\r\ndata:new\r\nevent: e\r\n\r\n')
    assert.equal(rewriteFrame(frame, 'a\nb').toString(), ': c\r\nid: 1\r\ndata:a\r\ndata:b\r\nevent: e\r\n\r\n')
    assert.equal(rewriteFrame(frame, undefined, new Set(frame.lines.slice(0, 1))).toString(), 'id: 1\r\ndata:one\r\ndata: two\r\nevent: e\r\n\r\n')
    assert.equal(rewriteFrame(frame, undefined), frame.bytes)
  })

  test('refuses bytes that are not UTF-8', () => {
    assert.throws(() => framesOf([Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a])]), { code: 'CS_UPSTREAM_NONSENSE' })
  })

  test('holds a large event in small chunks without copying it again for each', (t) => {
    const big = Buffer.from(`data: ${'x'.repeat(4_000_000)}\n\n`)
    const chunks = Array.from({ length: Math.ceil(big.length / 100) }, (_, i) => big.subarray(i * 100, (i + 1) * 100))
    const set = t.mock.method(Uint8Array.prototype, 'set')
    const frames = framesOf(chunks)
    const copied = set.mock.calls.reduce((sum, { arguments: [bytes] }) => sum + bytes.length, 0)
    set.mock.restore()
    assert.ok(copied >= big.length - 100 && copied <= 4 * big.length, `${copied} bytes copied for ${big.length}`)
    assert.equal(bytesOf(frames).length, big.length)
  })
})
