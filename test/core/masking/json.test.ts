/** JSON source of any shape: in linear time, in bounded memory, and valid afterwards. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maskerWith, optionsFor } from './masker.ts'

const { masker } = maskerWith()
const mask = (source: string): string => masker.mask(source, optionsFor('json')).text

describe('the names around a value', () => {
  test('are told in a time that does not grow with the depth of what has no names', () => {
    const source = `${'['.repeat(40_000)}${'{"a":1},'.repeat(10_000)}`
    const started = performance.now()
    assert.ok(mask(source) === source)
    assert.ok(performance.now() - started < 10_000)
  })

  test('are those that are open, however deep the lists between them are', () => {
    const lists = (inner: string): string => '['.repeat(3000) + inner + ']'.repeat(3000)
    assert.ok(mask(`{"password":${lists('"hunter2-tulips"')},"note":${lists('"hunter2-tulips"')}}`) === `{"password":${lists('"[SECRET]"')},"note":${lists('"hunter2-tulips"')}}`)
    assert.equal(mask('{"password":["a",{"x":{"y":{"z":1}}},"hunter2-tulips"],"b":"hunter2-tulips"}'), '{"password":["a",{"x":{"y":{"z":1}}},"[SECRET]"],"b":"hunter2-tulips"}')
    assert.equal(mask('"password":"hunter2-tulips"} {"a":"hunter2-tulips"}'), '"password":"[SECRET]"} {"a":"hunter2-tulips"}')
  })

  test('are never forgotten while they are open: a text with more of them than are remembered is refused', () => {
    const nested = (depth: number): string => `{"password":[${'{"a":'.repeat(depth)}1${'}'.repeat(depth)},"hunter2-tulips"]}`
    assert.ok(mask(nested(1000)) === nested(1000).replace('hunter2-tulips', '[SECRET]'))
    const stream = masker.session('deep').open(optionsFor('json'))
    assert.throws(() => stream.push(nested(2000)), { code: 'CS_MASKING_FAILED', message: /names within one another/ })
    assert.throws(() => stream.flush(), { code: 'CS_MASKING_FAILED' })
  })
})
