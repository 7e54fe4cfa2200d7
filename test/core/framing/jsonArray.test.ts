import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { StreamFrame } from '../../../src/core/framing/framing.ts'
import { CLOSING, jsonArrayFraming } from '../../../src/core/framing/jsonArray.ts'
import { bytewise } from '../../fakes/maskStream.ts'

const NOTHING: ReadonlySet<string> = new Set()

function framesOf(chunks: Iterable<Uint8Array>): StreamFrame[] {
  const framing = jsonArrayFraming()
  const frames: StreamFrame[] = []
  for (const chunk of chunks) frames.push(...framing.push(chunk))
  const rest = framing.end()
  return rest ? [...frames, rest] : frames
}
const bytesOf = (frames: readonly StreamFrame[]): string => Buffer.concat(frames.map((frame) => frame.render(undefined, NOTHING))).toString()

describe('framing of one list', () => {
  test('keeps every byte and finds each element, whatever is in it and wherever it is cut', () => {
    fc.assert(fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), { maxLength: 5 }), fc.nat(), fc.constantFrom(undefined, 2, '\t'), (elements, at, indent) => {
      const text = `\r\n${JSON.stringify(elements, null, indent)}\n`
      const bytes = Buffer.from(text)
      const cut = at % (bytes.length + 1)
      for (const chunks of [[bytes.subarray(0, cut), bytes.subarray(cut)], bytewise(bytes)]) {
        const frames = framesOf(chunks)
        assert.equal(bytesOf(frames), text)
        const data = frames.flatMap((frame) => (frame.data === undefined || frame.data === CLOSING ? [] : [JSON.parse(frame.data) as unknown]))
        assert.deepEqual(data, JSON.parse(text))
      }
    }))
  })

  test('lets an element go as soon as it closes', () => {
    const framing = jsonArrayFraming()
    assert.deepEqual(framing.push(Buffer.from('[{"a":"}]\\""')).length, 0)
    assert.deepEqual(framing.push(Buffer.from('}')).map(({ data }) => data), ['{"a":"}]\\""}'])
    assert.deepEqual(framing.push(Buffer.from('\n,{"b":1}]')).map(({ data }) => data), ['{"b":1}', CLOSING])
  })

  test('replaces an element and keeps what stands before it', () => {
    const [, second] = framesOf([Buffer.from('[{},\r\n{"b":1}]')])
    assert.equal(Buffer.from(second?.render('{"b":2}', NOTHING) ?? '').toString(), ',\r\n{"b":2}')
  })

  test('takes a lone object for the one element there is', () => {
    assert.deepEqual(framesOf([Buffer.from(' {"a":1}\n')]).map(({ data }) => data), ['{"a":1}', undefined])
  })

  test('refuses what is no list, what is cut off, and what goes on behind the end', () => {
    for (const text of ['', '[', '[{}', '[{},', '[{},]', '[1]', '"x"', '[{}]{}', '{}{}', '[[{}]]', '[{} {}]']) assert.throws(() => framesOf([Buffer.from(text)]), { code: 'CS_UPSTREAM_NONSENSE' }, text)
    assert.throws(() => framesOf([Buffer.from([0x5b, 0x7b, 0xff, 0x7d, 0x5d])]), { code: 'CS_UPSTREAM_NONSENSE' })
  })
})
