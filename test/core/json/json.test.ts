import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { applyEdits, member, numbersOf, pointer, removeMembers, replaceText, setMember, valueOf } from '../../../src/core/json/edit.ts'
import { decodeUtf8, readJson, type JsonNode, type JsonObject } from '../../../src/core/json/read.ts'

const SOURCE = '{ "a" : 1.0e2,\n  "b":[ true , null,"caf\\u00e9 \\ud83d\\ude00"],\r\n"c":{"d/~":"x"},"n":9007199254740993 }'

function strings(node: JsonNode): Extract<JsonNode, { type: 'string' }>[] {
  if (node.type === 'string') return [node]
  if (node.type === 'array') return node.items.flatMap(strings)
  return node.type === 'object' ? node.members.flatMap(({ value }) => strings(value)) : []
}

function refusal(source: string): CountersignError {
  try {
    readJson(source)
  } catch (error) {
    assert.ok(error instanceof CountersignError)
    assert.equal(error.code, 'CS_MALFORMED')
    return error
  }
  return assert.fail(`${source.slice(0, 60)} was read`)
}

describe('reading JSON in place', () => {
  test('knows where each value stands', () => {
    const root = readJson(SOURCE)
    assert.deepEqual(strings(root).map(({ start, end, text }) => [SOURCE.slice(start, end), text]), [
      ['"caf\\u00e9 \\ud83d\\ude00"', 'café 😀'],
      ['"x"', 'x'],
    ])
    const a = member(root, 'a')
    assert.equal(SOURCE.slice(a?.start, a?.end), '1.0e2')
  })

  test('reads what JSON.parse reads, as JSON.parse reads it', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
      const parsed: unknown = JSON.parse(json)
      const source = JSON.stringify(parsed, null, indent)
      let node
      try {
        node = readJson(source)
      } catch (error) {
        // Half surrogates are refused on purpose.
        assert.match((error as Error).message, /surrogate/)
        return
      }
      assert.deepEqual(JSON.parse(applyEdits(source, [])), parsed)
      assert.deepEqual(strings(node).map(({ text }) => text), textsOf(parsed))
    }))
  })

  test('refuses what JSON.parse refuses', () => {
    fc.assert(fc.property(fc.string(), fc.json(), fc.nat(), (noise, json, at) => {
      const source = json.slice(0, at % (json.length + 1)) + noise + json.slice(at % (json.length + 1))
      let parses = true
      try {
        JSON.parse(source)
      } catch {
        parses = false
      }
      if (!parses) refusal(source)
    }))
  })

  test('reads vectors at once, and their items where they stand', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), { minLength: 1 }), fc.constantFrom(undefined, 1), (numbers, indent) => {
      const source = JSON.stringify(numbers, null, indent)
      const node = readJson(source)
      assert.ok(node.type === 'array')
      assert.deepEqual(numbersOf(node), JSON.parse(source))
      assert.deepEqual(node.items.map((item) => Number(source.slice(item.start, item.end))), JSON.parse(source))
      assert.deepEqual((valueOf(node, source) as (number | string)[]).map(Number), numbers.map((value) => Number(JSON.stringify(value))))
    }))
    for (const wrong of ['[1,2,,3,4,5,6,7,8]', '[01,2,3,4,5,6,7,8]', '[1.e2,3,4,5,6,7,8,9]', '[1,2,3,4,5,6,7,8,]', '[1 2,3,4,5,6,7,8,9]', '[1-2,3,4,5,6,7,8,9]']) assert.match(refusal(wrong).message, /line 1, column \d+/)
  })

  test('names line and column of what it cannot read', () => {
    assert.match(refusal('{"a": 1,\n "b" 2}').message, /line 2, column 6: ":" is expected/)
    assert.match(refusal('{"a": [1, 2').message, /line 1, column 12/)
    assert.match(refusal('').message, /ends in the middle/)
    assert.match(refusal('{"a":"b\nc"}').message, /control character/)
    assert.match(refusal('{"a":"\\x"}').message, /unknown escape/)
    assert.match(refusal('{} {}').message, /follows the end/)
    for (const source of ['{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":NaN}', "{'a':1}", '{"a":1,}', '[1,]', '{"a":"x}', '\ufeff{}', 'nul', '{"a":tru}']) refusal(source)
  })

  test('refuses members given twice, however they are escaped', () => {
    assert.match(refusal('{"model":"a","model":"b"}').message, /given twice.*/)
    assert.match(refusal('{"model":"a","mod\\u0065l":"b"}').message, /given twice/)
    assert.match(refusal('{"x":[{"__proto__":1,"__proto__":2}]}').message, /given twice/)
  })

  test('refuses half of a surrogate pair in a body, and lets it pass in an answer', () => {
    assert.match(refusal('{"a":"\\ud83d"}').message, /surrogate/)
    assert.equal(member(readJson('{"a":"\\ud83d"}', { code: 'CS_UPSTREAM_NONSENSE', what: 'it', halves: true }), 'a')?.type, 'string')
  })

  test('refuses bytes that are not UTF-8, and a depth that no API needs', () => {
    assert.throws(() => decodeUtf8(Buffer.from([0x22, 0xff, 0x22])), { code: 'CS_MALFORMED' })
    assert.match(refusal('['.repeat(100_000)).message, /nested/)
    assert.match(refusal(`{"a":${'{"a":'.repeat(200)}1${'}'.repeat(201)}`).message, /nested/)
  })

  test('takes time in proportion to the size', () => {
    const time = (size: number): number => {
      const source = `{"a":[${Array.from({ length: size }, (_, i) => `{"k":"some text \\u00e9 ${i}"}`).join(',')}]}`
      readJson(source)
      const start = performance.now()
      readJson(source)
      return performance.now() - start
    }
    const small = Math.max(time(5_000), 1)
    assert.ok(time(50_000) < small * 60, 'ten times the size took more than sixty times the time')
  })
})

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []
}

describe('editing JSON in place', () => {
  test('changes the edited value and no other byte', () => {
    const [first, second] = strings(readJson(SOURCE))
    assert.ok(first && second)
    assert.equal(applyEdits(SOURCE, replaceText(first, first.text)), SOURCE)
    assert.equal(applyEdits(SOURCE, [...replaceText(second, '"q"'), ...replaceText(first, 'x')]), SOURCE.replace('"caf\\u00e9 \\ud83d\\ude00"', '"x"').replace('"x"}', '"\\"q\\""}'))
  })

  test('refuses edits that overlap', () => {
    assert.throws(() => applyEdits('abcdef', [{ start: 0, end: 3, text: '' }, { start: 2, end: 4, text: '' }]), RangeError)
  })

  test('takes members out with their commas, wherever they stand', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }), fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e')), (keys, removed) => {
      const source = `{ ${keys.map((key) => `"${key}" : [1, "${key}"]`).join(' , ')} }`
      const left = applyEdits(source, removeMembers(readJson(source) as JsonObject, new Set(removed)))
      assert.deepEqual(Object.keys(JSON.parse(left) as object), keys.filter((key) => !removed.includes(key)))
    }))
  })

  test('sets a member in its place, or behind the last one', () => {
    const set = (source: string): string => applyEdits(source, [setMember(readJson(source) as JsonObject, 'b', 'true')])
    assert.equal(set('{"a":1, "b" : 2 }'), '{"a":1, "b" : true }')
    assert.equal(set('{ "a":1 }'), '{ "a":1,"b":true }')
    assert.equal(set('{}'), '{"b":true}')
  })

  test('gives values without the nodes that were taken out, and big numbers as they are spelled', () => {
    const root = readJson(SOURCE)
    assert.deepEqual(valueOf(root, SOURCE, new Set(strings(root))), { a: 100, b: [true, null], n: '9007199254740993' })
    assert.equal(pointer('/c', 'd/~'), '/c/d~1~0')
  })
})
