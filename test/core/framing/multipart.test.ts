import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { boundaryOf, readForm, writeForm } from '../../../src/core/framing/multipart.ts'

const form = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'))
const JSON_PART = '--b\nContent-Disposition: form-data; name="a"\nContent-Type: application/json\n\n{}'

describe('a form', () => {
  test('that was written is read as the same parts, whatever they hold', () => {
    const part = fc.record({ name: fc.stringMatching(/^[\w.-]{1,40}$/), type: fc.constantFrom('application/json', 'image/png'), content: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) }, { noNullPrototype: true })
    fc.assert(fc.property(fc.array(part, { maxLength: 6 }), fc.uint8Array(), (parts, received) => {
      if (parts.length === 0) return
      assert.deepEqual(readForm(writeForm(parts, boundaryOf(received))), parts)
    }))
  })

  test('keeps line ends and what looks like a boundary inside a part', () => {
    const [part] = readForm(form('--b\nContent-Type: application/json; length=9\nContent-Disposition: form-data; name="a"\n\n\n-b --b \n\n--b--\n'))
    assert.equal(part?.content.toString(), '\r\n-b --b \r\n')
  })

  test('is refused when two readers could take it for two things', () => {
    for (const [text, why] of [
      [` ${JSON_PART}\n--b--\n`, /begin with its boundary/],
      [JSON_PART, /cut off/],
      [`${JSON_PART}\n--b--\nmore`, /behind its end/],
      [`${JSON_PART}\n--b \n--b--\n`, /cannot be read/],
      [JSON_PART.replace('Content-Type', 'Content-Disposition: form-data; name="b"\nContent-Type') + '\n--b--\n', /header that cannot be read/],
      [JSON_PART.replace('Content-Type: application/json', 'Content-Type: application/json\nContent-Encoding: gzip') + '\n--b--\n', /not known/],
      [JSON_PART.replace('name="a"', 'name="a\\"; filename=\\"b"') + '\n--b--\n', /without a name/],
      [JSON_PART.replace('\nContent-Type: application/json', '') + '\n--b--\n', /without a name or a type/],
    ] as const)
      assert.throws(() => readForm(form(text)), { code: 'CS_MALFORMED', message: why }, text)
  })
})
